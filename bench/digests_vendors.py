"""
The platforms of the digest benchmark: each takes the messages of one app, counts, and refuses what exceeds its limits.

Limits are those that the vendors document; the product's own are in each adapter's `limits.py` (DingTalk: `rates.py`).
"""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx

from adapters.http import Transport
from adapters.registry import PLATFORMS
from bot.ports import Adapter, Seal, SharedState

ACCOUNT = "bench"
BASE = "https://platform.example"


class Vendor(ABC):
    """
    One platform on the virtual clock. `limits` are (calls, seconds) in any window, `permitted` a second for long.
    """

    platform: ClassVar[str]
    limits: ClassVar[Sequence[tuple[int, float]]]
    permitted: ClassVar[float]
    pause: ClassVar[timedelta]
    """So much time passes when a limit of ours held a message back: about when the next may go."""
    sends: ClassVar[str]
    settings: ClassVar[Mapping[str, object]]

    def __init__(self, now: Callable[[], datetime], *, quota: int = 0) -> None:
        self.shown: dict[str, datetime] = {}
        self.calls = 0
        self.refused = 0
        self._now = now
        self._quota = quota
        self._lock = threading.Lock()
        self._windows = [deque[datetime]() for _ in self.limits]

    def adapter(self, shared: SharedState, seal: Seal) -> Adapter:
        """
        The product's adapter, with this platform at the other end.
        """
        entry = PLATFORMS[self.platform]
        config = entry.config(account=ACCOUNT, **self._settings())
        http = Transport([BASE], network=httpx.MockTransport(self._answer))
        made: Adapter = entry.adapter(config, http=http, shared=shared, seal=seal, clock=self._now)
        return made

    def rate(self) -> float | None:
        """
        Messages a second over the later half, when what may go at once is gone; None when all went at once.
        """
        times = sorted(self.shown.values())
        half = times[len(times) // 2 :]
        seconds = (half[-1] - half[0]).total_seconds() if half else 0.0
        return sum(at > half[0] for at in half) / seconds if seconds else None

    def _settings(self) -> dict[str, object]:
        return dict(self.settings)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith(self.sends):
            return httpx.Response(200, json=self._token())
        with self._lock:
            self.calls += 1
            if self._quota and len(self.shown) >= self._quota:
                self.refused += 1
                return self._no_quota()
            if not self._is_within_limits():
                self.refused += 1
                return self._too_fast()
            self.shown[self._recipient(request)] = self._now()
            return httpx.Response(200, json=self._sent(len(self.shown)))

    def _is_within_limits(self) -> bool:
        now = self._now()
        for window, (calls, seconds) in zip(self._windows, self.limits, strict=True):
            while window and (now - window[0]).total_seconds() >= seconds:
                window.popleft()
            if len(window) >= calls:
                return False
        for window in self._windows:
            window.append(now)
        return True

    def _no_quota(self) -> httpx.Response:
        msg = f"bench: {self.platform} has no quota of calls"
        raise ValueError(msg)

    @abstractmethod
    def _too_fast(self) -> httpx.Response: ...

    @abstractmethod
    def _token(self) -> dict[str, Any]: ...

    @abstractmethod
    def _sent(self, number: int) -> dict[str, Any]: ...

    @abstractmethod
    def _recipient(self, request: httpx.Request) -> str: ...


class Feishu(Vendor):
    """
    50 calls a second and 1,000 a minute for each app and interface.
    """

    platform = "feishu"
    limits = ((50, 1.0), (1_000, 60.0))
    permitted = 1_000 / 60
    pause = timedelta(seconds=1)
    sends = "/im/v1/messages"
    settings: ClassVar[Mapping[str, object]] = {
        "app_id": "cli_bench",
        "app_secret": "s",
        "encrypt_key": "e",
        "verification_token": "v",
        "api_base": BASE,
        "mode": "http",
    }

    def _too_fast(self) -> httpx.Response:
        return httpx.Response(400, json={"code": 99991400, "msg": "request trigger frequency limit"})

    def _token(self) -> dict[str, Any]:
        return {"code": 0, "msg": "ok", "tenant_access_token": "t", "expire": 7200}

    def _sent(self, number: int) -> dict[str, Any]:
        return {"code": 0, "msg": "success", "data": {"message_id": f"om_{number}", "chat_id": f"oc_{number}"}}

    def _recipient(self, request: httpx.Request) -> str:
        return str(json.loads(request.content)["receive_id"])


class WeCom(Vendor):
    """
    10,000 calls a minute and 150,000 an hour for each interface of a company.
    """

    platform = "wecom"
    limits = ((10_000, 60.0), (150_000, 3600.0))
    permitted = 150_000 / 3600
    pause = timedelta(seconds=1)
    sends = "/message/send"
    settings: ClassVar[Mapping[str, object]] = {
        "corp_id": "ww1",
        "agent_id": 1,
        "secret": "s",
        "token": "t",
        "aes_key": "k" * 43,
        "start_url": BASE,
        "api_base": BASE,
    }

    def _too_fast(self) -> httpx.Response:
        return httpx.Response(200, json={"errcode": 45009, "errmsg": "api freq out of limit"})

    def _token(self) -> dict[str, Any]:
        return {"errcode": 0, "errmsg": "ok", "access_token": "t", "expires_in": 7200}

    def _sent(self, number: int) -> dict[str, Any]:
        return {"errcode": 0, "errmsg": "ok", "msgid": f"m{number}", "response_code": f"rc{number}"}

    def _recipient(self, request: httpx.Request) -> str:
        return str(json.loads(request.content)["touser"])


class DingTalk(Vendor):
    """
    20 calls a second for each interface of an app, and so many calls a month as the company has bought.
    """

    platform = "dingtalk"
    limits = ((20, 1.0),)
    permitted = 20.0
    pause = timedelta(milliseconds=51.3)
    sends = "/createAndDeliver"
    settings: ClassVar[Mapping[str, object]] = {
        "client_id": "dingbench",
        "client_secret": "s",
        "corp_id": "dingcorp",
        "start_url": BASE,
        "card_template_id": "t.schema",
        "api_base": BASE,
        "oapi_base": BASE,
    }

    def _settings(self) -> dict[str, object]:
        return {**self.settings, "api_quota": self._quota}

    def _no_quota(self) -> httpx.Response:
        code = "Forbidden.AccessDenied.ApiCountLimitForOrg"
        return httpx.Response(403, json={"code": code, "message": "", "requestid": "R-1"})

    def _too_fast(self) -> httpx.Response:
        code = "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"
        return httpx.Response(403, json={"code": code, "message": "", "requestid": "R-1"})

    def _token(self) -> dict[str, Any]:
        return {"accessToken": "t", "expireIn": 7200}

    def _sent(self, number: int) -> dict[str, Any]:
        return {"result": {"deliverResults": [{"success": True, "carrierId": f"c{number}"}]}, "success": True}

    def _recipient(self, request: httpx.Request) -> str:
        return str(json.loads(request.content)["openSpaceId"]).rpartition(".")[2]


VENDORS: Mapping[str, type[Vendor]] = {each.platform: each for each in (Feishu, WeCom, DingTalk)}

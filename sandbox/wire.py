"""
Every byte that crossed between the product and one emulated platform, and the HTTP client for callbacks.

The record keeps secrets on purpose: tests search it for leaks.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

KEPT = 20_000


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """
    One request with its answer; "in" came from the product, "out" went to it.
    """

    n: int
    direction: str
    method: str
    path: str
    body: str
    status: int
    response: str


@dataclass(frozen=True)
class Delivery:
    """
    What came of one callback. Status 0 means no answer: `failure` is then "timeout" or "refused".
    """

    status: int
    ms: int
    body: bytes = b""
    failure: str | None = None

    def as_json(self) -> dict[str, int]:
        return {"status": self.status, "ms": self.ms}


def loopback_client(**options: Any) -> httpx.Client:
    """
    For the product on this machine, over plain HTTP.

    No certificate is trusted, so none need be loaded; no connection is kept, so a restarted product is met at once.
    """
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(trust_env=False, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), limits=limits, **options)


class Wire:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._crossings: deque[Crossing] = deque(maxlen=KEPT)
        self._count = 0
        self._client = loopback_client()

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str], seconds: float) -> Delivery:
        return self.request("POST", url, body=body, headers=headers, seconds=seconds)

    def request(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None, seconds: float
    ) -> Delivery:
        started = time.monotonic()
        try:
            answer = self._client.request(method, url, content=body, headers=dict(headers or {}), timeout=seconds)
            delivery = Delivery(answer.status_code, _ms_since(started), answer.content)
        except httpx.TimeoutException:
            delivery = Delivery(0, _ms_since(started), failure="timeout")
        except httpx.TransportError:
            delivery = Delivery(0, _ms_since(started), failure="refused")
        self.record("out", method, url, body, delivery.status, delivery.body)
        return delivery

    def record(self, direction: str, method: str, path: str, body: bytes, status: int, response: bytes) -> None:
        with self._lock:
            self._count += 1
            self._crossings.append(
                Crossing(
                    n=self._count,
                    direction=direction,
                    method=method,
                    path=path,
                    body=body.decode("utf-8", "replace"),
                    status=status,
                    response=response.decode("utf-8", "replace"),
                )
            )

    def clear(self) -> None:
        """
        The record is empty, its numbers go on: who asks for what came after N misses nothing.
        """
        with self._lock:
            self._crossings.clear()

    def close(self) -> None:
        self._client.close()

    def after(self, n: int) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(crossing) for crossing in self._crossings if crossing.n > n]


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

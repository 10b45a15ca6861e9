"""
Calls to DingTalk's two hosts over our own transport, with one token for both.

dingtalk-sdk knows the old host only; its client class fetches tokens without a time limit, repeats itself without end
when one is refused and does not see the refusals that /topapi wraps. Here its one door (`request`) is ours, so whatever
is called through it inherits time limits, the allow-list, one refresh, rates and our errors. The new host, which it
does not know, is `api`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dingtalk import AppKeyClient

from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.errors import CREDENTIALS_REFUSED, QUOTA_GONE, SETTINGS_PAUSE, TOKEN_REFUSED, code_of, failure
from adapters.dingtalk.quota import QuotaMeter
from adapters.dingtalk.rates import rate_of
from adapters.http import HttpResponse, Transport, preparing
from bot.ports import SharedState
from domain.errors import PlatformError

_JSON: Final = {"accept": "application/json"}
_TOKEN_HEADER: Final = "x-acs-dingtalk-access-token"  # noqa: S105 - the header's name
_TOKEN_LIFE: Final = 7200

Answer = dict[str, Any]


class DingTalkClient(AppKeyClient):  # type: ignore[misc] # dingtalk-sdk ships no types
    """
    One app's calls; safe to use from several threads.
    """

    def __init__(
        self,
        config: DingTalkConfig,
        *,
        http: Transport,
        shared: SharedState,
        meter: QuotaMeter,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(config.corp_id, config.client_id, config.client_secret, auto_retry=False)
        self._config = config
        self._transport = http
        self._shared = shared
        self._meter = meter
        self._clock = clock
        self._refresh = threading.Lock()
        self._refused_until: datetime | None = None
        self._token_name = f"dingtalk:{config.client_id}"

    @property
    def access_token(self) -> str:
        """
        A token good for at least five minutes, shared by all processes; fetched by one thread when there is none.
        """
        return self._shared.token(self._token_name, self._clock()) or self._fresh_token(None)

    def authenticate(self) -> None:
        """
        Ask for a token whether or not one is kept.
        """
        with self._refresh:
            self._fetch_token()

    def api(self, method: str, path: str, body: Mapping[str, object]) -> Answer:
        """
        A call of the new host (api.dingtalk.com).

        Raises:
            PlatformError: see `errors.py`.
        """

        def send(token: str) -> HttpResponse:
            headers = {**_JSON, _TOKEN_HEADER: token}
            return self._transport.request(
                method, self._address(self._config.api_base, path), json=body, headers=headers
            )

        return self._authorised(path, send)

    def request(self, method: str, uri: str, **kwargs: Any) -> Any:
        """
        A call of the old host (oapi.dingtalk.com): the one door of the SDK's interfaces and of its `get` and `post`.

        Raises:
            PlatformError: see `errors.py`.
        """
        params = {name: str(value) for name, value in (kwargs.get("params") or {}).items()}

        def send(token: str) -> HttpResponse:
            return self._transport.request(
                method,
                self._address(self._config.oapi_base, uri),
                params={**params, "access_token": token},
                json=kwargs.get("data"),
                files=kwargs.get("files"),
                headers=_JSON,
            )

        answer, process = self._authorised(uri, send), kwargs.get("result_processor")
        return process(answer) if process else answer

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:
        """
        The SDK's own way out has neither time limit nor allow-list: closed.
        """
        del method, kwargs
        raise PlatformError("http_origin_refused", f"{url_or_endpoint} is no call of ours", permanent=True)

    def reply(self, session_url: str, body: Mapping[str, object]) -> None:
        """
        Answer in the chat that a message came from; needs no token.

        Raises:
            PlatformError: see `errors.py`.
        """
        response = self._transport.request("POST", session_url, json=body, headers=_JSON)
        if code := code_of(response):
            raise failure(code, response)
        if "errcode" not in response.json_object():
            raise PlatformError("dingtalk_no_code", "the answer carries no code", unknown_outcome=True)

    def open_connection(self, body: Mapping[str, object]) -> Answer:
        """
        Ask for the address of a Stream connection; proves itself with the client's secret.

        Raises:
            PlatformError: see `errors.py`; permanent when id and secret are refused.
        """
        credentials = {"clientId": self._config.client_id, "clientSecret": self._config.client_secret}
        return self._unauthorised("/v1.0/gateway/connections/open", {**credentials, **body})

    def upload(self, kind: str, name: str, content: bytes) -> str:
        """
        Store a picture or file with DingTalk; returns its media id.

        Raises:
            PlatformError: see `errors.py`.
        """
        answer = self.post("/media/upload", params={"type": kind}, files={"media": (name, content)})
        media_id = answer.get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise PlatformError("dingtalk_no_media_id", "the answer carries no media id")
        return media_id

    def _authorised(self, path: str, send: Callable[[str], HttpResponse]) -> Answer:
        """
        The call with a token; when that is refused, once more with a new one, and never a third time.
        """
        self.take(f"dingtalk:{self._config.client_id}:{path}", rate_of(path))
        token = self.access_token
        response = send(token)
        code = code_of(response)
        if code in TOKEN_REFUSED:
            response = send(self._fresh_token(token))
            code = code_of(response)
        if code in QUOTA_GONE:
            self._meter.note_refusal()
        if code:
            raise failure(code, response)
        self._meter.note(path)
        return response.json_object()

    def take(self, bucket: str, rate: tuple[int, float]) -> None:
        """
        One unit of a rate that all processes share.

        Raises:
            PlatformError: there is none just now; `retry_after` says when there will be.
        """
        capacity, seconds = rate
        wait = self._shared.take(bucket, capacity=capacity, per_seconds=seconds, now=self._clock())
        if wait > 0:
            raise PlatformError("dingtalk_rate", "our own limit, below the platform's", retry_after=wait, tried=False)

    def _fresh_token(self, refused: str | None) -> str:
        """
        A token that is not the refused one; threads that need one at the same time share a single fetch.
        """
        with self._refresh:
            if refused is not None:
                self._shared.forget_token(self._token_name, refused)
            return self._shared.token(self._token_name, self._clock()) or self._fetch_token()

    def _fetch_token(self) -> str:
        now = self._clock()
        if self._refused_until is not None and now < self._refused_until:
            wait = (self._refused_until - now).total_seconds()
            raise PlatformError("dingtalk_token", "refused a moment ago", retry_after=wait, tried=False)
        body = {"appKey": self._config.client_id, "appSecret": self._config.client_secret}
        try:
            answer = self._unauthorised("/v1.0/oauth2/accessToken", body)
        except PlatformError as error:
            if error.permanent:
                self._refused_until = now + timedelta(seconds=SETTINGS_PAUSE)
                raise PlatformError(
                    error.code, "client id or secret", retry_after=SETTINGS_PAUSE, about_account=True
                ) from None
            raise
        token, seconds = answer.get("accessToken"), answer.get("expireIn")
        if not isinstance(token, str) or not token:
            raise PlatformError("dingtalk_token", "the answer carries no token")
        life = timedelta(seconds=seconds if isinstance(seconds, int) else _TOKEN_LIFE)
        self._shared.store_token(self._token_name, token, now + life)
        return token

    def _unauthorised(self, path: str, body: Mapping[str, object]) -> Answer:
        address = self._address(self._config.api_base, path)
        with preparing():
            response = self._transport.request("POST", address, json=body, headers=_JSON)
            code = code_of(response)
            if code in CREDENTIALS_REFUSED:
                raise PlatformError(f"dingtalk_{code}", "client id or secret", permanent=True)
            if code:
                raise failure(code, response)
            return response.json_object()

    def _address(self, base: str, path: str) -> str:
        return f"{base.rstrip('/')}/{path.lstrip('/')}"

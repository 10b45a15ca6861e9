"""
Calls to Feishu's open API with the SDK's typed models, over our own transport and with our own token.

The SDK is imported on the first call or in `warm_up`, never on the callback path (see `sdk.py`). Its own transport is
not used: it opens a connection per call, keeps tokens in a global and does not fetch a new one when Feishu refuses the
old.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from adapters.feishu.config import FeishuConfig
from adapters.feishu.errors import error_code, failure, refuses_token
from adapters.feishu.resource import Resource
from adapters.feishu.sdk import part
from adapters.http import MAX_DOWNLOAD_BYTES, TOO_LARGE, HttpResponse, Transport, preparing
from bot.ports import SharedState
from domain.errors import PlatformError

OK: Final = 200

_JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True)
class SentMessage:
    """
    What Feishu calls a message it took, and the chat it stands in.
    """

    message_id: str
    chat_id: str


class FeishuClient:
    """
    One app's calls; safe to use from several threads.
    """

    def __init__(
        self, config: FeishuConfig, *, http: Transport, shared: SharedState, clock: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._http = http
        self._shared = shared
        self._clock = clock
        self._token_name = f"feishu:{config.app_id}"
        self._fetching = threading.Lock()

    def warm_up(self) -> None:
        """
        Import the SDK ahead of the first call, in a background thread once the process is ready.
        """
        for name in ("core.json", "api.auth.v3", "api.im.v1"):
            part(name)

    def authenticate(self) -> None:
        """
        Ask for a token whether or not one is kept.
        """
        with self._fetching:
            self._fetch_token()

    def create_message(
        self, *, receive_id_type: str, receive_id: str, msg_type: str, content: str, uuid: str
    ) -> SentMessage:
        """
        Send one message. A repeated `uuid` has no second effect for an hour.

        Raises:
            PlatformError: see `errors.py`.
        """
        im = part("api.im.v1")
        body = (
            im.CreateMessageRequestBody.builder()
            .receive_id(receive_id)
            .msg_type(msg_type)
            .content(content)
            .uuid(uuid)
            .build()
        )
        request = im.CreateMessageRequest.builder().receive_id_type(receive_id_type).request_body(body).build()
        data = self.call(request, im.CreateMessageResponse).data
        if data is None or not isinstance(data.message_id, str) or not data.message_id:
            raise PlatformError("feishu_no_message_id", "the answer carries no message id", unknown_outcome=True)
        return SentMessage(data.message_id, str(data.chat_id or ""))

    def patch_card(self, message_id: str, content: str) -> None:
        """
        Give a sent card a new face.

        Raises:
            PlatformError: see `errors.py`.
        """
        im = part("api.im.v1")
        body = im.PatchMessageRequestBody.builder().content(content).build()
        request = im.PatchMessageRequest.builder().message_id(message_id).request_body(body).build()
        self.call(request, im.PatchMessageResponse)

    def own_open_id(self) -> str:
        """
        The bot's own open_id, by which messages mention it.

        Raises:
            PlatformError: see `errors.py`.
        """
        # `bot` stands beside the code here, not under `data` as everywhere else
        bot = self.call(_raw_request("GET", "/open-apis/bot/v3/info"), dict).get("bot")
        open_id = bot.get("open_id") if isinstance(bot, dict) else None
        if not isinstance(open_id, str) or not open_id:
            raise PlatformError("feishu_no_bot", "the app has no bot", permanent=True)
        return open_id

    def update_clicked(self, token: str, card: Mapping[str, object]) -> None:
        """
        Give a clicked card a new face with the click's token: within 30 minutes, twice, after the click was answered.

        Raises:
            PlatformError: see `errors.py`.
        """
        body = {"token": token, "card": card}
        self.call(_raw_request("POST", "/open-apis/interactive/v1/card/update", body), dict)

    def recall_message(self, message_id: str) -> None:
        """
        Withdraw a message of ours.

        Raises:
            PlatformError: see `errors.py`.
        """
        im = part("api.im.v1")
        self.call(im.DeleteMessageRequest.builder().message_id(message_id).build(), im.DeleteMessageResponse)

    def upload(self, kind: str, form: Mapping[str, str], name: str, content: bytes) -> str:
        """
        Hand in a picture (`image`) or file (`file`); returns its key.

        Raises:
            PlatformError: see `errors.py`.
        """
        url = f"{self._config.api_base.rstrip('/')}/open-apis/im/v1/{kind}s"

        def send(token: str) -> HttpResponse:
            headers = {"Authorization": f"Bearer {token}"}
            return self._http.request("POST", url, form=form, files={kind: (name, content)}, headers=headers)

        response = self._authorised(send)
        payload = response.json_object()
        if error_code(payload) != 0:
            raise failure(response, payload)
        data = payload.get("data")
        key = data.get(f"{kind}_key") if isinstance(data, dict) else None
        if not isinstance(key, str) or not key:
            raise PlatformError("feishu_no_media_key", "the answer carries no key")
        return key

    def fetch(self, resource: Resource) -> HttpResponse:
        """
        The bytes of a picture or file that came with a message, with the headers that name it.

        Raises:
            PlatformError: see `errors.py`; permanent when it is larger than we read.
        """
        path = (
            f"/open-apis/im/v1/messages/{quote(resource.message_id, safe='')}/resources/{quote(resource.key, safe='')}"
        )
        url = self._config.api_base.rstrip("/") + path

        def send(token: str) -> HttpResponse:
            headers = {"Authorization": f"Bearer {token}"}
            params = {"type": resource.kind}
            return self._http.request("GET", url, params=params, headers=headers, max_bytes=MAX_DOWNLOAD_BYTES)

        try:
            response = self._authorised(send)
        except PlatformError as error:
            if error.code == TOO_LARGE:
                raise PlatformError(TOO_LARGE, f"more than {MAX_DOWNLOAD_BYTES} bytes", permanent=True) from None
            raise
        if response.status != OK:
            raise failure(response, response.json_object())
        return response

    def call(self, request: Any, response_type: Callable[[dict[str, object]], Any]) -> Any:
        """
        Make a typed request and read its typed response; a refused token is replaced once.

        Raises:
            PlatformError: see `errors.py`.
        """
        response = self._authorised(lambda token: self._send(request, token))
        return _typed(response, response.json_object(), response_type)

    def _authorised(self, send: Callable[[str], HttpResponse]) -> HttpResponse:
        token = self._token()
        response = send(token)
        return send(self._fresh_token(token)) if refuses_token(response) else response

    def _token(self) -> str:
        known = self._shared.token(self._token_name, self._clock())
        return known or self._fresh_token(None)

    def _fresh_token(self, refused: str | None) -> str:
        """
        A token that is not the refused one; threads that need one at the same time share a single fetch.
        """
        with self._fetching:
            if refused is not None:
                self._shared.forget_token(self._token_name, refused)
            known = self._shared.token(self._token_name, self._clock())
            return known or self._fetch_token()

    def _fetch_token(self) -> str:
        auth, config = part("api.auth.v3"), self._config
        body = (
            auth.InternalTenantAccessTokenRequestBody.builder()
            .app_id(config.app_id)
            .app_secret(config.app_secret)
            .build()
        )
        request = auth.InternalTenantAccessTokenRequest.builder().request_body(body).build()
        with preparing():
            response = self._send(request, None)
            payload = response.json_object()
            # token and expiry stand beside the code here, not under `data` as everywhere else
            _typed(response, payload, auth.InternalTenantAccessTokenResponse)
        token, seconds = payload.get("tenant_access_token"), payload.get("expire")
        if not isinstance(token, str) or not isinstance(seconds, int):
            raise PlatformError("feishu_no_token", "the answer carries no token")
        self._shared.store_token(self._token_name, token, self._clock() + timedelta(seconds=seconds))
        return token

    def _send(self, request: Any, token: str | None) -> HttpResponse:
        """
        Put a request of the SDK on the wire.
        """
        path = str(request.uri)
        for name, value in request.paths.items():
            path = path.replace(f":{name}", quote(str(value), safe=""))
        headers = {"Content-Type": _JSON, **({"Authorization": f"Bearer {token}"} if token else {})}
        return self._http.request(
            request.http_method.name,
            self._config.api_base.rstrip("/") + path,
            params=[(str(key), str(value)) for key, value in request.queries] or None,
            content=None if request.body is None else part("core.json").JSON.marshal(request.body).encode(),
            headers=headers,
        )


def _raw_request(method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """
    A request for which the SDK has no model.
    """
    builder = part("core.model.base_request").BaseRequest.builder()
    return builder.http_method(part("core.enum").HttpMethod[method]).uri(path).body(body).build()


def _typed(
    response: HttpResponse, payload: dict[str, object], response_type: Callable[[dict[str, object]], Any]
) -> Any:
    if error_code(payload) != 0 or response.status >= 500:
        raise failure(response, payload)
    try:
        return response_type(payload)
    except part("core.exception").UnmarshalException as error:
        raise PlatformError("feishu_unreadable", str(error), unknown_outcome=True) from None

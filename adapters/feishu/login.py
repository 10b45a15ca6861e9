"""
Signing in with Feishu: OAuth 2.0 with PKCE, in a browser and inside the app alike, and the signature for page scripts.

Inside the app the authorize page passes silently, so no script of Feishu's is needed for it.
Source: https://open.feishu.cn/document/common-capabilities/sso/api/obtain-oauth-code,
https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/authentication-management/access-token/get-user-access-token and
https://open.feishu.cn/document/uYjL24iN/uEzM4YjLxMDO24SMzgjN (read 2026-05).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.common.urls import add_params_to_uri

from adapters import js_sdk
from adapters.feishu.client import FeishuClient
from adapters.feishu.config import FeishuConfig
from adapters.feishu.sdk import part
from adapters.http import HttpResponse, Transport
from bot.ports import PageScript, SharedState
from domain.errors import PlatformError

_JS_APIS: Final = ("getLocation", "chooseImage", "scanCode")


class FeishuLogin:
    """
    One app's sign-in. Its redirect address must stand under 开发配置 → 安全设置 → 重定向 URL.
    """

    script: Final[PageScript | None] = None

    def __init__(
        self,
        config: FeishuConfig,
        client: FeishuClient,
        *,
        http: Transport,
        shared: SharedState,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._client = client
        self._http = http
        self._shared = shared
        self._clock = clock
        self._ticket_name = f"feishu:{config.app_id}:jsapi"

    def authorize_url(self, state: str, redirect: str, *, verifier: str = "", in_app: bool = False) -> str:
        """
        Feishu's page; the same one inside the app and outside.
        """
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        del in_app
        params = [
            ("client_id", self._config.app_id),
            ("response_type", "code"),
            ("redirect_uri", redirect),
            ("state", state),
        ]
        if verifier:
            params += [("code_challenge", create_s256_code_challenge(verifier)), ("code_challenge_method", "S256")]
        base = self._config.accounts_base.rstrip("/")
        return str(add_params_to_uri(f"{base}/open-apis/authen/v1/authorize", params))

    def person_of(self, code: str, *, redirect: str = "", verifier: str = "", in_app: bool = False) -> str | None:
        """
        The open_id behind a code; None for somebody of another company.

        Raises:
            PlatformError: see `bot.ports.Login`.
        """
        del in_app
        given = {"code": code, "redirect_uri": redirect, "code_verifier": verifier}
        token = self._exchanged({name: value for name, value in given.items() if value})
        person = self._user_info(token)
        if self._config.tenant_key and person.get("tenant_key") != self._config.tenant_key:
            return None
        open_id = person.get("open_id")
        if not isinstance(open_id, str) or not open_id:
            raise PlatformError("feishu_no_open_id", "user_info answered without an open_id", permanent=True)
        return open_id

    def js_config(self, url: str) -> Mapping[str, object]:
        """
        What `h5sdk.config` takes; Feishu counts in milliseconds.
        """
        now, nonce = self._clock(), js_sdk.new_nonce()
        timestamp = int(now.timestamp() * 1000)
        signed = js_sdk.signature(ticket=self._ticket(now), nonce=nonce, timestamp=timestamp, url=url)
        names = {"appId": self._config.app_id, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}
        return {**names, "jsApiList": list(_JS_APIS)}

    def _exchanged(self, grant: Mapping[str, str]) -> str:
        body = {
            "grant_type": "authorization_code",
            "client_id": self._config.app_id,
            "client_secret": self._config.app_secret,
            **grant,
        }
        answer = _checked(self._call("POST", "/open-apis/authen/v2/oauth/token", json=body))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise PlatformError("feishu_no_user_token", "the code was taken, but no token came back", permanent=True)
        return token

    def _user_info(self, token: str) -> Mapping[str, object]:
        headers = {"Authorization": f"Bearer {token}"}
        data = _checked(self._call("GET", "/open-apis/authen/v1/user_info", headers=headers)).get("data")
        return data if isinstance(data, dict) else {}

    def _call(self, method: str, path: str, **options: Any) -> HttpResponse:
        return self._http.request(method, self._config.api_base.rstrip("/") + path, **options)

    def _ticket(self, now: datetime) -> str:
        known = self._shared.token(self._ticket_name, now)
        if known:
            return known
        core = part("core.model.base_request").BaseRequest.builder()
        request = core.http_method(part("core.enum").HttpMethod.POST).uri("/open-apis/jssdk/ticket/get").build()
        data = self._client.call(request, dict).get("data") or {}
        ticket, seconds = data.get("ticket"), data.get("expire_in")
        if not isinstance(ticket, str) or not isinstance(seconds, int):
            raise PlatformError("feishu_no_ticket", "the answer carries no ticket")
        self._shared.store_token(self._ticket_name, ticket, now + timedelta(seconds=seconds))
        return ticket


def _checked(response: HttpResponse) -> Mapping[str, object]:
    """
    The answer of a sign-in call; its texts may name the person, so only the code is kept.
    """
    payload = response.json_object()
    code = payload.get("code")
    if code != 0 or response.status != 200:
        detail = f"http {response.status}, sign-in"
        raise PlatformError(f"feishu_{code}", detail, permanent=response.status < 500 and response.status != 429)
    return payload

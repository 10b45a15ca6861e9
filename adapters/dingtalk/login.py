"""
Signing in with DingTalk: 免登 by the script inside its app, OAuth 2.0 elsewhere, and the signature for page scripts.

DingTalk's OAuth knows no PKCE. Its redirect address must stand under 开发配置 → 安全设置 → 重定向 URL.
Source: https://open.dingtalk.com/document/development/tutorial-obtaining-user-personal-information,
…/obtain-the-userid-of-a-user-by-using-the-log-free and …/jsapi-authentication (read 2026-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from authlib.common.urls import add_params_to_uri

from adapters import js_sdk
from adapters.dingtalk.client import DingTalkClient
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.errors import UNREACHABLE, code_of, failure, vendor_code
from adapters.http import HttpResponse, Transport
from bot.ports import PageScript, SharedState
from domain.errors import PlatformError

_JS_APIS: Final = ("device.geolocation.get", "biz.util.uploadImageFromCamera", "biz.util.scan")
_USER_TOKEN_HEADER: Final = "x-acs-dingtalk-access-token"  # noqa: S105 - the header's name
_TICKET_LIFE: Final = 7200
_JSON: Final = {"accept": "application/json"}
_INSIDER: Final = 0


class DingTalkLogin:
    """
    One app's sign-in.
    """

    def __init__(
        self,
        config: DingTalkConfig,
        client: DingTalkClient,
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
        self._ticket_name = f"dingtalk:{config.client_id}:jsapi"

    @property
    def script(self) -> PageScript:
        """
        Inside its app DingTalk hands the code to a script in the page.
        """
        return PageScript(self._config.jsapi_url, self._config.corp_id, self._config.client_id)

    def authorize_url(self, state: str, redirect: str, *, verifier: str = "", in_app: bool = False) -> str:
        """
        DingTalk's page with the QR code, which inside the app asks for one press.
        """
        del verifier, in_app
        params = [
            ("redirect_uri", redirect),
            ("response_type", "code"),
            ("client_id", self._config.client_id),
            ("scope", "openid corpid"),
            ("state", state),
            ("prompt", "consent"),
        ]
        return str(add_params_to_uri(f"{self._config.login_base.rstrip('/')}/oauth2/auth", params))

    def person_of(self, code: str, *, redirect: str = "", verifier: str = "", in_app: bool = False) -> str | None:
        """
        The userId behind a code; None for somebody outside the company.

        Raises:
            PlatformError: see `bot.ports.Login`.
        """
        del redirect, verifier
        return self._person_in_app(code) if in_app else self._person_in_browser(code)

    def js_config(self, url: str) -> Mapping[str, object]:
        """
        What `dd.config` takes; DingTalk counts in milliseconds and hashes with SHA-256.
        """
        now, nonce = self._clock(), js_sdk.new_nonce()
        timestamp, ticket = int(now.timestamp() * 1000), self._ticket(now)
        signed = js_sdk.signature(ticket=ticket, nonce=nonce, timestamp=timestamp, url=url, digest="sha256")
        config = self._config
        names = {"agentId": config.agent_id, "corpId": config.corp_id, "timeStamp": timestamp, "nonceStr": nonce}
        return {**names, "signature": signed, "type": 0, "jsApiList": list(_JS_APIS)}

    def _person_in_app(self, code: str) -> str | None:
        result = self._client.post("/topapi/v2/user/getuserinfo", {"code": code}).get("result")
        user_id = result.get("userid") if isinstance(result, dict) else None
        return str(user_id) if user_id else None

    def _person_in_browser(self, code: str) -> str | None:
        body = {
            "clientId": self._config.client_id,
            "clientSecret": self._config.client_secret,
            "code": code,
            "grantType": "authorization_code",
        }
        granted = _checked(self._call("POST", "/v1.0/oauth2/userAccessToken", json=body))
        if granted.get("corpId") not in {None, "", self._config.corp_id}:
            return None
        headers = {_USER_TOKEN_HEADER: str(granted.get("accessToken", ""))}
        person = _checked(self._call("GET", "/v1.0/contact/users/me", headers=headers))
        union_id = person.get("unionId")
        if not isinstance(union_id, str) or not union_id:
            raise PlatformError("dingtalk_no_union_id", "users/me answered without a unionId", permanent=True)
        return self._employee(union_id)

    def _employee(self, union_id: str) -> str | None:
        """
        The userId in our company; contacts outside it have one too, which counts for nothing here.
        """
        try:
            result = self._client.post("/topapi/user/getbyunionid", {"unionid": union_id}).get("result")
        except PlatformError as error:
            if vendor_code(error) in UNREACHABLE:
                return None
            raise
        found = result if isinstance(result, dict) else {}
        return str(found["userid"]) if found.get("userid") and found.get("contact_type") == _INSIDER else None

    def _call(self, method: str, path: str, **options: Any) -> HttpResponse:
        headers = {**_JSON, **options.pop("headers", {})}
        return self._http.request(method, self._config.api_base.rstrip("/") + path, headers=headers, **options)

    def _ticket(self, now: datetime) -> str:
        known = self._shared.token(self._ticket_name, now)
        if known:
            return known
        answer = self._client.api("POST", "/v1.0/oauth2/jsapiTickets", {})
        ticket, seconds = answer.get("jsapiTicket"), answer.get("expireIn")
        if not isinstance(ticket, str) or not ticket:
            raise PlatformError("dingtalk_no_ticket", "the answer carries no ticket")
        life = timedelta(seconds=seconds if isinstance(seconds, int) else _TICKET_LIFE)
        self._shared.store_token(self._ticket_name, ticket, now + life)
        return ticket


def _checked(response: HttpResponse) -> Mapping[str, object]:
    code = code_of(response)
    if code:
        raise failure(code, response)
    return response.json_object()

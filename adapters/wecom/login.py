"""
Signing in with WeCom: silently inside its browser, by QR code elsewhere, and the signature for page scripts.

The redirect's host must be the app's 可信域名 (in the app) and stand under 企业微信授权登录 (QR code).
Source: https://developer.work.weixin.qq.com/document/path/91022, …/path/98152, …/path/91023 and …/path/90506
(read 2026-08).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from authlib.common.urls import add_params_to_uri

from adapters import js_sdk
from adapters.wecom.client import WeComClient
from adapters.wecom.config import WeComConfig
from bot.ports import PageScript, SharedState
from domain.errors import PlatformError

IN_APP_ORIGIN: Final = "https://open.weixin.qq.com"
BROWSER_ORIGIN: Final = "https://login.work.weixin.qq.com"
_JS_APIS: Final = ("getLocation", "chooseImage", "getLocalImgData", "uploadImage", "scanQRCode")
_TICKET_LIFE: Final = 7200


class WeComLogin:
    """
    One app's sign-in. WeCom knows no PKCE, so the verifier is not used.
    """

    script: Final[PageScript | None] = None

    def __init__(
        self, config: WeComConfig, client: WeComClient, *, shared: SharedState, clock: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._client = client
        self._shared = shared
        self._clock = clock
        self._ticket_name = f"wecom:{config.corp_id}:{config.agent_id}:jsapi"

    def authorize_url(self, state: str, redirect: str, *, verifier: str = "", in_app: bool = False) -> str:
        """
        The silent page inside WeCom, the page with the QR code elsewhere.
        """
        del verifier
        base, corp, agent = self._config.oauth_base.rstrip("/"), self._config.corp_id, str(self._config.agent_id)
        if in_app:
            params = [("appid", corp), ("redirect_uri", redirect), ("response_type", "code")]
            params += [("scope", "snsapi_base"), ("state", state), ("agentid", agent)]
            address = add_params_to_uri(f"{base or IN_APP_ORIGIN}/connect/oauth2/authorize", params)
            return f"{address}#wechat_redirect"
        params = [("login_type", "CorpApp"), ("appid", corp), ("agentid", agent)]
        params += [("redirect_uri", redirect), ("state", state)]
        return str(add_params_to_uri(f"{base or BROWSER_ORIGIN}/wwlogin/sso/login", params))

    def person_of(self, code: str, *, redirect: str = "", verifier: str = "", in_app: bool = False) -> str | None:
        """
        The userid behind a code; None for somebody who is no member of the company.

        Raises:
            PlatformError: see `bot.ports.Login`.
        """
        del redirect, verifier, in_app
        answer = self._client.get("auth/getuserinfo", params={"code": code})
        user_id = answer.get("userid")
        return user_id if isinstance(user_id, str) and user_id else None

    def js_config(self, url: str) -> Mapping[str, object]:
        """
        What `wx.config` takes.
        """
        now, nonce = self._clock(), js_sdk.new_nonce()
        timestamp = int(now.timestamp())
        signed = js_sdk.signature(ticket=self._ticket(now), nonce=nonce, timestamp=timestamp, url=url)
        names = {"appId": self._config.corp_id, "timestamp": timestamp, "nonceStr": nonce, "signature": signed}
        return {"beta": True, **names, "jsApiList": list(_JS_APIS)}

    def _ticket(self, now: datetime) -> str:
        """
        The company's ticket; WeCom allows 100 fetches an hour, so all processes share one.
        """
        known = self._shared.token(self._ticket_name, now)
        if known:
            return known
        answer = self._client.get("get_jsapi_ticket")
        ticket, seconds = answer.get("ticket"), answer.get("expires_in")
        if not isinstance(ticket, str) or not ticket:
            raise PlatformError("wecom_no_ticket", "the answer carries no ticket")
        life = timedelta(seconds=seconds if isinstance(seconds, int) else _TICKET_LIFE)
        self._shared.store_token(self._ticket_name, ticket, now + life)
        return ticket

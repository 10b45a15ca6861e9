"""
WeCom's sign-in: the silent page of its own browser, the page with the QR code, code → member, and page tickets.

Source: https://developer.work.weixin.qq.com/document/path/91022 and …/path/98152 (read 2026-08)
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import request

from sandbox.consent import CodeState, ConsentPage, is_own_address
from sandbox.wecom.api import Call, Route
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint

    from sandbox.wecom.platform import WeComPlatform

IN_APP = "/connect/oauth2/authorize"
BROWSER = "/wwlogin/sso/login"
TICKET_LIFE = timedelta(seconds=7200)


class Login:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        self._page = ConsentPage(platform, check=self._complaint)
        self._tickets: dict[str, tuple[str, datetime]] = {}

    def add_to(self, blueprint: Blueprint) -> None:
        self._page.add_to(blueprint, IN_APP, BROWSER)

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/auth/getuserinfo", self.user_info),
            Route("GET", "/get_jsapi_ticket", self.page_ticket),
            Route("GET", "/ticket/get", self.app_ticket),
            Route("GET", "/sandbox/check_signature", self.check_signature),
        ]

    def clear(self) -> None:
        self._page.codes.clear()
        self._tickets.clear()

    def user_info(self, call: Call) -> dict[str, Any]:
        code = call.query.get("code", "")
        if not code:
            raise WeComError(41008)
        state, grant = self._page.codes.redeem(code, self._platform.world.clock.now())
        if state is CodeState.EXPIRED:
            raise WeComError(42003)
        if grant is None:
            raise WeComError(40029)
        person = self._platform.world.people[grant.person]
        return {"openid": f"oDemo_{person.key}"} if person.outsider else {"userid": person.ids["wecom"]}

    def page_ticket(self, _call: Call) -> dict[str, Any]:
        return self._ticket("jsapi")

    def app_ticket(self, call: Call) -> dict[str, Any]:
        if call.query.get("type") != "agent_config":
            raise WeComError(40058, "type")
        return self._ticket("agent_config")

    def check_signature(self, call: Call) -> dict[str, Any]:
        """
        What WeCom's browser does with the values a page gives to `wx.config`.
        """
        signed = "&".join(f"{name}={call.query.get(name, '')}" for name in ("noncestr", "timestamp", "url"))
        for ticket, _ in self._tickets.values():
            text = f"jsapi_ticket={ticket}&{signed}"
            if hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest() == call.query.get("signature"):
                return {}
        raise WeComError(40093)

    def _ticket(self, kind: str) -> dict[str, Any]:
        now = self._platform.world.clock.now()
        ticket, ends_at = self._tickets.get(kind, ("", now))
        if ends_at <= now:
            ticket, ends_at = secrets.token_urlsafe(60), now + TICKET_LIFE
            self._tickets[kind] = ticket, ends_at
        return {"ticket": ticket, "expires_in": int((ends_at - now).total_seconds())}

    def _complaint(self) -> str | None:
        """
        The two pages check the same things under different numbers.
        """
        query, in_app = request.args, request.path.endswith(IN_APP)
        if query.get("appid") != self._platform.account.corp_id:
            return "40013 invalid corpid：appid 不是这家企业的 ID。"
        if not in_app and query.get("agentid") != str(self._platform.account.agent_id):
            return "40056 invalid agentid：没有这个应用。"
        if in_app and (query.get("response_type") != "code" or query.get("scope") != "snsapi_base"):
            return "10005 scope 参数错误：这个应用只有 snsapi_base 权限。"
        if not is_own_address(query.get("redirect_uri", ""), self._platform.callback_url):
            return "50001 redirect_url 未登记可信域名。" if in_app else "-31039 回调域名与应用的授权登录域名不一致。"
        return None

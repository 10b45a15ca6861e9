"""
DingTalk's sign-in: the OAuth page, the script inside its app, code → person, and page tickets.

Source: https://open.dingtalk.com/document/development/tutorial-obtaining-user-personal-information and
…/obtain-the-userid-of-a-user-by-using-the-log-free (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request

from sandbox.consent import Codes, CodeState, ConsentPage, Grant, is_own_address
from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.errors import NOT_FOUND, ApiError, OapiError

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Blueprint

    from sandbox.dingtalk.platform import DingTalkPlatform

AUTHORIZE = "/oauth2/auth"
SCRIPT = "/jsapi/dingtalk.open.js"
SCOPES = {"openid", "openid corpid"}
TOKEN_LIFE = timedelta(seconds=7200)
BAD_CODE = 40078
# As much of the vendor's script as pages use. A second script brings the code: pages may fetch from nowhere else.
SCRIPT_TEXT = """
(function () {
  var here = document.currentScript.src.replace(/[^/]*$/, '');
  window.dd = {
    requestAuthCode: function (wanted) {
      window.sandboxAuthCode = function (code) {
        if (code) (wanted.onSuccess || wanted.success)({ code: code });
        else (wanted.onFail || wanted.fail)({ errorCode: '3', errorMessage: 'nobody holds this phone' });
      };
      var script = document.createElement('script');
      script.src = here + 'auth_code.js?corpId=' + encodeURIComponent(wanted.corpId);
      document.head.appendChild(script);
    },
  };
})();
"""


class Login:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._page = ConsentPage(platform, check=self._complaint, code_key="authCode")
        self._in_app = Codes()
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._ticket: tuple[str, datetime] | None = None

    def add_to(self, blueprint: Blueprint) -> None:
        self._page.add_to(blueprint, AUTHORIZE)
        blueprint.add_url_rule(SCRIPT, "vendor_script", self.script, methods=["GET"])
        blueprint.add_url_rule("/jsapi/auth_code.js", "auth_code", self.auth_code, methods=["GET"])

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/v1.0/oauth2/userAccessToken", self.user_token, billed=False, token=False),
            Route("GET", "/v1.0/contact/users/me", self.me, billed=False, token=False),
            Route("POST", "/topapi/v2/user/getuserinfo", self.user_info, billed=False),
            Route("POST", "/v1.0/oauth2/jsapiTickets", self.page_ticket, billed=False),
        ]

    def clear(self) -> None:
        self._page.codes.clear()
        self._in_app.clear()
        self._tokens.clear()
        self._ticket = None

    def script(self) -> Response:
        return Response(SCRIPT_TEXT, content_type="text/javascript; charset=utf-8")

    def auth_code(self) -> Response:
        """
        The code for whoever holds the phone; for a company that does not know the app there is none.
        """
        holder = self._platform.world.people.get(self._platform.switches["login_as"])
        is_ours = request.args.get("corpId") == self._platform.account.corp_id
        code = ""
        if holder is not None and is_ours and not holder.outsider and holder.key not in self._platform.left:
            code = self._in_app.issue(Grant(holder.key, "", "", self._platform.world.clock.now()))
        return Response(f"sandboxAuthCode({json.dumps(code)})", content_type="text/javascript; charset=utf-8")

    def user_token(self, call: Call) -> dict[str, Any]:
        body, account = call.body(), self._platform.account
        if body.get("clientId") != account.client_id or body.get("clientSecret") != account.client_secret:
            raise ApiError("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
        if body.get("grantType") != "authorization_code":
            raise ApiError("unsupported.grant.type")
        state, grant = self._page.codes.redeem(str(body.get("code", "")), self._platform.world.clock.now())
        if grant is None:
            raise ApiError("invalidParameter.authCode.notFound", f"不合法的临时授权码: {state.value}")
        token = secrets.token_hex(16)
        self._tokens[token] = grant.person, self._platform.world.clock.now() + TOKEN_LIFE
        is_outsider = self._platform.world.people[grant.person].outsider
        corp_id = "ding0000another0corp" if is_outsider else account.corp_id
        return {"accessToken": token, "refreshToken": secrets.token_hex(16), "expireIn": 7200, "corpId": corp_id}

    def me(self, call: Call) -> dict[str, Any]:
        del call
        key, ends_at = self._tokens.get(request.headers.get("x-acs-dingtalk-access-token", ""), ("", None))
        if ends_at is None or ends_at <= self._platform.world.clock.now():
            raise ApiError("accesstoken.expired", "用户的accessToken已过期")
        person = self._platform.world.people.get(key)
        if person is None:
            raise ApiError("invalidParameter.user.notFound", status=NOT_FOUND)
        return {"nick": person.name, "unionId": self._platform.union_id(person), "openId": f"open_{key}", "mobile": ""}

    def user_info(self, call: Call) -> dict[str, Any]:
        state, grant = self._in_app.redeem(str(call.body().get("code", "")), self._platform.world.clock.now())
        if state is not CodeState.GOOD or grant is None:
            raise OapiError(BAD_CODE)
        person = self._platform.world.people[grant.person]
        union_id = self._platform.union_id(person)
        level = {"sys": False, "sys_level": 0, "device_id": "sandbox", "associated_unionid": union_id}
        return {"result": {"userid": person.ids["dingtalk"], "unionid": union_id, "name": person.name, **level}}

    def page_ticket(self, call: Call) -> dict[str, Any]:
        del call
        now = self._platform.world.clock.now()
        ticket = secrets.token_urlsafe(48) if self._ticket is None or self._ticket[1] <= now else self._ticket[0]
        self._ticket = ticket, now + TOKEN_LIFE
        return {"jsapiTicket": ticket, "expireIn": int(TOKEN_LIFE.total_seconds())}

    def _complaint(self) -> str | None:
        query = request.args
        if query.get("client_id") != self._platform.account.client_id:
            return "无效的 client_id：应用不存在。"
        if query.get("response_type") != "code" or query.get("scope") not in SCOPES:
            return "参数错误：response_type 要是 code，scope 要是 openid 或 openid corpid。"
        if not is_own_address(query.get("redirect_uri", ""), self._platform.callback_url):
            return "redirect_uri 没有登记在应用的安全设置里。"
        return None

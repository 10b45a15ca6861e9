"""
Feishu's sign-in: the authorize page, code → user token → person with PKCE, and page tickets.

Source: https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/authentication-management/access-token/get-user-access-token
(read 2026-05)
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from sandbox.consent import CodeState, ConsentPage, is_own_address
from sandbox.feishu.api import OPEN_APIS, Call, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from sandbox.consent import Grant
    from sandbox.feishu.platform import FeishuPlatform

AUTHORIZE = f"{OPEN_APIS}/authen/v1/authorize"
TOKEN_LIFE = timedelta(seconds=7200)
USER_TOKEN = {"expires_in": 7200, "token_type": "Bearer", "scope": ""}
BAD_CODES = {CodeState.UNKNOWN: 20003, CodeState.EXPIRED: 20004, CodeState.USED: 20065}
TEXTS = {
    20002: "The client secret is invalid.",
    20003: "The authorization code is not found.",
    20004: "The authorization code has expired.",
    20036: "The grant_type is not supported.",
    20048: "The app does not exist.",
    20049: "The code_verifier does not match the code_challenge.",
    20063: "The request is missing a required parameter.",
    20065: "The authorization code has been used.",
    20071: "The redirect_uri does not match the one of the authorization.",
}


class RefusedError(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Login:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._page = ConsentPage(platform, check=self._complaint)
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self._ticket: tuple[str, datetime] | None = None

    def add_to(self, blueprint: Blueprint) -> None:
        self._page.add_to(blueprint, AUTHORIZE)
        blueprint.add_url_rule(f"{OPEN_APIS}/authen/v2/oauth/token", "user_token", self.token, methods=["POST"])
        blueprint.add_url_rule(f"{OPEN_APIS}/authen/v1/user_info", "user_info", self.user_info, methods=["GET"])

    def routes(self) -> list[Route]:
        return [Route("POST", "/jssdk/ticket/get", "", self.page_ticket)]

    def clear(self) -> None:
        self._page.codes.clear()
        self._tokens.clear()
        self._ticket = None

    def token(self) -> Response:
        body = request.get_json(force=True, silent=True)
        try:
            with self._platform.world.lock:
                grant = self._redeemed(body if isinstance(body, dict) else {})
        except RefusedError as refused:
            text = TEXTS[refused.code]
            response = jsonify(code=refused.code, error="invalid_grant", error_description=text)
            response.status_code = 400
            return response
        token = f"u-{secrets.token_hex(24)}"
        self._tokens[token] = grant.person, self._platform.world.clock.now() + TOKEN_LIFE
        return jsonify(code=0, access_token=token, **USER_TOKEN)

    def user_info(self) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        key, ends_at = self._tokens.get(token, ("", None))
        if ends_at is None or ends_at <= self._platform.world.clock.now():
            return jsonify(code=20005, msg="The user access token passed is invalid.")
        person = self._platform.world.people[key]
        company = "another-tenant" if person.outsider else self._platform.account.tenant_key
        names = {"name": person.name, "en_name": "", "tenant_key": company}
        return jsonify(code=0, msg="success", data=self._platform.directory.ids(person) | names)

    def page_ticket(self, _call: Call) -> dict[str, Any]:
        now = self._platform.world.clock.now()
        if self._ticket is None or self._ticket[1] <= now:
            self._ticket = secrets.token_hex(20), now + TOKEN_LIFE
        return {"ticket": self._ticket[0], "expire_in": int((self._ticket[1] - now).total_seconds())}

    def _redeemed(self, body: Mapping[str, Any]) -> Grant:
        account = self._platform.account
        if body.get("grant_type") != "authorization_code":
            raise RefusedError(20036)
        if body.get("client_id") != account.app_id:
            raise RefusedError(20048)
        if body.get("client_secret") != account.app_secret:
            raise RefusedError(20002)
        if not isinstance(body.get("code"), str):
            raise RefusedError(20063)
        state, grant = self._page.codes.redeem(body["code"], self._platform.world.clock.now())
        if grant is None:
            raise RefusedError(BAD_CODES[state])
        if body.get("redirect_uri") != grant.redirect:
            raise RefusedError(20071)
        if grant.challenge and _challenge(str(body.get("code_verifier", ""))) != grant.challenge:
            raise RefusedError(20049)
        return grant

    def _complaint(self) -> str | None:
        query = request.args
        if query.get("client_id") != self._platform.account.app_id:
            return "20048：应用不存在。"
        if query.get("response_type") != "code":
            return "20063：response_type 要是 code。"
        if not is_own_address(query.get("redirect_uri", ""), self._platform.callback_url):
            return "20029：redirect_uri 请求不合法，没有登记在应用的安全设置里。"
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            return "20063：code_challenge_method 要是 S256。"
        return None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

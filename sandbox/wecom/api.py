"""
The gateway of the WeCom API: token, trusted address, frequency, and the shape of every answer.

What a call does stands in messages.py, groups.py, media.py and directory.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from sandbox.vendor import vendor_blueprint
from sandbox.wecom.errors import WeComError
from sandbox.wecom.state import SECRET_LOCK, WRONG_SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Blueprint

    from sandbox.wecom.platform import WeComPlatform

CGI = "/cgi-bin"


@dataclass(frozen=True)
class Call:
    query: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise WeComError(40058)
        return body


@dataclass(frozen=True)
class Route:
    method: str
    rule: str
    work: Callable[[Call], dict[str, Any] | Response]


def wecom_blueprint(platform: WeComPlatform, routes: list[Route]) -> Blueprint:
    blueprint = vendor_blueprint(platform)
    blueprint.add_url_rule(f"{CGI}/gettoken", "gettoken", _TokenEndpoint(platform).issue, methods=["GET"])
    for route in routes:
        # A wrong method is answered by the API itself, not by HTTP.
        blueprint.add_url_rule(CGI + route.rule, route.rule, _guarded(platform, route), methods=["GET", "POST"])
    blueprint.register_error_handler(WeComError, _refuse)
    return blueprint


def _guarded(platform: WeComPlatform, route: Route) -> Callable[[], Response]:
    def view() -> Response:
        _check_token(platform)
        if not platform.allow(route.rule, limit=platform.switches["api_per_minute"], seconds=60):
            raise WeComError(45009)
        if request.method != route.method:
            raise WeComError(40058, "wrong http method")
        with platform.world.lock:
            answer = route.work(Call(request.args))
        return answer if isinstance(answer, Response) else jsonify({"errcode": 0, "errmsg": "ok"} | answer)

    return view


def _check_token(platform: WeComPlatform) -> None:
    text = request.args.get("access_token", "")
    token = platform.state.token
    if not text:
        raise WeComError(41001)
    if not token.is_valid(text, platform.world.clock.now()):
        raise WeComError(42001 if token.was_valid(text) else 40014)
    if platform.switches["app_disabled"]:
        raise WeComError(50003)
    if platform.switches["untrusted_address"]:
        raise WeComError(60020)


class _TokenEndpoint:
    """
    Wrong secrets lock the caller's address out for an hour.
    """

    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform

    def issue(self) -> Response:
        with self._platform.world.lock:
            self._check()
            token, left = self._platform.state.token.issue(self._platform.world.clock.now())
        expires_in = 7200 if self._platform.switches["constant_expires_in"] else left
        return jsonify(errcode=0, errmsg="ok", access_token=token, expires_in=expires_in)

    def _check(self) -> None:
        account, state = self._platform.account, self._platform.state
        now = self._platform.world.clock.now()
        corp_id, secret = request.args.get("corpid"), request.args.get("corpsecret")
        if not corp_id or not secret:
            raise WeComError(41004 if corp_id else 41002)
        if state.locked_until and state.locked_until > now:
            raise WeComError(45009)
        if corp_id != account.corp_id:
            raise WeComError(40013)
        if secret != account.secret:
            state.wrong_secrets += 1
            if state.wrong_secrets >= WRONG_SECRETS:
                state.locked_until = now + SECRET_LOCK
            raise WeComError(40001)
        state.wrong_secrets = 0


def refusal(error: WeComError) -> Response:
    response = jsonify({"errcode": error.code, "errmsg": error.long_message, **error.extra})
    response.headers["Error-Code"] = str(error.code)
    response.headers["Error-Msg"] = error.long_message
    return response


def _refuse(error: WeComError) -> Response:
    return refusal(error)

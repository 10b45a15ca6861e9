"""
The gateway of the Feishu API: routes, tokens, scopes, rate limits and the envelope of every answer.

What a call does stands in messages.py, files.py and directory.py.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from sandbox.feishu.errors import TOO_MANY, FeishuError, field_violation
from sandbox.vendor import vendor_blueprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask.typing import ResponseReturnValue

    from sandbox.feishu.platform import FeishuPlatform

PER_SECOND = 50
PER_MINUTE = 1000
OPEN_APIS = "/open-apis"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Call:
    """
    One API call: path parts, query and body as the vendor reads them.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise FeishuError(9499)
        return body

    def many(self, name: str) -> list[str]:
        return request.args.getlist(name)


@dataclass(frozen=True)
class Route:
    """
    `scope` is the right an app must have for it; empty where none is asked.
    """

    method: str
    rule: str
    scope: str
    work: Callable[[Call], dict[str, Any] | Response]


def feishu_blueprint(platform: FeishuPlatform, routes: list[Route]) -> Blueprint:
    blueprint = vendor_blueprint(platform)
    tokens = _TokenEndpoint(platform)
    for kind in ("tenant", "app"):
        blueprint.add_url_rule(
            f"{OPEN_APIS}/auth/v3/{kind}_access_token/internal", f"{kind}_token", tokens.issue, methods=["POST"]
        )
    for route in routes:
        blueprint.add_url_rule(
            OPEN_APIS + route.rule, f"{route.method} {route.rule}", _guarded(platform, route), methods=[route.method]
        )
    blueprint.add_url_rule("/<path:rest>", "no_such_call", _no_such_call, methods=METHODS)
    blueprint.register_error_handler(FeishuError, _refuse)
    blueprint.after_request(_log_id)
    return blueprint


def _guarded(platform: FeishuPlatform, route: Route) -> Callable[..., ResponseReturnValue]:
    def view(**path: str) -> ResponseReturnValue:
        _check_token(platform)
        _check_rate(platform, f"{route.method} {route.rule}")
        if route.scope and route.scope in platform.switches["missing_scopes"]:
            raise _missing_scope(route.scope)
        with platform.world.lock:
            answer = route.work(Call(path, request.args))
        if isinstance(answer, Response):
            return answer
        return jsonify(answer if "code" in answer else {"code": 0, "msg": "success", "data": answer})

    return view


def _check_token(platform: FeishuPlatform) -> None:
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        raise FeishuError(99991661)
    token = header.removeprefix("Bearer ").strip()
    if not token.startswith(("t-", "u-")):
        raise FeishuError(99991671)
    if not platform.state.tokens.is_valid(token, platform.world.clock.now()):
        raise FeishuError(99991663)


def _check_rate(platform: FeishuPlatform, endpoint: str) -> None:
    for limit, seconds in ((PER_SECOND, 1), (platform.switches["api_per_minute"], 60)):
        if not platform.allow(endpoint, limit=limit, seconds=seconds):
            raise FeishuError(99991400, status=TOO_MANY)


def _missing_scope(scope: str) -> FeishuError:
    violation = {"type": "action_scope_required", "subject": scope}
    text = f"Access denied. One of the following scopes is required: [{scope}]"
    return FeishuError(99991672, text, permission_violations=[violation])


class _TokenEndpoint:
    """
    The one endpoint without a token; its refusals come with HTTP 200.
    """

    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform

    def issue(self) -> ResponseReturnValue:
        body = request.get_json(force=True, silent=True)
        body = body if isinstance(body, dict) else {}
        app_id = body.get("app_id")
        if not isinstance(app_id, str) or not app_id.startswith("cli_"):
            return jsonify(code=10003, data={}, msg="invalid param")
        account = self._platform.account
        if app_id != account.app_id:
            return jsonify(code=10014, msg="app id not exists")
        if body.get("app_secret") != account.app_secret:
            return jsonify(code=10014, msg="app secret invalid")
        with self._platform.world.lock:
            token, seconds = self._platform.state.tokens.issue(self._platform.world.clock.now())
        return jsonify(code=0, msg="ok", tenant_access_token=token, app_access_token=token, expire=seconds)


def refusal(error: FeishuError) -> Response:
    """
    The vendor's body and headers of a refused call.
    """
    log_id = uuid.uuid4().hex
    body = {"code": error.code, "msg": error.message, "error": {"log_id": log_id, **error.details}}
    response = jsonify(body)
    response.status_code = error.status
    response.headers["X-Tt-Logid"] = log_id
    if error.code == 99991400:
        response.headers["x-ogw-ratelimit-limit"] = str(PER_MINUTE)
        response.headers["x-ogw-ratelimit-reset"] = "1"
    return response


def _refuse(error: Exception) -> ResponseReturnValue:
    assert isinstance(error, FeishuError)  # noqa: S101  # registered for this class
    return refusal(error)


def _no_such_call(rest: str) -> ResponseReturnValue:
    """
    An unknown path, or a known one with the wrong method.
    """
    del rest
    if any(_leads_to(method) not in {None, request.endpoint} for method in METHODS):
        return refusal(FeishuError(99991301, status=405))
    return refusal(FeishuError(99991201, status=404))


def _leads_to(method: str) -> str | None:
    try:
        endpoint, _ = current_app.url_map.bind("").match(request.path, method)
    except HTTPException:
        return None
    return str(endpoint)


def _log_id(response: Response) -> Response:
    response.headers.setdefault("X-Tt-Logid", hashlib.sha256(uuid.uuid4().bytes).hexdigest()[:32])
    return response


def text_field(body: Mapping[str, Any], name: str) -> str:
    """
    Raises: FeishuError when the required text is absent or no text.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise field_violation(name, f"{name} is required")
    return value

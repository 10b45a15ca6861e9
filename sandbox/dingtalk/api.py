"""
The gateways of api.dingtalk.com and oapi.dingtalk.com on one address: token, scopes, rates, quota, shape of answers.

Paths that start with /v1.0 belong to the newer host, all others to the older one. What a call does stands in the module
of its topic.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from sandbox.dingtalk.errors import (
    BAD_TOKEN,
    BUSY,
    FORBIDDEN,
    NOT_FOUND,
    QUOTA,
    SERVER_ERROR,
    THROTTLED,
    UNAUTHORIZED,
    ApiError,
    OapiError,
    missing,
)
from sandbox.vendor import vendor_blueprint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Blueprint

    from sandbox.dingtalk.platform import DingTalkPlatform

NEW_API = "/v1.0"
FORM_BODY = "application/x-www-form-urlencoded"
BANNED_PAGE = (
    "<!doctype html><html><head><title>405</title></head><body>Sorry, your request has been blocked.</body></html>"
)


@dataclass(frozen=True)
class Call:
    """
    One API call: path parts and query.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]

    def body(self) -> dict[str, Any]:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise ApiError("Missingbody", "body is mandatory for this action.") if is_new_api() else OapiError(40035)
        return body


@dataclass(frozen=True)
class Route:
    """
    `scope` is the right an app must have for it, empty where none is asked.

    Calls that are not `billed` count for nothing in the monthly quota; those without `token` are open to whoever has
    their address.
    """

    method: str
    rule: str
    work: Callable[[Call], dict[str, Any] | Response]
    scope: str = ""
    billed: bool = True
    token: bool = True
    aliases: tuple[str, ...] = field(default=())


def is_new_api() -> bool:
    return request.path.startswith(f"/dingtalk{NEW_API}/")


def dingtalk_blueprint(platform: DingTalkPlatform, routes: list[Route]) -> Blueprint:
    blueprint = vendor_blueprint(platform)
    gateway = _Gateway(platform)
    blueprint.before_request(gateway.trouble)
    tokens = _TokenEndpoints(platform)
    for route in [*tokens.routes(), *routes]:
        for rule in (route.rule, *route.aliases):
            blueprint.add_url_rule(
                rule, f"{route.method} {rule}".replace(".", "_"), gateway.guarded(route), methods=[route.method]
            )
    blueprint.add_url_rule("/<path:rest>", "no_such_call", _no_such_call, methods=["GET", "POST", "PUT", "DELETE"])
    blueprint.register_error_handler(ApiError, _refuse)
    blueprint.register_error_handler(OapiError, _refuse)
    return blueprint


class _Gateway:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._calls = 0

    def trouble(self) -> Response | None:
        """
        The unhappy weather that an administrator of this sandbox ordered: a banned address, latency, a busy system.
        """
        switches = self._platform.switches
        time.sleep(switches["latency_ms"] / 1000)
        if switches["ip_ban"] == "json":
            return jsonify(status=1111, wait=5, source="x5", punish="deny", uuid=uuid.uuid4().hex)
        if switches["ip_ban"] == "html":
            return Response(BANNED_PAGE, content_type="text/html; charset=utf-8")
        self._calls += 1
        if switches["busy_every"] and self._calls % switches["busy_every"] == 0:
            return refusal(ApiError("system.busy", status=SERVER_ERROR) if is_new_api() else OapiError(BUSY))
        return None

    def guarded(self, route: Route) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            if route.token:
                self._check_token()
                self._check_scope(route)
                self._check_rate(route)
            with self._platform.world.lock:
                if route.billed:
                    self._check_quota()
                answer = route.work(Call(path, request.args))
            return answer if isinstance(answer, Response) else self._shaped(answer)

        return view

    def _shaped(self, answer: dict[str, Any]) -> Response:
        if is_new_api():
            return jsonify(answer)
        errcode: int | str = "0" if self._platform.switches["text_errcodes"] else 0
        return jsonify({"errcode": errcode, "errmsg": "ok", **answer, "request_id": uuid.uuid4().hex[:12]})

    def _check_token(self) -> None:
        host = "api" if is_new_api() else "oapi"
        header, query = request.headers.get("x-acs-dingtalk-access-token", ""), request.args.get("access_token", "")
        text = header if is_new_api() else query
        now = self._platform.world.clock.now()
        tokens = self._platform.state.tokens
        accepted = [tokens[host]] if self._platform.switches["tokens_by_host"] else list(tokens.values())
        if any(token.is_valid(text, now) for token in accepted):
            return
        if is_new_api():
            raise ApiError("InvalidAuthentication", "不合法的access_token")
        raise OapiError(BAD_TOKEN if text else 41001)

    def _check_scope(self, route: Route) -> None:
        if route.scope and route.scope in self._platform.switches["missing_scopes"]:
            if not is_new_api():
                raise OapiError(60011)
            code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
            details = {"accessdenieddetail": {"requiredScopes": [route.scope]}}
            raise ApiError(code, "没有调用该接口的权限", status=FORBIDDEN, **details)

    def _check_rate(self, route: Route) -> None:
        limit = self._platform.switches["api_per_second"]
        if not self._platform.allow(f"{route.method} {route.rule}", limit=limit, seconds=1):
            raise _throttled()

    def _check_quota(self) -> None:
        platform = self._platform
        if not platform.quota.take("api", platform.switches["api_per_month"], platform.world.clock.now()):
            code = "Forbidden.AccessDenied.ApiCountLimitForOrg"
            raise ApiError(code, "企业调用API次数已达上限", status=FORBIDDEN) if is_new_api() else OapiError(QUOTA)


class _TokenEndpoints:
    """
    Three ways to the app's token; the two of the newer host give the same one.
    """

    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/v1.0/oauth2/accessToken", self.issue, billed=False, token=False),
            Route("POST", "/v1.0/oauth2/<corp_id>/token", self.issue_unified, billed=False, token=False),
            Route("GET", "/gettoken", self.issue_old, billed=False, token=False),
        ]

    def issue(self, call: Call) -> dict[str, Any]:
        if request.mimetype == FORM_BODY:
            raise ApiError("Missingbody", "body is mandatory for this action.")
        body = call.body()
        for name in ("appKey", "appSecret"):
            if not body.get(name):
                raise missing(name)
        if not self._is_ours(body["appKey"], body["appSecret"]):
            raise ApiError("invalidClientIdOrSecret", "无效的clientId或者clientSecret")
        return {"accessToken": self._token("api"), "expireIn": self._life_seconds}

    def issue_unified(self, call: Call) -> dict[str, Any]:
        body = call.body()
        if body.get("grant_type") != "client_credentials":
            raise ApiError("unsupported.grant.type")
        if not self._is_ours(body.get("client_id"), body.get("client_secret")):
            raise ApiError("invalid.client")
        if call.path["corp_id"] != self._platform.account.corp_id:
            raise ApiError("unauthorized.client", status=UNAUTHORIZED)
        return {"access_token": self._token("api"), "expires_in": self._life_seconds}

    def issue_old(self, call: Call) -> dict[str, Any]:
        if not self._is_ours(call.query.get("appkey"), call.query.get("appsecret")):
            raise OapiError(self._platform.switches["wrong_secret_errcode"])
        return {"access_token": self._token("oapi"), "expires_in": self._life_seconds}

    @property
    def _life_seconds(self) -> int:
        seconds: int = self._platform.switches["token_seconds"]
        return seconds

    def _is_ours(self, key: object, secret: object) -> bool:
        account = self._platform.account
        return key == account.client_id and secret == account.client_secret

    def _token(self, host: str) -> str:
        now = self._platform.world.clock.now()
        return self._platform.state.tokens[host].issue(now, timedelta(seconds=self._life_seconds))


def refusal(error: ApiError | OapiError) -> Response:
    """
    The vendor's body of a refused call.
    """
    request_id = uuid.uuid4().hex.upper()
    if isinstance(error, ApiError):
        body = {"code": error.code, "message": error.message, "requestid": request_id, **error.details}
        response = jsonify(body)
        response.status_code = error.status
        response.headers["x-acs-request-id"] = request_id
        return response
    is_wrapped = error.errcode in {BAD_TOKEN, 41001, 42001} and "/topapi/" in request.path
    if not is_wrapped:
        return jsonify(errcode=error.errcode, errmsg=error.message, request_id=request_id.lower()[:12])
    text = f"ding talk error[subcode={error.errcode},submsg={error.message}]"
    return jsonify(
        errcode=88, sub_code=str(error.errcode), sub_msg=error.message, errmsg=text, request_id=request_id.lower()[:12]
    )


def throttled() -> Response:
    return refusal(_throttled())


def _throttled() -> ApiError | OapiError:
    if is_new_api():
        return ApiError("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "请求过于频繁", status=FORBIDDEN)
    return OapiError(THROTTLED)


def _refuse(error: Exception) -> Response:
    assert isinstance(error, ApiError | OapiError)  # noqa: S101  # registered for these classes
    return refusal(error)


def _no_such_call(rest: str) -> Response:
    del rest
    if is_new_api():
        return refusal(ApiError("InvalidAction.NotFound", "Specified api is not found.", status=NOT_FOUND))
    response = jsonify(errcode=22, errmsg="不存在的URI")
    response.status_code = NOT_FOUND
    return response

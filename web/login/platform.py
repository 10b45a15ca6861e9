"""
`/login/<platform>` and the way back from there: the platform says who somebody is, a session comes of it.

The way there is sealed into a cookie of this browser, so nobody can finish in another browser what was begun here, and
each `state` is used up in the database. With PKCE a stolen code is worthless too: its verifier follows from the state.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Response, request

from bot.ports import Adapter, Login, PageScript
from cards.login import platform_name, sign_in_with
from domain.errors import PlatformError
from domain.login import landing
from handlers import login
from handlers.login import SIGNING_IN, NotAMember, SignedIn, StateSpent, TooManyTries
from web.address import client_address
from web.login import cookies
from web.login.arrival import LOGINS, arrive
from web.login.guard import proof
from web.login.pages import go, page, refusal_page, refuse
from web.parts import parts

log = structlog.get_logger()
ATTEMPTS: Final = "sign-in attempts"
APP_CODE: Final = "appCode"
"""How `app.js` names the code that it got inside an app: such codes are exchanged differently."""
IN_APP: Final = {"wecom": ("wxwork",), "dingtalk": ("DingTalk",), "feishu": ("Lark", "Feishu")}
"""What the user agents of the platforms' own browsers contain."""


def choices() -> list[tuple[str, str]]:
    """
    Platform and account of every way to sign in, in the order of the settings.
    """
    return [key for key, adapter in parts().adapters.items() if adapter.login is not None]


def app_of_visitor() -> str:
    """
    The platform whose app shows this page, empty in any other browser or where the platform is not connected.
    """
    agent = request.headers.get("User-Agent", "")
    offered = {platform for platform, _ in choices()}
    return next((name for name, marks in IN_APP.items() if name in offered and any(m in agent for m in marks)), "")


def set_out(platform: str) -> Response:
    """
    Send the browser to the platform's page.
    """
    adapter, gate = _gate(platform, request.args.get("account", ""))
    state = secrets.token_hex(16)
    attempt = {
        "state": state,
        "platform": platform,
        "account": adapter.account,
        "next": landing(request.args.get("next", "")),
    }
    in_app = app_of_visitor() == platform
    address = gate.authorize_url(state, back_address(platform), verifier=_verifier(state), in_app=in_app)
    response = _ask_in_app(gate.script, platform, state, address) if in_app and gate.script else go(address)
    sealed = cookies.sealed(ATTEMPTS, attempt)
    cookies.write(response, cookies.attempt_kind(state), sealed, cookies.ATTEMPT_LIFE)
    return response


def come_back(platform: str) -> Response:
    """
    The platform sent the browser back: check that it set out from here, ask whom the code stands for, sign in.
    """
    state = request.args.get("state", "")
    attempt = _attempt(platform, state)
    if attempt is None:
        return _refused(platform, "state", 400)
    with parts().units.write(SIGNING_IN, cause="login") as ctx:
        admitted = login.admit(ctx, state, client_address())
    if isinstance(admitted, TooManyTries):
        return _refused(platform, "too_many", 429, until=admitted.until)
    if isinstance(admitted, StateSpent):
        return _refused(platform, "state", 400)
    response = _exchange(platform, attempt, state)
    cookies.clear(response, cookies.attempt_kind(state))
    return response


def _exchange(platform: str, attempt: Mapping[str, str], state: str) -> Response:
    """
    Ask the platform whom the code stands for.
    """
    app_code = request.args.get(APP_CODE, "")
    code = app_code or request.args.get("code") or request.args.get("authCode") or ""
    if not code:
        return _refused(platform, "cancelled", 400)
    adapter, gate = _gate(platform, attempt["account"])
    back, verifier = back_address(platform), _verifier(state)
    try:
        user_id = gate.person_of(code, redirect=back, verifier=verifier, in_app=bool(app_code))
    except PlatformError as error:
        log.warning("login.failed", platform=platform, error=error.code)
        return _refused(platform, "code", 400) if error.permanent else _refused(platform, "platform_silent", 502)
    made = _signed_in(adapter, user_id)
    return (
        arrive(made, platform, attempt["next"]) if isinstance(made, SignedIn) else _refused(platform, "not_member", 403)
    )


def back_address(platform: str) -> str:
    """
    The redirect address, as it has to be registered with the platform.
    """
    return f"{parts().public_url.rstrip('/')}/login/{platform}/back"


def _ask_in_app(script: PageScript, platform: str, state: str, fallback: str) -> Response:
    """
    The one page with a script: the platform's own, which the policy of this page lets in, and ours, which uses it.
    """
    back = f"/login/{platform}/back?{urlencode({'state': state})}&{APP_CODE}="
    response = page("app.html", script=script, back=back, fallback=fallback, label=sign_in_with(platform, ""))
    vendor = urlsplit(script.url)
    policy = f"default-src 'self'; script-src 'self' {vendor.scheme}://{vendor.netloc}"
    response.headers["Content-Security-Policy"] = (
        f"{policy}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    return response


def _signed_in(adapter: Adapter, user_id: str | None) -> SignedIn | NotAMember:
    if user_id is None:
        return NotAMember()
    by = proof("platform", adapter.platform, adapter.account)
    with parts().units.write(SIGNING_IN, cause="login") as ctx:
        return login.by_platform(ctx, by, corp_id=adapter.corp_id, user_id=user_id, limits=parts().session_limits)


def _gate(platform: str, account: str) -> tuple[Adapter, Login]:
    """
    The account to sign in with: the named one, else the first.
    """
    fitting = (a for (name, own), a in parts().adapters.items() if name == platform and account in {"", own})
    adapter = next(fitting, None)
    if adapter is None or adapter.login is None:
        refuse("no_account", 404, platform=platform_name(platform))
    return adapter, adapter.login


def _attempt(platform: str, state: str) -> Mapping[str, str] | None:
    """
    The way this browser set out on with this state, None when it did not or too long ago.
    """
    sealed = cookies.read(cookies.attempt_kind(state)) if state.isalnum() and state.isascii() else ""
    attempt = cookies.unsealed(ATTEMPTS, sealed, cookies.ATTEMPT_LIFE) if sealed else None
    if attempt is None or attempt.get("platform") != platform:
        return None
    return attempt if hmac.compare_digest(attempt["state"].encode(), state.encode()) else None


def _verifier(state: str) -> str:
    return base64.urlsafe_b64encode(parts().keys.digest("pkce verifiers", state)).decode().rstrip("=")


def _refused(platform: str, code: str, status: int, **values: object) -> Response:
    is_known = any(platform == name for name, _ in choices())
    LOGINS.labels(platform if is_known else "unknown", code).inc()
    address = f"{parts().public_url.rstrip('/')}/login"
    return refusal_page(code, status, platform=platform_name(platform), address=address, **values)

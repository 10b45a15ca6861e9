"""
The administrators' password form, the page behind a set-up link, and the demo's buttons.
"""

from __future__ import annotations

import io
import secrets
from typing import Final

import structlog
from flask import Response, request
from markupsafe import Markup

from cards import login as words
from domain.login import landing
from handlers import login
from handlers.local_login import Given, LinkGone, SetUp, TooBusy, Unsuitable, WrongCredentials
from handlers.login import SIGNING_IN, SignedIn, TooManyTries
from store.local_accounts import folded
from web.login import cookies
from web.login.arrival import LOGINS, arrive, settle
from web.login.guard import check_form, proof
from web.login.pages import page, refusal_page
from web.login.start import login_page
from web.parts import parts

log = structlog.get_logger()
KNOWN: Final = "known browsers"
TRY_AGAIN_SECONDS: Final = 5


def by_password() -> Response:
    """
    The form of the sign-in page.
    """
    check_form()
    name, target = request.form.get("name", ""), landing(request.form.get("next", ""))
    given = Given(
        name=name,
        password=request.form.get("password", ""),
        code=request.form.get("code", ""),
        known_as=_known_as(name),
    )
    match parts().local_login.sign_in(given, proof("password")):
        case SignedIn() as made:
            return _remember(arrive(made, "password", target), name, given.known_as)
        case WrongCredentials():
            return _refused("wrong", 401, name, target)
        case TooManyTries(until=until):
            response = _refused("too_many", 429, name, target, until=until)
            wait = (until - parts().units.clock.now()).total_seconds()
            response.headers["Retry-After"] = str(max(1, int(wait)))
            return response
        case TooBusy():
            response = _refused("login_busy", 503, name, target)
            response.headers["Retry-After"] = str(TRY_AGAIN_SECONDS)
            return response


def setup_page(token: str) -> Response:
    """
    What a set-up link shows.
    """
    return _setup_page(token, "", 200)


def set_up(token: str) -> Response:
    """
    Set password and second factor, sign in, and show the recovery codes this once.
    """
    check_form()
    password = request.form.get("password", "")
    if password != request.form.get("repeat", ""):
        return _setup_page(token, "password_differs", 422)
    match parts().local_login.set_up(token, password, request.form.get("code", ""), proof("password")):
        case Unsuitable(code=fault):
            return _setup_page(token, fault, 422)
        case LinkGone():
            return refusal_page("link_gone", 410)
        case SetUp(signed_in=made, recovery_codes=codes):
            return settle(page("recovery.html", codes=codes), made, "setup")


def link_page(token: str) -> Response:
    """
    What a link from the chat shows: opening it changes nothing, for chat apps open links to show what is behind them.
    """
    with parts().units.read(SIGNING_IN) as ctx:
        name = login.link_owner(ctx, token)
    if name is None:
        return refusal_page("chat_link_gone", 410)
    return page("link.html", lead=words.link_lead(name))


def by_link(token: str) -> Response:
    """
    The person wants to be signed in.
    """
    check_form()
    with parts().units.write(SIGNING_IN, cause="login") as ctx:
        made = login.by_link(ctx, token, proof("platform"), parts().session_limits)
    return arrive(made, "link", "") if isinstance(made, SignedIn) else refusal_page("chat_link_gone", 410)


def as_demo_member() -> Response:
    """
    Demo mode: one click is enough.
    """
    check_form()
    picked = request.form.get("member", "")
    member_id = int(picked) if picked.isascii() and picked.isdecimal() and len(picked) < 16 else 0
    with parts().units.write(SIGNING_IN, cause="login") as ctx:
        made = login.as_demo_member(ctx, member_id, proof("demo"), parts().session_limits)
    if not isinstance(made, SignedIn):
        return refusal_page("left", 404)
    return arrive(made, "demo", request.form.get("next", ""))


def _setup_page(token: str, fault: str, status: int) -> Response:
    offered = parts().local_login.offer(token)
    if offered is None:
        return refusal_page("link_gone", 410)
    refused = words.refusal(fault, {}) if fault else None
    lead = words.setup_lead(offered.member, offered.name)
    return page("setup.html", status, offered=offered, lead=lead, qr=_qr(offered.uri), refusal=refused)


def _qr(text: str) -> Markup:
    """
    The code as SVG to stand inside the page: no picture of it is ever fetched.
    """
    import segno

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, svgns=True, scale=5, border=2)
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by us, the text is only in its shapes


def _refused(code: str, status: int, name: str, target: str, **values: object) -> Response:
    """
    The page again, with what was typed but the secrets.
    """
    LOGINS.labels("password", code).inc()
    log.warning("login.failed", way="password", error=code)
    return login_page(status, target=target, name=name, refused=code, values=values)


def _known_as(name: str) -> str:
    """
    The number of this browser for this account, empty for a browser that never was in.
    """
    known = cookies.unsealed(KNOWN, cookies.read("known"), cookies.KNOWN_LIFE)
    return known["browser"] if known and known.get("name") == folded(name) else ""


def _remember(response: Response, name: str, known_as: str) -> Response:
    value = {"name": folded(name), "browser": known_as or secrets.token_hex(16)}
    cookies.write(response, "known", cookies.sealed(KNOWN, value), cookies.KNOWN_LIFE)
    return response

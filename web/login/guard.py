"""
What stands before a page: who is signed in, and whether a form really comes from a page of ours.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import abort, g, request

from domain.access import Actor
from store import sessions
from store.sessions import Proof, SessionRecord
from web.address import client_address
from web.login import cookies
from web.login.forms import form_token
from web.login.pages import go, refuse
from web.parts import parts

NOTICING: Final = Actor.system("a session is used")


@dataclass(frozen=True)
class Current:
    """
    The session behind this request, with the token of its cookie.
    """

    record: SessionRecord
    token: str = field(repr=False)


def current() -> Current | None:
    """
    Who is signed in, None for nobody. Looked up once per request; being used keeps a session alive.
    """
    if "login_current" not in g:
        g.login_current = _looked_up(cookies.read("session"))
    found: Current | None = g.login_current
    return found


def require_session() -> Current:
    """
    Who is signed in; everybody else is sent to the sign-in page and comes back here afterwards.
    """
    found = current()
    if found is None:
        abort(go(f"/login?{urlencode({'next': request.full_path.rstrip('?')})}"))
    return found


def proof(method: sessions.Method, platform: str = "", account: str = "") -> Proof:
    """
    How and from where this browser signs in.
    """
    browser = "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))
    return Proof(method, platform=platform, account=account, address=client_address(), browser=browser)


def check_form() -> None:
    """
    Refuse a form that another site sent, or that was made for another browser or session.
    """
    given, wanted = request.form.get("csrf", ""), form_token()
    if not _is_same_site() or not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        refuse("form", 403)


def _looked_up(token: str) -> Current | None:
    if not token:
        return None
    units, limits = parts().units, parts().session_limits
    now = units.clock.now()
    with units.database.read() as tx:
        found = sessions.find(tx, token, now, limits)
    if found is None:
        return None
    if found.is_stale:
        with units.write(NOTICING, cause="session") as ctx:
            sessions.notice(ctx.tx, found.id, now)
    return Current(found, token)


def _is_same_site() -> bool:
    """
    By what browsers say of themselves; those that say nothing still have to bring the token.
    """
    origin = request.headers.get("Origin")
    ours = urlsplit(parts().public_url)
    own_origins = {f"{ours.scheme}://{ours.netloc}", request.host_url.rstrip("/")}
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and origin in {None, *own_origins}

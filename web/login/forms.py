"""
What forms carry to prove that a page of ours showed them to this browser. Checking it is in `guard.py`.
"""

from __future__ import annotations

import secrets

from flask import Response, g

from web.login import cookies
from web.parts import parts


def form_token() -> str:
    """
    The proof for this browser: bound to its session, before that to a cookie of its own; empty where it has neither.
    """
    bound = cookies.read("session") or cookies.read("browser") or g.get("login_browser", "")
    return parts().keys.digest("forms", bound).hex() if bound else ""


def know_browser() -> None:
    """
    Before a page with a form is drawn: there has to be something to bind it to.
    """
    if not cookies.read("session") and not cookies.read("browser"):
        g.login_browser = secrets.token_urlsafe(24)


def greet_browser(response: Response) -> Response:
    """
    Give a browser that has none the cookie its forms are bound to.
    """
    if "login_browser" in g:
        cookies.write(response, "browser", g.login_browser, None)
    return response

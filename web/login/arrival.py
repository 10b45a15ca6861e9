"""
A sign-in worked: the browser gets its new session, the one it had before ends.
"""

from __future__ import annotations

from typing import Final

from flask import Response
from prometheus_client import Counter

from domain.login import landing
from handlers import login
from handlers.login import SIGNING_IN, SignedIn
from web.login import cookies
from web.login.pages import go
from web.parts import parts

LOGINS: Final = Counter("liaodan_logins_total", "Sign-ins by way and result", ["way", "result"])


def arrive(made: SignedIn, way: str, target: str) -> Response:
    """
    On to the page that was asked for.
    """
    return settle(go(landing(target)), made, way)


def settle(response: Response, made: SignedIn, way: str) -> Response:
    """
    Put the new session into the browser. Its token is new at every sign-in, so that a planted one is worth nothing.
    """
    LOGINS.labels(way, "done").inc()
    earlier = cookies.read("session")
    if earlier:
        with parts().units.write(SIGNING_IN, cause="login") as ctx:
            login.sign_out(ctx, earlier)
    cookies.write(response, "session", made.token, parts().session_limits.absolute)
    return response

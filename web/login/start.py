"""
`/login`: the ways to sign in that there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, request

from cards import login as words
from domain.login import HOME, landing
from handlers import login
from handlers.login import SIGNING_IN
from web.login.guard import current
from web.login.pages import go, page
from web.login.platform import app_of_visitor, choices
from web.parts import parts


def start() -> Response:
    """
    Who is signed in goes on; inside a platform's app that platform is asked at once, unless `stay` says no.
    """
    target = landing(request.args.get("next", ""))
    if "stay" not in request.args:
        if current() is not None:
            return go(target)
        app = app_of_visitor()
        if app:
            return go(f"/login/{app}?{urlencode({'next': target})}")
    return login_page(200, target=target)


def login_page(
    status: int, *, target: str, name: str = "", refused: str = "", values: Mapping[str, object] | None = None
) -> Response:
    """
    The page with every way to sign in, and what went wrong with the last try.
    """
    ways = choices()
    several = {platform for platform, _ in ways if [p for p, _ in ways].count(platform) > 1}
    buttons = [
        {
            "platform": platform,
            "label": words.sign_in_with(platform, account if platform in several else ""),
            "href": f"/login/{platform}?{urlencode({'account': account, 'next': target})}",
        }
        for platform, account in ways
    ]
    return page(
        "login.html",
        status,
        buttons=buttons,
        people=_demo_people() if parts().is_demo else [],
        target="" if target == HOME else target,
        name=name,
        refusal=words.refusal(refused, values or {}) if refused else None,
    )


def _demo_people() -> list[dict[str, object]]:
    with parts().units.read(SIGNING_IN) as ctx:
        return [{"id": key, "name": name, "title": title} for key, name, title in login.demo_members(ctx)]

"""
`/me` (我): who one is here and where one is signed in; and the way out.
"""

from __future__ import annotations

from flask import Response

from cards import login as words
from handlers import login
from store.sessions import SessionRecord
from web.login import cookies
from web.login.guard import check_form, current, require_session
from web.login.pages import go, page
from web.parts import parts

_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac": "Mac",
    "X11": "Linux",
}


def show() -> Response:
    """
    The page about oneself.
    """
    here = require_session()
    with parts().units.read(here.record.actor) as ctx:
        own = login.own_page(ctx, parts().session_limits)
    devices = [_device(each, here.record.id) for each in own.sessions]
    facts = [
        (words.WORDS["title"], own.title),
        (words.WORDS["roles"], words.role_names(own.roles)),
        (words.WORDS["department"], own.department),
        (words.WORDS["manager"], own.manager),
    ]
    return page("me.html", own=own, facts=facts, devices=devices)


def sign_out_elsewhere() -> Response:
    """
    End the other sessions.
    """
    here = require_session()
    check_form()
    with parts().units.write(here.record.actor, cause="sign out") as ctx:
        login.sign_out_elsewhere(ctx, here.record.id)
    return go("/me")


def logout_page() -> Response:
    """
    Ask first: a link must not sign anybody out.
    """
    if current() is None:
        return _to_login()
    return page("logout.html")


def logout() -> Response:
    """
    End this session.
    """
    check_form()
    here = current()
    if here is not None:
        with parts().units.write(here.record.actor, cause="sign out") as ctx:
            login.sign_out(ctx, here.token)
    response = _to_login()
    cookies.clear(response, "session")
    return response


def _to_login() -> Response:
    return go("/login?stay=1")


def _device(session: SessionRecord, own_id: int) -> dict[str, object]:
    return {
        "browser": _browser_name(session.browser) or words.WORDS["unknown_browser"],
        "line": words.session_line(session.method, session.platform, session.created_at, session.seen_at),
        "is_own": session.id == own_id,
    }


def _browser_name(agent: str) -> str:
    """
    What a person calls the device: Chrome · Windows.
    """
    names = [next((name for mark, name in table.items() if mark in agent), "") for table in (words.BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, names))

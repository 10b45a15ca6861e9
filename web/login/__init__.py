"""
Signing in to web pages: `/login`, `/login/<platform>`, `/logout`, `/me`, and signatures for page scripts.

    start.py     the page with all ways to sign in       platform.py  to a platform's page and back
    local.py     password, links, demo buttons           arrival.py   the new session goes into the browser
    me.py        the page about oneself, signing out     scripts.py   /h5/js-config
    guard.py     who is signed in, whose form this is    forms.py     what forms carry
    cookies.py   the cookies                             pages.py     drawing; templates/login/, login.css, icon.svg

No page here runs a script, but the one inside DingTalk's app (app.js), which cannot do without. What the pages say is
in `cards/login.py`, what signing in means in `handlers/login.py`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from web.login import local, me, platform, scripts, start
from web.login.forms import greet_browser
from web.login.pages import refuse
from web.parts import parts

HERE = Path(__file__).parent

blueprint = Blueprint("login", __name__, template_folder="templates")
blueprint.after_request(greet_browser)
blueprint.add_url_rule("/login", "start", start.start, methods=["GET"])
blueprint.add_url_rule("/login/password", "password", local.by_password, methods=["POST"])
blueprint.add_url_rule("/login/setup/<token>", "setup_page", local.setup_page, methods=["GET"])
blueprint.add_url_rule("/login/setup/<token>", "set_up", local.set_up, methods=["POST"])
blueprint.add_url_rule("/login/link/<token>", "link_page", local.link_page, methods=["GET"])
blueprint.add_url_rule("/login/link/<token>", "by_link", local.by_link, methods=["POST"])
blueprint.add_url_rule("/login/<platform>", "set_out", platform.set_out, methods=["GET"])
blueprint.add_url_rule("/login/<platform>/back", "come_back", platform.come_back, methods=["GET"])
blueprint.add_url_rule("/logout", "logout_page", me.logout_page, methods=["GET"])
blueprint.add_url_rule("/logout", "logout", me.logout, methods=["POST"])
blueprint.add_url_rule("/me", "me", me.show, methods=["GET"])
blueprint.add_url_rule("/me/sign-out-elsewhere", "sign_out_elsewhere", me.sign_out_elsewhere, methods=["POST"])
blueprint.add_url_rule("/h5/js-config", "js_config", scripts.js_config, methods=["GET"])


@blueprint.post("/login/demo")
def demo() -> Response:
    """
    In production there is no such page.
    """
    if not parts().is_demo:
        refuse("not_found", 404)
    return local.as_demo_member()


@blueprint.get("/login/style.css")
def style() -> Response:
    """
    The one style sheet of these pages.
    """
    return send_from_directory(HERE, "login.css")


@blueprint.get("/login/icon.svg")
def icon() -> Response:
    """
    The product's sign.
    """
    return send_from_directory(HERE, "icon.svg")


@blueprint.get("/login/app.js")
def script() -> Response:
    """
    The one script, for the apps whose platform wants one.
    """
    return send_from_directory(HERE, "app.js")

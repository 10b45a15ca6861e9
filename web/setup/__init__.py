"""
`/setup` (接入平台): an administrator connects a platform in the browser, by the steps of `liaodan connect`.

    pages.py     choose a platform, fill in its settings, watch the steps; templates/setup/, setup.css

The steps run in `bot/trials.py`. Like the sign-in pages these run no script; what they say is in `cards/connect.py` and
`cards/setup.py`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from web.login.forms import greet_browser
from web.setup import pages

HERE = Path(__file__).parent

blueprint = Blueprint("setup", __name__, template_folder="templates")
blueprint.after_request(greet_browser)
blueprint.add_url_rule("/setup", "start", pages.start, methods=["GET"])
blueprint.add_url_rule("/setup/<platform>", "form", pages.form, methods=["GET"])
blueprint.add_url_rule("/setup/<platform>", "begin", pages.begin, methods=["POST"])
blueprint.add_url_rule("/setup/<platform>/<account>/try", "again", pages.again, methods=["POST"])
blueprint.add_url_rule("/setup/trial/<number>", "trial", pages.trial, methods=["GET"])


@blueprint.get("/setup/style.css")
def style() -> Response:
    """
    What these pages look like beyond the sign-in pages' sheet.
    """
    return send_from_directory(HERE, "setup.css")

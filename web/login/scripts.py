"""
`/h5/js-config`: the signature with which a page of ours may use location, camera and scanner of the platform's app.
"""

from __future__ import annotations

import structlog
from flask import Response, jsonify, request

from bot.ports import Login
from domain.errors import PlatformError
from web.login.guard import current
from web.parts import parts
from web.problems import refuse

log = structlog.get_logger()
MAX_URL = 2000


def js_config() -> Response:
    """
    `?url=` of the page, `&platform=` unless it is the one the session came from.
    """
    here = current()
    if here is None:
        refuse(401, "session_missing")
    platform = request.args.get("platform") or here.record.platform
    gate = _gate(platform, here.record.account if platform == here.record.platform else "")
    if gate is None:
        refuse(404, "platform_unknown", platform=platform)
    url = request.args.get("url", "")
    if len(url) > MAX_URL or not url.startswith(f"{parts().public_url.rstrip('/')}/"):
        refuse(400, "foreign_page", address=parts().public_url)
    try:
        config = gate.js_config(url)
    except PlatformError as error:
        log.warning("js_config.failed", platform=platform, error=error.code)
        refuse(502, "platform_silent")
    response = jsonify(platform=platform, config=config)
    response.headers["Cache-Control"] = "no-store"
    return response


def _gate(platform: str, account: str) -> Login | None:
    for (name, own), adapter in parts().adapters.items():
        if name == platform and account in {"", own} and adapter.login is not None:
            return adapter.login
    return None

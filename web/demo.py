"""
`/demo/clock` and `/demo/reset`: demo mode only, loopback only, guarded by a secret that is random per start.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, request

from web.parts import parts

blueprint = Blueprint("demo", __name__)
LOOPBACK = {"127.0.0.1", "::1"}


@blueprint.before_request
def guard() -> None:
    """
    Only the sandbox on this machine that knows the secret gets in; everybody else sees no such page.
    """
    secret = parts().demo_secret
    given = request.headers.get("X-Demo-Secret", "")
    if request.remote_addr not in LOOPBACK or not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        abort(404)


@blueprint.post("/demo/clock")
def move_clock() -> Response:
    """
    `{"set": ISO}`: walk to that instant, run every slot due on the way, send what was written.
    """
    body = request.get_json(silent=True)
    try:
        target = datetime.fromisoformat(body["set"]).astimezone(UTC) if body else None
    except (KeyError, TypeError, ValueError):
        target = None
    if target is None:
        abort(400, description='send {"set": "2026-11-23T09:00:00+08:00"}')
    ran = parts().advance(target)
    return jsonify(now=parts().units.clock.now().isoformat(), ran=ran)


@blueprint.post("/demo/reset")
def reset() -> Response:
    """
    A fresh demo company.
    """
    parts().reset()
    return jsonify(now=parts().units.clock.now().isoformat(), ran=[])

"""
`/healthz`, `/readyz` and `/metrics`.
"""

from __future__ import annotations

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from web.auth import require_token
from web.parts import parts

blueprint = Blueprint("health", __name__)

CONNECTED = Gauge("liaodan_connection_up", "Whether a long connection is up", ["platform", "account"])


@blueprint.get("/healthz")
def healthz() -> Response:
    """
    The process answers.
    """
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
def readyz() -> Response:
    """
    The database answers and its schema is the code's.
    """
    ready = parts().is_ready()
    return Response("ok\n" if ready else "not ok\n", 200 if ready else 503, content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
def metrics() -> Response:
    """
    Prometheus metrics; always needs a token with the scope `metrics`.
    """
    require_token("metrics")
    for state in parts().connections():
        CONNECTED.labels(state.platform, state.account).set(state.is_up)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

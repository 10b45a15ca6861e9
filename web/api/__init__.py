"""
The REST API, version 1: `/api/v1/…` for callers with a token, `/api/openapi.json` and `/api/docs` for everybody.

    models.py         shapes of the bodies
    schema.py         spectree: checking and describing
    understanding.py  parse, compare
    duplicates.py     duplicate-check
    documentation.py  the page that explains all this

What a call may do is decided by the use case it ends in; nothing is decided here.
"""

from __future__ import annotations

from flask import Flask, Response, g, jsonify, request
from pydantic_core import from_json

from web.api import duplicates, understanding
from web.api.documentation import page
from web.api.schema import api
from web.auth import require_token
from web.problems import refuse

PREFIX = "/api/v1"


def register_api(server: Flask) -> None:
    """
    Add the API to the server.
    """
    for blueprint in (understanding.blueprint, duplicates.blueprint):
        server.register_blueprint(blueprint, url_prefix=PREFIX)
    server.before_request(_admit)
    server.add_url_rule("/api/openapi.json", "api_openapi", _openapi)
    server.add_url_rule("/api/docs", "api_docs", _docs)


def _admit() -> None:
    """
    Who calls, then whether the body is a JSON object: a stranger learns nothing about bodies.
    """
    if not request.path.startswith(f"{PREFIX}/") or request.routing_exception is not None:
        return
    g.actor = require_token("api")
    if not request.is_json:
        refuse(415, "media_type")
    try:
        body = from_json(request.get_data(), allow_inf_nan=False)
    except ValueError:
        refuse(400, "not_json")
    if not isinstance(body, dict):
        refuse(400, "not_json")


def _openapi() -> Response:
    return jsonify(api.spec)


def _docs() -> Response:
    return page(api.spec)

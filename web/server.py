"""
The Flask application: which pages there are, headers that every answer carries, and the one shape of errors.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, Response, make_response, request
from werkzeug.exceptions import HTTPException

from web import callbacks, demo, health, login, pages, setup
from web.api import register_api
from web.parts import Parts
from web.problems import of_exception

MAX_BODY_BYTES = 1024 * 1024
YEAR_SECONDS = 365 * 24 * 3600
LOGIN_PAGES = ("/login", "/logout", "/me", "/setup")
CONTENT_SECURITY_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def create_server(parts: Parts) -> Flask:
    """
    The WSGI application over the given parts.
    """
    server = Flask("liaodan", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    server.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    server.extensions["liaodan"] = parts
    server.register_blueprint(callbacks.blueprint)
    server.register_blueprint(health.blueprint)
    server.register_blueprint(login.blueprint)
    server.register_blueprint(setup.blueprint)
    server.register_blueprint(pages.blueprint(Path(__file__).parent / "dist"))
    if parts.is_demo:
        server.register_blueprint(demo.blueprint)
    register_api(server)
    server.register_error_handler(HTTPException, _problem)
    server.after_request(_harden)
    if parts.public_url.startswith("https://"):
        server.after_request(_stay_with_https)
    return server


def _problem(error: HTTPException) -> Response:
    """
    Problem details for scripts, a sentence for people; an empty body for callbacks, so that refusals say nothing.
    """
    if request.path.startswith(("/api/", "/h5/")):
        return of_exception(error)
    if request.path.startswith(LOGIN_PAGES):
        return login.pages.of_exception(error)
    response = make_response(error.get_response())
    if request.path.startswith("/cb/"):
        response.set_data(b"")
    return response


def _stay_with_https(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
    return response


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response

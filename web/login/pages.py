"""
Drawing the sign-in pages: no script, so that they work in every browser and in the apps' own ones.
"""

from __future__ import annotations

from typing import Any, NoReturn

from flask import Response, abort, make_response, redirect, render_template
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cards import login as words
from web.login.forms import form_token, know_browser

STATUS_PAGE = "message.html"


def page(template: str, status: int = 200, **values: Any) -> Response:
    """
    A sign-in page.
    """
    return drawn(f"login/{template}", status, **values)


def drawn(template: str, status: int = 200, **values: Any) -> Response:
    """
    A page that no cache keeps. Forms tell us their origin, other sites do not learn our addresses.
    """
    know_browser()
    response = make_response(render_template(template, w=words.WORDS, csrf=form_token(), **values), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def go(address: str) -> Response:
    """
    On to another page, whatever the method was that led here.
    """
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal_page(code: str, status: int, **values: object) -> Response:
    """
    What did not work, in a sentence, with the way back.
    """
    return page(STATUS_PAGE, status, refusal=words.refusal(code, values))


def of_exception(error: HTTPException) -> Response:
    """
    The page for an error that the framework raised.
    """
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    code = {404: "not_found", 405: "not_found", 413: "too_large"}.get(status, "broken" if status >= 500 else "form")
    response = refusal_page(code, status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def refuse(code: str, status: int, **values: object) -> NoReturn:
    """
    End the request with a refusal.
    """
    abort(refusal_page(code, status, **values))

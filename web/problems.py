"""
Errors of the REST API as RFC 9457 problem details, in the reader's language. The sentences are in `cards/problems.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from flask import Response, abort, current_app, jsonify, make_response, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cards.problems import PROBLEMS, Language, fault

MEDIA_TYPE: Final = "application/problem+json"
CODE_OF_STATUS: Final[Mapping[int, str]] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "media_type",
    500: "internal",
}


def refuse(status: int, code: str, *, headers: Mapping[str, str] | None = None, **values: object) -> NoReturn:
    """
    End the request with a problem.
    """
    abort(problem(status, code, values, headers=headers))


def refuse_invalid(errors: Sequence[Mapping[str, Any]]) -> NoReturn:
    """
    End the request with what is wrong with each value; what was sent is not repeated.
    """
    language = _language()
    listed = [
        {
            "pointer": "".join(f"/{_escaped(part)}" for part in error["loc"]),
            "code": error["type"],
            "detail": fault(error["type"], language, error.get("ctx") or {}),
        }
        for error in errors
    ]
    abort(problem(422, "invalid", {"count": len(listed)}, extra={"errors": listed}))


def problem(
    status: int,
    code: str,
    values: Mapping[str, object],
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    """
    A problem as an answer.
    """
    language, wording = _language(), PROBLEMS[code]
    body = {
        "type": f"/api/docs#{code}",
        "title": wording.title.say(language, values),
        "status": status,
        "detail": wording.detail.say(language, values),
        "code": code,
        **(extra or {}),
    }
    answer = make_response(jsonify(body), status, dict(headers or {}))
    answer.content_type = MEDIA_TYPE
    answer.headers["Content-Language"] = language
    answer.vary.add("Accept-Language")
    if status == 401:
        answer.www_authenticate = WWWAuthenticate("bearer", {"realm": "liaodan"})
    return answer


def of_exception(error: HTTPException) -> Response:
    """
    The problem for an error that the framework raised.
    """
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    code = CODE_OF_STATUS.get(status, "bad_request" if status < 500 else "internal")
    allowed = ", ".join(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ""
    headers = {"Allow": allowed} if allowed else None
    limit_kb = (current_app.config["MAX_CONTENT_LENGTH"] or 0) // 1024
    return problem(status, code, {"allowed": allowed, "limit_kb": limit_kb}, headers=headers)


def _language() -> Language:
    return "en" if request.accept_languages.best_match(["zh", "en"], default="zh") == "en" else "zh"


def _escaped(part: object) -> str:
    """
    One step of a JSON pointer (RFC 6901).
    """
    return str(part).replace("~", "~0").replace("/", "~1")

"""
What DingTalk's error codes mean for the outbox. Two hosts, two shapes: `code` beside a status, and `errcode` in a 200.

`permanent` is kept for what the same bytes can never mend; a wrong setting is mended by the operator, so it waits.
Messages of DingTalk may repeat what a user typed, so errors carry codes and the request id only.
Source: https://open.dingtalk.com/document/development/server-api-error-codes-1, …/call-frequency-limit and
…/robot-message-type (read 2026-08).
"""

from __future__ import annotations

import re
from typing import Final

from adapters.http import HttpResponse
from domain.errors import PlatformError

TOKEN_REFUSED: Final = frozenset({"InvalidAuthentication", "40001", "40014", "41001", "42001", "33001"})
"""The access token is no longer valid: fetch a new one and try once more."""
CREDENTIALS_REFUSED: Final = frozenset(
    {"invalidClientIdOrSecret", "authFailed", "invalid.client", "unauthorized.client", "40089", "40096"}
)
"""Client id and secret do not belong together: asking again is no use."""
QUOTA_GONE: Final = frozenset({"Forbidden.AccessDenied.ApiCountLimitForOrg", "90020"})
"""The company has made all the calls of this month."""
CARD_EXISTS: Final = "param.cardAlreadyExist"
CARD_BEYOND_CHANGE: Final = frozenset({"param.cardNotExist", "cardNotExist"})
SESSION_GONE: Final = frozenset({"300001", "session.expired", "session.notExisted"})
UNREACHABLE: Final = frozenset({"staffId.notExisted", "33012", "60111", "60121"})
"""Nobody of this company whom the app may see."""
NO_ROBOT: Final = frozenset({"chatbotId.notAllow.sendOTO", "robot.oto.notExist"})
"""The robot cannot open a chat with this person, whom the app may reach all the same."""
SETTINGS_PAUSE: Final = 300.0
"""Seconds to leave DingTalk alone after it refused our settings: refusals count like calls."""

_BANNED: Final = "1111"
_RETRY_AFTER: Final = {
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": 1.0,
    "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi": 30.0,
    "Forbidden.AccessDenied.QpsLimitForApi": 2.0,
    "system.busy": 2.0,
    "system.error": 2.0,
    "serverError": 2.0,
    "system.updateCallbackFailed": 5.0,
    "-1": 2.0,
    "90002": 2.0,
    "90018": 1.0,
    "143103": 30.0,
    "143104": 30.0,
    "send.too.fast": 10.0,
    "send.byToken.tooFast": 60.0,
    "too.many.group": 60.0,
    "too.many.people": 60.0,
    # 10,000 calls in 20 s from one address: banned for five minutes, on every call
    _BANNED: 300.0,
}
_SETTINGS: Final = frozenset(
    {
        *CREDENTIALS_REFUSED,
        *TOKEN_REFUSED,
        *("Forbidden.AccessDenied.AccessTokenPermissionDenied", "Forbidden.AccessDenied.IpNotInWhiteList"),
        *("unauthorized", "auth.error", "bot.stopped", "60011", "60019", "60020", "50002", "50004", "40056"),
        *("param.templateNotExist", "param.templateUnpublished", "template.not.existed", "template.stopped"),
        *(f"invalidParameter.robotCode.{what}" for what in ("empty", "auth", "notExsit", "invalid")),
    }
)
# 15 and a bare 88 say that a host behind the gateway did not answer in time: the call may have been done
_UNKNOWN: Final = frozenset({"15", "88"})
_NAME: Final = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


def code_of(response: HttpResponse) -> str:
    """
    The vendor's code of an answer, empty for success.

    Raises:
        PlatformError: it is no answer of DingTalk, so nobody knows what was done.
    """
    answer = response.json_object()
    if answer.get("status") == int(_BANNED):
        return _BANNED
    if response.status >= 400:
        return _named(answer.get("code"))
    code = answer.get("errcode", 0)
    # some interfaces write the number as text, and /topapi wraps the real code
    if str(code) == "88" and answer.get("sub_code"):
        code = answer["sub_code"]
    return "" if str(code) == "0" else _named(code)


def failure(code: str, response: HttpResponse) -> PlatformError:
    """
    The error for a code that is not empty. Branches on the code only: 403 means forbidden as well as too fast.
    """
    request_id = response.headers.get("x-acs-request-id") or str(response.json_object().get("request_id", "none"))
    name, text = f"dingtalk_{code}", f"http {response.status}, request id {request_id[:64]}"
    if code in _UNKNOWN or response.status == 504:
        return PlatformError(name, text, unknown_outcome=True)
    if code in QUOTA_GONE:
        return PlatformError(name, text, retry_after=3600.0, tried=False, about_account=True)
    if code in _RETRY_AFTER:
        return PlatformError(name, text, retry_after=_RETRY_AFTER[code])
    if code in _SETTINGS:
        return PlatformError(name, text, retry_after=SETTINGS_PAUSE, about_account=True)
    return PlatformError(name, text, permanent=response.status < 500, unknown_outcome=response.status >= 500)


def vendor_code(error: PlatformError) -> str:
    """
    DingTalk's code inside an error of ours.
    """
    return error.code.removeprefix("dingtalk_")


def _named(code: object) -> str:
    text = str(code)
    if isinstance(code, bool) or not isinstance(code, int | str) or not _NAME.fullmatch(text):
        raise PlatformError("dingtalk_no_code", "the answer carries no code", unknown_outcome=True)
    return text

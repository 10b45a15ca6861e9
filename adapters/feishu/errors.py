"""
Feishu's error codes, sorted by what the outbox should do about them.

Messages of Feishu may repeat what a user typed, so errors carry codes and the log id only.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/create and …/message/patch, error code tables;
https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code (read 2026-05).
"""

from __future__ import annotations

import re
from typing import Final

from adapters.http import HttpResponse
from domain.errors import PlatformError

TOKEN_REFUSED: Final = frozenset({99991661, 99991663, 99991664, 99991665, 99991671})
"""The access token is missing, expired or malformed: fetch a new one, once."""

BEYOND_UPDATE: Final = frozenset({230011, 230031, 230110, 99992354})
"""The card was withdrawn, deleted or is older than 14 days."""

_PERMANENT: Final = frozenset(
    {
        *(10003, 10012, 10014, 10015, 10005),  # app id or secret wrong, app disabled
        *(9499, 230001, 230025, 230099, 99992402, 99991201, 99991301),  # we sent something Feishu cannot read
        *(230006, 230027, 99991401, 99991662, 99991672, 99991673),  # app not set up: ability, scope, address, release
        *(230002, 230013, 230029, 230034, 230035, 230038, 230053, 232009),  # this person or group cannot be reached
        *(99992351, 99992360, 99992361),  # the person's id is unknown or another app's
        *(
            230015,
            230017,
            230018,
            230019,
            230022,
            230028,
            230054,
            230055,
            230071,
            230072,
            230075,
        ),  # content or chat rules
    }
)
_RETRY_AFTER: Final = {
    99991400: 1.0,  # app rate; the header says more exactly
    230020: 1.0,  # rate of this person, group or card
    230049: 2.0,  # the same uuid is being sent right now
    200810: 1.0,  # somebody's click on this card is being answered
    99991403: 3600.0,  # the month's API quota is used up
}
_LOCKED: Final = re.compile(r"card action is lock")
_SUB_CODE: Final = re.compile(r"ErrCode: (\d{1,9})")


def error_code(payload: dict[str, object]) -> int:
    """
    The answer's code; 0 is success.

    Raises:
        PlatformError: there is none, so this is no answer of Feishu.
    """
    code = payload.get("code")
    if isinstance(code, bool) or not isinstance(code, int):
        raise PlatformError("feishu_no_code", "the answer carries no code", unknown_outcome=True)
    return code


def failure(response: HttpResponse, payload: dict[str, object]) -> PlatformError:
    """
    The error for an answer that is not success.
    """
    code, text = error_code(payload), str(payload.get("msg", ""))
    log_id = response.headers.get("x-tt-logid", "none")[:64]
    sub_code = _SUB_CODE.search(text)
    detail = f"http {response.status}, {f'sub code {sub_code[1]}, ' if sub_code else ''}log id {log_id}"
    if _LOCKED.search(text):
        return PlatformError("feishu_card_locked", detail, retry_after=_RETRY_AFTER[200810])
    retry_after = _RETRY_AFTER.get(code)
    return PlatformError(
        f"feishu_{code}",
        detail,
        permanent=code in _PERMANENT,
        retry_after=_reset(response) or retry_after,
        unknown_outcome=response.status >= 500,
    )


def _reset(response: HttpResponse) -> float | None:
    """
    Seconds until the rate limit opens again, as the gateway says with 99991400.
    """
    text = response.headers.get("x-ogw-ratelimit-reset", "")
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() else None

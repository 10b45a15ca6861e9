"""
Feishu's error codes, sorted by what the outbox should do about them.

`permanent` is kept for what the same bytes can never mend; a wrong setting is mended by the operator, so it waits.
Messages of Feishu may repeat what a user typed, so errors carry codes and the log id only.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/create and …/message/patch, error code tables;
https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code (read 2026-05).
"""

from __future__ import annotations

import json
import re
from typing import Final

from adapters.http import HttpResponse
from domain.errors import PlatformError

TOKEN_REFUSED: Final = frozenset({99991661, 99991663, 99991664, 99991665, 99991671})
"""The access token is missing, expired or malformed: fetch a new one, once."""

NOT_PASSED: Final = frozenset({230022, 230028})
"""The company's rules against leaks (DLP) found a phone number, an e-mail address or a forbidden word."""

CARD_REFUSED: Final = frozenset({11311, 230099})
"""The card breaks a rule of Feishu's that we do not know."""

CLICK_TOKEN_REFUSED: Final = frozenset({200310, 300020, 300030, 300040, 300090})
"""The token of a click is malformed, expired or used up: the card can still be changed by its message id."""

ALREADY_GONE: Final = frozenset({230011, 230110})
"""The message was withdrawn or deleted before."""

NOT_TOLD: Final = frozenset({99991672, 230002, 232011})
"""The members of this group are not shown to us: a scope is missing, or the bot is not in it."""

UNKNOWN_PERSON: Final = 100290
"""Sub code of a card that mentions somebody Feishu does not know (any more)."""

BEYOND_UPDATE: Final = frozenset({200000, 230011, 230031, 230110, 99992354})
"""The card was withdrawn, deleted or is older than 14 days."""

_PERMANENT: Final = frozenset(
    {
        *(9499, 230001, 230025, 230099, 99992402, 99991201, 99991301),  # we sent something Feishu cannot read
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
        *(230009, 230026),  # too late to withdraw, or not ours
        *(11311, 10002, 100000, 100030),  # update of a clicked card that cannot be read
        *(232001, 232006, 232011),  # no such group, or not in it
        *(40004, 41012, 41050),  # outside of what the app may see of the company
        *(234001, 234002, 234003, 234004, 234005, 234006, 234007, 234008, 234010),  # picture or file: not allowed,
        *(234011, 234037, 234038, 234039, 234043),  # not of this message, too large, no format Feishu takes
    }
)
_SETTINGS: Final = frozenset(
    {
        *TOKEN_REFUSED,
        *(10003, 10005, 10012, 10014, 10015),  # app id or secret wrong, app disabled
        *(230006, 230027, 232025, 99991401, 99991662, 99991672, 99991673),  # no bot ability, scope, address, release
    }
)
SETTINGS_PAUSE: Final = 300.0
"""Seconds to leave Feishu alone after it refused our settings: an operator mends them, and what waits then goes out."""
QUOTA_GONE: Final = 99991403
"""The company has made all the calls of this month."""
_RETRY_AFTER: Final = {
    99991400: 1.0,  # app rate; the header says more exactly
    230020: 1.0,  # rate of this person, group or card
    232019: 1.0,  # rate of reading groups
    230049: 2.0,  # the same uuid is being sent right now
    200810: 1.0,  # somebody's click on this card is being answered
    QUOTA_GONE: 3600.0,
    **dict.fromkeys(_SETTINGS, SETTINGS_PAUSE),
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


def refuses_token(response: HttpResponse) -> bool:
    """
    Whether another token may help. The answer may also be a file of any content.
    """
    try:
        payload = json.loads(response.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(payload, dict) and payload.get("code") in TOKEN_REFUSED


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
    is_about_person = sub_code is not None and int(sub_code[1]) == UNKNOWN_PERSON
    return PlatformError(
        f"feishu_{UNKNOWN_PERSON if is_about_person else code}",
        detail,
        permanent=code in _PERMANENT,
        retry_after=_reset(response) or retry_after,
        unknown_outcome=response.status >= 500,
        about_account=code in _SETTINGS or code == QUOTA_GONE,
    )


def _reset(response: HttpResponse) -> float | None:
    """
    Seconds until the rate limit opens again, as the gateway says with 99991400.
    """
    text = response.headers.get("x-ogw-ratelimit-reset", "")
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() else None

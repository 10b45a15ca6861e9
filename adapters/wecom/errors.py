"""
What WeCom's error codes mean for the outbox.

`permanent` is kept for what the same bytes can never mend; a wrong setting is mended by the operator, so it waits.
Source: https://developer.work.weixin.qq.com/document/path/90313 (read 2026-08)
"""

from __future__ import annotations

import re

from domain.errors import PlatformError

TOKEN_REFUSED = frozenset({40001, 40014, 42001})
"""The access token is no longer valid: fetch a new one and try once more."""

CARD_BEYOND_CHANGE = frozenset({42015, 42016, 42022, 60140, 82101, 82102})
"""The response code is spent, expired or of another app, or the person never got the card."""

BUSY = -1
_PAUSES = {BUSY: 5.0, 45009: 60.0, 45033: 2.0, 846601: 2.0, 846602: 2.0, 846609: 5.0}
PASSING = frozenset(_PAUSES)
"""WeCom is busy or asked too often: the same again succeeds a little later."""

_SETTINGS = frozenset({
    40001, 40013, 40014, 40056, 40091, 42001, 43012, 45031, 48001, 48002, 48006, 48009, 50003, 60020, 81012,
    93000, 93004, 93008, 301002,
})  # fmt: skip
SETTINGS_PAUSE = 300.0
"""Seconds to leave WeCom alone after it refused our settings: wrong secrets in a row lock our address for an hour."""

_SECRET_IN_URL = re.compile(r"(access_token|corpsecret|key)=[^&\s\"']+")


def platform_error(code: int, message: str) -> PlatformError:
    """
    The error for an `errcode` that is not 0. Branches on the code only: texts change.
    """
    name, text = f"wecom_{code}", masked(message)
    if code in _PAUSES:
        return PlatformError(name, text, retry_after=_PAUSES[code])
    if code in _SETTINGS:
        return PlatformError(name, text, retry_after=SETTINGS_PAUSE, about_account=True)
    return PlatformError(name, text, permanent=True)


def masked(text: str) -> str:
    """
    The text without the secrets that WeCom wants in URLs.
    """
    return _SECRET_IN_URL.sub(r"\1=***", text)

"""
The cookies of the sign-in pages: readable by no script, sent by no other site's form, over https to this host only.

    session   a random token; its hash is in the database
    browser   a random value, to bind forms to a browser before anybody is signed in
    attempt   one way to a platform's page and back, encrypted; one cookie for each, named by its state
    known     the name of an account that has signed in here before, encrypted
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from cryptography.fernet import InvalidToken
from flask import Response, request

from web.parts import parts

ATTEMPT_LIFE: Final = timedelta(minutes=10)
KNOWN_LIFE: Final = timedelta(days=180)
_STATE_SHOWN: Final = 8


def read(kind: str) -> str:
    """
    A cookie of ours, empty when there is none.
    """
    return request.cookies.get(_name(kind), "")


def write(response: Response, kind: str, value: str, life: timedelta | None) -> None:
    """
    Set a cookie; without a life it ends with the browser.
    """
    response.set_cookie(
        _name(kind),
        value,
        max_age=None if life is None else int(life.total_seconds()),
        secure=_is_https(),
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear(response: Response, kind: str) -> None:
    """
    Take a cookie back.
    """
    response.delete_cookie(_name(kind), secure=_is_https(), httponly=True, samesite="Lax", path="/")


def attempt_kind(state: str) -> str:
    """
    The cookie of one way to a platform: several tabs may be on their way at once.
    """
    return f"attempt_{state[:_STATE_SHOWN]}"


def sealed(purpose: str, value: dict[str, str]) -> str:
    """
    A value only we can read and make.
    """
    now = int(parts().units.clock.now().timestamp())
    text = json.dumps(value, ensure_ascii=False).encode()
    return parts().keys.box(purpose).encrypt_at_time(text, now).decode()


def unsealed(purpose: str, text: str, life: timedelta) -> dict[str, str] | None:
    """
    The value of `sealed`; None when it is not ours or older than `life`.
    """
    now = int(parts().units.clock.now().timestamp())
    try:
        value = json.loads(parts().keys.box(purpose).decrypt_at_time(text.encode(), int(life.total_seconds()), now))
    except (InvalidToken, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _is_https() -> bool:
    return parts().public_url.startswith("https://")


def _name(kind: str) -> str:
    """
    With https the browser itself sees to it that no other host can set our cookies.
    """
    return f"__Host-liaodan_{kind}" if _is_https() else f"liaodan_{kind}"

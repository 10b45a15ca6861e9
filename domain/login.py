"""
Signing in (登录): how long a session lasts, when guessing has to stop, which passwords will do, and where to go next.

Who somebody is gets proved elsewhere: by a chat platform, or by password and one-time code.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

HOME: Final = "/me"
PAGES: Final = ("/me", "/setup", "/h5")
"""The pages, with everything below them, to which a sign-in may lead."""

MIN_PASSWORD: Final = 12
MAX_PASSWORD: Final = 200
MIN_DIFFERENT: Final = 6

SETUP_LIFE: Final = timedelta(hours=24)
"""How long the link works with which an administrator sets up the own password."""

LINK_LIFE: Final = timedelta(minutes=5)
"""How long the link works with which somebody in the chat goes on to the web pages."""

_PLAIN_TARGET: Final = re.compile(r"/[A-Za-z0-9_~-]+(?:[/.][A-Za-z0-9_~-]+)*(?:\?[A-Za-z0-9_.~=&%-]*)?")
_MAX_TARGET: Final = 500


@dataclass(frozen=True)
class SessionLimits:
    """
    A session ends `idle` after its last use, and `absolute` after it began, whichever comes first.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class GuessLimit:
    """
    So many failures within the window, then no more tries until the window is over.
    """

    tries: int
    window: timedelta


ACCOUNT_LIMIT: Final = GuessLimit(5, timedelta(minutes=15))
"""For one account, over all browsers that have never signed in to it; a known browser counts for itself."""

ADDRESS_LIMIT: Final = GuessLimit(20, timedelta(minutes=15))
"""For one network address, over all accounts; also for codes that a platform does not know."""


@dataclass(frozen=True)
class Guesses:
    """
    The failures counted so far in the window that began at `since`.
    """

    count: int
    since: datetime


def next_guess(before: Guesses | None, limit: GuessLimit, now: datetime) -> Guesses | datetime:
    """
    The count with one more try, or the instant until which nothing may be tried.
    """
    if before is None or now >= before.since + limit.window:
        return Guesses(1, now)
    if before.count >= limit.tries:
        return before.since + limit.window
    return Guesses(before.count + 1, before.since)


def network_key(address: str) -> str:
    """
    What tries from an address are counted under: IPv4 addresses singly, of IPv6 the 64 bits given out together.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "address:unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"address:{parsed}"
    return f"address:{ipaddress.ip_network((parsed, 64), strict=False)}"


def landing(target: str) -> str:
    """
    Where to go after signing in: the asked page when it is one of ours, else the page about oneself.

    Only plain paths are let through, so that no reading of the address by a browser leads to another site.
    """
    if len(target) > _MAX_TARGET or not _PLAIN_TARGET.fullmatch(target):
        return HOME
    path = target.partition("?")[0]
    return target if any(path == page or path.startswith(f"{page}/") for page in PAGES) else HOME


def password_fault(password: str, name: str) -> str | None:
    """
    Why a password will not do, as the code of a sentence; None when it will. Length counts, not kinds of characters.
    """
    if len(password) < MIN_PASSWORD:
        return "password_short"
    if len(password) > MAX_PASSWORD:
        return "password_long"
    if len(set(password)) < MIN_DIFFERENT or (name and name.casefold() in password.casefold()):
        return "password_simple"
    return None

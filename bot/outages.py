"""
Tells a platform that answers nobody from a message that it does not want.

Kept in memory by each process: an account is out from its first failure until a message gets through. What waits
meanwhile is not given up, and administrators hear of it once.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from domain.errors import PlatformError
from store import alarms
from store.transaction import Transaction

ALARM: Final = "outage"
ALARM_AFTER: Final = timedelta(minutes=5)


class Outages:
    """
    Since when which account's calls have failed, one after the other; safe to share between threads.
    """

    def __init__(self) -> None:
        self._since: dict[str, datetime | None] = {}
        self._lock = threading.Lock()

    def is_out(self, place: str) -> bool:
        """
        Whether the last messages of `platform/account` failed, with none sent in between.
        """
        with self._lock:
            return self._since.get(place) is not None

    def failed(self, tx: Transaction, place: str, error: PlatformError, now: datetime) -> None:
        """
        A call failed in a way that may pass. Raises one alarm per outage, unless the account has its own for this.
        """
        with self._lock:
            since = self._since.get(place) or now
            self._since[place] = since
        if now - since >= ALARM_AFTER and not error.about_account:
            message = f"{place}: no message got through since {since:%Y-%m-%d %H:%M} UTC: {error}"
            alarms.raise_alarm(tx, ALARM, f"{place}@{since:%Y%m%dT%H%M%S}", message, now)

    def over(self, tx: Transaction, place: str, now: datetime) -> bool:
        """
        The platform took a message: an outage is over, also one from before a restart. False when there was none.
        """
        with self._lock:
            was_out, is_first = self._since.get(place) is not None, place not in self._since
            self._since[place] = None
        if was_out or is_first:
            alarms.settle(tx, ALARM, f"{place}@", now)
        return was_out

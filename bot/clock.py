"""
The clock: the only place that reads the time. In demo mode it can be set ahead.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """
    Real time plus an offset; `now()` is aware UTC.
    """

    def __init__(self) -> None:
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """
        The current instant.
        """
        return datetime.now(UTC) + self._offset

    def set(self, instant: datetime) -> None:
        """
        Make it `instant` now (demo mode and tests).
        """
        with self._lock:
            self._offset = instant - datetime.now(UTC)

    def reset(self) -> None:
        """
        Back to real time.
        """
        with self._lock:
            self._offset = timedelta()

"""
Counting windows: how often something may happen in a span of virtual time.
"""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class RateWindows:
    """
    Sliding windows by key. A refused attempt does not count against the limit.
    """

    def __init__(self) -> None:
        self._seen: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def allow(self, key: str, *, limit: int, seconds: int, now: datetime) -> bool:
        seen = self._seen[f"{key}/{seconds}"]
        horizon = now - timedelta(seconds=seconds)
        while seen and not horizon < seen[0] <= now:
            seen.popleft()
        if len(seen) >= limit:
            return False
        seen.append(now)
        return True

    def clear(self) -> None:
        self._seen.clear()

"""
What came from each platform last, so that somebody who connects one sees at once whether anything arrives.

Kept in memory: it is about the moment at which a callback address is entered in the vendor's console.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["verified", "event", "refused"]


@dataclass(frozen=True)
class Arrival:
    """
    `verified`: the platform checked our address; `event`: something happened; `refused`: not authentic, by `reason`.
    """

    outcome: Outcome
    at: datetime
    reason: str = ""


class Arrivals:
    """
    The last arrival of each account, and the last refused one. One dictionary write each, safe between threads.
    """

    def __init__(self) -> None:
        self._good: dict[tuple[str, str], Arrival] = {}
        self._refused: dict[tuple[str, str], Arrival] = {}

    def note(self, platform: str, account: str, arrival: Arrival) -> None:
        """
        Something came for this account.
        """
        kept = self._refused if arrival.outcome == "refused" else self._good
        kept[platform, account] = arrival

    def good(self, platform: str, account: str) -> Arrival | None:
        """
        The last that was authentic.
        """
        return self._good.get((platform, account))

    def refused(self, platform: str, account: str) -> Arrival | None:
        """
        The last that was refused.
        """
        return self._refused.get((platform, account))

"""
What a calendar month allows the whole company: billable API calls, and messages by webhook and stream.

Source: https://open.dingtalk.com/document/development/dingtalk-application-development-platform-billing-model (read
2026-08)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from sandbox.clock import CHINA

if TYPE_CHECKING:
    from datetime import datetime

Kind = Literal["api", "message"]
EXEMPT_EVENTS = ("user_add_org", "user_modify_org", "user_leave_org", "user_active_org", "org_", "label_")


class Quota:
    """
    Counts by month in China. A refused call is not counted.
    """

    def __init__(self) -> None:
        self._used: Counter[tuple[str, Kind]] = Counter()

    def take(self, kind: Kind, limit: int, now: datetime) -> bool:
        key = (f"{now.astimezone(CHINA):%Y-%m}", kind)
        if self._used[key] >= limit:
            return False
        self._used[key] += 1
        return True

    def used(self, now: datetime) -> dict[str, int]:
        month = f"{now.astimezone(CHINA):%Y-%m}"
        return {"api": self._used[month, "api"], "message": self._used[month, "message"]}

    def clear(self) -> None:
        self._used.clear()


def is_exempt(event_type: str) -> bool:
    return event_type.startswith(EXEMPT_EVENTS)

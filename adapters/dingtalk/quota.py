"""
How many of the month's API calls are made, how many it will be, and when to save.

DingTalk counts calls by month and company: 5,000 in the free edition.

The count is ours; other apps of the company spend from the same quota, so DingTalk's own refusal counts more than it.
Source: https://open.dingtalk.com/document/development/dingtalk-application-development-platform-billing-model
(read 2026-08).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final, Literal

from bot.ports import SharedState

ALARM_SHARE: Final = 0.8
"""From this share of the quota on, calls are saved whatever the forecast says."""
RESERVE_SHARE: Final = 0.95
FORECAST_SHARE: Final = 0.1
"""Below this share a forecast says too little."""
RECHECK: Final = timedelta(hours=1)
"""How long a refusal is believed: the company may buy more."""
FRESH: Final = timedelta(minutes=1)
"""How long this process trusts the total it saw last: others count too."""

_CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_FREE: Final = (
    "/v1.0/oauth2/",
    "/v1.0/contact/",
    "/v1.0/gateway/",
    "/topapi/v2/user/",
    "/topapi/v2/department/",
    "/topapi/user/",
    "/gettoken",
    "/get_jsapi_ticket",
    "/robot/sendBySession",
)

Spending = Literal["normal", "saving", "reserve", "gone"]
"""
`saving`: updates of cards are left out, and answers go to sessions. `reserve`: the last calls are for decisions.
`gone`: DingTalk refuses calls; only sessions still work.
"""


@dataclass(frozen=True)
class Usage:
    """
    The month's calls: made, allowed, and expected by its end if it goes on like this.
    """

    used: int
    quota: int
    forecast: int
    spending: Spending


class QuotaMeter:
    """
    Counts one app's calls; shared by all processes.
    """

    def __init__(self, client_id: str, quota: int, *, shared: SharedState, clock: Callable[[], datetime]) -> None:
        self._name = f"dingtalk:{client_id}"
        self._quota = quota
        self._shared = shared
        self._clock = clock
        self._seen: tuple[str, int, datetime] | None = None

    def note(self, path: str) -> None:
        """
        A call was made that DingTalk answered; reads of the directory and logins are free.
        """
        if not path.startswith(_FREE):
            self._count(1)

    def note_refusal(self) -> None:
        """
        DingTalk refuses calls for this month.
        """
        self._shared.store_token(f"{self._name}:gone", self._month(), self._clock() + RECHECK)

    def usage(self) -> Usage:
        """
        Where the month stands.
        """
        now = self._clock()
        used = self._used(now)
        forecast = round(used * _business_days(now) / _business_days_gone(now))
        is_refused = self._shared.token(f"{self._name}:gone", now) == self._month()
        return Usage(used, self._quota, forecast, self._spending(used, forecast, is_refused=is_refused))

    def _spending(self, used: int, forecast: int, *, is_refused: bool) -> Spending:
        if is_refused:
            return "gone"
        if used >= RESERVE_SHARE * self._quota:
            return "reserve"
        is_too_fast = forecast > self._quota and used >= FORECAST_SHARE * self._quota
        return "saving" if is_too_fast or used >= ALARM_SHARE * self._quota else "normal"

    def _used(self, now: datetime) -> int:
        month, used, at = self._seen or ("", 0, now)
        return used if month == self._month() and now - at < FRESH else self._count(0)

    def _count(self, amount: int) -> int:
        month, now = self._month(), self._clock()
        used = self._shared.count(f"{self._name}:{month}", amount, now)
        self._seen = (month, used, now)
        return used

    def _month(self) -> str:
        return f"{self._clock().astimezone(_CHINA):%Y-%m}"


def _business_days(now: datetime) -> int:
    """
    Mondays to Fridays of the month; what the calendar of holidays would say better, a forecast need not know.
    """
    local = now.astimezone(_CHINA)
    _, last = calendar.monthrange(local.year, local.month)
    return sum(_is_business_day(local.replace(day=day)) for day in range(1, last + 1))


def _business_days_gone(now: datetime) -> float:
    """
    Business days that are over, today in part: at least one, so that the first morning forecasts no catastrophe.
    """
    local = now.astimezone(_CHINA)
    over = sum(_is_business_day(local.replace(day=day)) for day in range(1, local.day))
    today = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)) / timedelta(days=1)
    return max(1.0, over + (today if _is_business_day(local) else 0.0))


def _is_business_day(moment: datetime) -> bool:
    return moment.weekday() < 5

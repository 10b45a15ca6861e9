"""
The Chinese working calendar: weekends, public holidays and the Saturdays worked in exchange (调休).

Years the State Council has announced come from `chinese_calendar`; later years from `holidays`, which knows the
festivals but not the exchanges. An administrator's own days override both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
import holidays

from domain.worktime import WorkCalendar

DAY = timedelta(days=1)


def work_calendar(today: date, *, days_off: Iterable[date] = (), days_worked: Iterable[date] = ()) -> WorkCalendar:
    """
    The calendar for the year before to the year after `today`.
    """
    off, worked = _announced(today.year - 1, today.year + 1)
    own_off, own_worked = frozenset(days_off), frozenset(days_worked)
    return WorkCalendar(holidays=(off | own_off) - own_worked, make_up_days=(worked | own_worked) - own_off)


@lru_cache(maxsize=4)
def _announced(first_year: int, last_year: int) -> tuple[frozenset[date], frozenset[date]]:
    off: set[date] = set()
    worked: set[date] = set()
    for year in range(first_year, last_year + 1):
        try:
            _add_announced(year, off, worked)
        except NotImplementedError:
            off |= {day for day in holidays.country_holidays("CN", years=year) if day.year == year}
    return frozenset(off), frozenset(worked)


def _add_announced(year: int, off: set[date], worked: set[date]) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        is_weekday = day.isoweekday() <= 5
        is_workday = chinese_calendar.is_workday(day)
        if is_weekday and not is_workday:
            off.add(day)
        if is_workday and not is_weekday:
            worked.add(day)
        day += DAY

"""
Working time (工作时间): which days are business days, and arithmetic over working hours.

Instants are aware and come back in UTC; days and hours of the day are those of Asia/Shanghai, which has had no
daylight saving since 1991. Where holidays and make-up days (调休) come from is not decided here: the calendar is a
value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """
    When people work: weekdays except `holidays`, plus `make_up_days`, within the hours of the day.

    A day is worked from `work_start` to `work_end` except during the lunch break; no break when `lunch_start` equals
    `lunch_end`.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    work_start: time = time(9)
    work_end: time = time(18)
    lunch_start: time = time(12)
    lunch_end: time = time(13)

    def __post_init__(self) -> None:
        if not self.work_start < self.work_end:
            raise ValueError(f"worktime: work_start {self.work_start} must be before work_end {self.work_end}")
        if not self.work_start <= self.lunch_start <= self.lunch_end <= self.work_end:
            raise ValueError(f"worktime: lunch {self.lunch_start}-{self.lunch_end} must lie within working hours")
        if self.work_start == self.lunch_start and self.lunch_end == self.work_end:
            raise ValueError("worktime: the lunch break must leave some working time")


def local_date(instant: datetime) -> date:
    """
    The business date of an instant.
    """
    return instant.astimezone(SHANGHAI).date()


def at_local(day: date, hour_of_day: time) -> datetime:
    """
    The UTC instant at which clocks in China show this time on this day.
    """
    return datetime.combine(day, hour_of_day, tzinfo=SHANGHAI).astimezone(UTC)


def next_local_midnight(instant: datetime) -> datetime:
    """
    When the business date of `instant` ends and daily limits start anew.
    """
    return at_local(local_date(instant) + ONE_DAY, time(0))


def is_business_day(day: date, calendar: WorkCalendar) -> bool:
    """
    Whether people work on this day; a make-up day counts even where it is also listed as a holiday.
    """
    if day in calendar.make_up_days:
        return True
    return day.weekday() < SATURDAY and day not in calendar.holidays


def next_business_moment(instant: datetime, calendar: WorkCalendar) -> datetime:
    """
    The instant itself when people work then, else the beginning of the next working spell.
    """
    start, _ = next(_spells(instant, calendar))
    return start


def add_working_hours(start: datetime, hours: float, calendar: WorkCalendar) -> datetime:
    """
    The instant at which `hours` of working time have passed since `start`; exactly on a spell's end stays there.
    """
    left, spells = timedelta(hours=hours), _spells(start, calendar)
    begin, end = next(spells)
    while left > end - begin:
        left -= end - begin
        begin, end = next(spells)
    return begin + left


def working_hours_between(start: datetime, end: datetime, calendar: WorkCalendar) -> float:
    """
    The working time from `start` to `end` in hours; zero when `end` is not later.
    """
    worked = timedelta()
    for begin, finish in _spells(start, calendar):
        if begin >= end:
            break
        worked += min(finish, end) - begin
    return worked / timedelta(hours=1)


def _spells(instant: datetime, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
    """
    The unbroken spells of work from `instant` on, the first one cut to begin there if it has begun already.
    """
    first_day = local_date(instant)
    for offset in count():
        day = first_day + offset * ONE_DAY
        if not is_business_day(day, calendar):
            continue
        for begins, ends in _hours_of_day(calendar):
            begin, end = max(at_local(day, begins), instant.astimezone(UTC)), at_local(day, ends)
            if begin < end:
                yield begin, end


def _hours_of_day(calendar: WorkCalendar) -> tuple[tuple[time, time], ...]:
    if calendar.lunch_start == calendar.lunch_end:
        return ((calendar.work_start, calendar.work_end),)
    return (calendar.work_start, calendar.lunch_start), (calendar.lunch_end, calendar.work_end)

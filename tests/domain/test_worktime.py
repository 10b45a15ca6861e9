from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.worktime import (
    SHANGHAI,
    WorkCalendar,
    add_working_hours,
    at_local,
    is_business_day,
    local_date,
    next_business_moment,
    next_local_midnight,
    working_hours_between,
)
from tests.domain.business_facts import china

# National Day 2026: off from Thursday to Wednesday, worked on the Saturday after.
CALENDAR = WorkCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
)
INSTANTS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
HOURS = st.integers(0, 60 * 60).map(lambda minutes: minutes / 60)


def is_working(instant: datetime) -> bool:
    local = instant.astimezone(SHANGHAI)
    in_hours = time(9) <= local.time() <= time(12) or time(13) <= local.time() <= time(18)
    return is_business_day(local.date(), CALENDAR) and in_hours


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 9, 30), True, id="ordinary Wednesday"),
        pytest.param(date(2026, 10, 1), False, id="holiday on a Thursday"),
        pytest.param(date(2026, 10, 10), True, id="make-up Saturday"),
        pytest.param(date(2026, 10, 11), False, id="Sunday"),
    ],
)
def test_business_days_follow_holidays_and_make_up_days(day, expected):
    assert expected == is_business_day(day, CALENDAR)


def test_make_up_day_wins_over_a_holiday_on_the_same_day():
    saturday = date(2026, 10, 10)
    both = WorkCalendar(holidays=frozenset({saturday}), make_up_days=frozenset({saturday}))

    assert is_business_day(saturday, both)


def test_business_date_is_that_of_shanghai():
    assert date(2026, 10, 2) == local_date(datetime(2026, 10, 1, 16, 0, tzinfo=UTC))
    assert date(2026, 10, 1) == local_date(datetime(2026, 10, 1, 15, 59, tzinfo=UTC))


def test_business_date_ends_at_midnight_in_china():
    assert china(10, 2) == next_local_midnight(china(10, 1, 23, 59))
    assert china(10, 3) == next_local_midnight(china(10, 2))


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        pytest.param(china(9, 28, 9), 4, china(9, 28, 14), id="over lunch"),
        pytest.param(china(9, 28, 16), 4, china(9, 29, 11), id="overnight"),
        pytest.param(china(9, 28, 10), 8, china(9, 29, 10), id="a whole working day"),
        pytest.param(china(9, 30, 17), 4, china(10, 8, 12), id="over the holiday"),
        pytest.param(china(10, 9, 17), 2, china(10, 10, 10), id="into a make-up Saturday"),
        pytest.param(china(10, 10, 17), 2, china(10, 12, 10), id="over the Sunday after it"),
        pytest.param(china(10, 3, 3), 0, china(10, 8, 9), id="no hours from a night in the holiday"),
    ],
)
def test_working_hours_are_added_in_working_time_only(start, hours, expected):
    assert expected == add_working_hours(start, hours, CALENDAR)


def test_moment_within_working_hours_is_its_own_next_business_moment():
    assert china(9, 28, 11, 30) == next_business_moment(china(9, 28, 11, 30), CALENDAR)


def test_lunch_belongs_to_the_afternoon():
    assert china(9, 28, 13) == next_business_moment(china(9, 28, 12), CALENDAR)


def test_calendar_without_lunch_works_through():
    through = WorkCalendar(lunch_start=time(12), lunch_end=time(12))

    assert china(9, 28, 13) == add_working_hours(china(9, 28, 9), 4, through)


@pytest.mark.parametrize(
    "hours",
    [
        {"work_start": time(18), "work_end": time(9)},
        {"lunch_start": time(8), "lunch_end": time(13)},
        {"lunch_start": time(9), "lunch_end": time(18)},
    ],
)
def test_calendar_without_working_time_is_refused(hours):
    with pytest.raises(ValueError, match="worktime"):
        WorkCalendar(**hours)


@given(INSTANTS, HOURS)
def test_sum_lands_within_working_time(start, hours):
    assert is_working(add_working_hours(start, hours, CALENDAR))


@given(INSTANTS, HOURS, HOURS)
def test_more_hours_never_end_earlier(start, some, others):
    less, more = sorted((some, others))

    assert add_working_hours(start, less, CALENDAR) <= add_working_hours(start, more, CALENDAR)


@given(INSTANTS, HOURS, HOURS)
def test_adding_in_two_parts_is_adding_the_sum(start, first, second):
    in_parts = add_working_hours(add_working_hours(start, first, CALENDAR), second, CALENDAR)
    at_once = add_working_hours(start, first + second, CALENDAR)

    between = working_hours_between(min(in_parts, at_once), max(in_parts, at_once), CALENDAR)
    assert between == pytest.approx(0, abs=1e-6)


@given(INSTANTS, HOURS)
def test_hours_between_are_the_hours_added(start, hours):
    end = add_working_hours(start, hours, CALENDAR)

    assert hours == pytest.approx(working_hours_between(start, end, CALENDAR), abs=1e-6)


@given(INSTANTS, INSTANTS, INSTANTS)
def test_hours_between_add_up_over_a_moment_in_the_middle(one, two, three):
    first, middle, last = sorted((one, two, three))

    parts = working_hours_between(first, middle, CALENDAR) + working_hours_between(middle, last, CALENDAR)
    assert parts == pytest.approx(working_hours_between(first, last, CALENDAR))


@given(INSTANTS)
def test_next_business_moment_is_not_in_the_past_and_stays_put(instant):
    moment = next_business_moment(instant, CALENDAR)

    assert moment >= instant
    assert moment == next_business_moment(moment, CALENDAR)


def test_no_hours_lie_between_a_moment_and_an_earlier_one():
    assert working_hours_between(china(9, 29, 10), china(9, 28, 10), CALENDAR) == 0


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_local_time_of_a_day_is_on_that_day(day):
    assert day == local_date(at_local(day, time(0)))
    assert at_local(day, time(0)) + timedelta(days=1) == next_local_midnight(at_local(day, time(12)))

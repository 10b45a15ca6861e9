from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.horizon import days_ahead

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7天内到期", 7),
        ("七天", 7),
        ("十五天内", 15),
        ("一周内到期", 7),
        ("两个星期", 14),
        ("１个月", 30),
        ("本周到期", 5),
        ("这个月到期", 6),
        ("今天到期", 1),
        ("明天", 1),
        ("快到期", 7),
        ("即将到期的", 7),
        ("到期", 7),
        ("云途", None),
        ("0天", None),
        ("到期未续的云途", None),
    ],
)
def test_a_condition_says_how_many_days_ahead_it_looks(text, expected):
    assert expected == days_ahead(text, TUESDAY)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_named_spans_end_with_their_week_or_month(today):
    end_of_week = today + timedelta(days=days_ahead("本周", today))
    end_of_month = today + timedelta(days=days_ahead("本月", today))

    assert end_of_week.weekday() == 6 or today.weekday() == 6
    assert (end_of_month + timedelta(days=1)).day == 1 or (today + timedelta(days=1)).day == 1

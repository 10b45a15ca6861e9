"""
How far ahead a condition looks: 7天内到期, 一周内, 本周到期, 这个月.
"""

import re
from calendar import monthrange
from datetime import date
from typing import Final

from domain.text.folding import fold
from domain.text.numbers import read_number
from domain.text.patterns import Pattern

_NUMBER: Final = r"(?P<count>\d{1,3}|[一二两三四五六七八九十百]{1,4})"
_SPAN: Final = Pattern(rf"{_NUMBER}个?(?P<unit>天|日|周|星期|礼拜|月)")
_DAYS: Final = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30}
_NAMED: Final = Pattern(
    r"(?P<today>今天|今日)|(?P<tomorrow>明天|明日)|(?P<week>[本这]个?(?:周|星期|礼拜))|(?P<month>[本这]个?月)"
)
_SOON: Final = Pattern(r"(?:快|将|即将|要|临近)(?:要)?(?:到期|过期)|^到期$")
SOON_DAYS: Final = 7


def days_ahead(text: str, today: date) -> int | None:
    """
    Return how many days ahead a condition looks, at least 1; None when it names no time.
    """
    folded = fold(text)
    span = _SPAN.search(folded)
    if span:
        count = read_number(span["count"])
        return max(1, int(count) * _DAYS[span["unit"]]) if count else None
    named = _NAMED.search(folded)
    if named:
        return max(1, _named(named, today))
    return SOON_DAYS if _SOON.search(folded) else None


def _named(match: re.Match[str], today: date) -> int:
    if match["week"]:
        return 6 - today.weekday()
    if match["month"]:
        return monthrange(today.year, today.month)[1] - today.day
    return 1 if match["tomorrow"] else 0

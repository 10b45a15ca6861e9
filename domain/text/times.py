"""
Points in time as salespeople say them: 明天上午9点, 下周三下午3点前, 月底, 12月3日, 两周后的周二, 2小时后.

A table of patterns for the day and one for the time of day; both must account for the whole phrase. What the table does
not know is None, never a near guess: a reminder at a wrong hour is worse than a question.
A day alone is a date, a day with an hour an aware datetime (Asia/Shanghai). 周五 is the next Friday that is not past;
5号 the next fifth; a date without a year the next one, unless a year is said.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.text.folding import fold
from domain.text.numbers import read_number
from domain.text.patterns import Pattern

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_N: Final = r"(?:\d{1,3}|[零一二两三四五六七八九十百]{1,4})"
_WEEKDAYS: Final = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    **{str(day): day - 1 for day in range(1, 8)},
}
_RELATIVE_DAYS: Final = {
    word: days
    for days, words in {
        0: "今天 今日 当天 今早 今晚 今儿",
        1: "明天 明日 明早 明晚 明儿",
        2: "后天",
        3: "大后天",
        -1: "昨天",
        -2: "前天",
    }.items()
    for word in words.split()
}
_MORNING: Final = "凌晨 清晨 早上 早晨 早 上午 一早".split()
_AFTERNOON: Final = "中午 下午 午后 傍晚 晚上 晚 夜里".split()
_WEEK: Final = r"(?P<weeks>(?:上|这|本|下下?)个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])"
_PART: Final = "|".join(sorted((*_MORNING, *_AFTERNOON), key=len, reverse=True))
_HOUR: Final = (
    r"(?P<hour>\d{1,2}|[零一二两三四五六七八九十]{1,3})(?:[:](?P<colon>[0-5]\d)|[点时](?:钟|"
    r"整)?(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>\d{2}(?!\d)|\d(?=分)|"
    r"[零二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九]|[一二三四五六七八九](?=分))分?)?)"
)
_OPEN: Final = Pattern(
    rf" ?(?:或者?|还是)(?:{_WEEK.replace('?P<weeks>', '?:').replace('?P<weekday>', '?:')}|今天|明天|后天|"
    rf"\d)"
)
_REPEATED: Final = Pattern(r"(?:每个?|第|逢|或者?|还是)$")
_FIRST_SURE_HOUR: Final = 7
_CLOCK: Final = Pattern(rf"[ ,的]{{0,2}}(?P<part>{_PART})?(?: ?{_HOUR})?")


@dataclass(frozen=True, slots=True)
class TimeFound:
    """
    A moment named in a text: a date, or an aware datetime where an hour was said, and its span.
    """

    at: datetime | date
    start: int
    end: int


def find_time(text: str, now: datetime) -> TimeFound | None:
    """
    Return the first moment named in a text, counted from `now` (aware); None when there is none that is certain.
    """
    return next(iter(find_times(text, now)), None)


def find_times(text: str, now: datetime) -> tuple[TimeFound, ...]:
    """
    Return every certain moment named in a text, left to right, the longest reading at each place.
    """
    folded = fold(text)
    today = now.astimezone(SHANGHAI)
    found = [*_spans_of_hours(folded, today), *_days(folded, today), *_bare_hours(folded, today)]
    kept: list[TimeFound] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(one for one in kept if not _OPEN.match(folded, one.end) and not _REPEATED.search(folded[: one.start]))


def _spans_of_hours(text: str, now: datetime) -> Iterator[TimeFound]:
    """
    Yield hours and minutes from now: 2小时45分钟后, 半小时后, 一个半小时后.
    """
    pattern = (
        rf"(?P<half>半)个?小时[之以]?后"
        rf"|(?P<hours>{_N})个?(?P<and_half>半)?(?:小时|钟头)(?:(?P<minutes>{_N})分钟?)?[之以]?后"
        rf"|(?P<only>{_N})分钟[之以]?后"
    )
    for match in re.finditer(pattern, text):
        half = 30 if match["half"] or match["and_half"] else 0
        minutes = half + _number(match["minutes"]) + _number(match["only"])
        at = (now + timedelta(hours=_number(match["hours"]), minutes=minutes)).replace(second=0, microsecond=0)
        yield TimeFound(at, *match.span())


def _days(text: str, now: datetime) -> Iterator[TimeFound]:
    for pattern, resolve in _DAY_PATTERNS:
        for match in pattern.finditer(text):
            day = resolve(match, now.date())
            if day is None:
                continue
            implied = "晚" if match.group() in {"今晚", "明晚"} else "早" if match.group() in {"今早", "明早"} else ""
            if found := _with_clock(text, day, match.start(), match.end(), implied):
                yield found


def _with_clock(text: str, day: date, start: int, end: int, implied: str) -> TimeFound | None:
    """
    Add the hour that stands right behind a day; 明天3点 may be either half of the day, so it stays a date.
    """
    clock = _CLOCK.match(text, end)
    if not clock or clock["hour"] is None:
        return TimeFound(day, start, end)
    hour = _clock(clock, implied)
    if hour is None:
        return None
    certain = clock["part"] or implied or hour.hour == 0 or hour.hour >= _FIRST_SURE_HOUR
    return TimeFound(datetime.combine(day, hour, SHANGHAI) if certain else day, start, clock.end())


def _bare_hours(text: str, now: datetime) -> Iterator[TimeFound]:
    """
    Yield an hour of today that needs no day, when its part of the day is said: 下午3点半.
    """
    for match in re.finditer(rf"(?P<part>{_PART}) ?{_HOUR}", text):
        hour = _clock(match, "")
        if hour is not None:
            yield TimeFound(datetime.combine(now.date(), hour, SHANGHAI), *match.span())


def _clock(match: re.Match[str], implied: str) -> time | None:
    hour = int(_number(match["hour"]))
    minute = (
        int(match["colon"] or 0) if match["colon"] else 30 if match["half"] else 15 * int(_number(match["quarter"]))
    )
    minute = int(_number(match["minute"])) if match["minute"] else minute
    part = match["part"] or implied
    noonish = part == "中午" and hour >= 3
    if part in _AFTERNOON and hour < 12 and not noonish:
        hour += 12
    if hour > 23 or minute > 59:
        return None
    return time(hour, minute)


def _number(text: str | None) -> int:
    value = read_number(text) if text else None
    return int(value) if value is not None else 0


def _relative(match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=_RELATIVE_DAYS[match.group()])


def _after_days(match: re.Match[str], today: date) -> date | None:
    count = _number(match["count"])
    unit = match["unit"]
    if not count:
        return None
    if unit in {"天", "日"}:
        return today + timedelta(days=count)
    if unit == "月":
        return _add_months(today, count)
    week = today + timedelta(weeks=count)
    weekday = match["weekday"]
    return week - timedelta(days=week.weekday() - _WEEKDAYS[weekday]) if weekday else week


def _weekday(match: re.Match[str], today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    weeks = {"上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}.get((match["weeks"] or "").removesuffix("个"))
    if weeks is not None:
        return monday + timedelta(weeks=weeks, days=_WEEKDAYS[match["weekday"]])
    ahead = (_WEEKDAYS[match["weekday"]] - today.weekday()) % 7
    return today + timedelta(days=ahead)


def _end_of_week(match: re.Match[str], today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(weeks=1 if match["weeks"][0] == "下" else 0, days=5)


def _end_of_month(match: re.Match[str], today: date) -> date | None:
    following = _add_months(today.replace(day=1), 1 if match["next"] else 0)
    first = _next_month(today, _number(match["month"])) if match["month"] else following
    if first is None:
        return None
    return first.replace(day=monthrange(first.year, first.month)[1])


def _end_of_year(match: re.Match[str], today: date) -> date | None:
    return date(today.year + (1 if match["next"] else 0), 12, 31)


def _month_day(match: re.Match[str], today: date) -> date | None:
    month, day = _number(match["month"]), _number(match["day"])
    year = {"今年": today.year, "明年": today.year + 1}.get(match["relative"] or "")
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0) if match["year"] else year
    if year:
        return _date(year, month, day)
    this = _date(today.year, month, day)
    return this if this and this >= today else _date(today.year + 1, month, day)


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    day, which = _number(match["day"]), match["which"]
    if which:
        first = _add_months(today.replace(day=1), {"这": 0, "本": 0, "下": 1}[which[0]])
        return _date(first.year, first.month, day)
    this = _date(today.year, today.month, day)
    if this and this >= today:
        return this
    later = _add_months(today.replace(day=1), 1)
    return _date(later.year, later.month, day)


def _date(year: int, month: int, day: int) -> date | None:
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def _add_months(day: date, count: int) -> date:
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next_month(today: date, month: int) -> date | None:
    if not 1 <= month <= 12:
        return None
    return date(today.year + (month < today.month), month, 1)


_Resolver = Callable[[re.Match[str], date], date | None]
_DAY_PATTERNS: Final[tuple[tuple[Pattern, _Resolver], ...]] = tuple(
    (Pattern(pattern), resolve)
    for pattern, resolve in (
        ("|".join(sorted((rf"(?<![上下]){word}" for word in _RELATIVE_DAYS), key=len, reverse=True)), _relative),
        (
            (
                rf"(?:再?过)?(?P<count>{_N})个?(?P<unit>天|日|周|星期|礼拜|月)(?:[之以]?后)(?:的?(?:周|"
                rf"星期|礼拜)(?P<weekday>[一二三四五六日天]))?"
            ),
            _after_days,
        ),
        (_WEEK, _weekday),
        (r"(?P<weeks>[本这下]个?)周末", _end_of_week),
        (r"(?P<next>下个?)?(?:(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])月份?|月)(?:底|末)", _end_of_month),
        (r"(?P<next>明)?年[底末]", _end_of_year),
        (
            (
                r"(?<!\d)(?P<year>20\d{2})(?P<relative>)[\-/.](?P<month>1[0-2]|0?[1-9])[\-/.](?P<day>3[01]|"
                r"[12]\d|0?[1-9])(?!\d)"
            ),
            _month_day,
        ),
        (
            (
                r"(?<![\d\-/.])(?P<year>)(?P<relative>)(?P<month>1[0-2]|0[1-9]|[1-9](?=/))[\-/]"
                r"(?P<day>3[01]|[12]\d|0[1-9]|(?<=/)[1-9])(?![\d万wWkK~\-/.%折天日周个月台套人年元])"
            ),
            _month_day,
        ),
        (
            (
                r"(?<!\d)(?:(?P<year>20\d{2})年|(?P<relative>今年|明年))?"
                r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月"
                r"(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号]?"
            ),
            _month_day,
        ),
        (
            (
                r"(?P<which>(?:下|这|本)个?月)?(?<![月\d第])(?P<day>3[01]|[12]\d|[1-9]|"
                r"二?十[一二三四五六七八九]?|[一二三四五六七八九])[号](?![楼机线院门厂车店])"
            ),
            _day_of_month,
        ),
        (r"(?P<which>(?:下|这|本)个?月)(?P<day>3[01]|[12]\d|[1-9])[号日]", _day_of_month),
    )
)

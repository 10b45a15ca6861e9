from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import find_time

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=ZONE)


def at(month, day, hour, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("今天", date(2026, 11, 24)),
        ("明天上午9点", at(11, 25, 9)),
        ("后天", date(2026, 11, 26)),
        ("大后天下午2点", at(11, 27, 14)),
        ("3天后", date(2026, 11, 27)),
        ("下周三", date(2026, 12, 2)),
        ("本周五", date(2026, 11, 27)),
        ("这周五", date(2026, 11, 27)),
        ("周五", date(2026, 11, 27)),
        ("周一", date(2026, 11, 30)),
        ("下下周二", date(2026, 12, 8)),
        ("两周后的周二", date(2026, 12, 8)),
        ("月底", date(2026, 11, 30)),
        ("12月底", date(2026, 12, 31)),
        ("年底", date(2026, 12, 31)),
        ("下个月5号", date(2026, 12, 5)),
        ("12月3日", date(2026, 12, 3)),
        ("12-03", date(2026, 12, 3)),
        ("3号", date(2026, 12, 3)),
        ("28号", date(2026, 11, 28)),
        ("1月5日", date(2027, 1, 5)),
        ("明年1月5日", date(2027, 1, 5)),
        ("2026-12-01 14:00", at(12, 1, 14)),
        ("十二月十五号下午两点", at(12, 15, 14)),
        ("下周三下午3点半前", at(12, 2, 15, 30)),
        ("下午3点一刻", at(11, 24, 15, 15)),
        ("今晚8点", at(11, 24, 20)),
        ("明天中午12点", at(11, 25, 12)),
        ("明天中午1点", at(11, 25, 13)),
        ("2小时后", at(11, 24, 12, 30)),
        ("2小时45分钟后", at(11, 24, 13, 15)),
        ("半小时后", at(11, 24, 11)),
        ("一个半小时后", at(11, 24, 12)),
        ("一个月后", date(2026, 12, 24)),
    ],
)
def test_a_moment_is_counted_from_the_time_of_sending(said, moment):
    assert moment == find_time(said, TUESDAY).at


@pytest.mark.parametrize(
    "said",
    [
        "过几天",
        "改天",
        "节后第一个工作日",
        "明天25点",
        "13月5日",
        "2月30日",
        "每周五",
        "周三或者周四",
        "20-30万",
        "3号楼",
        "第3号",
        "预算3.5万",
        "云途科技",
        "",
    ],
)
def test_what_is_not_certain_is_unknown(said):
    assert find_time(said, TUESDAY) is None


def test_an_hour_that_may_be_either_half_of_the_day_stays_a_date():
    assert find_time("明天3点", TUESDAY).at == date(2026, 11, 25)


def test_the_span_names_exactly_what_was_read():
    found = find_time("客户说下周三下午3点给报价", TUESDAY)

    assert "客户说下周三下午3点给报价"[found.start : found.end] == "下周三下午3点"


@given(st.text(alphabet="今明后天周一二三下个月日号点半上午晚0123456789-/. 年", max_size=30))
def test_a_moment_lies_inside_the_text_and_carries_the_zone(text):
    found = find_time(text, TUESDAY)

    assert found is None or 0 <= found.start < found.end <= len(text)
    assert found is None or not isinstance(found.at, datetime) or found.at.utcoffset() is not None

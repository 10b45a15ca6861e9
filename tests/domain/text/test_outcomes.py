from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.outcomes import find_feedback, find_next_step, find_slip, find_vague_time

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("电话沟通，客户要报价，下周三下午3点前给", "客户要报价"),
        ("昨天拜访了，张总对方案满意；周五答复", "张总对方案满意"),
        ("微信沟通。对方那边说预算还没批\n下周再看", "对方那边说预算还没批"),
        ("王经理觉得价格偏高，让我们再报一次", "王经理觉得价格偏高"),
        ("电话里介绍了产品，发了资料", ""),
        ("", ""),
    ],
)
def test_feedback_is_the_clause_about_the_customer(content, expected):
    assert expected == find_feedback(content)


@pytest.mark.parametrize(
    ("content", "next_at", "expected"),
    [
        ("电话沟通，下一步约技术演示", None, "下一步约技术演示"),
        ("拜访了客户，约好周五带样品过去", None, "约好周五带样品过去"),
        ("电话沟通，客户要报价，11月30日上午10点给", datetime(2026, 11, 30, 2, tzinfo=UTC), "11月30日上午10点给"),
        ("电话沟通，客户要报价", None, ""),
        ("电话沟通，客户要报价", date(2026, 12, 1), ""),
    ],
)
def test_next_step_is_found_by_its_words_or_by_its_time(content, next_at, expected):
    assert expected == find_next_step(content, next_at, NOW)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("客户说过几天再联系", "过几天"),
        ("下个月再谈", "下个月"),
        ("下周再看", "下周"),
        ("改天约", "改天"),
        ("年后启动", "年后"),
        ("下周三再看", ""),
        ("下月底签合同", ""),
        ("客户要报价", ""),
    ],
)
def test_words_for_no_particular_day_are_found(content, expected):
    assert expected == find_vague_time(content)


@pytest.mark.parametrize(
    ("content", "next_at", "expected"),
    [
        ("11月3日给报价", date(2027, 11, 3), "11月3日"),
        ("2027年11月3日续约", date(2027, 11, 3), ""),
        ("明年11月3日续约", date(2027, 11, 3), ""),
        ("3月3日给报价", date(2027, 3, 3), ""),
        ("下周给报价", None, ""),
    ],
)
def test_a_day_that_has_just_passed_is_a_slip_unless_its_year_is_said(content, next_at, expected):
    assert expected == find_slip(content, next_at, NOW)


@given(st.text(alphabet="客户对方张总说要过几天下周三点，。；！\n 0123ABcd", max_size=60))
def test_what_is_found_stands_in_the_text_as_it_was_written(content):
    for found in (find_feedback(content), find_next_step(content, None, NOW), find_vague_time(content)):
        assert found in content

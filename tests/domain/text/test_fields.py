from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.text import Amount, FieldProblem, find_region, parse_field
from domain.text.fields import FIELD_PARSERS
from domain.text.vocabulary import industry_group

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("field", "answer", "value"),
    [
        ("name", "客户叫杭州云途科技", "杭州云途科技"),
        ("contact", "采购经理张伟", "张伟"),
        ("contact", "张总", "张总"),
        ("title", "采购经理", "采购经理"),
        ("phone", "幺三八零零零零幺幺幺幺", "13800001111"),
        ("phone", "0571-88886666转801", "0571-88886666-801"),
        ("email", "邮箱 ZhangWei@Yuntu.com", "zhangwei@yuntu.com"),
        ("amount", "大概五十万吧", Amount(50_000_000)),
        ("source", "朋友介绍的", "老客转介绍"),
        ("source", "电话", "电话呼入"),
        ("region", "浙江省杭州市", "浙江杭州"),
        ("industry", "医疗器械行业", "医疗器械"),
        ("need", "想上一套MES", "想上一套MES"),
    ],
)
def test_an_answer_to_one_question_is_read_as_that_field(field, answer, value):
    assert value == parse_field(field, answer, now=NOW)


@pytest.mark.parametrize(
    ("field", "answer", "code"),
    [
        ("name", "云", "name_length"),
        ("name", "好" * 61, "name_length"),
        ("contact", "123", "contact_missing"),
        ("phone", "1380000111", "phone_digits"),
        ("phone", "没有", "phone_unclear"),
        ("email", "zhangwei#yuntu", "email_format"),
        ("amount", "负五万", "amount_negative"),
        ("amount", "几十万", "amount_unclear"),
        ("source", "天上掉的", "source_unknown"),
        ("region", "火星", "region_unknown"),
        ("need", "好" * 501, "too_long"),
        ("need", " \u200b ", "empty"),
    ],
)
def test_a_bad_answer_names_its_field_and_what_is_wrong(field, answer, code):
    problem = parse_field(field, answer, now=NOW)

    assert isinstance(problem, FieldProblem)
    assert (field, code) == (problem.field, problem.code)


@pytest.mark.parametrize("field", FIELD_PARSERS)
def test_every_field_refuses_an_empty_answer(field):
    assert parse_field(field, "  ", now=NOW) == FieldProblem(field, "empty", "")


def test_a_region_is_found_inside_an_answer():
    assert find_region("他们在深圳南山") == "深圳南山"
    assert find_region("没说") is None


def test_an_industry_as_said_belongs_to_one_of_twenty_groups():
    assert industry_group("汽配") == "汽车"
    assert industry_group("餐饮行业") == "文旅餐饮"
    assert industry_group("占星") is None

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import Amount, FieldProblem, fold, parse_amount
from domain.text.amounts import find_amounts
from domain.text.numbers import read_number

WAN = 10_000 * 100


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("五十", 50),
        ("十五", 15),
        ("一百二", 120),
        ("一百零二", 102),
        ("两千五", 2500),
        ("三万五", 35_000),
        ("三万零五百", 30_500),
        ("一亿二千万", 120_000_000),
        ("一千二百三十四万五千六百七十八", 12_345_678),
        ("二〇二六", 2026),
        ("300,000", 300_000),
    ],
)
def test_a_number_is_read_as_people_write_and_say_it(said, number):
    assert number == read_number(said)


@pytest.mark.parametrize("said", ["", "十十", "点五", "abc", "三五百"])
def test_what_is_no_number_is_none(said):
    assert read_number(said) is None


@given(st.integers(min_value=0, max_value=10**12))
def test_arabic_numbers_survive_thousands_separators(value):
    assert value == read_number(f"{value:,}") == read_number(str(value))


@pytest.mark.parametrize(
    ("said", "fen"),
    [
        ("50万", 50 * WAN),
        ("五十万", 50 * WAN),
        ("约30w", 30 * WAN),
        ("300,000元", 30 * WAN),
        ("30万左右", 30 * WAN),
        ("一百来万", 100 * WAN),
        ("1.2百万", 120 * WAN),
        ("50k", 5 * WAN),
        ("两千五", 2500 * 100),
        ("3千", 3000 * 100),
        ("¥128000.50", 12_800_050),
        ("预算不超过80万", 80 * WAN),
        ("50万起", 50 * WAN),
        ("1个亿", 10_000 * WAN),
        ("RMB 1,500,000", 150 * WAN),
        ("500000", 50 * WAN),
        ("１２．５万", 12.5 * WAN),
    ],
)
def test_a_sum_is_exact_fen_in_every_usual_spelling(said, fen):
    assert Amount(int(fen)) == parse_amount(said)


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("20-30万", 20, 30),
        ("20万~30万", 20, 30),
        ("二三十万", 20, 30),
        ("二十到三十万", 20, 30),
        ("七八十万", 70, 80),
        ("三五万", 3, 5),
        ("20w-30w", 20, 30),
        ("150至200万元", 150, 200),
    ],
)
def test_a_range_keeps_both_ends(said, low, high):
    assert Amount(low * WAN, high * WAN) == parse_amount(said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("负五万", "amount_negative"),
        ("-5万", "amount_negative"),
        ("几十万", "amount_unclear"),
        ("十几万", "amount_unclear"),
        ("5万美元", "amount_unclear"),
        ("50", "amount_unclear"),
        ("200台", "amount_unclear"),
        ("还没定", "amount_unclear"),
    ],
)
def test_a_sum_that_cannot_be_pinned_down_is_a_problem_and_never_a_guess(said, code):
    problem = parse_amount(said)

    assert isinstance(problem, FieldProblem)
    assert ("amount", code) == (problem.field, problem.code)
    assert problem.raw in said


@pytest.mark.parametrize(
    "text",
    [
        "客户有200人",
        "3万平厂房",
        "月用量5万件",
        "注册资本5000万",
        "4K显示屏",
        "第六元素",
        "11月3日到5日",
        "单价15w/台",
        "13800001111",
    ],
)
def test_numbers_that_are_no_expected_amount_are_left_alone(text):
    assert find_amounts(fold(text)) == ()


def test_an_announced_budget_comes_before_other_money():
    assert [one.value for one in find_amounts("设备30万,预算80万")] == [Amount(80 * WAN), Amount(30 * WAN)]

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.understanding import KINDS, load, score
from domain.text import fold, fold_digits, understand

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MESSY = st.lists(
    st.sampled_from(
        "报备 跟进 查重 客户名称： 联系人 电话 预算 终端客户 代理商 杭州云途科技有限公司 张伟 张总 13800001111 幺三八零零 "
        "0571-88886666转801 50万 负五万 二三十万 展会上认识的 想买 MES a@b.com ， 。 、 ： | 的 了 吗 1、 【 】 下周三下午3点 \n \x00 👍".split(
            " "
        )
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("text", "kind", "explicit"),
    [
        ("报备 杭州云途科技 张伟 13800001111", "registration", True),
        ("杭州云途科技 张伟 13800001111", "registration", False),
        ("跟进 云途 电话沟通", "follow_up", True),
        ("今天拜访了杭州云途科技的张总，聊了MES", "follow_up", False),
        ("公海", "command", True),
        ("昨天的报备老张批了吗", "none", False),
        ("【顺丰】您的快件已到，取件码1234，电话13800001111", "none", False),
        ("发票抬头：杭州云途科技有限公司 税号：91330106MA27XXXX1A", "none", False),
        ("诚聘销售，联系人王女士 13800000000，杭州云途科技有限公司", "none", False),
        ("张伟 13800001111", "none", False),
        ("好的", "none", False),
        ("", "none", False),
    ],
)
def test_a_message_is_what_the_person_meant(text, kind, explicit):
    found = understand(text, now=NOW)

    assert (kind, explicit) == (found.kind, found.explicit)


def test_a_chosen_kind_is_obeyed_without_the_word():
    assert understand("云途科技，打过电话", now=NOW, kind="follow_up").follow_up.customer == "云途科技"
    assert understand("云途科技 张伟", now=NOW, kind="registration").registration.name == "云途科技"


def test_a_follow_up_names_customer_way_content_and_next_step():
    found = understand("跟进 云途 电话沟通，客户要报价，下周三下午3点前给", now=NOW).follow_up

    assert found.customer == "云途"
    assert found.method == "call"
    assert found.content == "电话沟通，客户要报价，下周三下午3点前给"
    assert found.next_at == datetime(2026, 12, 2, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert found.complaint is False


def test_what_happened_today_is_no_next_step_and_a_complaint_is_heard():
    found = understand("跟进 云途科技 今天拜访了，客户投诉质量问题，周五给说法", now=NOW).follow_up

    assert found.next_at == date(2026, 11, 27)
    assert found.complaint is True


def test_the_corpus_is_understood_as_well_as_promised():
    rows = load()
    intents, answers, _ = score(rows)

    assert len(rows) >= 300
    assert sum(intents.f1([kind]) for kind in KINDS) / len(KINDS) >= 0.97
    assert answers.f1(answers.names()) >= 0.95


@given(MESSY | st.text(max_size=200))
def test_any_text_is_understood_without_failing_and_always_alike(text):
    assert understand(text, now=NOW) == understand(text, now=NOW)


@given(MESSY)
def test_every_phone_understood_stands_in_the_text(text):
    fields = understand(text, now=NOW, kind="registration").registration
    digits = re.sub(r"\D", "", fold_digits(fold(text)))

    for phone in fields.phones:
        assert re.sub(r"\D", "", phone).lstrip("0") in digits


@pytest.mark.parametrize(
    "unit",
    [
        "的",
        "客户",
        "预算金额",
        "联系人",
        "幺三八",
        "1,",
        "杭州云途科技有限公司张伟",
        "【客户",
        "五十万到",
        "\n",
        "a@a.",
    ],
)
def test_the_longest_message_of_one_repeated_word_is_answered(unit):
    found = understand((unit * 5000)[:5000], now=NOW)

    assert found.kind in KINDS

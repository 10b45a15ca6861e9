"""
Answering to a card of the bot: what is written is about the customer on that card.
"""

import pytest
from conversation import only
from small_company import GROUP
from sqlalchemy import select

from domain.access import Actor
from store.models import FollowUp

CLOUD = "杭州云途科技有限公司"
SEA = "宁波海港物流有限公司"
TOLD = "电话沟通，客户要报价，下周三下午3点前给"


@pytest.fixture
def cards(company, feishu):
    """
    The cards of two customers of 小李.
    """
    for name in (CLOUD, SEA):
        company.owned(name, "小李")
    return {name: only(feishu.say("小李", f"查客户 {name}")) for name in (CLOUD, SEA)}


def stored(company):
    with company.database.read() as tx:
        return [note.content for note in tx.scalars(Actor.system("test"), select(FollowUp).order_by(FollowUp.id))]


def test_a_text_in_answer_to_a_card_is_offered_as_a_follow_up_on_its_customer(company, feishu, cards):
    form = only(feishu.quote("小李", cards[SEA], TOLD))

    assert SEA in form.text
    assert TOLD in form.text
    assert [] == stored(company)
    assert "跟进已保存" in feishu.click("小李", form, "保存跟进", form={"content": TOLD, "method": "call"}).card


def test_with_the_word_before_it_it_is_stored_at_once(company, feishu, cards):
    said = only(feishu.quote("小李", cards[SEA], f"跟进 {TOLD}"))

    assert "跟进已保存" in said.text
    assert SEA in said.text
    assert [TOLD] == stored(company)


@pytest.mark.parametrize(
    ("words", "expected"), [("帮助", "我能帮你做这些"), ("我的客户", CLOUD), ("查客户 云途", CLOUD)]
)
def test_other_commands_mean_what_they_always_mean(company, feishu, cards, words, expected):
    assert expected in only(feishu.quote("小李", cards[SEA], words)).text


def test_a_registration_in_answer_to_a_card_is_a_registration(company, feishu, cards):
    said = only(feishu.quote("小李", cards[SEA], "苏州智造科技 李娜 13900002222"))

    assert "要报备吗" in said.text


def test_a_card_about_several_customers_says_nothing_about_which(company, feishu, cards):
    listed = only(feishu.say("小李", "我的客户"))

    said = only(feishu.quote("小李", listed, "客户很满意"))

    assert "没看懂" in said.text


def test_somebody_elses_text_about_a_card_is_refused_as_always(company, feishu, cards):
    said = only(feishu.quote("小王", cards[SEA], f"跟进 {TOLD}"))

    assert [] == stored(company)
    assert "没有找到这个客户" in said.text


def test_in_a_group_the_answer_is_private(company, feishu, cards):
    company.add_group()

    said = feishu.quote("小李", cards[SEA], f"跟进 {TOLD}", group=GROUP)

    assert [feishu.user_id("小李")] == [message.to for message in said if SEA in message.text]


def test_an_unknown_message_is_like_no_message(company, feishu, cards):
    cards[SEA].ref = "om_of_somebody_else"

    assert "没看懂" in only(feishu.quote("小李", cards[SEA], "客户很满意")).text

"""
What the product does where a platform can do less: no proof of who wrote, texts kept back, answers seen by one.
"""

from dataclasses import replace

import pytest
from conversation import Conversation, only
from small_company import MONDAY

from bot.events import TextWithheld
from bot.reply import say, toast
from bot.router import Click, Command
from cards.actions import RunCommand
from cards.model import Button, Card
from store import alarms

GROUP = "cidGroup=="


@pytest.fixture
def reason_asked(company, feishu):
    """
    老张 has pressed 驳回 without a reason and is asked for one.
    """
    company.ask_direct_manager()
    mine = only(feishu.say("小李", "报备 杭州云途科技有限公司 张伟 13800001111"))
    feishu.click("小李", mine, "提交")
    feishu.click("老张", only(feishu.inbox("老张")), "驳回")
    return mine


def test_nothing_is_decided_by_a_text_that_anybody_could_have_written(feishu, reason_asked):
    told = only(feishu.say("老张", "资料不全", is_signed=False))

    assert "不能证明是你本人写的" in told.text
    assert "待审批" in reason_asked.text


def test_the_same_text_decides_where_the_platform_proves_it(feishu, reason_asked):
    feishu.say("老张", "资料不全")
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert "原因：资料不全" in reason_asked.text


def test_other_texts_need_no_proof(feishu):
    assert "报备" in only(feishu.say("小李", "帮助", is_signed=False)).text


def test_who_wrote_what_never_arrived_is_told_and_an_administrator_too(company, feishu):
    told = [only(feishu.happens(TextWithheld, person)).text for person in ("小李", "小王")]

    assert ["看不到内容" in text for text in told] == [True, True]
    with company.database.read() as tx:
        assert [("account", True)] == [
            (each.source, "messages of this month are used up" in each.message) for each in alarms.open_alarms(tx)
        ]


@pytest.mark.parametrize(("only_for_one", "faces"), [(True, 3), (False, 2)])
def test_in_a_group_everybody_sees_the_new_face(company, only_for_one, faces):
    button = Button("看看", RunCommand("help", "").card_action())
    routes = [
        Command("help", lambda ctx, event, argument: say(Card("旧", buttons=(button,))), usage="", private=False),
        Click(RunCommand, lambda ctx, event, action: toast("好", card=Card("新"))),
    ]
    conversation = Conversation(company.database, now=MONDAY, routes=routes)
    platform = conversation.platform
    platform.capabilities = replace(platform.capabilities, answers_clicker_only=only_for_one)
    card = only(conversation.say("小李", "帮助", group=GROUP))

    conversation.click("小李", card, "看看", group=GROUP)
    conversation.pass_time(seconds=2)
    conversation.delivery.drain()

    assert ("新", faces) == (card.card.title, card.faces)
    conversation.close()

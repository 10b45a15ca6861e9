"""
Whatever these topics say can be drawn: every card of a long conversation, by the renderers the platforms get.
"""

import json

import pytest
from conversation import Conversation, only
from small_company import GROUP, MONDAY

from adapters.dingtalk.limits import card_faults
from adapters.dingtalk.render import card_face
from adapters.feishu.render import render_card
from adapters.wecom.config import WeComConfig
from adapters.wecom.render import Renderer
from bot.ports import Outbound, Recipient
from cards.actions import ActionSeal
from handlers.digest import send_group_digest, send_morning_cards

CLOUD = "杭州云途科技有限公司"
LONG = "很长很长的客户名称" * 6
SAID = (
    ("小李", "帮助"),
    ("小李", "帮助 跟进"),
    ("小李", "查客户 云途"),
    ("小李", "查客户 公司"),
    ("小李", "查客户 没有这家"),
    ("小王", "查客户 海星"),
    ("小李", "我的客户"),
    ("小李", "我的客户 7天内到期"),
    ("小赵", "我的客户"),
    ("小李", "跟进 云途 电话沟通，客户要报价，下周三下午3点前给"),
    ("小李", "跟进 云途 过几天再联系"),
    ("小李", "跟进 云途"),
    ("小李", "取消"),
    ("小李", "跟进 公司 电话沟通，客户要报价"),
    ("小李", "取消"),
    ("小李", "昨天拜访了云途科技，张总对方案满意，说周五答复"),
    ("小李", "取消"),
    ("小李", "跟进 云途 方案已认可，2026年11月3日前给报价"),
    ("小李", "取消"),
    ("小王", "跟进 云途科技 电话沟通，客户要报价"),
    ("小王", "跟进 海星 电话沟通，客户要报价"),
    ("小王", "申请协作 云途科技 我认识他们老板"),
    ("小王", "申请协作 海星"),
    ("小李", "待办"),
    ("小赵", "待办"),
    ("小李", "日报"),
    ("小李", f"查客户 {LONG}"),
    ("小李", f"跟进 {LONG} {'很长的内容，' * 100}"),
)


WECOM = WeComConfig(account="demo", corp_id="ww1", agent_id=1, start_url="https://crm.example/")
seal = ActionSeal(b"drawing").seal


@pytest.fixture(params=["feishu", "wecom"])
def said(request, company):
    """
    Everything a platform was given in a long conversation with customers of ordinary and of the longest names.
    """
    conversation = Conversation(company.database, platform=request.param, now=MONDAY)
    company.owned(
        CLOUD, "小李", notes=tuple(company.note("小李", f"第{n}次" + "沟通很久" * 50, days_ago=n + 1) for n in range(4))
    )
    for number in range(10):
        company.owned(
            f"{LONG}{number}公司"[:60], "小李", phone=f"1380000200{number}", days_left=number + 1, need="需求" * 200
        )
    company.pooled("宁波海星电子有限公司")
    company.add_group(request.param)
    for person, text in SAID:
        conversation.say(person, text)
    conversation.run(send_group_digest, MONDAY)
    conversation.run(send_morning_cards, MONDAY)
    conversation.click("小李", next(one for one in conversation.inbox("小李") if "同意协作" in one.text), "同意协作")
    yield request.param, conversation.platform.messages
    conversation.close()


def test_every_card_can_be_drawn_for_its_platform(said):
    platform, messages = said
    wecom = Renderer(WECOM, seal=seal)

    for message in messages:
        assert message.card or message.said
        recipient = Recipient("group" if message.to == GROUP else "person", message.to)
        if platform == "wecom":
            assert json.loads(wecom.body(Outbound("o1", recipient, message.card, message.said)))
        elif message.card:
            assert render_card(message.card, seal, in_group=recipient.kind == "group")["body"]
            assert () == card_faults(card_face(message.card, seal).params)


def test_a_conversation_answers_every_message(company, feishu):
    company.owned(CLOUD, "小李")

    assert all(feishu.say(person, text) for person, text in SAID)
    assert only(feishu.say("小李", "帮助"))

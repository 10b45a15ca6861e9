"""
A card as a robot's message, and plain texts: what is left where no interactive card can be sent.
"""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.dingtalk import limits
from adapters.dingtalk.render import render_message
from adapters.dingtalk.sendable import RobotContent, from_json
from bot.ports import Outbound, Recipient
from cards.model import Button, Card, CardAction
from domain.errors import PlatformError
from tests.adapters.any_cards import CARDS
from tests.adapters.sample_cards import DECIDED, NOTICE, POOL

PERSON, GROUP = Recipient("person", "u1"), Recipient("group", "cidEast==")


def sent(card=None, *, to=PERSON, text="", mentions=()):
    message = Outbound("r1", to, card, text, mentions=mentions)
    return from_json(render_message(message, lambda action: f"v1.{action.name}", is_interactive=False))


def test_without_a_template_an_entrys_command_is_one_press_away_in_a_direct_chat():
    direct, group = sent(POOL).msg_param["text"], sent(POOL, to=GROUP).msg_param["text"]

    assert (
        "[领取](dtmd://dingtalkclient/sendMessage?content=%E9%A2%86%E5%8F%96%20%E6%B5%B7%E5%A4%A9%E6%9C%BA%E6%A2%B0)"
        in direct
    )
    assert "发送「领取 海天机械」" in group
    assert "dtmd" not in group


def test_without_a_template_a_card_that_only_leads_somewhere_has_a_button_for_that():
    content = sent(DECIDED)

    assert ("sampleActionCard", "查看客户", "https://crm.example.com/customers/7") == (
        content.msg_key,
        content.msg_param["singleTitle"],
        content.msg_param["singleURL"],
    )
    assert "查看客户" == content.webhook["actionCard"]["singleTitle"]


def test_without_a_template_several_links_are_several_buttons():
    links = tuple(Button(f"第{n}页", url=f"https://crm.example.com/{n}") for n in (1, 2, 3))
    content = sent(replace(NOTICE, buttons=links))

    assert ("sampleActionCard3", "第3页") == (content.msg_key, content.msg_param["actionTitle3"])
    assert "https://crm.example.com/2" == content.webhook["actionCard"]["btns"][1]["actionURL"]


def test_without_a_template_a_card_whose_buttons_have_no_command_says_that_they_are_missing():
    card = Card("合并", buttons=(Button("确认合并", CardAction("merge")),))

    assert "这里暂时显示不了按钮" in sent(card).msg_param["text"]


def test_people_are_called_by_replies_to_a_session_only():
    content = sent(NOTICE, to=GROUP, mentions=("u2", "x y"))

    assert {"atUserIds": ["u2"], "isAtAll": False} == content.webhook["at"]
    assert content.webhook["markdown"]["text"].endswith("@u2 ")
    assert "@" not in content.msg_param["text"]


def test_nobody_is_called_in_a_direct_chat():
    assert "at" not in sent(text="好", mentions=("u2",)).webhook


def test_a_text_is_sent_as_it_was_said():
    content = sent(text="**不是粗体**\n第二行", to=GROUP, mentions=("u2",))

    assert (
        RobotContent(
            "sampleText",
            {"content": "**不是粗体**\n第二行"},
            {
                "msgtype": "text",
                "text": {"content": "@u2 **不是粗体**\n第二行"},
                "at": {"atUserIds": ["u2"], "isAtAll": False},
            },
        )
        == content
    )


@pytest.mark.parametrize("text", ["行\n" * 9000, "字" * 9000])
def test_a_text_beyond_dingtalks_size_is_cut_and_says_so(text):
    content = sent(text=text)

    assert () == limits.message_faults(content.msg_param)
    assert content.msg_param["content"].endswith("（内容较长，未全部显示）")
    assert len(content.msg_param["content"]) > 1900


def test_a_text_that_says_nothing_is_refused():
    with pytest.raises(PlatformError, match="dingtalk_empty") as refused:
        sent(text=" \x00\n")

    assert refused.value.permanent


OURS = re.compile(r"<br>|<font color=common_[a-z0-9_]+>|</font>|\*\*|^#### ")
LINKS = re.compile(r"\[([^\[\]]*)\]\((?:dtmd://dingtalkclient/sendMessage\?content=[A-Za-z0-9%_.~-]*|https://[!-~]*)\)")
ACTIVE = re.compile(r"[*`<>\[\]#|~\\\n]|&#?\w{1,32};")


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(card=CARDS)
def test_every_card_can_be_said_as_a_message(card):
    for recipient in (PERSON, GROUP):
        content = sent(card, to=recipient)
        text = LINKS.sub(r"\1", content.msg_param["text"]).replace("  \n  ", "")

        assert () == limits.message_faults(content.msg_param)
        assert not ACTIVE.search(OURS.sub("", text)), text

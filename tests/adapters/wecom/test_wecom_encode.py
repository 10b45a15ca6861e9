import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom import passive
from bot.events import ActionClicked, ChatRef, MessageReceived, Person
from bot.ports import RawResponse
from bot.reply import Reply, Say, toast
from cards.model import Button, Card, CardAction, Fields, Form, Option, Row, Select, Text
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import CORP_ID, NOW, START_URL, Rig, decrypted, signature

RIG = Rig()
EMPTY = RawResponse(content_type="text/plain; charset=utf-8")
COMMON = {
    "platform": "wecom",
    "account": "main",
    "key": "event:1",
    "sender": Person("LiSi"),
    "chat": ChatRef("direct"),
    "sent_at": NOW,
}
CLICK = ActionClicked(**COMMON, payload="v1.approve.x", card_ref="o-1")


def opened(response):
    """
    The plain XML of an encrypted answer whose signature is right.
    """
    outer = fromstring(response.body)
    fields = {child.tag: child.text for child in outer}
    assert signature(fields["TimeStamp"], fields["Nonce"], fields["Encrypt"]) == fields["MsgSignature"]
    return fromstring(decrypted(fields["Encrypt"]))


def answer_to_click(card):
    return opened(RIG.adapter.encode(CLICK, Reply(card=card), NOW))


def test_clicked_card_gets_its_new_face():
    xml = answer_to_click(Card("报备审批", tone="green", status="已同意", elements=(Text("老张 同意"),), closed=True))

    assert ("LiSi", CORP_ID, "update_template_card", str(int(NOW.timestamp()))) == tuple(
        xml.findtext(name) for name in ("ToUserName", "FromUserName", "MsgType", "CreateTime")
    )
    card = xml.find("TemplateCard")
    assert ("text_notice", "报备审批", "已同意", "3", "老张 同意") == tuple(
        card.findtext(name)
        for name in ("CardType", "MainTitle/Title", "Source/Desc", "Source/DescColor", "SubTitleText")
    )
    assert ("1", START_URL) == (card.findtext("CardAction/Type"), card.findtext("CardAction/Url"))


def test_lists_are_repeated_elements_without_a_wrapper():
    form = Form(
        "f",
        (Select("to", "去向", (Option("保护", "p"), Option("公海", "q")), value="q"),),
        (Button("同意", CardAction("a")), Button("驳回", CardAction("b"), style="danger")),
    )

    card = answer_to_click(Card("审批", elements=(Fields((Row("客户", "云途"), Row("金额", "50 万"))), form))).find(
        "TemplateCard"
    )

    rows = [(row.findtext("KeyName"), row.findtext("Value")) for row in card.findall("HorizontalContentList")]
    assert [("客户", "云途"), ("金额", "50 万")] == rows
    assert ["同意", "驳回"] == [button.findtext("Text") for button in card.findall("ButtonList")]
    assert ["p", "q"] == [option.findtext("Id") for option in card.findall("ButtonSelection/OptionList")]
    assert ("to", "q") == (card.findtext("ButtonSelection/QuestionKey"), card.findtext("ButtonSelection/SelectedId"))


def test_a_changed_card_keeps_its_task_id():
    card = answer_to_click(Card("审批", buttons=(Button("同意", CardAction("a")),)))

    assert card.find("TemplateCard/TaskId") is None


def test_check_list_is_written_with_truth_values():
    options = tuple(Option(f"第{number}", str(number)) for number in range(12))
    form = Form("f", (Select("pick", "选择", options, value="3"),), (Button("确定", CardAction("a")),))

    box = answer_to_click(Card("选择", elements=(form,))).find("TemplateCard/CheckBox")

    checked = [option.findtext("Id") for option in box.findall("OptionList") if option.findtext("IsChecked") == "true"]
    assert ["3"] == checked


def test_face_that_cannot_be_drawn_at_least_greys_the_buttons():
    form = Form("f", (Select("a", "b", (Option("x", "长" * 50),)),), (Button("好", CardAction("a")),))

    xml = answer_to_click(Card("审批", status="已同意", elements=(form,)))

    assert ("update_button", "已同意") == (xml.findtext("MsgType"), xml.findtext("Button/ReplaceName"))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_drawn_as_a_new_face(name):
    assert "update_template_card" == answer_to_click(SAMPLES[name]).findtext("MsgType")


def test_reply_without_a_card_is_an_empty_body():
    assert EMPTY == RIG.adapter.encode(CLICK, toast("已提交"), NOW)


def test_messages_are_answered_with_an_empty_body():
    message = MessageReceived(**COMMON, message_id="1", text="报备")

    assert EMPTY == RIG.adapter.encode(message, Reply(messages=(Say(card=SAMPLES["notice"]),)), NOW)


def test_platform_shows_no_toasts_no_forms_and_hears_no_groups():
    capabilities = RIG.adapter.capabilities

    shown = [capabilities.toasts, capabilities.forms, capabilities.group_inbound, capabilities.group_cards]
    assert [False] * 4 == shown


@given(st.text())
def test_no_text_breaks_out_of_its_element(text):
    title = text.replace("\r", "")
    xml = answer_to_click(Card("标题", elements=(Text(title),)))

    assert ["ToUserName", "FromUserName", "CreateTime", "MsgType", "TemplateCard"] == [child.tag for child in xml]


def test_end_of_a_text_section_inside_a_text_survives():
    xml = fromstring(passive.grey_button("a]]>b", user_id="u", corp_id="c", now=NOW))

    assert "a]]>b" == xml.findtext("Button/ReplaceName")

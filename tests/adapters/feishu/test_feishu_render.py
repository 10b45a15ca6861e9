"""
Cards as Feishu gets them: golden files for the samples, and what holds for every card.
"""

import json
import pathlib
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.feishu.card_check import first_violation
from adapters.feishu.limits import MAX_CARD_BYTES, MAX_NODES, text_bytes
from adapters.feishu.markup import escape, message_text
from adapters.feishu.render import card_content, render_card, render_plain
from bot.events import ActionClicked, ChatRef, MessageReceived, Person
from bot.ports import Outbound, Recipient, SentCard
from bot.reply import Reply, say_text, toast
from cards.model import (
    Button,
    Card,
    CardAction,
    Compare,
    CompareRow,
    DateInput,
    Form,
    Item,
    Items,
    Option,
    Select,
    Text,
    TextInput,
)
from domain.errors import PlatformError
from tests.adapters.any_cards import CARDS, TYPED
from tests.adapters.feishu.feishu_rig import NOW, build, seal
from tests.adapters.golden_files import golden
from tests.adapters.sample_cards import ENDLESS, HOSTILE, NOTICE, POOL, REGISTRATION_FORM, SAMPLES

GOLDEN = pathlib.Path(__file__).parent / "golden"
PERSON, GROUP = Recipient("person", "ou_1"), Recipient("group", "oc_1")


def draw(card, *, in_group=False, sealed=seal):
    return render_card(card, sealed, in_group=in_group)


def nodes(value, tag=None):
    if isinstance(value, dict):
        if "tag" in value and tag in {None, value["tag"]}:
            yield value
        for child in value.values():
            yield from nodes(child, tag)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child, tag)


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_cards_look_as_reviewed(name):
    drawn = draw(SAMPLES[name])

    assert golden(GOLDEN, name, drawn) == drawn


def test_people_cannot_forward_a_card_and_every_copy_can_be_updated():
    config = draw(NOTICE)["config"]

    assert (True, False, "已保护") == (config["update_multi"], config["enable_forward"], config["summary"]["content"])


def test_buttons_carry_the_sealed_action_and_are_named_in_drawing_order():
    drawn = list(nodes(draw(POOL), "button"))

    assert [
        ("b0", "领取", "v1.pool.claim.signature"),
        ("b1", "领取", "v1.pool.claim.signature"),
        ("b2", "详情", "v1.customer.show.signature"),
        ("b3", "下一页", "v1.pool.page.signature"),
    ] == [(b["name"], b["text"]["content"], b["behaviors"][0]["value"]["a"]) for b in drawn]


def test_buttons_keep_their_names_when_earlier_ones_are_left_out():
    drawn = [button["name"] for button in nodes(draw(ENDLESS), "button")]

    assert [f"b{2 * number}" for number in range(len(drawn))] == drawn


@pytest.mark.parametrize(("in_group", "mark"), [(True, "group"), (False, None)])
def test_a_button_remembers_whether_its_card_went_to_a_group(in_group, mark):
    button = next(nodes(draw(POOL, in_group=in_group), "button"))

    assert mark == button["behaviors"][0]["value"].get("c")


def test_what_was_typed_is_kept_and_the_wrong_field_says_why_in_red():
    form = next(nodes(draw(REGISTRATION_FORM), "form"))
    fields = {field["name"]: field for field in form["elements"] if "name" in field}
    position = form["elements"].index(fields["phone"])

    assert "1380000111" == fields["phone"]["default_value"]
    assert "exhibition" == fields["source"]["initial_option"]
    assert "2026-12-31" == fields["expected_on"]["initial_date"]
    assert "<font color='red'>手机号应为 11 位，例如 13800001111</font>" == form["elements"][position + 1]["content"]


def test_text_longer_than_a_field_allows_is_still_kept():
    form = Form("f", (TextInput("a", "说明", value="长" * 300, max_length=200),), (Button("提交", CardAction("x")),))

    field = next(nodes(draw(Card("t", elements=(form,))), "input"))

    assert (300, "长" * 300) == (field["max_length"], field["default_value"])


def test_a_choice_stays_chosen_when_the_list_is_cut():
    options = tuple(Option(f"选项{number}", str(number)) for number in range(90))
    form = Form("f", (Select("a", "选择", options, value="80"),), (Button("提交", CardAction("x")),))

    select = next(nodes(draw(Card("t", elements=(form,))), "select_static"))

    assert ("80", "80") == (select["initial_option"], select["options"][-1]["value"])


@pytest.mark.parametrize("value", ["", "明天", "2026-02-30", "2026-2-3", "20260203"])
def test_an_unreadable_date_leaves_the_date_field_empty(value):
    form = Form("f", (DateInput("a", "日期", value=value),), (Button("提交", CardAction("x")),))

    assert "initial_date" not in next(nodes(draw(Card("t", elements=(form,))), "date_picker"))


def test_a_form_nobody_can_send_is_shown_as_text():
    form = Form("f", (TextInput("a", "电话", value="1"),), (Button("网页", url="https://crm.example.com"),))
    drawn = draw(Card("t", elements=(form,)))

    assert [] == list(nodes(drawn, "form"))
    assert "电话：1" in card_content(drawn)
    assert "https://crm.example.com" == next(nodes(drawn, "button"))["behaviors"][0]["default_url"]


def test_entries_that_lose_their_buttons_say_what_to_send():
    item = Item("甲公司", buttons=(Button("领取", CardAction("pool.claim", {"c": 1})),), command="领取 甲")
    drawn = draw(Card("公海", elements=(Items((item,) * 30), Text("字" * 700), Items((item,) * 30))))

    assert "发送「领取 甲」" in card_content(drawn)


def test_a_long_list_says_how_much_is_missing():
    assert "……另有 90 项" in card_content(draw(ENDLESS))


def test_more_comparisons_than_tables_allowed_become_text():
    compare = Compare("本次", "已有", (CompareRow("名称", "甲", "乙"),))
    drawn = draw(Card("t", elements=(compare,) * 7))

    assert 5 == len(list(nodes(drawn, "table")))
    assert 2 == card_content(drawn).count("名称：本次 甲；已有 乙")


def test_links_that_are_no_web_addresses_are_left_out():
    drawn = draw(HOSTILE)

    assert "card_link" not in drawn
    assert "javascript" not in card_content(drawn)


TWO_FIELDS_OF_ONE_NAME = Card(
    "报备",
    elements=(Form("f", (TextInput("a", "一"), TextInput("a", "二")), (Button("提交", CardAction("x.y")),)),),
)


def test_a_builders_mistake_is_reported_and_not_hidden():
    with pytest.raises(PlatformError, match="used twice") as refused:
        draw(TWO_FIELDS_OF_ONE_NAME)

    assert refused.value.permanent


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("<at user_id=all></at>", "＜at user_id=all>＜/at>"),
        ("[点我](https://evil.example)", "[点我］(https://evil.example)"),
        ("1 < 2 且 [备注]", "1 < 2 且 [备注]"),
        ("a\x00b\u202ec", "abc"),
    ],
)
def test_text_messages_cannot_mention_or_link_on_somebodys_behalf(typed, sent):
    rendered = json.loads(build().render(Outbound("r1", PERSON, None, typed)))

    assert ("text", {"text": sent}) == (rendered["msg_type"], json.loads(rendered["content"]))


def test_a_text_beyond_the_platforms_size_is_refused_locally():
    with pytest.raises(PlatformError, match="feishu_text_too_long") as refused:
        build().render(Outbound("r1", PERSON, None, "字" * 60_000))

    assert refused.value.permanent


def test_a_sent_card_cannot_become_a_text():
    sent = SentCard("om_1", "om_1", PERSON, NOW)

    with pytest.raises(PlatformError, match="feishu_update_without_card"):
        build().render(Outbound("r1", PERSON, None, "x", update=sent))


def test_rendering_the_same_message_twice_gives_the_same_bytes():
    message = Outbound("r1", GROUP, POOL, "")

    assert build().render(message) == build().render(message)


CLICK = ActionClicked("feishu", "demo", "evt_1", Person("ou_1"), ChatRef("group", "oc_1"), NOW)


def test_a_click_is_answered_with_toast_and_new_face():
    response = build().encode(CLICK, toast("已同意", card=POOL), NOW)

    assert {
        "toast": {"type": "success", "content": "已同意"},
        "card": {"type": "raw", "data": draw(POOL, in_group=True)},
    } == json.loads(response.body)


def test_a_click_is_answered_with_a_plain_card_where_the_full_one_is_impossible():
    response = build().encode(CLICK, toast("好", card=TWO_FIELDS_OF_ONE_NAME), NOW)

    face = json.loads(response.body)["card"]["data"]
    assert first_violation(face, card_content(face)) is None
    assert ["v1.x.y.signature"] == [b["behaviors"][0]["value"]["a"] for b in nodes(face, "button")]


def test_a_click_without_anything_to_show_keeps_the_card():
    assert b"{}" == build().encode(CLICK, Reply(), NOW).body


def test_a_message_is_acknowledged_and_answered_later():
    event = MessageReceived("feishu", "demo", "om_1", Person("ou_1"), ChatRef("direct", "oc_1"), NOW)

    response = build().encode(event, say_text("好"), NOW)

    assert (200, b"{}") == (response.status, response.body)


OURS = re.compile(r"<br>|<font color='(?:grey|red|green|orange)'>|</font>|\*\*|&#\d{1,3};")
ACTIVE = re.compile(r"""[&<>*~\-!/\\\[\]()#:+"'`$_|={}@^\n]""")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(card=CARDS, in_group=st.booleans())
def test_every_card_fits_and_everything_typed_is_inert(card, in_group):
    drawn = draw(card, in_group=in_group, sealed=lambda action: "s" * 512)
    content = card_content(drawn)

    plain = render_plain(card, lambda action: "s" * 512, in_group=in_group)
    assert [None, None] == [first_violation(drawn, content), first_violation(plain, card_content(plain))]
    assert text_bytes(content) <= MAX_CARD_BYTES
    assert len(list(nodes(drawn))) <= MAX_NODES
    assert content.encode()
    for markdown in nodes(drawn, "markdown"):
        assert not ACTIVE.search(OURS.sub("", markdown["content"])), markdown["content"]


@given(TYPED)
def test_escaping_loses_nothing_a_reader_would_see(text):
    shown = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), escape(text).replace("<br>", "\n"))

    assert re.sub("[\x00\u202e\ud800]", "", text) == shown


@given(TYPED)
def test_no_typed_text_becomes_a_tag_in_a_text_message(text):
    assert not re.search(r"<[A-Za-z/]|\]\(", message_text(text))

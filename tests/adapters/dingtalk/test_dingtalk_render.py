"""
Cards as DingTalk gets them: golden files for the samples, and what holds for every card.
"""

import json
import pathlib
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.dingtalk import limits, template
from adapters.dingtalk.markup import escape
from adapters.dingtalk.render import card_face, render_message
from adapters.dingtalk.sendable import CardContent, MediaContent, from_json
from bot.ports import Media, Outbound, Recipient, SentCard
from cards.model import (
    Button,
    Card,
    CardAction,
    DateInput,
    Fields,
    Form,
    Item,
    Items,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)
from domain.errors import PlatformError
from tests.adapters.any_cards import CARDS, TYPED
from tests.adapters.golden_files import golden
from tests.adapters.sample_cards import (
    APPROVAL,
    CONFLICT,
    DECIDED,
    ENDLESS,
    HOSTILE,
    NOTICE,
    POOL,
    REGISTRATION_FORM,
    REMINDER,
    SAMPLES,
)

GOLDEN = pathlib.Path(__file__).parent / "golden"
PERSON, GROUP = Recipient("person", "u1"), Recipient("group", "cidEast==")
FORM = template.FORMS[0]
SUBMIT = template.submit(FORM)
STRUCTURES = (*template.FORMS, template.FIRST_BUTTONS, template.BUTTONS)


def seal(action):
    return f"v1.{action.name}.signature~mark"


def draw(card, sealed=seal):
    return card_face(card, sealed).params


def buttons(params, group=template.BUTTONS):
    return json.loads(params[group])


def fields(params, form=FORM):
    return {field["name"]: field for field in json.loads(params[form])["fields"]}


def sent(card=None, *, to=PERSON, text="", is_interactive=False, **more):
    message = Outbound("r1", to, card, text, **more)
    return from_json(render_message(message, seal, is_interactive=is_interactive))


def read(params):
    """
    The variables with their structures opened, for the golden files.
    """
    return {
        name: json.loads(value) if name in STRUCTURES else value
        for name, value in params.items()
        if value not in {"", "[]", '{"fields":[]}'}
    }


def golden_faces(card):
    direct, group = sent(card), sent(card, to=GROUP, mentions=("u2",))
    return {
        "card": read(draw(card)),
        "direct message": {direct.msg_key: direct.msg_param},
        "group message": group.webhook,
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_cards_look_as_reviewed(name):
    drawn = golden_faces(SAMPLES[name])

    assert golden(GOLDEN, name, drawn) == drawn


def test_there_is_a_golden_file_for_each_sample_and_no_other():
    assert sorted(SAMPLES) == sorted(path.stem for path in GOLDEN.iterdir())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_message_is_always_drawn_with_the_same_bytes(name):
    message = Outbound("r1", GROUP, SAMPLES[name], "")

    assert render_message(message, seal, is_interactive=True) == render_message(message, seal, is_interactive=True)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_variable_of_the_template_has_a_value_so_that_nothing_of_an_old_face_remains(name):
    assert set(template.variables()) == set(draw(SAMPLES[name]))


def test_buttons_carry_the_sealed_action_and_are_named_in_drawing_order():
    assert [
        ("领取 1", "b0", "v1.pool.claim.signature~mark"),
        ("领取 2", "b1", "v1.pool.claim.signature~mark"),
        ("详情 2", "b2", "v1.customer.show.signature~mark"),
        ("下一页", "b3", "v1.pool.page.signature~mark"),
    ] == [
        (button["text"], button["event"]["params"]["actionId"], button["event"]["params"]["params"]["_a"])
        for button in buttons(draw(POOL))
    ]


def test_entries_of_several_lists_are_numbered_through_so_that_no_two_buttons_look_the_same():
    lists = tuple(Items((Item(title, buttons=(Button("写跟进", CardAction("x")),)),)) for title in ("甲", "乙"))
    params = draw(Card("待办", elements=lists))

    assert "**1. 甲**<br>**2. 乙**" == params[template.BODY[0]]
    assert ["写跟进 1", "写跟进 2"] == [button["text"] for button in buttons(params)]


def test_groups_of_values_in_a_row_are_kept_apart():
    card = Card("可能重复", elements=(Fields((Row("客户", "甲"),)), Fields((Row("客户", "乙"),))))

    assert "甲<br><font color=common_level3_base_color>――――――</font><br>" in draw(card)[template.BODY[0]]


def test_buttons_have_the_colour_of_their_style():
    assert ["blue", "gray", "red"] == [button["color"] for button in buttons(draw(REMINDER))]


def test_a_form_that_is_sent_in_one_way_hides_the_action_and_has_the_buttons_caption():
    submit = Button("保存跟进", CardAction("follow_up.save"), style="primary")
    params = draw(Card("t", elements=(Form("f", (TextInput("a", "内容"),), (submit,)),)))

    assert "保存跟进" == params[SUBMIT]
    assert {
        "name": "_a",
        "type": "TEXT",
        "hidden": True,
        "defaultValue": "v1.follow_up.save.signature~mark",
    } == fields(params)["_a"]


def test_each_button_of_a_form_gets_the_fields_it_reads():
    params = draw(APPROVAL)

    assert [("同意", ["destination", "_a"]), ("驳回", ["reason", "_a"])] == [
        (params[template.submit(form)], list(fields(params, form))) for form in template.FORMS[:2]
    ]
    assert ["转交"] == [button["text"] for button in buttons(params)]


def test_a_button_that_reads_nothing_leaves_the_form_to_the_one_that_does():
    params = draw(REGISTRATION_FORM)

    assert ("提交", ["取消"]) == (params[SUBMIT], [button["text"] for button in buttons(params)])
    assert [entry.name for entry in REGISTRATION_FORM.elements[1].inputs] == list(fields(params))[:-1]


def test_a_button_that_reads_nothing_and_comes_first_stands_above_the_forms():
    form = Form(
        "f",
        (TextInput("reason", "驳回原因"),),
        (Button("同意", CardAction("x"), inputs=()), Button("驳回", CardAction("y"), inputs=("reason",))),
    )
    params = draw(Card("t", elements=(form,), buttons=(Button("取消", CardAction("z")),)))

    assert ["同意"] == [button["text"] for button in buttons(params, template.FIRST_BUTTONS)]
    assert ["取消"] == [button["text"] for button in buttons(params)]
    assert "驳回" == params[SUBMIT]


SEVERAL = {
    "a button does not say what it reads": (None, ("b",)),
    "a field would be lost": (("a",), ("a",)),
    "nothing reads anything": ((), ()),
}


@pytest.mark.parametrize("inputs", SEVERAL.values(), ids=SEVERAL)
def test_a_form_that_cannot_be_taken_apart_asks_which_way_and_chooses_none_in_advance(inputs):
    submits = tuple(
        Button(label, CardAction(f"x.{label}"), inputs=read)
        for label, read in zip(("同意", "驳回"), inputs, strict=True)
    )
    params = draw(Card("t", elements=(Form("f", (TextInput("a", "一"), TextInput("b", "二")), submits),)))
    asked = fields(params)["_a"]

    assert [("同意", "v1.x.同意.signature~mark"), ("驳回", "v1.x.驳回.signature~mark")] == [
        (option["text"], option["value"]) for option in asked["options"]
    ]
    assert (True, "SELECT", None) == (asked["required"], asked["type"], asked.get("defaultValue"))
    assert ["a", "b", "_a"] == list(fields(params))


def test_what_was_typed_is_kept_and_what_is_wrong_stands_above_the_form():
    params = draw(REGISTRATION_FORM)
    shown = fields(params)

    assert "1380000111" == shown["phone"]["defaultValue"]
    assert {"index": 0, "value": "exhibition"} == shown["source"]["defaultValue"]
    assert ("DATE", "2026-12-31") == (shown["expected_on"]["type"], shown["expected_on"]["defaultValue"])
    assert ("TEXT_AREA", "ERP\n二期") == (shown["need"]["type"], shown["need"]["defaultValue"])
    assert params[template.BODY[0]].endswith(
        "<font color=common_red1_color>电话：手机号应为 11 位，例如 13800001111</font>"
    )


def test_text_as_long_as_a_field_allows_is_kept():
    form = Form("f", (TextInput("a", "内容", value="长" * 2000),), (Button("提交", CardAction("x")),))

    assert "长" * 2000 == fields(draw(Card("t", elements=(form,))))["a"]["defaultValue"]


def test_a_choice_stays_chosen_when_the_list_is_cut():
    options = tuple(Option(f"选项{number}", str(number)) for number in range(90))
    form = Form("f", (Select("a", "选择", options, value="80"),), (Button("提交", CardAction("x")),))

    field = fields(draw(Card("t", elements=(form,))))["a"]

    assert {"index": 59, "value": "80"} == field["defaultValue"]
    assert "80" == field["options"][59]["value"]


@pytest.mark.parametrize("value", ["", "明天", "2026-02-30", "2026-2-3", "20260203"])
def test_an_unreadable_date_leaves_the_date_field_empty(value):
    form = Form("f", (DateInput("a", "日期", value=value),), (Button("提交", CardAction("x")),))

    assert "defaultValue" not in fields(draw(Card("t", elements=(form,))))["a"]


def test_a_form_nobody_can_send_is_shown_as_text():
    form = Form("f", (TextInput("a", "电话", value="1"),), (Button("网页", url="https://crm.example.com"),))
    params = draw(Card("t", elements=(form,)))

    assert ("", {}) == (params[SUBMIT], fields(params))
    assert "电话：1" == params[template.BODY[0]]
    assert {"type": "openLink", "params": {"url": "https://crm.example.com"}} == buttons(params)[0]["event"]


def test_the_template_has_one_place_for_a_form_and_the_second_becomes_text_with_its_button():
    forms = tuple(
        Form(name, (TextInput(name, f"字段{name}", value="1"),), (Button(f"送{name}", CardAction("x")),))
        for name in "ab"
    )
    params = draw(Card("t", elements=(forms[0], Text("中间"), forms[1])))

    assert "送a" == params[SUBMIT]
    assert "中间<br>字段b：1" == params[template.BELOW]
    assert ["送b"] == [button["text"] for button in buttons(params)]


def test_a_builders_mistake_still_leaves_a_card_that_can_be_read_and_pressed():
    form = Form("f", (TextInput("a", "一"), TextInput("a", "二")), (Button("提交", CardAction("x.y")),))
    params = draw(Card("报备", elements=(form,)))

    assert () == limits.card_faults(params)
    assert "一：（未填）" in params[template.BODY[0]]
    assert ["提交"] == [button["text"] for button in buttons(params)]


def test_a_closed_card_keeps_links_only_and_leads_where_it_belongs():
    assert ["查看客户"] == [button["text"] for button in buttons(draw(DECIDED))]
    assert [] == buttons(draw(replace(POOL, closed=True)))
    assert "" == draw(replace(REGISTRATION_FORM, closed=True))[SUBMIT]


def test_a_card_with_an_address_of_its_own_gets_a_button_for_it():
    drawn = buttons(draw(replace(NOTICE, link="https://crm.example.com/7")))

    assert [("查看详情", "https://crm.example.com/7")] == [
        (button["text"], button["event"]["params"]["url"]) for button in drawn
    ]


def test_entries_that_lose_their_buttons_say_what_to_send():
    claim = Button("领取", CardAction("pool.claim"))
    items = tuple(Item(f"公司{n}", buttons=(claim,), command=f"领取 公司{n}") for n in range(20))
    params = draw(Card("公海", elements=(Items(items),), buttons=(Button("下一页", CardAction("pool.page")),)))

    assert ["下一页"] == [button["text"] for button in buttons(params)]
    assert "发送「领取 公司7」" in params[template.BODY[0]]


def test_a_long_list_says_how_much_is_missing():
    assert "……另有" in "".join(draw(ENDLESS)[name] for name in template.BODY)


def test_links_that_are_no_web_addresses_are_left_out():
    assert "javascript" not in json.dumps(draw(HOSTILE), ensure_ascii=False)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({template.BODY[0]: "字" * 1025}, "body_1 has 3075 bytes"),
        ({"unknown": ""}, "unknown is not in the template"),
        ({FORM: '{"fields":[{"name":"a","type":"PERSON"}]}', SUBMIT: "好"}, "type PERSON"),
        (
            {FORM: '{"fields":[{"name":"a","type":"TEXT","max":1}]}', SUBMIT: "好"},
            "property max",
        ),
        ({FORM: '{"fields":[{"name":"a","type":"SELECT"}]}', SUBMIT: "好"}, "1 to 60 options"),
        ({FORM: '{"fields":[{"name":"a","type":"TEXT"}]}'}, "a form needs a button"),
        ({template.shown(template.BUTTONS): ""}, "shown exactly"),
    ],
)
def test_what_dingtalk_would_garble_is_found_before_it_is_sent(change, fault):
    found = limits.card_faults(draw(CONFLICT) | change)

    assert any(fault in each for each in found), found


def test_a_picture_is_sent_as_a_picture():
    picture = Media("image", "名片.png", b"png")

    assert MediaContent("看这里") == sent(text="看这里", media=picture)


def test_a_sent_card_cannot_become_a_text():
    with pytest.raises(PlatformError, match="dingtalk_update_without_card"):
        sent(text="x", update=SentCard("m", "c", PERSON, None))


def test_an_interactive_card_names_itself_in_the_list_of_chats():
    content = sent(CONFLICT, is_interactive=True)

    assert isinstance(content, CardContent)
    assert ("撞单提醒【已拦截】", "撞单提醒【已拦截】") == (content.preview, content.params[template.PREVIEW])


OURS = re.compile(r"<br>|<font color=common_[a-z0-9_]+>|</font>|\*\*|^#### ")
ACTIVE = re.compile(r"[*`<>\[\]#|~\\\n]|&#?\w{1,32};")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(card=CARDS)
def test_every_card_fits_and_everything_typed_is_inert(card):
    params = draw(card, sealed=lambda action: "s" * 533)

    assert () == limits.card_faults(params)
    assert json.dumps(params, ensure_ascii=False).encode()
    for name in (template.HEAD, *template.BODY, template.BELOW, template.FOOT):
        assert not ACTIVE.search(OURS.sub("", params[name])), params[name]


@given(TYPED)
def test_escaping_changes_nothing_but_the_width_of_marks(text):
    narrow = str.maketrans("＊｀＜＞［］＃｜～＼＿＆－＋＝．）\u00a0", "*`<>[]#|~\\_&-+=.) ")

    assert " ".join(re.sub("[\x00\u202e\ud800]", "", text).split()) == escape(text).translate(narrow)

import contextlib

import pytest

from bot.events import ActionClicked, ChatEntered, MemberChanged, MenuClicked, MessageReceived
from bot.ports import CannotUpdate, Recipient, SentCard
from cards.model import Button, Card, CardAction, Form, Option, Select
from domain.errors import PlatformError
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import NOW, outbound, seal
from tests.adapters.wecom.wecom_wire import Wire

APPROVE = CardAction("approval.approve", {"approval": 9})


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    wire = Wire(tmp_path_factory.mktemp("sandbox"))
    yield wire
    wire.close()


@pytest.fixture
def wire(running):
    running.fresh()
    return running


def copy_of(result, user="laozhang", token=None):
    return SentCard(result.message_id, result.card_ref, Recipient("person", user), NOW, token or result.update_token)


def test_the_platform_accepts_the_callback_address(wire):
    assert {"verified": True} == wire.post("/wecom/verify")


@pytest.mark.parametrize("text", ["报备 杭州云途科技 张伟 13800001111", "😀\u202e<x>&amp;]]>", "长" * 5000])
def test_text_of_a_person_arrives_as_written(wire, text):
    delivered = wire.post("/wecom/messages", user="xiaoli", chat="p2p", text=text)

    assert [200] == [delivery["status"] for delivery in delivered["deliveries"]]
    (event,) = wire.product.events
    assert isinstance(event, MessageReceived)
    assert ("xiaoli", text) == (event.sender.user_id, event.text)


def test_redeliveries_carry_one_key(wire):
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", text="公海", times=3)

    assert 3 == len(wire.product.events)
    assert 1 == len({event.key for event in wire.product.events})


def test_place_arrives_with_its_coordinates(wire):
    place = {"latitude": "30.27", "longitude": "120.15", "name": "西湖"}
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", location=place)

    (attachment,) = wire.product.events[0].attachments
    assert ("location", "30.270000,120.150000", "西湖") == (attachment.kind, attachment.ref, attachment.text)


def test_picture_can_be_fetched(wire):
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", image="iVBORw0KGgo=")

    (attachment,) = wire.product.events[0].attachments
    assert b"\x89PNG\r\n\x1a\n" == wire.adapter.download(attachment).content


def test_opening_the_chat_menu_and_joining_arrive_as_their_events(wire):
    wire.post("/wecom/events", user="xiaoli", event="open")
    wire.post("/wecom/events", user="xiaoli", event="menu", key="REG_NEW")
    wire.post("/wecom/members", op="leave", user="xiaowang")

    assert [ChatEntered, MenuClicked, MemberChanged] == [type(event) for event in wire.product.events]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_reaches_a_person_uncut(wire, name):
    wire.send(SAMPLES[name], to="laozhang")

    (message,) = wire.shown_to("laozhang")
    assert [] == message["flags"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_reaches_a_group_uncut(wire, name):
    wire.send(SAMPLES[name], to="chat_east", group=True)

    (message,) = wire.shown_to("laozhang", "east_group")
    assert ("markdown", []) == (message["kind"], message["flags"])


def test_title_rows_and_buttons_are_seen_as_meant(wire):
    wire.send(SAMPLES["approval"], to="laozhang")

    card = wire.shown_to("laozhang")[0]["card"]
    assert "报备审批" == card["title"]
    assert {"label": "预计金额", "value": "¥500,000.00"} in card["fields"]
    assert ["同意", "驳回", "转交"] == [button["label"] for button in card["buttons"]]
    assert ["destination"] == [entry["name"] for entry in card["form"]["inputs"]]


def test_a_click_brings_back_what_the_button_means_and_what_was_chosen(wire):
    wire.send(SAMPLES["approval"], to="laozhang")

    wire.click("laozhang", "同意", destination="pool")

    (event,) = wire.product.events
    assert isinstance(event, ActionClicked)
    assert (seal(APPROVE), {"destination": "pool"}, "o-1") == (event.payload, event.form, event.card_ref)


@pytest.mark.parametrize("spelling", [False, True])
def test_choices_arrive_in_both_spellings(wire, spelling):
    wire.post("/wecom/switches", name="opiton_spelling", value=spelling)
    selects = tuple(Select(name, name, (Option("一", "1"), Option("二", "2")), value="1") for name in "ab")
    wire.send(Card("修改", elements=(Form("f", selects, (Button("保存", CardAction("save")),)),)), to="laozhang")

    wire.click("laozhang", "保存", b="2")

    assert {"a": "1", "b": "2"} == wire.product.events[0].form


def test_untouched_drop_down_is_no_choice(wire):
    select = Select("a", "来源", (Option("一", "1"),))
    wire.send(Card("修改", elements=(Form("f", (select,), (Button("保存", CardAction("save")),)),)), to="laozhang")

    wire.click("laozhang", "保存")

    assert {} == wire.product.events[0].form


def test_entry_behind_the_cards_menu_can_be_pressed(wire):
    buttons = tuple(Button(f"第{number}", CardAction("pick", {"number": number})) for number in range(1, 9))
    wire.send(Card("选择", buttons=buttons), to="laozhang")

    wire.click("laozhang", "第8")

    assert seal(CardAction("pick", {"number": 8})) == wire.product.events[0].payload


def test_answer_to_a_click_changes_the_card_of_the_person_who_clicked(wire):
    wire.send(SAMPLES["approval"], to="laozhang")
    wire.send(SAMPLES["approval"], to="zhouzong", ref="o-2")
    wire.product.face = SAMPLES["decided"]

    outcome = wire.click("laozhang", "同意")

    assert (True, None) == (outcome["card_changed"], outcome["client_error"])
    assert "已同意" in wire.shown_to("laozhang")[0]["text"]
    assert "待审批" in wire.shown_to("zhouzong")[0]["text"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_can_be_the_new_face(wire, name):
    wire.send(SAMPLES["approval"], to="laozhang")
    wire.product.face = SAMPLES[name]

    outcome = wire.click("laozhang", "同意")

    assert (True, None, []) == (outcome["card_changed"], outcome["client_error"], wire.shown_to("laozhang")[0]["flags"])


@pytest.mark.parametrize("name", SAMPLES)
def test_sent_card_is_changed_with_its_code(wire, name):
    result = wire.send(SAMPLES["approval"], to="laozhang")

    wire.send(SAMPLES[name], to="laozhang", ref="o-2", update=copy_of(result))

    (message,) = wire.shown_to("laozhang")
    assert message["updated"]
    assert [] == message["flags"]


def test_code_of_the_click_changes_the_card_after_the_first_code_was_spent(wire):
    result = wire.send(SAMPLES["approval"], to="laozhang")
    wire.click("laozhang", "转交")
    wire.send(SAMPLES["reminder"], to="laozhang", update=copy_of(result))

    wire.send(SAMPLES["decided"], to="laozhang", update=copy_of(result, token=wire.product.events[0].update_token))

    assert "已同意" in wire.shown_to("laozhang")[0]["text"]


def test_result_of_a_click_can_change_once_more_when_the_decision_comes(wire):
    result = wire.send(SAMPLES["registration_form"], to="xiaoli")
    wire.product.face = Card("客户报备", status="待审批", closed=True)
    wire.click("xiaoli", "提交")

    token = wire.product.events[0].update_token
    wire.send(SAMPLES["decided"], to="xiaoli", ref="o-2", update=copy_of(result, user="xiaoli", token=token))

    assert "已保护至" in wire.shown_to("xiaoli")[0]["text"]


def test_code_works_once(wire):
    result = wire.send(SAMPLES["approval"], to="laozhang")
    wire.send(SAMPLES["decided"], to="laozhang", update=copy_of(result))

    with pytest.raises(CannotUpdate, match="42022"):
        wire.send(SAMPLES["decided"], to="laozhang", update=copy_of(result))


def test_code_ends_after_72_hours(wire):
    result = wire.send(SAMPLES["approval"], to="laozhang")
    wire.post("/clock", advance="P3DT1H")

    with pytest.raises(CannotUpdate, match="60140"):
        wire.send(SAMPLES["decided"], to="laozhang", update=copy_of(result))


def test_nobody_else_can_be_given_the_new_face(wire):
    result = wire.send(SAMPLES["approval"], to="laozhang")

    with pytest.raises(CannotUpdate, match="82102"):
        wire.send(SAMPLES["decided"], to="xiaoli", update=copy_of(result, user="xiaoli"))


def test_message_whose_answer_was_lost_arrives_once_although_it_is_sent_again(wire):
    message = outbound(SAMPLES["approval"], to="laozhang")
    rendered = wire.adapter.render(message)
    wire.post("/wecom/faults", api="message/send", kind="drop_after_accept", times=1)
    with pytest.raises(PlatformError) as caught:
        wire.adapter.send(message, rendered)

    wire.adapter.send(message, rendered)

    assert caught.value.unknown_outcome
    assert 1 == len(wire.shown_to("laozhang"))


def test_the_same_words_twice_arrive_twice(wire):
    wire.send(text="好的", to="xiaoli", ref="o-1")
    wire.send(text="好的", to="xiaoli", ref="o-2")

    assert ["好的", "好的"] == [message["text"] for message in wire.shown_to("xiaoli")]


def test_token_that_ends_early_is_replaced(wire):
    wire.send(text="一", to="xiaoli", ref="o-1")
    wire.post("/wecom/faults", api="message/send", kind="token_expired", times=1)

    wire.send(text="二", to="xiaoli", ref="o-2")

    assert ["一", "二"] == [message["text"] for message in wire.shown_to("xiaoli")]


@pytest.mark.parametrize(
    ("kind", "code", "permanent"),
    [
        ("rate_limit", "wecom_45009", False),
        ("invalid_user", "wecom_81013", True),
        ("http500", "http_500", False),
    ],
)
def test_trouble_is_named(wire, kind, code, permanent):
    wire.post("/wecom/faults", api="message/send", kind=kind, times=1)

    with pytest.raises(PlatformError) as caught:
        wire.send(text="你好", to="xiaoli")

    assert (code, permanent) == (caught.value.code, caught.value.permanent)


def test_person_unknown_to_the_platform_cannot_be_reached(wire):
    with pytest.raises(PlatformError, match="81013"):
        wire.send(text="你好", to="nobody")


def test_group_of_another_app_cannot_be_reached(wire):
    with pytest.raises(PlatformError, match="86003"):
        wire.send(text="你好", to="chatother", group=True)


def test_forty_messages_at_once_are_held_back_before_the_platform_drops_any(wire):
    accepted = 0
    for number in range(40):
        with contextlib.suppress(PlatformError):
            wire.send(text=f"第{number}条", to="xiaoli", ref=f"o-{number}")
            accepted += 1

    assert [] == wire.get("/wecom/dropped")
    assert accepted == len(wire.shown_to("xiaoli"))


def test_group_made_by_the_app_can_be_written_to(wire):
    members = ["xiaoli", "xiaowang", "laozhang"]
    created = wire.adapter.client.appchat.create(name="华东撞单群", owner="laozhang", user_list=members)

    wire.send(SAMPLES["digest"], to=created["chatid"], group=True)

    assert "华东一组 日报" in wire.shown_to("xiaoli", created["chatid"])[0]["text"]


def test_recalled_message_is_gone(wire):
    result = wire.send(text="发错了", to="xiaoli")

    wire.adapter.recall(copy_of(result, user="xiaoli"))

    assert wire.shown_to("xiaoli")[0]["recalled"]


def test_directory_shows_departments_and_people_with_their_managers(wire):
    departments = {department.name: department for department in wire.adapter.departments()}
    people = {person.user_id: person for person in wire.adapter.people()}

    assert departments["销售部"].id == departments["华东一组"].parent_id
    assert "laozhang" == departments["华东一组"].leader_id
    assert ("小李", "laozhang") == (people["xiaoli"].name, people["xiaoli"].manager_id)
    assert departments["华东一组"].id == people["xiaoli"].department_ids[0]

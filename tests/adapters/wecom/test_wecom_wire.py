import contextlib

import pytest

from bot.events import ActionClicked, ChatEntered, MemberChanged, MenuClicked, MessageReceived
from bot.ports import CannotUpdate, Media, Recipient, SentCard
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


def test_opening_the_chat_and_its_menu_arrive_as_their_events(wire):
    wire.post("/wecom/events", user="xiaoli", event="open")
    wire.post("/wecom/events", user="xiaoli", event="menu", key="REG_NEW")

    assert [ChatEntered, MenuClicked] == [type(event) for event in wire.product.events]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"op": "join", "user": "xinren", "name": "新人", "department": "east"}, ["joined", "joined"]),
        ({"op": "leave", "user": "xiaowang"}, ["left", "left"]),
        ({"op": "update", "user": "xiaoli", "title": "高级销售"}, ["updated"]),
    ],
)
def test_changes_of_the_directory_come_from_the_app_and_from_the_directory_itself(wire, change, told):
    wire.post("/wecom/members", **change)

    assert all(isinstance(event, MemberChanged) for event in wire.product.events)
    assert [(change["user"], what) for what in told] == [(e.sender.user_id, e.change) for e in wire.product.events]


PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (Media("image", "名片.png", PNG), "image"),
        (Media("image", "动图.gif", b"GIF89a" + bytes(64)), "file"),
        (Media("file", "报价单.xlsx", b"PK" + bytes(64)), "file"),
    ],
)
def test_picture_or_file_reaches_a_person_and_a_group(wire, media, kind, group):
    wire.send(to="chat_east" if group else "xiaoli", group=group, media=media)

    message = wire.shown_to("xiaoli", "east_group" if group else "p2p")[-1]
    assert kind == message["kind"]
    assert media.content == wire.attachment(message)


def test_picture_whose_answer_was_lost_arrives_once(wire):
    message = outbound(to="xiaoli", media=Media("image", "a.png", PNG))
    rendered = wire.adapter.render(message)
    wire.post("/wecom/faults", api="message/send", kind="drop_after_accept", times=1)
    with pytest.raises(PlatformError):
        wire.adapter.send(message, rendered)

    wire.adapter.send(message, rendered)

    assert 1 == len(wire.shown_to("xiaoli"))


def test_members_of_a_group_are_known_where_the_app_made_it(wire):
    members = wire.adapter.group_member_ids("chat_east")

    assert members is not None
    assert {"xiaoli", "laozhang"} <= members
    assert [None, None] == [wire.adapter.group_member_ids(group) for group in ("aibot:chat_east", "webhook:华东")]


def test_people_are_called_in_a_group(wire):
    wire.send(SAMPLES["reminder"], to="chat_east", group=True, mentions=("xiaoli",))

    message = wire.shown_to("xiaoli", "east_group")[-1]
    assert ("text", ["xiaoli"]) == (message["kind"], message["raw"]["mentioned_list"])


def test_webhook_takes_text_cards_pictures_and_files(wire):
    adapter = wire.build(webhooks="华东=hook-chat_east")
    for number, given in enumerate(
        (
            {"text": "你好", "mentions": ("xiaoli",)},
            {"card": SAMPLES["digest"], "mentions": ("xiaoli",)},
            {"media": Media("image", "a.png", PNG)},
            {"media": Media("file", "a.pdf", b"%PDF" + bytes(64))},
        )
    ):
        message = outbound(to="webhook:华东", group=True, ref=f"o-{number}", **given)
        adapter.send(message, adapter.render(message))

    shown = wire.shown_to("xiaoli", "east_group")
    assert ["text", "markdown", "image", "file"] == [message["kind"] for message in shown]
    assert "<@xiaoli>" in shown[1]["raw"]["content"]


def test_webhook_that_is_not_set_up_waits_for_its_setting(wire):
    with pytest.raises(PlatformError, match="wecom_no_webhook") as caught:
        wire.send(text="你好", to="webhook:华南", group=True)

    assert not caught.value.permanent


def test_key_of_a_webhook_never_shows_in_an_error(wire):
    adapter = wire.build(webhooks="华东=hook-wrong")
    message = outbound(text="你好", to="webhook:华东", group=True)

    with pytest.raises(PlatformError, match="wecom_93000") as caught:
        adapter.send(message, adapter.render(message))

    assert "hook-wrong" not in str(caught.value) + message.text + adapter.render(message)


def test_webhooks_are_held_back_before_the_platform_refuses(wire):
    adapter = wire.build(webhooks="华东=hook-chat_east")
    codes = set()
    for number in range(25):
        message = outbound(text=f"第{number}条", to="webhook:华东", group=True, ref=f"o-{number}")
        try:
            adapter.send(message, adapter.render(message))
        except PlatformError as error:
            codes.add(error.code)

    assert {"wecom_rate"} == codes


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

"""
The adapter against the emulator, over HTTP and over Stream: two implementations that share no code must understand each
other.
"""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.events import ActionClicked, ChatRef, MemberChanged, MessageReceived, Person, TextWithheld
from bot.ports import CannotUpdate, Media, NotWorthACall, Outbound, Recipient, SentCard
from bot.reply import toast
from domain.errors import PlatformError
from tests.adapters.dingtalk.dingtalk_rig import seal
from tests.adapters.dingtalk.dingtalk_wire import Wire
from tests.adapters.sample_cards import APPROVAL, DECIDED, NOTICE, POOL, REGISTRATION_FORM, SAMPLES

PICTURE = b"\x89PNG\r\n\x1a\n"
PEOPLE = ("xiaoli", "xiaowang", "xiaozhao", "laozhang", "zhouzong")
NAMES = dict(zip(PEOPLE, ("小李", "小王", "小赵", "老张", "周总"), strict=True))


@pytest.fixture(scope="module", params=["http", "stream"])
def running(request, tmp_path_factory):
    wire = Wire(tmp_path_factory.mktemp("wire"), request.param)
    yield wire
    wire.close()


@pytest.fixture
def wire(running):
    running.start_over()
    yield running
    assert running.product.events.empty()


def group_of(wire):
    """
    A group's id, which DingTalk tells with the first message only.
    """
    wire.says("小李", "@聊单 公海", chat="华东销售群")
    return wire.product.event().chat.id


def sent(result, to="xiaoli", kind="person"):
    recipient = Recipient(kind, f"dt_{to}" if kind == "person" else to)
    return SentCard(result.message_id, result.card_ref, recipient, datetime.now(UTC))


# --- what people do


def test_what_a_person_writes_arrives_as_written(wire):
    wire.says("小李", "报备 杭州云途科技 张伟 13800001111")

    event = wire.product.event()
    assert (MessageReceived, Person("dt_xiaoli", "小李"), "direct", "报备 杭州云途科技 张伟 13800001111") == (
        type(event),
        event.sender,
        event.chat.kind,
        event.text,
    )
    assert event.is_signed is (wire.mode == "stream")


def test_in_a_group_the_bot_hears_only_what_is_said_to_it(wire):
    wire.says("小李", "大家好", chat="华东销售群")
    wire.says("小李", "@聊单 查重 云途 @小王", chat="华东销售群")

    event = wire.product.event()
    assert ("group", "华东销售群", (Person("dt_xiaowang"),)) == (event.chat.kind, event.chat.name, event.mentions)
    assert event.text.startswith("查重 云途")


def test_a_redelivery_carries_the_same_key(wire):
    wire.says("小李", "帮助", times=2)

    assert wire.product.event().key == wire.product.event().key


def test_somebody_from_outside_is_nobody_we_know_and_still_answered(wire):
    wire.says("外人", "你好")
    stranger = wire.product.event().sender.user_id

    message = Outbound("r-stranger", Recipient("person", stranger), None, "请联系管理员")
    wire.adapter.send(message, wire.adapter.render(message))

    assert stranger.startswith("$:")
    assert "请联系管理员" == wire.seen_by("外人")[-1]["text"]


def test_speech_arrives_as_it_was_recognised(wire):
    wire.post("/dingtalk/messages", user="小李", chat="p2p", voice_text="报备 上海某公司")

    (attachment,) = wire.product.event().attachments
    assert ("voice", "报备 上海某公司") == (attachment.kind, attachment.text)


def test_a_message_whose_text_is_kept_back_is_recognised(wire):
    wire.post("/dingtalk/switches", name="messages_per_month", value=0)

    wire.says("小李", "报备 上海某公司")

    assert isinstance(wire.product.event(), TextWithheld)


@pytest.mark.parametrize("op", ["leave", "update"])
def test_a_change_of_the_directory_arrives(wire, op):
    wire.post("/dingtalk/members", op=op, user="小王", **({"title": "高级销售"} if op == "update" else {}))

    event = wire.product.event()
    assert (MemberChanged, "dt_xiaowang", "left" if op == "leave" else "updated") == (
        type(event),
        event.sender.user_id,
        event.change,
    )


def test_the_callback_address_is_checked_as_the_console_does(wire):
    if wire.mode == "http":
        assert wire.post("/dingtalk/verify")["verified"]


@pytest.mark.parametrize("bend", ["signature", "truncated", "stale"])
def test_bent_pushes_are_refused(wire, bend):
    if wire.mode == "http":
        wire.post("/dingtalk/switches", name="tamper", value=bend)

        outcome = wire.says("小李", "帮助")

        assert [403] == [delivery["status"] for delivery in outcome["deliveries"]]
        wire.product.event()


# --- cards


@pytest.mark.parametrize("name", SAMPLES)
def test_the_emulator_accepts_every_sample_card(wire, name):
    person = PEOPLE[list(SAMPLES).index(name) % len(PEOPLE)]

    result = wire.send(SAMPLES[name], person, ref=f"sample-{name}"[:40])

    seen = wire.seen_by(NAMES[person])[-1]
    assert ("card", []) == (seen["kind"], [flag for flag in seen["raw"].get("flags", []) if flag])
    assert result.message_id


@pytest.mark.parametrize("variant", ["content", "top_level", "action_data"])
def test_a_click_brings_our_payload_and_shows_the_new_face(wire, variant):
    wire.post("/dingtalk/switches", name="dynamic_buttons", value=variant)
    wire.send(POOL, "xiaoli", ref="r-click")
    wire.product.replies.put(toast("好", card=DECIDED))

    outcome = wire.click("小李", "下一页")

    event = wire.product.event()
    expected = next(button.action for button in POOL.all_buttons() if button.label == "下一页")
    assert (ActionClicked, seal(expected)) == (type(event), event.payload)
    assert (ChatRef("direct"), "dt_xiaoli", True) == (event.chat, event.sender.user_id, outcome["card_changed"])
    assert "报备审批" in wire.seen_by("小李")[-1]["text"]


def test_why_nothing_was_done_is_seen_by_who_pressed(wire):
    wire.send(POOL, "xiaoli", ref="r-note")
    wire.product.replies.put(toast("这家客户刚被小王领取", "warning"))

    wire.click("小李", "下一页")

    wire.product.event()
    assert "这家客户刚被小王领取" in wire.seen_by("小李")[-1]["text"]


def test_a_submitted_form_brings_texts_choices_and_dates(wire):
    wire.send(REGISTRATION_FORM, "xiaoli", ref="r-form")
    values = {"name": "杭州云途", "source": "referral", "expected_on": "2026-12-31", "need": "ERP\n二期"}

    outcome = wire.click("小李", "提交", **values)

    event = wire.product.event()
    assert values == {name: event.form[name] for name in values}
    submit = next(button.action for button in REGISTRATION_FORM.all_buttons())
    assert (seal(submit), 200) == (event.payload, outcome["status"])


def test_a_click_in_a_group_is_known_to_come_from_one(wire):
    group = group_of(wire)
    wire.send(POOL, group, ref="r-group", kind="group")

    wire.click("小王", "下一页", chat="华东销售群")

    event = wire.product.event()
    assert (ChatRef("group", group), "dt_xiaowang") == (event.chat, event.sender.user_id)


def test_in_a_group_the_others_see_a_new_face_with_the_update(wire):
    group = group_of(wire)
    result = wire.send(POOL, group, ref="r-group", kind="group")
    wire.product.replies.put(toast("好", card=DECIDED))
    wire.click("小王", "下一页", chat="华东销售群")
    wire.product.event()
    assert "报备审批" not in wire.seen_by("小李", "华东销售群")[-1]["text"]

    wire.send(DECIDED, group, ref="r-update", kind="group", update=sent(result, group, "group"))

    assert ["报备审批" in wire.seen_by(user, "华东销售群")[-1]["text"] for user in ("小李", "小王")] == [True, True]


def test_a_sent_card_is_updated_for_its_reader(wire):
    result = wire.send(NOTICE, "xiaowang", ref="r-first")

    wire.send(DECIDED, "xiaowang", ref="r-second", update=sent(result, "xiaowang"))

    (seen,) = wire.seen_by("小王")
    assert "报备审批" in seen["text"]
    assert [] == [flag for flag in seen["raw"].get("flags", []) if "in_flight" in flag]


def test_a_card_dingtalk_does_not_know_is_beyond_change(wire):
    unknown = SentCard("k", "o9-unknown", Recipient("person", "dt_xiaoli"), datetime.now(UTC))

    with pytest.raises(CannotUpdate):
        wire.send(DECIDED, ref="r-unknown", update=unknown)


# --- messages


def test_a_plain_text_arrives_as_text(wire):
    wire.send(None, ref="r-text", text="请在单聊中发送「帮助」")

    assert ("text", "请在单聊中发送「帮助」") == tuple(wire.seen_by("小李")[-1][key] for key in ("kind", "text"))


def test_without_a_template_links_do_what_buttons_would(wire):
    config = replace(wire.config, card_template_id="")
    bare = type(wire.adapter)(
        config, http=wire.http, shared=wire.shared, seal=seal, clock=wire.adapter._sessions._clock
    )
    message = Outbound("r-bare", Recipient("person", "dt_xiaoli"), POOL, "")

    bare.send(message, bare.render(message))

    assert "公海" in wire.seen_by("小李")[-1]["text"]


def test_an_answer_goes_where_the_question_came_from_and_calls_who_asked(wire):
    group = group_of(wire)

    wire.send(None, group, ref="r-answer", kind="group", text="查到 2 家", mentions=("dt_xiaoli",))

    seen = wire.seen_by("小王", "华东销售群")[-1]
    assert "查到 2 家" in seen["text"]
    assert any("/robot/sendBySession" in crossing["path"] for crossing in wire.crossings("in"))


def test_when_the_session_ended_early_the_robot_answers(wire):
    wire.says("小李", "帮助")
    wire.product.event()
    wire.post("/dingtalk/console", op="expire_sessions")

    wire.send(None, ref="r-late", text="在这里")

    assert "在这里" == wire.seen_by("小李")[-1]["text"]


def test_a_picture_of_a_person_is_fetched_and_one_of_ours_is_seen(wire):
    picture = base64.b64encode(PICTURE).decode()
    wire.post("/dingtalk/messages", user="小李", chat="p2p", image={"name": "名片.png", "base64": picture})
    (attachment,) = wire.product.event().attachments

    fetched = wire.adapter.download(attachment)
    wire.send(None, ref="r-picture", media=replace(fetched, name="名片.png"))

    assert PICTURE == fetched.content
    assert ("image", True) == (wire.seen_by("小李")[-1]["kind"], wire.seen_by("小李")[-1]["from"]["bot"])


@pytest.mark.parametrize("name", ["报价单.pdf", "客户.csv"])
def test_a_file_arrives(wire, name):
    wire.send(None, ref="r-file", media=Media("file", name, b"%PDF-1.7"))

    assert name in wire.seen_by("小李")[-1]["text"]


@pytest.mark.parametrize("kind", ["person", "group"])
def test_a_withdrawn_message_is_gone_for_its_reader(wire, kind):
    to, chat = ("xiaoli", "p2p") if kind == "person" else (group_of(wire), "华东销售群")
    result = wire.send(NOTICE, to, ref="r-recall", kind=kind)

    wire.adapter.recall(sent(result, to, kind))

    assert wire.seen_by("小李", chat)[-1]["recalled"]
    with pytest.raises(PlatformError, match="dingtalk_not_recalled"):
        wire.adapter.recall(sent(result, to, kind))


# --- trouble


def test_an_expired_token_is_replaced_without_losing_the_message(wire):
    wire.send(NOTICE, ref="r-before")
    wire.post("/dingtalk/console", op="expire_tokens")

    wire.send(NOTICE, ref="r-after")
    list(wire.adapter.departments())

    assert 2 == len(wire.seen_by("小李"))


def test_a_lost_answer_and_its_retry_make_one_card(wire):
    message = Outbound("r-lost", Recipient("person", "dt_xiaoli"), NOTICE, "")
    rendered = wire.adapter.render(message)
    wire.post("/dingtalk/faults", api="card/instances/createAndDeliver", kind="drop_after_accept", times=1)
    with pytest.raises(PlatformError) as lost:
        wire.adapter.send(message, rendered)

    result = wire.adapter.send(message, rendered)

    assert (True, False, 1) == (lost.value.unknown_outcome, lost.value.permanent, len(wire.seen_by("小李")))
    assert result.card_ref


def test_a_lost_answer_to_a_robot_message_is_left_to_an_operator(wire):
    wire.post("/dingtalk/faults", api="robot/oToMessages/batchSend", kind="drop_after_accept", times=1)

    with pytest.raises(PlatformError) as lost:
        wire.send(None, ref="r-once", text="只说一次")

    assert (True, True, 1) == (lost.value.unknown_outcome, lost.value.permanent, len(wire.seen_by("小李")))


@pytest.mark.parametrize("kind", ["rate_limit", "http500"])
def test_trouble_of_the_platform_is_worth_a_retry(wire, kind):
    wire.post("/dingtalk/faults", api="card/instances/createAndDeliver", kind=kind, times=1)

    with pytest.raises(PlatformError) as trouble:
        wire.send(NOTICE, ref=f"r-{kind}")

    assert not trouble.value.permanent


@pytest.mark.parametrize("card", [NOTICE, None])
def test_an_unknown_person_is_a_permanent_failure(wire, card):
    with pytest.raises(PlatformError) as failed:
        wire.send(card, "nobody", ref="r-nobody", text="你好")

    assert (True, False) == (failed.value.permanent, failed.value.unknown_outcome)


def test_a_missing_scope_waits_for_the_administrator(wire):
    wire.post("/dingtalk/switches", name="missing_scopes", value=["Card.Instance.Write"])

    with pytest.raises(PlatformError, match="AccessTokenPermissionDenied") as refused:
        wire.send(NOTICE, ref="r-scope")

    assert (False, True) == (refused.value.permanent, refused.value.about_account)


def test_the_months_calls_run_out_and_say_so(wire):
    wire.post("/dingtalk/switches", name="api_per_month", value=0)

    with pytest.raises(PlatformError, match="ApiCountLimitForOrg") as gone:
        wire.send(NOTICE, ref="r-gone")

    assert (False, False, True) == (gone.value.tried, gone.value.permanent, gone.value.about_account)
    assert "gone" == wire.adapter.usage().spending
    with pytest.raises(NotWorthACall):
        wire.send(
            DECIDED, ref="r-spared", update=SentCard("k", "o1-x", Recipient("person", "dt_xiaoli"), datetime.now(UTC))
        )


def test_our_count_is_dingtalks(wire):
    for number in range(3):
        wire.send(NOTICE, ref=f"r-count-{number}")
    list(wire.adapter.departments())

    used = wire.post("/dingtalk/console", op="quota")["used"]
    assert used["api"] == wire.adapter.usage().used


# --- the directory


def test_the_directory_names_people_and_their_managers(wire):
    departments = {department.name: department for department in wire.adapter.departments()}
    people = {person.name: person for person in wire.adapter.people()}

    assert ("dt_laozhang", True) == (people["小李"].manager_id, people["小李"].is_active)
    assert "dt_laozhang" == departments["华东一组"].leader_id
    assert "" in {department.parent_id for department in departments.values()}
    assert (departments["华东一组"].id,) == people["小李"].department_ids


# --- the connection


@pytest.mark.parametrize("running", ["stream"], indirect=True)
@pytest.mark.parametrize("op", ["disconnect", "cut"])
def test_a_connection_that_ends_is_replaced_and_nothing_is_lost(wire, op):
    before = wire.openings()
    wire.post("/dingtalk/console", op=op)
    if op == "cut":
        wire.await_loss()
    wire.says("小李", "公海")
    wire.until(lambda: wire.openings() > before)
    wire.await_connection()
    if wire.product.events.empty():
        wire.advance("PT61S", seconds=61)

    assert "公海" == wire.product.event().text


@pytest.mark.parametrize("running", ["stream"], indirect=True)
def test_pings_are_echoed_for_hours(wire):
    for _ in range(3):
        wire.advance("PT10M", minutes=10)

    assert wire.adapter.connection.is_up


@pytest.mark.parametrize("running", ["stream"], indirect=True)
def test_nothing_comes_over_http_while_stream_is_on(wire):
    wire.post("/dingtalk/switches", name="receive_mode", value="http")

    outcome = wire.says("小李", "帮助")

    assert [403] == [delivery["status"] for delivery in outcome["deliveries"]]
    assert "stream_only" == wire.product.event().reason


def test_a_session_outlives_no_more_than_its_ninety_minutes(wire):
    wire.says("小李", "帮助")
    wire.product.event()
    wire.advance("PT91M", minutes=91)
    wire.await_connection()

    wire.send(None, ref="r-91", text="过了很久")

    assert "过了很久" == wire.seen_by("小李")[-1]["text"]
    assert not any("/robot/sendBySession" in crossing["path"] for crossing in wire.crossings("in"))
    assert timedelta(minutes=91) == wire.offset


def test_an_approval_is_decided_with_its_form(wire):
    wire.send(APPROVAL, "laozhang", ref="r-approval")

    wire.click("老张", "驳回", reason="资料不全")

    event = wire.product.event()
    reject = next(button.action for button in APPROVAL.all_buttons() if button.label == "驳回")
    assert (seal(reject), "资料不全") == (event.payload, event.form["reason"])

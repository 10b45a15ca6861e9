"""
The adapter against the emulator, over HTTP and over the long connection: two implementations that share no code must
understand each other.
"""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from bot.events import (
    ActionClicked,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatRef,
    MemberChanged,
    MessageReceived,
)
from bot.ports import CannotUpdate, Media, Outbound, Recipient, SentCard
from bot.reply import toast
from cards.model import Card, Text
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_wire import Wire
from tests.adapters.sample_cards import APPROVAL, DECIDED, NOTICE, POOL, REGISTRATION_FORM, SAMPLES

PICTURE = b"\x89PNG\r\n\x1a\n"
PEOPLE = ("xiaoli", "xiaowang", "xiaozhao", "laozhang", "zhouzong")


@pytest.fixture(scope="module", params=["http", "websocket"])
def running(request, tmp_path_factory):
    wire = Wire(tmp_path_factory.mktemp("wire"), request.param)
    yield wire
    wire.close()


@pytest.fixture
def wire(running):
    running.await_connection()
    running.offset = timedelta()
    running.post("/reset")
    yield running
    assert running.product.events.empty()


def test_what_a_person_writes_arrives_as_written(wire):
    wire.says("小李", "报备 杭州云途科技 张伟 13800001111")

    event = wire.product.event()
    assert (MessageReceived, "ou_demo_xiaoli", "direct", "报备 杭州云途科技 张伟 13800001111") == (
        type(event),
        event.sender.user_id,
        event.chat.kind,
        event.text,
    )


def test_in_a_group_the_bot_hears_only_what_is_said_to_it(wire):
    wire.says("小李", "大家好", chat="华东销售群")
    wire.says("小李", "@聊单 查重 云途", chat="华东销售群")

    event = wire.product.event()
    assert ("group", "查重 云途") == (event.chat.kind, event.text)


def test_a_redelivery_carries_the_same_key(wire):
    wire.post("/feishu/messages", user="小李", chat="p2p", text="帮助", times=2)

    assert wire.product.event().key == wire.product.event().key


@pytest.mark.parametrize("name", SAMPLES)
def test_the_emulator_accepts_every_sample_card(wire, name):
    person = PEOPLE[list(SAMPLES).index(name) % len(PEOPLE)]

    result = wire.send(SAMPLES[name], person, ref=f"sample-{name}")

    assert result.message_id.startswith("om_")
    assert "card" == wire.seen_by(person)[-1]["kind"]


def test_a_click_brings_our_payload_and_shows_toast_and_new_face(wire):
    wire.send(APPROVAL, "laozhang", ref="r-click")
    wire.product.replies.put(toast("已同意", card=DECIDED))

    outcome = wire.click("老张", "同意", destination="pool", reason="资料齐全")

    event = wire.product.event()
    assert ({"type": "success", "text": "已同意"}, True) == (outcome["toast"], outcome["card_changed"])
    assert (ActionClicked, "v1.approval.approve.signature") == (type(event), event.payload)
    assert {"destination": "pool", "reason": "资料齐全"} == event.form
    assert "已同意" in wire.seen_by("老张")[-1]["text"]


def test_a_submitted_form_brings_texts_choices_and_dates(wire):
    wire.send(REGISTRATION_FORM, "xiaoli", ref="r-form")

    wire.click("小李", "提交", name="杭州云途", source="referral", expected_on="2026-12-31", need="ERP\n二期")

    event = wire.product.event()
    assert ("杭州云途", "referral", "2026-12-31", "ERP\n二期") == tuple(
        event.form[name] for name in ("name", "source", "expected_on", "need")
    )
    assert ("v1.registration.submit.signature", "b0") == (event.payload, event.button)


def test_a_click_in_a_group_is_known_to_come_from_one(wire):
    wire.says("小李", "@聊单 公海", chat="华东销售群")
    group = wire.product.event().chat.id
    wire.send(POOL, group, ref="r-group", kind="group")

    wire.click("小王", "下一页", chat="华东销售群")

    event = wire.product.event()
    assert (ChatRef("group", group), "ou_demo_xiaowang") == (event.chat, event.sender.user_id)


def test_a_sent_card_is_updated_for_its_reader(wire):
    result = wire.send(NOTICE, "xiaowang", ref="r-first")
    sent = SentCard(result.message_id, result.card_ref, Recipient("person", "ou_demo_xiaowang"), datetime.now(UTC))

    wire.send(DECIDED, "xiaowang", ref="r-second", update=sent)

    assert ["报备审批"] == [message["card"]["title"] for message in wire.seen_by("小王")]


def test_a_plain_text_arrives_as_text(wire):
    message = Outbound("r-text", Recipient("person", "ou_demo_xiaoli"), None, "请在单聊中发送「帮助」")

    wire.adapter.send(message, wire.adapter.render(message))

    assert ("text", "请在单聊中发送「帮助」") == tuple(wire.seen_by("小李")[-1][key] for key in ("kind", "text"))


def test_an_expired_token_is_replaced_without_losing_the_message(wire):
    wire.post("/feishu/faults", api="im/v1/messages", kind="token_expired", times=1)

    wire.send(NOTICE, "xiaoli", ref="r-token")

    assert 1 == len(wire.seen_by("小李"))


def test_a_lost_answer_and_its_retry_make_one_message(wire):
    wire.post("/feishu/faults", api="im/v1/messages", kind="drop_after_accept", times=1)
    with pytest.raises(PlatformError) as lost:
        wire.send(NOTICE, "xiaoli", ref="r-lost")

    wire.send(NOTICE, "xiaoli", ref="r-lost")

    assert (True, 1) == (lost.value.unknown_outcome, len(wire.seen_by("小李")))


@pytest.mark.parametrize("kind", ["rate_limit", "http500"])
def test_trouble_of_the_platform_is_worth_a_retry(wire, kind):
    wire.post("/feishu/faults", api="im/v1/messages", kind=kind, times=1)

    with pytest.raises(PlatformError) as trouble:
        wire.send(NOTICE, "xiaoli", ref=f"r-{kind}")

    assert not trouble.value.permanent


def test_an_unknown_person_is_a_permanent_failure(wire):
    with pytest.raises(PlatformError) as failed:
        wire.send(NOTICE, "nobody", ref="r-nobody")

    assert failed.value.permanent


def test_the_directory_names_people_and_their_managers(wire):
    departments = {department.name: department for department in wire.adapter.departments()}
    people = {person.name: person for person in wire.adapter.people()}

    assert ("ou_demo_laozhang", True) == (people["小李"].manager_id, people["小李"].is_active)
    assert "ou_demo_laozhang" == departments["华东一组"].leader_id
    assert "" in {department.parent_id for department in departments.values()}
    assert (departments["华东一组"].id,) == people["小李"].department_ids


def test_a_change_of_the_directory_arrives(wire):
    wire.post("/feishu/members", op="leave", user="小王")

    event = wire.product.event()
    assert (MemberChanged, "ou_demo_xiaowang", "left") == (type(event), event.sender.user_id, event.change)


def test_the_members_of_a_group_are_known(wire):
    wire.says("小李", "@聊单 公海", chat="华东销售群")
    group = wire.product.event().chat.id

    assert {"ou_demo_xiaoli", "ou_demo_xiaowang", "ou_demo_laozhang"} <= wire.adapter.group_member_ids(group)


def test_a_picture_of_a_person_is_fetched_and_one_of_ours_is_seen(wire):
    picture = base64.b64encode(PICTURE).decode()
    wire.post("/feishu/messages", user="小李", chat="p2p", image={"name": "名片.png", "base64": picture})
    (attachment,) = wire.product.event().attachments

    fetched = wire.adapter.download(attachment)
    message = Outbound("r-picture", Recipient("person", "ou_demo_xiaoli"), None, "", media=fetched)
    wire.adapter.send(message, wire.adapter.render(message))

    assert PICTURE == fetched.content
    assert ("image", True) == (wire.seen_by("小李")[-1]["kind"], wire.seen_by("小李")[-1]["from"]["bot"])


def test_a_file_and_its_retry_make_one_message(wire):
    media = Media("file", "报价单.pdf", b"%PDF-1.7")
    message = Outbound("r-file", Recipient("person", "ou_demo_xiaoli"), None, "", media=media)
    for _ in range(2):
        wire.adapter.send(message, wire.adapter.render(message))

    assert ["[文件] 报价单.pdf"] == [seen["text"] for seen in wire.seen_by("小李")]


def test_somebody_is_called_in_a_group(wire):
    wire.says("小李", "@聊单 公海", chat="华东销售群")
    group = Recipient("group", wire.product.event().chat.id)
    for ref, card in (("r-at-card", NOTICE), ("r-at-text", None)):
        message = Outbound(ref, group, card, "请处理", mentions=("ou_demo_xiaowang",))
        wire.adapter.send(message, wire.adapter.render(message))

    card, text = wire.seen_by("小王", "华东销售群")[-2:]
    assert "@小王" in card["text"]
    assert "ou_demo_xiaowang" in text["raw"]["text"]


def test_somebody_unknown_is_not_called_but_the_card_arrives(wire):
    wire.says("小李", "@聊单 公海", chat="华东销售群")
    group = Recipient("group", wire.product.event().chat.id)
    message = Outbound("r-at-nobody", group, NOTICE, "", mentions=("ou_nobody",))

    wire.adapter.send(message, wire.adapter.render(message))

    assert "card" == wire.seen_by("小王", "华东销售群")[-1]["kind"]


def test_a_withdrawn_message_is_gone_for_its_reader(wire):
    result = wire.send(NOTICE, "xiaoli", ref="r-recall")
    sent = SentCard(result.message_id, result.card_ref, Recipient("person", "ou_demo_xiaoli"), datetime.now(UTC))

    wire.adapter.recall(sent)
    wire.adapter.recall(sent)

    assert wire.seen_by("小李")[-1]["recalled"]
    with pytest.raises(CannotUpdate):
        wire.send(DECIDED, "xiaoli", ref="r-recalled", update=sent)


def test_a_message_of_yesterday_can_no_longer_be_withdrawn(wire):
    result = wire.send(NOTICE, "xiaoli", ref="r-late")
    sent = SentCard(result.message_id, result.card_ref, Recipient("person", "ou_demo_xiaoli"), datetime.now(UTC))
    wire.post("/clock", advance="P1DT1H")

    with pytest.raises(PlatformError, match="feishu_230009") as late:
        wire.adapter.recall(sent)

    assert late.value.permanent


def test_where_leaks_are_watched_for_a_masked_card_arrives(wire):
    wire.post("/feishu/switches", name="dlp", value=True)

    wire.send(Card("新客户", elements=(Text("张伟 13800001111 zhang@example.com"),)), ref="r-dlp")

    assert "138****1111 z****@example.com" in wire.seen_by("小李")[-1]["text"]


def test_a_card_of_fourteen_days_can_no_longer_be_changed(wire):
    result = wire.send(NOTICE, "xiaoli", ref="r-old")
    young = datetime.now(UTC) + timedelta(days=14)
    sent = SentCard(result.message_id, result.card_ref, Recipient("person", "ou_demo_xiaoli"), young)
    wire.post("/clock", advance="P14DT1H")

    with pytest.raises(CannotUpdate, match="230031"):
        wire.send(DECIDED, "xiaoli", ref="r-too-old", update=sent)


def test_a_clicked_card_changes_again_with_the_token_of_the_click(wire):
    result = wire.send(APPROVAL, "laozhang", ref="r-later")
    wire.click("老张", "同意", destination="pool", reason="资料齐全")
    event = wire.product.event()
    reader = Recipient("person", "ou_demo_laozhang")
    sent = SentCard(
        result.message_id,
        result.card_ref,
        reader,
        datetime.now(UTC),
        update_token=event.update_token,
        update_token_expires_at=event.update_token_expires_at,
    )
    with pytest.raises(PlatformError, match="feishu_click_open"):
        wire.send(DECIDED, "laozhang", ref="r-later-1", update=sent)

    wire.offset = timedelta(seconds=4)
    wire.send(DECIDED, "laozhang", ref="r-later-2", update=sent)

    assert "已同意" in wire.seen_by("老张")[-1]["text"]
    assert "/open-apis/interactive/v1/card/update" in wire.last_call()["path"]


def test_both_ways_carry_the_same_event(wire):
    wire.says("小李", "公海")
    event = wire.product.event()

    assert "WS" == wire.last_push()["method"] if wire.adapter.connection else "POST" == wire.last_push()["method"]
    assert ("feishu", "demo", "公海") == (event.platform, event.account, event.text)


@pytest.mark.parametrize("running", ["websocket"], indirect=True)
def test_a_long_event_comes_in_parts(wire):
    wire.post("/feishu/switches", name="ws_fragment_bytes", value=100)

    wire.says("小李", "跟进 " + "很长的内容" * 100)

    assert "很长的内容" * 100 in wire.product.event().text


@pytest.mark.parametrize("running", ["websocket"], indirect=True)
def test_after_an_outage_the_connection_comes_back_and_the_event_with_it(wire):
    wire.post("/feishu/switches", name="ws_online", value=False)
    wire.await_loss()
    lost = wire.says("小李", "公海")
    wire.post("/feishu/switches", name="ws_online", value=True)
    wire.await_connection()

    wire.post("/clock", advance="PT20S")

    assert [0] == [delivery["status"] for delivery in lost["deliveries"]]
    assert "公海" == wire.product.event().text


def test_groups_and_people_in_them_change(wire):
    for operation in ("remove_bot", "add_bot", "add_user"):
        wire.post("/feishu/console", op=operation, group="华东销售群", user="小赵")

    removed, added, joined = (wire.product.event() for _ in range(3))
    assert (BotRemovedFromGroup, BotAddedToGroup) == (type(removed), type(added))
    assert ("华东销售群", removed.chat, added.chat) == (added.group_name, added.chat, joined.chat)
    assert "ou_demo_xiaozhao" in wire.adapter.group_member_ids(joined.chat.id)


def test_a_reply_to_a_card_says_to_which(wire):
    result = wire.send(NOTICE, "xiaoli", ref="r-quoted")
    wire.post("/feishu/messages", user="小李", chat="p2p", text="收到", reply_to=wire.seen_by("小李")[-1]["id"])

    assert result.message_id == wire.product.event().reply_to


@pytest.mark.parametrize(
    ("spoken", "kind", "ref"),
    [
        ({"contact": "小王"}, "contact", "ou_demo_xiaowang"),
        (
            {"location": {"name": "杭州市", "latitude": "30.2", "longitude": "120.1"}},
            "location",
            "30.200000,120.100000",
        ),
        ({"voice_text": "报备云途"}, "voice", "om_"),
    ],
)
def test_other_things_people_send_arrive_as_attachments(wire, spoken, kind, ref):
    wire.post("/feishu/messages", user="小李", chat="p2p", **spoken)

    (attachment,) = wire.product.event().attachments
    assert (kind, True) == (attachment.kind, attachment.ref.startswith(ref))

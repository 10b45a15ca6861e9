"""
The 智能机器人 over its long connection, against the emulated platform.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Self

import pytest

from bot.events import ActionClicked, ChatEntered, MessageReceived
from bot.ports import CannotUpdate, Media, Recipient, SentCard
from bot.reply import Say
from cards.model import Card, CardAction
from domain.errors import PlatformError
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import NOW, outbound, seal
from tests.adapters.wecom.wecom_wire import Wire

GROUP = "aibot:chat_east"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
SOON = 5.0


def until(look, seconds=SOON):
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


class Connected:
    """
    A running long connection of one adapter.
    """

    def __init__(self, wire: Wire, **changes) -> None:
        self.wire = wire
        self.adapter = wire.build(**{"mode": "aibot"} | changes)
        self.stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self.run = self._pool.submit(self.adapter.connection.run, wire.product.take, self.stop)

    def up(self) -> Connected:
        until(lambda: self.adapter.connection.is_up or self.run.done())
        return self

    def send(self, *arguments, **options):
        message = outbound(*arguments, **options)
        return self.adapter.send(message, self.adapter.render(message))

    def hear(self, count: int = 1) -> list:
        events = self.wire.product.events
        until(lambda: len(events) >= count)
        return events

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error) -> None:
        self.stop.set()
        self._pool.shutdown()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    wire = Wire(tmp_path_factory.mktemp("sandbox"))
    yield wire
    wire.close()


@pytest.fixture
def wire(running, monkeypatch):
    monkeypatch.setattr("adapters.wecom.aibot.LISTEN_S", 0.02)
    running.fresh()
    running.post("/wecom/switches", name="chat_with_bot", value=True)
    return running


@pytest.fixture
def bot(wire):
    with Connected(wire) as connected:
        yield connected.up()


def say(wire, text="@聊单 公海", *, user="xiaoli", chat="east_group", times=1):
    return wire.post("/wecom/messages", user=user, chat=chat, text=text, times=times)


def test_a_call_in_a_group_arrives_without_the_call(bot, wire):
    say(wire, "@聊单 报备 杭州云途科技 张伟")

    event = bot.hear()[0]
    assert isinstance(event, MessageReceived)
    assert ("xiaoli", "报备 杭州云途科技 张伟", "group", GROUP) == (
        event.sender.user_id, event.text, event.chat.kind, event.chat.id,
    )  # fmt: skip


def test_group_talk_that_does_not_call_the_bot_never_arrives(bot, wire):
    assert [] == say(wire, "中午吃什么")["deliveries"]
    say(wire, "@聊单 帮助")

    assert ["帮助"] == [event.text for event in bot.hear() if isinstance(event, MessageReceived)]


def test_direct_message_and_opening_the_chat_arrive(bot, wire):
    wire.post("/wecom/events", user="xiaoli", event="open")
    bot.hear()
    say(wire, "我的客户", chat="p2p")
    opened, written = bot.hear(2)

    assert isinstance(opened, ChatEntered)
    assert ("我的客户", "direct") == (written.text, written.chat.kind)


def test_spoken_words_arrive_as_text(bot, wire):
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", voice_text="跟进 云途 客户要报价")

    assert bot.hear()[0].text == "跟进 云途 客户要报价"


@pytest.mark.parametrize("kind", ["image", "file"])
def test_picture_or_file_is_fetched_and_decrypted(bot, wire, kind):
    given = {"name": "名片.png", "base64": "iVBORw0KGgo="}
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", **{kind: given})

    (attachment,) = bot.hear()[0].attachments
    media = bot.adapter.download(attachment)
    assert (kind, b"\x89PNG\r\n\x1a\n") == (media.kind, media.content)


def test_file_is_kept_for_five_minutes(bot, wire):
    wire.post("/wecom/messages", user="xiaoli", chat="p2p", image="iVBORw0KGgo=")
    (attachment,) = bot.hear()[0].attachments

    wire.post("/clock", advance="PT6M")

    with pytest.raises(PlatformError, match="http_403") as caught:
        bot.adapter.download(attachment)
    assert caught.value.permanent


def test_answer_goes_back_under_the_number_of_its_message(bot, wire):
    wire.product.says = (Say(text="公海里有 3 家"),)
    say(wire)
    bot.hear()

    bot.send(text="公海里有 3 家", to=GROUP, group=True)

    assert "公海里有 3 家" == wire.shown_to("xiaoli", "east_group")[-1]["text"]
    assert ["aibot_respond_msg"] == commands(wire)


def test_second_message_is_one_of_its_own(bot, wire):
    wire.product.says = (Say(text="一"),)
    say(wire)
    bot.hear()

    bot.send(text="一", to=GROUP, group=True, ref="o-1")
    bot.send(SAMPLES["digest"], to=GROUP, group=True, ref="o-2")

    assert ["aibot_respond_msg", "aibot_send_msg"] == commands(wire)
    assert "card" == wire.shown_to("xiaoli", "east_group")[-1]["kind"]


def test_who_opens_the_chat_is_welcomed_although_they_never_wrote(bot, wire):
    wire.product.says = (Say(text="你好"),)
    wire.post("/wecom/events", user="xiaoli", event="open")
    bot.hear()

    bot.send(text="你好，我是聊单。", to="xiaoli")

    assert ["你好，我是聊单。"] == [message["text"] for message in wire.shown_to("xiaoli")]
    assert ["aibot_respond_welcome_msg"] == commands(wire)


def test_bot_cannot_write_to_somebody_who_never_wrote(bot):
    with pytest.raises(PlatformError, match="wecom_93006") as caught:
        bot.send(text="你好", to="xiaoli")

    assert caught.value.permanent


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_reaches_a_group_and_a_person_uncut(bot, wire, name):
    say(wire)
    say(wire, "帮助", chat="p2p")
    bot.hear(2)

    bot.send(SAMPLES[name], to=GROUP, group=True, ref="o-1")
    bot.send(SAMPLES[name], to="xiaoli", ref="o-2")

    assert [[], []] == [wire.shown_to("xiaoli", chat)[-1]["flags"] for chat in ("east_group", "p2p")]


def test_click_in_a_group_changes_the_card_for_everybody(bot, wire):
    say(wire)
    bot.hear()
    result = bot.send(SAMPLES["approval"], to=GROUP, group=True)
    wire.product.face = SAMPLES["decided"]
    message = wire.shown_to("laozhang", "east_group")[-1]

    outcome = wire.post("/wecom/clicks", user="laozhang", message_id=message["id"], button="同意", form={})

    event = wire.product.events[-1]
    assert isinstance(event, ActionClicked)
    assert (seal(CardAction("approval.approve", {"approval": 9})), result.card_ref) == (event.payload, event.card_ref)
    assert outcome["card_changed"]
    assert "已同意" in wire.shown_to("xiaoli", "east_group")[-1]["text"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_can_be_the_new_face(bot, wire, name):
    say(wire)
    bot.hear()
    bot.send(SAMPLES["approval"], to=GROUP, group=True)
    wire.product.face = SAMPLES[name]
    message = wire.shown_to("laozhang", "east_group")[-1]

    outcome = wire.post("/wecom/clicks", user="laozhang", message_id=message["id"], button="同意", form={})

    assert outcome["card_changed"]
    assert [] == wire.shown_to("laozhang", "east_group")[-1]["flags"]


def test_sent_card_of_a_bot_cannot_be_changed_later(bot):
    sent = SentCard("", "o-1", Recipient("group", GROUP), NOW)

    with pytest.raises(CannotUpdate):
        bot.send(SAMPLES["decided"], to=GROUP, group=True, update=sent)


@pytest.mark.parametrize(("size", "kind"), [(len(PNG), "image"), (1_200_000, "file")])
def test_picture_or_file_is_sent_in_parts(bot, wire, size, kind):
    say(wire)
    bot.hear()
    content = (PNG if kind == "image" else b"%PDF" + bytes(size))[:size]
    message = outbound(to=GROUP, group=True)
    message = type(message)(**{**vars(message), "media": Media(kind, "日报.png", content)})

    bot.adapter.send(message, bot.adapter.render(message))

    assert kind == wire.shown_to("xiaoli", "east_group")[-1]["kind"]


def test_newer_connection_ends_the_older_which_stays_away(bot, wire):
    with Connected(wire) as newer:
        newer.up()
        error = bot.run.exception(timeout=SOON)
        say(wire)
        newer.hear()

    assert isinstance(error, PlatformError)
    assert ("wecom_bot_taken_over", True) == (error.code, error.permanent)
    assert not bot.adapter.connection.is_up


def test_refused_credentials_end_the_connection_for_good(wire):
    with Connected(wire, bot_secret="wrong") as connected:
        error = connected.run.exception(timeout=SOON)

    assert isinstance(error, PlatformError)
    assert ("wecom_40001", True) == (error.code, error.permanent)


def test_while_the_connection_is_down_messages_wait(wire):
    adapter = wire.build(mode="aibot")
    message = outbound(text="你好", to=GROUP, group=True)

    with pytest.raises(PlatformError, match="wecom_bot_offline") as caught:
        adapter.send(message, adapter.render(message))

    assert (False, False, 3.0) == (caught.value.permanent, caught.value.tried, caught.value.retry_after)


def test_lost_connection_is_opened_again(bot, wire):
    wire.post("/wecom/switches", name="bot_online", value=False)
    until(lambda: not bot.adapter.connection.is_up)
    wire.post("/wecom/switches", name="bot_online", value=True)

    bot.up()
    say(wire)

    assert bot.hear()[0].text == "公海"


def test_request_without_answer_may_or_may_not_have_been_done(bot, wire, monkeypatch):
    monkeypatch.setattr("adapters.wecom.aibot.ACK_S", 0.3)
    say(wire)
    bot.hear()
    wire.post("/wecom/switches", name="bot_silent", value=True)

    with pytest.raises(PlatformError, match="wecom_bot_silent") as caught:
        bot.send(text="你好", to=GROUP, group=True)

    assert (True, True) == (caught.value.unknown_outcome, caught.value.permanent)


def test_with_an_app_beside_it_the_bot_says_where_it_answered(wire):
    wire.product.says = (Say(text="…"),)
    with Connected(wire, mode="both") as both:
        both.up()
        say(wire, "我的客户", chat="p2p")
        until(lambda: len(wire.shown_to("xiaoli")) > 1)

    assert "已在聊单应用的单聊里回答你。" == wire.shown_to("xiaoli")[-1]["text"]


def test_with_an_app_beside_it_people_get_messages_from_the_app(wire):
    with Connected(wire, mode="both") as both:
        both.up().send(Card("提醒"), to="xiaoli")

    assert "提醒" in wire.shown_to("xiaoli")[-1]["text"]
    assert [] == commands(wire)


def test_forty_messages_at_once_are_held_back_before_the_platform_refuses_any(bot, wire):
    say(wire)
    bot.hear()
    codes = []
    for number in range(40):
        try:
            bot.send(text=f"第{number}条", to=GROUP, group=True, ref=f"o-{number}")
        except PlatformError as error:
            codes.append(error.code)

    assert {"wecom_rate"} == set(codes)


def commands(wire) -> list[str]:
    """
    What the adapter asked over the connection, without its subscription.
    """
    asked = [crossing["path"] for crossing in wire.get("/wecom/wire") if crossing["direction"] == "in"]
    return [path for path in asked if path.startswith("aibot_") and path != "aibot_subscribe"]

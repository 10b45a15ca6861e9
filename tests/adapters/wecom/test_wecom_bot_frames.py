"""
What the frames of the 智能机器人 mean, and whose turn it is to be answered.
"""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.aibot_inbound import event_of
from adapters.wecom.aibot_turns import Turn, Turns
from adapters.wecom.crypto import EnvelopeError, open_file
from adapters.wecom.inbound import UnreadableError
from bot.events import ActionClicked, Attachment, ChatEntered, ChatRef, MessageReceived, OtherEvent, Person
from tests.adapters.wecom.wecom_rig import NOW, VECTORS

M1 = VECTORS["media"][0]
V8 = next(vector for vector in VECTORS["vectors"] if vector["id"] == "V8")


def frame(**changes):
    """
    A message as the vendor's documentation shows it. Source: the sheet, 6.2 (2026-11); names changed.
    """
    body = {
        "msgid": "m-1", "aibotid": "aib-1", "chattype": "single", "from": {"userid": "zhangsan"}, "msgtype": "text",
        "text": {"content": "公海"}, "create_time": 1763779300,
    }  # fmt: skip
    return {**body, **changes}


def in_group(text="@聊单 公海", **changes):
    return frame(chattype="group", chatid="wrGROUP", text={"content": text}, **changes)


def event(body):
    return event_of(body, account="main", now=NOW)


def test_message_becomes_a_message_received():
    assert MessageReceived(
        platform="wecom",
        account="main",
        key="aibot:m-1",
        sender=Person("zhangsan"),
        chat=ChatRef("direct"),
        sent_at=datetime(2025, 11, 22, 2, 41, 40, tzinfo=UTC),
        message_id="m-1",
        text="公海",
    ) == event(frame())


def test_message_of_an_independent_maker_is_read():
    read = event(json.loads(V8["plaintext"]))

    assert isinstance(read, MessageReceived | ActionClicked)
    assert read.key.startswith("aibot:")


def test_without_a_time_of_its_own_a_message_is_of_now():
    body = frame()
    del body["create_time"]

    assert event(body).sent_at == NOW


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("@聊单 报备 云途", "报备 云途"),
        ("  @聊单\u2005报备 云途", "报备 云途"),
        ("@聊单", ""),
        ("报备 云途 @聊单", "报备 云途 @聊单"),
        ("跟进 云途 发到 a@b.com", "跟进 云途 发到 a@b.com"),
    ],
)
def test_the_call_at_the_start_is_no_part_of_what_is_said(written, meant):
    assert meant == event(in_group(written)).text


def test_direct_message_keeps_its_first_word():
    assert event(frame(text={"content": "@小王 你好"})).text == "@小王 你好"


def test_group_is_named_so_that_no_group_of_the_app_can_be_mistaken_for_it():
    assert ChatRef("group", "aibot:wrGROUP") == event(in_group()).chat


def test_empty_call_means_the_words_it_quotes():
    quote = {"msgtype": "text", "text": {"content": "报备 杭州云途 张伟"}}

    assert event(in_group("@聊单 ", quote=quote)).text == "报备 杭州云途 张伟"
    assert event(in_group("@聊单 查重", quote=quote)).text == "查重"


def test_quoted_picture_comes_with_the_message():
    quote = {"msgtype": "image", "image": {"url": "https://files.example/1", "aeskey": "a2V5"}}

    assert (Attachment("image", ref="aibot a2V5 https://files.example/1", name="picture.jpg"),) == event(
        in_group("@聊单 识别名片", quote=quote)
    ).attachments


def test_mixed_message_is_its_words_and_its_pictures():
    items = [
        {"msgtype": "text", "text": {"content": "@聊单 报备"}},
        {"msgtype": "image", "image": {"url": "https://files.example/1"}},
        {"msgtype": "text", "text": {"content": "这家"}},
    ]
    read = event(in_group(msgtype="mixed", mixed={"msg_item": items}))

    assert "报备\n这家" == read.text
    assert ("aibot - https://files.example/1",) == tuple(one.ref for one in read.attachments)


def happened(kind, **details):
    return frame(msgtype="event", event={"eventtype": kind, kind: details})


def test_click_carries_payload_and_choices():
    items = [{"question_key": "to", "option_ids": {"option_id": ["pool"]}},
             {"question_key": "tags", "option_ids": {"option_id": ["a", "b"]}},
             {"question_key": "none", "option_ids": {"option_id": ["-"]}}]  # fmt: skip
    click = event(
        happened("template_card_event", event_key="v1.ok.sig", task_id="o-1", selected_items={"selected_item": items})
    )

    assert isinstance(click, ActionClicked)
    assert ("v1.ok.sig", "o-1", {"to": "pool", "tags": ("a", "b")}, None) == (
        click.payload, click.card_ref, click.form, click.update_token,
    )  # fmt: skip


def test_other_events_keep_their_names():
    assert isinstance(event(happened("enter_chat")), ChatEntered)
    other = event(happened("feedback_event", id="1", type=1))
    assert isinstance(other, OtherEvent)
    assert other.kind == "aibot:feedback_event"


@pytest.mark.parametrize(
    "body",
    [
        {},
        frame(msgid=""),
        frame(**{"from": {}}),
        frame(create_time=-1),
        frame(create_time="soon"),
        frame(chattype="group"),
        frame(msgtype="image", image={}),
        frame(msgtype="image", image={"url": "https://a b"}),
        happened("template_card_event", task_id="o-1"),
    ],
)
def test_frame_that_makes_no_sense_is_unreadable(body):
    with pytest.raises(UnreadableError):
        event(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(frame())), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*frame(), "quote", "mixed", "event", "image", "chatid"]), JSON))
def test_no_frame_makes_the_reader_fail(changes):
    try:
        read = event({**frame(), **changes})
    except UnreadableError:
        return
    assert read.key.startswith("aibot:")


def test_file_of_an_independent_maker_is_opened():
    opened = open_file(bytes.fromhex(M1["ciphertext_hex"]), M1["aeskey_b64"])

    assert M1["plaintext_hex"] == opened.hex()


@pytest.mark.parametrize(
    ("sealed", "key"),
    [
        (bytes.fromhex(M1["ciphertext_hex"])[:-1], M1["aeskey_b64"]),
        (bytes.fromhex(M1["ciphertext_hex"]), "QUJD" * 11),
        (bytes.fromhex(M1["ciphertext_hex"]), "short"),
        (b"", M1["aeskey_b64"]),
    ],
)
def test_damaged_file_or_wrong_key_is_an_error(sealed, key):
    with pytest.raises(EnvelopeError):
        open_file(sealed, key)


class Ticks:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def turns(ticks):
    return Turns(ticks)


def test_turns_of_a_chat_are_taken_in_order_and_once(turns):
    first, second = Turn("message", "1"), Turn("message", "2")
    turns.open("chat", first)
    turns.open("chat", second)

    assert [first, second, None] == [turns.take("chat") for _ in range(3)]


def test_turn_of_another_chat_is_not_taken(turns):
    turns.open("chat", Turn("message", "1"))

    assert turns.take("other") is None


@pytest.mark.parametrize(("kind", "seconds"), [("message", 60.0), ("enter", 4.5)])
def test_turn_ends_with_its_time(turns, ticks, kind, seconds):
    turns.open("chat", Turn(kind, "1"))
    ticks.now = seconds

    assert turns.take("chat") is None


def test_turn_without_anything_to_say_is_closed(turns):
    first, second = Turn("message", "1"), Turn("message", "2")
    turns.open("chat", first)
    turns.open("chat", second)
    turns.close("chat", first)

    assert second == turns.take("chat")


def test_only_messages_and_opened_chats_open_a_turn():
    assert Turn("message", "1") == Turn.of(event(frame()), "1")
    assert Turn("enter", "1") == Turn.of(event(happened("enter_chat")), "1")
    assert Turn.of(event(happened("template_card_event", event_key="k")), "1") is None

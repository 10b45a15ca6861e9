"""
Callbacks as Feishu posts them: what is accepted, as which event, and what is refused.
"""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu import crypto
from adapters.feishu.limits import MAX_CALLBACK_BYTES
from bot.events import (
    ActionClicked,
    Attachment,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatEntered,
    ChatRef,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    OtherEvent,
    Person,
)
from bot.ports import Accepted, Answered, Refused
from tests.adapters.feishu.feishu_rig import (
    CONFIG,
    META,
    VECTORS,
    build,
    encrypt,
    envelope,
    message,
    post,
    request,
)

SIGNED = {vector["name"]: vector for vector in VECTORS["signed_requests"]}
BASE_HEADERS = SIGNED["message_text_group_at"]["headers"]
SENDER = Person("ou_84aad35d084aa403a838cf73ee18467")


def received(vector):
    return build().receive(request(vector["raw_body"], vector["headers"]))


def accepted(payload):
    outcome = build().receive(post(payload))
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


def common(key, chat, *, at):
    return {
        "platform": "feishu",
        "account": "demo",
        "key": key,
        "sender": SENDER,
        "chat": chat,
        "sent_at": datetime.fromtimestamp(at, UTC),
    }


@pytest.mark.parametrize("vector", VECTORS["aes"], ids=lambda vector: vector["name"])
def test_ciphertexts_of_another_implementation_are_read(vector):
    assert vector["plaintext"] == crypto.decrypt(vector["encrypt"], vector["encrypt_key"]).decode()


@pytest.mark.parametrize("broken", ["", "!", "AAAA", "QUFBQUFBQUFBQUFBQUFBQQ==", VECTORS["aes"][1]["encrypt"][:-8]])
def test_damaged_ciphertexts_are_told_apart_from_bugs(broken):
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(broken, META["encrypt_key"])


def test_a_group_message_loses_the_bots_mention_and_is_keyed_by_its_message_id():
    event = received(SIGNED["message_text_group_at"]).event

    assert (
        MessageReceived(
            **common(
                "om_5ce6d572455d361153b7cb51da133945",
                ChatRef("group", "oc_5ce6d572455d361153b7xx51da133945"),
                at=1795305600,
            ),
            message_id="om_5ce6d572455d361153b7cb51da133945",
            text="报备 上海某某科技有限公司 张三 13800138000",
        )
        == event
    )


def test_a_post_becomes_text_and_pictures():
    event = received(SIGNED["message_p2p_post"]).event

    assert (
        "跟进: 已电话联系",
        (Attachment("image", ref=f"{event.message_id}/image/img_v3_0001"),),
        ChatRef("direct", "oc_p2p0001"),
    ) == (event.text, event.attachments, event.chat)


def test_a_form_click_carries_its_fields_and_dates_lose_their_offset():
    event = received(SIGNED["card_action_form_submit"]).event

    assert (
        ActionClicked(
            **common(
                "f7984f25108f8137722bb63cee927e66",
                ChatRef("direct", "oc_e4d2605ca917e695f54f11aaf56"),
                at=1795305606,
            ),
            payload="",
            button="btn_submit",
            form={
                "company": "上海某某科技有限公司",
                "level": "A",
                "tags": ("t1", "t2"),
                "owner": "ou_84aad35d084aa403a838cf73ee18467",
                "due": "2026-12-01",
                "remark": "第一行\n第二行",
            },
            card_ref="om_574d639e4a44e4dd646eaf628e2",
            update_token="c-295ee57216a5dc9de90fefd0aadb4b1d7dffff01",
            update_token_expires_at=datetime.fromtimestamp(1795305606, UTC) + timedelta(minutes=30),
        )
        == event
    )


def test_other_events_of_the_platform_become_their_neutral_kind():
    kinds = {name: type(received(vector).event) for name, vector in SIGNED.items()}

    assert {
        "message_text_group_at": MessageReceived,
        "message_p2p_post": MessageReceived,
        "bot_added": BotAddedToGroup,
        "p2p_chat_entered": ChatEntered,
        "bot_menu": MenuClicked,
        "user_deleted": MemberChanged,
        "card_action_form_submit": ActionClicked,
        "card_action_approve_button": ActionClicked,
    } == kinds


def test_a_menu_entry_names_its_key_and_person():
    event = received(SIGNED["bot_menu"]).event

    assert ("new_report", Person(SENDER.user_id, "张三")) == (event.menu_key, event.sender)


def test_a_group_tells_its_name_and_whether_strangers_are_in_it():
    event = received(SIGNED["bot_added"]).event

    assert ("销售一部", False) == (event.group_name, event.external)


@pytest.mark.parametrize("kind", ["im.chat.member.bot.deleted_v1", "im.chat.disbanded_v1"])
def test_a_lost_group_is_reported(kind):
    event = accepted(envelope(kind, {"chat_id": "oc_1", "operator_id": {"open_id": "ou_1"}}))

    assert (BotRemovedFromGroup, ChatRef("group", "oc_1")) == (type(event), event.chat)


def test_our_own_payload_and_the_kind_of_chat_come_back_from_the_buttons_value():
    click = {
        "operator": {"open_id": "ou_1"},
        "token": "c-1",
        "action": {"value": {"a": "v1.pool.claim.sig", "c": "group"}, "tag": "button", "name": "b3"},
        "context": {"open_message_id": "om_1", "open_chat_id": "oc_1"},
    }

    event = accepted(envelope("card.action.trigger", click, create_time="1795305607000000"))

    assert ("v1.pool.claim.sig", "b3", ChatRef("group", "oc_1")) == (event.payload, event.button, event.chat)


def test_fields_left_alone_in_a_form_are_empty_however_feishu_spells_it():
    click = {
        "operator": {"open_id": "ou_1"},
        "action": {
            "name": "b0",
            "form_value": {"a": "", "b": [], "c": None, "d": True, "e": "2026-12-01 09:30 +0800", "f": 3},
        },
    }

    event = accepted(envelope("card.action.trigger", click))

    assert {"a": "", "b": (), "c": "", "d": True, "e": "2026-12-01", "f": "3"} == event.form


def file(key, name=""):
    return Attachment("file", ref=f"om_1/file/{key}", name=name)


@pytest.mark.parametrize(
    ("kind", "content", "text", "attachments"),
    [
        ("text", {"text": "  报备   云途 "}, "报备 云途", ()),
        ("text", {"text": "第一行\n第二行"}, "第一行\n第二行", ()),
        ("image", {"image_key": "img_1"}, "", (Attachment("image", ref="om_1/image/img_1"),)),
        ("file", {"file_key": "f_1", "file_name": "名片.pdf"}, "", (file("f_1", "名片.pdf"),)),
        ("media", {"file_key": "f_2", "file_name": "a.mp4"}, "", (file("f_2", "a.mp4"),)),
        ("audio", {"file_key": "f_3", "duration": 2000}, "", (Attachment("voice", ref="om_1/file/f_3"),)),
        (
            "location",
            {"name": "杭州市", "longitude": "120.1", "latitude": "30.2"},
            "",
            (Attachment("location", ref="30.200000,120.100000", text="杭州市"),),
        ),
        ("location", {"name": "杭州市"}, "", (Attachment("location", text="杭州市"),)),
        ("share_user", {"user_id": "ou_9"}, "", (Attachment("contact", ref="ou_9"),)),
        ("sticker", {"file_key": "s_1"}, "", ()),
        ("hongbao", {"text": "x"}, "", ()),
    ],
)
def test_every_kind_of_message_is_read(kind, content, text, attachments):
    event = accepted(message(kind, content))

    assert (text, attachments) == (event.text, event.attachments)


def test_a_post_keeps_title_links_code_and_files():
    content = {
        "title": "客户资料",
        "content": [
            [{"tag": "text", "text": "官网 "}, {"tag": "a", "text": "云途", "href": "https://yuntu.example"}],
            [{"tag": "code_block", "language": "GO", "text": "x"}, {"tag": "emotion", "emoji_type": "SMILE"}],
            [{"tag": "media", "file_key": "f_1", "image_key": "i_1"}, {"tag": "hr"}],
        ],
    }

    event = accepted(message("post", content))

    assert ("客户资料\n官网 云途\nx", (file("f_1"),)) == (event.text, event.attachments)


def test_a_reply_says_to_which_message():
    assert "om_0" == accepted(message("text", {"text": "好"}, parent_id="om_0")).reply_to


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (message("text", {"text": "大家好"}, chat_type="group"), "im.message.receive_v1:not_addressed"),
        (message("text", ""), "im.message.receive_v1:recalled"),
        (envelope("im.message.reaction.created_v1", {}), "im.message.reaction.created_v1"),
        (
            envelope("im.message.receive_v1", {"sender": {"sender_type": "bot"}, "message": {}}),
            "im.message.receive_v1:from_bot",
        ),
    ],
)
def test_what_does_not_concern_the_bot_is_acknowledged_and_ignored(payload, kind):
    event = accepted(payload)

    assert (OtherEvent, kind) == (type(event), event.kind)


def test_half_a_surrogate_pair_cannot_reach_the_database():
    event = accepted(message("text", r'{"text":"\ud83d云途"}'))

    assert event.text.encode()


@pytest.mark.parametrize("vector", VECTORS["negative"], ids=lambda vector: vector["name"])
def test_forged_and_damaged_requests_are_refused(vector):
    config = dataclasses.replace(
        CONFIG,
        encrypt_key=vector.get("encrypt_key", CONFIG.encrypt_key),
        verification_token=vector.get("verification_token", CONFIG.verification_token),
    )

    assert isinstance(build(config).receive(request(vector["raw_body"], vector["headers"])), Refused)


@pytest.mark.parametrize("vector", VECTORS["plaintext_mode"], ids=lambda vector: vector["name"])
def test_clear_text_is_refused_even_with_the_right_token(vector):
    assert Refused("ciphertext") == build().receive(request(vector["raw_body"], vector.get("headers", {})))


def test_an_encrypted_but_unsigned_event_is_refused():
    unsigned = request(SIGNED["bot_added"]["raw_body"], {})

    assert Refused("unsigned") == build().receive(unsigned)


def test_the_address_check_is_answered_with_its_challenge():
    vector = next(vector for vector in VECTORS["url_verification"] if vector["name"] == "encrypted")

    outcome = build().receive(request(vector["request_body"], {}))

    assert isinstance(outcome, Answered)
    assert vector["expected_response"] == json.loads(outcome.response.body)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"type": "url_verification", "token": "wrong", "challenge": "x"}, "token"),
        ({"type": "url_verification", "challenge": "x"}, "token"),
        ({"type": "url_verification", "token": META["verification_token"], "challenge": 1}, "token"),
        ({"type": "url_verification", "token": META["verification_token"], "challenge": "x" * 300}, "malformed"),
    ],
)
def test_a_wrong_address_check_is_refused(payload, reason):
    body = json.dumps({"encrypt": encrypt(json.dumps(payload))})

    assert Refused(reason) == build().receive(request(body, {}))


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (envelope("x", {}, token="other"), "token"),
        (envelope("x", {}, token="密钥"), "token"),
        (envelope("x", {}, app_id="cli_other"), "receiver"),
        (envelope("x", {}, tenant_key="other"), "receiver"),
        (envelope("x", {}, create_time="yesterday"), "malformed"),
        (envelope("x", {}, create_time="１７９５３０５６００１２３"), "malformed"),
        (envelope("x", {}, event_id=""), "malformed"),
        (envelope("x", []), "malformed"),
        (envelope("im.message.receive_v1", {}), "malformed"),
        (envelope("card.action.trigger", {"operator": {"open_id": 1}, "action": {}}), "malformed"),
        (message("text", "not json"), "malformed"),
        (message("text", "[" * 50_000), "malformed"),
        ({"header": None}, "token"),
        ("[]", "ciphertext"),
        ("{", "ciphertext"),
        (b"\xff\xfe", "ciphertext"),
        ("[" * 50_000, "ciphertext"),
    ],
)
def test_signed_but_unreadable_or_foreign_payloads_are_refused(payload, reason):
    assert Refused(reason) == build().receive(post(payload))


def test_an_oversized_body_is_refused_unread():
    assert Refused("oversize") == build().receive(request(b"x" * (MAX_CALLBACK_BYTES + 1), {}))


def test_an_app_without_a_configured_tenant_is_identified_by_its_app_id():
    assert CONFIG.app_id == build(dataclasses.replace(CONFIG, tenant_key="")).corp_id


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
EVENT_TYPES = st.sampled_from(sorted({v["event_type"] for v in SIGNED.values()}))
EVENT_PARTS = st.dictionaries(
    st.sampled_from("sender message operator operator_id action context chat_id mentions content token".split()), JSON
)


@given(event_type=EVENT_TYPES, parts=EVENT_PARTS)
def test_no_signed_payload_makes_the_adapter_raise(event_type, parts):
    outcome = build().receive(post(envelope(event_type, parts)))

    assert isinstance(outcome, (Accepted, Refused))


@given(st.binary(max_size=300))
def test_no_body_makes_the_adapter_raise_or_accept(body):
    assert isinstance(build().receive(request(body, BASE_HEADERS)), Refused)
    assert isinstance(build().receive(request(body, {})), Refused)


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused(position, bit):
    vector = SIGNED["message_text_group_at"]
    body = bytearray(vector["raw_body"].encode())
    body[position % len(body)] ^= 1 << bit

    assert Refused("signature") == build().receive(request(bytes(body), vector["headers"]))


@given(st.text(max_size=80))
def test_no_signature_but_the_right_one_is_taken(signature):
    vector = SIGNED["message_text_group_at"]
    headers = {**vector["headers"], "X-Lark-Signature": signature}

    assert Refused("signature") == build().receive(request(vector["raw_body"], headers))

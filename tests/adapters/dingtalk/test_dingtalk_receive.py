"""
DingTalk over HTTP: what is accepted and becomes which event, and that everything else is refused without a trace.
"""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.dingtalk.crypto import EnvelopeError, EventCrypto, card_signature, robot_signature
from bot.events import (
    ActionClicked,
    Attachment,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatRef,
    GroupMembersChanged,
    MemberChanged,
    MessageReceived,
    OtherEvent,
    Person,
    TextWithheld,
)
from bot.ports import Accepted, Answered, RawRequest, Refused
from bot.reply import Reply
from tests.adapters.dingtalk.dingtalk_rig import (
    ACTION,
    CLIENT,
    CONFIG,
    CORP,
    GROUP,
    MILLIS,
    NOW,
    VECTORS,
    Shared,
    build,
    card_post,
    click,
    message,
    opened_reply,
    payload,
    robot_post,
    seal,
    sealed_event,
)

LATER = str(int(MILLIS) + 1)


def received(request, **kwargs):
    return build(**kwargs).receive(request)


def event(request, **kwargs):
    outcome = received(request, **kwargs)
    assert isinstance(outcome, Accepted), outcome
    return outcome.event


def crypto(vector):
    return EventCrypto(
        token=vector["token"],
        aes_key=vector["encodingAesKey"],
        receiver=vector["receiverId"],
        random_text=lambda: vector.get("random16", ""),
    )


def opened(vector, **changed):
    given = {**vector, **changed}
    return crypto(given).open(
        signature=given["msg_signature"],
        timestamp=given["timestamp"],
        nonce=given["nonce"],
        ciphertext=given["encrypt"],
    )


# --- the envelopes, against vectors that independent implementations made


@pytest.mark.parametrize(
    "vector", VECTORS["callback_crypto"] + VECTORS["callback_crypto_known_answers"], ids=lambda vector: vector["name"]
)
def test_envelopes_of_others_are_opened(vector):
    assert vector["plaintext"] == opened(vector).decode()


@pytest.mark.parametrize("vector", VECTORS["callback_crypto"], ids=lambda vector: vector["name"])
def test_our_envelopes_are_those_of_others(vector):
    sealed = crypto(vector).seal(vector["plaintext"], timestamp=vector["timestamp"], nonce=vector["nonce"])

    assert {
        "encrypt": vector["encrypt"],
        "msg_signature": vector["msg_signature"],
        "timeStamp": vector["timestamp"],
        "nonce": vector["nonce"],
    } == sealed


@pytest.mark.parametrize("negative", VECTORS["callback_crypto_negative_from_check_url_min"], ids=lambda n: n["name"])
def test_envelopes_that_are_not_ours_stay_shut(negative):
    reason = "receiver" if "receiver" in negative["name"] else "signature"

    with pytest.raises(EnvelopeError, match=reason):
        opened(VECTORS["callback_crypto"][0], **negative["changed"])


@pytest.mark.parametrize("vector", VECTORS["robot_callback_sign"], ids=lambda vector: vector["appSecret"])
def test_the_robots_signature_is_that_of_others(vector):
    assert vector["sign"] == robot_signature(vector["timestamp"], vector["appSecret"])


@pytest.mark.parametrize("vector", VECTORS["card_http_callback_sign"], ids=lambda vector: vector["apiSecret"])
def test_the_cards_signature_is_that_of_others(vector):
    assert vector["x-ddpaas-signature"] == card_signature(vector["x-ddpaas-signature-timestamp"], vector["apiSecret"])


# --- messages


def test_a_message_in_a_direct_chat():
    assert (
        MessageReceived(
            platform="dingtalk",
            account="demo",
            key="message:msgXyz==",
            sender=Person("u1", "小李"),
            chat=ChatRef("direct", "cidDirect=="),
            sent_at=NOW,
            message_id="msgXyz==",
            text="报备 上海某公司",
            is_signed=False,
        )
    ) == event(robot_post(message()))


def test_a_message_in_a_group_names_the_group_and_who_else_was_called():
    said = event(robot_post(message(group=True)))

    assert ChatRef("group", "cidAbc==", "销售一群") == said.chat
    assert (Person("u2"),) == said.mentions


CONTENTS = {
    "picture": (
        {"msgtype": "picture", "content": {"downloadCode": "D1", "pictureDownloadCode": "P1"}},
        ("", (Attachment("image", "D1"),)),
    ),
    "rich text": (
        {
            "msgtype": "richText",
            "content": {"richText": [{"text": "名片 "}, {"type": "picture", "downloadCode": "D2"}]},
        },
        ("名片", (Attachment("image", "D2"),)),
    ),
    "voice": (
        {"msgtype": "audio", "content": {"duration": 4000, "downloadCode": "D3", "recognition": "报备 上海某公司"}},
        ("", (Attachment("voice", "D3", text="报备 上海某公司"),)),
    ),
    "video": (
        {"msgtype": "video", "content": {"duration": 4000, "downloadCode": "D4", "videoType": "mp4"}},
        ("", (Attachment("file", "D4", "video.mp4"),)),
    ),
    "file": (
        {"msgtype": "file", "content": {"downloadCode": "D5", "fileName": "名单.xlsx", "fileId": "1", "spaceId": "2"}},
        ("", (Attachment("file", "D5", "名单.xlsx"),)),
    ),
    "unknown": ({"msgtype": "unknownMsgType"}, ("", ())),
    "text that is none": ({"text": {"content": 5}}, ("", ())),
    "half a surrogate": ({"text": {"content": "\ud800报备"}}, ("?报备", ())),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_each_kind_of_message_says_what_it_holds(name):
    content, expected = CONTENTS[name]
    body = json.dumps(message(content)).encode()

    said = event(robot_post(body))

    assert expected == (said.text, said.attachments)


def test_a_quoted_reply_names_what_it_answers():
    quoted = {"content": "跟进", "isReplyMsg": True, "repliedMsg": {"msgId": "msgOld==", "msgType": "text"}}

    assert "msgOld==" == event(robot_post(message({"text": quoted}))).reply_to


@pytest.mark.parametrize("field", ["errCode", "errorCode"])
@pytest.mark.parametrize("code", [20001, "20001"])
def test_a_message_without_its_text_is_not_taken_for_an_empty_one(field, code):
    body = message({field: code, "errMsg": "quota"})
    del body["text"]

    assert isinstance(event(robot_post(body)), TextWithheld)


@pytest.mark.parametrize(
    "stranger",
    [{"senderStaffId": ""}, {"senderStaffId": None}, {"senderStaffId": "u1", "senderCorpId": "dingother"}],
    ids=["outsider", "unpublished app", "same id elsewhere"],
)
def test_people_without_an_id_of_this_company_are_nobody_we_know(stranger):
    assert "$:LWCP_v1:$u1" == event(robot_post(message(stranger))).sender.user_id


# --- clicks


def test_a_click_tells_what_who_and_where():
    assert (
        ActionClicked(
            platform="dingtalk",
            account="demo",
            key=event(card_post(click({"_a": payload()}))).key,
            sender=Person("u1"),
            chat=ChatRef("direct"),
            sent_at=NOW,
            payload=seal(ACTION),
            button="b0",
            card_ref="o1-abc",
        )
    ) == event(card_post(click({"_a": payload()})))


def test_a_click_in_a_group_is_told_by_the_cards_mark():
    pressed = event(card_post(click({"_a": payload(recipient=GROUP)}, user="u9")))

    assert (ChatRef("group", "cidAbc=="), "u9") == (pressed.chat, pressed.sender.user_id)


def test_two_clicks_are_two_events_and_a_repeated_one_is_the_same():
    first, again = (event(card_post(click({"_a": payload()}))) for _ in range(2))
    other = event(card_post(click({"_a": payload()}), timestamp=LATER))

    assert (first.key, True) == (again.key, first.key != other.key)


def test_a_submitted_form_gives_each_fields_value():
    form = {
        "name": "云途",
        "source": {"index": 2, "value": "展会"},
        "tags": {"index": [0, 1], "value": ["a", "b"]},
        "agree": True,
        "amount": 50,
        "_a": payload(),
    }

    pressed = event(card_post(click({"form": form}, actions=["form"])))

    assert {"name": "云途", "source": "展会", "tags": ("a", "b"), "agree": True, "amount": "50"} == pressed.form
    assert (seal(ACTION), "form") == (pressed.payload, pressed.button)


def test_a_forms_action_may_be_a_choice():
    form = {"_a": {"index": 0, "value": payload()}}

    assert seal(ACTION) == event(card_post(click({"form": form}))).payload


VARIANTS = {
    "content under value": lambda params: {
        "content": None,
        "value": json.dumps({"cardPrivateData": {"params": params}}),
    },
    "params beside": lambda params: {
        "content": json.dumps({"cardPrivateData": {"actionIds": ["b0"]}, "params": params})
    },
    "user private data": lambda params: {"content": json.dumps({"userPrivateData": {"params": params}})},
    "action data": lambda params: {"content": "{}", "actionData": {"cardPrivateData": {"params": params}}},
    "empty extension": lambda params: {"extension": ""},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_place_where_components_put_their_parameters_is_read(name):
    params = {"_a": payload()}

    assert seal(ACTION) == event(card_post(click(params, **VARIANTS[name](params)))).payload


# --- events


def change(event_type, **data):
    return {"EventType": event_type, "EventTime": int(MILLIS), "CorpId": CORP, "eventId": "evt1", **data}


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [("user_add_org", "joined"), ("user_leave_org", "left"), ("user_modify_org", "updated")],
)
def test_each_person_of_a_change_is_an_event_of_their_own(event_type, expected):
    outcome = received(sealed_event(change(event_type, userId=["u1", "u2"])))

    assert [("u1", expected, "event:evt1:u1"), ("u2", expected, "event:evt1:u2")] == [
        (each.sender.user_id, each.change, each.key) for each in (outcome.event, *outcome.others)
    ]
    assert isinstance(outcome.event, MemberChanged)


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("im_cool_app_install", BotAddedToGroup),
        ("im_cool_app_uninstall", BotRemovedFromGroup),
        ("chat_disband", BotRemovedFromGroup),
        ("chat_add_member", GroupMembersChanged),
        ("chat_remove_member", GroupMembersChanged),
        ("chat_quit", GroupMembersChanged),
    ],
)
def test_comings_and_goings_in_groups(event_type, kind):
    told = event(sealed_event(change(event_type, openConversationId="cidG==", operator="u1")))

    assert (kind, ChatRef("group", "cidG=="), "u1") == (type(told), told.chat, told.sender.user_id)


@pytest.mark.parametrize("data", [change("org_dept_modify", deptId=[5]), change("user_add_org", userId=[])])
def test_other_events_are_acknowledged_and_named(data):
    told = event(sealed_event(data))

    assert (OtherEvent, data["EventType"]) == (type(told), told.kind)


def test_a_new_address_is_checked_and_answered_in_an_envelope():
    outcome = received(sealed_event({"EventType": "check_url"}))

    assert isinstance(outcome, Answered)
    assert ("success", CLIENT, True) == opened_reply(outcome.response)


def test_older_spellings_of_the_query_are_read():
    request = sealed_event(change("chat_disband"))
    query = {"signature": request.query["msg_signature"], "timeStamp": MILLIS, "nonce": "n1"}

    assert isinstance(received(replace(request, query=query)), Accepted)


# --- refusals


REFUSALS = {
    "wrong secret": (robot_post(message(), secret="other"), "signature"),
    "no headers": (RawRequest("POST", {}, {}, b"{}"), "signature"),
    "strange headers": (robot_post(message(), sign="\ud800"), "signature"),
    "an hour old": (robot_post(message(), timestamp=str(int(MILLIS) - 3_600_000)), "stale"),
    "from tomorrow": (robot_post(message(), timestamp=str(int(MILLIS) + 61_000)), "stale"),
    "no json": (robot_post(b"[" * 100_000), "object"),
    "another company's robot": (robot_post(message({"chatbotCorpId": "dingother"})), "receiver"),
    "no message id": (robot_post(message({"msgId": None})), "identifier"),
    "no time": (robot_post(message({"createAt": "yesterday"})), "time"),
    "a click unsigned": (
        RawRequest("POST", {}, {}, json.dumps(click({"_a": payload()})).encode(), "card"),
        "signature",
    ),
    "a click of old": (card_post(click({"_a": payload()}), timestamp=str(int(MILLIS) - 61_000)), "stale"),
    "another company's click": (card_post(click({"_a": payload()}, corpId="dingother")), "receiver"),
    "content that is no text": (card_post(click({}, content={"a": 1})), "content"),
    "content that is no object": (card_post(click({}, content="[]")), "object"),
    "nobody's click": (card_post(click({"_a": payload()}, user="")), "identifier"),
    "an event unsigned": (RawRequest("POST", {}, {}, b'{"encrypt":"x"}', "event"), "signature"),
    "an event in clear text": (RawRequest("POST", {}, {}, json.dumps(change("x")).encode(), "event"), "signature"),
    "another app's event": (sealed_event(change("x"), receiver="dingother"), "receiver"),
    "another company's event": (sealed_event(change("x", CorpId="dingother")), "receiver"),
    "an event that is no json": (sealed_event("success"), "object"),
    "an event of nobody": (sealed_event(change("user_add_org", userId=[5])), "identifier"),
    "another part": (RawRequest("POST", {}, {}, b"", "contacts"), "no_such_part"),
    "a look": (RawRequest("GET", {}, {}, b""), "method"),
    "a book": (robot_post(b" " * 300_000), "oversize"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_whatever_is_wrong_is_refused_with_a_code(name):
    request, reason = REFUSALS[name]

    assert Refused(reason) == received(request)


@given(st.binary(max_size=200))
def test_no_signed_bytes_make_the_reader_stumble(body):
    adapter = build()

    for request in (robot_post(body), card_post(body), sealed_event(body.decode("latin-1"))):
        assert isinstance(adapter.receive(request), Refused)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(message(group=True))), JUNK)
def test_no_field_of_a_message_makes_the_reader_stumble(field, value):
    assert isinstance(received(robot_post(message({field: value}, group=True))), Accepted | Refused)


@given(st.sampled_from(["content", "actionData", "spaceId", "userId", "outTrackId", "corpId", "value"]), JUNK)
def test_no_field_of_a_click_makes_the_reader_stumble(field, value):
    assert isinstance(received(card_post(click({"_a": payload()}, **{field: value}))), Accepted | Refused)


@given(JUNK)
def test_nothing_in_a_submitted_form_makes_the_reader_stumble(value):
    assert isinstance(received(card_post(click({"_a": payload(), "form": value}))), Accepted | Refused)


# --- E1b: a signature that does not cover the body


FORGED = {
    "the person": click({"_a": payload()}, user="laozhang"),
    "the card": click({"_a": payload()}, track="o2-xyz"),
    "the action of another card": click({"_a": payload("o2-xyz")}),
    "the action without its mark": click({"_a": seal(ACTION)}),
    "no action": click({}),
}


@pytest.mark.parametrize("changed", FORGED)
def test_a_genuine_signature_carries_no_other_click(changed):
    assert Refused("binding") == received(card_post(FORGED[changed]))


def test_a_signature_is_good_for_one_body():
    shared, adapter = Shared(), None
    adapter = build(shared=shared)
    said, forged = message(), message({"msgId": "msg2==", "senderStaffId": "laozhang"})

    outcomes = [adapter.receive(robot_post(body)) for body in (said, said, forged)]

    assert isinstance(outcomes[0], Accepted)
    assert (outcomes[0], Refused("reused_signature")) == (outcomes[1], outcomes[2])
    assert Refused("reused_signature") == build(shared=shared).receive(robot_post(forged))


def test_a_click_cannot_borrow_the_signature_of_another():
    adapter = build()
    adapter.receive(card_post(click({"_a": payload()})))

    assert Refused("reused_signature") == adapter.receive(card_post(click({"_a": payload("o2-x")}, track="o2-x")))


def test_a_message_over_http_says_that_its_text_is_not_proved():
    assert not event(robot_post(message())).is_signed


def test_an_account_on_stream_listens_to_nothing_else():
    config = replace(CONFIG, mode="stream")

    assert {Refused("stream_only")} == {received(request, config=config) for request, _ in REFUSALS.values()}
    assert Refused("stream_only") == received(robot_post(message()), config=config)


# --- answers


def test_each_kind_of_call_gets_its_answer():
    adapter = build()

    said = adapter.encode(event(robot_post(message())), Reply(), NOW)
    told = adapter.encode(event(sealed_event(change("user_add_org", userId=["u1"]))), Reply(), NOW)

    assert b'{"msgtype":"empty"}' == said.body
    assert ("success", CLIENT, True) == opened_reply(told)


def test_the_age_of_an_event_is_that_of_its_creation():
    created = datetime(2026, 11, 1, tzinfo=UTC)
    old = change("chat_disband") | {"EventTime": int(created.timestamp() * 1000)}

    assert (created, timedelta(days=23, hours=2)) == (event(sealed_event(old)).sent_at, NOW - created)


# --- mutations


def mutated(request, chance):
    """
    A signed request with one thing changed: a bit, a piece missing or twice, another header or parameter.
    """
    match chance.randrange(4):
        case 0:
            at = chance.randrange(len(request.body))
            flipped = bytes([request.body[at] ^ 1 << chance.randrange(8)])
            return replace(request, body=request.body[:at] + flipped + request.body[at + 1 :])
        case 1:
            start, end = sorted(chance.randrange(len(request.body)) for _ in "ab")
            return replace(request, body=request.body[:start] + request.body[end + 1 :])
        case 2:
            start, end = sorted(chance.randrange(len(request.body)) for _ in "ab")
            return replace(request, body=request.body[: end + 1] + request.body[start:])
        case _:
            part = "query" if request.query else "headers"
            values = dict(getattr(request, part))
            name = chance.choice(sorted(values))
            at = chance.randrange(len(values[name]))
            values[name] = values[name][:at] + chr(ord(values[name][at]) + 1) + values[name][at + 1 :]
            return replace(request, **{part: values})


def test_no_mutation_of_a_sealed_event_is_accepted():
    genuine, chance, adapter = sealed_event(change("user_add_org", userId=["u1"])), random.Random(7), build()
    said = json.loads(genuine.body)

    for _ in range(5000):
        changed = mutated(genuine, chance)
        outcome = adapter.receive(changed)
        assert isinstance(outcome, Refused) or _says(changed.body) == said, changed


def test_no_mutation_of_the_headers_of_a_message_or_click_is_accepted():
    chance, adapter = random.Random(8), build()

    for genuine in (robot_post(message()), card_post(click({"_a": payload()}))):
        for _ in range(1000):
            changed = mutated(genuine, chance)
            if changed.headers != genuine.headers:
                assert isinstance(adapter.receive(changed), Refused), changed


def _says(body):
    """
    What a body says however it is spelt: JSON knows more than one way.
    """
    try:
        return json.loads(body)
    except ValueError:
        return None

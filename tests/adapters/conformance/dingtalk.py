"""
DingTalk's samples for the conformance suite: three kinds of callbacks over HTTP, and the frames of a Stream connection.

Nobody else makes whole requests for our keys, so its `vectors` are the signed envelopes that dingtalk-sdk made.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import queue
from dataclasses import replace

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.dingtalk import errors, limits
from adapters.dingtalk.markdown import card_message
from adapters.dingtalk.render import card_face
from adapters.dingtalk.sending import TO_PEOPLE
from adapters.http import HttpResponse
from bot.events import (
    ActionClicked,
    Attachment,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatRef,
    GroupMembersChanged,
    MemberChanged,
    MessageReceived,
    Person,
)
from bot.ports import Outbound, RawRequest
from tests.adapters.conformance.samples import Heard, Platform, codes_in, hardened_json, running
from tests.adapters.dingtalk.dingtalk_rig import (
    ACTION,
    AES_KEY,
    CLIENT,
    CORP,
    GROUP,
    MILLIS,
    NOW,
    PERSON,
    SECRET,
    TOKEN,
    VECTORS,
    build,
    card_post,
    click,
    message,
    payload,
    robot_post,
    seal,
    sealed_event,
)
from tests.adapters.dingtalk.dingtalk_rig import Platform as DingTalk
from tests.adapters.dingtalk.test_dingtalk_stream import CARDS, MESSAGES, STREAM, Gateway

COMMON = {"platform": "dingtalk", "account": "demo", "sent_at": NOW}
DIRECT = ChatRef("direct")
LATER = str(int(MILLIS) + 1)


def _said(text="", attachments=(), *, content=None, group=False, **more):
    chat = ChatRef("group", "cidAbc==", "销售一群") if group else ChatRef("direct", "cidDirect==")
    event = MessageReceived(
        **COMMON,
        key="message:msgXyz==",
        sender=Person("u1", "小李"),
        chat=chat,
        message_id="msgXyz==",
        text=text,
        attachments=attachments,
        mentions=(Person("u2"),) if group else (),
        **more,
    )
    return message(content, group=group), event


def _pressed(params, button="b0", **more):
    event = ActionClicked(
        **COMMON,
        key="click:m1",
        sender=Person("u1"),
        chat=ChatRef("direct"),
        payload=seal(ACTION),
        button=button,
        card_ref="o1-abc",
        **more,
    )
    return click(params, actions=(button,)), event


def _change(event_type, kind, *, chat=DIRECT, key="event:evt1", sender="u1", data=None, **more):
    return (event_type, data or {"userId": ["u1"]}), kind(**COMMON, key=key, sender=Person(sender), chat=chat, **more)


def _member(event_type, change):
    return _change(event_type, MemberChanged, key="event:evt1:u1", change=change)


def _group(event_type, kind):
    data = {"openConversationId": "cidG==", "operator": "u1"}
    return _change(event_type, kind, chat=ChatRef("group", "cidG=="), data=data)


QUOTED = {"text": {"content": "跟进", "isReplyMsg": True, "repliedMsg": {"msgId": "msgOld==", "msgType": "text"}}}
PICTURE = {"msgtype": "picture", "content": {"downloadCode": "D1"}}
FILE = {"msgtype": "file", "content": {"downloadCode": "D5", "fileName": "名单.xlsx", "fileId": "1", "spaceId": "2"}}
VOICE = {"msgtype": "audio", "content": {"duration": 4000, "downloadCode": "D3", "recognition": "报备 上海某公司"}}
FORM = {"form": {"name": "云途", "source": {"index": 2, "value": "展会"}, "_a": payload()}}
SAID = {
    "text": _said("报备 上海某公司"),
    "group_text": _said("报备 上海某公司", group=True),
    "reply": _said("跟进", content=QUOTED, reply_to="msgOld=="),
    "image": _said(content=PICTURE, attachments=(Attachment("image", "D1"),)),
    "file": _said(content=FILE, attachments=(Attachment("file", "D5", "名单.xlsx"),)),
    "voice": _said(content=VOICE, attachments=(Attachment("voice", "D3", text="报备 上海某公司"),)),
}
PRESSED = {
    "click": _pressed({"_a": payload()}),
    "form": _pressed(FORM, "form", form={"name": "云途", "source": "展会"}),
}
CHANGES = {
    "bot_added": _group("im_cool_app_install", BotAddedToGroup),
    "bot_removed": _group("chat_disband", BotRemovedFromGroup),
    "group_members": _group("chat_add_member", GroupMembersChanged),
    "joined": _member("user_add_org", "joined"),
    "updated": _member("user_modify_org", "updated"),
    "left": _member("user_leave_org", "left"),
}


def _changed(event_type, data):
    told = {"EventType": event_type, "EventTime": int(MILLIS), "CorpId": CORP, "eventId": "evt1"}
    return sealed_event({**told, **data})


def _requests():
    for name, (body, event) in SAID.items():
        # the signature covers no more than the time
        yield name, Heard(robot_post(body), replace(event, is_signed=False))
    for name, (body, event) in PRESSED.items():
        raw = card_post(body)
        key = f"click:{MILLIS}:{hashlib.sha256(raw.body).hexdigest()[:40]}"
        yield name, Heard(raw, replace(event, key=key))
    for name, ((event_type, data), event) in CHANGES.items():
        yield name, Heard(_changed(event_type, data), event)


def _frame(kind, data, topic="", **headers):
    head = {"messageId": "m1", "time": MILLIS, "topic": topic, "contentType": "application/json", **headers}
    return json.dumps({"specVersion": "1.0", "type": kind, "headers": head, "data": json.dumps(data)})


def _pushed():
    for name, (body, event) in SAID.items():
        yield name, Heard(_frame("CALLBACK", body, MESSAGES), event)
    for name, (body, event) in PRESSED.items():
        yield name, Heard(_frame("CALLBACK", body, CARDS), event)
    for name, ((event_type, data), event) in CHANGES.items():
        born = {"eventId": "evt1", "eventType": event_type, "eventCorpId": CORP, "eventBornTime": MILLIS}
        yield name, Heard(_frame("EVENT", data, "*", **born), event)


def _vectors():
    for vector in VECTORS["callback_crypto"]:
        if (vector["token"], vector["encodingAesKey"], vector["receiverId"]) == (TOKEN, AES_KEY, CLIENT):
            query = {name: vector[name] for name in ("msg_signature", "timestamp", "nonce")}
            if "check_url" in vector["plaintext"]:
                body = json.dumps({"encrypt": vector["encrypt"]}).encode()
                yield vector["name"], RawRequest("POST", {}, query, body, "event")


def _forged():
    said, pressed = message(), click({"_a": payload()})
    yield "another app's robot", robot_post(said, secret="other")
    yield "another company's robot", robot_post(message({"chatbotCorpId": "dingother"}))
    yield "of an hour ago", robot_post(said, timestamp=str(int(MILLIS) - 3_600_000))
    yield "of tomorrow", card_post(pressed, timestamp=str(int(MILLIS) + 86_400_000))
    yield "a click by somebody else", card_post(click({"_a": payload()}, user="laozhang"))
    yield "a click on another card", card_post(click({"_a": payload()}, track="o2-xyz"))
    yield "a message signed like a click", replace(card_post(said), part="")
    yield "another app's event", sealed_event({"EventType": "chat_disband"}, receiver="dingother")
    yield "an event under another token", sealed_event({"EventType": "chat_disband"}, token="other")
    yield "an event in clear text", replace(_changed("chat_disband", {}), body=b'{"EventType":"chat_disband"}')


def _said_by(raw):
    if raw.part != "event":
        return raw.body, tuple(sorted(raw.headers.items()))
    body = _json(raw.body)
    return body.get("encrypt") if isinstance(body, dict) else None, tuple(sorted(raw.query.items()))


def _json(body):
    """
    What a body says however it is spelt: JSON knows more than one way.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


USED = {}
KEY = base64.b64decode(AES_KEY + "=")
CARD_SECRET = hmac.digest(SECRET.encode(), b"card callbacks", "sha256").hex()[:32].encode()


def minimal(raw):
    """
    The signature and its single use, for events AES and padding, for clicks the mark of card and person, and JSON.
    """
    if raw.part == "event":
        return _minimal_event(raw)
    headers, now = raw.headers, NOW.timestamp() * 1000
    name = "x-ddpaas-signature" if raw.part else "sign"
    timestamp = headers["x-ddpaas-signature-timestamp" if raw.part else "timestamp"]
    secret, signed = (CARD_SECRET, timestamp) if raw.part else (SECRET.encode(), f"{timestamp}\n{SECRET}")
    expected = base64.b64encode(hmac.digest(secret, signed.encode(), "sha256")).decode()
    if not hmac.compare_digest(expected, headers[name]) or abs(int(timestamp) - now) > 60_000:
        return None
    digest, body = hashlib.sha256(raw.body).hexdigest(), hardened_json(raw.body)
    if USED.setdefault((raw.part, timestamp), digest) != digest or body is None:
        return None
    if not raw.part:
        return body
    content = hardened_json(body["content"])
    params = content["cardPrivateData"]["params"]
    carried = params.get("_a") or params["form"]["_a"]
    marks = payload(body["outTrackId"], replace(PERSON, id=body["userId"]))
    return (body, content) if hmac.compare_digest(carried[-20:], marks[-20:]) else None


def _minimal_event(raw):
    encrypted, query = (hardened_json(raw.body) or {})["encrypt"], raw.query
    parts = sorted([TOKEN, query["timestamp"], query["nonce"], encrypted])
    if not hmac.compare_digest(hashlib.sha1("".join(parts).encode()).hexdigest(), query["msg_signature"]):
        return None
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).decryptor()
    block = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    if not 1 <= block[-1] <= 32 or block[-block[-1] :] != bytes([block[-1]]) * block[-1]:
        return None
    framed = block[16 : -block[-1]]
    end = 4 + int.from_bytes(framed[:4], "big")
    return hardened_json(framed[4:end]) if hmac.compare_digest(framed[end:], CLIENT.encode()) else None


def _failure(code, status):
    response = HttpResponse(status, {}, json.dumps({"code": code, "message": ""}).encode())
    return errors.failure(errors.code_of(response), response)


def _faults(card):
    yield from limits.card_faults(card_face(card, seal).params)
    for recipient in (PERSON, GROUP):
        yield from limits.message_faults(dict(card_message(Outbound("r1", recipient, card, ""), card).msg_param))


class _Line:
    def __init__(self, gateway):
        self._gateway = gateway
        gateway.came.get(timeout=5)

    def push(self):
        self._gateway.say(message())

    def acknowledged(self, seconds):
        try:
            return self._gateway.acks.get(timeout=seconds)[1]["code"] == 200
        except queue.Empty:
            return False


@contextlib.contextmanager
def line(take):
    gateway = Gateway()
    with running(build(STREAM, platform=gateway.platform), take):
        yield _Line(gateway)
    gateway.close()


SENT = {"processQueryKey": "q1", "invalidStaffIdList": [], "flowControlledStaffIdList": []}


def _tell(answer, path=TO_PEOPLE):
    platform = DingTalk()
    platform.answers[path] = answer()
    adapter, message = build(platform=platform), Outbound("r1", PERSON, None, "日报")
    return adapter.send(message, adapter.render(message))


def _robot(body, timestamp=MILLIS):
    return robot_post(message({"msgId": body}), timestamp=timestamp)


PLATFORM = Platform(
    account=build,
    vectors=dict(_vectors()),
    requests=dict(_requests()),
    forged=dict(_forged()),
    again={
        "message under another signature": (_robot("m1=="), _robot("m1==", LATER)),
        "click": (card_post(click({"_a": payload()})), card_post(click({"_a": payload()}))),
        "event": (
            _changed(*CHANGES["left"][0]),
            sealed_event(
                {
                    "EventType": "user_leave_org",
                    "EventTime": int(MILLIS),
                    "CorpId": CORP,
                    "eventId": "evt1",
                    "userId": ["u1"],
                },
                nonce="n2",
            ),
        ),
    },
    twins={
        "the same words": (_robot("m1=="), _robot("m2==", LATER)),
        "two clicks on one button": (
            card_post(click({"_a": payload()})),
            card_post(click({"_a": payload()}), timestamp=LATER),
        ),
        "who left": (_changed("user_leave_org", {"userId": ["u1"]}), _changed("user_leave_org", {"userId": ["u2"]})),
    },
    said=_said_by,
    minimal=minimal,
    measured={
        "message": robot_post(message(group=True)),
        "click": card_post(click(FORM, actions=("form",))),
        "event": _changed(*CHANGES["left"][0]),
    },
    pushed=dict(_pushed()),
    read_pushed=lambda raw: build(STREAM).connection._reader.read(raw).events[0],
    tell=_tell,
    unprepared=lambda answer: _tell(answer, "/v1.0/oauth2/accessToken"),
    success=SENT,
    odd={
        "no query key": {"invalidStaffIdList": []},
        "query key of another type": {"processQueryKey": 7},
        "the person unknown": SENT | {"invalidStaffIdList": ["u1"]},
        "the person held back": SENT | {"flowControlledStaffIdList": ["u1"]},
        "the person filtered": SENT | {"filteredStaffIdList": ["u1"]},
        "an errcode": {"errcode": 40035, "errmsg": "x"},
        "an errcode as text": {"errcode": "90018", "errmsg": "x"},
        "an errcode inside another": {"errcode": 88, "sub_code": "60011", "errmsg": "x"},
    },
    codes=codes_in(errors),
    failure=_failure,
    faults=_faults,
    line=line,
)

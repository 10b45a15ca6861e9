"""
Feishu's samples for the conformance suite. HTTP and the long connection carry the same payloads.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import queue
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.feishu import errors
from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.card_check import first_violation
from adapters.feishu.frames import DATA
from adapters.feishu.render import card_content, render_card
from adapters.http import HttpResponse, Transport
from bot.events import (
    ActionClicked,
    Attachment,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatEntered,
    ChatRef,
    GroupMembersChanged,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    Person,
)
from bot.ports import Outbound, Recipient
from tests.adapters.conformance.samples import Heard, Platform, codes_in, hardened_json, running
from tests.adapters.feishu.feishu_rig import (
    BASE,
    META,
    NOW,
    VECTORS,
    Shared,
    build,
    envelope,
    message,
    post,
    request,
    seal,
)
from tests.adapters.feishu.feishu_rig import Platform as Answers
from tests.adapters.feishu.test_feishu_websocket import SOCKET, Feishu, pushed

CREATED = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
BOT = [{"key": "@_user_1", "id": {"open_id": "ou_bot"}, "mentioned_type": "bot", "name": "聊单"}]
STAMPED = CREATED + timedelta(milliseconds=123)
NOWHERE, DIRECT, GROUP = ChatRef("direct"), ChatRef("direct", "oc_1"), ChatRef("group", "oc_1")
ME = {"open_id": "ou_1"}


def _heard(kind, key, body, *, chat=NOWHERE, sender="ou_1", at=STAMPED, **more):
    common = {"platform": "feishu", "account": "demo", "key": key, "sent_at": at}
    return body, kind(**common, sender=Person(sender), chat=chat, **more)


def _said(body, *, chat=DIRECT, text="", attachments=(), reply_to=None):
    more = {"message_id": "om_1", "text": text, "attachments": attachments, "reply_to": reply_to}
    return _heard(MessageReceived, "om_1", body, chat=chat, at=CREATED, **more)


def _pressed(action, *, payload="", form=None):
    body = envelope(
        "card.action.trigger",
        {
            "operator": ME,
            "token": "c-1",
            "action": {"tag": "button", "name": "b0", **action},
            "context": {"open_message_id": "om_9", "open_chat_id": "oc_1"},
        },
    )
    return _heard(
        ActionClicked,
        "evt_1",
        body,
        chat=DIRECT,
        payload=payload,
        button="b0",
        form=form or {},
        card_ref="om_9",
        update_token="c-1",
        update_token_expires_at=CREATED + timedelta(minutes=30, milliseconds=123),
    )


def _told(kind, event_type, body, **more):
    return _heard(kind, "evt_1", envelope(event_type, body), **more)


def _change(event_type, change):
    return _told(MemberChanged, f"contact.user.{event_type}_v3", {"object": ME}, change=change)


FILE = {"file_key": "f_1", "file_name": "名单.xlsx"}
PLACE = {"name": "杭州市", "longitude": "120.1", "latitude": "30.2"}
PAYLOADS = {
    "text": _said(message("text", {"text": "报备 云途"}), text="报备 云途"),
    "group_text": _said(
        message("text", {"text": "@_user_1 公海"}, chat_type="group", mentions=BOT), chat=GROUP, text="公海"
    ),
    "reply": _said(message("text", {"text": "跟进"}, parent_id="om_0"), text="跟进", reply_to="om_0"),
    "image": _said(message("image", {"image_key": "i_1"}), attachments=(Attachment("image", "om_1/image/i_1"),)),
    "file": _said(message("file", FILE), attachments=(Attachment("file", "om_1/file/f_1", "名单.xlsx"),)),
    "voice": _said(
        message("audio", {"file_key": "f_1", "duration": 2000}), attachments=(Attachment("voice", "om_1/file/f_1"),)
    ),
    "location": _said(
        message("location", PLACE), attachments=(Attachment("location", "30.200000,120.100000", text="杭州市"),)
    ),
    "contact": _said(message("share_user", {"user_id": "ou_9"}), attachments=(Attachment("contact", "ou_9"),)),
    "click": _pressed({"value": {"a": "v1.pool.claim.sig"}}, payload="v1.pool.claim.sig"),
    "form": _pressed(
        {"value": {"a": "v1.x.y.sig"}, "form_value": {"due": "2026-12-01 +0800", "tags": ["a", "b"], "name": "云途"}},
        payload="v1.x.y.sig",
        form={"due": "2026-12-01", "tags": ("a", "b"), "name": "云途"},
    ),
    "menu": _told(
        MenuClicked,
        "application.bot.menu_v6",
        {"operator": {"operator_id": ME}, "event_key": "new_report"},
        menu_key="new_report",
    ),
    "entered": _told(
        ChatEntered,
        "im.chat.access_event.bot_p2p_chat_entered_v1",
        {"chat_id": "oc_1", "operator_id": ME},
        chat=DIRECT,
    ),
    "bot_added": _told(
        BotAddedToGroup,
        "im.chat.member.bot.added_v1",
        {"chat_id": "oc_1", "operator_id": ME, "external": True, "name": "华东"},
        chat=GROUP,
        group_name="华东",
        external=True,
    ),
    "bot_removed": _told(
        BotRemovedFromGroup, "im.chat.disbanded_v1", {"chat_id": "oc_1", "operator_id": ME}, chat=GROUP
    ),
    "group_members": _told(
        GroupMembersChanged, "im.chat.member.user.added_v1", {"chat_id": "oc_1"}, chat=GROUP, sender=""
    ),
    "joined": _change("created", "joined"),
    "updated": _change("updated", "updated"),
    "left": _change("deleted", "left"),
}


def _forged():
    genuine, text = post(message("text", {"text": "公海"})), message("text", {"text": "公海"})
    unsigned = {name: value for name, value in genuine.headers.items() if name != "x-lark-signature"}
    yield "unsigned", replace(genuine, headers=unsigned)
    yield "in clear text", replace(genuine, body=json.dumps(text).encode())
    yield "of the day before", replace(genuine, headers={**genuine.headers, "x-lark-request-timestamp": "1795219200"})
    yield "another body", replace(post(text), headers=post(message("text", {"text": "帮助"})).headers)
    yield "spelt otherwise", replace(genuine, body=genuine.body.replace(b'":"', b'": "'))
    for name, header in {"token": {"token": "x"}, "app": {"app_id": "cli_x"}, "company": {"tenant_key": "x"}}.items():
        yield f"another {name}", post(envelope("im.chat.disbanded_v1", {"chat_id": "oc_1"}, **header))


def _other_message(message_id):
    body = message("text", {"text": "公海"})
    body["event"]["message"]["message_id"] = message_id
    return post(body)


def _other_event(kind, event_id):
    body, _ = PAYLOADS[kind]
    return post({**body, "header": {**body["header"], "event_id": event_id}})


def _said_by(raw):
    names = ("x-lark-request-timestamp", "x-lark-request-nonce", "x-lark-signature")
    return raw.body, *(raw.headers.get(name) for name in names)


AES = algorithms.AES(hashlib.sha256(META["encrypt_key"].encode()).digest())


def minimal(raw):
    """
    Signature over the raw body, AES, padding, token, and JSON three times: envelope, event, content.
    """
    headers = raw.headers
    prefix = headers["x-lark-request-timestamp"] + headers["x-lark-request-nonce"] + META["encrypt_key"]
    if not hmac.compare_digest(hashlib.sha256(prefix.encode() + raw.body).hexdigest(), headers["x-lark-signature"]):
        return None
    sealed = base64.b64decode((hardened_json(raw.body) or {})["encrypt"], validate=True)
    decryptor = Cipher(AES, modes.CBC(sealed[:16])).decryptor()
    padded = decryptor.update(sealed[16:]) + decryptor.finalize()
    if not 1 <= padded[-1] <= 16 or padded[-padded[-1] :] != bytes([padded[-1]]) * padded[-1]:
        return None
    payload = hardened_json(padded[: -padded[-1]])
    if payload is None or not hmac.compare_digest(payload["header"]["token"], META["verification_token"]):
        return None
    said = payload["event"].get("message")
    return payload, hardened_json(said["content"]) if said else None


def _failure(code, status):
    payload = {"code": code, "msg": ""}
    return errors.failure(HttpResponse(status, {}, json.dumps(payload).encode()), payload)


def _faults(card):
    for in_group in (False, True):
        face = render_card(card, seal, in_group=in_group)
        violation = first_violation(face, card_content(face))
        if violation is not None:
            yield violation


class _Line:
    def __init__(self, feishu):
        self._feishu = feishu
        self._client = feishu.client()

    def push(self):
        self._client.send(pushed(PAYLOADS["text"][0]))

    def acknowledged(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                frame = self._feishu.frames.get(timeout=left)
                if frame.method == DATA:
                    return json.loads(frame.payload)["code"] == 200
        return False


@contextlib.contextmanager
def line(take):
    feishu = Feishu()
    http = Transport([BASE], network=httpx.MockTransport(feishu))
    adapter = FeishuAdapter(SOCKET, http=http, shared=Shared(), seal=seal, clock=lambda: NOW)
    with running(adapter, take):
        yield _Line(feishu)
    feishu.close()


SENT = {"code": 0, "msg": "ok", "data": {"message_id": "om_1", "chat_id": "oc_1"}}


def _tell(answer, path="/open-apis/im/v1/messages"):
    platform = Answers()
    platform.answers[path] = answer()
    adapter, message = build(platform=platform), Outbound("r1", Recipient("person", "ou_1"), None, "日报")
    return adapter.send(message, adapter.render(message))


SIGNED = {vector["name"]: request(vector["raw_body"], vector["headers"]) for vector in VECTORS["signed_requests"]}

PLATFORM = Platform(
    account=build,
    vectors=SIGNED,
    requests={name: Heard(post(body), event) for name, (body, event) in PAYLOADS.items()},
    forged=dict(_forged()),
    again={
        "message under another event id": (_other_event("text", "evt_1"), _other_event("text", "evt_2")),
        "click": (_other_event("click", "evt_1"), _other_event("click", "evt_1")),
    },
    twins={
        "the same words": (_other_message("om_1"), _other_message("om_2")),
        "two clicks on one button": (_other_event("click", "evt_1"), _other_event("click", "evt_2")),
    },
    said=_said_by,
    minimal=minimal,
    measured={
        "message": SIGNED["message_text_group_at"],
        "click": SIGNED["card_action_form_submit"],
        "event": SIGNED["user_deleted"],
    },
    pushed={name: Heard(json.dumps(body).encode(), event) for name, (body, event) in PAYLOADS.items()},
    read_pushed=lambda raw: build()._read_pushed(raw).event,
    tell=_tell,
    unprepared=lambda answer: _tell(answer, "token"),
    success=SENT,
    odd={
        "no message id": {"code": 0, "msg": "ok", "data": {}},
        "message id of another type": {"code": 0, "msg": "ok", "data": {"message_id": 7}},
        "no data": {"code": 0, "msg": "ok"},
        "data of another type": {"code": 0, "msg": "ok", "data": []},
        "no code": {"msg": "ok", "data": {"message_id": "om_1"}},
        "code as text": SENT | {"code": "0"},
        "code of another type": SENT | {"code": False},
    },
    codes=codes_in(errors),
    failure=_failure,
    faults=_faults,
    line=line,
)

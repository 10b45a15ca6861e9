"""
WeCom's samples for the conformance suite: the app's callbacks, the directory's, and the frames of the 智能机器人.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import queue
import struct
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from adapters.wecom import errors, limits
from bot.events import (
    ActionClicked,
    Attachment,
    ChatEntered,
    ChatRef,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    Person,
)
from bot.ports import RawRequest
from tests.adapters.conformance.samples import Heard, Platform, codes_in, running
from tests.adapters.wecom.test_wecom_bot_frames import frame, in_group
from tests.adapters.wecom.test_wecom_receive import BY_ID, click_xml, selection, vector_post
from tests.adapters.wecom.wecom_rig import CORP_ID, TOKEN, Rig, cipher, message_xml, outbound, signed_post

CREATED = datetime(2025, 11, 22, 2, 40, 1, tzinfo=UTC)
FRAMED = datetime(2025, 11, 22, 2, 41, 40, tzinfo=UTC)
COMMON = {"platform": "wecom", "account": "main"}
ME, DIRECT, GROUP = Person("zhangsan"), ChatRef("direct"), ChatRef("group", "aibot:wrGROUP")
BOT = {"mode": "aibot", "bot_id": "b", "bot_secret": "s", "agent_id": 0, "secret": "", "token": "", "aes_key": ""}


def _said(kind, inner, *, text="", attachments=()):
    event = MessageReceived(
        **COMMON,
        key="message:5",
        sender=ME,
        chat=DIRECT,
        sent_at=CREATED,
        message_id="5",
        text=text,
        attachments=attachments,
    )
    return message_xml(kind, f"{inner}<MsgId>5</MsgId>"), event


def _told(kind, inner, *, sender=ME, **more):
    """
    Events carry no id: their key is proved by `again` and `twins`, here it is whatever it is.
    """
    xml = message_xml("event", inner)
    key = _key_of(signed_post(xml))
    return xml, kind(**COMMON, key=key, sender=sender, chat=DIRECT, sent_at=CREATED, **more)


def _key_of(raw):
    return Rig().adapter.receive(raw).event.key


def _pressed(selected="", form=None):
    xml = click_xml(selected)
    event = ActionClicked(
        **COMMON,
        key=_key_of(signed_post(xml)),
        sender=ME,
        chat=DIRECT,
        sent_at=CREATED,
        payload="v1.ok.sig",
        form=form or {},
        card_ref="o-1",
        update_token="rc-1",
        update_token_expires_at=CREATED + timedelta(hours=72),
    )
    return xml, event


def _change(kind, change):
    inner = f"<Event>change_contact</Event><ChangeType>{kind}_user</ChangeType><UserID>lisi</UserID>"
    return _told(MemberChanged, inner, sender=Person("lisi"), change=change)


MEDIA = "<MediaId>m-1</MediaId>"
PLACE = "<Location_X>30.2</Location_X><Location_Y>120.1</Location_Y><Scale>15</Scale><Label>杭州市</Label>"
SCANNED = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>MECARD:N:张伟;;</ScanResult></ScanCodeInfo>"
XML = {
    "text": _said("text", "<Content>公海</Content>", text="公海"),
    "image": _said("image", f"<PicUrl>http://p</PicUrl>{MEDIA}", attachments=(Attachment("image", "m-1"),)),
    "file": _said(
        "file", f"<FileName>合同.pdf</FileName>{MEDIA}", attachments=(Attachment("file", "m-1", "合同.pdf"),)
    ),
    "voice": _said("voice", f"<Format>amr</Format>{MEDIA}", attachments=(Attachment("voice", "m-1", "voice.amr"),)),
    "location": _said("location", PLACE, attachments=(Attachment("location", "30.200000,120.100000", text="杭州市"),)),
    "contact": _told(
        MessageReceived,
        f"<Event>scancode_waitmsg</Event><EventKey>SCAN</EventKey>{SCANNED}",
        attachments=(Attachment("contact", text="MECARD:N:张伟;;"),),
    ),
    "click": _pressed(),
    "form": _pressed(f"<SelectedItems>{selection('stage', 's2')}</SelectedItems>", {"stage": "s2"}),
    "menu": _told(MenuClicked, "<Event>click</Event><EventKey>REG_NEW</EventKey>", menu_key="REG_NEW"),
    "entered": _told(ChatEntered, "<Event>enter_agent</Event><EventKey/>"),
    "joined": _change("create", "joined"),
    "updated": _change("update", "updated"),
    "left": _change("delete", "left"),
}


def _framed(body, kind=MessageReceived, *, chat=DIRECT, **more):
    if kind is MessageReceived:
        more["message_id"] = "m-1"
    return Heard(body, kind(**COMMON, key="aibot:m-1", sender=ME, chat=chat, sent_at=FRAMED, **more))


def _happened(event, **body):
    return frame(msgtype="event", event={"eventtype": event, **({event: body} if body else {})})


CHOSEN = {"selected_item": [{"question_key": "stage", "option_ids": {"option_id": ["s2"]}}]}
PICTURE = {"url": "https://f.example/1", "aeskey": "k"}
PUSHED = {
    "text": _framed(frame(), text="公海"),
    "group_text": _framed(in_group("@聊单 公海"), chat=GROUP, text="公海"),
    "reply": _framed(
        in_group("@聊单 跟进", quote={"msgtype": "image", "image": PICTURE}),
        chat=GROUP,
        text="跟进",
        attachments=(Attachment("image", "aibot k https://f.example/1", "picture.jpg"),),
    ),
    "image": _framed(
        frame(msgtype="image", image=PICTURE),
        attachments=(Attachment("image", "aibot k https://f.example/1", "picture.jpg"),),
    ),
    "file": _framed(
        frame(msgtype="file", file={**PICTURE, "filename": "合同.pdf"}),
        attachments=(Attachment("file", "aibot k https://f.example/1", "合同.pdf"),),
    ),
    "voice": _framed(frame(msgtype="voice", voice={"content": "跟进 云途"}), text="跟进 云途"),
    "click": _framed(
        _happened("template_card_event", event_key="v1.ok.sig", task_id="o-1"),
        ActionClicked,
        payload="v1.ok.sig",
        card_ref="o-1",
    ),
    "form": _framed(
        _happened("template_card_event", event_key="v1.ok.sig", task_id="o-1", selected_items=CHOSEN),
        ActionClicked,
        payload="v1.ok.sig",
        form={"stage": "s2"},
        card_ref="o-1",
    ),
    "entered": _framed(_happened("enter_chat"), ChatEntered),
}


def _forged():
    said, genuine = XML["text"][0], signed_post(XML["text"][0])
    yield "another company's key", signed_post(said, receiver="wwffffffffffffffff")
    yield "another company", signed_post(message_xml("text", "<Content>x</Content><MsgId>5</MsgId>", ToUserName="ww2"))
    yield "another app", signed_post(message_xml("text", "<Content>x</Content><MsgId>5</MsgId>", AgentID="7"))
    yield "a cut ciphertext", signed_post(said, alter=lambda ciphertext: ciphertext[:-4])
    yield "the signature of another", replace(genuine, query=signed_post(XML["image"][0]).query)
    yield "in clear text", replace(genuine, body=said.encode())
    yield "an entity", signed_post('<!DOCTYPE xml [<!ENTITY a "b">]>' + said.replace("公海", "&a;"))
    yield "two ciphertexts", replace(genuine, body=genuine.body.replace(b"</xml>", b"<Encrypt>x</Encrypt></xml>"))


def _said_by(raw):
    try:
        found = fromstring(raw.body, forbid_dtd=True).findall("Encrypt")
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    ciphertext = (found[0].text or "").strip() if len(found) == 1 else None
    return ciphertext, tuple(raw.query.get(name) for name in ("msg_signature", "timestamp", "nonce"))


def minimal(raw):
    """
    The envelope's XML, the signature, AES, padding and receiver, and the message's XML.
    """
    query, encrypted = raw.query, fromstring(raw.body, forbid_dtd=True).findtext("Encrypt")
    parts = sorted([TOKEN, query["timestamp"], query["nonce"], encrypted])
    if not hmac.compare_digest(hashlib.sha1("".join(parts).encode()).hexdigest(), query["msg_signature"]):
        return None
    decryptor = CIPHER.decryptor()
    block = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
    if not 1 <= block[-1] <= 32 or block[-block[-1] :] != bytes([block[-1]]) * block[-1]:
        return None
    end = 20 + struct.unpack(">I", block[16:20])[0]
    if not hmac.compare_digest(block[end : -block[-1]], CORP_ID.encode()):
        return None
    return {child.tag: child.text for child in fromstring(block[20:end], forbid_dtd=True)}


CIPHER = cipher()


def _faults(card):
    app, bot = (json.loads(Rig(**changes).adapter.render(outbound(card))) for changes in ({}, BOT))
    if "template_card" in app:
        yield from limits.card_faults(app["template_card"], new=True)
    if "template_card" in bot:
        yield from limits.card_faults(bot["template_card"], new=True, sizes=limits.BOT)


class _Line:
    """
    WeCom acknowledges nothing by itself: what the bot answers to a click is the sign that it was taken.
    """

    def __init__(self):
        self.answers, self.clients = queue.Queue(), queue.Queue()
        self._server = serve(self._meet, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _meet(self, client):
        with contextlib.suppress(ConnectionClosed):
            for raw in client:
                told = json.loads(raw)
                client.send(json.dumps({"headers": told["headers"], "errcode": 0, "errmsg": "ok"}))
                if told["cmd"] == "aibot_subscribe":
                    self.clients.put(client)
                elif told["cmd"] != "ping":
                    self.answers.put(told)

    def push(self):
        told = {"cmd": "aibot_event_callback", "headers": {"req_id": "r-1"}, "body": PUSHED["click"].raw}
        self.clients.get(timeout=5).send(json.dumps(told))

    def acknowledged(self, seconds):
        try:
            return self.answers.get(timeout=seconds)["headers"]["req_id"] == "r-1"
        except queue.Empty:
            return False

    def close(self):
        self._server.shutdown()


@contextlib.contextmanager
def line(take):
    wecom = _Line()
    with running(Rig(**BOT, socket_base=wecom.url).adapter, take):
        yield wecom
    wecom.close()


SENT = {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m1"}


def _tell(answer, path="message/send"):
    rig = Rig()
    rig.platform.answers[path] = [answer()]
    return rig.send(outbound(text="日报"))


def _click(**changes):
    return signed_post(click_xml(**changes))


PLATFORM = Platform(
    account=lambda: Rig().adapter,
    vectors={
        "V1": RawRequest("GET", {}, BY_ID["V1"]["http_query"], b""),
        **{name: vector_post(BY_ID[name]) for name in ("V2", "V3")},
    },
    requests={name: Heard(signed_post(xml), event) for name, (xml, event) in XML.items()},
    forged=dict(_forged()),
    again={
        "message": (signed_post(XML["text"][0]), signed_post(XML["text"][0], nonce="43")),
        "click": (_click(), signed_post(click_xml(), nonce="43", timestamp="1763779205")),
        "event": (signed_post(XML["left"][0]), signed_post(XML["left"][0], nonce="43")),
    },
    twins={
        "the same words": (
            signed_post(XML["text"][0]),
            signed_post(XML["text"][0].replace("<MsgId>5<", "<MsgId>6<")),
        ),
        "two buttons in one second": (_click(), _click(EventKey="v1.no.sig")),
        "two cards in one second": (_click(), _click(TaskId="o-2")),
        "a card given another face": (_click(), _click(ResponseCode="rc-2")),
        "who left": (signed_post(XML["left"][0]), signed_post(XML["left"][0].replace("lisi", "wangwu"))),
    },
    said=_said_by,
    minimal=minimal,
    measured={
        "message": vector_post(BY_ID["V2"]),
        "click": vector_post(BY_ID["V3"]),
        "event": signed_post(XML["left"][0]),
    },
    pushed=PUSHED,
    read_pushed=lambda body: Rig(**BOT).adapter._read_frame(body).event,
    tell=_tell,
    unprepared=lambda answer: _tell(answer, "gettoken"),
    success=SENT,
    odd={
        "no msgid": {"errcode": 0, "errmsg": "ok"},
        "msgid of another type": SENT | {"msgid": 7},
        "no errcode": {"msgid": "m1"},
        "errcode of another type": SENT | {"errcode": False},
        "errcode as text": {"errcode": "40058", "errmsg": "x"},
        "the person listed": SENT | {"invaliduser": "ZhangSan"},
        "the person listed among others": SENT | {"invaliduser": "lisi|zhangsan"},
        "the person listed in an array": SENT | {"invaliduser": ["zhangsan"]},
        "the person without a licence": SENT | {"unlicenseduser": "zhangsan"},
    },
    codes=codes_in(errors),
    failure=lambda code, _: errors.platform_error(code, ""),
    faults=_faults,
    line=line,
)

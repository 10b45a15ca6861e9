"""
Sending, replying, changing and recalling messages as an app does it over Feishu's API.

Source: https://open.feishu.cn/document/server-docs/im-v1/message/create (read 2026-08)
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.feishu.api import Call, Route, text_field
from sandbox.feishu.card_rules import Surroundings, check_card, is_second_version
from sandbox.feishu.card_view import plain, readable
from sandbox.feishu.errors import FeishuError, card_refusal, field_violation
from sandbox.feishu.state import UPDATE_TOKEN_LIFE, UPDATE_TOKEN_USES
from sandbox.world import Message, direct_chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.feishu.platform import FeishuPlatform

ID_TYPES = ("open_id", "union_id", "user_id", "email", "chat_id")
MESSAGE_TYPES = (
    "text",
    "post",
    "image",
    "file",
    "audio",
    "media",
    "sticker",
    "interactive",
    "share_chat",
    "share_user",
)
LARGEST_CARD = 30 * 1024
LARGEST_TEXT = 150 * 1024
LARGEST_DELAYED = 100 * 1024
CHANGEABLE_FOR = timedelta(days=14)
LONGEST_UUID = 50
MOST_EDITS = 20
PER_CHAT_AND_SECOND = 5
SEND = "im:message:send_as_bot"
UPDATE = "im:message:update"
_PRIVATE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")
_AT = re.compile(r'<at\s+user_id="(?P<id>[^"]*)">(?P<name>[^<]*)</at>')
_STYLE = re.compile(r"</?[bisu]>")


class Messages:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._state = platform.state
        self._book = platform.book

    def routes(self) -> list[Route]:
        one = "/im/v1/messages/<message_id>"
        return [
            Route("POST", "/im/v1/messages", SEND, self.send),
            Route("POST", f"{one}/reply", SEND, self.reply),
            Route("PATCH", one, UPDATE, self.patch),
            Route("PUT", one, UPDATE, self.edit),
            Route("DELETE", one, SEND, self.recall),
            Route("GET", one, "im:message:readonly", self.read),
            Route("POST", "/interactive/v1/card/update", "", self.delayed_update),
        ]

    def send(self, call: Call) -> dict[str, Any]:
        id_type = call.query.get("receive_id_type", "")
        if id_type not in ID_TYPES:
            raise field_violation("receive_id_type", "receive_id_type is required, one of " + ", ".join(ID_TYPES))
        body = call.body()
        chat = self._receiving_chat(id_type, text_field(body, "receive_id"))
        return self._deliver(chat, body, parent=None)

    def reply(self, call: Call) -> dict[str, Any]:
        parent = self._message(call)
        if parent.recalled:
            raise FeishuError(230011)
        return self._deliver(parent.chat, call.body(), parent=parent)

    def patch(self, call: Call) -> dict[str, Any]:
        """
        Replace the card of an own message within fourteen days.
        """
        message = self._own(call)
        if message.kind != "card":
            raise FeishuError(230001)
        self._check_changeable(message)
        card = self._card_of(text_field(call.body(), "content"))
        if self._state.is_locked(message):
            raise card_refusal(11310, "card action is lock")
        if is_second_version(message.payload["card"]) and not is_second_version(card):
            raise card_refusal(200830, "schema 2.0 can not be changed to 1.0", "schema")
        self.show_card(message, card)
        return {}

    def edit(self, call: Call) -> dict[str, Any]:
        message = self._own(call)
        self._check_changeable(message)
        body = call.body()
        if body.get("msg_type") not in {"text", "post"} or message.payload["msg_type"] not in {"text", "post"}:
            raise FeishuError(230054)
        edits = message.payload.get("edits", 0) + 1
        if edits > MOST_EDITS:
            raise FeishuError(230001)
        content = self._content(body["msg_type"], body.get("content"))
        message.text = self._readable(body["msg_type"], content)
        message.payload |= {"content": body["content"], "msg_type": body["msg_type"], "edits": edits}
        self._book.touch(message)
        return self._as_item(message)

    def recall(self, call: Call) -> dict[str, Any]:
        message = self._own(call)
        if message.recalled:
            raise FeishuError(230011)
        limit = timedelta(hours=self._platform.switches["recall_hours"])
        if self._platform.world.clock.now() - message.at > limit:
            raise FeishuError(230009)
        message.recalled = True
        self._book.touch(message)
        return {}

    def read(self, call: Call) -> dict[str, Any]:
        return {"items": [self._as_item(self._message(call))]}

    def delayed_update(self, call: Call) -> dict[str, Any]:
        body = call.body()
        token = self._state.update_tokens.get(str(body.get("token", "")))
        if token is None:
            raise FeishuError(300020)
        if self._platform.world.clock.now() - token.issued_at > UPDATE_TOKEN_LIFE:
            raise FeishuError(300030)
        if token.uses >= UPDATE_TOKEN_USES:
            raise FeishuError(300040)
        if token.message.recalled:
            raise FeishuError(200000)
        card = body.get("card")
        if not isinstance(card, dict):
            raise FeishuError(11311)
        if len(json.dumps(card, ensure_ascii=False).encode()) > LARGEST_DELAYED:
            raise FeishuError(100000, "the card exceeds 100 KB")
        check_card(card, self._surroundings())
        token.uses += 1
        # Called before the click was answered, the vendor accepts the call and then shows the old card again.
        if token.answered:
            self.show_card(token.message, card)
        return {"code": 0, "msg": "ok"}

    def show_card(self, message: Message, card: dict[str, Any]) -> None:
        message.payload["card"] = card
        message.text = readable(card, self._platform.names())
        self._book.touch(message)

    def check(self, card: dict[str, Any]) -> None:
        check_card(card, self._surroundings())

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            person_ids=frozenset(self._platform.names()),
            image_exists=lambda key: key in self._state.uploads,
            strict_forms=self._platform.switches["strict_forms"],
        )

    def _deliver(self, chat: str, body: dict[str, Any], *, parent: Message | None) -> dict[str, Any]:
        uuid_text = str(body.get("uuid") or "")
        if len(uuid_text) > LONGEST_UUID:
            raise field_violation("uuid", f"the max length is {LONGEST_UUID}")
        now = self._platform.world.clock.now()
        earlier = self._state.earlier_send(uuid_text, now) if uuid_text else None
        if earlier is not None:
            return self._as_item(earlier)
        kind = text_field(body, "msg_type")
        content = self._content(kind, body.get("content"))
        self._platform.check_chat_is_open(chat)
        if not self._platform.allow(f"chat {chat}", limit=PER_CHAT_AND_SECOND, seconds=1):
            raise FeishuError(230020)
        message = self._add(chat, kind, content, body["content"], parent)
        if uuid_text:
            self._state.sent_uuids[uuid_text] = (now, message)
        return self._as_item(message)

    def _add(self, chat: str, kind: str, content: dict[str, Any], wire_content: str, parent: Message | None) -> Message:
        payload: dict[str, Any] = {"msg_type": kind, "content": wire_content}
        if kind == "interactive":
            payload["card"] = content
        if parent is not None:
            payload |= {"parent_id": parent.vendor_id, "root_id": parent.payload.get("root_id", parent.vendor_id)}
        shown_as = {"interactive": "card", "post": "markdown", "image": "image", "file": "file", "media": "file"}
        return self._book.add(
            chat=chat,
            sender=None,
            kind=shown_as.get(kind, "text"),
            text=self._readable(kind, content),
            vendor_id=f"om_{uuid.uuid4().hex}",
            payload=payload,
        )

    def _receiving_chat(self, id_type: str, receive_id: str) -> str:
        if id_type == "chat_id":
            chat = self._platform.chat_by_id(receive_id)
            if chat is None:
                raise FeishuError(230034)
            return chat
        person = self._platform.person_by(id_type, receive_id)
        if person is None:
            raise FeishuError(99992351 if id_type == "open_id" and receive_id.startswith("ou_") else 230034)
        return direct_chat(person.key)

    def _content(self, kind: str, content: object) -> dict[str, Any]:
        if kind not in MESSAGE_TYPES:
            raise FeishuError(230054)
        if not isinstance(content, str):
            raise FeishuError(230001)
        if kind == "interactive":
            return self._card_of(content)
        parsed = _json_object(content)
        if len(content.encode()) > (LARGEST_CARD if kind == "post" else LARGEST_TEXT):
            raise FeishuError(230025)
        self._check_private(content)
        self._check_shape(kind, parsed)
        return parsed

    def _card_of(self, content: str) -> dict[str, Any]:
        if len(content.encode()) > LARGEST_CARD:
            raise FeishuError(230025)
        card = _json_object(content)
        self._check_private(content)
        if not card.get("schema") and "elements" not in card:
            raise card_refusal(200621, "parse card json err", "no elements")
        self.check(card)
        return card

    def _check_shape(self, kind: str, content: Mapping[str, Any]) -> None:
        match kind:
            case "text":
                if not isinstance(content.get("text"), str) or not content["text"]:
                    raise FeishuError(230001)
            case "post":
                if not content or not all(isinstance(v, dict) and "content" in v for v in content.values()):
                    raise FeishuError(230001)
            case "image" | "file" | "audio" | "media":
                key = content.get("image_key" if kind == "image" else "file_key")
                if key not in self._state.uploads:
                    raise FeishuError(230001)
            case _:
                pass

    def _check_private(self, content: str) -> None:
        if self._platform.switches["dlp"] and _PRIVATE.search(content):
            raise FeishuError(230028)

    def _check_changeable(self, message: Message) -> None:
        if message.recalled:
            raise FeishuError(230011)
        if self._platform.world.clock.now() - message.at > CHANGEABLE_FOR:
            raise FeishuError(230031)
        self._platform.check_chat_is_open(message.chat)
        if not self._platform.allow(f"change {message.id}", limit=PER_CHAT_AND_SECOND, seconds=1):
            raise FeishuError(230020)

    def _message(self, call: Call) -> Message:
        message = self._book.by_vendor_id(call.path["message_id"])
        if message is None:
            raise FeishuError(99992354)
        return message

    def _own(self, call: Call) -> Message:
        message = self._message(call)
        if message.sender is not None:
            raise FeishuError(230071)
        return message

    def _readable(self, kind: str, content: dict[str, Any]) -> str:
        match kind:
            case "text":
                return _readable_text(content["text"], self._platform.names())
            case "post":
                return "\n".join(_post_lines(next(iter(content.values())), self._platform.names()))
            case "interactive":
                return readable(content, self._platform.names())
            case "image":
                return "[图片]"
            case "file" | "media" | "audio":
                return f"[文件] {self._state.uploads[content['file_key']].name}"
            case _:
                return f"[{kind}]"

    def _as_item(self, message: Message) -> dict[str, Any]:
        account = self._platform.account
        person = self._platform.world.people.get(message.sender or "")
        sender = (
            {"id": person.ids["feishu"], "id_type": "open_id", "sender_type": "user"}
            if person
            else {"id": account.app_id, "id_type": "app_id", "sender_type": "app"}
        )
        item = {
            "message_id": message.vendor_id,
            "msg_type": message.payload["msg_type"],
            "create_time": milliseconds(message.at),
            "update_time": milliseconds(message.updated or message.at),
            "deleted": message.recalled,
            "updated": message.updated is not None,
            "chat_id": self._platform.chat_id(message.chat),
            "sender": {**sender, "tenant_key": account.tenant_key},
            "body": {"content": message.payload["content"]},
        }
        mentions = self._mentions(message)
        thread = {key: message.payload[key] for key in ("root_id", "parent_id") if key in message.payload}
        return item | thread | ({"mentions": mentions} if mentions else {})

    def _mentions(self, message: Message) -> list[dict[str, str]]:
        """
        Whom a text of the app calls; unlike in events the id is a plain text.
        """
        if message.payload["msg_type"] != "text" or message.sender is not None:
            return []
        names, tenant_key = self._platform.names(), self._platform.account.tenant_key
        called = dict.fromkeys(match["id"] for match in _AT.finditer(_json_object(message.payload["content"])["text"]))
        known = [person for person in called if person in names]
        return [
            {
                "key": f"@_user_{n}",
                "id": person,
                "id_type": "open_id",
                "name": names[person],
                "tenant_key": tenant_key,
            }
            for n, person in enumerate(known, start=1)
        ]


def milliseconds(instant: datetime) -> str:
    return str(round(instant.timestamp() * 1000))


def _json_object(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise FeishuError(230001) from error
    if not isinstance(parsed, dict):
        raise FeishuError(230001)
    return parsed


def _readable_text(text: str, names: Mapping[str, str]) -> str:
    named = _AT.sub(lambda m: "@所有人" if m["id"] == "all" else f"@{m['name'] or names.get(m['id'], m['id'])}", text)
    return _STYLE.sub("", named)


def _post_lines(post: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    lines = [str(post.get("title") or "")]
    lines += ["".join(_post_node(node, names) for node in paragraph) for paragraph in post["content"]]
    return [line for line in lines if line]


def _post_node(node: Mapping[str, Any], names: Mapping[str, str]) -> str:
    match node.get("tag"):
        case "text" | "a":
            return str(node.get("text", ""))
        case "md":
            return plain(node.get("text"), names)
        case "at":
            user_id = str(node.get("user_id"))
            return f"@{names.get(user_id, user_id)}"
        case "img":
            return "[图片]"
        case _:
            return ""

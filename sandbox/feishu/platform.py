"""
Feishu, put together: who is who, which chats there are, and what people do in them.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.feishu.api import feishu_blueprint, refusal
from sandbox.feishu.card_view import summary
from sandbox.feishu.clicks import Clicks
from sandbox.feishu.directory import Directory, union_id
from sandbox.feishu.errors import TOO_MANY, FeishuError
from sandbox.feishu.events import Events
from sandbox.feishu.files import Files
from sandbox.feishu.groups import Groups
from sandbox.feishu.login import Login
from sandbox.feishu.long_connection import LongConnection
from sandbox.feishu.messages import Messages, milliseconds
from sandbox.feishu.state import FeishuState
from sandbox.platform import Attachment, ClickOutcome, Platform, Utterance
from sandbox.world import DIRECT, Message, World, direct_chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint, Response

    from sandbox.company import Person
    from sandbox.config import FeishuAccount
    from sandbox.wire import Delivery

P2P_PREFIX = "oc_p2p_"
BOT_ALIASES = ("机器人", "bot")
VOICE_MILLISECONDS_PER_WORD = 250


class FeishuPlatform(Platform):
    id: ClassVar[str] = "feishu"
    name: ClassVar[str] = "飞书"
    forms: ClassVar[bool] = True
    contacts: ClassVar[bool] = True
    default_switches: ClassVar[Mapping[str, Any]] = {
        "answer_seconds": 3.0,
        "api_per_minute": 1000,
        "bot_outside_groups": [],
        "dissolved_groups": [],
        "dlp": False,
        "drop_submit_value": False,
        # Who holds the phone: signs in without being asked.
        "login_as": "",
        "missing_scopes": [],
        "muted_groups": [],
        "omit_untouched_fields": False,
        # Events wait behind one that failed, as the vendor does for some types.
        "ordered_events": False,
        # How long a message can be withdrawn: the company's administrator sets it.
        "recall_hours": 24,
        "stopped_users": [],
        "strict_forms": True,
        # How an attacker would bend the pushes: "signature", "token" or "truncated".
        "tamper": "",
        "unavailable_users": [],
        # The answer to who asks for the address of the long connection; 0 gives it.
        "ws_endpoint_code": 0,
        # Longer events come in parts of so many bytes; 0 never.
        "ws_fragment_bytes": 0,
        # False ends every long connection and refuses new ones.
        "ws_online": True,
        "ws_ping_seconds": 120,
        # The vendor says 120 and 30, which is long to wait for in a sandbox.
        "ws_reconnect_nonce": 1,
        "ws_reconnect_seconds": 2,
    }

    def __init__(self, world: World, account: FeishuAccount, product_url: str) -> None:
        super().__init__(world, f"{product_url}/cb/feishu/{account.account}")
        self.account = account
        self.bot_id = world.company.bot_ids["feishu"]
        self.state = FeishuState()
        self.events = Events(self)
        self.messages = Messages(self)
        self.files = Files(self)
        self.directory = Directory(self)
        self.groups = Groups(self)
        self.login = Login(self)
        self.long_connection = LongConnection(self)
        self._clicks = Clicks(self)

    def vendor_api(self) -> Blueprint:
        routes = [*self.messages.routes(), *self.files.routes(), *self.directory.routes(), *self.login.routes()]
        blueprint = feishu_blueprint(self, routes)
        self.login.add_to(blueprint)
        self.long_connection.add_to(blueprint)
        return blueprint

    def names(self) -> dict[str, str]:
        """
        Everybody's name by open_id, the bot's among them.
        """
        names = {p.ids["feishu"]: p.name for p in self.world.people.values() if "feishu" in p.ids}
        return names | {self.bot_id: self.world.company.bot_name}

    def person_by(self, id_type: str, wanted: str) -> Person | None:
        match id_type:
            case "union_id":
                return next((p for p in self.world.people.values() if union_id(p) == wanted), None)
            case "user_id":
                return self.world.people.get(wanted)
            case "open_id":
                return next((p for p in self.world.people.values() if p.ids.get("feishu") == wanted), None)
            case _:
                return None

    def chat_id(self, chat: str) -> str:
        if chat in self.world.groups:
            return self.world.groups[chat].ids["feishu"]
        return P2P_PREFIX + chat.removeprefix(f"{DIRECT}:")

    def chat_by_id(self, chat_id: str) -> str | None:
        key = chat_id.removeprefix(P2P_PREFIX)
        if key != chat_id:
            return direct_chat(key) if key in self.world.people else None
        return next((g.key for g in self.world.groups.values() if g.ids.get("feishu") == chat_id), None)

    def people_in(self, chat: str) -> list[Person]:
        if chat in self.world.groups:
            members = self.world.groups[chat].members
            return [p for p in self.present() if p.key in members]
        return [self.world.people[chat.removeprefix(f"{DIRECT}:")]]

    def check_chat_is_open(self, chat: str) -> None:
        """
        Raises: FeishuError when the bot may not write there.
        """
        if chat in self.world.groups:
            for switch, code in (
                ("bot_outside_groups", 230002),
                ("dissolved_groups", 232009),
                ("muted_groups", 230035),
            ):
                if chat in self.switches[switch]:
                    raise FeishuError(code)
            return
        key = chat.removeprefix(f"{DIRECT}:")
        if key in self.left:
            raise FeishuError(230029)
        for switch, code in (("unavailable_users", 230013), ("stopped_users", 230053)):
            if key in self.switches[switch]:
                raise FeishuError(code)

    def send(self, person: Person, chat: str, utterance: Utterance, times: int) -> tuple[Message, list[Delivery]]:
        kind, content, mentions = self._spoken(utterance, chat)
        payload = {"msg_type": kind, "content": json.dumps(content, ensure_ascii=False), **_quoted(utterance)}
        shown = {"text": "text", "image": "image", "file": "file"}.get(kind, "text")
        message = self.book.add(
            chat=chat,
            sender=person.key,
            kind=shown,
            text=_shown_text(utterance),
            vendor_id=f"om_{uuid.uuid4().hex}",
            payload=payload,
        )
        is_called = any(m["id"]["open_id"] == self.bot_id for m in mentions)
        if chat in self.world.groups and not (is_called and self.groups.has_bot(chat)):
            return message, []
        return message, self.events.emit("im.message.receive_v1", self._received(person, message, mentions), times)

    def _received(self, person: Person, message: Message, mentions: list[dict[str, Any]]) -> dict[str, Any]:
        received = {
            "message_id": message.vendor_id,
            "create_time": milliseconds(message.at),
            "update_time": milliseconds(message.at),
            "chat_id": self.chat_id(message.chat),
            "chat_type": "group" if message.chat in self.world.groups else "p2p",
            "message_type": message.payload["msg_type"],
            "content": message.payload["content"],
        }
        sender = {
            "sender_id": self.directory.ids(person),
            "sender_type": "user",
            "tenant_key": self.account.tenant_key,
        }
        received |= {key: message.payload[key] for key in ("root_id", "parent_id") if key in message.payload}
        return {"sender": sender, "message": received | ({"mentions": mentions} if mentions else {})}

    def _spoken(self, said: Utterance, chat: str) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
        if said.text is not None:
            text, mentions = self._mentioned(said.text) if chat in self.world.groups else (said.text, [])
            return "text", {"text": text}, mentions
        if said.image is not None:
            return "image", {"image_key": self.files.store("img_v3_", said.image)}, []
        if said.file is not None:
            return "file", {"file_key": self.files.store("file_v3_", said.file), "file_name": said.file.name}, []
        if said.location is not None:
            place = {key: said.location.get(key, "") for key in ("name", "longitude", "latitude")}
            return "location", place, []
        if said.contact is not None:
            return "share_user", {"user_id": said.contact.ids["feishu"]}, []
        words = said.voice_text or ""
        key = self.files.store("file_v3_", Attachment("语音.opus", words.encode(), "audio/opus"))
        return "audio", {"file_key": key, "duration": max(1000, len(words) * VOICE_MILLISECONDS_PER_WORD)}, []

    def _mentioned(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """
        A group text as the platform rewrites it: every @name becomes @_user_N, in order, with who is meant beside it.
        """
        mentions: dict[str, dict[str, Any]] = {}

        def rewrite(match: re.Match[str]) -> str:
            mention = self._mention(match["name"], f"@_user_{len(mentions) + 1}")
            known = next((m for m in mentions.values() if m["id"] == mention["id"]), None)
            if known is None:
                mentions[mention["key"]] = mention
            return str((known or mention)["key"])

        names = sorted({self.world.company.bot_name, *BOT_ALIASES, *(p.name for p in self.present())}, key=len)
        pattern = "|".join(re.escape(name) for name in reversed(names))
        rewritten = re.sub(f"@(?P<name>{pattern})", rewrite, text.replace("@所有人", "@_all"), flags=re.IGNORECASE)
        return rewritten, list(mentions.values())

    def _mention(self, name: str, key: str) -> dict[str, Any]:
        person = next((p for p in self.present() if p.name == name), None)
        if person is None:
            ids = {"open_id": self.bot_id, "union_id": "on_bot_liaodan", "user_id": ""}
            name = self.world.company.bot_name
        else:
            ids = self.directory.ids(person)
        kind = "user" if person else "bot"
        return {"key": key, "id": ids, "mentioned_type": kind, "name": name, "tenant_key": self.account.tenant_key}

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        return self._clicks.click(person, message, button, form)

    def open_bot(self, person: Person) -> list[Delivery]:
        chat = direct_chat(person.key)
        messages = self.book.in_chat(chat)
        last = {
            "last_message_id": messages[-1].vendor_id if messages else "",
            "last_message_create_time": milliseconds(messages[-1].at) if messages else "",
        }
        event = {"chat_id": self.chat_id(chat), "operator_id": self.directory.ids(person), **last}
        return self.events.emit("im.chat.access_event.bot_p2p_chat_entered_v1", event)

    def choose_menu(self, person: Person, key: str) -> list[Delivery]:
        operator = {"operator_name": person.name, "operator_id": self.directory.ids(person)}
        timestamp = int(self.world.clock.now().timestamp())
        return self.events.emit(
            "application.bot.menu_v6", {"operator": operator, "event_key": key, "timestamp": timestamp}
        )

    def change_member(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        return self.directory.change(operation, details)

    def administer(self, operation: str, details: Mapping[str, Any]) -> dict[str, Any]:
        return {"deliveries": [delivery.as_json() for delivery in self.groups.change(operation, details)]}

    def verify_callback(self) -> bool:
        return self.events.verify()

    def card(self, message: Message) -> dict[str, Any] | None:
        return summary(message.payload["card"], self.names()) if message.kind == "card" else None

    def raw(self, message: Message) -> dict[str, Any]:
        if message.kind == "card":
            card: dict[str, Any] = message.payload["card"]
            return card
        content: dict[str, Any] = json.loads(message.payload["content"])
        return content

    def attachment(self, message: Message) -> Attachment | None:
        if message.kind not in {"image", "file"}:
            return None
        content = self.raw(message)
        return self.state.uploads.get(content.get("image_key") or content.get("file_key", ""))

    def refusal(self, kind: str) -> Response:
        error = FeishuError(99991400, status=TOO_MANY) if kind == "rate_limit" else FeishuError(230013)
        return refusal(error)

    def expire_tokens(self) -> None:
        self.state.tokens.expire_all()

    def fire_due(self) -> None:
        self.events.fire_due()

    def close(self) -> None:
        super().close()
        self.long_connection.close()

    def reset(self) -> None:
        with self.world.lock:
            super().reset()
            self.state.clear()
            self.login.clear()
            self.long_connection.clear()
            self.events.clear()


def _quoted(said: Utterance) -> dict[str, str]:
    """
    A reply names the message it answers and the first one of the thread.
    """
    if said.reply_to is None:
        return {}
    answered = said.reply_to
    return {"parent_id": answered.vendor_id, "root_id": answered.payload.get("root_id", answered.vendor_id)}


def _shown_text(said: Utterance) -> str:
    if said.text is not None:
        return said.text
    if said.image is not None:
        return "[图片]"
    if said.file is not None:
        return f"[文件] {said.file.name}"
    if said.location is not None:
        return f"[位置] {said.location.get('name', '')}"
    if said.contact is not None:
        return f"[名片] {said.contact.name}"
    return f"[语音] {said.voice_text}"

"""
WeCom, put together: an app's one-to-one chats with members, its own groups, and what members do.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.platform import Attachment, ClickOutcome, Platform, Utterance
from sandbox.wecom.aibot import Bot
from sandbox.wecom.api import refusal, wecom_blueprint
from sandbox.wecom.bodies import NAMES
from sandbox.wecom.callbacks import BadReplyError, Callbacks
from sandbox.wecom.card_view import summary
from sandbox.wecom.clicks import Clicks
from sandbox.wecom.directory import Directory
from sandbox.wecom.errors import WeComError
from sandbox.wecom.groups import Groups
from sandbox.wecom.login import Login
from sandbox.wecom.media import Media
from sandbox.wecom.menu import Menu
from sandbox.wecom.messages import Messages
from sandbox.wecom.state import WeComState
from sandbox.wecom.webhook import Webhook
from sandbox.world import Message, World, changed_person, joining_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint, Response

    from sandbox.company import Group, Person
    from sandbox.config import WeComAccount
    from sandbox.wire import Delivery


class WeComPlatform(Platform):
    id: ClassVar[str] = "wecom"
    name: ClassVar[str] = "企业微信"
    forms: ClassVar[bool] = False
    default_switches: ClassVar[Mapping[str, Any]] = {
        "answer_seconds": 5.0,
        "api_per_minute": 10_000,
        "app_disabled": False,
        # The 智能机器人: must be spoken to before it may write; its connections hold; its requests get no answer.
        "bot_must_be_spoken_to": True,
        "bot_online": True,
        "bot_silent": False,
        "callback_configured": True,
        # Whether people write to the 智能机器人 in direct chats, not to the app.
        "chat_with_bot": False,
        "constant_expires_in": False,
        "file_messages": False,
        "foreign_groups": [],
        # Who holds the phone: signs in without being asked.
        "login_as": "",
        "opiton_spelling": False,
        "per_member_minute": 30,
        "report_enter": True,
        "root_range": True,
        "strict_lengths": False,
        # How an attacker would bend the pushes: "signature", "receiver" or "truncated".
        "tamper": "",
        "untrusted_address": False,
    }

    def __init__(self, world: World, account: WeComAccount, product_url: str) -> None:
        super().__init__(world, f"{product_url}/cb/wecom/{account.account}")
        self.account = account
        self.state = WeComState()
        self.callbacks = Callbacks(self)
        self.messages = Messages(self)
        self.groups = Groups(self)
        self.media = Media(self)
        self.directory = Directory(self)
        self.login = Login(self)
        self.menu = Menu(self)
        self.webhook = Webhook(self)
        self.bot = Bot(self)
        self._clicks = Clicks(self)

    @property
    def group_inbound(self) -> bool:
        """
        The app hears no group; the 智能机器人 hears what calls it.
        """
        return self.bot.is_connected

    def vendor_api(self) -> Blueprint:
        topics = (self.messages, self.groups, self.media, self.directory, self.login, self.menu)
        blueprint = wecom_blueprint(self, [route for topic in topics for route in topic.routes()])
        for part in (self.login, self.webhook, self.bot):
            part.add_to(blueprint)
        return blueprint

    def shows_group(self, group: Group) -> bool:
        """
        A group which the app has made appears only with its first message.
        """
        made_silent = group.key in self.state.made_groups and not self.book.in_chat(group.key)
        return super().shows_group(group) and not made_silent

    def send(self, person: Person, chat: str, utterance: Utterance, times: int) -> tuple[Message, list[Delivery]]:
        is_group = chat in self.world.groups
        if (is_group and self.bot.is_connected) or (not is_group and self.switches["chat_with_bot"]):
            return self._send_to_bot(person, chat, utterance, times)
        fields, shown = self._spoken(utterance)
        payload = {"msgtype": fields["MsgType"], "media_id": fields.get("MediaId"), "content": shown[1]}
        msg_id = str(7_300_000_000_000_000_000 + secrets.randbelow(10**15))
        message = self.book.add(
            chat=chat, sender=person.key, kind=shown[0], text=shown[1], vendor_id=msg_id, payload=payload
        )
        if is_group:
            return message, []
        deliveries = self.callbacks.push(person, fields | {"MsgId": int(msg_id)}, times)
        self._hear(person, message, deliveries)
        return message, deliveries

    def _send_to_bot(self, person: Person, chat: str, said: Utterance, times: int) -> tuple[Message, list[Delivery]]:
        """
        In a group everybody sees what is written; the bot gets it only when it is called.
        """
        if said.location is not None:
            raise ValueError("企业微信的智能机器人收不到位置")
        attachment = said.image or said.file
        kind = "image" if said.image else "file" if said.file else "text"
        payload: dict[str, Any] = {"msgtype": kind}
        if attachment is not None:
            payload["media_id"] = self._keep(kind, attachment)
        shown = said.text or (f"[语音] {said.voice_text}" if said.voice_text is not None else f"[{NAMES.get(kind)}]")
        message = self.book.add(
            chat=chat, sender=person.key, kind=kind, text=shown, vendor_id=secrets.token_hex(16), payload=payload
        )
        return message, self.bot.hears(person, chat, said, times)

    def _spoken(self, said: Utterance) -> tuple[dict[str, Any], tuple[str, str]]:
        if said.text is not None:
            return {"MsgType": "text", "Content": said.text}, ("text", said.text)
        if said.image is not None:
            media_id = self._keep("image", said.image)
            picture = {"PicUrl": f"https://wework.qpic.cn/{media_id[:16]}/0", "MediaId": media_id}
            return {"MsgType": "image", **picture}, ("image", "[图片]")
        if said.location is not None:
            return _place(said.location), ("text", f"[位置] {said.location.get('name', '')}")
        if said.file is not None:
            if not self.switches["file_messages"]:
                raise ValueError("企业微信不会把成员发的文件转给应用")
            file = {"MediaId": self._keep("file", said.file), "FileName": said.file.name}
            return {"MsgType": "file", **file}, ("file", f"[文件] {said.file.name}")
        voice = Attachment("voice.amr", (said.voice_text or "").encode(), "audio/amr")
        heard = {"MediaId": self._keep("voice", voice), "Format": "amr"}
        return {"MsgType": "voice", **heard}, ("text", f"[语音] {said.voice_text}")

    def _keep(self, kind: str, attachment: Attachment) -> str:
        return self.state.keep(kind, attachment, self.world.clock.now())

    def _hear(self, person: Person, message: Message | None, deliveries: list[Delivery]) -> None:
        """
        Show the passive reply, if any; one that cannot be used is ignored and noted at the message.
        """
        try:
            reply = self.callbacks.reply(deliveries[0])
            if reply is not None:
                self.callbacks.say(person, reply)
        except BadReplyError as error:
            if message is not None:
                message.flags.append(f"reply_ignored:{error}")
                self.book.touch(message)

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        if message.payload.get("by") == "bot" and message.kind == "card":
            return self.bot.click(person, message, button, form)
        return self._clicks.click(person, message, button, form)

    def open_bot(self, person: Person) -> list[Delivery]:
        if self.switches["chat_with_bot"]:
            return self.bot.opened_by(person)
        if not self.switches["report_enter"]:
            return []
        return self._event(person, "enter_agent", "")

    def choose_menu(self, person: Person, key: str) -> list[Delivery]:
        return self._event(person, self.menu.event_of(key), key)

    def _event(self, person: Person, event: str, key: str) -> list[Delivery]:
        deliveries = self.callbacks.push(person, {"MsgType": "event", "Event": event, "EventKey": key})
        self._hear(person, None, deliveries)
        return deliveries

    def change_member(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        """
        The app hears only that members enter and leave its visible range; 通讯录同步 hears every change.
        """
        change = {"join": "create_user", "leave": "delete_user", "update": "update_user"}[operation]
        deliveries = self._change_member(operation, details)
        person = self.world.person(str(details.get("user", "")))
        fields = {"ChangeType": change, "UserID": person.ids["wecom"]}
        if operation != "leave":
            fields["Department"] = self.directory.number_of(person.department)
        return [*deliveries, *self.callbacks.tell_change(fields)]

    def _change_member(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        if operation == "join":
            person = joining_person(self.world, details)
            self.left.discard(person.key)
            self.world.save_person(person)
            return self._event(person, "subscribe", "")
        person = self.world.person(str(details.get("user", "")))
        if operation == "leave":
            self.left.add(person.key)
            return self._event(person, "unsubscribe", "")
        self.world.save_person(changed_person(person, details))
        return []

    def verify_callback(self) -> bool:
        return self.callbacks.verify()

    def card(self, message: Message) -> dict[str, Any] | None:
        return summary(message.payload["card"]) if message.kind == "card" else None

    def raw(self, message: Message) -> dict[str, Any]:
        if message.kind == "card":
            card: dict[str, Any] = message.payload["card"]
            return card
        return message.payload

    def attachment(self, message: Message) -> Attachment | None:
        medium = self.state.media.get(message.payload.get("media_id") or "")
        return medium.attachment if medium and message.kind in {"image", "file"} else None

    def refusal(self, kind: str) -> Response:
        return refusal(WeComError(45009) if kind == "rate_limit" else WeComError(81013))

    def expire_tokens(self) -> None:
        self.state.token.end()

    def fire_due(self) -> None:
        """
        No push waits: a failed one is repeated at once.
        """
        self.bot.look()

    def close(self) -> None:
        self.bot.close()
        super().close()

    def reset(self) -> None:
        with self.world.lock:
            super().reset()
            self.state.clear()
            self.bot.clear()
            self.menu.buttons = []
            self.login.clear()


def _place(location: Mapping[str, str]) -> dict[str, Any]:
    return {
        "MsgType": "location",
        "Location_X": location.get("latitude", ""),
        "Location_Y": location.get("longitude", ""),
        "Scale": 15,
        "Label": location.get("name", ""),
        "AppType": "wxwork",
    }

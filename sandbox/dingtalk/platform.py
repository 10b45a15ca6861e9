"""
DingTalk, put together: who is who, which chats there are, and what people do in them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from flask import jsonify, request

from sandbox.dingtalk.api import dingtalk_blueprint, is_new_api, refusal, throttled
from sandbox.dingtalk.callbacks import Callbacks
from sandbox.dingtalk.card_view import readable, summary
from sandbox.dingtalk.cards import ILLEGAL_SPACE, Cards
from sandbox.dingtalk.clicks import Clicks
from sandbox.dingtalk.console import Console
from sandbox.dingtalk.directory import Directory
from sandbox.dingtalk.errors import ApiError, OapiError
from sandbox.dingtalk.login import Login
from sandbox.dingtalk.media import Media
from sandbox.dingtalk.notices import Notices
from sandbox.dingtalk.pushes import Pushes
from sandbox.dingtalk.quota import Quota
from sandbox.dingtalk.robot import Robot
from sandbox.dingtalk.spoken import robot_message
from sandbox.dingtalk.state import DingTalkState
from sandbox.dingtalk.stream import Stream
from sandbox.dingtalk.webhook import Webhook
from sandbox.platform import Attachment, ClickOutcome, Platform, Utterance
from sandbox.world import DIRECT, Message, World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint, Response

    from sandbox.company import Group, Person
    from sandbox.config import DingTalkAccount
    from sandbox.wire import Delivery

BOT_ALIASES = ("机器人", "bot")


class DingTalkPlatform(Platform):
    id: ClassVar[str] = "dingtalk"
    name: ClassVar[str] = "钉钉"
    forms: ClassVar[bool] = True
    default_switches: ClassVar[Mapping[str, Any]] = {
        "answer_seconds": 3.0,
        "api_per_month": 5000,
        "api_per_second": 20,
        "bot_outside_groups": [],
        # Every n-th call finds the system busy; 0: none.
        "busy_every": 0,
        "card_seconds": 2.0,
        # How a change of a person is told: "object", "list" or "" for not at all.
        "difference": "object",
        "disbanded_groups": [],
        "dtmd_in_action_cards": False,
        "dtmd_in_groups": False,
        # Where presses of buttons that a variable lists are told: "content", "top_level" or "action_data".
        "dynamic_buttons": "content",
        # How long, in real seconds, a ping may stay without its echo.
        "echo_seconds": 5.0,
        "event_seconds": 2.5,
        "file_code_seconds": 7200.0,
        "flow_controlled_users": [],
        # What an over-used address gets: "json" or "html".
        "ip_ban": "",
        "latency_ms": 0,
        # Who holds the phone: signs in without being asked.
        "login_as": "",
        "messages_per_month": 3000,
        "missing_scopes": [],
        "numbers_as_numbers": False,
        # A client before 7.6.35 knows no long texts and numbers in forms.
        "old_client": False,
        # An older page of the vendor's documents puts the values of a click beside, under another name.
        "params_beside": False,
        "ping_seconds": 60.0,
        # Before the version is published no message carries its sender's userId.
        "published": True,
        "quota_error_names": "errorCode,errorMessage",
        # "stream" or "http"; empty: as the account was set up.
        "receive_mode": "",
        "refuse_all_unknown": True,
        "refuse_unpublished_templates": True,
        "sessions_expired": False,
        "space_type": "im",
        "stream_redeliveries": 2,
        "stream_redelivery_seconds": 60.0,
        "strict_route_keys": False,
        # How an attacker would bend the HTTP pushes: "signature", "truncated", "stale" or, for events, "receiver".
        "tamper": "",
        "text_errcodes": False,
        "token_seconds": 7200,
        "tokens_by_host": False,
        "unavailable_users": [],
        "webhook_keyword": "",
        "wrong_secret_errcode": 40096,
        "xml_without_accept": True,
    }

    def __init__(self, world: World, account: DingTalkAccount, product_url: str) -> None:
        super().__init__(world, f"{product_url}/cb/dingtalk/{account.account}")
        self.account = account
        self.app_id = _uuid_of(account.client_id)
        self.state = DingTalkState()
        self.quota = Quota()
        self.callbacks = Callbacks(self)
        self.stream = Stream(self)
        self.pushes = Pushes(self)
        self.robot = Robot(self)
        self.notices = Notices(self)
        self.webhook = Webhook(self)
        self.media = Media(self)
        self.cards = Cards(self)
        self.directory = Directory(self)
        self.login = Login(self)
        self.console = Console(self)
        self._clicks = Clicks(self)

    def vendor_api(self) -> Blueprint:
        topics = (self.stream, self.robot, self.notices, self.webhook, self.media, self.cards, self.directory)
        routes = [route for topic in (*topics, self.login) for route in topic.routes()]
        blueprint = dingtalk_blueprint(self, routes)
        self.login.add_to(blueprint)
        return blueprint

    @property
    def uses_stream(self) -> bool:
        return (self.switches["receive_mode"] or self.account.mode) == "stream"

    def take_message_quota(self) -> bool:
        return self.quota.take("message", self.switches["messages_per_month"], self.world.clock.now())

    def person_by_user_id(self, user_id: str) -> Person | None:
        return next((p for p in self.world.people.values() if p.ids.get("dingtalk") == user_id), None)

    def reachable(self, user_id: str) -> Person | None:
        """
        Who may get messages of the app: its visible range is the company, those left out aside.
        """
        person = self.person_by_user_id(user_id)
        if person is None or person.outsider or person.key in self.left:
            return None
        return None if person.key in self.switches["unavailable_users"] else person

    def union_id(self, person: Person) -> str:
        return f"un_demo_{person.key}"

    def user_id_of(self, union_id: str) -> str:
        return next((p.ids["dingtalk"] for p in self.present() if self.union_id(p) == union_id), "")

    def dingtalk_id(self, key: str) -> str:
        """
        The encrypted id by which messages name everybody, the robot too.
        """
        return f"$:LWCP_v1:${hashlib.sha256(key.encode()).hexdigest()[:20]}"

    def conversation_id(self, chat: str) -> str:
        if chat in self.world.groups:
            return self.world.groups[chat].ids["dingtalk"]
        return f"cid{hashlib.sha256(chat.encode()).hexdigest()[:22]}=="

    def group_by_conversation(self, conversation_id: str) -> str | None:
        return next((g.key for g in self.world.groups.values() if g.ids.get("dingtalk") == conversation_id), None)

    def robot_is_in(self, chat: str) -> bool:
        return chat not in {*self.switches["bot_outside_groups"], *self.switches["disbanded_groups"]}

    def check_group(self, chat: str) -> None:
        """
        Raises: ApiError when the robot may not write there.
        """
        if chat in self.switches["disbanded_groups"]:
            raise ApiError("group.disbanded")
        if chat in self.switches["bot_outside_groups"]:
            raise ApiError("invalidParameter.robotCode.notExsit")

    def people_in(self, chat: str) -> list[Person]:
        members = self.world.groups[chat].members
        return [person for person in self.present() if person.key in members]

    def person_of_direct_chat(self, chat: str) -> Person:
        return self.world.people[chat.removeprefix(f"{DIRECT}:")]

    def shows_group(self, group: Group) -> bool:
        return super().shows_group(group) and group.key not in self.switches["disbanded_groups"]

    def send(self, person: Person, chat: str, utterance: Utterance, times: int) -> tuple[Message, list[Delivery]]:
        in_group = chat in self.world.groups
        if in_group and (utterance.file or utterance.voice_text is not None):
            raise ValueError("钉钉群里不能把语音和文件发给机器人")
        spoken = robot_message(self, utterance, in_group=in_group)
        message = self.book.add(
            chat=chat,
            sender=person.key,
            kind=spoken.kind,
            text=spoken.text,
            vendor_id=f"msg{secrets.token_urlsafe(18)}==",
            payload={"msgtype": spoken.fields["msgtype"], **spoken.shown},
        )
        mentioned = self._mentioned(utterance.text or "") if in_group else []
        if in_group and not (utterance.text is not None and self._calls_robot(utterance.text)):
            return message, []
        return message, self.pushes.robot(self._received(person, message, spoken.fields, mentioned), times)

    def _received(
        self, person: Person, message: Message, fields: dict[str, Any], mentioned: list[Person]
    ) -> dict[str, Any]:
        session, expires_at = self.state.open_session(message.chat, message.at)
        known = {} if person.outsider or not self.switches["published"] else {"senderStaffId": person.ids["dingtalk"]}
        group = self.world.groups.get(message.chat)
        data = {
            "conversationId": self.conversation_id(message.chat),
            "chatbotCorpId": self.account.corp_id,
            "chatbotUserId": self.dingtalk_id("robot"),
            "msgId": message.vendor_id,
            "senderNick": person.name,
            "isAdmin": "admin" in person.roles,
            **known,
            "sessionWebhookExpiredTime": milliseconds(expires_at.timestamp()),
            "createAt": milliseconds(message.at.timestamp()),
            "conversationType": "2" if group else "1",
            "senderId": self.dingtalk_id(person.key),
            "sessionWebhook": f"{request.host_url}dingtalk/robot/sendBySession?session={session}",
            "robotCode": self.account.robot_code,
            "senderPlatform": "Mac",
            "openThreadId": self.conversation_id(message.chat),
            **fields,
        }
        if not person.outsider:
            data["senderCorpId"] = self.account.corp_id
        return data | (self._in_group(group, mentioned) if group else {})

    def _in_group(self, group: Group, mentioned: list[Person]) -> dict[str, Any]:
        called = [{"dingtalkId": self.dingtalk_id("robot")}]
        for person in mentioned:
            ids = {"staffId": person.ids["dingtalk"], "unionId": self.union_id(person)}
            called.append({"dingtalkId": self.dingtalk_id(person.key), **ids})
        return {"conversationTitle": group.name, "isInAtList": True, "atUsers": called}

    def robot_pattern(self) -> re.Pattern[str]:
        names = "|".join(re.escape(name) for name in (self.world.company.bot_name, *BOT_ALIASES))
        return re.compile(f"@(?:{names})", re.IGNORECASE)

    def _calls_robot(self, text: str) -> bool:
        return self.robot_pattern().search(text) is not None

    def _mentioned(self, text: str) -> list[Person]:
        return [person for person in self.present() if f"@{person.name}" in text]

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        return self._clicks.click(person, message, button, form)

    def open_bot(self, person: Person) -> list[Delivery]:
        """
        The app hears nothing of it.
        """
        del person
        return []

    def choose_menu(self, person: Person, key: str) -> list[Delivery]:
        """
        An entry of the robot's menu sends its text.
        """
        return self.send(person, f"{DIRECT}:{person.key}", Utterance(text=key), 1)[1]

    def change_member(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        return self.directory.change(operation, details)

    def administer(self, operation: str, details: Mapping[str, Any]) -> dict[str, Any]:
        return self.console.do(operation, details)

    def verify_callback(self) -> bool:
        return self.callbacks.verify()

    def seen_by(self, message: Message, person: Person) -> Message | None:
        card = self.state.card_of_message.get(message.id)
        if card is None:
            return message
        recipients = message.payload["recipients"]
        if recipients and person.ids["dingtalk"] not in recipients:
            return None
        face = self.cards.face(card, person)
        own = {"cardTemplateId": card.template.id, "cardParamMap": self.cards.values(card, person), "view": face.blocks}
        return replace(message, text=readable(face), payload={**message.payload, **own, "summary": summary(face)})

    def card(self, message: Message) -> dict[str, Any] | None:
        if "summary" in message.payload:
            face: dict[str, Any] = message.payload["summary"]
            return face
        links = self._clicks.links(message) if message.sender is None else []
        if message.kind != "card" and not links:
            return None
        buttons = [{**link, "style": "default", "disabled": False} for link in links]
        return {"title": message.text.partition("\n")[0], "fields": [], "buttons": buttons, "form": None}

    def raw(self, message: Message) -> dict[str, Any]:
        return {key: value for key, value in message.payload.items() if key != "summary"}

    def attachment(self, message: Message) -> Attachment | None:
        if message.sender is not None:
            download = self.state.codes.get(message.payload.get("downloadCode", ""))
            return download.attachment if download else None
        part = message.payload.get(message.payload["msgtype"]) or {}
        upload = self.state.uploads.get(part.get("media_id") or "") if isinstance(part, dict) else None
        return upload.attachment if upload else None

    def keep_file(self, attachment: Attachment) -> str:
        life = timedelta(seconds=self.switches["file_code_seconds"])
        return self.state.keep_file(attachment, self.world.clock.now() + life)

    def refusal(self, kind: str) -> Response:
        if kind == "rate_limit":
            return throttled()
        if not is_new_api():
            return refusal(OapiError(33012))
        body = request.get_json(force=True, silent=True) or {}
        if request.path.lower().endswith("/batchsend"):
            key = secrets.token_urlsafe(32)
            return jsonify(processQueryKey=key, invalidStaffIdList=body.get("userIds"), flowControlledStaffIdList=[])
        if request.path.endswith("/createAndDeliver"):
            result = {
                "spaceType": "IM_ROBOT",
                "spaceId": "",
                "success": False,
                "carrierId": "",
                "errorMsg": ILLEGAL_SPACE,
            }
            track_id = body.get("outTrackId")
            return jsonify(success=True, result={"outTrackId": track_id, "deliverResults": [result]})
        return refusal(ApiError("staffId.notExisted"))

    def expire_tokens(self) -> None:
        for token in self.state.tokens.values():
            token.end()

    def fire_due(self) -> None:
        self.callbacks.fire_due()
        self.stream.fire_due()

    def reset(self) -> None:
        with self.world.lock:
            super().reset()
            self.state.clear()
            self.quota.clear()
            self.callbacks.clear()
            self.stream.clear()
            self.notices.clear()
            self.webhook.clear()
            self.login.clear()
            self.console.reset()

    def close(self) -> None:
        super().close()
        self.stream.close()


def milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _uuid_of(client_id: str) -> str:
    digest = hashlib.sha256(client_id.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"

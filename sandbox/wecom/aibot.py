"""
The 智能机器人 as its program meets it by long connection: subscription, pushes, answers, messages of its own accord.

One connection is live per bot; a newer one ends the older. In groups the bot gets only what calls it with @.
Source: https://developer.work.weixin.qq.com/document/path/101463 and @wecom/aibot-node-sdk 1.0.7 (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
import threading
from typing import TYPE_CHECKING, Any

from flask import Response, request

from sandbox.platform import ClickOutcome
from sandbox.wecom.aibot_files import BotFiles
from sandbox.wecom.aibot_requests import BotRequests
from sandbox.wecom.aibot_state import Asked, BotState
from sandbox.wecom.card_view import questions
from sandbox.wecom.clicks import GREY, RECALLED, chosen, find_action
from sandbox.wecom.errors import WeComError
from sandbox.wecom.socket import Socket, serve_socket
from sandbox.wire import Delivery
from sandbox.world import UnknownThingError, direct_chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from sandbox.company import Person
    from sandbox.platform import Utterance
    from sandbox.wecom.platform import WeComPlatform
    from sandbox.world import Message

PATH = "/ws"
OK = 200
NOT_CONNECTED = 0
CLICK_LOOK_SECONDS = 1.0


class Bot:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        self.state = BotState(talked=self._known_groups())
        self.files = BotFiles(platform)
        self._requests = BotRequests(platform, self.state, self.files)
        self._lock = threading.Lock()
        self._live: Socket | None = None

    @property
    def is_connected(self) -> bool:
        return self._live is not None

    def add_to(self, blueprint: Blueprint) -> None:
        blueprint.add_url_rule(PATH, "aibot_socket", self.connect, methods=["GET"], websocket=True)
        self.files.add_to(blueprint)

    def connect(self) -> Response:
        if not self._platform.switches["bot_online"]:
            return Response("Service Unavailable", 503)
        self.files.address = request.host_url.rstrip("/")
        return serve_socket(request, self._talk)

    def hears(self, person: Person, chat: str, said: Utterance, times: int) -> list[Delivery]:
        """
        A message to the bot; in a group only one that calls it.
        """
        is_group = chat in self._platform.world.groups
        if is_group and f"@{self._platform.world.company.bot_name}" not in (said.text or ""):
            return []
        body = self._body(person, chat) | self.files.spoken(said)
        asked = Asked("message", chat, self._platform.world.clock.now())
        self.state.talked.add(self._chat_id(person, chat))
        return [self._push("aibot_msg_callback", body, asked) for _ in range(times)]

    def opened_by(self, person: Person) -> list[Delivery]:
        """
        The first opening of the chat on a day.
        """
        now = self._platform.world.clock.now()
        day = (person.key, now.date())
        if day in self.state.entered:
            return []
        self.state.entered.add(day)
        event = {"eventtype": "enter_chat", "enter_chat": {}}
        body = self._body(person, direct_chat(person.key)) | {"msgtype": "event", "event": event}
        return [self._push("aibot_event_callback", body, Asked("enter", direct_chat(person.key), now))]

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        card = message.payload["card"]
        if message.recalled:
            return ClickOutcome(client_error=RECALLED)
        action = find_action(card, button)
        if action.kind == "link":
            return ClickOutcome(url=action.url)
        if card.get("replaced_by") and action.kind != "menu":
            return ClickOutcome(client_error=GREY)
        items = [{"question_key": key, "option_ids": {"option_id": ids}} for key, ids in chosen(card, form).items()]
        used = {
            "card_type": card["card_type"],
            "event_key": action.key,
            "task_id": card.get("task_id", ""),
            "selected_items": {"selected_item": items if questions(card) else []},
        }
        event = {"eventtype": "template_card_event", "template_card_event": used}
        asked = Asked("click", message.chat, self._platform.world.clock.now(), message)
        body = self._body(person, message.chat) | {"msgtype": "event", "event": event}
        delivery = self._push("aibot_event_callback", body, asked)
        changed = delivery.status == OK and asked.answered.wait(CLICK_LOOK_SECONDS)
        return ClickOutcome(status=delivery.status, ms=delivery.ms, card_changed=changed)

    def clear(self) -> None:
        self.state.clear(self._known_groups())
        self.files.clear()

    def _known_groups(self) -> set[str]:
        return {group.ids["wecom"] for group in self._platform.world.groups.values() if "wecom" in group.ids}

    def close(self) -> None:
        with self._lock:
            live, self._live = self._live, None
        if live is not None:
            live.close()

    def look(self) -> None:
        """
        Drop the connection while the service is switched off.
        """
        if not self._platform.switches["bot_online"]:
            self.close()

    def _talk(self, opened: Socket) -> None:
        try:
            for text in opened.messages():
                frame = _frame(text)
                answer = self._answer(opened, frame)
                number = (frame.get("headers") or {}).get("req_id", "")
                reply = {"headers": {"req_id": number}, **answer}
                sent = json.dumps(reply, ensure_ascii=False)
                self._platform.wire.record("in", "WS", str(frame.get("cmd")), text.encode(), OK, sent.encode())
                if not self._platform.switches["bot_silent"]:
                    opened.send(sent)
        finally:
            with self._lock:
                if self._live is opened:
                    self._live = None
                    self._platform.world.next_seq()

    def _answer(self, opened: Socket, frame: dict[str, Any]) -> dict[str, Any]:
        try:
            body = self._done(opened, frame)
        except WeComError as error:
            return {"errcode": error.code, "errmsg": error.long_message}
        return {"errcode": 0, "errmsg": "ok"} | ({"body": body} if body else {})

    def _done(self, opened: Socket, frame: dict[str, Any]) -> dict[str, Any]:
        match frame.get("cmd"):
            case "aibot_subscribe":
                self._subscribe(opened, frame.get("body"))
            case _ if opened is not self._live:
                raise WeComError(846609)
            case "ping":
                pass
            case _:
                with self._platform.world.lock:
                    return self._requests.do(frame)
        return {}

    def _subscribe(self, opened: Socket, body: object) -> None:
        account = self._platform.account
        given = body if isinstance(body, dict) else {}
        if not account.bot_id or (given.get("bot_id"), given.get("secret")) != (account.bot_id, account.bot_secret):
            raise WeComError(40001)
        with self._lock:
            older, self._live = self._live, opened
        self._platform.world.next_seq()
        if older is not None and older is not opened:
            gone = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            older.send(self._packed("aibot_event_callback", secrets.token_hex(16), gone))
            older.close()

    def _push(self, command: str, body: dict[str, Any], asked: Asked) -> Delivery:
        number = secrets.token_hex(16)
        text = self._packed(command, number, body)
        with self._lock:
            live = self._live
        self.state.asked[number] = asked
        is_sent = live is not None and live.send(text)
        delivery = Delivery(OK, 0) if is_sent else Delivery(NOT_CONNECTED, 0, failure="refused")
        self._platform.wire.record("out", "WS", command, text.encode(), delivery.status, b"")
        return delivery

    def _packed(self, command: str, number: str, body: dict[str, Any]) -> str:
        return json.dumps({"cmd": command, "headers": {"req_id": number}, "body": body}, ensure_ascii=False)

    def _body(self, person: Person, chat: str) -> dict[str, Any]:
        now = self._platform.world.clock.now()
        body: dict[str, Any] = {
            "msgid": secrets.token_hex(12),
            "aibotid": self._platform.account.bot_id,
            "chattype": "single",
            "from": {"userid": person.ids["wecom"]},
            "create_time": int(now.timestamp()),
        }
        if chat in self._platform.world.groups:
            body |= {"chattype": "group", "chatid": self._chat_id(person, chat)}
        return body

    def _chat_id(self, person: Person, chat: str) -> str:
        group = self._platform.world.groups.get(chat)
        return group.ids["wecom"] if group else person.ids["wecom"]


def _frame(text: str) -> dict[str, Any]:
    try:
        frame = json.loads(text)
    except ValueError as error:
        raise UnknownThingError("no JSON in a frame") from error
    return frame if isinstance(frame, dict) else {}

"""
What the program of a 智能机器人 may ask: answers to pushes, messages of its own accord, and uploads in parts.

Source: https://developer.work.weixin.qq.com/document/path/101463, 101031 and 101138 (read 2026-08)
"""

from __future__ import annotations

import base64
import binascii
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.platform import Attachment
from sandbox.wecom import card_rules, card_view
from sandbox.wecom.aibot_state import ANSWER_LIFE, INSTANT_LIFE, STREAM_LIFE, Asked, BotState, Stream, Upload
from sandbox.wecom.bodies import MEDIA_TYPES, Body, read_body
from sandbox.wecom.errors import WeComError
from sandbox.wecom.media import LARGEST
from sandbox.world import direct_chat

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.wecom.aibot_files import BotFiles
    from sandbox.wecom.platform import WeComPlatform
    from sandbox.world import Message

LONGEST_MARKDOWN = 20_480
CHUNK_BYTES, MOST_CHUNKS = 512 * 1024, 100
UPLOAD_LIFE = timedelta(minutes=30)
PER_CHAT = ((30, 60), (1000, 3600))


class BotRequests:
    def __init__(self, platform: WeComPlatform, state: BotState, files: BotFiles) -> None:
        self._platform = platform
        self._state = state
        self._files = files
        self._work: dict[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
            "aibot_respond_msg": self._respond,
            "aibot_respond_welcome_msg": self._welcome,
            "aibot_respond_update_msg": self._update,
            "aibot_send_msg": self._send,
            "aibot_upload_media_init": self._upload_begin,
            "aibot_upload_media_chunk": self._upload_part,
            "aibot_upload_media_finish": self._upload_end,
        }

    def do(self, frame: dict[str, Any]) -> dict[str, Any]:
        """
        Raises: WeComError when it may not be done.
        """
        work, body = self._work.get(str(frame.get("cmd"))), frame.get("body")
        number = str((frame.get("headers") or {}).get("req_id", ""))
        if work is None or not isinstance(body, dict) or not number:
            raise WeComError(40058)
        return work(number, body)

    def _respond(self, number: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = self._asked(number, "message", ANSWER_LIFE)
        if body.get("msgtype") == "stream":
            self._stream(number, asked, _object(body.get("stream")))
        else:
            self._show(asked.chat, self._read(body, {"markdown", "template_card", *MEDIA_TYPES}))
        return {}

    def _stream(self, number: str, asked: Asked, stream: dict[str, Any]) -> None:
        """
        Each part carries the whole text so far; after the last one, or six minutes, nothing more.
        """
        key, content, now = (number, str(stream.get("id", ""))), stream.get("content"), self._platform.world.clock.now()
        if not key[1] or not isinstance(content, str) or len(content.encode()) > LONGEST_MARKDOWN:
            raise WeComError(40058, "stream")
        shown = self._state.streams.get(key)
        if shown is None:
            message = self._show(asked.chat, _markdown(content))
            shown = self._state.streams[key] = Stream(message, now)
        elif shown.is_finished or now - asked.at > STREAM_LIFE:
            raise WeComError(846608)
        else:
            shown.message.text = card_view.plain(content)
            shown.message.payload["content"] = content
            self._platform.book.touch(shown.message)
        shown.is_finished = bool(stream.get("finish"))

    def _welcome(self, number: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = self._asked(number, "enter", INSTANT_LIFE)
        if asked.answered.is_set():
            raise WeComError(846605)
        self._show(asked.chat, self._read(body, {"text", "template_card"}))
        asked.answered.set()
        return {}

    def _update(self, number: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = self._asked(number, "click", INSTANT_LIFE)
        card = _object(body.get("template_card"))
        if body.get("response_type") != "update_template_card" or asked.message is None:
            raise WeComError(40008)
        if card.get("task_id") != asked.message.payload["card"].get("task_id"):
            raise WeComError(42014)
        check_bot_card(card)
        self._platform.messages.show_face(asked.message, card)
        asked.answered.set()
        return {}

    def _send(self, _number: str, body: dict[str, Any]) -> dict[str, Any]:
        chat_id = str(body.get("chatid", ""))
        content = self._read(body, {"markdown", "template_card", *MEDIA_TYPES})
        chat = self._chat(chat_id)
        if self._platform.switches["bot_must_be_spoken_to"] and chat_id not in self._state.talked:
            raise WeComError(93006)
        self._show(chat, content)
        return {}

    def _chat(self, chat_id: str) -> str:
        world = self._platform.world
        group = next((g.key for g in world.groups.values() if g.ids.get("wecom") == chat_id), None)
        person = next((p for p in self._platform.present() if p.ids["wecom"] == chat_id), None)
        if group is None and person is None:
            raise WeComError(93006)
        return group or direct_chat(person.key if person else "")

    def _read(self, body: dict[str, Any], allowed: set[str]) -> Body:
        kind = str(body.get("msgtype", ""))
        if kind not in allowed:
            raise WeComError(40008)
        content = body.get(kind)
        if kind == "markdown":
            return _markdown(_object(content).get("content"))
        now = self._platform.world.clock.now()
        if kind != "template_card":
            return read_body(kind, content, self._platform.state, now)
        card = _object(content)
        check_bot_card(card)
        if card.get("task_id") in self._state.task_ids:
            raise WeComError(42014)
        self._state.task_ids.add(str(card.get("task_id")))
        flags = [f"truncated:{path}" for path in card_rules.cut_texts(card, card_rules.SHOWN_BY_BOT)]
        return Body("card", card_view.readable(card), {"msgtype": "template_card", "card": card}, flags)

    def _show(self, chat: str, body: Body) -> Message:
        limits = [(limit, seconds) for limit, seconds in PER_CHAT]
        if not all(self._platform.allow(f"bot to {chat}", limit=limit, seconds=s) for limit, s in limits):
            raise WeComError(45009)
        message = self._platform.book.add(
            chat=chat,
            sender=None,
            kind=body.kind,
            text=body.text,
            vendor_id=uuid.uuid4().hex,
            payload={**body.payload, "by": "bot"},
        )
        message.flags = list(body.flags)
        return message

    def _asked(self, number: str, kind: str, life: timedelta) -> Asked:
        asked = self._state.asked.get(number)
        if asked is None or asked.kind != kind or self._platform.world.clock.now() - asked.at > life:
            raise WeComError(846605)
        return asked

    def _upload_begin(self, _number: str, body: dict[str, Any]) -> dict[str, Any]:
        kind, name = body.get("type"), body.get("filename")
        size, chunks = body.get("total_size"), body.get("total_chunks")
        if kind not in MEDIA_TYPES or not name:
            raise WeComError(40004)
        if not isinstance(size, int) or not isinstance(chunks, int) or not 1 <= chunks <= MOST_CHUNKS:
            raise WeComError(40058)
        if size > LARGEST[kind]:
            raise WeComError(45001)
        upload_id = secrets.token_hex(16)
        self._state.uploads[upload_id] = Upload(kind, str(name), size, chunks, self._platform.world.clock.now())
        return {"upload_id": upload_id}

    def _upload_part(self, _number: str, body: dict[str, Any]) -> dict[str, Any]:
        """
        The vendor's program counts parts from 0 and its documentation from 1: both are taken.
        """
        upload, index = self._upload(body), body.get("chunk_index")
        try:
            content = base64.b64decode(str(body.get("base64_data", "")), validate=True)
        except binascii.Error:
            raise WeComError(40058, "base64_data") from None
        if not isinstance(index, int) or not 0 <= index <= upload.total_chunks or len(content) > CHUNK_BYTES:
            raise WeComError(40058, "chunk_index")
        upload.chunks[index] = content
        return {}

    def _upload_end(self, _number: str, body: dict[str, Any]) -> dict[str, Any]:
        upload, now = self._upload(body), self._platform.world.clock.now()
        content = b"".join(upload.chunks[index] for index in sorted(upload.chunks))
        if len(upload.chunks) != upload.total_chunks or len(content) != upload.total_size:
            raise WeComError(40058, "chunks")
        attachment = Attachment(upload.name, content, "image/png" if upload.kind == "image" else "")
        media_id = self._platform.state.keep(upload.kind, attachment, now)
        return {"type": upload.kind, "media_id": media_id, "created_at": int(now.timestamp())}

    def _upload(self, body: dict[str, Any]) -> Upload:
        upload = self._state.uploads.get(str(body.get("upload_id", "")))
        if upload is None or self._platform.world.clock.now() - upload.at > UPLOAD_LIFE:
            raise WeComError(40058, "upload_id")
        return upload


def check_bot_card(card: dict[str, Any]) -> None:
    """
    A bot's card needs its task id, opens no address by a button, and shows no attachment in its rows.

    Raises: WeComError for the first fault.
    """
    card_rules.check_card(card)
    if any(button.get("type", 0) != 0 for button in card.get("button_list") or ()):
        raise WeComError(40058, "button_list.type")
    if any(row.get("type", 0) not in {0, 1, 3} for row in card.get("horizontal_content_list") or ()):
        raise WeComError(40058, "horizontal_content_list.type")


def _markdown(content: object) -> Body:
    if not isinstance(content, str) or not content:
        raise WeComError(44004)
    if len(content.encode()) > LONGEST_MARKDOWN:
        raise WeComError(45002)
    return Body("markdown", card_view.plain(content), {"msgtype": "markdown", "content": content})


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WeComError(40058)
    return value

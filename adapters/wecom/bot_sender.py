"""
Sending as the 智能机器人, over its long connection: answers to messages, and messages of its own accord.

The bodies come from `render.py`. A bot can only speak where somebody spoke to it first, and its cards change only in
the moment they are clicked. WeCom does not recognise what a bot says twice.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from adapters.http import at_most_once, preparing
from adapters.wecom import limits
from adapters.wecom.aibot import BotConnection, stream
from adapters.wecom.aibot_turns import Turn
from adapters.wecom.app_sender import short_name, task_id_of
from adapters.wecom.render import media_kind
from bot.ports import Media, Outbound, SendResult
from domain.errors import PlatformError

CHUNK_BYTES: Final = 512 * 1024
_TOO_LATE: Final = frozenset({"wecom_846605", "wecom_846608"})

Json = dict[str, object]
TakeRate = Callable[[str, tuple[int, float]], None]


class BotSender:
    """
    The outgoing side of one bot; `take` is the client's rate governor.
    """

    def __init__(self, bot_id: str, connection: BotConnection, take: TakeRate) -> None:
        self._bot_id = bot_id
        self._connection = connection
        self._take = take

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        Answer the message that waits in this chat, else speak unasked.
        """
        self._take(f"wecom:bot:{short_name(f'{self._bot_id}:{message.recipient.id}')}", limits.CHAT_RATE)
        body = json.loads(rendered)
        if message.media is not None:
            kind = media_kind(message.media)
            with preparing():
                body[kind] = {"media_id": self._upload(message.media, kind)}
        with at_most_once():
            if not self._answer(message, body):
                self._connection.request("aibot_send_msg", body)
        return SendResult("", task_id_of(rendered))

    def _answer(self, message: Outbound, body: Json) -> bool:
        turn = self._connection.turns.take(message.recipient.id)
        if turn is None:
            return False
        content = {name: value for name, value in body.items() if name not in {"chatid", "chat_type"}}
        command, answer = _as_answer(turn, content, message.ref)
        if not command:
            return False
        try:
            self._connection.request(command, answer, req_id=turn.req_id)
        except PlatformError as error:
            if error.code not in _TOO_LATE:
                raise
            return False
        return True

    def _upload(self, media: Media, kind: str) -> str:
        chunks = list(_chunks(media.content))
        opened = self._connection.request(
            "aibot_upload_media_init",
            {
                "type": kind,
                "filename": media.name,
                "total_size": len(media.content),
                "total_chunks": len(chunks),
                "md5": hashlib.md5(media.content, usedforsecurity=False).hexdigest(),
            },
        )
        upload = {"upload_id": opened.get("upload_id")}
        for index, chunk in enumerate(chunks):
            part = {**upload, "chunk_index": index, "base64_data": base64.b64encode(chunk).decode()}
            self._connection.request("aibot_upload_media_chunk", part)
        media_id = self._connection.request("aibot_upload_media_finish", upload).get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise PlatformError("wecom_upload", "an upload was answered without a media_id")
        return media_id


def _as_answer(turn: Turn, content: Json, ref: str) -> tuple[str, Mapping[str, object]]:
    """
    The command and body that say `content` as an answer; the command is empty where this cannot be an answer.

    Words answer a message as a stream, and an opened chat as text; a welcome can be nothing else but that or a card.
    """
    kind = content["msgtype"]
    words = content.get("markdown")
    said = str(words.get("content", "")) if isinstance(words, dict) else ""
    if turn.kind == "message":
        return "aibot_respond_msg", stream(said, ref) if kind == "markdown" else content
    if kind == "markdown":
        return "aibot_respond_welcome_msg", {"msgtype": "text", "text": {"content": said}}
    return ("aibot_respond_welcome_msg" if kind == "template_card" else ""), content


def _chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]

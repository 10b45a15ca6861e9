"""
Messages on their way out: drawn once, sent as often as needed, changed, withdrawn.

Calls belong to `client.py`, drawing to `render.py`; here is which call is made when, and what a refusal leads to.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/create, …/message/patch, …/image/create and
https://open.feishu.cn/document/server-docs/im-v1/message-card/delay-update-message-card (read 2026-05).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

import structlog

from adapters.feishu.client import FeishuClient
from adapters.feishu.errors import (
    ALREADY_GONE,
    BEYOND_UPDATE,
    CARD_REFUSED,
    CLICK_TOKEN_REFUSED,
    NOT_PASSED,
    UNKNOWN_PERSON,
)
from adapters.feishu.limits import (
    APP_RATE,
    CARD_LIFE,
    CARD_RATE,
    CHAT_RATE,
    CLICK_ANSWER,
    CLICK_TOKEN_LIFE,
    ENVELOPE_BYTES,
    MAX_FILE_BYTES,
    MAX_IMAGE_BYTES,
    MAX_TEXT_BYTES,
    text_bytes,
)
from adapters.feishu.markup import cut, message_text
from adapters.feishu.masking import mask_text, masked
from adapters.feishu.render import card_content, render_card, render_plain
from adapters.http import preparing
from bot.ports import CannotUpdate, Media, Outbound, Seal, SendResult, SentCard, SharedState
from cards.model import Card
from cards.text import card_text
from domain.errors import PlatformError

log = structlog.get_logger()

MAX_UUID: Final = 50
MAX_FALLBACK: Final = 5000

Form = dict[str, Any]
"""What is sent: message type and content, and in which way it is milder than what was wanted."""

_RECEIVE_ID_TYPES: Final = {"person": "open_id", "group": "chat_id"}
_PERSON: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FILE_TYPES: Final = {
    ".opus": "opus",
    ".mp4": "mp4",
    ".pdf": "pdf",
    ".doc": "doc",
    ".docx": "doc",
    ".xls": "xls",
    ".xlsx": "xls",
    ".ppt": "ppt",
    ".pptx": "ppt",
}


class FeishuSender:
    """
    One app's outgoing side; safe to use from several threads.
    """

    def __init__(
        self,
        app_id: str,
        client: FeishuClient,
        *,
        shared: SharedState,
        seal: Seal,
        clock: Callable[[], datetime],
    ) -> None:
        self._app_id = app_id
        self._client = client
        self._shared = shared
        self._seal = seal
        self._clock = clock

    def render(self, message: Outbound) -> str:
        """
        Message type and content as Feishu wants them, in one JSON text. Pictures and files are handed in when sent.
        """
        if message.media is not None:
            return _rendered_media(message.media, message.text)
        if message.card is not None:
            return _sendable("interactive", card_content(self._face(message, message.card)))
        if message.update is not None:
            raise PlatformError("feishu_update_without_card", "a card can only become a card", permanent=True)
        called = "".join(f'<at user_id="{person}"></at> ' for person in _people(message))
        content = _text_content(called + message_text(message.text))
        if text_bytes(content) + ENVELOPE_BYTES > MAX_TEXT_BYTES:
            raise PlatformError("feishu_text_too_long", f"more than {MAX_TEXT_BYTES} bytes", permanent=True)
        return _sendable("text", content)

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        Create the message, or give the sent card its new face; refused for what it says, again in a milder form.
        """
        return self._deliver_mildly(message, json.loads(rendered), message.ref)

    def recall(self, sent: SentCard) -> None:
        """
        Withdraw a message; one that is gone already is fine.
        """
        try:
            self._client.recall_message(sent.message_id)
        except PlatformError as error:
            if not _is_one_of(error.code, ALREADY_GONE):
                raise

    def _face(self, message: Outbound, card: Card) -> dict[str, Any]:
        """
        The card's face; a plain one where the full one would break a rule, so that what it says is not lost.
        """
        in_group = message.recipient.kind == "group"
        try:
            return render_card(card, self._seal, in_group=in_group, mentions=_people(message))
        except PlatformError as error:
            log.warning("feishu.card_invalid", ref=message.ref, violation=str(error))
            return render_plain(card, self._seal, in_group=in_group)

    def _deliver_mildly(self, message: Outbound, form: Form, ref: str) -> SendResult:
        try:
            return self._deliver(message, form, ref)
        except PlatformError as error:
            milder = self._milder(message, form, error.code)
            if milder is None:
                raise
            log.warning("feishu.sent_milder", ref=message.ref, code=error.code)
        # other content under the same key might be taken for the message that was refused
        return self._deliver_mildly(message, milder, f"{ref}:m")

    def _milder(self, message: Outbound, form: Form, code: str) -> Form | None:
        """
        What may pass where this form was refused, None when there is nothing left to try.
        """
        if _is_one_of(code, NOT_PASSED):
            return _masked(form)
        if _is_one_of(code, {UNKNOWN_PERSON}) and _people(message) and "without" not in form:
            return {**json.loads(self.render(replace(message, mentions=()))), "without": "mentions"}
        if _is_one_of(code, CARD_REFUSED) and message.card is not None:
            return self._plainer(message, message.card, form)
        return None

    def _plainer(self, message: Outbound, card: Card, form: Form) -> Form | None:
        """
        A card that Feishu refuses although it passed our check: as plain as a card can be, at last as a text.
        """
        if "is_plain" not in form:
            face = render_plain(card, self._seal, in_group=message.recipient.kind == "group")
            return {"msg_type": "interactive", "content": card_content(face), "is_plain": True}
        if form["msg_type"] == "interactive" and message.update is None:
            text = cut(message_text(card_text(card)), MAX_FALLBACK)
            return {"msg_type": "text", "content": _text_content(text), "is_plain": True}
        return None

    def _deliver(self, message: Outbound, stored: Form, ref: str) -> SendResult:
        if message.update is not None:
            return self._update(message.update, stored["content"])
        self._govern(f"feishu:chat:{message.recipient.id}", CHAT_RATE)
        with preparing():
            content = stored["content"] if message.media is None else self._uploaded(message.media, stored)
        sent = self._client.create_message(
            receive_id_type=_RECEIVE_ID_TYPES[message.recipient.kind],
            receive_id=message.recipient.id,
            msg_type=stored["msg_type"],
            content=content,
            uuid=_uuid(ref),
        )
        return SendResult(message_id=sent.message_id, card_ref=sent.message_id)

    def _uploaded(self, media: Media, stored: Form) -> str:
        """
        The content of the message that shows a picture or file, after handing it in.
        """
        if media.kind == "file":
            file_type = _FILE_TYPES.get(PurePath(media.name).suffix.lower(), "stream")
            form = {"file_type": file_type, "file_name": media.name}
            return json.dumps({"file_key": self._client.upload("file", form, media.name, media.content)})
        key = self._client.upload("image", {"image_type": "message"}, media.name, media.content)
        if stored["msg_type"] == "image":
            return json.dumps({"image_key": key})
        paragraphs = [[{"tag": "text", "text": stored["caption"]}], [{"tag": "img", "image_key": key}]]
        return json.dumps({"zh_cn": {"title": "", "content": paragraphs}}, ensure_ascii=False)

    def _update(self, sent: SentCard, content: str) -> SendResult:
        if self._clock() - sent.sent_at >= CARD_LIFE:
            raise CannotUpdate("older than 14 days")
        token = self._click_token(sent)
        self._govern(f"feishu:card:{sent.message_id}", CARD_RATE)
        try:
            if token is None or not self._updated_by_click(token, content):
                self._client.patch_card(sent.message_id, content)
        except PlatformError as error:
            if _is_one_of(error.code, BEYOND_UPDATE):
                raise CannotUpdate(error.code) from error
            raise
        return SendResult(message_id=sent.message_id, card_ref=sent.card_ref)

    def _click_token(self, sent: SentCard) -> str | None:
        """
        The token of the last click while it works.

        Used before the click is answered, it would be taken and the card then turned back: a click without an answer
        after three seconds gets none.
        """
        if sent.update_token is None or sent.update_token_expires_at is None:
            return None
        left = sent.update_token_expires_at - self._clock()
        too_early = left - (CLICK_TOKEN_LIFE - CLICK_ANSWER)
        if too_early > timedelta():
            wait = too_early.total_seconds()
            raise PlatformError("feishu_click_open", "the click may not be answered yet", retry_after=wait, tried=False)
        return sent.update_token if left > timedelta() else None

    def _updated_by_click(self, token: str, content: str) -> bool:
        try:
            self._client.update_clicked(token, json.loads(content))
        except PlatformError as error:
            if _is_one_of(error.code, CLICK_TOKEN_REFUSED):
                return False
            raise
        return True

    def _govern(self, bucket: str, rate: tuple[int, float]) -> None:
        """
        Stay below Feishu's limits: the chat's or card's first, then the app's.
        """
        for name, (capacity, seconds) in ((bucket, rate), (f"feishu:app:{self._app_id}", APP_RATE)):
            wait = self._shared.take(name, capacity=capacity, per_seconds=seconds, now=self._clock())
            if wait > 0:
                raise PlatformError("feishu_governed", name.split(":")[1], retry_after=wait, tried=False)


def _rendered_media(media: Media, caption: str) -> str:
    largest = MAX_IMAGE_BYTES if media.kind == "image" else MAX_FILE_BYTES
    if not 0 < len(media.content) <= largest:
        raise PlatformError("feishu_media_size", f"{len(media.content)} bytes, 1 to {largest} allowed", permanent=True)
    # only pictures have captions, inside a post
    kind = "post" if media.kind == "image" and caption else media.kind
    return json.dumps({"msg_type": kind, "caption": message_text(caption)}, ensure_ascii=False)


def _text_content(text: str) -> str:
    return json.dumps({"text": text}, ensure_ascii=False)


def _masked(stored: Form) -> Form | None:
    if "content" not in stored:
        caption = mask_text(stored["caption"])
        return None if caption == stored["caption"] else {**stored, "caption": caption}
    content = masked(stored["msg_type"], stored["content"])
    return None if content is None else {**stored, "content": content}


def _people(message: Outbound) -> tuple[str, ...]:
    """
    Whom to call with @: only in a group, and nothing that could be more than an id.
    """
    is_group = message.recipient.kind == "group"
    return tuple(person for person in message.mentions if is_group and _PERSON.fullmatch(person) and person != "all")


def _is_one_of(code: str, codes: Iterable[int]) -> bool:
    return code in {f"feishu_{each}" for each in codes}


def _uuid(ref: str) -> str:
    """
    Feishu's key against duplicates, ≤ 50 characters: the reference, or its digest where that is longer.
    """
    return ref if len(ref) <= MAX_UUID else hashlib.sha256(ref.encode()).hexdigest()[:MAX_UUID]


def _sendable(msg_type: str, content: str) -> str:
    return json.dumps({"msg_type": msg_type, "content": content}, ensure_ascii=False, separators=(",", ":"))

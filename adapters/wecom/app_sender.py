"""
Sending as the self-built app: to its people, to the groups it made, to webhooks, and new faces for sent cards.

The bodies come from `render.py`; the API calls are in `client.py`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from adapters.http import at_most_once, preparing
from adapters.wecom import limits
from adapters.wecom.client import WeComClient
from adapters.wecom.config import WeComConfig
from adapters.wecom.errors import CARD_BEYOND_CHANGE, SETTINGS_PAUSE
from adapters.wecom.render import media_kind, text_of
from adapters.wecom.routes import name_of, way_to
from bot.ports import CannotUpdate, Media, Outbound, Recipient, SendResult, SentCard, SharedState
from domain.errors import PlatformError

Answer = Mapping[str, object]


class AppSender:
    """
    The outgoing side of one app.
    """

    def __init__(
        self, config: WeComConfig, client: WeComClient, *, shared: SharedState, clock: Callable[[], datetime]
    ) -> None:
        self._config = config
        self._client = client
        self._shared = shared
        self._clock = clock
        self._app = f"wecom:{config.corp_id}:{config.agent_id}"

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        One API call, and one before it for a picture or file.
        """
        if message.update is not None:
            return self._change(message.update, rendered.encode())
        match way_to(message.recipient, self._config):
            case "webhook":
                return self._to_webhook(message, rendered)
            case "appchat":
                self._client.take(f"wecom:{self._config.corp_id}:chat:{message.recipient.id}", limits.CHAT_RATE)
                return self._to_group(self._body(message, rendered))
            case _:
                return self._to_person(message, rendered)

    def _to_person(self, message: Outbound, rendered: str) -> SendResult:
        self._client.take(f"{self._app}:member:{message.recipient.id.casefold()}", limits.MEMBER_RATE)
        answer = self._client.send_message(self._body(message, rendered))
        _must_reach(message.recipient, answer)
        return self._sent(answer, card_ref=task_id_of(rendered))

    def _to_group(self, body: bytes) -> SendResult:
        """
        Groups have no check for duplicates, unlike people.
        """
        with at_most_once():
            answer = self._client.send_to_group(body)
        return SendResult(message_id=_name(answer, "msgid"))

    def _to_webhook(self, message: Outbound, rendered: str) -> SendResult:
        name = name_of(message.recipient)
        key = self._config.webhook_keys.get(name)
        if key is None:
            text = f"the account's setting WEBHOOKS names no group {name!r}"
            raise PlatformError("wecom_no_webhook", text, retry_after=SETTINGS_PAUSE)
        self._client.take(f"wecom:webhook:{short_name(key)}", limits.CHAT_RATE)
        body = self._webhook_body(key, message, rendered)
        with at_most_once():
            self._client.send_to_webhook(key, body)
        return SendResult("")

    def _webhook_body(self, key: str, message: Outbound, rendered: str) -> bytes:
        """
        A webhook takes pictures inside the message, and files by an id that only it can use.
        """
        media = message.media
        if media is None:
            return rendered.encode()
        if media_kind(media) == "image" and len(media.content) <= limits.WEBHOOK_IMAGE_BYTES:
            digest = hashlib.md5(media.content, usedforsecurity=False).hexdigest()
            picture = {"base64": base64.b64encode(media.content).decode(), "md5": digest}
            return text_of({"msgtype": "image", "image": picture}).encode()
        with preparing():
            media_id = self._client.upload_to_webhook(key, media)
        return text_of({"msgtype": "file", "file": {"media_id": media_id}}).encode()

    def _body(self, message: Outbound, rendered: str) -> bytes:
        if message.media is None:
            return rendered.encode()
        kind = media_kind(message.media)
        filled = json.loads(rendered) | {kind: {"media_id": self._media_id(message.ref, message.media)}}
        return text_of(filled).encode()

    def _media_id(self, ref: str, media: Media) -> str:
        """
        The id under which WeCom keeps the picture or file.

        The same for every attempt: a retry with another id would escape the vendor's check for duplicates.
        """
        name, now = f"{self._app}:media:{short_name(ref)}", self._clock()
        known = self._shared.token(name, now)
        if known is not None:
            return known
        with preparing():
            media_id = self._client.upload(media, media_kind(media))
        self._shared.store_token(name, media_id, now + timedelta(seconds=limits.MEDIA_LIFE))
        return media_id

    def _sent(self, answer: Answer, *, card_ref: str) -> SendResult:
        message_id, code = _name(answer, "msgid"), _name(answer, "response_code") or None
        if not message_id:
            raise PlatformError("wecom_no_msgid", "the answer names no message", unknown_outcome=True)
        expires_at = self._clock() + timedelta(seconds=limits.RESPONSE_CODE_LIFE) if code else None
        return SendResult(message_id, card_ref, code, expires_at)

    def _change(self, sent: SentCard, body: bytes) -> SendResult:
        """
        A response code works once and for 72 hours; without one the card stays as it is.
        """
        expires_at = sent.update_token_expires_at
        if not sent.update_token or (expires_at is not None and expires_at <= self._clock()):
            raise CannotUpdate("no response code or an expired one")
        try:
            answer = self._client.update_card(body)
        except PlatformError as error:
            if error.code in {f"wecom_{code}" for code in CARD_BEYOND_CHANGE}:
                raise CannotUpdate(error.code) from error
            raise
        if _has(answer.get("invaliduser"), sent.recipient.id):
            raise CannotUpdate("the person never got the card")
        return SendResult(sent.message_id, sent.card_ref)


def task_id_of(rendered: str) -> str:
    """
    The task id in a rendered body, empty when it is no card that can be pressed.
    """
    card = json.loads(rendered).get("template_card") or {}
    return str(card.get("task_id", ""))


def short_name(text: str) -> str:
    """
    A name of fixed length, from which the text cannot be told.
    """
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _must_reach(recipient: Recipient, answer: Answer) -> None:
    """
    WeCom reports a person who gets nothing inside an answer that says success.
    """
    for field in ("invaliduser", "unlicenseduser"):
        if _has(answer.get(field), recipient.id):
            raise PlatformError("wecom_81013", f"{field}: the member cannot get messages of this app", permanent=True)


def _has(listed: object, user_id: str) -> bool:
    """
    Lists of members come as an array or joined by "|", always in lower case.
    """
    names = listed if isinstance(listed, list) else str(listed or "").split("|")
    return user_id.casefold() in {str(name).casefold() for name in names}


def _name(answer: Answer, field: str) -> str:
    name = answer.get(field)
    return name if isinstance(name, str) else ""

"""
The exact request bodies: a message to a person, a message to a group, a new face for a sent card.

What a card looks like is decided in `template_card.py` and `markdown.py`; here the message is put into its envelope and
held against `limits.py`. Pictures and files get their `media_id` when they are sent: it is known only then.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import Literal

from adapters.wecom import limits
from adapters.wecom.choices import CardJson
from adapters.wecom.config import WeComConfig
from adapters.wecom.layout import FEW_ITEMS
from adapters.wecom.markdown import card_markdown, text_markdown
from adapters.wecom.markup import cut, join_within, message_text, one_line
from adapters.wecom.routes import name_of, way_to
from adapters.wecom.template_card import Face, draw
from bot.ports import CannotUpdate, Media, Outbound, Recipient, Seal
from cards.model import Card, Items
from cards.text import NOT_ALL_SHOWN, card_text
from domain.errors import PlatformError

# Never "@all" or "a|b": one outbox row speaks to one person.
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@\-]{0,63}")


class Renderer:
    """
    Draws for one account: `seal` signs what buttons mean, the account's start page is where other cards lead.
    """

    def __init__(self, config: WeComConfig, *, seal: Seal) -> None:
        self._config = config
        self._seal = seal

    def body(self, message: Outbound) -> str:
        """
        The JSON to send for `message`, always the same for the same message.

        Raises:
            PlatformError: (permanent) WeCom would refuse it.
            CannotUpdate: only the app's cards change after they were sent.
        """
        way = way_to(message.recipient, self._config)
        if message.update is not None:
            if way != "app":
                raise CannotUpdate(f"what was sent by {way} stays as it is")
            return text_of(self._change(message, message.update.update_token or ""))
        match way:
            case "app":
                return text_of(self._personal_message(message))
            case "appchat":
                return text_of({"chatid": message.recipient.id, **_group_content(message), "safe": 0})
            case "webhook":
                return text_of(_webhook_content(message))
            case "bot":
                return text_of(self._bot_message(message))

    def face(self, card: Card, *, sizes: limits.Sizes = limits.APP, task_id: str | None = None) -> CardJson:
        """
        The face a card takes in place of another; what finds no room is cut, the commands stay.

        Raises:
            PlatformError: (permanent) WeCom would refuse it.
        """
        return _checked(self._draw(card, sizes, task_id).json, sizes, new=False)

    def _draw(self, card: Card, sizes: limits.Sizes, task_id: str | None = None) -> Face:
        return draw(card, seal=self._seal, start_url=self._config.start_url, task_id=task_id, sizes=sizes)

    def _personal_message(self, message: Outbound) -> CardJson:
        return {
            "touser": _user_id(message.recipient),
            "agentid": self._config.agent_id,
            **self._content(message),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _duplicate_window(message.ref),
        }

    def _content(self, message: Outbound) -> CardJson:
        if message.media is not None:
            return _media_content(message.media)
        if message.card is None:
            return {"msgtype": "text", "text": {"content": _plain_message(message.text)}}
        return self._card_content(message.card, message.ref, limits.APP)

    def _bot_message(self, message: Outbound) -> CardJson:
        """
        The bot takes no text: words are markdown. It cannot call people with @.
        """
        if message.recipient.kind == "person":
            head: CardJson = {"chatid": _user_id(message.recipient), "chat_type": 1}
        else:
            head = {"chatid": name_of(message.recipient), "chat_type": 2}
        if message.media is not None:
            return {**head, **_media_content(message.media)}
        if message.card is None:
            content = _said(text_markdown(message.text, limits.BOT))
            return {**head, "msgtype": "markdown", "markdown": {"content": content}}
        return {**head, **self._card_content(message.card, message.ref, limits.BOT)}

    def _card_content(self, card: Card, ref: str, sizes: limits.Sizes) -> CardJson:
        face = self._draw(card, sizes, ref)
        if not face.is_whole and (face.json["card_type"] == "text_notice" or _is_list(card)):
            content = card_markdown(card, sizes, is_deaf=False)
            return {"msgtype": "markdown", "markdown": {"content": content}}
        return {"msgtype": "template_card", "template_card": _checked(face.json, sizes, new=True)}

    def _change(self, message: Outbound, code: str) -> CardJson:
        """
        A card that cannot be drawn at least loses its buttons.
        """
        if message.card is None:
            raise PlatformError("wecom_no_card", "an update needs the card's new face", permanent=True)
        head: CardJson = {
            "userids": [_user_id(message.recipient)],
            "agentid": self._config.agent_id,
            "response_code": code,
        }
        try:
            return {**head, "template_card": self.face(message.card)}
        except PlatformError:
            return {**head, "button": {"replace_name": grey_text(message.card)}}


def grey_text(card: Card) -> str:
    """
    What stands on the one grey button that takes the place of a card's buttons.
    """
    return cut(one_line(card.status or card.title) or "—", limits.BUTTON_CHARS)


def text_of(body: CardJson) -> str:
    """
    The bytes of a body as text.
    """
    # WeCom warns of escaped characters (40033): raw UTF-8
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _group_content(message: Outbound) -> CardJson:
    """
    A group gets markdown, as it can show no template card; only text calls people with @.
    """
    if message.media is not None:
        return _media_content(message.media)
    if message.card is not None and not message.mentions:
        content = card_markdown(message.card, limits.APP, is_deaf=True)
        return {"msgtype": "markdown", "markdown": {"content": content}}
    text = message.text if message.card is None else card_text(message.card)
    return {"msgtype": "text", "text": {"content": _plain_message(text), **_called(message)}}


def _webhook_content(message: Outbound) -> CardJson:
    if message.media is not None:
        return _media_content(message.media)
    if message.card is None:
        return {"msgtype": "text", "text": {"content": _plain_message(message.text), **_called(message)}}
    calls = " ".join(f"<@{user_id}>" for user_id in message.mentions if _USER_ID.fullmatch(user_id))
    content = card_markdown(message.card, limits.WEBHOOK, is_deaf=True, calls=calls)
    return {"msgtype": "markdown", "markdown": {"content": content}}


def _called(message: Outbound) -> CardJson:
    called = [user_id for user_id in message.mentions if _USER_ID.fullmatch(user_id)]
    return {"mentioned_list": called} if called else {}


def media_kind(media: Media) -> Literal["image", "file"]:
    """
    As what the media is sent: a picture that is no JPG or PNG, or too large for one, goes as a file.

    Raises:
        PlatformError: (permanent) it is too large or too small even for a file.
    """
    size = len(media.content)
    if not limits.MEDIA_BYTES_LEAST <= size <= limits.FILE_BYTES:
        code = "wecom_45001" if size else "wecom_44001"
        raise PlatformError(code, f"{size} bytes cannot be sent", permanent=True)
    is_picture = media.content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
    return "image" if media.kind == "image" and is_picture and size <= limits.IMAGE_BYTES else "file"


def _media_content(media: Media) -> CardJson:
    kind = media_kind(media)
    return {"msgtype": kind, kind: {"media_id": ""}}


def _plain_message(text: str) -> str:
    """
    One outbox row is one message: what exceeds WeCom's 2048 bytes is cut at a line's end, and the end says so.
    """
    return join_within(_said(message_text(text).strip()).split("\n"), limits.TEXT_BYTES, more=NOT_ALL_SHOWN)


def _said(text: str) -> str:
    if not text:
        raise PlatformError("wecom_empty", "44004 a text message must say something", permanent=True)
    return text


def _is_list(card: Card) -> bool:
    return any(isinstance(element, Items) and len(element.items) > FEW_ITEMS for element in card.elements)


def _duplicate_window(ref: str) -> int:
    """
    The seconds of the vendor's duplicate check, 1800 and up to four hours.

    The vendor drops a request whose JSON it has seen in this time. A retry is such a request; two answers that happen
    to say the same are not, so the number differs from one outbox row to the next.
    """
    return limits.DUPLICATE_WINDOW + zlib.crc32(ref.encode()) % (limits.DUPLICATE_WINDOW_MAX - limits.DUPLICATE_WINDOW)


def _user_id(recipient: Recipient) -> str:
    if recipient.kind != "person" or not _USER_ID.fullmatch(recipient.id):
        raise PlatformError("wecom_40003", f"{one_line(recipient.id)!r} is no member id", permanent=True)
    return recipient.id


def _checked(card: CardJson, sizes: limits.Sizes, *, new: bool) -> CardJson:
    faults = limits.card_faults(card, new=new, sizes=sizes)
    if faults:
        raise PlatformError("wecom_card", "; ".join(faults), permanent=True)
    return card

"""
The exact request bodies: a message to a person, a message to a group, a new face for a sent card.

What a card looks like is decided in `template_card.py` and `markdown.py`; here the message is put into its envelope and
held against `limits.py`.
"""

from __future__ import annotations

import json
import re
import zlib

from adapters.wecom import limits
from adapters.wecom.choices import CardJson
from adapters.wecom.layout import FEW_ITEMS
from adapters.wecom.markdown import card_markdown
from adapters.wecom.markup import join_within, message_text, one_line
from adapters.wecom.template_card import Face, draw
from bot.ports import Outbound, Recipient, Seal
from cards.model import Card, Items
from cards.text import NOT_ALL_SHOWN
from domain.errors import PlatformError

# Never "@all" or "a|b": one outbox row speaks to one person.
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@\-]{0,63}")


class Renderer:
    """
    Draws for one app: `seal` signs what buttons mean, `start_url` is where cards lead that lead nowhere else.
    """

    def __init__(self, *, agent_id: int, start_url: str, seal: Seal) -> None:
        self._agent_id = agent_id
        self._start_url = start_url
        self._seal = seal

    def body(self, message: Outbound) -> str:
        """
        The JSON to send for `message`, always the same for the same message.

        Raises:
            PlatformError: (permanent) WeCom would refuse it.
        """
        if message.update is not None:
            return _text_of(self._new_face(message, message.update.update_token or ""))
        if message.recipient.kind == "group":
            return _text_of(_group_message(message))
        return _text_of(self._personal_message(message))

    def face(self, card: Card) -> CardJson:
        """
        The face a card takes in place of another; what finds no room is cut, the commands stay.

        Raises:
            PlatformError: (permanent) WeCom would refuse it.
        """
        return _checked(self._draw(card).json, new=False)

    def _draw(self, card: Card, task_id: str | None = None) -> Face:
        return draw(card, seal=self._seal, start_url=self._start_url, task_id=task_id)

    def _personal_message(self, message: Outbound) -> CardJson:
        return {
            "touser": _user_id(message.recipient),
            "agentid": self._agent_id,
            **self._content(message),
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _duplicate_window(message.ref),
        }

    def _content(self, message: Outbound) -> CardJson:
        card = message.card
        if card is None:
            return {"msgtype": "text", "text": {"content": _plain_message(message.text)}}
        face = self._draw(card, message.ref)
        if not face.is_whole and (face.json["card_type"] == "text_notice" or _is_list(card)):
            return {"msgtype": "markdown", "markdown": {"content": card_markdown(card, is_group=False)}}
        return {"msgtype": "template_card", "template_card": _checked(face.json, new=True)}

    def _new_face(self, message: Outbound, code: str) -> CardJson:
        if message.card is None:
            raise PlatformError("wecom_no_card", "an update needs the card's new face", permanent=True)
        return {
            "userids": [_user_id(message.recipient)],
            "agentid": self._agent_id,
            "response_code": code,
            "template_card": self.face(message.card),
        }


def _group_message(message: Outbound) -> CardJson:
    """
    A group gets markdown, as it can show no template card; its members answer in the direct chat.
    """
    head: CardJson = {"chatid": message.recipient.id}
    if message.card is None:
        return {**head, "msgtype": "text", "text": {"content": _plain_message(message.text)}, "safe": 0}
    content = card_markdown(message.card, is_group=True)
    return {**head, "msgtype": "markdown", "markdown": {"content": content}, "safe": 0}


def _plain_message(text: str) -> str:
    """
    One outbox row is one message: what exceeds WeCom's 2048 bytes is cut at a line's end, and the end says so.
    """
    content = message_text(text).strip()
    if not content:
        raise PlatformError("wecom_empty", "44004 a text message must say something", permanent=True)
    return join_within(content.split("\n"), limits.TEXT_BYTES, more=NOT_ALL_SHOWN)


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


def _checked(card: CardJson, *, new: bool) -> CardJson:
    faults = limits.card_faults(card, new=new)
    if faults:
        raise PlatformError("wecom_card", "; ".join(faults), permanent=True)
    return card


def _text_of(body: CardJson) -> str:
    # WeCom warns of escaped characters (40033): raw UTF-8
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

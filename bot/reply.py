"""
The synchronous answer to an event: what goes into the HTTP body. Everything that may come later is an outbox row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from cards import model

ToastLevel = Literal["success", "info", "warning", "error"]


@dataclass(frozen=True)
class Toast:
    """
    A short line shown for a moment to the person who clicked.
    """

    text: str
    level: ToastLevel = "success"


@dataclass(frozen=True)
class Say:
    """
    Something to send into the chat the event came from: a card, or plain text where a card would be too much.
    """

    card: model.Card | None = None
    text: str = ""


@dataclass(frozen=True)
class Reply:
    """
    What the person gets: a toast and the clicked card's new face at once, messages through the outbox.
    """

    toast: Toast | None = None
    card: model.Card | None = None
    messages: tuple[Say, ...] = ()

    def to_json(self) -> str:
        """
        The synchronous part as stored in the inbox, so that a redelivery gets the same answer.
        """
        toast = {"text": self.toast.text, "level": self.toast.level} if self.toast else None
        card = model.to_json(self.card) if self.card else None
        return json.dumps({"toast": toast, "card": card}, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> Reply:
        """
        The reply stored by `to_json`.
        """
        stored = json.loads(text)
        toast = Toast(**stored["toast"]) if stored["toast"] else None
        return Reply(toast=toast, card=model.from_json(stored["card"]) if stored["card"] else None)


NOTHING = Reply()
"""
A reply that says nothing.
"""


def say(card: model.Card) -> Reply:
    """
    A reply that is one card in the same chat.
    """
    return Reply(messages=(Say(card=card),))


def say_text(text: str) -> Reply:
    """
    A reply that is one line of text in the same chat.
    """
    return Reply(messages=(Say(text=text),))


def toast(text: str, level: ToastLevel = "success", *, card: model.Card | None = None) -> Reply:
    """
    A reply to a click: a toast and, when given, the clicked card's new face.
    """
    return Reply(toast=Toast(text, level), card=card)

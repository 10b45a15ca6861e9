"""
Buttons done by text, and commands done by a button.

A typed command becomes the click it stands for, and the click's answer is said as messages: a decision by text is
checked, carried out and refused by exactly the code of the button.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.events import ActionClicked, Event, MessageReceived
from bot.reply import Reply, Say
from domain.errors import UserError
from domain.text import split_number


def pressed(event: MessageReceived, **form: str) -> ActionClicked:
    """
    The click a message stands for, with what the card's form would have said.
    """
    return ActionClicked(**_common(event), form=form)


def as_message(event: Event) -> MessageReceived:
    """
    The message that a click or a menu stands for, without its text.
    """
    return MessageReceived(**_common(event))


def is_typed(click: ActionClicked) -> bool:
    """
    Whether a click was made by `pressed`: it names no button of a card.
    """
    return not click.payload and not click.button


def spoken(reply: Reply) -> Reply:
    """
    The answer to a click, said in the chat: there is no card whose face could change, and no toast.
    """
    line = (Say(text=reply.toast.text),) if reply.toast is not None else ()
    face = (Say(card=reply.card),) if reply.card is not None else ()
    return Reply(messages=(*line, *face, *reply.messages))


def numbered(argument: str, *, example: str) -> tuple[int, str]:
    """
    The number a command begins with, and the text behind it.

    Raises:
        UserError: there is no number.
    """
    number, text = split_number(argument)
    if number is None:
        raise UserError("number_missing", example=example)
    return number, text


def _common(event: Event) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in dataclasses.fields(Event)}

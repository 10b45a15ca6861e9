"""
Finding out what a text asks for: a command by its word, or what it amounts to without one.
"""

from __future__ import annotations

from datetime import datetime

from cards.model import CardAction, from_json
from domain.text import Command, find_command, understand
from store.outbox import ClickedCard


def command(text: str) -> Command | None:
    """
    The command a text starts with, None for free text.
    """
    return find_command(text)


def implied_command(text: str, now: datetime) -> str | None:
    """
    The command a free text amounts to: a company with a phone or contact is offered as a registration.
    """
    match understand(text, now=now).kind:
        case "registration":
            return "register"
        case "follow_up":
            return "follow_up"
        case _:
            return None


def quoted_customer(card: ClickedCard | None) -> int | None:
    """
    The customer a sent card is about: the one its buttons name, None when they name none or several.
    """
    if card is None or card.card is None:
        return None
    actions = (button.action for button in from_json(card.card).all_buttons())
    named = {customer for action in actions if action and isinstance(customer := action.args.get("customer"), int)}
    return named.pop() if len(named) == 1 else None


def stored_action(row: ClickedCard | None, button: str) -> CardAction | None:
    """
    The action behind a button's name `b<n>` in the stored card, for platforms that drop a button's value.
    """
    if row is None or row.card is None or not button.startswith("b") or not button[1:].isdigit():
        return None
    buttons = list(from_json(row.card).all_buttons())
    index = int(button[1:])
    return buttons[index].action if index < len(buttons) else None

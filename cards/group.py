"""
Cards as a whole group may read them.

The builders leave out what they know to be private; here what is left is masked by its look: phones, mailboxes and the
person's name beside its label. What somebody types into a form in the group stays, since the group has read it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cards import words
from cards.model import Button, Card, Compare, Element, Fields, Items, Row, Text
from domain.masking import mask_name, mask_numbers

_PERSON: Final = words.FIELDS["contact"]


def without_contacts(card: Card) -> Card:
    """
    The card with every phone, mailbox and contact's name masked.
    """
    return replace(
        card,
        title=mask_numbers(card.title),
        subtitle=mask_numbers(card.subtitle) if card.subtitle else card.subtitle,
        elements=tuple(_masked(element) for element in card.elements),
        buttons=_without_numbers(card.buttons),
        commands=tuple(map(mask_numbers, card.commands)),
    )


def _masked(element: Element) -> Element:
    match element:
        case Text(content=content):
            return replace(element, content=mask_numbers(content))
        case Fields(rows=rows):
            return Fields(tuple(Row(row.label, _value(row.label, row.value)) for row in rows))
        case Compare(rows=rows):
            sides = [replace(row, left=_value(row.label, row.left), right=_value(row.label, row.right)) for row in rows]
            return replace(element, rows=tuple(sides))
        case Items(items=items):
            return Items(
                tuple(
                    replace(
                        item,
                        title=mask_numbers(item.title),
                        lines=tuple(map(mask_numbers, item.lines)),
                        buttons=_without_numbers(item.buttons),
                        command=mask_numbers(item.command) if item.command else item.command,
                    )
                    for item in items
                )
            )
        case _:
            return element


def _without_numbers(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """
    The buttons with what they say to send masked: the command of a search repeats what was searched for.
    """
    return tuple(
        replace(button, command=mask_numbers(button.command)) if button.command else button for button in buttons
    )


def _value(label: str, value: str) -> str:
    return mask_name(value) if label == _PERSON else mask_numbers(value)

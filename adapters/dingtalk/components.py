"""
The parts of a card that are more than text: the list of buttons and the form, as the template's variables want them.

Both are driven by the server: the template has one place for each, and what stands there is JSON in a variable. How a
whole card is put together belongs to `render.py`.
Sources (read 2026-08): https://open.dingtalk.com/document/development/form-variables; the parts of a button are those
the card platform's editor lists for a variable of the type 按钮组 (`openLink` and `sendCardRequest` are its events).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, assert_never

from adapters.dingtalk.inbound import PAYLOAD
from adapters.dingtalk.limits import (
    BUTTON_CHARS,
    BUTTONS,
    LABEL_CHARS,
    OPTION_CHARS,
    PLACEHOLDER_CHARS,
    VARIABLE_BYTES,
)
from adapters.dingtalk.markup import ELLIPSIS, clean, is_web_address, one_line, size
from adapters.dingtalk.template import FORMS
from bot.ports import Seal
from cards.model import Button, ButtonStyle, Card, DateInput, Form, Input, Items, Option, Select, TextInput
from cards.text import CHOOSE, DECISION, DETAILS, SUBMIT

Json = dict[str, Any]

_COLOURS: Final[Mapping[ButtonStyle, str]] = {"primary": "blue", "default": "gray", "danger": "red"}
# How many buttons of an entry find room: all, else ever fewer.
_PER_ITEM: Final = (BUTTONS, 2, 1, 0)


@dataclass(frozen=True)
class Placed:
    """
    A button that could be drawn: its position among all of the card, its caption, and its place within an entry.
    """

    position: int
    caption: str
    button: Button
    in_item: int | None = None


def as_json(value: object) -> str:
    """
    A structure as a variable holds it: variables are texts.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Ask:
    """
    A form as DingTalk has them: some fields and one way to send them, or several of which one is chosen in a field.
    """

    inputs: tuple[Input, ...]
    buttons: tuple[Button, ...]


def form_to_draw(card: Card) -> Form | None:
    """
    The form that gets the card's place for forms: the first that somebody can send. A closed card has none.
    """
    forms = (element for element in card.elements if isinstance(element, Form))
    return None if card.closed else next((form for form in forms if _submits(form)), None)


def asks_of(form: Form | None) -> tuple[Ask, ...]:
    """
    The form taken apart, one for each button with the fields it reads: DingTalk gives a form one button only.

    Where the buttons do not say what they read, or a field would be lost, all of them share one form and are chosen in
    it. A button that reads nothing has no form.
    """
    if form is None:
        return ()
    submits = _submits(form)
    whole = (Ask(form.inputs, submits),)
    readers = tuple(button for button in submits if button.inputs != ())
    if len(readers) == 1:
        return (Ask(form.inputs, readers),)
    asks = [
        Ask(tuple(entry for entry in form.inputs if entry.name in button.inputs), (button,))
        for button in submits
        if button.inputs
    ]
    read = {entry.name for ask in asks for entry in ask.inputs}
    is_told = all(button.inputs is not None for button in submits) and read == {entry.name for entry in form.inputs}
    return tuple(asks) if is_told and 1 <= len(asks) <= len(FORMS) else whole


def item_numbers(card: Card) -> Mapping[int, int]:
    """
    The number of each entry by its identity, through all lists of the card; empty when there is only one entry.
    """
    items = [item for element in card.elements if isinstance(element, Items) for item in element.items]
    return {id(item): number for number, item in enumerate(items, start=1)} if len(items) > 1 else {}


def shown_buttons(card: Card, asks: Sequence[Ask], seal: Seal) -> tuple[Placed, ...]:
    """
    The buttons that stand in no form: as many as fit, those of the card before those of its entries.

    On a closed card only links are left.
    """
    within = {id(button) for ask in asks for button in ask.buttons}
    placed = [
        entry
        for entry in _placed(card)
        if id(entry.button) not in within and _is_drawable(entry.button, closed=card.closed)
    ]
    shown = placed
    for most in _PER_ITEM:
        shown = [entry for entry in placed if entry.in_item is None or entry.in_item < most]
        if _fits(shown, seal):
            return tuple(shown)
    while not _fits(shown, seal):
        shown.pop()
    return tuple(shown)


def draw_buttons(placed: Sequence[Placed], seal: Seal) -> str:
    """
    The variable of the button list. DingTalk never asks twice here, so `Button.confirm` has no effect.
    """
    return as_json([_button(entry, seal) for entry in placed])


def split_at_form(placed: Sequence[Placed], card: Card, asks: Sequence[Ask]) -> tuple[list[Placed], list[Placed]]:
    """
    The buttons that come before the card's form and those after it, in the order in which the card offers them.
    """
    within = {id(button) for ask in asks for button in ask.buttons}
    first = next((at for at, button in enumerate(card.all_buttons()) if id(button) in within), 0)
    return [each for each in placed if each.position < first], [each for each in placed if each.position >= first]


def draw_form(ask: Ask, seal: Seal, max_options: int) -> tuple[str, str]:
    """
    The variable of a form and the caption of its button.

    A form that can be sent in one way hides the sealed action in a field. One that can be sent in several ways asks
    which, without a choice made in advance: nobody shall agree to what they meant to refuse.
    """
    fields = [_field(entry, max_options) for entry in ask.inputs]
    if len(ask.buttons) == 1:
        hidden = {"name": PAYLOAD, "type": "TEXT", "hidden": True, "defaultValue": _sealed(ask.buttons[0], seal)}
        return as_json({"fields": [*fields, hidden]}), _caption(ask.buttons[0].label)
    choices = [{"value": _sealed(button, seal), "text": _caption(button.label)} for button in ask.buttons]
    asked = _labelled(PAYLOAD, "SELECT", DECISION, CHOOSE, required=True) | {"options": choices}
    return as_json({"fields": [*fields, asked]}), SUBMIT


def _submits(form: Form) -> tuple[Button, ...]:
    return tuple(button for button in form.buttons if button.action is not None)


def _placed(card: Card) -> Iterator[Placed]:
    """
    Every button in drawing order; an entry's button carries the entry's number: 「领取 1」.
    """
    position = 0
    numbers = item_numbers(card)
    for element in card.elements:
        match element:
            case Items(items=items):
                for item in items:
                    suffix = f" {numbers[id(item)]}" if numbers else ""
                    for place, button in enumerate(item.buttons):
                        yield Placed(position, _caption(button.label, suffix), button, place)
                        position += 1
            case Form(buttons=buttons):
                for button in buttons:
                    yield Placed(position, _caption(button.label), button)
                    position += 1
            case _:
                pass
    addresses = {button.url for button in card.all_buttons()}
    link = [Button(DETAILS, url=card.link)] if card.link and card.link not in addresses else []
    for button in (*card.buttons, *link):
        yield Placed(position, _caption(button.label), button)
        position += 1


def _is_drawable(button: Button, *, closed: bool) -> bool:
    """
    Whether the button does anything: an action of ours on an open card, or a link that may be shown.
    """
    return (button.action is not None and not closed) or (button.action is None and is_web_address(button.url))


def _fits(placed: Sequence[Placed], seal: Seal) -> bool:
    return len(placed) <= BUTTONS and size(draw_buttons(placed, seal)) <= VARIABLE_BYTES


def _button(placed: Placed, seal: Seal) -> Json:
    button = placed.button
    if button.action is None:
        event = {"type": "openLink", "params": {"url": button.url}}
    else:
        params = {"actionId": f"b{placed.position}", "params": {PAYLOAD: seal(button.action)}}
        event = {"type": "sendCardRequest", "params": params}
    return {"text": placed.caption, "color": _COLOURS[button.style], "status": "normal", "event": event}


def _sealed(button: Button, seal: Seal) -> str:
    return seal(button.action) if button.action else ""


def _caption(label: str, suffix: str = "") -> str:
    return (one_line(label, BUTTON_CHARS - len(suffix)) or ELLIPSIS) + suffix


def _field(entry: Input, max_options: int) -> Json:
    match entry:
        case TextInput():
            kind = "TEXT_AREA" if entry.multiline else "TEXT"
            field = _labelled(entry.name, kind, entry.label, entry.placeholder, required=entry.required)
            value = clean(entry.value) if entry.multiline else " ".join(clean(entry.value).split())
            return field | ({"defaultValue": value} if value else {})
        case Select():
            return _select(entry, max_options)
        case DateInput():
            field = _labelled(entry.name, "DATE", entry.label, CHOOSE, required=entry.required)
            return field | ({"defaultValue": entry.value} if _is_date(entry.value) else {})
        case _:
            assert_never(entry)


def _labelled(name: str, kind: str, label: str, placeholder: str, *, required: bool) -> Json:
    shown = one_line(placeholder, PLACEHOLDER_CHARS)
    return {
        "name": name,
        "label": one_line(label, LABEL_CHARS),
        "type": kind,
        **({"required": True} if required else {}),
        **({"placeholder": shown} if shown else {}),
    }


def _select(entry: Select, max_options: int) -> Json:
    options = _shortened(entry, max_options)
    field = _labelled(entry.name, "SELECT", entry.label, entry.placeholder or CHOOSE, required=entry.required)
    field["options"] = [{"value": option.value, "text": one_line(option.label, OPTION_CHARS)} for option in options]
    values = [option.value for option in options]
    if entry.value in values:
        field["defaultValue"] = {"index": values.index(entry.value), "value": entry.value}
    return field


def _shortened(entry: Select, max_options: int) -> list[Option]:
    """
    The first options, the chosen one always among them.
    """
    options = list(entry.options[:max_options])
    chosen = next((option for option in entry.options[max_options:] if option.value == entry.value), None)
    return [*options[:-1], chosen] if chosen else options


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

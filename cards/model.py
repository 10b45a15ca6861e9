"""
The neutral card: what is said and which buttons are offered, naming no platform and no markup.

Every text in a card is plain; renderers escape it for their sink. Cards are values: they are stored as JSON in the
outbox and drawn by the adapter of the platform they go to. Builders live in the other modules of this package.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

ActionArgs = Mapping[str, str | int]
Tone = Literal["blue", "green", "orange", "red", "grey"]
ButtonStyle = Literal["default", "primary", "danger"]
TextTone = Literal["normal", "strong", "note", "good", "warning", "error"]
ChartKind = Literal["bar", "line", "pie", "funnel"]


@dataclass(frozen=True)
class CardAction:
    """
    What pressing a button means: the name of a typed action and its arguments (see `cards/actions.py`).
    """

    name: str
    args: ActionArgs = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """
    A button: either an action for the bot or a link. `confirm` asks the person once more before it is sent.

    `inputs` names the fields of its form that the action reads, None: all of them. Where a form has one button only,
    the platform shows a form for each button with the fields it reads. `command` is the text that does the same, for
    where no button can be shown.
    """

    label: str
    action: CardAction | None = None
    url: str | None = None
    style: ButtonStyle = "default"
    confirm: str | None = None
    inputs: tuple[str, ...] | None = None
    command: str | None = None


@dataclass(frozen=True)
class Text:
    """
    A paragraph.
    """

    content: str
    tone: TextTone = "normal"


@dataclass(frozen=True)
class Row:
    """
    A label and its value.
    """

    label: str
    value: str


@dataclass(frozen=True)
class Fields:
    """
    Labelled values, one under the other or in two columns where there is room.
    """

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class CompareRow:
    """
    One line of evidence about two sides.
    """

    label: str
    left: str
    right: str


@dataclass(frozen=True)
class Compare:
    """
    Two columns side by side, e.g. the new registration and the existing customer.
    """

    left_title: str
    right_title: str
    rows: tuple[CompareRow, ...]


@dataclass(frozen=True)
class Point:
    """
    One figure of a chart: `text` is how people read the value (「3 家」); `series` tells lines or bars apart.
    """

    label: str
    value: float
    text: str
    series: str = ""


@dataclass(frozen=True)
class Chart:
    """
    Figures drawn where the platform draws charts, else read as labelled values. Its title is a `Text` before it.
    """

    kind: ChartKind
    points: tuple[Point, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """
        The same figures to be read.
        """
        return tuple(Row(f"{p.label} {p.series}" if p.series else p.label, p.text) for p in self.points)


@dataclass(frozen=True)
class Item:
    """
    One entry of a list with its own buttons; `command` is the text that does the same as the first button.
    """

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    command: str | None = None

    @property
    def all_commands(self) -> tuple[str, ...]:
        """
        The texts that do what the entry's buttons do.
        """
        return _with_commands_of(self.buttons, (self.command,) if self.command else ())


@dataclass(frozen=True)
class Items:
    """
    A list of entries. Platforms without buttons per entry show the entries' commands instead.
    """

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Divider:
    """
    A thin line.
    """


@dataclass(frozen=True)
class TextInput:
    """
    A text field of a form; `wide` ones never share a line.
    """

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    required: bool = False
    multiline: bool = False
    wide: bool = False
    max_length: int = 200
    error: str | None = None


@dataclass(frozen=True)
class Option:
    """
    One choice of a select.
    """

    label: str
    value: str


@dataclass(frozen=True)
class Select:
    """
    A choice of one.
    """

    name: str
    label: str
    options: tuple[Option, ...]
    value: str | None = None
    required: bool = False
    placeholder: str = ""


@dataclass(frozen=True)
class DateInput:
    """
    A date field; `value` is ISO YYYY-MM-DD in Asia/Shanghai.
    """

    name: str
    label: str
    value: str = ""
    required: bool = False


Input = TextInput | Select | DateInput


@dataclass(frozen=True)
class Form:
    """
    Fields and the buttons that send them. A platform without text fields keeps the first `Select` and the buttons.

    `paired`: two short fields may share a line where there is room.
    """

    name: str
    inputs: tuple[Input, ...]
    buttons: tuple[Button, ...]
    paired: bool = False


Element = Text | Fields | Compare | Chart | Items | Divider | Form


@dataclass(frozen=True)
class Card:
    """
    A card. `status` is the short tag beside the title; `commands` are the text commands that reach the same ends.

    `closed` marks a result face: its buttons, if any, are links only, and platforms that keep old buttons grey them
    with `status`.
    """

    title: str
    tone: Tone = "blue"
    subtitle: str | None = None
    status: str | None = None
    elements: tuple[Element, ...] = ()
    buttons: tuple[Button, ...] = ()
    commands: tuple[str, ...] = ()
    link: str | None = None
    closed: bool = False

    def all_buttons(self) -> Iterator[Button]:
        """
        Every button in drawing order; its position is the button's name `b<position>` on platforms that need one.
        """
        for element in self.elements:
            match element:
                case Items(items=items):
                    for item in items:
                        yield from item.buttons
                case Form(buttons=buttons):
                    yield from buttons
                case _:
                    pass
        yield from self.buttons

    @property
    def all_commands(self) -> tuple[str, ...]:
        """
        The card's text commands and those of its buttons outside of entries: what to send where none can be pressed.
        """
        forms = [element for element in self.elements if isinstance(element, Form)]
        return _with_commands_of((*(button for form in forms for button in form.buttons), *self.buttons), self.commands)


def _with_commands_of(buttons: Sequence[Button], said: tuple[str, ...]) -> tuple[str, ...]:
    """
    What is said already, and the buttons' commands that none of it begins with.
    """
    more = dict.fromkeys(button.command for button in buttons if button.command)
    return (*said, *(command for command in more if not any(one.startswith(command) for one in said)))


_TYPES: Mapping[str, type[Any]] = {
    cls.__name__: cls
    for cls in (
        Card, CardAction, Button, Text, Row, Fields, CompareRow, Compare, Point, Chart, Item, Items,
        Divider, TextInput, Option, Select, DateInput, Form,
    )
}  # fmt: skip
_FIELDS: Mapping[type, tuple[tuple[str, object], ...]] = {
    cls: tuple((f.name, f.default) for f in dataclasses.fields(cls)) for cls in _TYPES.values()
}
"""The fields of each class with their defaults: a field that says what its default says is not stored."""


def to_json(card: Card) -> str:
    """
    The card as compact JSON for the outbox.
    """
    return json.dumps(_plain(card), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Card:
    """
    The card stored by `to_json`.

    Raises:
        ValueError: the text is not a stored card.
    """
    card = _build(json.loads(text))
    if not isinstance(card, Card):
        msg = f"cards: stored value is {type(card).__name__}, not a Card"
        raise ValueError(msg)  # noqa: TRY004 - the stored text is wrong, not a type
    return card


def _plain(value: object) -> object:
    fields = _FIELDS.get(type(value))
    if fields is not None:
        kept: dict[str, object] = {"t": type(value).__name__}
        for name, default in fields:
            entry = getattr(value, name)
            if entry != default:
                kept[name] = entry if type(entry) is str else _plain(entry)
        return kept
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {"t": "args", "v": dict(value)}
    return value


def _build(value: object) -> object:
    if isinstance(value, list):
        return tuple(_build(entry) for entry in value)
    if not isinstance(value, dict):
        return value
    kind = value["t"]
    if kind == "args":
        return dict(value["v"])
    return _TYPES[kind](**{key: _build(entry) for key, entry in value.items() if key != "t"})

"""
A neutral card drawn as Feishu card JSON 2.0.

Feishu takes 30 KB and 200 elements a card, so a card is drawn in ever less detail until it fits: long texts are cut,
entries lose their buttons and show the command to send instead, and at last the card becomes one text with its buttons.
Single components belong to `components.py`, what fits to `limits.py`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, assert_never

from adapters.feishu.card_check import check_card, check_rules, is_too_big
from adapters.feishu.components import (
    FIELDS_A_ROW,
    Component,
    Sealing,
    button_row,
    column,
    columns,
    draw_button,
    draw_chart,
    draw_input,
    draw_submit,
    field_column,
    field_row,
    is_drawable,
    is_wide,
    markdown,
    plain,
)
from adapters.feishu.limits import MAX_CHARTS, MAX_TABLES
from adapters.feishu.markup import Colour, bold, coloured, cut, escape, is_web_address, one_line
from bot.ports import Seal
from cards.model import (
    Button,
    Card,
    Chart,
    Compare,
    Divider,
    Element,
    Fields,
    Form,
    Item,
    Items,
    Row,
    Text,
    TextTone,
    Tone,
)
from cards.text import card_text, command_hint, commands_line, compare_line, headline, input_text, more_line

MAX_TITLE: Final = 60
MAX_STATUS: Final = 24
MAX_SUMMARY: Final = 80
MAX_PLAIN: Final = 1500
TABLE_PAGE: Final = 10
SHORT_VALUE: Final = 20  # columns of a terminal: ten Chinese characters

_TAG_COLOURS: Final[dict[Tone, str]] = {
    "blue": "blue",
    "green": "green",
    "orange": "orange",
    "red": "red",
    "grey": "neutral",
}
_MOST: Final[dict[type, int]] = {Compare: MAX_TABLES, Chart: MAX_CHARTS}
_TEXT_COLOURS: Final[dict[TextTone, Colour]] = {"note": "grey", "good": "green", "warning": "orange", "error": "red"}


@dataclass(frozen=True)
class Detail:
    """
    How much of a card is drawn. `text` and `line` are characters, the rest are counts; `item_buttons` is per entry.
    """

    text: int
    line: int
    rows: int
    items: int
    item_buttons: int
    options: int
    buttons: int


_DETAILS: Final = (
    Detail(text=4000, line=200, rows=60, items=40, item_buttons=4, options=60, buttons=20),
    Detail(text=1500, line=100, rows=40, items=30, item_buttons=1, options=40, buttons=12),
    Detail(text=800, line=80, rows=40, items=30, item_buttons=0, options=20, buttons=10),
    Detail(text=200, line=40, rows=12, items=10, item_buttons=0, options=10, buttons=6),
)


def render_card(card: Card, seal: Seal, *, in_group: bool, mentions: Sequence[str] = ()) -> dict[str, Any]:
    """
    The card in the greatest detail that fits, after the people it calls with @ (Feishu's ids).

    Raises:
        PlatformError: (permanent) the card breaks a rule no shortening helps against, e.g. two fields of one name.
    """
    sealing = Sealing(seal, in_group)
    called = [markdown(" ".join(f"<at id={person}></at>" for person in mentions))] if mentions else []
    for detail in _DETAILS:
        face = _frame(card, [*called, *_Painter(sealing, detail).body(card)])
        if not is_too_big(face, card_content(face)):
            check_rules(face)
            return face
    face = render_plain(card, seal, in_group=in_group)
    check_card(face, card_content(face))
    return face


def render_plain(card: Card, seal: Seal, *, in_group: bool) -> dict[str, Any]:
    """
    The card as one text with its first buttons: what fits and keeps every rule whatever the card is.
    """
    return _frame(card, _plain_body(card, Sealing(seal, in_group)))


def card_content(face: dict[str, Any]) -> str:
    """
    The card as the JSON text that Feishu wants inside the request.
    """
    return json.dumps(face, ensure_ascii=False, separators=(",", ":"))


def _frame(card: Card, body: list[Component]) -> dict[str, Any]:
    face: dict[str, Any] = {
        "schema": "2.0",
        # only shared cards can be updated; a forwarded card would carry live buttons to strangers
        "config": {
            "update_multi": True,
            "enable_forward": False,
            "summary": {"content": one_line(headline(card), MAX_SUMMARY)},
        },
        "header": _header(card),
        "body": {"direction": "vertical", "vertical_spacing": "8px", "elements": _said(body)},
    }
    if is_web_address(card.link):
        face["card_link"] = {"url": card.link}
    return face


def _header(card: Card) -> dict[str, Any]:
    header: dict[str, Any] = {"title": plain(one_line(card.title, MAX_TITLE)), "template": card.tone}
    if card.subtitle:
        header["subtitle"] = plain(one_line(card.subtitle, MAX_TITLE))
    if card.status:
        tag = {"tag": "text_tag", "text": plain(one_line(card.status, MAX_STATUS)), "color": _TAG_COLOURS[card.tone]}
        header["text_tag_list"] = [tag]
    return header


def _plain_body(card: Card, sealing: Sealing) -> list[Component]:
    """
    The whole card as one cut text, and its first buttons outside of any form.
    """
    buttons = [(at, button) for at, button in enumerate(card.all_buttons()) if is_drawable(button)]
    drawn = [draw_button(button, at, sealing) for at, button in buttons[: _DETAILS[-1].buttons]]
    text = markdown(escape(cut(card_text(card), MAX_PLAIN)))
    return [text, button_row(drawn)] if drawn else [text]


@dataclass(frozen=True)
class _Painter:
    """
    Draws the body of a card in one detail. Buttons are named by their position among all buttons of the card.
    """

    sealing: Sealing
    detail: Detail

    def body(self, card: Card) -> Iterator[Component]:
        counts = [_button_count(element) for element in card.elements]
        starts = list(accumulate(counts, initial=0))
        seen = {Compare: 0, Chart: 0}
        for position, element in zip(starts, card.elements, strict=False):
            kind = type(element)
            if kind in seen:
                seen[kind] += 1
            has_room = seen.get(kind, 0) <= _MOST.get(kind, 0)
            yield from self._element(element, position, has_room=has_room)
        yield from self._buttons(card.buttons, starts[-1])
        if card.commands:
            yield markdown(coloured(cut(commands_line(card.commands), self.detail.text), "grey"))

    def _element(self, element: Element, position: int, *, has_room: bool) -> Iterator[Component]:
        match element:
            case Text():
                yield from self._text(element)
            case Fields(rows=rows):
                yield from self._fields(rows)
            case Chart():
                drawn = draw_chart(element) if has_room else None
                yield from self._fields(element.rows) if drawn is None else [drawn]
            case Compare():
                yield from self._compare(element, may_table=has_room)
            case Items(items=items):
                yield from self._items(items, position)
            case Divider():
                yield {"tag": "hr"}
            case Form():
                yield from self._form(element, position)
            case _:
                assert_never(element)

    def _text(self, text: Text) -> Iterator[Component]:
        content = cut(text.content, self.detail.text)
        if not content:
            return
        if text.tone == "normal":
            yield markdown(escape(content))
        elif text.tone == "strong":
            yield markdown(bold(content))
        else:
            yield markdown(coloured(content, _TEXT_COLOURS[text.tone]))

    def _fields(self, rows: Sequence[Row]) -> Iterator[Component]:
        """
        Two short values share a line; longer ones stand alone, neighbours of their kind in one text.
        """
        waiting: list[str] = []
        rest = list(rows[: self.detail.rows])
        while rest:
            if len(rest) > 1 and all(_is_short(row) for row in rest[:2]):
                yield from _lines(waiting)
                waiting = []
                yield columns([column([markdown(self._field(row))], weight=1) for row in rest[:2]], flex_mode="bisect")
                rest = rest[2:]
            else:
                waiting.append(self._field(rest.pop(0), "："))
        if len(rows) > self.detail.rows:
            waiting.append(coloured(more_line(len(rows) - self.detail.rows), "grey"))
        yield from _lines(waiting)

    def _field(self, row: Row, between: str = "<br>") -> str:
        label, value = one_line(row.label, self.detail.line), escape(cut(row.value, self.detail.text))
        return f"{coloured(label, 'grey')}{between}{value}" if label else value

    def _compare(self, compare: Compare, *, may_table: bool) -> Iterator[Component]:
        rows = compare.rows[: self.detail.rows]
        if not rows:
            return
        if may_table:
            yield self._table(compare)
            return
        yield from _lines([escape(cut(compare_line(compare, row), 3 * self.detail.line)) for row in rows])

    def _table(self, compare: Compare) -> Component:
        titles = ("", compare.left_title, compare.right_title)
        line = self.detail.line
        return {
            "tag": "table",
            "page_size": min(len(compare.rows), TABLE_PAGE),
            "row_height": "auto",
            "freeze_first_column": True,
            "header_style": {"background_style": "grey", "bold": True},
            "columns": [
                {"name": f"c{number}", "display_name": one_line(title, line), "data_type": "text"}
                for number, title in enumerate(titles)
            ],
            "rows": [
                {"c0": one_line(row.label, line), "c1": one_line(row.left, line), "c2": one_line(row.right, line)}
                for row in compare.rows[: self.detail.rows]
            ],
        }

    def _items(self, items: Sequence[Item], position: int) -> Iterator[Component]:
        starts = accumulate((len(item.buttons) for item in items), initial=position)
        shown = items[: self.detail.items]
        for number, (start, item) in enumerate(zip(starts, shown, strict=False), start=1):
            yield self._item(item, start, number if len(items) > 1 else None)
        if len(items) > len(shown):
            yield markdown(coloured(more_line(len(items) - len(shown)), "grey"))

    def _item(self, item: Item, position: int, number: int | None) -> Component:
        drawable = [(at, button) for at, button in enumerate(item.buttons, start=position) if is_drawable(button)]
        shown = drawable[: self.detail.item_buttons]
        title = one_line(item.title, self.detail.line)
        lines = [bold(f"{number}. {title}" if number else title)]
        lines += [coloured(one_line(line, self.detail.line), "grey") for line in item.lines[: self.detail.rows]]
        if item.command and not shown:
            lines.append(coloured(one_line(command_hint(item.command), self.detail.line), "grey"))
        text = markdown("<br>".join(line for line in lines if line))
        if not shown:
            return text
        buttons = [draw_button(button, at, self.sealing, size="small") for at, button in shown]
        return columns([column([text], weight=1), *(column([button]) for button in buttons)])

    def _form(self, form: Form, position: int) -> Iterator[Component]:
        """
        A form needs a button that sends it; without one its fields are only shown. Links stand below it.
        """
        placed = list(enumerate(form.buttons, start=position))
        submits = [draw_submit(button, at, self.sealing) for at, button in placed if button.action is not None]
        if submits:
            yield {
                "tag": "form",
                "name": f"form{position}",
                "vertical_spacing": "8px",
                "elements": [*self._inputs(form), button_row(submits)],
            }
        else:
            yield from _lines([escape(cut(input_text(entry), self.detail.text)) for entry in form.inputs])
        links = [draw_button(button, at, self.sealing) for at, button in placed if _is_link(button)]
        if links:
            yield button_row(links[: self.detail.buttons])

    def _inputs(self, form: Form) -> Iterator[Component]:
        """
        The fields one below the other, or two short ones side by side.
        """
        waiting: list[Component] = []
        for entry in form.inputs:
            drawn = list(draw_input(entry, self.detail.options))
            if not form.paired or is_wide(entry):
                yield from field_row(waiting)
                yield from drawn
                waiting = []
                continue
            waiting.append(field_column(drawn))
            if len(waiting) == FIELDS_A_ROW:
                yield from field_row(waiting)
                waiting = []
        yield from field_row(waiting)

    def _buttons(self, buttons: Sequence[Button], position: int) -> Iterator[Component]:
        placed = [(at, button) for at, button in enumerate(buttons, start=position) if is_drawable(button)]
        if placed:
            yield button_row([draw_button(button, at, self.sealing) for at, button in placed[: self.detail.buttons]])


def _said(elements: list[Component]) -> list[Component]:
    """
    The components without texts that say nothing, at any depth: Feishu takes no empty text.
    """
    return [
        {name: _said(held) if name in {"elements", "columns"} else held for name, held in element.items()}
        if element["tag"] in {"column_set", "column", "form"}
        else element
        for element in elements
        if element["tag"] != "markdown" or element["content"]
    ]


def _lines(lines: Sequence[str]) -> Iterator[Component]:
    if lines:
        yield markdown("<br>".join(lines))


def _button_count(element: Element) -> int:
    match element:
        case Items(items=items):
            return sum(len(item.buttons) for item in items)
        case Form(buttons=buttons):
            return len(buttons)
        case _:
            return 0


def _is_link(button: Button) -> bool:
    return button.action is None and is_drawable(button)


def _is_short(row: Row) -> bool:
    return "\n" not in row.value and max(_width(row.label), _width(row.value)) <= SHORT_VALUE


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)

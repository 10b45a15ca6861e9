"""
What a card says, sorted into the few places a template card has: six short rows, a text of 160 characters, a quotation.

Buttons are placed in `template_card.py`. Template cards show plain text, so nothing is escaped, only cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.wecom import limits
from adapters.wecom.choices import CardJson, fits_drop_down
from adapters.wecom.markup import cut, lines_of, one_line
from cards.model import (
    Card,
    Chart,
    Compare,
    DateInput,
    Divider,
    Element,
    Fields,
    Form,
    Input,
    Item,
    Items,
    Row,
    Select,
    Text,
)
from cards.text import commands_line, input_text, labelled

FEW_ITEMS = 5
"""As many entries have their buttons and a line each on a card; more make it a list."""


@dataclass
class Content:
    """
    The card's words by the place that suits them, and the drop-down it keeps.

    `is_lossy` tells that something the card offers cannot be offered here, so its commands must stay in sight.
    """

    keeps_select: bool
    sizes: limits.Sizes
    rows: list[Row] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    select: Select | None = None
    is_lossy: bool = False

    def add(self, element: Element) -> None:
        """
        Take in one element of the card.
        """
        match element:
            case Text(content=text):
                self.lines += lines_of(text)
            case Fields(rows=rows) | Chart(rows=rows):
                for row in rows:
                    self._add_row(row)
            case Compare():
                self._add_compare(element)
            case Items(items=items):
                self._add_items(items)
            case Form(inputs=inputs):
                for entry in inputs:
                    self._add_input(entry)
            case Divider():
                pass

    def _add_row(self, row: Row) -> None:
        name, value = one_line(row.label), one_line(row.value)
        fits = 0 < len(name) <= limits.KEYNAME_CHARS and len(value) <= self.sizes.value
        if fits and len(self.rows) < limits.ROWS:
            self.rows.append(Row(name, value))
        elif name or value:
            self.lines.append(labelled(name, value))

    def _add_compare(self, compare: Compare) -> None:
        """
        Two sides on one line: 「电话：138****0000 / 139****0000」 under a line with the sides' names.
        """
        self.evidence.append(f"{one_line(compare.left_title)} / {one_line(compare.right_title)}")
        for row in compare.rows:
            self.evidence.append(labelled(one_line(row.label), f"{one_line(row.left)} / {one_line(row.right)}"))

    def _add_items(self, items: Sequence[Item]) -> None:
        self.is_lossy |= len(items) > FEW_ITEMS and any(item.buttons or item.command for item in items)
        for number, item in enumerate(items, start=1):
            said = [text for part in (item.title, *item.lines) if (text := one_line(part))]
            self.lines.append(f"{number}. {' · '.join(said)}")

    def _add_input(self, entry: Input) -> None:
        if isinstance(entry, Select) and self.keeps_select and self.select is None and entry.options:
            self.select = entry
            self.is_lossy |= not fits_drop_down(entry)
            return
        self.is_lossy |= self.keeps_select
        if isinstance(entry, Select) and not entry.value:
            return
        if isinstance(entry, Select) or (not isinstance(entry, DateInput) and entry.error):
            self.lines.append(one_line(input_text(entry)))
        elif entry.value:
            self._add_row(Row(entry.label, entry.value))


@dataclass(frozen=True)
class Shown:
    """
    The part of a template card that is only read; `is_whole` is False when words had to be left out.
    """

    json: CardJson
    is_whole: bool


def content_of(card: Card, sizes: limits.Sizes, *, keeps_select: bool) -> Content:
    """
    All that the card says below its title. Inputs can only be used (and missed) where `keeps_select`.
    """
    content = Content(keeps_select, sizes)
    subtitle = one_line(card.subtitle or "")
    if len(subtitle) > sizes.title_desc:
        content.lines.append(subtitle)
    for element in card.elements:
        content.add(element)
    return content


def show(content: Content, *, commands: Sequence[str], must_hint: bool) -> Shown:
    """
    Rows in their table, lines in the text, and what finds no room there in the quotation, after the evidence.
    """
    room_for_text = content.sizes.subtitle
    hint = _hint(commands, room_for_text // 2)
    reserved = len(hint) + 1 if hint and must_hint else 0
    kept, rest = _fill(content.lines, room_for_text - reserved)
    quoted, left_over = _fill([*content.evidence, *rest], limits.QUOTE_CHARS)
    room = limits.QUOTE_CHARS - len("\n".join(quoted)) - 1
    if left_over and room > 1:
        quoted.append(cut(left_over[0], room))
    if hint and (must_hint or len("\n".join([*kept, hint])) <= room_for_text):
        kept.append(hint)
    return Shown(_json(content.rows, kept, quoted), is_whole=not left_over)


def _json(rows: Sequence[Row], lines: Sequence[str], quoted: Sequence[str]) -> CardJson:
    json: CardJson = {}
    if lines:
        json["sub_title_text"] = "\n".join(lines)
    if rows:
        json["horizontal_content_list"] = [{"keyname": row.label, "value": row.value} for row in rows]
    if quoted:
        json["quote_area"] = {"type": 0, "quote_text": "\n".join(quoted)}
    return json


def _fill(lines: Sequence[str], room: int) -> tuple[list[str], list[str]]:
    """
    The first lines that fit whole into so many characters, and the rest.
    """
    for count, line in enumerate(lines):
        room -= len(line) + (1 if count else 0)
        if room < 0:
            return list(lines[:count]), list(lines[count:])
    return list(lines), []


def _hint(commands: Sequence[str], room: int) -> str:
    """
    As many of the commands as fit into the room given them.
    """
    told = [one_line(command) for command in commands]
    while told and len(commands_line(told)) > room:
        told.pop()
    return commands_line(told)

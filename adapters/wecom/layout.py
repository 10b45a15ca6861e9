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
    listed: int = 0

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
        """
        Entries are numbered through all lists of the card, as their buttons are.
        """
        self.is_lossy |= len(items) > FEW_ITEMS and any(item.buttons or item.command for item in items)
        for number, item in enumerate(items, start=self.listed + 1):
            said = [text for part in (item.title, *item.lines) if (text := one_line(part))]
            self.lines.append(f"{number}. {' · '.join(said)}")
        self.listed += len(items)

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
    Rows in their table, lines in the text, and in the quotation above it the evidence or what has no room below.
    """
    whole = content.sizes.subtitle
    hint = _hint(commands, whole // 2)
    room = whole - (len(hint) + 1 if hint and must_hint else 0)
    place = _around_evidence if content.evidence else _in_order
    quoted, kept, left_over = place(content, room)
    if hint and (must_hint or len("\n".join([*kept, hint])) <= whole):
        kept.append(hint)
    return Shown(_json(content.rows, kept, quoted), is_whole=not left_over)


def _in_order(content: Content, room: int) -> tuple[list[str], list[str], list[str]]:
    """
    What is quoted, what is text, and what is left over: the last lines in the text, those before them above it.
    """
    lines = content.lines
    first = next(count for count in range(len(lines) + 1) if len("\n".join(lines[count:])) <= room)
    quoted, between = _fill(lines[:first], limits.QUOTE_CHARS)
    too_long = between[:1] if not quoted else []
    quoted = quoted or _filled_up([], too_long, limits.QUOTE_CHARS)
    kept, left_over = _fill([*between[len(too_long) :], *lines[first:]], room)
    return quoted, _filled_up(kept, left_over, room), [*too_long, *left_over]


def _around_evidence(content: Content, room: int) -> tuple[list[str], list[str], list[str]]:
    """
    The same where the quotation belongs to the evidence: lines that have no room in the text follow it.
    """
    kept, rest = _fill(content.lines, room)
    quoted, left_over = _fill([*content.evidence, *rest], limits.QUOTE_CHARS)
    return _filled_up(quoted, left_over, limits.QUOTE_CHARS), kept, left_over


def _filled_up(lines: list[str], left_over: Sequence[str], room: int) -> list[str]:
    """
    The lines, and as much of the next one as there is room for.
    """
    room -= len("\n".join(lines)) + (1 if lines else 0)
    return [*lines, cut(left_over[0], room)] if left_over and room > 1 else lines


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

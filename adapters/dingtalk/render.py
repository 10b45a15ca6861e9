"""
What is sent for a message: an interactive card of our template where the account has one, else a robot's message.

A card is its variables. Each has a limit of its own, so a card is drawn in ever less detail until all of them keep it:
texts and lists are cut, entries lose their buttons and show the command to send instead, and at last the card becomes
one text with its buttons. No card makes this fail. Buttons and forms belong to `components.py`, messages without
callbacks to `markdown.py`, what fits to `limits.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from adapters.dingtalk import limits, template
from adapters.dingtalk.components import (
    Placed,
    as_json,
    asks_of,
    draw_buttons,
    draw_form,
    form_to_draw,
    item_numbers,
    shown_buttons,
    split_at_form,
)
from adapters.dingtalk.markdown import card_message, text_message
from adapters.dingtalk.markup import (
    BREAK,
    STATUS_COLOURS,
    TEXT_COLOURS,
    bold,
    coloured,
    cut,
    escape,
    join_within,
    lines_of,
    one_line,
    size,
)
from adapters.dingtalk.sendable import CardContent, Content, MediaContent, to_json
from bot.ports import Outbound, Seal
from cards.model import (
    Card,
    Chart,
    Compare,
    Divider,
    Element,
    Fields,
    Form,
    Input,
    Item,
    Items,
    Row,
    Text,
    TextInput,
)
from cards.text import (
    DIVIDER,
    NOT_ALL_SHOWN,
    card_text,
    command_hint,
    commands_line,
    headline,
    input_text,
    more_line,
    slip_text,
)
from domain.errors import PlatformError

_BETWEEN: Final = " ｜ "


@dataclass(frozen=True)
class Detail:
    """
    How much of a card is drawn: `text` and `line` are characters, the rest are counts.
    """

    text: int
    line: int
    rows: int
    items: int
    options: int


_DETAILS: Final = (
    Detail(text=900, line=200, rows=60, items=40, options=60),
    Detail(text=500, line=100, rows=40, items=30, options=40),
    Detail(text=300, line=60, rows=30, items=20, options=20),
    Detail(text=150, line=40, rows=12, items=10, options=10),
)


def render_message(message: Outbound, seal: Seal, *, is_interactive: bool) -> str:
    """
    The content to send, as the outbox stores it. `seal` is bound to the card (`binding`).

    `is_interactive`: the account has our template and may spend a card on this; else the robot sends a message.

    Raises:
        PlatformError: (permanent) there is nothing to say, or an update without a card.
    """
    return to_json(_content(message, seal, is_interactive=is_interactive))


def card_face(card: Card, seal: Seal) -> CardContent:
    """
    The card in the greatest detail that fits: for a new card, for an update and for the answer to a click.
    """
    form = form_to_draw(card)
    buttons = shown_buttons(card, asks_of(form), seal)
    for detail in _DETAILS:
        params = _Painter(card, form, buttons, detail).params(seal)
        if not limits.card_faults(params):
            break
    else:
        params = _plain(card, seal)
    return CardContent(params, preview=params[template.PREVIEW])


def _content(message: Outbound, seal: Seal, *, is_interactive: bool) -> Content:
    if message.media is not None:
        return MediaContent(message.text)
    if message.card is None:
        if message.update is not None:
            raise PlatformError("dingtalk_update_without_card", "a card can only become a card", permanent=True)
        return text_message(message)
    return card_face(message.card, seal) if is_interactive else card_message(message, message.card)


def _plain(card: Card, seal: Seal) -> dict[str, str]:
    """
    The whole card as one cut text and its buttons: what fits and keeps every rule whatever the card is.
    """
    text = join_within(lines_of(card_text(card)), limits.VARIABLE_BYTES, end=BREAK, more=NOT_ALL_SHOWN)
    return _variables(
        card, {template.BODY[0]: text, template.BUTTONS: draw_buttons(shown_buttons(card, (), seal), seal)}
    )


def _variables(card: Card, drawn: dict[str, str]) -> dict[str, str]:
    """
    A value for every variable, so that an update leaves nothing of the old face behind.
    """
    groups = {name: drawn.get(name, "[]") for name in (template.FIRST_BUTTONS, template.BUTTONS)}
    return {
        **dict.fromkeys(template.variables(), ""),
        template.PREVIEW: one_line(headline(card), limits.PREVIEW_CHARS),
        template.HEAD: _head(card),
        **dict.fromkeys(template.FORMS, as_json({"fields": []})),
        template.FORM_STATUS: "normal",
        **groups,
        **{template.shown(name): "" if buttons == "[]" else "yes" for name, buttons in groups.items()},
        **drawn,
    }


def _head(card: Card) -> str:
    title = escape(one_line(card.title, limits.TITLE_CHARS))
    return f"#### {title}" if title else ""


def _standing(card: Card) -> str:
    """
    The line under the title: the status in the card's colour, and the subtitle.
    """
    status = coloured(one_line(card.status or "", limits.STATUS_CHARS), STATUS_COLOURS[card.tone])
    subtitle = coloured(one_line(card.subtitle or "", limits.TITLE_CHARS), "label")
    return " · ".join(part for part in (status, subtitle) if part)


@dataclass(frozen=True)
class _Painter:
    """
    Draws one card in one detail. `form` has the template's place for forms, the others become text.
    """

    card: Card
    form: Form | None
    buttons: Sequence[Placed]
    detail: Detail

    def params(self, seal: Seal) -> dict[str, str]:
        elements = self.card.elements
        place = next((at for at, element in enumerate(elements) if element is self.form), len(elements))
        above = [_standing(self.card), *self._lines(elements[:place]), *self._slips()]
        drawn = dict(zip(template.BODY, _blocks(above), strict=False))
        drawn[template.BELOW] = BREAK.join(self._lines(elements[place + 1 :]))
        drawn[template.FOOT] = coloured(cut(commands_line(self.card.commands), self.detail.text), "grey")
        asks = asks_of(self.form)
        for name, ask in zip(template.FORMS, asks, strict=False):
            drawn[name], drawn[template.submit(name)] = draw_form(ask, seal, self.detail.options)
        first, last = split_at_form(self.buttons, self.card, asks)
        drawn |= {template.FIRST_BUTTONS: draw_buttons(first, seal), template.BUTTONS: draw_buttons(last, seal)}
        return _variables(self.card, drawn)

    def _slips(self) -> Iterator[str]:
        """
        What is wrong with the form's fields, which cannot say so themselves.
        """
        for entry in self.form.inputs if self.form else ():
            if isinstance(entry, TextInput) and entry.error:
                yield coloured(cut(slip_text(entry), self.detail.line), "red")

    def _lines(self, elements: Sequence[Element]) -> Iterator[str]:
        """
        Without empty lines; two groups of values in a row are kept apart.
        """
        for before, element in zip((None, *elements), elements, strict=False):
            if isinstance(before, Fields) and isinstance(element, Fields):
                yield coloured(DIVIDER, "grey")
            yield from (line for line in self._element(element) if line)

    def _element(self, element: Element) -> Iterator[str]:
        match element:
            case Text():
                yield from self._text(element)
            case Fields(rows=rows) | Chart(rows=rows):
                yield from self._rows(rows)
            case Compare():
                yield from self._compare(element)
            case Items(items=items):
                yield from self._items(items)
            case Divider():
                yield coloured(DIVIDER, "grey")
            case Form(inputs=inputs):
                yield from (self._input(entry) for entry in inputs)
            case _:
                assert_never(element)

    def _text(self, text: Text) -> Iterator[str]:
        for line in cut(text.content, self.detail.text).split("\n"):
            if text.tone == "strong":
                yield bold(line)
            else:
                colour = TEXT_COLOURS.get(text.tone)
                yield coloured(line, colour) if colour else escape(line)

    def _rows(self, rows: Sequence[Row]) -> Iterator[str]:
        for row in rows[: self.detail.rows]:
            label = one_line(row.label, self.detail.line)
            first, *rest = lines_of(cut(row.value, self.detail.text)) or [""]
            yield coloured(f"{label}：", "label") + first if label else first
            yield from rest
        yield self._more(len(rows) - self.detail.rows)

    def _compare(self, compare: Compare) -> Iterator[str]:
        if not compare.rows:
            return
        line = self.detail.line
        yield bold(f"{one_line(compare.left_title, line)}{_BETWEEN}{one_line(compare.right_title, line)}")
        for row in compare.rows[: self.detail.rows]:
            sides = f"{one_line(row.left, line)}{_BETWEEN}{one_line(row.right, line)}"
            yield coloured(f"{one_line(row.label, line)}：", "label") + escape(sides)
        yield self._more(len(compare.rows) - self.detail.rows)

    def _items(self, items: Sequence[Item]) -> Iterator[str]:
        numbers = item_numbers(self.card)
        for item in items[: self.detail.items]:
            yield from self._item(item, f"{numbers[id(item)]}. " if numbers else "")
        yield self._more(len(items) - self.detail.items)

    def _item(self, item: Item, number: str) -> Iterator[str]:
        yield bold(one_line(item.title, self.detail.line), before=number)
        yield from (coloured(one_line(line, self.detail.line), "grey") for line in item.lines[: self.detail.rows])
        shown = {id(placed.button) for placed in self.buttons}
        if item.command and not any(id(button) in shown for button in item.buttons):
            yield coloured(one_line(command_hint(item.command), self.detail.line), "grey")

    def _input(self, entry: Input) -> str:
        return escape(cut(input_text(entry), self.detail.text))

    def _more(self, count: int) -> str:
        return coloured(more_line(count), "grey") if count > 0 else ""


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """
    The lines in as many blocks as the template has for them; too many leave the last one too large.
    """
    blocks = [""]
    for line in lines:
        joined = f"{blocks[-1]}{BREAK}{line}" if blocks[-1] and line else blocks[-1] + line
        if size(joined) <= limits.VARIABLE_BYTES or len(blocks) == len(template.BODY):
            blocks[-1] = joined
        else:
            blocks.append(line)
    yield from blocks

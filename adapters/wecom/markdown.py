"""
A neutral card as a markdown message: for groups, which get no template cards, and for lists too long for one.

WeCom's subset knows bold, quotations, links and three colours; no lists, tables or buttons: commands stand for those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from adapters.wecom import limits
from adapters.wecom.markup import cut, join_within, lines_of, markdown, one_line, safe_url
from cards.model import Card, Chart, Compare, Divider, Element, Fields, Form, Item, Items, Text, TextTone, Tone
from cards.text import (
    DETAILS,
    DIRECT_CHAT_ONLY,
    NOT_ALL_SHOWN,
    command_hint,
    commands_line,
    compare_line,
    input_text,
    labelled,
)

# Ours, so that the title and everything after the list always find room.
_TITLE_CHARS = 60
_LINE_CHARS = 200
_COMMANDS_CHARS = 100
_URL_BYTES = 200

_TONE_COLORS: dict[Tone, str] = {
    "green": "info", "blue": "info", "orange": "warning", "red": "warning", "grey": "comment",
}  # fmt: skip
_TEXT_COLORS: dict[TextTone, str] = {"note": "comment", "good": "info", "warning": "warning", "error": "warning"}


def card_markdown(card: Card, *, is_group: bool) -> str:
    """
    The whole card in at most 2048 bytes. A group is told to answer in the direct chat: the app cannot hear a group.
    """
    lines = [line for line in _lines(card) if line]
    return join_within(lines, limits.MARKDOWN_BYTES, more=NOT_ALL_SHOWN, tail=list(_tail(card, is_group=is_group)))


def _lines(card: Card) -> Iterator[str]:
    title = f"**{_said(card.title, _TITLE_CHARS)}**"
    status = _said(card.status or "", limits.SOURCE_CHARS)
    yield f"{title} {_colored(status, _TONE_COLORS[card.tone])}" if status else title
    yield _said(card.subtitle or "")
    for element in card.elements:
        yield from _element_lines(element)


def _tail(card: Card, *, is_group: bool) -> Iterator[str]:
    yield from list(_links(card))[: limits.JUMPS]
    if card.commands:
        yield _colored(_said(commands_line(card.commands), _COMMANDS_CHARS), "comment")
    if is_group and (card.commands or any(item.command for item in _items(card))):
        yield _colored(DIRECT_CHAT_ONLY, "comment")


def _links(card: Card) -> Iterator[str]:
    targets = [(button.label, button.url) for button in card.all_buttons() if button.action is None]
    for label, target in targets or [(DETAILS, card.link)]:
        if url := safe_url(target, _URL_BYTES):
            address = url.replace("(", "%28").replace(")", "%29")
            yield f"[{_said(label, limits.JUMP_CHARS)}]({address})"


def _element_lines(element: Element) -> Iterator[str]:
    match element:
        case Text(content=content, tone=tone):
            yield from (_toned(_said(line), tone) for line in lines_of(content))
        case Fields(rows=rows) | Chart(rows=rows):
            yield from (_said(labelled(row.label, row.value)) for row in rows)
        case Compare(rows=rows):
            yield from (f"> {_said(compare_line(element, row))}" for row in rows)
        case Items(items=items):
            for number, item in enumerate(items, start=1):
                yield from _item_lines(number, item)
        case Form(inputs=inputs):
            yield from (_said(input_text(entry)) for entry in inputs)
        case Divider():
            pass
        case _:
            assert_never(element)


def _item_lines(number: int, item: Item) -> Iterator[str]:
    yield f"{number}. **{_said(item.title)}**"
    yield from (_said(line) for line in item.lines)
    if item.command:
        yield _colored(_said(command_hint(item.command)), "comment")


def _items(card: Card) -> Iterator[Item]:
    for element in card.elements:
        if isinstance(element, Items):
            yield from element.items


def _toned(text: str, tone: TextTone) -> str:
    if not text or tone == "normal":
        return text
    return f"**{text}**" if tone == "strong" else _colored(text, _TEXT_COLORS[tone])


def _colored(text: str, color: str) -> str:
    return f'<font color="{color}">{text}</font>'


def _said(text: str, chars: int = _LINE_CHARS) -> str:
    return markdown(cut(one_line(text), chars))

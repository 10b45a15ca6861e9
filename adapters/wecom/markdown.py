"""
A neutral card as a markdown message: for groups, which get no template cards, and for lists too long for one.

The app's markdown knows bold, quotations, links and three colours, the bot's no colours; neither has buttons: commands
stand for those.
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
_COMMANDS_CHARS = 240
_URL_BYTES = 200

_TONE_COLORS: dict[Tone, str] = {
    "green": "info", "blue": "info", "orange": "warning", "red": "warning", "grey": "comment",
}  # fmt: skip
_TEXT_COLORS: dict[TextTone, str] = {"note": "comment", "good": "info", "warning": "warning", "error": "warning"}


def card_markdown(card: Card, sizes: limits.Sizes, *, is_deaf: bool, calls: str = "") -> str:
    """
    The whole card in as many bytes as fit. A group that we cannot hear is told to answer in the direct chat.

    `calls` is the finished markup that calls people with @.
    """
    lines = [line for line in _lines(card, sizes) if line]
    tail = [line for line in _tail(card, sizes, is_deaf=is_deaf) if line]
    return join_within(lines, sizes.markdown_bytes, more=NOT_ALL_SHOWN, tail=[*tail, calls] if calls else tail)


def text_markdown(text: str, sizes: limits.Sizes) -> str:
    """
    Plain text where only markdown is taken.
    """
    return join_within([markdown(line) for line in lines_of(text)], sizes.markdown_bytes, more=NOT_ALL_SHOWN)


def _lines(card: Card, sizes: limits.Sizes) -> Iterator[str]:
    title = f"**{_said(card.title, _TITLE_CHARS)}**"
    status = _said(card.status or "", sizes.source)
    yield f"{title} {_colored(status, _TONE_COLORS[card.tone], sizes)}" if status else title
    yield _said(card.subtitle or "")
    for element in card.elements:
        yield from _element_lines(element, sizes)


def _tail(card: Card, sizes: limits.Sizes, *, is_deaf: bool) -> Iterator[str]:
    yield from list(_links(card, sizes))[: limits.JUMPS]
    if card.all_commands:
        yield _colored(_said(commands_line(card.all_commands), _COMMANDS_CHARS), "comment", sizes)
    if is_deaf and (card.all_commands or any(item.all_commands for item in _items(card))):
        yield _colored(DIRECT_CHAT_ONLY, "comment", sizes)


def _links(card: Card, sizes: limits.Sizes) -> Iterator[str]:
    targets = [(button.label, button.url) for button in card.all_buttons() if button.action is None]
    for label, target in targets or [(DETAILS, card.link)]:
        if url := safe_url(target, _URL_BYTES):
            address = url.replace("(", "%28").replace(")", "%29")
            yield f"[{_said(label, sizes.jump)}]({address})"


def _element_lines(element: Element, sizes: limits.Sizes) -> Iterator[str]:
    match element:
        case Text(content=content, tone=tone):
            yield from (_toned(_said(line), tone, sizes) for line in lines_of(content))
        case Fields(rows=rows) | Chart(rows=rows):
            yield from (_said(labelled(row.label, row.value)) for row in rows)
        case Compare(rows=rows):
            yield from (f"> {_said(compare_line(element, row))}" for row in rows)
        case Items(items=items):
            for number, item in enumerate(items, start=1):
                yield from _item_lines(number, item, sizes)
        case Form(inputs=inputs):
            yield from (_said(input_text(entry)) for entry in inputs)
        case Divider():
            pass
        case _:
            assert_never(element)


def _item_lines(number: int, item: Item, sizes: limits.Sizes) -> Iterator[str]:
    yield f"{number}. **{_said(item.title)}**"
    yield from (_said(line) for line in item.lines)
    if item.all_commands:
        yield _colored(_said(command_hint(*item.all_commands)), "comment", sizes)


def _items(card: Card) -> Iterator[Item]:
    for element in card.elements:
        if isinstance(element, Items):
            yield from element.items


def _toned(text: str, tone: TextTone, sizes: limits.Sizes) -> str:
    if not text or tone == "normal":
        return text
    return f"**{text}**" if tone == "strong" else _colored(text, _TEXT_COLORS[tone], sizes)


def _colored(text: str, color: str, sizes: limits.Sizes) -> str:
    return f'<font color="{color}">{text}</font>' if sizes.colors else text


def _said(text: str, chars: int = _LINE_CHARS) -> str:
    return markdown(cut(one_line(text), chars))

"""
A robot's messages: plain text, and a card as markdown where no interactive card can be sent.

Messages have no callbacks. What an entry's button does, its command does too, so in a direct chat a link makes the
person's client send it. A card's other commands may be examples to be completed: they are only named. Calling somebody
with @ works in replies to a session alone; the robot's own interface cannot.
Source: https://open.dingtalk.com/document/development/robot-message-type (read 2026-08).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from adapters.dingtalk import limits
from adapters.dingtalk.markup import (
    LINE_END,
    bold,
    clean,
    cut,
    escape,
    is_web_address,
    join_within,
    lines_of,
    link,
    one_line,
    sending,
)
from adapters.dingtalk.sendable import RobotContent
from bot.ports import Outbound
from cards.model import Button, Card, Chart, Compare, Divider, Element, Fields, Form, Item, Items, Text
from cards.text import (
    BUTTONS_MISSING,
    DETAILS,
    DIVIDER,
    NOT_ALL_SHOWN,
    command_hint,
    commands_line,
    compare_line,
    headline,
    input_text,
    labelled,
)
from domain.errors import PlatformError

_LINE_CHARS: Final = 300
_TEXT_CHARS: Final = 1500
_URL_CHARS: Final = 500
_USER_ID: Final = re.compile(r"[A-Za-z0-9_.$:-]{1,64}")


@dataclass(frozen=True)
class _Link:
    label: str
    address: str


def text_message(message: Outbound) -> RobotContent:
    """
    A plain text; what exceeds DingTalk's size is cut at a line's end, and the end says so.

    Raises:
        PlatformError: (permanent) it says nothing.
    """
    lines = clean(message.text).strip().split("\n")
    text = join_within(lines, limits.TEXT_BYTES, end="\n", more=NOT_ALL_SHOWN)
    if not text:
        raise PlatformError("dingtalk_empty", "a text message must say something", permanent=True)
    called = _called(message)
    said = "".join(f"@{user_id} " for user_id in called) + text
    webhook = {"msgtype": "text", "text": {"content": said}, **_at(called)}
    return RobotContent("sampleText", {"content": text}, webhook)


def card_message(message: Outbound, card: Card) -> RobotContent:
    """
    The card as a message: with link buttons where it only offers links, else as markdown with its links inside.
    """
    in_group = message.recipient.kind == "group"
    title = one_line(headline(card), limits.PREVIEW_CHARS) or DETAILS
    links = list(_links(card))
    as_buttons = 1 <= len(links) <= limits.LINK_BUTTONS and not _has_actions(card)
    inside = [] if as_buttons else links
    tail = [*(link(each.label, each.address) for each in inside), *_hints(card, in_group=in_group)]
    text = join_within(
        [*_lines(card, in_group=in_group)], limits.TEXT_BYTES, end=LINE_END, more=NOT_ALL_SHOWN, tail=tail
    )
    called = _called(message)
    said = LINE_END.join([text, *(["".join(f"@{user_id} " for user_id in called)] if called else [])])
    if as_buttons:
        return _action_card(title, text, said, links, _at(called))
    webhook = {"msgtype": "markdown", "markdown": {"title": title, "text": said}, **_at(called)}
    return RobotContent("sampleMarkdown", {"title": title, "text": text}, webhook)


def _action_card(title: str, text: str, said: str, links: Sequence[_Link], at: dict[str, Any]) -> RobotContent:
    if len(links) == 1:
        single = {"singleTitle": links[0].label, "singleURL": links[0].address}
        card: dict[str, Any] = {"title": title, "text": said, **single}
        return RobotContent(
            "sampleActionCard",
            {"title": title, "text": text, **single},
            {"msgtype": "actionCard", "actionCard": card, **at},
        )
    numbered = list(enumerate(links, start=1))
    param = {
        "title": title,
        "text": text,
        **{f"actionTitle{number}": each.label for number, each in numbered},
        **{f"actionURL{number}": each.address for number, each in numbered},
    }
    buttons = [{"title": each.label, "actionURL": each.address} for each in links]
    card = {"title": title, "text": said, "btnOrientation": "0", "btns": buttons}
    return RobotContent(f"sampleActionCard{len(links)}", param, {"msgtype": "actionCard", "actionCard": card, **at})


def _lines(card: Card, *, in_group: bool) -> Iterator[str]:
    yield f"#### {escape(one_line(headline(card), limits.PREVIEW_CHARS)) or DETAILS}"
    for line in (escape(card.subtitle or ""), *_body(card, in_group=in_group)):
        if line:
            yield line


def _body(card: Card, *, in_group: bool) -> Iterator[str]:
    for element in card.elements:
        yield from _element_lines(element, in_group=in_group)


def _element_lines(element: Element, *, in_group: bool) -> Iterator[str]:
    match element:
        case Text(content=content, tone=tone):
            said = lines_of(cut(content, _TEXT_CHARS))
            yield from (f"**{line}**" for line in said) if tone == "strong" else said
        case Fields(rows=rows) | Chart(rows=rows):
            yield from (_said(labelled(row.label, row.value)) for row in rows)
        case Compare(rows=rows):
            yield from (_said(compare_line(element, row)) for row in rows)
        case Items(items=items):
            for number, item in enumerate(items, start=1):
                yield from _item_lines(number, item, in_group=in_group)
        case Form(inputs=inputs):
            yield from (_said(input_text(entry)) for entry in inputs)
        case Divider():
            yield DIVIDER
        case _:
            assert_never(element)


def _item_lines(number: int, item: Item, *, in_group: bool) -> Iterator[str]:
    yield bold(one_line(item.title, _LINE_CHARS), before=f"{number}. ")
    yield from (_said(line) for line in item.lines)
    offers = _offers(item.buttons, first=item.command)
    if offers and not in_group:
        yield _sending_line(offers)
    elif item.all_commands:
        yield _said(command_hint(*item.all_commands))


def _offers(buttons: Iterable[Button], first: str | None = None) -> list[tuple[str, str]]:
    """
    Label and text of each button that can be done by text; `first` is the first one's, where it has none of its own.
    """
    pressable = [button for button in buttons if button.action]
    texts = [button.command or (first if index == 0 else None) for index, button in enumerate(pressable)]
    return [(button.label, text) for button, text in zip(pressable, texts, strict=True) if text]


def _sending_line(offers: Sequence[tuple[str, str]]) -> str:
    """
    Links that send their text for the reader when touched.
    """
    return " ".join(
        link(one_line(label, limits.BUTTON_CHARS), sending(cut(text, _LINE_CHARS))) for label, text in offers
    )


def _links(card: Card) -> Iterator[_Link]:
    buttons = [button for button in card.all_buttons() if button.action is None]
    for button in buttons or [Button(DETAILS, url=card.link)]:
        if button.url and len(button.url) <= _URL_CHARS and is_web_address(button.url):
            yield _Link(one_line(button.label, limits.BUTTON_CHARS) or DETAILS, button.url)


def _hints(card: Card, *, in_group: bool) -> Iterator[str]:
    """
    How to do by text what cannot be pressed here.
    """
    has_commands = any(item.all_commands for each in card.elements if isinstance(each, Items) for item in each.items)
    forms = [element for element in card.elements if isinstance(element, Form)]
    offers = _offers((*(button for form in forms for button in form.buttons), *card.buttons))
    if offers and not in_group:
        yield _sending_line(offers)
    if commands := card.all_commands if in_group else card.commands:
        yield _said(commands_line(commands))
    elif _has_actions(card) and not (has_commands or offers):
        yield BUTTONS_MISSING


def _has_actions(card: Card) -> bool:
    return not card.closed and any(button.action for button in card.all_buttons())


def _called(message: Outbound) -> list[str]:
    """
    Whom to call with @: only in groups, and only ids that are nothing but ids.
    """
    is_group = message.recipient.kind == "group"
    return [user_id for user_id in message.mentions if _USER_ID.fullmatch(user_id)] if is_group else []


def _at(called: Sequence[str]) -> dict[str, Any]:
    return {"at": {"atUserIds": list(called), "isAtAll": False}} if called else {}


def _said(text: str) -> str:
    return escape(cut(text, _LINE_CHARS))

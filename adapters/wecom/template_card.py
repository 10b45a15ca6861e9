"""
A neutral card as a WeCom template card: which of the kinds fits, and what can be pressed.

    text_notice         nothing to press: a result, a note
    button_interaction  up to six buttons, three more behind ⋯, and one drop-down

and the two kinds of `choices.py`. Text fields, dates and further drop-downs cannot be shown as such: their values
become lines and the card's commands stay in sight. WeCom never asks twice, so `Button.confirm` has no effect.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.wecom import limits
from adapters.wecom.choices import CardJson, choice_card, drop_down, label
from adapters.wecom.layout import Content, content_of, show
from adapters.wecom.markup import cut, one_line, safe_url
from bot.ports import Seal
from cards.model import Button, ButtonStyle, Card, CardAction, Chart, Compare, Divider, Fields, Form, Items, Text, Tone
from cards.text import MORE_ACTIONS

_TONE_COLORS: dict[Tone, int] = {"grey": 0, "blue": 1, "orange": 2, "red": 2, "green": 3}
_STYLES: dict[ButtonStyle, int] = {"primary": 1, "default": 2, "danger": 3}


@dataclass(frozen=True)
class Face:
    """
    A drawn card. `is_whole` is False when something the card says or offers found no room on it.
    """

    json: CardJson
    is_whole: bool


@dataclass(frozen=True)
class _Link:
    label: str
    url: str


@dataclass(frozen=True)
class _Press:
    label: str
    action: CardAction
    style: ButtonStyle


def draw(
    card: Card, *, seal: Seal, start_url: str, task_id: str | None = None, sizes: limits.Sizes = limits.APP
) -> Face:
    """
    The card in the kind that shows most of it; only a new card has a `task_id`, a changed one keeps its own.
    """
    presses, links = _presses(card), list(_links(card))
    if not presses:
        return _notice(card, links, start_url, sizes)
    identity: CardJson = {} if task_id is None else {"task_id": task_id}
    choice = _choice(card, presses, links, seal, sizes)
    if choice is not None:
        return Face(_head(card, choice["card_type"], sizes) | identity | choice, is_whole=True)
    head = _head(card, "button_interaction", sizes) | identity
    return _button_card(card, presses, links, seal, head, sizes)


def _button_card(  # what one drawing needs
    card: Card, presses: Sequence[_Press], links: Sequence[_Link], seal: Seal, head: CardJson, sizes: limits.Sizes
) -> Face:
    content = content_of(card, sizes, keeps_select=True)
    has_room = len(presses) <= limits.BUTTONS + limits.MENU_ENTRIES
    commands = card.commands if has_room else card.all_commands
    shown = show(content, commands=commands, must_hint=content.is_lossy or len(presses) > limits.BUTTONS)
    offers_all = has_room and not content.is_lossy
    controls = _controls(card, content, presses, links, seal)
    is_linked = sizes.link_buttons or not links
    return Face(head | shown.json | controls, is_whole=shown.is_whole and offers_all and is_linked)


def _notice(card: Card, links: Sequence[_Link], start_url: str, sizes: limits.Sizes) -> Face:
    """
    A card to read; WeCom wants it to lead somewhere when it is touched.
    """
    content = content_of(card, sizes, keeps_select=False)
    shown = show(content, commands=card.commands, must_hint=content.is_lossy)
    target = safe_url(card.link, limits.URL_BYTES) or (links[0].url if links else start_url)
    json = _head(card, "text_notice", sizes) | shown.json | {"card_action": {"type": 1, "url": target}}
    if links:
        json["jump_list"] = [
            {"type": 1, "title": label(link.label, sizes.jump), "url": link.url} for link in links[: limits.JUMPS]
        ]
    return Face(json, is_whole=shown.is_whole and not content.is_lossy and len(links) <= limits.JUMPS)


def _presses(card: Card) -> list[_Press]:
    """
    The actions a person can take here, each once: WeCom refuses two buttons with one key. A closed card has none.
    """
    seen: dict[str, _Press] = {}
    for text, button in [] if card.closed else _captioned(card):
        if button.action is not None:
            meaning = repr((button.action.name, sorted(button.action.args.items())))
            seen.setdefault(meaning, _Press(text, button.action, button.style))
    return list(seen.values())


def _links(card: Card) -> Iterator[_Link]:
    for text, button in _captioned(card):
        url = safe_url(button.url, limits.URL_BYTES)
        if button.action is None and url is not None:
            yield _Link(text, url)


def _captioned(card: Card) -> Iterator[tuple[str, Button]]:
    """
    Every button with its caption; an entry's button carries the entry's number among all: 「领取 1」.
    """
    numbers = itertools.count(1)
    for element in card.elements:
        match element:
            case Items(items=items):
                for item, number in zip(items, numbers, strict=False):
                    yield from ((_numbered(button.label, number), button) for button in item.buttons)
            case Form(buttons=buttons):
                yield from ((button.label, button) for button in buttons)
            case Text() | Fields() | Compare() | Chart() | Divider():
                pass
    yield from ((button.label, button) for button in card.buttons)


def _numbered(text: str, number: int) -> str:
    suffix = f" {number}"
    return cut(one_line(text), limits.BUTTON_CHARS - len(suffix)) + suffix


def _head(card: Card, kind: object, sizes: limits.Sizes) -> CardJson:
    """
    Kind, tag and title: all that every kind of card has.
    """
    title: CardJson = {"title": label(card.title, sizes.title)}
    subtitle = one_line(card.subtitle or "")
    if 0 < len(subtitle) <= sizes.title_desc:
        title["desc"] = subtitle
    status = one_line(card.status or "")
    if not status:
        return {"card_type": kind, "main_title": title}
    source = {"desc": cut(status, sizes.source), "desc_color": _TONE_COLORS[card.tone]}
    return {"card_type": kind, "source": source, "main_title": title}


def _controls(card: Card, content: Content, presses: Sequence[_Press], links: Sequence[_Link], seal: Seal) -> CardJson:
    """
    Buttons, links where buttons leave room, the drop-down beside them and the ⋯ menu.
    """
    buttons = [_button(press, seal) for press in presses]
    if content.sizes.link_buttons:
        buttons += [_link(link) for link in links]
    json: CardJson = {"button_list": buttons[: limits.BUTTONS]}
    if content.select is not None:
        json["button_selection"] = drop_down(content.select, content.sizes)
    behind = presses[limits.BUTTONS : limits.BUTTONS + limits.MENU_ENTRIES]
    if behind:
        entries = [{"text": _caption(press.label), "key": seal(press.action)} for press in behind]
        json["action_menu"] = {"desc": MORE_ACTIONS, "action_list": entries}
    target = safe_url(card.link, limits.URL_BYTES)
    if target is None and links and not content.sizes.link_buttons:
        target = links[0].url
    if target is not None:
        json["card_action"] = {"type": 1, "url": target}
    return json


def _button(press: _Press, seal: Seal) -> CardJson:
    return {"type": 0, "text": _caption(press.label), "style": _STYLES[press.style], "key": seal(press.action)}


def _link(link: _Link) -> CardJson:
    return {"type": 1, "text": _caption(link.label), "style": _STYLES["default"], "url": link.url}


def _caption(text: str) -> str:
    return label(text, limits.BUTTON_CHARS)


def _choice(
    card: Card, presses: Sequence[_Press], links: Sequence[_Link], seal: Seal, sizes: limits.Sizes
) -> CardJson | None:
    if len(presses) != 1 or links or len(one_line(card.subtitle or "")) > sizes.title_desc:
        return None
    return choice_card(card, {"text": _caption(presses[0].label), "key": seal(presses[0].action)}, sizes)

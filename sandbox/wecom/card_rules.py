"""
The check of template cards: required parts, list lengths, sizes of keys. Over-long display text is only cut.

Source: https://developer.work.weixin.qq.com/document/path/90236 (read 2026-08)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.wecom.errors import WeComError

NOTICES = frozenset({"text_notice", "news_notice"})
INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
LONGEST_KEY = 1024
LONGEST_ID = 128
MOST_HORIZONTAL, MOST_VERTICAL, MOST_JUMPS, MOST_MENU = 6, 4, 3, 3
MOST_BUTTONS, MOST_SELECTS, MOST_OPTIONS, MOST_CHECKS = 6, 3, 10, 20
STYLES = range(1, 5)
RATIOS = (1.3, 2.25)
PARAMETER = 40058
_TASK_ID = re.compile(r"^[0-9A-Za-z_\-@]{1,128}$")
# How many characters a phone shows before it cuts; the server does not mind.
SHOWN = {
    "source.desc": 20,
    "main_title.title": 36,
    "main_title.desc": 44,
    "emphasis_content.title": 14,
    "emphasis_content.desc": 22,
    "sub_title_text": 160,
    "horizontal_content_list.keyname": 5,
    "horizontal_content_list.value": 30,
    "jump_list.title": 18,
    "vertical_content_list.title": 38,
    "vertical_content_list.desc": 160,
    "button_list.text": 10,
    "submit_button.text": 10,
    "button_selection.option_list.text": 16,
    "select_list.option_list.text": 16,
    "checkbox.option_list.text": 17,
}
# The cards of a 智能机器人 show less.
SHOWN_BY_BOT = SHOWN | {
    "source.desc": 13,
    "main_title.title": 26,
    "main_title.desc": 30,
    "emphasis_content.title": 10,
    "emphasis_content.desc": 15,
    "sub_title_text": 112,
    "horizontal_content_list.value": 26,
    "jump_list.title": 13,
    "vertical_content_list.title": 26,
    "vertical_content_list.desc": 112,
    "button_selection.option_list.text": 10,
    "select_list.option_list.text": 10,
    "checkbox.option_list.text": 11,
}


def check_card(card: dict[str, Any], *, needs_task_id: bool = True) -> None:
    """
    An update keeps its original's task id and needs none.

    Raises: WeComError for the first fault.
    """
    kind = card.get("card_type")
    if kind not in NOTICES | INTERACTIVE:
        raise WeComError(42031)
    _check_task_id(card, needs_task_id)
    _check_titles(card, str(kind))
    _check_menu(card)
    _check_lists(card)
    if kind in NOTICES and not card.get("card_action"):
        raise WeComError(42045)
    if card.get("card_action"):
        _check_link(_object(card["card_action"]), 42045)
    match kind:
        case "news_notice":
            _check_pictures(card)
        case "button_interaction":
            _check_buttons(card)
        case "vote_interaction":
            _check_question(_object(card.get("checkbox") or {}), MOST_CHECKS)
            _check_submit(card)
        case "multiple_interaction":
            _check_selects(card)
            _check_submit(card)
        case _:
            pass


def has_callback(card: Mapping[str, Any]) -> bool:
    """
    Cards whose use comes back to the app: they get a response code.
    """
    return card.get("card_type") in INTERACTIVE or bool(card.get("action_menu"))


def cut_texts(card: Mapping[str, Any], shown: Mapping[str, int] = SHOWN) -> list[str]:
    """
    The paths of the texts that a phone would cut.
    """
    return [path for path, longest in shown.items() if any(len(t) > longest for t in _at(card, path.split(".")))]


def _at(thing: object, path: list[str]) -> list[str]:
    if isinstance(thing, list):
        return [text for one in thing for text in _at(one, path)]
    if not path:
        return [thing] if isinstance(thing, str) else []
    return _at(thing.get(path[0]), path[1:]) if isinstance(thing, Mapping) else []


def _check_task_id(card: dict[str, Any], needed: bool) -> None:  # noqa: FBT001  # one private caller
    task_id = card.get("task_id")
    if task_id is None and not (needed and has_callback(card)):
        return
    if not isinstance(task_id, str) or not _TASK_ID.match(task_id):
        raise WeComError(42014)


def _check_titles(card: dict[str, Any], kind: str) -> None:
    title = _object(card.get("main_title") or {}).get("title")
    if not title and not (kind == "text_notice" and card.get("sub_title_text")):
        raise WeComError(41016)
    quote = _object(card.get("quote_area") or {})
    if quote:
        _check_link(quote, 42028)


def _check_menu(card: dict[str, Any]) -> None:
    menu = card.get("action_menu")
    if menu is None:
        return
    actions = _objects(_object(menu).get("action_list"))
    if not 1 <= len(actions) <= MOST_MENU:
        raise WeComError(PARAMETER, "action_menu.action_list")
    _check_keys([action.get("key") for action in actions], LONGEST_KEY, 42051)
    if not all(action.get("text") for action in actions):
        raise WeComError(PARAMETER, "action_menu.action_list.text")


def _check_lists(card: dict[str, Any]) -> None:
    horizontal = _objects(card.get("horizontal_content_list"))
    if len(horizontal) > MOST_HORIZONTAL:
        raise WeComError(42035)
    for row in horizontal:
        _check_row(row)
    vertical = _objects(card.get("vertical_content_list"))
    if len(vertical) > MOST_VERTICAL:
        raise WeComError(42036)
    jumps = _objects(card.get("jump_list"))
    if len(jumps) > MOST_JUMPS:
        raise WeComError(42042)
    if not all(part.get("title") for part in [*vertical, *jumps]):
        raise WeComError(42033)
    for jump in jumps:
        _check_link(jump, 42028)


def _check_row(row: dict[str, Any]) -> None:
    if not row.get("keyname"):
        raise WeComError(42027)
    needed = {1: ("url", 42028), 2: ("media_id", 42029), 3: ("userid", 42050)}.get(row.get("type", 0))
    if needed and not row.get(needed[0]):
        raise WeComError(needed[1])


def _check_link(link: dict[str, Any], missing: int) -> None:
    match link.get("type", 0):
        case 1:
            url = link.get("url")
            if not url:
                raise WeComError(missing)
            if not str(url).startswith(("http://", "https://")):
                raise WeComError(45034)
        case 2 if not link.get("appid"):
            raise WeComError(42030)
        case 0 | 2:
            pass
        case _:
            raise WeComError(PARAMETER, "type")


def _check_pictures(card: dict[str, Any]) -> None:
    image, area = _object(card.get("card_image") or {}), _object(card.get("image_text_area") or {})
    if not image.get("url") and not area.get("image_url"):
        raise WeComError(42044)
    ratio = image.get("aspect_ratio", RATIOS[0])
    if not isinstance(ratio, int | float) or not RATIOS[0] <= ratio <= RATIOS[1]:
        raise WeComError(PARAMETER, "card_image.aspect_ratio")


def _check_buttons(card: dict[str, Any]) -> None:
    buttons = _objects(card.get("button_list"))
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise WeComError(PARAMETER, "button_list")
    for button in buttons:
        if not button.get("text"):
            raise WeComError(42038)
        if button.get("style", 1) not in STYLES:
            raise WeComError(PARAMETER, "button_list.style")
        if button.get("type", 0) == 1:
            _check_link(button, 42028)
    _check_keys([button.get("key") for button in buttons if button.get("type", 0) == 0], LONGEST_KEY, 42039)
    if card.get("button_selection"):
        _check_question(_object(card["button_selection"]), MOST_OPTIONS)


def _check_selects(card: dict[str, Any]) -> None:
    selects = _objects(card.get("select_list"))
    if not 1 <= len(selects) <= MOST_SELECTS:
        raise WeComError(42047)
    for select in selects:
        _check_question(select, MOST_OPTIONS)
    _check_keys([select["question_key"] for select in selects], LONGEST_KEY, 42043)


def _check_question(question: dict[str, Any], most: int) -> None:
    _check_keys([question.get("question_key")], LONGEST_KEY, 42043)
    options = _objects(question.get("option_list"))
    if not 1 <= len(options) <= most:
        raise WeComError(42037)
    _check_keys([option.get("id") for option in options], LONGEST_ID, 42040)
    if not all(option.get("text") for option in options):
        raise WeComError(42041)


def _check_submit(card: dict[str, Any]) -> None:
    _check_keys([_object(card.get("submit_button") or {}).get("key")], LONGEST_KEY, 42046)


def _check_keys(keys: list[Any], longest: int, code: int) -> None:
    """
    Keys are texts of so many bytes, each different.
    """
    if not all(isinstance(key, str) and 1 <= len(key.encode()) <= longest for key in keys):
        raise WeComError(code)
    if len(set(keys)) < len(keys):
        raise WeComError(code)


def _object(thing: object) -> dict[str, Any]:
    if isinstance(thing, dict):
        return thing
    raise WeComError(PARAMETER)


def _objects(things: object) -> list[dict[str, Any]]:
    if things is None:
        return []
    if isinstance(things, list) and all(isinstance(thing, dict) for thing in things):
        return things
    raise WeComError(PARAMETER)

"""
Reading a template card the way a member sees it: text, rows, buttons and choices.

A card whose buttons were replaced by one grey text carries that text as `replaced_by`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

STYLES = {1: "primary", 2: "default", 3: "danger", 4: "default"}
SUBMIT = "提交"
OPEN_CARD = "查看详情"
_FONT = re.compile(r"</?font[^>]*>|</?(?:div|br)[^>]*>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|^#{1,6} |^> ?|`", re.MULTILINE)


@dataclass(frozen=True)
class Action:
    """
    Something to click. `kind` is "button", "submit", "menu" or "link".
    """

    kind: str
    key: str
    label: str
    style: str = "default"
    url: str | None = None


def actions(card: Mapping[str, Any]) -> list[Action]:
    found = [_button(button) for button in card.get("button_list") or ()]
    if submit := card.get("submit_button"):
        found.append(Action("submit", submit["key"], submit.get("text") or SUBMIT, "primary"))
    menu = (card.get("action_menu") or {}).get("action_list") or ()
    found += [Action("menu", action["key"], action["text"], "menu") for action in menu]
    jumps = card.get("jump_list") or ()
    found += [Action("link", f"jump:{n}", j["title"], "text", j.get("url", "")) for n, j in enumerate(jumps)]
    url = (card.get("card_action") or {}).get("url")
    return [*found, Action("link", "card_action", OPEN_CARD, "text", url)] if url else found


def questions(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """
    The choices of a card in one shape: question_key, title, options, chosen ids.
    """
    drop_downs = [card["button_selection"]] if card.get("button_selection") else list(card.get("select_list") or ())
    found = [
        {**question, "chosen": [_preselected(question)], "many": False, "title": question.get("title", "")}
        for question in drop_downs
    ]
    if box := card.get("checkbox"):
        chosen = [option["id"] for option in box["option_list"] if option.get("is_checked")]
        found.append({**box, "chosen": chosen, "many": box.get("mode") == 1, "title": ""})
    return found


def summary(card: Mapping[str, Any]) -> dict[str, Any]:
    title = (card.get("main_title") or {}).get("title") or card.get("title", "")
    asked = questions(card)
    return {
        "title": title,
        "fields": _fields(card),
        "buttons": _buttons(card),
        "form": {"name": "", "inputs": [_input(question) for question in asked]} if asked else None,
    }


def readable(card: Mapping[str, Any]) -> str:
    main, emphasis = card.get("main_title") or {}, card.get("emphasis_content") or {}
    lines = [
        (card.get("source") or {}).get("desc"),
        main.get("title") or card.get("title"),
        main.get("desc"),
        emphasis.get("title"),
        emphasis.get("desc"),
        card.get("sub_title_text"),
        plain(card.get("description", "")),
        (card.get("quote_area") or {}).get("title"),
        (card.get("quote_area") or {}).get("quote_text"),
        *(f"{field['label']}：{field['value']}" for field in _fields(card)),
        *(_question_text(question) for question in questions(card)),
        card.get("replaced_by"),
    ]
    return "\n".join(str(line) for line in lines if line)


def plain(markdown: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", _FONT.sub("", markdown))).strip()


def _button(button: Mapping[str, Any]) -> Action:
    style = STYLES.get(button.get("style", 1), "primary")
    if button.get("type", 0) == 1:
        return Action("link", button.get("key") or button["text"], button["text"], style, button.get("url"))
    return Action("button", button["key"], button["text"], style)


def _buttons(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    grey = card.get("replaced_by")
    shown = []
    if grey:
        shown.append({"label": grey, "id": "replaced", "style": "default", "disabled": True})
    for action in actions(card):
        if grey and action.kind in {"button", "submit"}:
            continue
        button: dict[str, Any] = {"label": action.label, "id": action.key, "style": action.style, "disabled": False}
        shown.append(button | {"url": action.url} if action.kind == "link" else button)
    return shown


def _fields(card: Mapping[str, Any]) -> list[dict[str, str]]:
    rows = card.get("horizontal_content_list") or ()
    texts = card.get("vertical_content_list") or ()
    return [{"label": row["keyname"], "value": str(row.get("value", ""))} for row in rows] + [
        {"label": text["title"], "value": str(text.get("desc", ""))} for text in texts
    ]


def _preselected(question: Mapping[str, Any]) -> str:
    """
    A drop-down always holds a value: the first one where none, or an unknown one, is chosen.
    """
    ids = [option["id"] for option in question["option_list"]]
    chosen = question.get("selected_id")
    return str(chosen if chosen in ids else ids[0])


def _input(question: Mapping[str, Any]) -> dict[str, Any]:
    chosen = question["chosen"]
    return {
        "name": question["question_key"],
        "label": question["title"],
        "kind": "multi_select" if question["many"] else "select",
        "options": [{"label": option["text"], "value": option["id"]} for option in question["option_list"]],
        "value": chosen if question["many"] else (chosen or [""])[0],
        "required": False,
        "placeholder": "",
        "disabled": bool(question.get("disable", False)),
    }


def _question_text(question: Mapping[str, Any]) -> str:
    chosen = [option["text"] for option in question["option_list"] if option["id"] in question["chosen"]]
    return "：".join(part for part in (question["title"], "、".join(chosen)) if part)

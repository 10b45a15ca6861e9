"""
A template card inside a passive reply: the same card in XML, with other spellings and repeated siblings for lists.

Source: https://developer.work.weixin.qq.com/document/path/90241 (read 2026-08)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only the type

LISTS = frozenset(
    {
        "ActionList",
        "HorizontalContentList",
        "JumpList",
        "VerticalContentList",
        "OptionList",
        "ButtonList",
        "SelectList",
    }
)
SPELLINGS = {
    "KeyName": "keyname",
    "UserId": "userid",
    "AppId": "appid",
    "Appid": "appid",
    "PagePath": "pagepath",
    "CheckBox": "checkbox",
}
NUMBERS = frozenset({"Type", "Style", "DescColor", "Mode"})
FLAGS = frozenset({"Disable", "IsChecked"})
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def read_card(element: Element) -> dict[str, Any]:
    """
    Raises: ValueError when a number is none.
    """
    card: dict[str, Any] = {}
    for child in element:
        name = SPELLINGS.get(child.tag) or _CAPITAL.sub("_", child.tag).lower()
        value = _value(child)
        if child.tag in LISTS:
            card.setdefault(name, []).append(value)
        else:
            card[name] = value
    return card


def _value(element: Element) -> object:
    if len(element):
        return read_card(element)
    text = element.text or ""
    if element.tag in NUMBERS:
        return int(text or 0)
    if element.tag in FLAGS:
        return text.strip().lower() in {"true", "1"}
    return float(text) if element.tag == "AspectRatio" else text

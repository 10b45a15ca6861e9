"""
What is sent when the company's rules against leaks refuse a message: the same with phones and addresses masked.

Only texts that people read are masked. The sealed payload of a button stays as it is, so buttons go on working.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from adapters.feishu.card_check import first_violation
from adapters.feishu.components import markdown
from adapters.feishu.markup import coloured
from adapters.feishu.render import card_content
from cards.text import MASKED_BY_RULE

_MOBILE: Final = re.compile(r"(?<!\d)((?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)")
_LANDLINE: Final = re.compile(r"(?<!\d)(0\d{2,3}(?:-|&#45;))\d{3,4}(\d{4})(?!\d)")
# card markdown writes @ + - _ as entities
_ADDRESS: Final = re.compile(
    r"([\w.+-])(?:[\w.+-]|&#\d{2};){0,64}((?:@|&#64;)(?:[\w-]|&#45;){1,64}(?:\.(?:[\w-]|&#45;){1,64}){1,8})"
)
_READ: Final = frozenset({"content", "default_value", "text"})
_CELLS: Final = frozenset({"rows", "values"})


def masked(msg_type: str, content: str) -> str | None:
    """
    The content with everything personal masked, and a line that says so; None when there is nothing to mask.
    """
    opened: dict[str, Any] = json.loads(content)
    milder = _masked(opened)
    if milder == opened:
        return None
    if msg_type == "interactive":
        return _with_note(milder)
    milder["text"] += f"\n{MASKED_BY_RULE}"
    return json.dumps(milder, ensure_ascii=False)


def mask_text(text: str, star: str = "*") -> str:
    """
    Mobile and landline numbers and e-mail addresses, each with the middle taken out.
    """
    stars = star * 4
    for pattern in (_ADDRESS, _MOBILE, _LANDLINE):
        text = pattern.sub(rf"\1{stars}\2", text)
    return text


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    # stars would be read as emphasis
    star = "&#42;" if value.get("tag") == "markdown" else "*"
    return {name: _part(name, part, star) for name, part in value.items()}


def _part(name: str, part: Any, star: str) -> Any:
    """
    Texts and the cells of tables and charts; what a button carries is for us and stays.
    """
    if name == "behaviors":
        return part
    if name in _READ and isinstance(part, str):
        return mask_text(part, star)
    if name in _CELLS and isinstance(part, list):
        return [{key: mask_text(cell) if isinstance(cell, str) else cell for key, cell in row.items()} for row in part]
    return _masked(part)


def _with_note(card: dict[str, Any]) -> str:
    body = card["body"]
    noted = {**card, "body": {**body, "elements": [*body["elements"], markdown(coloured(MASKED_BY_RULE, "grey"))]}}
    content = card_content(noted)
    return content if first_violation(noted, content) is None else card_content(card)

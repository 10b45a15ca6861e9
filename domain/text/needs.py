"""
What the customer wants, chosen: announced by a label, by a word of wanting, as a product, or what is left over.

Recognising a word of wanting or a product in running text is in `vocabulary`.
"""

import re
from typing import Final

from domain.text.announced import Value, of_slot
from domain.text.companies import Sureness
from domain.text.found import Found
from domain.text.patterns import Pattern
from domain.text.pieces import Layout
from domain.text.policy import FIELD_LIMITS
from domain.text.slots import NameFound, Slots

_SPEECH: Final = Pattern(
    r"[的了吗呢吧啊么嘛]|(?<![哈娃])哈(?![哈尔药工密])|怎么|什么|需要|想|已经|可以|不|没|请|谢谢|麻烦|"
    r"明天|今天|昨天|明年|年底|"
    r"月底|我|你|他|老客户|新客户|尽快|(?:加|着|很|比较|特别|挺)急|^急|急$"
)
_DEPARTMENT_ENDS: Final = tuple("部 科 处 室 办 中心 车间 厂区 总部 学院 院 系 公司 局 馆 大厦 广场".split())
_MODEL: Final = Pattern(r"(?!LTD|INC|CO\b)[A-Z][A-Z0-9\-]{1,11}")
_ROOMS: Final = ("教室", "会议室", "手术室", "实验室", "洁净室", "数据中心", "加工中心")


def choose_need(layout: Layout, slots: Slots, values: list[Value], name: NameFound | None) -> str | None:
    for value in of_slot(values, "need"):
        said = layout.said(value.start, value.end).strip(" ,;。|、")
        if said:
            return said[: FIELD_LIMITS["need"]]
    products = [one for one in slots.products if not (name and name.start == one.start)]
    found = min(slots.needs or products or _left_over(layout, slots, name), key=lambda one: one.start, default=None)
    return found.value[: FIELD_LIMITS["need"]] if found else None


def _left_over(layout: Layout, slots: Slots, name: NameFound | None) -> list[Found[str]]:
    """
    Return what may be a product: noun-like pieces behind the name that nothing else explains (布草洗涤).
    """
    start = name.end if name else 0
    lost = [
        Found(one.text, one.start, one.end)
        for one in slots.names
        if one.sureness <= Sureness.TRADE and one != name and one.role == "plain"
    ]
    in_line = "\n" not in layout.text
    rest = [
        one
        for one in slots.rest
        if _noun_like(one.value)
        or any(one.start == other.end for other in lost)
        or (in_line and _MODEL.fullmatch(one.value))
    ]
    return _joined([one for one in sorted((*lost, *rest), key=lambda one: one.start) if one.start >= start])


def _joined(parts: list[Found[str]]) -> list[Found[str]]:
    """
    Put together what was cut in the middle of a word: 阀门 and 备件.
    """
    whole: list[Found[str]] = []
    for part in parts:
        if whole and whole[-1].end == part.start:
            before = whole.pop()
            whole.append(Found(before.value + part.value, before.start, part.end))
        else:
            whole.append(part)
    return whole


def _noun_like(text: str) -> bool:
    bare = len(re.findall(r"[\u4e00-\u9fff]", text))
    return (
        2 <= bare <= 20 and not _SPEECH.search(text) and (not text.endswith(_DEPARTMENT_ENDS) or text.endswith(_ROOMS))
    )


def is_spoken(text: str) -> bool:
    """
    Say whether a text is talk (明天再说) and no name of anything.
    """
    return _SPEECH.search(text) is not None

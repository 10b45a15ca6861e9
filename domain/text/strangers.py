"""
Contacts known by where they stand: a short name nobody knows beside a phone, when no other person is named.

无锡尚德，过晓明，13861812345. What is a person by its own letters is in `people`.
"""

import re
from typing import Final

from domain.text.companies import leading_region
from domain.text.data.people import NOT_NAMES
from domain.text.found import Found
from domain.text.patterns import Pattern
from domain.text.people import Person, may_be_name, read_person
from domain.text.pieces import Layout
from domain.text.regions import REGION_NAMES
from domain.text.slots import Slots
from domain.text.vocabulary import is_industry

_BETWEEN: Final = Pattern(
    r"[\s,;、/|:\-()]*(?:联系)?(?:电话|手机号?|tel|mob|mobile|phone|[mt])?[\s,;、/|:\-(+]*", re.IGNORECASE
)
_HAN: Final = Pattern(r"[\u4e00-\u9fff]{2,9}")
_THING: Final = tuple("机车器具件品料材板管线箱柜门窗灯泵阀仪表卡屏纸布油粉丝网库房系统务业炉塔膜胶漆剂")
_HAN_ONLY: Final = Pattern(r"[\u4e00-\u9fff]{5,12}")
_FULL_NAME: Final = 3
_SHORTEST_THING: Final = 3
_NEAR: Final = 12


def settle_things(slots: Slots) -> None:
    """
    Move what only might be a person and ends like a thing (单晶炉, 高压泵) to the left-overs.
    """
    for found in list(slots.people):
        contact = found.value.contact or ""
        if (
            not found.value.sure
            and not found.value.title
            and len(contact) >= _SHORTEST_THING
            and contact.endswith(_THING)
        ):
            slots.people.remove(found)
            slots.rest.append(Found(contact, found.start, found.end))


def part_glued(layout: Layout, slots: Slots) -> None:
    """
    Part a brand from the full name glued behind it before a phone: 江小白陶石泉13996312345.
    """
    if slots.people or slots.latin or slots.names:
        return
    for found in list(slots.rest):
        text = layout.folded[found.start : found.end]
        at = _name_behind(text) if _beside_phone(layout, found, behind=False) else None
        if at is None:
            continue
        slots.rest.remove(found)
        slots.rest.append(Found(layout.said(found.start, found.start + at), found.start, found.start + at))
        slots.people.append(Found(Person(text[at:]), found.start + at, found.end))
        return


def _name_behind(text: str) -> int | None:
    """
    Return where a sure name at the end of a text begins, so that at least two (before a short one three) are left.
    """
    if not _HAN_ONLY.fullmatch(text):
        return None
    for size, left in ((3, 2), (2, 3)):
        person = read_person(text[-size:]) if len(text) >= size + left else None
        placed = size == _FULL_NAME and 0 < leading_region(text) <= len(text) - size - 2
        if person and (person.sure or placed) and person.contact == text[-size:]:
            return len(text) - size
    return None


def settle_strangers(layout: Layout, slots: Slots, *, named: bool) -> None:
    """
    Move the first piece that can only be the contact from the left-overs to the people.
    """
    if slots.people or slots.latin or not (named or slots.names or len(slots.rest) > 1):
        return
    for only in (may_be_name, _is_short):
        for found in list(slots.rest):
            text = layout.folded[found.start : found.end]
            if (
                only(text)
                and _beside_phone(layout, found, behind=only is may_be_name)
                and (named or _leaves_a_name(slots, found))
            ):
                slots.rest.remove(found)
                slots.people.append(Found(Person(text, sure=False), found.start, found.end))
                return


def _is_short(text: str) -> bool:
    return (
        _HAN.fullmatch(text) is not None
        and len(text) <= 3
        and not text.endswith(_THING)
        and text not in NOT_NAMES
        and text not in REGION_NAMES
        and not is_industry(text)
    )


def _beside_phone(layout: Layout, found: Found[str], *, behind: bool) -> bool:
    return any(
        _is_gap(layout, found.end, phone.start) or (behind and _is_gap(layout, phone.end, found.start))
        for phone in layout.phones
    )


def _is_gap(layout: Layout, start: int, end: int) -> bool:
    return 0 <= end - start <= _NEAR and _BETWEEN.fullmatch(layout.folded, start, end) is not None


def _leaves_a_name(slots: Slots, found: Found[str]) -> bool:
    return bool(slots.names) or any(other.start < found.start for other in slots.rest if other is not found)

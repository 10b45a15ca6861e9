"""
Which of the names in a message is the customer: labelled, called the end customer, the surest, or a bare brand.
"""

import re
from typing import Final

from domain.text.announced import Value, of_slot
from domain.text.companies import Sureness, is_wordy, lead_in, leading_region, trailing_region
from domain.text.found import Found
from domain.text.needs import is_spoken
from domain.text.patterns import Pattern
from domain.text.people import read_person
from domain.text.pieces import Layout
from domain.text.slots import NameFound, Role, Slots

_BEHIND_BRAND: Final = Pattern(r"(?<=..)(?:的|那边的?|这边的?|他们家?的?|这家|那家)$")


def choose_name(layout: Layout, slots: Slots, values: list[Value]) -> NameFound | None:
    """
    Choose the customer: labelled, called the end customer, then the surest company that is no agent, then a brand.
    """
    labelled = [_labelled_name(layout, value) for value in of_slot(values, "name")]
    candidates = [one for one in labelled if one and not _is_person(one)] + [
        one for one in slots.names if one.role != "agent"
    ]
    brand = _brand(layout, slots, candidates, contact_told=bool(of_slot(values, "contact")))
    pool = [*candidates, *([brand] if brand else [])]
    if not pool:
        return None
    first_start = min(one.start for one in pool)
    return max(pool, key=lambda one: (one.role == "end", one.labelled, _weight(one, first_start), -one.start))


def _weight(name: NameFound, first_start: int) -> int:
    """
    A trade name counts less than a bare brand before it: 报备 云途 … 激光切割设备.
    """
    if name.sureness <= Sureness.TRADE:
        return 2 if name.start == first_start else 0
    return int(Sureness.LEGAL if name.sureness is Sureness.LEGAL else Sureness.PLACED)


def _is_person(name: NameFound) -> bool:
    person = read_person(name.text)
    return person is not None and person.sure and len(name.text) <= 3


def _labelled_name(layout: Layout, value: Value) -> NameFound | None:
    said = layout.said(value.start, value.end).strip(" ,;.。:\"'*|[]<>/")
    if not said:
        return None
    label = re.sub(r"\W", "", value.label)
    role: Role = "end" if re.search(r"终端|最终|实际|使用|业主|end", label, re.IGNORECASE) else "plain"
    return NameFound(said, value.start, value.end, Sureness.LEGAL, role, labelled=True)


def _brand(layout: Layout, slots: Slots, candidates: list[NameFound], *, contact_told: bool) -> NameFound | None:
    """
    Take an unplaced first piece as a bare brand (报备 云途 …), or the first of two possible persons (金蝶 李总).
    """
    if any(one.labelled or one.sureness > Sureness.TRADE for one in candidates):
        return None
    limit = min([len(layout.text), *(one.start for one in candidates)])
    named = sorted([*slots.rest, *slots.products], key=lambda found: found.start)
    rest = next((found for found in named if _may_be_brand(layout, found)), None)
    doubtful = [found for found in slots.people if not found.value.sure and not found.value.title]
    others = len(slots.people) + len(slots.latin)
    options = [rest] if rest else []
    options += [
        Found(layout.said(one.start, one.end), one.start, one.end) for one in doubtful if others > 1 or one.start <= 1
    ][:1]
    options += [
        Found(layout.said(one.start, one.end), one.start, one.end) for one in slots.latin if others > 1 or contact_told
    ][:1]
    if not options:
        return None
    best = min(options, key=lambda found: found.start)
    if best.start > limit:
        return None
    begin = best.start + lead_in(layout.folded[best.start : best.end])
    said = _BEHIND_BRAND.sub("", layout.folded[begin : best.end])
    placed = 0 < leading_region(said) <= len(said) - 2 or trailing_region(said)
    return NameFound(
        layout.said(begin, begin + len(said)), begin, best.end, Sureness.TRADE if placed else Sureness.BRAND
    )


def _may_be_brand(layout: Layout, found: Found[str]) -> bool:
    text = layout.folded[found.start : found.end]
    begin = lead_in(text)
    bare = _BEHIND_BRAND.sub("", text[begin:])
    if not 2 <= len(bare) <= 24 or is_wordy(bare) or not re.search(r"[A-Za-z\u4e00-\u9fff]", bare):
        return False
    return not is_spoken(bare)

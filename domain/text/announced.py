"""
The values that labels announce, cut out of the text, and the pieces that no label announces.
"""

import re
from dataclasses import dataclass
from typing import Final

from domain.text.companies import find_company
from domain.text.labels import LabelHit
from domain.text.patterns import Pattern
from domain.text.people import is_department, read_person, read_title
from domain.text.pieces import Layout, Piece, pieces

_VALUE_END: Final = Pattern(r"[;。|\n\x00\]]|,(?! ?(?:Ltd|Inc|LLC|China|Limited|Corp)\b)")
_FACTS: Final = Pattern(r"[^\n,;\x00]{0,8}\x00+(?:[ /、或者和;]{0,4}\x00+)*")


@dataclass(frozen=True, slots=True)
class Value:
    """
    The text a label announces.
    """

    slot: str
    label: str
    start: int
    end: int


def announced_values(layout: Layout) -> list[Value]:
    """
    Cut each label's value: short fields end at the first separator, a need reaches to the next label.
    """
    return [_value(layout, hit) for hit in layout.labels]


def _value(layout: Layout, hit: LabelHit) -> Value:
    start, until = hit.end, hit.until
    while start < until and layout.folded[start] in " \n|:":
        start += 1
    end = until
    if hit.slot in {"name", "contact", "title", "source", "region", "industry", "agent"}:
        found = _VALUE_END.search(layout.blanked, start, until)
        end = found.start() if found else until
        end = _first_token(layout, hit.slot, start, end)
    elif hit.slot in {"phone", "email", "amount"} and (fact := _FACTS.match(layout.blanked, start, until)):
        end = fact.end()
    elif hit.slot in {"ignored", "phone", "email", "amount"}:
        found = re.search(r"[;。|\n\]]|,(?!\d{3})", layout.folded[start:until])
        end = start + found.start() if found else until
    return Value(hit.slot, layout.folded[hit.start : hit.end], start, end)


def _first_token(layout: Layout, slot: str, start: int, end: int) -> int:
    """
    End a labelled name or person before a second thing written behind a space (云途科技 张伟).
    """
    parts = list(pieces(layout.blanked, start, end))
    if len(parts) < 2 or slot not in {"name", "contact", "agent"}:
        return end
    tail = layout.folded[parts[1].start : parts[1].end]
    if slot == "contact" and read_title(tail):
        return end
    if slot == "contact" and is_department(layout.folded[parts[0].start : parts[0].end]):
        return parts[1].end
    if slot == "contact" or read_person(tail) or find_company(layout.folded[parts[0].start : parts[0].end]):
        return parts[0].end
    return end


def free_pieces(layout: Layout, values: list[Value]) -> list[Piece]:
    """
    Return the pieces that no label announces, in order of the text.
    """
    free: list[Piece] = []
    at = 0
    for hit, value in zip(layout.labels, values, strict=True):
        free.extend(pieces(layout.blanked, at, hit.start))
        at = max(value.end, hit.end)
    free.extend(pieces(layout.blanked, at, len(layout.blanked)))
    return free


def of_slot(values: list[Value], slot: str) -> list[Value]:
    return [value for value in values if value.slot == slot]

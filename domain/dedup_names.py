"""
Two names side by side: the ways in which people say, shorten and mistake them.

Symmetric or, where the parameters say which is which, one-sided observations on names alone. Numbers, codes and the
sum of all observations are in `dedup_facts`.
"""

from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from domain.company_spelling import FIRST_SYLLABLE
from domain.data import lines, words

FIRST_SOUND: Final = chr(FIRST_SYLLABLE)
LAST_SOUND: Final = chr(FIRST_SYLLABLE + 999)
SHORT_BRAND: Final = 2
BARE_SIZE: Final = 4
INSTITUTION_ENDS: Final = frozenset("院校学局所处会园")
NUMBER_SIGNS: Final = frozenset("零一二三四五六七八九十百")


class Side(NamedTuple):
    """
    One party as the index stores it; `phones` are normalised and joined by spaces, "" means not known.

    A named tuple because the index makes one from each candidate row.
    """

    region: str
    core: str
    syllables: str
    brand: str
    industry: str
    form: str
    branch: str
    known: str
    house: str
    phones: str
    uscc: str
    contact: str


def differing_characters(a: str, b: str) -> tuple[tuple[str, str], ...]:
    """
    The pairs of characters in which two equally long texts differ, at most two; () for other texts.
    """
    if len(a) != len(b):
        return ()
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return tuple(pairs) if len(pairs) <= 2 else ()


def _grouped(groups: Iterable[str]) -> dict[str, str]:
    """
    For each character all characters it shares a group with.
    """
    found: dict[str, str] = {}
    for group in groups:
        for char in group:
            found[char] = found.get(char, "") + group
    return found


@cache
def _opposites() -> dict[str, str]:
    return _grouped(lines("opposites.txt"))


@cache
def _lookalikes() -> dict[str, str]:
    found = _grouped(words("lookalikes.txt"))
    for line in lines("glyphs.txt"):
        char, others = line.split("\t")
        found[char] = found.get(char, "") + others
        for other in others:
            found[other] = found.get(other, "") + char
    return found


def are_opposites(x: str, y: str) -> bool:
    """
    Whether two characters name different things on purpose: 东 and 南, 一 and 二.
    """
    return y in _opposites().get(x, "")


def look_alike(x: str, y: str) -> bool:
    """
    Whether a scanner or a hurried eye may take one character for the other.
    """
    return y in _lookalikes().get(x, "")


def has_swapped_character(a: Side, b: Side) -> bool:
    """
    Whether a character of a short brand, or of an institution, was replaced by one of other sound and shape.

    华联 and 华润 are two brands; nobody slips from one to the other. The names are equally long.
    """
    within = max(len(a.brand), len(b.brand))
    if len(a.syllables) != len(b.syllables) or (within > SHORT_BRAND and a.core[-1] not in INSTITUTION_ENDS):
        return False
    changed = [at for at in range(min(within, len(a.core))) if a.core[at] != b.core[at]]
    return bool(changed) and all(
        a.syllables[at] != b.syllables[at] and not look_alike(a.core[at], b.core[at]) for at in changed
    )


def speaks_of(short: Side, long: Side) -> bool:
    """
    Whether one name is only a few characters of the other, as people say it in a chat: 大疆, 迈瑞医疗.
    """
    if short.region or short.branch or not 1 < len(short.core) <= BARE_SIZE:
        return False
    if long.syllables.startswith(short.syllables):
        return True
    if len(short.core) > 2 and short.core in long.core:
        return bool(short.brand)
    rest = iter(long.core)
    return len(short.brand) > 1 and short.core[:2] == long.core[:2] and all(char in rest for char in short.core)


def numbers_in(core: str) -> str:
    return "".join(char for char in core if char in NUMBER_SIGNS)


def has_initials(a: Side, b: Side) -> bool:
    """
    Whether one name is the place's first character and characters of the other name: 哈电 and 哈尔滨电气, 杭氧.
    """
    return _are_initials(a, b) or _are_initials(b, a)


def _are_initials(short: Side, long: Side) -> bool:
    if short.region or not long.region or not 1 < len(short.core) < 4:
        return False
    place = long.region.rsplit("/", 1)[-1]
    if short.core[0] != place[0]:
        return False
    rest = iter(long.core.removeprefix(place))
    return short.form in {"", "group"} and all(char in rest for char in short.core[1:])


def said_whole(side: Side) -> str:
    """
    Place, name and branch in one, as a person says them.
    """
    place = side.region.rsplit("/", 1)[-1]
    return place + side.core.removeprefix("中国").removeprefix(place) + side.branch


def contracts(x: str, y: str) -> bool:
    """
    Whether one text is a contraction of the other, of each word at least a character: 浙江工业大学, 浙工大.
    """
    short, long = (x, y) if len(x) < len(y) else (y, x)
    if len(short) < 2 or len(short) == len(long) or short[0] != long[0] or long.startswith(short):
        return False
    if len(short) == 2:
        return len(long) == 4 and short == long[::2]
    return _skips_single_characters(short, long)


def _skips_single_characters(short: str, long: str) -> bool:
    at = 0
    for char in short:
        at = long.find(char, at, at + 2) + 1
        if not at:
            return False
    return len(long) - at <= 1


def names_institution_of(a: str, b: str) -> bool:
    """
    Whether one name is the tail of the other after 附属: 中山医院, 复旦大学附属中山医院.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return len(short) > 3 and short[-1] in INSTITUTION_ENDS and long.endswith(("附属" + short, "大学" + short))


def is_institution(side: Side) -> bool:
    """
    Whether the name is that of a hospital, school, office or bank, which are named alike all over the country.
    """
    return side.core[-1:] in INSTITUTION_ENDS or side.core.endswith("银行")


def is_romanised(core: str) -> bool:
    """
    Whether only the sound of the name is known, because it was typed in pinyin.
    """
    return FIRST_SOUND <= core[:1] <= LAST_SOUND


def is_part(inner: str, outer: str) -> bool:
    """
    Whether one name, said whole, is that of a part of an institution: 温州医科大学附属第一医院 of 温州医科大学.
    """
    return len(inner) > len(outer) > 3 and outer[-1] in INSTITUTION_ENDS and inner.startswith(outer)


def are_spoken_alike(a: Side, b: Side) -> bool:
    """
    Whether one name begins with the other's place unread: 德化佳美陶瓷 of 德化县, or misspelt: 杭洲微光电子.
    """
    short, long = (a, b) if len(a.core) <= len(b.core) else (b, a)
    if long.region or not short.region or not long.syllables.endswith(short.syllables):
        return False
    place, head = short.region.rsplit("/", 1)[-1], long.core[: len(long.core) - len(short.core)]
    return len(head) == len(place) and sum(x == y for x, y in zip(head, place, strict=True)) * 2 >= len(place)

"""
What two names and their numbers have in common and where they part: the facts behind every verdict.

Facts are observations without weight. The scorer turns them into a number, the rules of `dedup` into a relation
and reasons. Symmetric throughout: `facts(a, b)` equals `facts(b, a)`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, Indel

from domain.data import lines, words

SHORT_BRAND: Final = 2
"""Two characters tell most enterprises from each other, also at the head of a longer brand (海天塑机)."""
BARE_SIZE: Final = 4
INSTITUTION_ENDS: Final = frozenset("院校学局所处会")
ENTERPRISES: Final = frozenset({"", "company", "group"})
NUMBER_SIGNS: Final = frozenset("零一二三四五六七八九十百")
EDITS_SEEN: Final = 3
"""Edit distances above 2 say no more than that the texts differ."""


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


class Agreement(StrEnum):
    """
    How two values of a part of the name stand to each other.
    """

    SAME = "same"
    SOUND = "sound"
    NEAR = "near"
    NESTED = "nested"
    ONE_SILENT = "one_silent"
    BOTH_SILENT = "both_silent"
    DIFFERS = "differs"


class PhoneMatch(StrEnum):
    """
    What the telephone numbers of two parties share, the strongest first.
    """

    MOBILE = "mobile"
    LANDLINE = "landline"
    EXTENSION_DIFFERS = "extension_differs"
    ONE_DIGIT = "one_digit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """
    The observations on one pair; sizes in syllables, similarities 0 to 1.
    """

    core_equal: bool
    hanzi: float
    sound: float
    edits: int
    hanzi_edits: int
    longer: int
    shorter: int
    starts_alike: bool
    ends_alike: bool
    reordered: bool
    brand: Agreement
    brand_sound: float
    brand_size: int
    brand_plain: float
    industry: Agreement
    region: Agreement
    branch: Agreement
    form_differs: bool
    group_differs: bool
    opposite: bool
    numbers_differ: bool
    both_numbered: bool
    swapped: bool
    lookalike: bool
    known: Agreement
    same_house: bool
    bare: bool
    abbreviation: bool
    institution_tail: bool
    spoken_alike: bool
    part_of: bool
    phone: PhoneMatch
    contact: bool
    uscc: Agreement


def facts(a: Side, b: Side) -> Facts:
    """
    Everything observed on a pair.
    """
    sizes = (len(a.syllables), len(b.syllables))
    short, long = (a.syllables, b.syllables) if sizes[0] <= sizes[1] else (b.syllables, a.syllables)
    core_equal = a.core == b.core
    edits = 0 if a.syllables == b.syllables else OSA.distance(a.syllables, b.syllables, score_cutoff=EDITS_SEEN - 1)
    hanzi_edits = 0 if core_equal else OSA.distance(a.core, b.core, score_cutoff=EDITS_SEEN - 1)
    differing = () if core_equal else differing_characters(a.core, b.core)
    brand_sound = _brand_sound(a, b)
    return Facts(
        core_equal=core_equal,
        hanzi=1.0 if core_equal else Indel.normalized_similarity(a.core, b.core),
        sound=1.0 if edits == 0 else Indel.normalized_similarity(a.syllables, b.syllables),
        edits=edits,
        hanzi_edits=hanzi_edits,
        longer=len(long),
        shorter=len(short),
        starts_alike=len(short) > 1 and long.startswith(short),
        ends_alike=len(short) > 3 and long.endswith(short),
        reordered=edits > 0 and len(short) > 2 and sorted(short) == sorted(long),
        brand=_brand(a, b, brand_sound),
        brand_sound=brand_sound,
        brand_size=min(len(a.brand), len(b.brand)),
        brand_plain=_plainness(a.brand if len(a.brand) <= len(b.brand) else b.brand),
        industry=_industry(a.industry, b.industry),
        region=region_agreement(a.region, b.region),
        branch=_agreement(a.branch, b.branch),
        form_differs=_form_differs(a.form, b.form),
        group_differs={a.form, b.form} == {"group", "company"},
        opposite=_opposite(differing),
        numbers_differ=not core_equal and _numbers(a.core) != _numbers(b.core),
        both_numbered=not (NUMBER_SIGNS.isdisjoint(a.core) or NUMBER_SIGNS.isdisjoint(b.core)),
        swapped=_swapped(a, b, differing),
        lookalike=len(differing) == 1 and look_alike(*differing[0]),
        known=_known(a, b),
        same_house=bool(a.house) and a.house == b.house,
        bare=_speaks_of(a, b) or _speaks_of(b, a),
        abbreviation=_abbreviates(a, b),
        institution_tail=_names_institution_of(a.core, b.core),
        spoken_alike=_spoken_alike(a, b),
        part_of=_is_part(a, b) or _is_part(b, a),
        phone=phone_match(a.phones, b.phones),
        contact=bool(a.contact) and a.contact == b.contact,
        uscc=_agreement(a.uscc, b.uscc),
    )


def _agreement(a: str, b: str) -> Agreement:
    if a == b:
        return Agreement.SAME if a else Agreement.BOTH_SILENT
    return Agreement.DIFFERS if a and b else Agreement.ONE_SILENT


def region_agreement(a: str, b: str) -> Agreement:
    """
    How two region paths stand to each other; 浙江 and 浙江/杭州 are nested.
    """
    if a == b or not a or not b:
        return _agreement(a, b)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    nested = long.startswith(short + "/") or long.endswith("/" + short)
    return Agreement.NESTED if nested else Agreement.DIFFERS


def _brand_sound(a: Side, b: Side) -> float:
    """
    How alike the brands sound; a brand without a counterpart is held against the start of the other core.
    """
    if not a.brand or not b.brand:
        return 0.0
    mine, yours = a.syllables[: len(a.brand)], b.syllables[: len(b.brand)]
    return 1.0 if mine == yours else Indel.normalized_similarity(mine, yours)


def _brand(a: Side, b: Side, alike: float) -> Agreement:
    if not a.brand or not b.brand:
        return Agreement.ONE_SILENT if a.brand or b.brand else Agreement.BOTH_SILENT
    if a.brand == b.brand:
        return Agreement.SAME
    if alike == 1.0:
        return Agreement.SOUND
    return Agreement.NEAR if alike >= 0.5 else Agreement.DIFFERS


def _industry(a: str, b: str) -> Agreement:
    if a == b or not a or not b:
        return _agreement(a, b)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if short in long or sum(char in long for char in short) * 2 >= len(short) + 1:
        return Agreement.NEAR
    return Agreement.DIFFERS


def _form_differs(a: str, b: str) -> bool:
    kinds = {"company" if form == "group" else form for form in (a, b) if form}
    return len(kinds) > 1


@cache
def _blessings() -> frozenset[str]:
    return frozenset("".join(words("blessings.txt")))


def _plainness(brand: str) -> float:
    """
    The share of lucky characters; 1 for a brand that points at nobody, 0 for one that few would choose.
    """
    return sum(char in _blessings() for char in brand) / len(brand) if brand else 1.0


def differing_characters(a: str, b: str) -> tuple[tuple[str, str], ...]:
    """
    The pairs of characters in which two equally long texts differ, at most two; () for other texts.
    """
    if len(a) != len(b):
        return ()
    pairs = tuple((x, y) for x, y in zip(a, b, strict=True) if x != y)
    return pairs if len(pairs) <= 2 else ()


@cache
def _opposites() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line) for line in lines("opposites.txt"))


@cache
def _lookalikes() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group) for group in words("lookalikes.txt"))


def _opposite(pairs: tuple[tuple[str, str], ...]) -> bool:
    return any(x in group and y in group for x, y in pairs for group in _opposites())


@cache
def _glyphs() -> dict[str, str]:
    return dict(line.split("\t") for line in lines("glyphs.txt"))


def look_alike(x: str, y: str) -> bool:
    """
    Whether a scanner or a hurried eye may take one character for the other.
    """
    if y in _glyphs().get(x, "") or x in _glyphs().get(y, ""):
        return True
    return any(x in group and y in group for group in _lookalikes())


def _swapped(a: Side, b: Side, pairs: tuple[tuple[str, str], ...]) -> bool:
    """
    Whether a character of a short brand, or of an institution, was replaced by one of other sound and shape.

    华联 and 华润 are two brands; nobody slips from one to the other.
    """
    if not pairs or len(a.syllables) != len(b.syllables):
        return False
    changed = [at for at, (x, y) in enumerate(zip(a.core, b.core, strict=True)) if x != y]
    within = max(len(a.brand), len(b.brand))
    telling = within <= SHORT_BRAND or a.core[-1] in INSTITUTION_ENDS or min(changed) < SHORT_BRAND
    meant = all(
        a.syllables[at] != b.syllables[at] and not look_alike(a.core[at], b.core[at]) for at in changed if at < within
    )
    return telling and meant and any(at < within for at in changed)


def _known(a: Side, b: Side) -> Agreement:
    """
    Whether a well-known enterprise is meant on both sides; one side may carry its brand in a longer name.
    """
    if a.known and b.known:
        return Agreement.SAME if a.known == b.known else Agreement.DIFFERS
    for said, longer in ((a, b), (b, a)):
        if said.known and said.known == longer.house and longer.form in ENTERPRISES:
            return Agreement.SAME
    return Agreement.BOTH_SILENT


def _speaks_of(short: Side, long: Side) -> bool:
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


def _numbers(core: str) -> str:
    return "".join(char for char in core if char in NUMBER_SIGNS)


def _abbreviates(a: Side, b: Side) -> bool:
    """
    Whether one name is a contraction of the other, of each word at least a character: 浙江工业大学, 浙工大.
    """
    return (
        _contracts(a.core, b.core) or _contracts(_said_whole(a), _said_whole(b)) or _initials(a, b) or _initials(b, a)
    )


def _initials(short: Side, long: Side) -> bool:
    """
    Whether one name is the place's first character and characters of the other name: 哈电 and 哈尔滨电气, 杭氧.
    """
    place = long.region.rsplit("/", 1)[-1]
    if not place or short.region or not 1 < len(short.core) < 4 or short.core[0] != place[0]:
        return False
    rest = iter(long.core.removeprefix(place))
    return short.form in {"", "group"} and all(char in rest for char in short.core[1:])


def _said_whole(side: Side) -> str:
    place = side.region.rsplit("/", 1)[-1]
    return place + side.core.removeprefix("中国").removeprefix(place) + side.branch


def _contracts(x: str, y: str) -> bool:
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


def _names_institution_of(a: str, b: str) -> bool:
    """
    Whether one name is the tail of the other after 附属: 中山医院, 复旦大学附属中山医院.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return len(short) > 3 and short[-1] in INSTITUTION_ENDS and long.endswith(("附属" + short, "大学" + short))


def _is_part(part: Side, whole: Side) -> bool:
    """
    Whether one name is that of a part of an institution: 温州医科大学附属第一医院 of 温州医科大学.
    """
    inner, outer = _said_whole(part), _said_whole(whole)
    return len(inner) > len(outer) > 3 and outer[-1] in INSTITUTION_ENDS and inner.startswith(outer)


def _spoken_alike(a: Side, b: Side) -> bool:
    """
    Whether one name begins with the other's place unread: 德化佳美陶瓷 of 德化县, or misspelt: 杭洲微光电子.
    """
    short, long = (a, b) if len(a.core) <= len(b.core) else (b, a)
    if long.region or not short.region or not long.syllables.endswith(short.syllables):
        return False
    place, head = short.region.rsplit("/", 1)[-1], long.core[: len(long.core) - len(short.core)]
    return len(head) == len(place) and sum(x == y for x, y in zip(head, place, strict=True)) * 2 >= len(place)


def phone_match(a: str, b: str) -> PhoneMatch:
    """
    The strongest thing two lists of numbers share.
    """
    if not a or not b:
        return PhoneMatch.NONE
    found = {_one_phone(x, y) for x in a.split() for y in b.split()}
    return next(match for match in PhoneMatch if match in found)


def _one_phone(a: str, b: str) -> PhoneMatch:
    if a == b:
        return PhoneMatch.LANDLINE if a[0] == "0" or len(a) < 11 else PhoneMatch.MOBILE
    trunk_a, _, extension_a = a.partition("-")
    trunk_b, _, extension_b = b.partition("-")
    if trunk_a == trunk_b or _same_without_area(trunk_a, trunk_b):
        both = bool(extension_a and extension_b)
        return PhoneMatch.EXTENSION_DIFFERS if both and extension_a != extension_b else PhoneMatch.LANDLINE
    near = len(trunk_a) == len(trunk_b) > 10 and OSA.distance(trunk_a, trunk_b, score_cutoff=1) == 1
    return PhoneMatch.ONE_DIGIT if near else PhoneMatch.NONE


def _same_without_area(a: str, b: str) -> bool:
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return len(short) in {7, 8} and long[0] == "0" and long.endswith(short) and len(long) - len(short) in {3, 4}

"""
What two names and their numbers have in common and where they part: the facts behind every verdict.

Facts are observations without weight. The scorer turns them into a number, the rules of `dedup` into a relation
and reasons. Symmetric throughout: `facts(a, b)` equals `facts(b, a)`.
"""

from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA, Indel

from domain.data import words
from domain.dedup_names import (
    NUMBER_SIGNS,
    Side,
    are_opposites,
    are_spoken_alike,
    contracts,
    differing_characters,
    has_initials,
    has_swapped_character,
    is_institution,
    is_part,
    is_romanised,
    look_alike,
    names_institution_of,
    numbers_in,
    said_whole,
    speaks_of,
)
from domain.dedup_phones import PhoneMatch, phone_match

ENTERPRISES: Final = frozenset({"", "company", "group"})
EDITS_SEEN: Final = 3
"""Edit distances above 2 say no more than that the texts differ."""


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


# A check asks hundreds of times, and before Python 3.12 reading a member off its class took half a microsecond.
SAME: Final = Agreement.SAME
SOUND: Final = Agreement.SOUND
NEAR: Final = Agreement.NEAR
NESTED: Final = Agreement.NESTED
ONE_SILENT: Final = Agreement.ONE_SILENT
BOTH_SILENT: Final = Agreement.BOTH_SILENT
DIFFERS: Final = Agreement.DIFFERS


class Facts(NamedTuple):
    """
    The observations on one pair; sizes in syllables, similarities 0 to 1.

    A named tuple because a check makes dozens.
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
    institutions: bool
    romanised: bool
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
    differing = differing_characters(a.core, b.core) if 0 < hanzi_edits < EDITS_SEEN else ()
    numbered_a, numbered_b = not NUMBER_SIGNS.isdisjoint(a.core), not NUMBER_SIGNS.isdisjoint(b.core)
    whole_a, whole_b = said_whole(a), said_whole(b)
    reordered = edits > 0 and len(short) == len(long) > 2 and sorted(short) == sorted(long)
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
        reordered=reordered,
        brand=_brand(a, b, brand_sound),
        brand_sound=brand_sound,
        brand_size=min(len(a.brand), len(b.brand)),
        brand_plain=_plainness(a.brand if len(a.brand) <= len(b.brand) else b.brand),
        industry=_industry(a.industry, b.industry),
        region=region_agreement(a.region, b.region),
        branch=_agreement(a.branch, b.branch),
        form_differs=_form_differs(a.form, b.form),
        group_differs=a.form != b.form and {a.form, b.form} == {"group", "company"},
        opposite=bool(differing) and any(are_opposites(x, y) for x, y in differing),
        numbers_differ=(numbered_a or numbered_b) and not core_equal and numbers_in(a.core) != numbers_in(b.core),
        both_numbered=numbered_a and numbered_b,
        swapped=bool(differing) and not reordered and has_swapped_character(a, b),
        lookalike=len(differing) == 1 and look_alike(*differing[0]),
        known=_known(a, b),
        same_house=bool(a.house) and a.house == b.house,
        bare=speaks_of(a, b) or speaks_of(b, a),
        abbreviation=contracts(a.core, b.core) or contracts(whole_a, whole_b) or has_initials(a, b),
        institution_tail=names_institution_of(a.core, b.core),
        spoken_alike=are_spoken_alike(a, b),
        part_of=is_part(whole_a, whole_b) or is_part(whole_b, whole_a),
        institutions=is_institution(a) and is_institution(b),
        romanised=is_romanised(a.core) or is_romanised(b.core),
        phone=phone_match(a.phones, b.phones),
        contact=bool(a.contact) and a.contact == b.contact,
        uscc=_agreement(a.uscc, b.uscc),
    )


def _agreement(a: str, b: str) -> Agreement:
    if a == b:
        return SAME if a else BOTH_SILENT
    return DIFFERS if a and b else ONE_SILENT


def region_agreement(a: str, b: str) -> Agreement:
    """
    How two region paths stand to each other; 浙江 and 浙江/杭州 are nested.
    """
    if a == b or not a or not b:
        return _agreement(a, b)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    nested = long.startswith(short + "/") or long.endswith("/" + short)
    return NESTED if nested else DIFFERS


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
        return ONE_SILENT if a.brand or b.brand else BOTH_SILENT
    if a.brand == b.brand:
        return SAME
    if alike == 1.0:
        return SOUND
    return NEAR if alike >= 0.5 else DIFFERS


def _industry(a: str, b: str) -> Agreement:
    if a == b or not a or not b:
        return _agreement(a, b)
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if short in long or sum(char in long for char in short) * 2 >= len(short) + 1:
        return NEAR
    return DIFFERS


def _form_differs(a: str, b: str) -> bool:
    if a == b or not a or not b:
        return False
    return {a, b} != {"group", "company"}


@cache
def _blessings() -> frozenset[str]:
    return frozenset("".join(words("blessings.txt")))


def _plainness(brand: str) -> float:
    """
    The share of lucky characters; 1 for a brand that points at nobody, 0 for one that few would choose.
    """
    return sum(map(_blessings().__contains__, brand)) / len(brand) if brand else 1.0


def _known(a: Side, b: Side) -> Agreement:
    """
    Whether a well-known enterprise is meant on both sides; one side may carry its brand in a longer name.
    """
    if not a.known and not b.known:
        return BOTH_SILENT
    if a.known and b.known:
        return SAME if a.known == b.known else DIFFERS
    for said, longer in ((a, b), (b, a)):
        if said.known and said.known == longer.house and longer.form in ENTERPRISES:
            return SAME
    return BOTH_SILENT

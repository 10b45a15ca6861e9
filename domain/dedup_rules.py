"""
From facts and score to a verdict: what the two parties are to each other, and how sure the check is.

The rules here hold whatever the training data say; everything between them is left to the score.
"""

from enum import StrEnum
from typing import Final

from domain.dedup_facts import BOTH_SILENT, DIFFERS, ONE_SILENT, SAME, SOUND, Facts
from domain.dedup_names import Side
from domain.dedup_phones import ONE_DIGIT, WHOLE_NUMBER
from domain.dedup_profile import name_key, names_someone
from domain.dedup_scorer import Weights

PLAIN: Final = 0.99
TELLING_SIZE: Final = 2
"""A brand of more characters points at somebody, whatever the characters."""
TELLING_SHARE: Final = 10
"""A telling name needs this part of the score only: enough that not several others bear it."""
LIKE_SOUND: Final = 0.7
UNLIKE_SOUND: Final = 0.5


class Level(StrEnum):
    """
    How sure the check is, from none to certain; `rank` orders them.
    """

    NONE = "none"
    POSSIBLE = "possible"
    PROBABLE = "probable"
    CERTAIN = "certain"

    @property
    def rank(self) -> int:
        """
        Greater is surer.
        """
        return RANKS[self]


RANKS: Final = {level: rank for rank, level in enumerate(Level)}


class Relation(StrEnum):
    """
    What two parties are to each other.
    """

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


class Kinship(StrEnum):
    """
    Why names that are alike belong to two parties all the same.
    """

    NUMBERED = "numbered"
    OTHER_BRANCH = "other_branch"
    BRANCH = "branch"
    PART = "part"
    GROUP = "group"
    TRADE = "trade"
    PLACE = "place"
    UNDERTAKING = "undertaking"
    OTHER_ENTERPRISE = "other_enterprise"
    OTHER_BRAND = "other_brand"


NO_CASE: Final = frozenset({Level.NONE, Level.POSSIBLE})
ONE_FAMILY: Final = frozenset({Kinship.BRANCH, Kinship.OTHER_BRANCH, Kinship.GROUP, Kinship.PART})
TWO_NAMES: Final = frozenset({Kinship.NUMBERED, Kinship.OTHER_ENTERPRISE})
ALIKE_ON_PURPOSE: Final = TWO_NAMES | {Kinship.OTHER_BRANCH, Kinship.OTHER_BRAND}
OTHER_CIRCUMSTANCES: Final = frozenset({Kinship.PLACE, Kinship.TRADE, Kinship.UNDERTAKING})


def decide(a: Side, b: Side, seen: Facts, likelihood: float, model: Weights) -> tuple[Relation, Level]:
    """
    The verdict on one pair.
    """
    if seen.uscc is SAME:
        return Relation.SAME, Level.CERTAIN
    kin = kinship(a, b, seen)
    if is_certain(a, b, seen, kin):
        return Relation.SAME, Level.CERTAIN
    level = _capped(_graded(seen, likelihood, model), seen, kin)
    return _relation(seen, level, kin), level


def kinship(a: Side, b: Side, seen: Facts) -> Kinship | None:
    """
    The rule that tells two parties of like names apart, if there is one.
    """
    if seen.known is DIFFERS:
        return Kinship.OTHER_ENTERPRISE
    if seen.part_of:
        return Kinship.PART
    if is_numbered_apart(a, b, seen):
        return Kinship.NUMBERED
    if _is_other_brand(seen):
        return Kinship.OTHER_BRAND
    return _kinship_of_like(seen) if alike(seen) else _kinship_of_brand(seen)


def _is_other_brand(seen: Facts) -> bool:
    """
    Whether a short brand or an institution differs in a way that nobody slips into.
    """
    if seen.abbreviation or seen.institution_tail or seen.known is SAME:
        return False
    return seen.swapped or (seen.institutions and seen.edits > 0 and not seen.lookalike and not seen.spoken_alike)


def _kinship_of_brand(seen: Facts) -> Kinship | None:
    return Kinship.TRADE if _same_brand(seen) and seen.industry is DIFFERS else None


def _kinship_of_like(seen: Facts) -> Kinship | None:
    if seen.branch is DIFFERS:
        return Kinship.OTHER_BRANCH
    if seen.branch is ONE_SILENT and not seen.abbreviation:
        return Kinship.BRANCH
    if seen.region is DIFFERS:
        return Kinship.PLACE
    if seen.industry is DIFFERS and seen.known is not SAME:
        return Kinship.TRADE
    if seen.group_differs:
        return Kinship.GROUP
    return Kinship.UNDERTAKING if seen.form_differs else None


def is_numbered_apart(a: Side, b: Side, seen: Facts) -> bool:
    """
    Whether a number or an opposite tells the two apart: 第一/第二, 一局/四局, 东方/西方, 人民医院/第一人民医院.
    """
    if seen.opposite:
        return True
    if not seen.numbers_differ or seen.sound < UNLIKE_SOUND:
        return False
    return seen.both_numbered or "第" in a.core + b.core or not (a.brand and b.brand)


def alike(seen: Facts) -> bool:
    """
    Whether the names could be spellings of one name, place and branch aside.
    """
    return (
        seen.edits == 0
        or (seen.edits == 1 and seen.longer > 2)
        or seen.starts_alike
        or seen.ends_alike
        or seen.reordered
        or seen.sound >= LIKE_SOUND
        or seen.known is SAME
        or seen.abbreviation
    )


def is_certain(a: Side, b: Side, seen: Facts, kin: Kinship | None) -> bool:
    """
    The same full name, place and branch, or the same phone with a like name.
    """
    if seen.uscc is DIFFERS:
        return False
    if seen.core_equal and name_key(a) == name_key(b) and names_someone(a):
        return True
    return phone_equal(seen) and kin is None and alike(seen)


def phone_equal(seen: Facts) -> bool:
    """
    Whether a whole number is shared.
    """
    return seen.phone in WHOLE_NUMBER


def _same_brand(seen: Facts) -> bool:
    return seen.brand in {SAME, SOUND}


def _graded(seen: Facts, likelihood: float, model: Weights) -> Level:
    if phone_equal(seen) or likelihood >= model.probable or _is_telling_name(seen, likelihood, model):
        return Level.PROBABLE
    if seen.known is SAME or seen.abbreviation or likelihood >= model.possible:
        return Level.POSSIBLE
    return Level.NONE


def _is_telling_name(seen: Facts, likelihood: float, model: Weights) -> bool:
    """
    Whether the names alone make one company probable, in ways of speaking that the training data do not have.
    """
    if seen.region is DIFFERS:
        return False
    if seen.known is SAME or seen.abbreviation:
        return True
    if seen.edits == 0 and seen.region in {SAME, BOTH_SILENT}:
        return seen.longer > 1
    if seen.region is SAME and (seen.lookalike or (seen.reordered and seen.edits == 1)):
        return True
    telling = seen.brand_plain < PLAIN or seen.brand_size > TELLING_SIZE
    if telling and (seen.bare or seen.core_equal) and likelihood * TELLING_SHARE >= model.probable:
        return True
    return seen.institution_tail or seen.spoken_alike or (seen.romanised and seen.edits == 0)


def _capped(level: Level, seen: Facts, kin: Kinship | None) -> Level:
    """
    Names that are alike on purpose are a note, unless a shared phone asks for a human.
    """
    if level in NO_CASE or (phone_equal(seen) and seen.uscc is not DIFFERS):
        return level
    near = seen.phone is ONE_DIGIT or seen.contact
    apart = kin in ALIKE_ON_PURPOSE and not (kin is Kinship.OTHER_BRAND and near)
    return Level.POSSIBLE if apart or seen.uscc is DIFFERS else level


def _relation(seen: Facts, level: Level, kin: Kinship | None) -> Relation:
    if kin in ONE_FAMILY:
        return Relation.RELATED
    if kin in TWO_NAMES:
        return Relation.DIFFERENT
    unsure = level in NO_CASE or phone_equal(seen)
    if unsure and kin is Kinship.OTHER_BRAND:
        return Relation.DIFFERENT
    if seen.same_house and kin is not None:
        return Relation.RELATED
    if unsure and kin in OTHER_CIRCUMSTANCES:
        telling = seen.brand_plain < PLAIN or seen.brand_size > 2
        return Relation.RELATED if _same_brand(seen) and telling else Relation.DIFFERENT
    if phone_equal(seen) and not alike(seen) and not _same_brand(seen):
        return Relation.DIFFERENT
    return Relation.DIFFERENT if level in NO_CASE else Relation.SAME

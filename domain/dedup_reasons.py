"""
Why a verdict is what it is: reason codes with the values that the sentences of `cards/dedup.py` show.

The table of codes is in the docstring of `domain.dedup`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.company_spelling import readable
from domain.dedup_facts import Agreement, Facts
from domain.dedup_names import Side, differing_characters
from domain.dedup_phones import PhoneMatch
from domain.dedup_profile import name_key, names_someone
from domain.dedup_rules import Kinship, alike

TELLS_ALL: Final = frozenset({Kinship.NUMBERED, Kinship.OTHER_ENTERPRISE, Kinship.PART})
PHONE_CODES: Final = {
    PhoneMatch.MOBILE: "phone_equal",
    PhoneMatch.LANDLINE: "landline_equal",
    PhoneMatch.EXTENSION_DIFFERS: "extension_differs",
    PhoneMatch.ONE_DIGIT: "phone_one_digit",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """
    One thing that speaks for or against two parties being one.
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


def reasons(a: Side, b: Side, seen: Facts, kin: Kinship | None) -> tuple[Reason, ...]:
    """
    What was seen, the strongest first.
    """
    names = [] if kin in TELLS_ALL else [*_name_reasons(a, b, seen)]
    numbers = [*_code_reasons(seen), *_phone_reasons(seen)]
    found = (*numbers, *names, *_kinship_reasons(a, b, kin), *_place_reasons(a, b, seen, kin))
    return tuple(_spelled(reason) for reason in found) if seen.romanised else found


def _spelled(reason: Reason) -> Reason:
    return Reason(reason.code, {name: readable(value) for name, value in reason.values.items()})


def _code_reasons(seen: Facts) -> Iterator[Reason]:
    if seen.uscc is Agreement.SAME:
        yield Reason("uscc_equal")
    if seen.uscc is Agreement.DIFFERS:
        yield Reason("uscc_differs")


def _name_reasons(a: Side, b: Side, seen: Facts) -> Iterator[Reason]:
    both = {"a": a.core, "b": b.core}
    if seen.core_equal and name_key(a) == name_key(b) and names_someone(a):
        yield Reason("full_name_equal", {"name": a.core})
    elif seen.core_equal:
        yield Reason("core_equal", {"core": a.core})
    elif seen.known is Agreement.SAME:
        yield Reason("known_alias", {"name": a.known})
    elif seen.edits == 0:
        yield Reason("core_homophone", _differing_words(a, b))
    elif seen.lookalike:
        yield Reason("core_lookalike", _differing_words(a, b))
    elif seen.reordered:
        yield Reason("reordered", both)
    elif seen.starts_alike or seen.ends_alike or seen.abbreviation or seen.institution_tail or seen.bare:
        short, long = sorted((a.core, b.core), key=len)
        yield Reason("short_name", {"short": short, "long": long})
    elif seen.hanzi_edits == 1 or seen.edits == 1:
        yield Reason("core_one_char", _differing_words(a, b))
    elif alike(seen):
        yield Reason("core_similar", both)


def _differing_words(a: Side, b: Side) -> dict[str, str]:
    """
    The brands where only they differ (云图/云途), else the whole cores.
    """
    if a.industry == b.industry and a.brand and b.brand:
        return {"a": a.brand, "b": b.brand}
    if a.brand == b.brand and a.industry and b.industry and differing_characters(a.core, b.core):
        return {"a": a.industry, "b": b.industry}
    return {"a": a.core, "b": b.core}


def _phone_reasons(seen: Facts) -> Iterator[Reason]:
    if seen.phone is not PhoneMatch.NONE:
        yield Reason(PHONE_CODES[seen.phone])
    if seen.contact:
        yield Reason("contact_equal")


def _kinship_reasons(a: Side, b: Side, kin: Kinship | None) -> Iterator[Reason]:
    match kin:
        case Kinship.NUMBERED:
            yield Reason("number_differs", {"a": a.core, "b": b.core})
        case Kinship.OTHER_BRANCH:
            yield Reason("same_brand_other_branch", {"a": a.branch, "b": b.branch})
        case Kinship.BRANCH:
            yield Reason("branch_of", {"branch": a.branch or b.branch})
        case Kinship.PART:
            whole, part = sorted((a, b), key=lambda side: len(side.core))
            yield Reason("part_of", {"whole": whole.core, "part": part.core})
        case Kinship.GROUP:
            yield Reason("group_of", {"group": (a if a.form == "group" else b).core})
        case Kinship.TRADE:
            yield Reason("industry_differs", {"a": a.industry, "b": b.industry})
        case Kinship.UNDERTAKING:
            yield Reason("form_differs", {"a": a.form, "b": b.form})
        case Kinship.OTHER_ENTERPRISE:
            yield Reason("other_enterprise", {"a": a.known, "b": b.known})
        case Kinship.PLACE | Kinship.OTHER_BRAND | None:
            pass


def _place_reasons(a: Side, b: Side, seen: Facts, kin: Kinship | None) -> Iterator[Reason]:
    if kin in {Kinship.TRADE, Kinship.PLACE} and seen.brand is Agreement.SAME:
        yield Reason("same_brand", {"brand": a.brand})
    if seen.region is Agreement.DIFFERS:
        yield Reason("region_differs", {"a": _place(a), "b": _place(b)})
    elif seen.region is Agreement.ONE_SILENT and alike(seen):
        yield Reason("region_missing", {"region": _place(a) or _place(b)})


def _place(side: Side) -> str:
    return side.region.rsplit("/", 1)[-1]

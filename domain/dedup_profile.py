"""
A party made ready for comparison: its names taken apart, its numbers in one form.

What the profile is made from is what a registration knows; how two profiles compare belongs to `dedup`.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from domain.company_name import CompanyName, Normaliser, default_normaliser
from domain.dedup_names import Side

USCC_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
NAME_KEY_SYLLABLES: Final = 3
"""A core shorter than this names nobody without a region (宏达)."""


@dataclass(frozen=True, slots=True)
class Party:
    """
    What is known of a customer or a registration, as people wrote it.
    """

    name: str
    phones: tuple[str, ...] = ()
    region: str | None = None
    uscc: str | None = None
    email: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """
    A party in the form that is compared and indexed; `sides` has one entry a name, the current name first.
    """

    name: CompanyName
    sides: tuple[Side, ...]
    phones: tuple[str, ...]
    uscc: str


class UniqueKey(NamedTuple):
    """
    A value that only one live customer may have.
    """

    kind: Literal["uscc", "name"]
    value: str


def profile(party: Party, normaliser: Normaliser | None = None) -> Profile:
    """
    The profile of a party; training passes a normaliser with fewer words.
    """
    reader = normaliser or default_normaliser()
    name = reader.normalise(party.name)
    if party.region and not name.region:
        place = reader.read_region(party.region, 0)
        name = replace(name, region=place[0] if place else "")
    phones = tuple(dict.fromkeys(phone for phone in map(dedup_phone, party.phones) if phone))
    uscc = credit_code(party.uscc or "")
    contact = re.sub(r"\s", "", party.contact or "")
    names = (name, *(reader.normalise(former) for former in name.former))
    sides = tuple(_side(each, phones, uscc, contact) for each in names)
    return Profile(name=name, sides=sides, phones=phones, uscc=uscc)


def _side(name: CompanyName, phones: tuple[str, ...], uscc: str, contact: str) -> Side:
    return Side(
        region=name.region,
        core=name.core,
        syllables=name.syllables,
        brand=name.brand,
        industry=name.industry,
        form=name.form,
        branch=name.branch,
        known=name.known,
        house=name.house,
        phones=" ".join(phones),
        uscc=uscc,
        contact=contact,
    )


def unique_keys(subject: Profile, disambiguator: str = "") -> tuple[UniqueKey, ...]:
    """
    The keys that only one live customer may hold; a ruling's disambiguator lets a second one in under its name.
    """
    keys = [UniqueKey("uscc", subject.uscc)] if subject.uscc else []
    if names_someone(subject.sides[0]):
        keys.append(UniqueKey("name", name_key(subject.sides[0], disambiguator)))
    return tuple(keys)


def names_someone(side: Side) -> bool:
    """
    Whether a name alone is enough to say who is meant: 杭州宏达 and 宏达科技 are, 宏达 and 第一人民医院 are not.
    """
    if side.region:
        return len(side.core) > 1
    return len(side.syllables) > NAME_KEY_SYLLABLES and bool(side.brand)


def name_key(side: Side, disambiguator: str = "") -> str:
    """
    The whole identity a name gives: core, place, branch, and whether it is the group or another undertaking.
    """
    kind = "" if side.form == "company" else side.form
    return f"{side.core}|{side.region}|{side.branch}|{kind}|{disambiguator}"


def credit_code(text: str) -> str:
    """
    The unified social credit code (统一社会信用代码) in upper case, "" when its check character is wrong.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != 18 or any(sign not in USCC_SIGNS for sign in code):
        return ""
    total = sum(USCC_SIGNS.index(sign) * weight for sign, weight in zip(code, USCC_WEIGHTS, strict=False))
    return code if USCC_SIGNS[-total % 31] == code[-1] else ""


_EXTENSION: Final = re.compile(r"(?:转|分机号?|ext\.?|x|#|,|;)\s*(\d{1,6})\D*$")
_LANDLINE: Final = re.compile(r"(0(?:10|2\d|[3-9]\d\d))(\d{7,8})(\d{0,6})")


def dedup_phone(text: str) -> str:
    """
    One form of a number: 13800001111, 057188886666, with an extension 057188886666-801; "" when it is no number.
    """
    lowered = unicodedata.normalize("NFKC", text).lower()
    extension = _EXTENSION.search(lowered)
    trunk = lowered[: extension.start()] if extension else lowered
    digits = _without_country(re.sub(r"\D", "", trunk))
    tail = extension[1] if extension else ""
    landline = _LANDLINE.fullmatch(digits)
    if landline:
        digits, tail = landline[1] + landline[2], tail or landline[3]
    if len(digits) < 7:
        return ""
    return f"{digits}-{tail}" if tail else digits


def _without_country(digits: str) -> str:
    digits = digits.removeprefix("00")
    if digits.startswith("86") and len(digits) > 11:
        digits = digits[2:]
        return digits if digits[0] == "0" or (len(digits) == 11 and digits[0] == "1") else "0" + digits
    if len(digits) == 12 and digits.startswith("01") and digits[2] in "3456789":
        return digits[1:]
    return digits

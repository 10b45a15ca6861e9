"""
What the telephone numbers of two parties share.

Numbers come normalised by `dedup_profile.dedup_phone` and joined by spaces, as the index stores them.
"""

from enum import StrEnum
from typing import Final

from rapidfuzz.distance import OSA

MARK: Final = 5
LONG_NUMBER: Final = 11


class PhoneMatch(StrEnum):
    """
    What the telephone numbers of two parties share, the strongest first.
    """

    MOBILE = "mobile"
    LANDLINE = "landline"
    EXTENSION_DIFFERS = "extension_differs"
    ONE_DIGIT = "one_digit"
    NONE = "none"


STRENGTH: Final = {match: rank for rank, match in enumerate(PhoneMatch)}
NO_PHONE: Final = PhoneMatch.NONE
ONE_DIGIT: Final = PhoneMatch.ONE_DIGIT
WHOLE_NUMBER: Final = frozenset({PhoneMatch.MOBILE, PhoneMatch.LANDLINE})


def phone_match(a: str, b: str) -> PhoneMatch:
    """
    The strongest thing two lists of numbers share.
    """
    if not a or not b:
        return NO_PHONE
    if " " not in a and " " not in b:
        return _one_phone(a, b)
    return min((_one_phone(x, y) for x in a.split() for y in b.split()), key=STRENGTH.__getitem__)


def phone_marks(phones: str) -> tuple[str, ...]:
    """
    Pieces of the numbers, one of which stands in every list that shares something with them.

    One slip leaves the first or the last digits of a number as they were, so a look for these spares hundreds of
    candidates the comparison digit by digit.
    """
    trunks = [number.partition("-")[0] for number in phones.split()]
    heads = (trunk[: len(trunk) // 2] for trunk in trunks if len(trunk) >= LONG_NUMBER)
    return tuple(dict.fromkeys((*(trunk[-MARK:] for trunk in trunks), *heads)))


def _one_phone(a: str, b: str) -> PhoneMatch:
    if a == b:
        return PhoneMatch.LANDLINE if a[0] == "0" or len(a) < LONG_NUMBER else PhoneMatch.MOBILE
    trunk_a, _, extension_a = a.partition("-")
    trunk_b, _, extension_b = b.partition("-")
    if trunk_a == trunk_b or _same_without_area(trunk_a, trunk_b):
        both = bool(extension_a and extension_b)
        return PhoneMatch.EXTENSION_DIFFERS if both and extension_a != extension_b else PhoneMatch.LANDLINE
    near = len(trunk_a) == len(trunk_b) >= LONG_NUMBER and OSA.distance(trunk_a, trunk_b, score_cutoff=1) == 1
    return ONE_DIGIT if near else NO_PHONE


def _same_without_area(a: str, b: str) -> bool:
    if len(a) == len(b):
        return False
    short, long = (a, b) if len(a) < len(b) else (b, a)
    return len(short) in {7, 8} and long[0] == "0" and long.endswith(short) and len(long) - len(short) in {3, 4}

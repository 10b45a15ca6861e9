"""
Search keys of the duplicate index: two spellings of one company share at least one of them.

A key is a signed 32-bit hash, so that both databases hold it in their smallest integer. The keys stand for the
core's syllables whole, with one left out, cut to a prefix, and sorted; the same with the region to split keys that
thousands share; and for the phone numbers whole and in parts. Which candidates deserve the name duplicate is
decided by `dedup`, not here.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

from domain.dedup_names import Side
from domain.dedup_profile import Profile

CORE: Final = 0
PREFIX: Final = 1
REGION_PREFIX: Final = 2
SORTED: Final = 3
PHONE: Final = 4
PHONE_PART: Final = 5
REGION_CORE: Final = 6
KNOWN: Final = 7
CREDIT_CODE: Final = 8
REGION_DELETIONS: Final = 3
HEADLESS: Final = (2, 3)
SIGN: Final = 1 << 31


def search_keys(profile: Profile) -> tuple[int, ...]:
    """
    The keys under which a party is stored and looked up, without repetition.
    """
    return keys_of(profile.sides)


def keys_of(sides: Sequence[Side]) -> tuple[int, ...]:
    """
    The keys of a party's names; the phones are the same on every side.
    """
    texts = [pair for side in sides for pair in _name_keys(side)]
    texts += [pair for phone in sides[0].phones.split() for pair in _phone_keys(phone)]
    texts += [(CREDIT_CODE, sides[0].uscc)] if sides[0].uscc else []
    return tuple(dict.fromkeys(_hash(kind, text) for kind, text in texts))


def _hash(kind: int, text: str) -> int:
    value = crc32(text.encode("utf-8", "surrogatepass"), kind * 0x9E3779B1 & 0xFFFFFFFF)
    return value - (1 << 32) if value >= SIGN else value


def _name_keys(side: Side) -> Iterator[tuple[int, str]]:
    sound = side.syllables
    if not sound:
        return
    size = len(sound)
    place = region_of_key(side.region)
    shortened = [sound[:at] + sound[at + 1 :] for at in range(size)] if size > 2 else []
    yield CORE, sound
    yield from ((CORE, text) for text in shortened)
    yield from ((PREFIX, sound[:cut]) for cut in (2, 4) if cut < size or cut == size == 2)
    if place:
        yield from ((REGION_CORE, place + text) for text in shortened[:REGION_DELETIONS] or sound)
        yield from ((REGION_PREFIX, place + sound[:cut]) for cut in (2, 3) if size >= cut)
    elif size > 4:
        yield from ((CORE, sound[cut:]) for cut in HEADLESS)
    if size > 2:
        yield SORTED, "".join(sorted(sound))
    if side.house:
        yield KNOWN, side.house


def region_of_key(path: str) -> str:
    """
    The region as keys know it: the prefecture, so that 杭州 and 杭州余杭 meet.
    """
    return "/".join(path.split("/")[:2])


def _phone_keys(phone: str) -> Iterator[tuple[int, str]]:
    trunk = phone.partition("-")[0]
    yield PHONE, trunk
    if len(trunk) == 11 and trunk[0] == "1":
        yield from ((PHONE_PART, text) for text in (trunk[:7], trunk[3:], trunk[:3] + trunk[7:]))
    elif trunk[0] == "0":
        yield PHONE, trunk[-8:]
        yield PHONE, trunk[-7:]

"""
People in a message: a full name, or what people are called (张总, 王工), and the title beside it.

The contact keeps what the message says: with a full name the title is split off (采购经理张伟 is 张伟 and 采购经理;
张伟先生 is 张伟); called by surname, the form of address stays (采购部陈主任 is 陈主任, without a title).
"""

import re
from dataclasses import dataclass
from typing import Final

from domain.text.data.people import (
    ADDRESS_SUFFIXES,
    COMMON_GIVEN,
    COMPOUND_SURNAMES,
    NOT_NAMES,
    POLITE_SUFFIXES,
    SURNAMES,
    TIBETAN_PARTS,
    TITLE_HEADS,
    TITLE_MODIFIERS,
)
from domain.text.regions import REGION_NAMES


@dataclass(frozen=True, slots=True)
class Person:
    """
    A contact as the message calls them; `sure` is False for a rare combination that only might be a name.
    """

    contact: str | None
    title: str | None = None
    sure: bool = True


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_SURNAME: Final = rf"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])"
_HEAD: Final = _any(TITLE_HEADS)
_UNIT: Final = r"[\u4e00-\u9fff]{1,6}?(?:部|科|处|室|中心|办公室|办|系|车间)"
_TITLE: Final = rf"(?:{_UNIT})?(?:(?:{_any(TITLE_MODIFIERS)})[ /&]?){{0,4}}(?:{_HEAD})(?:兼(?:{_HEAD}))?"
_LONG_HEAD: Final = (
    "经理|总监|主任|主管|处长|科长|部长|院长|工程师|负责人|专员|助理|厂长|校长|局长|所长|店长|总裁|董事长"
)
_TITLE_ONLY: Final = re.compile(rf"{_TITLE}(?:[/&、兼 ]{{1,2}}{_TITLE})?", re.IGNORECASE)
_BEFORE_NAME: Final = (
    rf"(?:(?P<before>{_TITLE})|(?P<department>{_UNIT}|(?:{_any(TITLE_MODIFIERS)})+(?:部|科|处|室|中心|"
    rf"办公室|办|院|所)?))?[ 的是叫为:]{{0,3}}"
)
_CALLED: Final = re.compile(
    rf"{_BEFORE_NAME}(?P<called>(?:[老小大阿]{_SURNAME}(?:总|工)?|{_SURNAME}(?:{_any(ADDRESS_SUFFIXES)})))"
    rf"(?:[( ,/]{{1,2}}(?P<after>{_TITLE})\)?)?",
    re.IGNORECASE,
)
_FULL: Final = re.compile(
    rf"{_BEFORE_NAME}(?P<full>{_SURNAME}[\u4e00-\u9fff]{{1,2}}?)(?:{_any(POLITE_SUFFIXES)})?"
    rf"(?:[( ,/\-]{{0,2}}(?P<after>{_TITLE})\)?)?(?:{_any(POLITE_SUFFIXES)})?",
    re.IGNORECASE,
)
_STRANGER: Final = re.compile(
    rf"(?:{_UNIT})?(?P<called>(?![的是了在他她它我你们这那有和及与副正总个])[\u4e00-\u9fff](?:{_LONG_HEAD}))"
)
_TIBETAN: Final = re.compile(rf"(?:{_any(TIBETAN_PARTS)}){{2}}(?P<after>{_TITLE})?")
_DOTTED: Final = re.compile(r"(?P<full>[\u4e00-\u9fff]{2,6}[·•][\u4e00-\u9fff]{2,8})")
_LATIN_WORD: Final = r"(?:[A-Z][a-z]{1,14}|[A-Z]\.)"
_LATIN: Final = re.compile(
    rf"(?P<full>(?:(?:Mr|Mrs|Ms|Miss|"
    rf"Dr)\.? ?)?{_LATIN_WORD}(?: {_LATIN_WORD}){{0,2}}(?:[ (]{{0,2}}{_SURNAME}[\u4e00-\u9fff]{{0,2}}\)?)?)"
    rf"(?:[(, /]{{1,3}}(?P<after>{_TITLE})\)?)?"
)
_DEPARTMENT: Final = re.compile(
    rf"(?:{_any(TITLE_MODIFIERS)}){{1,3}}(?:部门?|科|处|室|中心|办公室|组)|(?:采购|财务|行政|人事|技术|"
    rf"生产|设备)部?|供应链|[\u4e00-\u9fff]{{2,6}}(?:部|科|处|办公室|车间|事业部)"
)
_COURTESY: Final = re.compile(r"(?<=.)(?:先生|女士|小姐|同志)$")


def read_title(text: str) -> str | None:
    """
    Return the text when it is wholly a title.
    """
    bare = text.strip(" ()[]")
    return bare if _TITLE_ONLY.fullmatch(bare) else None


def read_loose_title(text: str) -> str | None:
    """
    Return a short text that ends like a title and is nobody's name (大客户经理).
    """
    if re.search(r"[的是他们有]|客户(?!经理)", text):
        return None
    return text if re.fullmatch(rf"[\u4e00-\u9fffA-Za-z]{{2,8}}(?:{_LONG_HEAD})", text) else None


def is_department(text: str) -> bool:
    """
    Say whether a text is wholly a department (采购部), which no field holds.
    """
    return _DEPARTMENT.fullmatch(text) is not None


def read_person(text: str) -> Person | None:
    """
    Read a folded piece that is wholly a person, with or without a title.
    """
    bare = text.strip(" ()[]\"'")
    if not bare or bare in NOT_NAMES or bare in REGION_NAMES:
        return None
    if called := _CALLED.fullmatch(bare):
        return Person(called["called"], called["after"] or called["before"])
    if (full := _FULL.fullmatch(bare)) and full["full"][:2] not in NOT_NAMES and full["full"] not in REGION_NAMES:
        return Person(full["full"], full["after"] or full["before"], sure=_common(full["full"]))
    if (stranger := _STRANGER.fullmatch(bare)) and not read_title(bare):
        return Person(stranger["called"])
    if tibetan := _TIBETAN.fullmatch(bare):
        return Person(bare, tibetan["after"])
    if dotted := _DOTTED.fullmatch(bare):
        return Person(dotted["full"])
    return None


def read_latin_person(text: str) -> Person | None:
    """
    Read a piece that is wholly a name in Latin letters (Kevin Zhang); alone it may as well be a brand.
    """
    match = _LATIN.fullmatch(text.strip(" ()[]"))
    return Person(match["full"], match["after"], sure=" " in match["full"]) if match else None


def person_prefix(text: str) -> tuple[Person, int] | None:
    """
    Read a person at the beginning of running text; the longest reading with a common name wins.
    """
    best: tuple[Person, int] | None = None
    for size in range(min(16, len(text)), 1, -1):
        if text[size - 1] in " ,:":
            continue
        person = read_person(text[:size])
        if person and person.sure:
            return person, size
        best = best or ((person, size) if person else None)
    return best


def courteous(contact: str) -> str:
    """
    Drop 先生 or 女士 behind a full name; 张先生 stays, because nothing else is known of him.
    """
    bare = _COURTESY.sub("", contact)
    return bare if len(bare) > 1 and bare not in COMPOUND_SURNAMES else contact


def _common(name: str) -> bool:
    given = name[2:] if name[:2] in COMPOUND_SURNAMES else name[1:]
    return all(one in COMMON_GIVEN for one in given)

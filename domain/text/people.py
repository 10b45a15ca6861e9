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
    RARE_SURNAMES,
    SURNAMES,
    TIBETAN_PARTS,
    TITLE_HEADS,
    TITLE_MODIFIERS,
    TRANSLITERATED,
)
from domain.text.patterns import Pattern
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
_UNIT: Final = r"[\u4e00-\u9fff]{1,6}?(?:部|科|处|室|中心|办公室|办|系|车间)"
_LATIN_HEADS: Final = "Manager|Director|President|Engineer|Supervisor|Buyer|Specialist|Officer|Leader|Head"
_MODIFIER: Final = _any(TITLE_MODIFIERS)
_TITLE: Final = Pattern(
    rf"(?:{_UNIT})?(?:(?:{_MODIFIER})[ /&]?){{0,4}}(?:{_any(TITLE_HEADS)}|"
    rf"[\u4e00-\u9fff]{{2}}员)|(?-i:(?:[A-Z][A-Za-z&]{{0,15}} ){{1,3}}(?:{_LATIN_HEADS}))",
    re.IGNORECASE,
)
_NO_TITLES: Final = frozenset("负责人 采购负责人 项目负责人 联系人".split())
_TITLE_HERE: Final = Pattern(rf"(?:(?:{_MODIFIER})(?:部|科|处|室|中心)?){{0,3}}(?:{_any(TITLE_HEADS)})", re.IGNORECASE)
_DEPARTMENT: Final = Pattern(
    rf"(?:{_MODIFIER}){{1,3}}(?P<suffix>部门?|科|处|室|中心|办公室|办|院|所|组)?|{_UNIT}|"
    rf"[\u4e00-\u9fff]{{2,6}}事业部",
    re.IGNORECASE,
)
_BARE_DEPARTMENTS: Final = frozenset("采购 财务 行政 人事 技术 生产 设备 供应链".split())
_LONGEST_DEPARTMENT: Final = 4
_LONG_HEAD: Final = (
    "经理|总监|主任|主管|处长|科长|部长|院长|工程师|负责人|专员|助理|厂长|校长|局长|所长|店长|总裁|董事长"
)
_TITLE_JOINT: Final = Pattern(r"[/&、兼 ]{1,2}")
_BETWEEN: Final = " 的是叫为:"
_CALLED: Final = Pattern(rf"[老小大阿]{_SURNAME}[总工]?|{_SURNAME}(?:{_any(ADDRESS_SUFFIXES)})")
_FAMILY: Final = Pattern(_SURNAME)
_POLITE: Final = Pattern(_any(POLITE_SUFFIXES))
_AFTER: Final = Pattern(r"[( ,/\-]{0,2}(?P<title>[^()]{1,16})\)?")
_STRANGER: Final = Pattern(
    rf"(?:{_UNIT})?(?P<called>(?![的是了在他她它我你们这那有和及与副正总个])[\u4e00-\u9fff](?:{_LONG_HEAD}|"
    rf"老师|老板|小姐|先生|女士|博士|书记|(?<![汇老副财营销运行共])总|"
    rf"(?<![加施员职手木电化军重民分罢开完竣特住建精华理农林船航兵核石轻矿焊钳车铆漆钢])工))"
)
_TIBETAN: Final = Pattern(rf"(?P<full>(?:{_any(TIBETAN_PARTS)}){{2}})")
_DOTTED: Final = Pattern(r"(?P<full>[\u4e00-\u9fff]{2,6}[·•][\u4e00-\u9fff]{2,8})")
_REGION: Final = rf"(?:{'|'.join(sorted(REGION_NAMES))}|中国)"
_LATIN_WORD: Final = r"(?:[A-Z][a-z]{1,14}|[A-Z]\.)"
_LATIN: Final = Pattern(
    rf"(?P<full>(?:(?:Mr|Mrs|Ms|Miss|Dr)\.? ?)?{_LATIN_WORD}(?: {_LATIN_WORD}){{0,2}}"
    rf"(?:[ (]{{0,2}}(?!{_REGION}){_SURNAME}[\u4e00-\u9fff]{{0,2}}\)?)?)"
)
_POLITE_END: Final = Pattern(r"(?<=..)(?:先生|女士)$")
_HAN: Final = Pattern(r"[\u4e00-\u9fff]+")
_LONGEST: Final = 24
_COURTESY: Final = Pattern(r"(?<=.)(?:先生|女士|小姐|同志)$")


def read_title(text: str) -> str | None:
    """
    Return the text when it is wholly a title, or two of them (总经理兼技术总监).
    """
    bare = text.strip(" ()[]")
    parts = _TITLE_JOINT.split(bare, maxsplit=1)
    whole = _TITLE.fullmatch(bare) is not None
    return bare if whole or (len(parts) == 2 and all(map(_TITLE.fullmatch, parts))) else None


def called_by_title(label: str) -> str | None:
    """
    Return the title that stands as a label before a name (工程部经理：简阳).
    """
    bare = label.strip(" :*[]")
    return None if bare in _NO_TITLES else read_title(bare)


def may_be_name(text: str) -> bool:
    """
    Say whether a text has the letters of a name: a surname before, given characters behind, or a foreign one spelled.
    """
    if not _HAN.fullmatch(text) or not 2 <= len(text) <= 9 or text in NOT_NAMES or text in REGION_NAMES:
        return False
    if len(text) >= 3 and all(one in TRANSLITERATED for one in text):
        return True
    if text[:2] in COMPOUND_SURNAMES:
        return len(text) <= 4
    family = text[0] in SURNAMES or text[0] in RARE_SURNAMES
    given = all(one in COMMON_GIVEN for one in text[1:])
    return (len(text) == 3 and (family or given)) or (len(text) == 2 and family)


def title_at(text: str, start: int) -> int | None:
    """
    Return where a title that begins here ends: with the words before it (IT部经理), never in the middle of one.
    """
    match = _TITLE_HERE.match(text, start)
    return match.end() if match else None


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
    match = _DEPARTMENT.fullmatch(text)
    bare_words = match is not None and match["suffix"] is None and text[-1] not in "部科处室心办系间"
    if re.fullmatch(r".*(?<!办公)(?<!科)室", text):
        return False
    if len(text) > _LONGEST_DEPARTMENT and any(
        text.startswith(place) for place in (text[:2], text[:3]) if place in REGION_NAMES
    ):
        return False
    return text in _BARE_DEPARTMENTS or (match is not None and not bare_words)


def read_person(text: str) -> Person | None:
    """
    Read a folded piece that is wholly a person, with or without a title.
    """
    bare = text.strip(" ()[]\"'")
    if not 2 <= len(bare) <= _LONGEST or bare in NOT_NAMES or bare in REGION_NAMES:
        return None
    title = _TITLE.match(bare)
    department = _DEPARTMENT.match(bare)
    fronts = [(None, 0), (title.group() if title else None, title.end() if title else 0)]
    fronts.append((None, department.end() if department else 0))
    for reader in (_read_called, _read_full):
        for before, end in fronts:
            person = reader(bare[end:].lstrip(_BETWEEN), before)
            if person:
                return person
    return _read_other(bare)


def _read_called(rest: str, before: str | None) -> Person | None:
    called = _CALLED.match(rest)
    if not called:
        return None
    after = rest[called.end() :]
    title = _title_behind(after) if after else None
    return Person(called.group(), title or before) if not after or (title and after[0] in "( ,/") else None


def _read_full(rest: str, before: str | None) -> Person | None:
    family = _FAMILY.match(rest)
    if not family:
        return None
    for size in (family.end() + 1, family.end() + 2):
        name, after = rest[:size], rest[size:]
        if len(name) < size or not _HAN.fullmatch(name) or name[:2] in NOT_NAMES or name in REGION_NAMES:
            continue
        polite = _POLITE.match(after)
        after = after[polite.end() :] if polite else after
        title = _title_behind(after) if after else None
        if title or not after:
            return Person(name, title or before, sure=_common(name))
    return None


def _title_behind(text: str) -> str | None:
    match = _AFTER.fullmatch(text)
    title = _POLITE_END.sub("", match["title"]) if match else ""
    return title if _TITLE.fullmatch(title) else None


def _read_other(bare: str) -> Person | None:
    """
    Read a rare surname with a long title, a Tibetan or a dotted name.
    """
    if (stranger := _STRANGER.fullmatch(bare)) and not read_title(bare):
        return Person(stranger["called"])
    for pattern in (_TIBETAN, _DOTTED):
        match = pattern.match(bare)
        title = _title_behind(bare[match.end() :]) if match and match.end() < len(bare) else None
        if match and (title or match.end() == len(bare)):
            return Person(match["full"], title)
    return None


def read_latin_person(text: str) -> Person | None:
    """
    Read a piece that is wholly a name in Latin letters (Kevin Zhang); alone it may as well be a brand.
    """
    bare = text.strip(" ()[]")
    match = _LATIN.match(bare)
    if not match:
        return None
    after = bare[match.end() :]
    title = _title_behind(after) if after else None
    return Person(match["full"], title, sure=" " in match["full"]) if title or not after else None


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

"""
Firms known only by who works there: a name that ends in nothing telling, with a title or a person glued behind it.

厦门金龙旅行车IT部经理苏文彬, 老干妈的陶小姐. What closes a name by itself is in `companies`.
"""

import re
from typing import Final

from domain.text.companies import CompanyFound, Sureness, lead_in, leading_region
from domain.text.data.people import ADDRESS_SUFFIXES, RARE_SURNAMES, SURNAMES
from domain.text.people import person_prefix, read_person, title_at

_BRAND: Final = re.compile(r"[\u4e00-\u9fffA-Za-z0-9()&·]{2,16}")
_NO_BRAND: Final = re.compile(
    r"^[和与跟]|[的是在给说要有了过来去到会让请把被]|我们|你们|他们|这[个家边]|那[个家边]|对方|客户|"
    r"公司|单位|联系|"
    r"电话|今天|昨天|明天|负责|新来|原来|现任|前任|姓名|自己|朋友"
)
_CALLED: Final = re.compile(
    rf"(?<=...)(?P<family>[{''.join(sorted(SURNAMES | RARE_SURNAMES))}])(?:{'|'.join(ADDRESS_SUFFIXES)})$"
)
_ANYBODY: Final = re.compile(
    r"(?<=....)(?:(?![加施员职手木电化军重民分罢开完竣特住建精华理农林船航兵核石轻矿])[\u4e00-\u9fff]工|(?![汇老副财营])[\u4e00-\u9fff]总)$"
)
_LONGEST: Final = 40


def find_employer(text: str) -> CompanyFound | None:
    """
    Return the name in front of a title or in front of 的 and a person; only a placed name needs no person.
    """
    if len(text) > _LONGEST:
        return None
    start = lead_in(text)
    return _before_of(text, start) or _before_title(text, start) or _before_called(text, start)


def _before_of(text: str, start: int) -> CompanyFound | None:
    joint = text.find("的", start)
    if joint < 0 or not _is_brand(text[start:joint]):
        return None
    person = person_prefix(text[joint + 1 :])
    if not person or not (person[0].sure or read_person(text[joint + 1 :])):
        return None
    return CompanyFound(start, joint, _sureness(text[start:joint]))


def _before_title(text: str, start: int) -> CompanyFound | None:
    for at in range(start + 2, len(text) - 1):
        end = title_at(text, at)
        brand = text[start:at]
        if end is None or not _is_brand(brand):
            continue
        person = person_prefix(text[end:].lstrip(" :"))
        if person or (end == len(text) and leading_region(brand)):
            return CompanyFound(start, at, _sureness(brand))
    return None


def _before_called(text: str, start: int) -> CompanyFound | None:
    """
    Read a brand before who is called by surname at the end: 新希望六和暴总, 襄阳东风康明斯来工.
    """
    called = _CALLED.search(text, start) or (_ANYBODY.search(text, start) if leading_region(text[start:]) else None)
    if not called or not _is_brand(text[start : called.start()]):
        return None
    return CompanyFound(start, called.start(), _sureness(text[start : called.start()]))


def _is_brand(text: str) -> bool:
    return _BRAND.fullmatch(text) is not None and _NO_BRAND.search(text) is None and read_person(text) is None


def _sureness(brand: str) -> Sureness:
    return Sureness.PLACED if 0 < leading_region(brand) <= len(brand) - 2 else Sureness.TRADE

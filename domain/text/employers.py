"""
Firms known only by who works there: a name that ends in nothing telling, with a title or a person glued behind it.

厦门金龙旅行车IT部经理苏文彬, 老干妈的陶小姐. What closes a name by itself is in `companies`.
"""

from typing import Final

from domain.text.companies import CompanyFound, Sureness, lead_in, leading_region
from domain.text.data.people import ADDRESS_SUFFIXES, RARE_SURNAMES, SURNAMES
from domain.text.patterns import Pattern
from domain.text.people import person_prefix, read_person, title_at

_BRAND: Final = Pattern(r"[\u4e00-\u9fffA-Za-z0-9()&·]{2,16}")
_NO_BRAND: Final = Pattern(
    r"^[和与跟]|[的是在给说要有了过来去到会让请把被]|我们|你们|他们|这[个家边]|那[个家边]|对方|客户|"
    r"公司|单位|联系|"
    r"电话|今天|昨天|明天|负责|新来|原来|现任|前任|姓名|自己|朋友"
)
_FOLLOWING: Final = r"(?=$|今天|昨天|早上|上午|下午|刚|打|来|说|想|要|找|问|的|电话|手机|微信|咨询|[(,:])"
_FAMILIES: Final = "".join(sorted(SURNAMES | RARE_SURNAMES))
_CALLED: Final = Pattern(rf"(?<=...)(?P<family>[{_FAMILIES}])(?:{'|'.join(ADDRESS_SUFFIXES)}){_FOLLOWING}")
_ANYBODY: Final = Pattern(
    rf"(?<=....)(?:(?![加施员职手木电化军重民分罢开完竣特住建精华理农林船航兵核石轻矿焊钳车铆漆钢])[\u4e00-\u9fff]工|(?![汇老副财营])[\u4e00-\u9fff]总){_FOLLOWING}"
)
_LONGEST_MODIFIER: Final = 4
_FULL_NAME: Final = 3
_LONGEST: Final = 40


def find_employer(text: str) -> CompanyFound | None:
    """
    Return the name in front of a title or in front of 的 and a person; only a placed name needs no person.
    """
    if len(text) > _LONGEST:
        return None
    start = lead_in(text)
    readers = (_before_of, _before_called, _before_title, _before_full)
    return next((found for reader in readers if (found := reader(text, start))), None)


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
    before = range(max(start, called.start() - _LONGEST_MODIFIER), called.start())
    if any(title_at(text, at) == called.end() for at in before):
        return None
    return CompanyFound(start, called.start(), _sureness(text[start : called.start()]))


def _before_full(text: str, start: int) -> CompanyFound | None:
    """
    Read a placed brand before a full name of three ordinary characters: 邯郸新兴铸管郭士进.
    """
    at = len(text) - _FULL_NAME
    brand, name = text[start:at], text[at:]
    placed = 0 < leading_region(brand) <= len(brand) - 2
    person = read_person(name) if placed and _is_brand(brand) else None
    return CompanyFound(start, at, Sureness.PLACED) if person and person.sure and person.contact == name else None


def _is_brand(text: str) -> bool:
    return _BRAND.fullmatch(text) is not None and _NO_BRAND.search(text) is None and read_person(text) is None


def _sureness(brand: str) -> Sureness:
    return Sureness.PLACED if 0 < leading_region(brand) <= len(brand) - 2 else Sureness.TRADE

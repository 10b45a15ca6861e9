"""
What the pieces of a message say: each piece goes through the recognisers and fills candidate slots.

Nothing is chosen here; `registration` decides between the candidates.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from domain.text.addresses import read_region
from domain.text.companies import CompanyFound, Sureness, find_company, leading_region
from domain.text.contacts import find_contact
from domain.text.data.labels import AGENT_WORDS, END_CUSTOMER_WORDS
from domain.text.employers import find_employer
from domain.text.fillers import FILLER, TAIL_LABELS, TAIL_PARTICLES
from domain.text.found import Found
from domain.text.patterns import Pattern
from domain.text.people import (
    Person,
    is_department,
    read_latin_person,
    read_loose_title,
    read_person,
    read_title,
)
from domain.text.pieces import BLANK, Layout, Piece
from domain.text.regions import REGION_NAMES, canonical_region
from domain.text.vocabulary import find_industry, find_need, find_source, is_product, read_industry, read_source

Role = Literal["end", "agent", "plain"]


@dataclass(frozen=True, slots=True)
class NameFound:
    """
    A candidate for the customer's name; `role` says whether the text calls it the end customer or the agent.
    """

    text: str
    start: int
    end: int
    sureness: Sureness
    role: Role = "plain"
    labelled: bool = False


@dataclass(slots=True)
class Slots:
    """
    The candidates found so far, each list in order of the text.
    """

    names: list[NameFound] = field(default_factory=list)
    people: list[Found[Person]] = field(default_factory=list)
    latin: list[Found[Person]] = field(default_factory=list)
    titles: list[Found[str]] = field(default_factory=list)
    sources: list[Found[str]] = field(default_factory=list)
    regions: list[Found[str]] = field(default_factory=list)
    industries: list[Found[str]] = field(default_factory=list)
    needs: list[Found[str]] = field(default_factory=list)
    products: list[Found[str]] = field(default_factory=list)
    rest: list[Found[str]] = field(default_factory=list)


_END_CUSTOMER: Final = Pattern(rf"(?:{'|'.join(END_CUSTOMER_WORDS)})(?:单位|名称)?[是为叫:]{{0,2}}")
_AGENT: Final = Pattern(rf"(?:{'|'.join(AGENT_WORDS)})(?:公司|是|为|叫|:){{0,2}}")
_AGENT_BEHIND: Final = Pattern(
    rf"^[( ]{{0,2}}(?:是|为)?(?:我们的|这边的)?(?:{'|'.join(AGENT_WORDS)})|"
    rf"^(?:[\u4e00-\u9fff]{{0,3}})(?:推荐|介绍|引荐|报过来|报上来|报备|报|转|带)(?:过?来)?的"
)
_END_BEHIND: Final = Pattern(rf"^[( ]{{0,2}}(?:是|为)?(?:{'|'.join(END_CUSTOMER_WORDS)})\)?")
_CALLED_SO: Final = Pattern(r"(?:名字?|客户|公司)?(?:叫做?|名为)$")
_CALLED_NAME: Final = Pattern(
    r"(?:[\u4e00-\u9fff]{0,3}(?:名字?|客户|公司|单位|对方|店名))?(?:叫做?(?![号料车醒])|"
    r"名为)(?P<name>[\u4e00-\u9fffA-Za-z0-9()]{2,20})"
)
_SURNAME_ONLY: Final = Pattern(r"[\u4e00-\u9fff]{0,4}姓[\u4e00-\u9fff]{1,2}的?")
_SURNAMED: Final = Pattern(r"(?P<title>[\u4e00-\u9fff]{2,3})姓(?P<family>[\u4e00-\u9fff])(?<!联系人姓.)(?<!对接人姓.)")
_PLACED_AHEAD: Final = Pattern(r"\(?(?P<place>[^()]{2,6})\)(?P<rest>.+)")
_BRACKETED: Final = Pattern(r"(?P<who>[^()]{2,8})\((?P<where>[^()]{3,30})\)")
_PLACE_OF_SOURCE: Final = Pattern(r"(?:是|由|通过|经)?(?P<place>[\u4e00-\u9fff]{2,3})$")
_HEADLINE: Final = Pattern(
    r"(?:新|客户|公司|企业|单位|基本|联系人?|采购|需求|报备|项目|设备|商机|意向|名片|识别|结果|填写|"
    r"提交|最新|详细){0,4}"
    r"(?:登记(?:表|单)?|报备(?:表|单|信息)?|信息(?:表|如下)?|申请(?:表|单)?|名片|表单|备案|资料|线索|"
    r"结果)(?:如下)?"
)
_ANNOUNCED: Final = Pattern(
    r"(?:(?P<title>职务|职位|岗位)|(?P<industry>所属行业|客户行业|行业)|(?P<source>客户来源|线索来源|"
    r"来源渠道|来源|渠道(?!商)))(?:是|为|:)?"
    r"(?P<value>(?!客户|经理|内|里|群|平台|网站|协会|展|标杆|龙头).{2,16})"
)
_WANTED: Final = Pattern(r"想|要|需要|需求|采购|买|求购|询价|咨询|打算|准备|计划|急需|急着|上一?[台套条个]")
_SHORTEST_NAME: Final = 4
_LONGEST_INDUSTRY: Final = 12
_DEPTH: Final = 8
_LONGEST_TAIL: Final = 24
_LONGEST_PIECE: Final = 500
_MOST_PIECES: Final = 200


def read_pieces(layout: Layout, parts: list[Piece], slots: Slots) -> None:
    """
    Read pieces in order; a need goes on over the pieces behind it that say nothing else (想上 MES 系统, 电脑、打印机).

    What a very long message says behind its first pieces is left alone: nobody registers a customer there.
    """
    parts = parts[:_MOST_PIECES]
    at = 0
    while at < len(parts):
        last = at
        if _wants(layout.folded[parts[at].start : parts[at].end]):
            while last + 1 < len(parts) and _goes_on(layout, parts[last], parts[last + 1]):
                last += 1
        read_piece(layout, Piece(parts[at].start, parts[last].end), slots)
        at = last + 1


def _wants(text: str) -> bool:
    need = find_need(text)
    open_end = re.search(r"(?:想上|想买|想做|需要|需求|想要|咨询|采购|做|要|上|买)$", text) is not None
    trade = find_industry(text)
    return (open_end or (need is not None and find_company(text[need.start :]) is None)) and trade is None


def _goes_on(layout: Layout, piece: Piece, following: Piece) -> bool:
    if layout.blanked[piece.end : following.start].strip(" 、+/") != "":
        return False
    trial = Slots()
    read_piece(layout, following, trial)
    return bool(trial.rest or trial.products) and not (
        trial.names or trial.people or trial.sources or trial.regions or trial.industries or trial.titles
    )


def read_piece(layout: Layout, piece: Piece, slots: Slots, depth: int = 0) -> None:
    """
    Put what a piece says into the slots; what stands before and behind a finding is read the same way.
    """
    start, end = _trim(layout, Piece(piece.start, min(piece.end, piece.start + _LONGEST_PIECE)))
    if start >= end or depth > _DEPTH:
        return
    text = layout.folded[start:end]
    if (placed := _PLACED_AHEAD.fullmatch(text)) and (region := canonical_region(placed["place"])):
        slots.regions.append(Found(region, start, start + placed.end("place")))
        read_piece(layout, Piece(start + placed.start("rest"), end), slots, depth + 1)
        return
    if (bracket := _BRACKETED.fullmatch(text)) and _says_two_things(bracket["who"], bracket["where"]):
        for part in ("who", "where"):
            read_piece(layout, Piece(start + bracket.start(part), start + bracket.end(part)), slots, depth + 1)
        return
    found = (
        _role(layout, start, end, slots)
        or _whole(layout, text, start, end, slots)
        or _inside(layout, text, start, slots)
    )
    if found is None:
        slots.rest.append(Found(layout.said(start, end), start, end))
        return
    if found.start > start:
        read_piece(layout, Piece(start, found.start), slots, depth + 1)
    if found.end < end:
        read_piece(layout, Piece(found.end, end), slots, depth + 1)


def _trim(layout: Layout, piece: Piece) -> tuple[int, int]:
    folded = layout.folded
    text = folded[piece.start : piece.end]
    before_fact = BLANK in layout.blanked[piece.end : piece.end + 3]
    tail = (TAIL_LABELS if before_fact else TAIL_PARTICLES).search(text, max(0, len(text) - _LONGEST_TAIL))
    end = piece.start + (tail.start() if tail else len(text))
    filler = FILLER.match(folded[piece.start : end])
    if filler and filler.end() == end - piece.start:
        return end, end
    return piece.start, end


def _whole(layout: Layout, text: str, start: int, end: int, slots: Slots) -> Found[None] | None:
    """
    Read a piece that is one thing from end to end.
    """
    bare = FILLER.sub("", text) if read_person(text) is None else text
    here = Found(None, start, end)
    if (answered := _answered(layout, text, start, slots)) is not None:
        return answered
    if _somebody(layout, text, bare, here, slots):
        return here
    if region := read_region(text):
        slots.regions.append(Found(region, start, end))
    elif industry := (find_industry(text) if len(text) <= _LONGEST_INDUSTRY else None):
        if (industry.start, industry.end) != (0, len(text)):
            return None
        slots.industries.append(Found(industry.value, start, end))
    elif (
        (title := read_loose_title(text))
        and not find_contact(text)
        and not find_employer(text)
        and not leading_region(text)
    ):
        slots.titles.append(Found(title, start, end))
    else:
        return here if _says_nothing(text, bare) else None
    return here


def _says_two_things(who: str, where: str) -> bool:
    """
    Say whether a bracket adds something of its own: 丁女士(晋江安踏采购), 周黑鸭(武汉的), but not 张伟(总经理).
    """
    return (read_person(who) is not None and not read_title(where)) or (
        where.endswith("的") and read_region(where) is not None
    )


def _somebody(layout: Layout, text: str, bare: str, here: Found[None], slots: Slots) -> bool:
    """
    Read a piece that is a person or a title from end to end.
    """
    start, end = here.start, here.end
    if title := read_title(text) or read_title(bare):
        slots.titles.append(Found(title, start, end))
    elif (
        (person := _leader(read_person(bare)))
        and (person.sure or not _CALLED_NAME.fullmatch(text))
        and (person.sure or find_company(text) is None)
    ):
        slots.people.append(Found(person, start, end))
    elif (latin := read_latin_person(layout.text[start:end].strip())) and find_company(text) is None:
        slots.latin.append(Found(latin, start, end))
    elif surnamed := _SURNAMED.fullmatch(bare):
        slots.people.append(Found(Person(surnamed["family"] + surnamed["title"]), start, end))
    else:
        return False
    return True


def _says_nothing(text: str, bare: str) -> bool:
    headline = _HEADLINE.fullmatch(text) is not None and find_source(text) is None
    return headline or is_department(bare) or _SURNAME_ONLY.fullmatch(bare) is not None


def _answered(layout: Layout, text: str, start: int, slots: Slots) -> Found[None] | None:
    """
    Read a piece that announces its field without a colon: 行业锂电设备, 来源是阿里巴巴, 职务生产部部长.
    """
    match = _ANNOUNCED.fullmatch(text)
    if not match:
        return None
    here = Found(None, start, start + len(text))
    said = layout.said(start + match.start("value"), start + match.end("value"))
    if match["title"]:
        slots.titles.append(Found(said, here.start, here.end))
    elif match["industry"] and (industry := read_industry(said)):
        slots.industries.append(Found(industry, here.start, here.end))
    elif match["source"] and (source := read_source(match["value"])):
        slots.sources.append(Found(source, here.start, here.end))
    else:
        return None
    return here


def _leader(person: Person | None) -> Person | None:
    """
    Take 负责人 before a name for the word that announces it, not for a title.
    """
    return Person(person.contact, None, sure=person.sure) if person and person.title == "负责人" else person


def _role(layout: Layout, start: int, end: int, slots: Slots) -> Found[None] | None:
    """
    Read a name whose part in the deal is said: 终端客户…, 代理商…, …推荐的.
    """
    text = layout.folded[start:end]
    roles: tuple[tuple[Pattern, Role], ...] = ((_END_CUSTOMER, "end"), (_AGENT, "agent"))
    for pattern, role in roles:
        word = pattern.search(text)
        if not word:
            continue
        company = find_company(text[word.end() :])
        if company and company.start <= 2:
            return _add_name(layout, start + word.end(), company, role, slots, reach=start + word.start())
    return None


def _inside(layout: Layout, text: str, start: int, slots: Slots) -> Found[None] | None:
    """
    Read the surest thing inside a piece of running text.
    """
    need, company = find_need(text), find_company(text)
    if company and not (need and _needed(text, need, company)) and not _is_ware(text, company, slots):
        found = _company_inside(layout, text, start, company, slots)
        if found:
            return found
    if called := _CALLED_NAME.fullmatch(text):
        return _add_name(layout, start, CompanyFound(*called.span("name"), Sureness.LEGAL), "plain", slots)
    if (source := find_source(text)) and not (need and need.start < source.start):
        return _source_inside(text, start, source, slots)
    if brand := None if company or need else find_employer(text):
        return _add_name(layout, start, brand, "plain", slots)
    if industry := find_industry(text):
        slots.industries.append(Found(industry.value, start + industry.start, start + industry.end))
        return Found(None, start + industry.start, start + industry.end)
    if contact := find_contact(text):
        slots.people.append(Found(contact.value, start + contact.start, start + contact.end))
        return Found(None, start + contact.start, start + contact.end)
    return _wish_inside(layout, text, start, need, slots)


def _company_inside(layout: Layout, text: str, start: int, company: CompanyFound, slots: Slots) -> Found[None] | None:
    """
    Take a name unless a weak one overlaps something else; a source glued before it is cut off.
    """
    source = find_source(text)
    others = [
        other
        for other in (source, find_contact(text), find_industry(text))
        if other and other.start < company.end and company.start < other.end
    ]
    if source and source.start <= company.start < source.end <= company.end - _SHORTEST_NAME:
        company = CompanyFound(source.end, company.end, company.sureness)
    if others and company.sureness <= Sureness.PLACED:
        return None
    return _add_name(layout, start, company, _role_behind(text[company.end :]), slots)


def _source_inside(text: str, start: int, source: Found[str], slots: Slots) -> Found[None]:
    """
    Take a source, with the place of who told of the customer (宜昌朋友介绍的), which is not the customer's.
    """
    slots.sources.append(Found(source.value, start + source.start, start + source.end))
    place = _PLACE_OF_SOURCE.search(text[: source.start])
    begin = place.start() if place and place["place"] in REGION_NAMES else source.start
    return Found(None, start + begin, start + source.end)


def _wish_inside(layout: Layout, text: str, start: int, need: Found[str] | None, slots: Slots) -> Found[None] | None:
    """
    Read what is wanted: by a word of wanting, or as a product by itself.
    """
    if need:
        offset = text.find(need.value, need.start)
        said = layout.said(start + offset, start + offset + len(need.value)) if offset >= 0 else need.value
        slots.needs.append(Found(said, start + need.start, start + need.end))
        return Found(None, start + need.start, start + need.end)
    if is_product(text):
        slots.products.append(Found(layout.said(start, start + len(text)), start, start + len(text)))
        return Found(None, start, start + len(text))
    return None


def _is_ware(text: str, company: CompanyFound, slots: Slots) -> bool:
    """
    Say whether a weak name behind a strong one is something sold: …有限公司，…，瓶盖检测仪两台.
    """
    known = any(name.sureness > Sureness.TRADE and name.role != "agent" for name in slots.names)
    return known and company.sureness <= Sureness.TRADE and is_product(text)


def _needed(text: str, need: Found[str], company: CompanyFound) -> bool:
    """
    Say whether what looks like a name is what somebody wants: 要两台注塑机机械手, 想上一台五轴加工中心.
    """
    if need.start > company.start:
        return False
    wanted = _WANTED.match(text, need.start) is not None and not re.search(r"[\u4e00-\u9fff]$", text[: need.start])
    return company.sureness <= (Sureness.INSTITUTION if wanted else Sureness.TRADE)


def _role_behind(after: str) -> Role:
    if _END_BEHIND.match(after):
        return "end"
    return "agent" if _AGENT_BEHIND.match(after) else "plain"


def _add_name(
    layout: Layout, offset: int, company: CompanyFound, role: Role, slots: Slots, *, reach: int | None = None
) -> Found[None]:
    start, end = offset + company.start, offset + company.end
    called = _CALLED_SO.search(layout.folded[max(0, start - 4) : start]) is not None
    slots.names.append(NameFound(layout.said(start, end), start, end, company.sureness, role, labelled=called))
    if role == "plain":
        return Found(None, start, end)
    behind = (_AGENT_BEHIND if role == "agent" else _END_BEHIND).match(layout.folded[end : end + 12])
    return Found(None, start if reach is None else reach, end + (behind.end() if behind else 0))

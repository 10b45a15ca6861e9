"""
What the pieces of a message say: each piece goes through the recognisers and fills candidate slots.

Nothing is chosen here; `registration` decides between the candidates.
"""

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

from domain.text.companies import CompanyFound, Sureness, find_company
from domain.text.data.labels import AGENT_WORDS, END_CUSTOMER_WORDS
from domain.text.found import Found
from domain.text.people import (
    Person,
    is_department,
    person_prefix,
    read_latin_person,
    read_loose_title,
    read_person,
    read_title,
)
from domain.text.pieces import BLANK, Layout, Piece
from domain.text.regions import AREAS, canonical_region, find_regions
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


_END_CUSTOMER: Final = re.compile(rf"(?:{'|'.join(END_CUSTOMER_WORDS)})(?:单位|名称)?[是为叫:]{{0,2}}")
_AGENT: Final = re.compile(rf"(?:{'|'.join(AGENT_WORDS)})(?:公司|是|为|叫|:){{0,2}}")
_AGENT_BEHIND: Final = re.compile(
    rf"^[( ]{{0,2}}(?:是|为)?(?:我们的|这边的)?(?:{'|'.join(AGENT_WORDS)})|"
    rf"^(?:[\u4e00-\u9fff]{{0,3}})(?:推荐|介绍|引荐|报过来|报上来|报备|报|转|带)(?:过?来)?的"
)
_END_BEHIND: Final = re.compile(rf"^[( ]{{0,2}}(?:是|为)?(?:{'|'.join(END_CUSTOMER_WORDS)})\)?")
_CONTACT_WORD: Final = re.compile(
    r"(?:联系人|对接人|接口人|负责人|联络人|经办人|决策人|姓名|联系|对接|找|老板|法人)(?:是|叫|为|"
    r":)?(?:一个|一位|个|位)?(?:姓[\u4e00-\u9fff]的?[ ,]?)?(?:他们)?(?:[\u4e00-\u9fff]{1,5}(?:部|中心|"
    r"科|处|室|车间)的)?(?:的|那边的?)?"
)
_FILLER: Final = re.compile(
    r"^(?:[()]|的|是|在|了|和|跟|与|由|叫|有|就|也|找|这个|那个|他们?|她|它|对方|客户|公司|单位|那边|这边|"
    r"里面?|我们?|您好|你好|大家好|[嗯啊哦呃额噢]|然后|另外|还有|呢|呀|请|麻烦|谢谢|辛苦|一下|下|左右|"
    r"上下|以内|以上|以下|起步?|"
    r"的样子|多|吧|哈|元|块|同微信|微信同号|微信|同号|也是微信|主要|目前|现在|大概|大约|差不多|今天|"
    r"昨天|刚刚?|认识了?|加了?|见了?|聊了?|联系了?|手机尾号|信息如下|如下|信息|名片|资料|预算|金额|"
    r"预计|转\d{1,5}|或者?|咨询$)+"
)
_TAIL_PARTICLES: Final = re.compile(
    r"(?:大概|大约|差不多|左右|了|吧|哈|呢|啊|然后|,|手机号?也?是微信|微信同号|同微信)+$"
)
_TAIL_LABELS: Final = re.compile(
    r"(?:手机号?也?是微信|联系)?(?:电话|手机号码|手机号|手机|座机|固话|号码|联系方式|联系电话|微信同号|"
    r"微信号?|邮箱|邮件|tel|mobile|mob|phone|cell|e-?mail|mail|预算|总预算|预算金额|预计金额|预估金额|"
    r"金额|项目预算|项目金额|项目|合同额|采购额|成交额|"
    r"预计成交(?:额|金额)|大概|大约|约|差不多|左右|预计|预估|估计|可能|总共|一共|报价|是|为|有|在|的|"
    r"了|给|打|吧|,|:|：|说|大致|不超过|最多|至少|控制|传真|fax|q ?q|邮编|地址|网址|价格|总价|能出|"
    r"能给|批了?|呢|吧|啊|然后)+$",
    re.IGNORECASE,
)
_REGION_CUE: Final = re.compile(
    r"(?:所在)?(?:地区|区域|城市|地址|地方|坐标|位置|位于|项目地?|客户|公司|工厂|厂|人|他们|总部|分布|"
    r"注册地)?(?:是|为|在|位于|:)?(?:中国)?"
)
_REGION_TAIL: Final = re.compile(
    r"(?:地区|区域|那边|这边|本地|当地|市区|市场|片区|一带|工厂|厂区|基地|总部|分部|"
    r"[\u4e00-\u9fff]{2}(?=的一家))?(?:的)?(?:客户|公司|企业|项目|人|一家)?"
)
_ADDRESS: Final = re.compile(
    r"(?:路|街|道|巷|弄|园区?|大厦|广场|楼|幢|栋|室|号|村|镇|开发区|工业区|高新区|"
    r"中心)(?:[\dA-Za-z\u4e00-\u9fff\-#()]{0,16})$"
)
_CALLED_SO: Final = re.compile(r"(?:名字?|客户|公司)?(?:叫做?|名为)$")
_CALLED_NAME: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{0,3}(?:名字?|客户|公司|单位|对方|店名))?(?:叫做?|"
    r"名为)(?P<name>[\u4e00-\u9fffA-Za-z0-9()]{2,20})"
)
_SURNAME_ONLY: Final = re.compile(r"[\u4e00-\u9fff]{0,4}姓[\u4e00-\u9fff]{1,2}的?")
_ANNOUNCED: Final = re.compile(
    r"(?:(?P<title>职务|职位|岗位)|(?P<industry>所属行业|客户行业|行业)|(?P<source>客户来源|线索来源|"
    r"来源渠道|来源|渠道(?!商)))(?:是|为|:)?"
    r"(?P<value>(?!客户|经理|内|里|群|平台|网站|协会|展|标杆|龙头).{2,16})"
)
_DEPTH: Final = 8
_LONGEST_TAIL: Final = 24
_LONGEST_PIECE: Final = 500
_MOST_PIECES: Final = 200
_MOST_WORDS: Final = 4


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
    tail = (_TAIL_LABELS if before_fact else _TAIL_PARTICLES).search(text, max(0, len(text) - _LONGEST_TAIL))
    end = piece.start + (tail.start() if tail else len(text))
    filler = _FILLER.match(folded[piece.start : end])
    if filler and filler.end() == end - piece.start:
        return end, end
    return piece.start, end


def _whole(layout: Layout, text: str, start: int, end: int, slots: Slots) -> Found[None] | None:
    """
    Read a piece that is one thing from end to end.
    """
    bare = _FILLER.sub("", text) if read_person(text) is None else text
    here = Found(None, start, end)
    if (answered := _answered(layout, text, start, slots)) is not None:
        return answered
    if title := read_title(text) or read_title(bare):
        slots.titles.append(Found(title, start, end))
    elif (
        (person := _leader(read_person(bare)))
        and (person.sure or not _CALLED_NAME.fullmatch(text))
        and (person.sure or find_company(text) is None)
    ):
        slots.people.append(Found(person, start, end))
    elif latin := read_latin_person(layout.text[start:end].strip()):
        slots.latin.append(Found(latin, start, end))
    elif region := _whole_region(text):
        slots.regions.append(Found(region, start, end))
    elif industry := (find_industry(text) if len(text) <= 12 else None):
        if (industry.start, industry.end) != (0, len(text)):
            return None
        slots.industries.append(Found(industry.value, start, end))
    elif (title := read_loose_title(text)) and not _contact_inside(text):
        slots.titles.append(Found(title, start, end))
    elif not is_department(bare) and not _SURNAME_ONLY.fullmatch(bare):
        return None
    return here


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


def _whole_region(text: str) -> str | None:
    if (name := canonical_region(text)) and (len(text) > 2 or find_regions(text)):
        return name
    found = next(iter(find_regions(text)), None)
    if not found:
        return None
    before, after = text[: found.start], text[found.end :]
    if _REGION_CUE.fullmatch(before) and _REGION_TAIL.fullmatch(after):
        return found.wide if "地址" in before else found.name
    if _REGION_CUE.fullmatch(before) and found.name not in AREAS and _is_address(text, after):
        return found.wide
    nested = found.name != found.wide or len(found.wide) > 3
    short = nested and not before and len(after) <= 4 and find_company(text) is None
    return found.wide if short else None


def _is_address(text: str, after: str) -> bool:
    """
    Say whether what follows a place is a street and number; a company may be called after a road, without a number.
    """
    if not _ADDRESS.search(after):
        return False
    company = find_company(text)
    return company is None or (re.search(r"\d", after) is not None and company.sureness < Sureness.INSTITUTION)


def _role(layout: Layout, start: int, end: int, slots: Slots) -> Found[None] | None:
    """
    Read a name whose part in the deal is said: 终端客户…, 代理商…, …推荐的.
    """
    text = layout.folded[start:end]
    roles: tuple[tuple[re.Pattern[str], Role], ...] = ((_END_CUSTOMER, "end"), (_AGENT, "agent"))
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
    need = find_need(text)
    company = find_company(text)
    if company and not (need and need.start < company.start and company.sureness <= Sureness.TRADE):
        source = find_source(text)
        contact = _contact_inside(text)
        others = [
            other
            for other in (source, contact, find_industry(text))
            if other and other.start < company.end and company.start < other.end
        ]
        if not others or company.sureness > Sureness.PLACED:
            return _add_name(layout, start, company, _role_behind(text[company.end :]), slots)
    if called := _CALLED_NAME.fullmatch(text):
        return _add_name(layout, start, CompanyFound(*called.span("name"), Sureness.LEGAL), "plain", slots)
    if (source := find_source(text)) and not (need and need.start < source.start):
        slots.sources.append(Found(source.value, start + source.start, start + source.end))
        return Found(None, start + source.start, start + source.end)
    if industry := find_industry(text):
        slots.industries.append(Found(industry.value, start + industry.start, start + industry.end))
        return Found(None, start + industry.start, start + industry.end)
    if contact := _contact_inside(text):
        slots.people.append(Found(contact.value, start + contact.start, start + contact.end))
        return Found(None, start + contact.start, start + contact.end)
    if need:
        offset = text.find(need.value, need.start)
        said = layout.said(start + offset, start + offset + len(need.value)) if offset >= 0 else need.value
        slots.needs.append(Found(said, start + need.start, start + need.end))
        return Found(None, start + need.start, start + need.end)
    if is_product(text):
        slots.products.append(Found(layout.said(start, start + len(text)), start, start + len(text)))
        return Found(None, start, start + len(text))
    return None


def _contact_inside(text: str) -> Found[Person] | None:
    for word in islice(_CONTACT_WORD.finditer(text), _MOST_WORDS):
        following = person_prefix(text[word.end() :])
        if following:
            return Found(following[0], word.start(), word.end() + following[1])
    filler = _FILLER.match(text)
    begin = filler.end() if filler else 0
    leading = person_prefix(text[begin:])
    if (
        leading
        and leading[0].sure
        and (begin or len(leading[0].contact or "") >= 2)
        and _may_follow_name(text[begin + leading[1] :])
    ):
        return Found(leading[0], 0, begin + leading[1])
    return None


def _may_follow_name(after: str) -> bool:
    return (
        after == ""
        or re.match(r"[(,:的想要需说做有在是找负打报就先预采让]|咨询|打算|准备|介绍|推荐|那边|手机|电话|微信", after)
        is not None
    )


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

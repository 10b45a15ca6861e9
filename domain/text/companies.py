"""
Organisations in running text: with a legal form, by the kind of institution, or by the trade at the end of the name.

Answers where a name stands and how sure that is; which of several names is the customer is decided in `registration`.
Normalising names for comparison belongs to the duplicate check.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from domain.text.data.organisations import INSTITUTIONS, LATIN_FORMS, LATIN_TRADES, LEGAL_FORMS, SHORT_SHOPS, TRADES
from domain.text.data.people import TITLE_HEADS
from domain.text.patterns import Pattern
from domain.text.regions import PROVINCE_NAMES, find_regions


class Sureness(IntEnum):
    """
    How a name was recognised, from a bare brand to a legal form.
    """

    BRAND = 1
    TRADE = 2
    PLACED = 3
    INSTITUTION = 4
    LEGAL = 5


@dataclass(frozen=True, slots=True)
class CompanyFound:
    """
    The span of a name in a piece of text.
    """

    start: int
    end: int
    sureness: Sureness


def _any(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(set(words), key=len, reverse=True)))


_BODY: Final = r"[\u4e00-\u9fffA-Za-z0-9()·&\-+.' ]"
_LEGAL: Final = Pattern(
    rf"(?:{_any(LEGAL_FORMS)})(?:\(有限合伙\)|\(普通合伙\))?(?:[\u4e00-\u9fff()]{{0,10}}?(?:分公司|"
    rf"子公司|办事处|研究院|分厂|事业部|分行|支行|分部|营业部|技术中心|研发中心|项目部))?"
)
_LATIN_LEGAL: Final = Pattern(rf"(?<=[A-Za-z,.)\s])(?:{_any(LATIN_FORMS)})(?![A-Za-z])")
_LATIN_TRADE: Final = Pattern(
    rf"[A-Z][\w&.\-]*(?: [A-Z&][\w&.\-]*){{0,3}} (?:{_any(LATIN_TRADES)})(?: ?\(?(?:China|中国)\)?)?"
)
_INSTITUTION: Final = Pattern(_any(INSTITUTIONS))
_TRADE: Final = Pattern(_any(TRADES))
_COMMON: Final = tuple("系统 项目 公司 客户 管理 平台 方案 产品 办公 高端 大型 全屋 定制".split())
_WORDS_ONLY: Final = Pattern(rf"(?:{_any((*TRADES, *INSTITUTIONS, *_COMMON))}){{1,12}}")
_LEAD_IN: Final = Pattern(
    r"(?:[\s,.:;\-()\[\]*#•·]|(?:客户|单位)?(?:公司|客户)?名(?:字|称)?(?:是|叫)|个(?:客户|单子|公司)|"
    r"报备|登记|录入|新增|添加|一下|下|新的?客户|客户(?:名称?|公司)?(?:是|叫|为)?|公司(?:名称?)?(?:是|"
    r"叫|为)|单位(?:是|叫)|终端(?:客户|用户)?(?:是|叫)?|最终(?:客户|用户)(?:是|叫)?"
    r"|这个?|那个?|一个|一家|有家|有个|这家|那家|我们?(?:这边|这里)?(?=有|是|在|认识|接触|刚|今天|昨天|"
    r"想|要|的|手上)|我(?:这边|这里)|手上|手里|是|名字叫|名称叫|名字是|叫做?|名叫|名为"
    r"|今天|昨天|前天|刚刚|刚才|刚|上周|上午|下午|早上|最近|又|来了|有|在(?=[\u4e00-\u9fff]{0,3}(?:展|"
    r"会))|认识了?|接触了?|拜访了?|见了|聊了|联系了?|去了?|加了|遇到了?|拿到了?|谈了|跑了|来自"
    r"|帮我?|麻烦|请|把|给我|给|您好|你好|大家好|领导|老板(?=们?[,，])|[嗯啊哦呃额噢]|那个|然后|就是|"
    r"关于|和|跟|与|对|向|通过|从(?![化江]))+"
)
_STOP_INSIDE: Final = Pattern(
    r"[,;。!?\n\t|]|(?<![理联梦思好])想(?!象)|需要|需求|预算|打算|准备|采购|要(?:做|买|上|采|一|报|求|"
    r"\d)|电话|手机|"
    r"联系人|联系方式|对接人|负责人|主营|主要做|专门做|专做|从事|是做|来源|咨询|介绍|推荐|认识|"
    r"做(?!客)|(?<!美)的(?!士|卢)|(?<![\u4e00-\u9fff])在|客户(?!服务)|预计|大概|左右|了(?!凡)|吗|呢|吧"
)
_GAP_STOP: Final = Pattern(
    r"采购|财务|行政|信息部|技术部|市场部|销售|做|想|要|需|的|找|联系|老板|经理|主任|总|工(?!程|业|厂|会|"
    r"坊|作)|先生|女士|[老小]"
)
_ANY_FIRM: Final = Pattern(r"(?:一?个|这个?|那个?|某|该|新)?(?:客户|家|单位|公司)")
_PLACES_OF_WORK: Final = frozenset("工厂 厂 分厂 总厂 中心 办公室 园区 工业园 产业园 科技园".split())
_WARE_BEHIND: Final = Pattern(
    r"(?:[机器仪柜件线泵阀膜管板剂灯箱炉塔]|模组|单元)(?:组|台|[一二两三四五六七八九十\d]+[台套条个])?$"
)
_COUNTRY: Final = Pattern(r",? ?(?:China|\(China\)|中国)")
_SOLE_TRADER: Final = Pattern(r"个体(?:工商)?户[\u4e00-\u9fff]{2,8}")
_BRANCH: Final = Pattern(
    r"[\u4e00-\u9fff]{2,4}?(?:院区|校区|分院|分校|分局|分所|支队|店)|[\u4e00-\u9fff]{0,4}(?:基地|厂区|"
    r"总部|工厂|分厂)"
)
_PART_OF_GROUP: Final = Pattern(
    rf"(?P<own>[\u4e00-\u9fff]{{0,4}}?)(?:{_any(TRADES)}|{_any(INSTITUTIONS)}|矿|[分总]店)"
    r"(?=$|[(,:的]|[\u4e00-\u9fff]{2,3}$)"
)
_HEAD_BEHIND: Final = Pattern(_any(TITLE_HEADS))
_MAX: Final = 40


def find_company(piece: str) -> CompanyFound | None:
    """
    Return the surest name in a folded piece without separators.
    """
    start = lead_in(piece)
    for reader in (_legal, _latin_legal, _latin_trade, _sole_trader, _institution, _trade):
        found = reader(piece, start)
        if found:
            return found
    return None


def lead_in(piece: str) -> int:
    """
    Return where the words of speech before a name end (今天认识了一家 …).
    """
    match = _LEAD_IN.match(piece)
    end = match.end() if match else 0
    return end if end < len(piece) else 0


def is_wordy(text: str) -> bool:
    """
    Say whether a text is made of trade words alone (仓储物流系统) and so names nobody.
    """
    return _WORDS_ONLY.fullmatch(text) is not None


@lru_cache(maxsize=512)
def leading_region(text: str) -> int:
    """
    Return the length of the place a name begins with, 0 without one.
    """
    found = next(iter(find_regions(text[:14])), None)
    return found.end if found and found.start == 0 else 0


def trailing_region(text: str) -> bool:
    """
    Say whether a brand ends in its place: Bosch苏州, 西门子中国.
    """
    return re.fullmatch(r".{2,}(?:中国|大中华区)", text) is not None or any(
        found.end == len(text) and found.start >= 2 for found in find_regions(text[:24])
    )


def _legal(piece: str, start: int) -> CompanyFound | None:
    for form in _LEGAL.finditer(piece, start):
        begin = _begin(piece, start, form.start())
        if form.start() - begin >= 2 and form.end() - begin <= _MAX:
            sureness = Sureness.LEGAL
            if form.group() in {"公司", "集团", "控股", "总公司", "分公司"}:
                brand = piece[begin : form.start()]
                if (
                    is_wordy(brand)
                    or _ANY_FIRM.fullmatch(brand)
                    or (brand.endswith("的") and not brand.endswith("美的"))
                    or len(brand) < 2
                    or brand in {"你们", "我们", "他们", "贵", "本", "该", "这家", "那家", "母", "物业", "外地", "本地"}
                ):
                    continue
            return CompanyFound(begin, _whole_form(piece, form), sureness)
    return None


def _whole_form(piece: str, form: re.Match[str]) -> int:
    """
    Return the end of a name whose first form is not its last: 中铁四局集团第二工程有限公司.
    """
    end = form.end()
    several = form.group().startswith(("集团", "控股", "总公司", "公司"))
    for later in _LEGAL.finditer(piece, end, min(len(piece), end + 24)):
        if not several and later.group() != "公司":
            break
        gap = piece[end : later.start()]
        if (
            not re.fullmatch(r"[\u4e00-\u9fff()A-Za-z0-9]{0,16}", gap)
            or _STOP_INSIDE.search(gap)
            or _GAP_STOP.search(gap)
        ):
            break
        end = later.end()
    part = _PART_OF_GROUP.match(piece, end) if form.group() in {"集团", "控股"} else None
    return end if part is None or _GAP_STOP.search(part["own"]) or _STOP_INSIDE.search(part["own"]) else part.end()


def _latin_legal(piece: str, start: int) -> CompanyFound | None:
    form = _LATIN_LEGAL.search(piece, start)
    if not form or form.start() - start < 3:
        return None
    country = _COUNTRY.match(piece, form.end())
    return CompanyFound(start, country.end() if country else form.end(), Sureness.LEGAL)


def _latin_trade(piece: str, start: int) -> CompanyFound | None:
    """
    Read a name in Latin letters that ends in its trade or its city: Foxconn Zhengzhou, Acme Instruments.
    """
    match = _LATIN_TRADE.fullmatch(piece, start)
    return CompanyFound(start, match.end(), Sureness.PLACED) if match else None


def _sole_trader(piece: str, start: int) -> CompanyFound | None:
    """
    Read 个体户王老五: the kind of trader with the name behind it.
    """
    match = _SOLE_TRADER.match(piece, start)
    return CompanyFound(start, match.end(), Sureness.INSTITUTION) if match else None


def _institution(piece: str, start: int) -> CompanyFound | None:
    for first in _INSTITUTION.finditer(piece, start):
        tail = _latest(piece, first, _INSTITUTION)
        if tail.group().endswith("大") and _TRADE.match(piece, tail.end()):
            continue
        begin = _begin(piece, start, tail.start())
        brand = piece[begin : tail.start()]
        plain = tail.group() in _PLACES_OF_WORK and leading_region(brand) == len(brand)
        if len(brand) < 2 or plain or is_wordy(brand) or _STOP_INSIDE.search(brand):
            continue
        end = _extended(piece, tail.end(), _INSTITUTION)
        return CompanyFound(begin, end, Sureness.INSTITUTION)
    return _short_shop(piece, start)


def _short_shop(piece: str, start: int) -> CompanyFound | None:
    text = piece[start:]
    region = leading_region(text)
    if text.endswith(SHORT_SHOPS) and region and 4 <= len(text) <= 14 and not _STOP_INSIDE.search(text):
        return CompanyFound(start, len(piece), Sureness.PLACED)
    return None


def _trade(piece: str, start: int) -> CompanyFound | None:
    for first in _TRADE.finditer(piece, start):
        tail = _latest(piece, first, _TRADE)
        begin = _begin(piece, start, tail.start())
        brand = piece[begin : tail.start()]
        region = leading_region(brand + "  ")
        alone = region == len(brand) and (tail.end() == len(piece) or piece[tail.end()] == "的")
        if (
            (len(brand) - region < (1 if region else 2) and not alone)
            or (brand[region:] and is_wordy(brand[region:]))
            or _STOP_INSIDE.search(brand)
            or (not region and _WARE_BEHIND.match(piece, tail.end()))
        ):
            continue
        end = _extended(piece, tail.end(), _TRADE)
        return CompanyFound(begin, end, Sureness.PLACED if region else Sureness.TRADE)
    return None


def _latest(piece: str, tail: re.Match[str], tails: Pattern) -> re.Match[str]:
    """
    Prefer a tail that overlaps the first one and ends later: 阳光电源 ends in 电源, not in 光电.
    """
    for start in range(tail.start() + 1, tail.end()):
        other = tails.match(piece, start)
        if other and other.end() > tail.end():
            return other
    return tail


def _begin(piece: str, start: int, end: int) -> int:
    """
    Return where the name that ends here begins: behind the last word that no name contains.
    """
    begin = max(start, end - _MAX)
    for stop in _STOP_INSIDE.finditer(piece, begin, end):
        if end - stop.end() >= 2:
            begin = stop.end()
    begin += lead_in(piece[begin:end])
    return begin + _foreign_place(piece[begin:end])


def _foreign_place(name: str) -> int:
    """
    Return the length of a place before a name that begins with a place of its own: 连云港江苏恒瑞医药.
    """
    first = leading_region(name)
    second = leading_region(name[first:]) if first else 0
    province = name[first : first + 2] in PROVINCE_NAMES
    return first if second and province and len(name) - first - second >= 2 and "商" not in name[-1:] else 0


def _extended(piece: str, end: int, tails: Pattern) -> int:
    """
    Return the end of a name that goes on after its first tail (浙江大学 → 浙江大学医学院附属第一医院).
    """
    while True:
        following = tails.search(piece, end, min(len(piece), end + 12))
        if not following:
            return _bracketed(piece, end)
        gap = piece[end : following.start()]
        if (
            _STOP_INSIDE.search(gap)
            or _GAP_STOP.search(gap)
            or not re.fullmatch(r"[\u4e00-\u9fff()]{0,7}", gap)
            or (following.group().endswith(("中心", "办公室")) and _HEAD_BEHIND.match(piece, following.end()))
        ):
            return _bracketed(piece, end)
        end = following.end()


def _bracketed(piece: str, end: int) -> int:
    """
    Include a place behind the name: 云途科技(苏州), 第六人民医院临港院区.
    """
    branch = _BRANCH.match(piece, end)
    if branch:
        return branch.end()
    bracket = re.match(r"\(([\u4e00-\u9fff]{2,3})\)", piece[end:])
    return end + bracket.end() if bracket and leading_region(bracket[1]) == len(bracket[1]) else end

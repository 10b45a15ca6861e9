"""
What a phrase says about source, industry and need, by the word tables in `data/`.
"""

import re
from functools import lru_cache
from typing import Final

from domain.text.data.industries import INDUSTRY_GROUPS
from domain.text.data.sources import LOOSE_SOURCE_WORDS, SOURCE_PATTERNS, SOURCES
from domain.text.found import Found
from domain.text.patterns import Pattern

_SOURCE_FILLER: Final = Pattern(
    r"(?:客户|线索|商机|渠道)?(?:来源|渠道)(?:是|为|:)?|来自|我?(?:是)?(?:从|在|通过|由|经)|(?:上次|"
    r"昨天|今天|上周|前天|去年|今年|刚|之前)?(?:在|从)?|(?:这个)?客户?是?"
)
_SOURCE_TAIL: Final = Pattern(
    r"(?:上|里|那边)?(?:(?:换|拿|收|交换|留)[的到了]{1,2}名片|私信|评论区?|后台|留言|平台|直播间?|推广|"
    r"咨询)?(?:认识|获取|得到|来|拿|加|看|搜|"
    r"找|挖|推荐|"
    r"介绍)?(?:到|过来)?(?:的)?(?:客户|线索|名片|资源)?"
)
_SOURCE_CUE: Final = Pattern(
    r"认识|加的|来的|来电|介绍|推荐|引荐|遇到|接触|名片|看到|搜到|扫|收的|打进|打来|打电话|外呼|陌拜|呼入|留言|"
    r"表单|咨询|开发|跑|找|拓|转介|报备|报过来|推过来|转来|广告|投放|推广|电销|打出|打到|营销"
)
_INDUSTRY_WORDS: Final = tuple(
    sorted((word for words in INDUSTRY_GROUPS.values() for word in words.split()), key=len, reverse=True)
)
_INDUSTRY: Final = "|".join(map(re.escape, _INDUSTRY_WORDS))
_INDUSTRY_WHOLE: Final = Pattern(
    rf"(?:所属|客户)?(?:行业)?(?:是|为)?(?P<word>{_INDUSTRY})(?:行业|业|领域|类|企业|客户|公司)?", re.IGNORECASE
)
_INDUSTRY_INSIDE: Final = Pattern(
    rf"(?:(?:主要|专门|专)?(?:做|从事|主营|经营|搞|干|生产|属于)(?P<trade>(?:{_INDUSTRY})+)(?:行业的?|"
    rf"这一?块的?|这一?行的?|生意的?|生产的?|加工的?|制造的?|贸易的?|批发的?|的)"
    rf"|(?P<branch>(?:{_INDUSTRY})+)(?:行业|领域)(?:的)?(?:客户|企业|公司)?)",
    re.IGNORECASE,
)
_TRADE_OF: Final = Pattern(
    r"(?:是|主要|专门|专业|专)*(?:做|搞|卖|生产|经营|从事|"
    r"主营)(?P<trade>[\u4e00-\u9fff]{2,8})(?:生意)?的(?:厂家?|公司|企业|店|客户)?"
)
_PURE_INDUSTRIES: Final = frozenset(
    "互联网 医疗 教育 金融 物流 零售 餐饮 房地产 地产 建筑 建筑工程 制造 制造业 汽车 汽车零部件 汽配 "
    "能源 新能源 电力 化工 电商 跨境电商 电子商务 政府 政务 农业 纺织 服装 纺织服装 医药 制药 "
    "半导体 光伏 环保 酒店 旅游 文旅 食品 食品饮料 快消 快消品 工业自动化 医疗器械 生物医药 装备制造 "
    "机械制造 机械 消费电子 通信 钢铁 冶金 银行 保险 证券 军工 矿业 港口 航空 家电 家居 连锁零售 "
    "仓储物流 锂电 锂电池 储能 风电 教育培训 IT 软件 消费品 高校 医院 水务 石化 汽车制造 新能源汽车 "
    "轨道交通 饮料 茶叶 酒水 白酒 调味品 农产品 畜牧 精细化工 新材料 物联网 餐饮连锁 连锁餐饮 "
    "医疗美容 医美 物业 养殖 出版 传媒 锂电设备".split()
)
_INDUSTRY_SUFFIX: Final = Pattern(r"(?<=..)(?:行业|领域)$")
_NEED_CUE: Final = Pattern(
    r"(?P<drop>(?:客户|对方|他们|他家|那边|目前|现在|主要|具体|大概|最近|近期|今年|明年|年底|年前|"
    r"下半年|上半年|这边)?(?:的)?(?:业务|采购|项目|产品)?需求(?:是|为|主要是|:)?|意向(?:产品)?(?:是|"
    r"为)?|有意向?|"
    r"(?:客户|对方|他们|他家|那边|目前|现在|主要|最近|近期|今年|明年|年底|年前|下半年|上半年|这边|也|"
    r"都){0,4}"
    r"(?:正在|正)?(?:(?<![理联梦思好])想要?|需要|准备|打算|计划|要|考虑|有意|(?<!新)希望|(?:we )?(?:need|"
    r"want|require|"
    r"are looking for)|(?:请|麻烦|帮忙)?报(?:一下|下|个)(?:价)?|急需|急着|咨询|询价|求购|询问|了解|"
    r"对比|寻找|在找|在看|看中|关注|感兴趣)(?:了)?(?:一下|下|着)?)"
    r"(?= ?(?!报|什么)[^\s,;。了过])"
    r"|(?P<keep>(?:(?<![\u4e00-\u9fff])(?:要|买|上(?!海|饶|虞|市|汽|实|药|午|门|次|周|个|来|去|面|班|"
    r"线|加|认|看|搜|找)|订|做|"
    r"建(?!行|德|发|瓯|阳|湖|水|工|筑|材)|换|租)|(?<=[们户方家])(?:要|买|上|订|做|建|换|租)|"
    r"采购(?!部|员|经理|总监|主管|主任|负责人|专员|助理|小|的|处|科|中心|[\u4e00-\u9fff]总|"
    r"[\u4e00-\u9fff]姐|[\u4e00-\u9fff]工|$)|购买|定制|定做|订购|搭建|建设|改造|升级|更换|替换|部署|"
    r"安装|新建|扩建|招标|开发|实施)(?:一?[套批台个条]|\d+|[两二三四五六七八九十]+[套批台个条])?"
    r"(?=(?!报|什么)[^\s,;。了过人)]))",
    re.IGNORECASE,
)
_PRODUCT: Final = Pattern(
    r"(?:系统|软件|设备|平台|方案|服务|模块|改造|升级|项目|产线|生产线|机器人|机床|切割机|打印机|"
    r"服务器|网络|机房|监控|门禁|硬件|大屏|小程序|网站|APP|维保|运维|定制|培训|检测|认证|材料|耗材|"
    r"配件|零件|样品|"
    r"(?:\d+|[一二两三四五六七八九十百]+) ?(?:台|套|个|批|件|条|吨|米|平方?|组|只|辆|张|块|瓶|箱|人|"
    r"用户|点位?))(?:.{0,6})$",
    re.IGNORECASE,
)
_ACRONYM: Final = Pattern(
    (
        r"(?<![A-Za-z])(?:MES|ERP|CRM|WMS|OA|PLM|SCADA|SRM|HRM?|EHR|BI|TMS|QMS|APS|EAM|SAP|U8|U9|K3|SaaS|"
        r"HIS|LIMS|PACS|BPM|IoT|DCS|PLC|AGV|ETC|NAS|VPN|POS)(?![A-Za-z])"
    ),
    re.IGNORECASE,
)
_NEED_TAIL: Final = Pattern(r"(?:的(?:客户|公司|厂|需求|价格|报价|价)?|报价|吧|呢|哈|啊|了)$")


@lru_cache(maxsize=1)
def _loose_sources() -> dict[str, str]:
    return {word: name for name, words in LOOSE_SOURCE_WORDS for word in words.split()} | {
        name: name for name in SOURCES
    }


def read_source(text: str) -> str | None:
    """
    Return the source that an answer to “where from?” names.
    """
    bare = text.strip(" ,.。()[]").lower()
    if re.search(r"展会?$", bare):
        return SOURCES[3]
    if bare in _loose_sources():
        return _loose_sources()[bare]
    found = _longest_source(bare)
    if found:
        return found.value
    return next(
        (
            name
            for word, name in sorted(_loose_sources().items(), key=lambda one: -len(one[0]))
            if len(word) > 1 and word in bare
        ),
        None,
    )


def find_source(piece: str) -> Found[str] | None:
    """
    Return the source named in running text: alone in its piece, or with a word of how (展会上认识的).
    """
    found = _longest_source(piece)
    if not found:
        return None
    before, after = piece[: found.start], piece[found.end :]
    alone = _SOURCE_FILLER.fullmatch(before.strip()) is not None and _SOURCE_TAIL.fullmatch(after.strip()) is not None
    if alone:
        return Found(found.value, 0, len(piece))
    if _SOURCE_CUE.search(piece[max(0, found.start - 4) : found.end + 3]):
        filler = re.search(r"(?:来源(?:是|为|:)?|是|从|在|通过|上次|昨天|今天|上周|刚|这个|客户)*$", before)
        return Found(found.value, filler.start() if filler else found.start, found.end)
    return None


def _longest_source(text: str) -> Found[str] | None:
    hits = (
        Found(name, match.start(), match.end())
        for name, pattern in _source_patterns()
        for match in pattern.finditer(text)
        if match.group()
    )
    return max(hits, key=lambda hit: hit.end - hit.start, default=None)


@lru_cache(maxsize=1)
def _source_patterns() -> tuple[tuple[str, Pattern], ...]:
    return tuple((name, Pattern(pattern, re.IGNORECASE)) for name, pattern in SOURCE_PATTERNS)


def read_industry(text: str) -> str | None:
    """
    Return the industry an answer names, as it was said, without the word 行业.
    """
    bare = _INDUSTRY_SUFFIX.sub("", text.strip(" ,.。()[]"))
    return bare if 1 < len(bare) <= 30 else None


def find_industry(piece: str) -> Found[str] | None:
    """
    Return the industry named in running text: alone in its piece, before 行业, or as what the customer does (做…的).
    """
    whole = _INDUSTRY_WHOLE.fullmatch(piece.strip())
    if whole and (whole["word"] in _PURE_INDUSTRIES or whole.end("word") < len(piece.strip())):
        return Found(_said(piece.strip(), whole), 0, len(piece))
    if inside := _INDUSTRY_INSIDE.search(piece):
        return Found(inside["trade"] or inside["branch"], inside.start(), inside.end())
    trade = _TRADE_OF.search(piece)
    if trade and not is_product(trade["trade"]) and not re.search(r"[这那]|什么|项目|方案|规划|[想要]", trade["trade"]):
        return Found(trade["trade"], trade.start(), trade.end())
    return None


def is_industry(text: str) -> bool:
    """
    Say whether a text is one of the words for an industry.
    """
    return text in _INDUSTRY_WORDS


def _said(piece: str, whole: re.Match[str]) -> str:
    word: str = whole["word"]
    return f"{word}业" if piece[whole.end("word") :].startswith("业") else word


def industry_group(industry: str) -> str | None:
    """
    Return which of the twenty groups an industry as it was said belongs to.
    """
    bare = industry.strip().removesuffix("行业")
    if bare in INDUSTRY_GROUPS:
        return bare
    groups = {word.lower(): group for group, words in INDUSTRY_GROUPS.items() for word in words.split()}
    return groups.get(bare.lower()) or groups.get(bare.removesuffix("业").lower())


def find_need(piece: str) -> Found[str] | None:
    """
    Return what the customer wants, from the word that announces it to the end of the piece.

    Words of wanting (想, 需要, 准备) are left out, what is to be done (买, 上, 做) stays.
    """
    for cue in _NEED_CUE.finditer(piece):
        start = cue.end() if cue["drop"] else cue.start()
        text = _NEED_TAIL.sub("", piece[start:].strip(" ,.。;:()"))
        if len(text) >= 2:
            return Found(text, cue.start(), len(piece))
    return None


def is_product(piece: str) -> bool:
    """
    Say whether a piece without a verb names something that is sold.
    """
    return 2 <= len(piece) <= 60 and (_ACRONYM.search(piece) is not None or _PRODUCT.search(piece) is not None)

"""
The command that a message gives, if it gives one: the word stands first, perhaps after a mention and a polite phrase.

A sentence that merely contains such a word is not a command: 昨天的报备老张批了吗 is small talk.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from domain.text.companies import Sureness, find_company, leading_region
from domain.text.data.command_words import (
    COMMAND_WORDS,
    GLUED_ARGUMENT,
    NUMBERED,
    NUMBERED_WITH_TEXT,
    WITH_ARGUMENT,
)
from domain.text.folding import fold
from domain.text.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Command:
    """
    A command and what was written behind it, as sent.
    """

    key: str
    argument: str


_MENTION: Final = Pattern(r"^(?:\s*@[^\s@,:]{1,20}(?:\s+|[,:]|$))+|^\s*@聊单\s*")
_POLITE: Final = Pattern(
    r"^(?:我们?(?:这边|这里|手上)?有一?个(?:新)?客户[要想](?=报备)|[\s,.。!:;~/#嗯啊哦呃额诶]|那个|"
    r"老板们?(?=[\s,])|领导们?(?=[\s,])|老大(?=[\s,])|各位(?:早|好|领导)?(?=[\s,])|大家(?:好|"
    r"早)?(?=[,\s])|早上?好?(?=[,\s])|我(?=报个|录个|登记)|"
    r"你好|您好|hi|hello|在吗[?,]?|机器人|小助手|助手|聊单|"
    r"麻烦(?:你|您)?|请(?!求)|(?:查|看|问)(?:一下|下|看)?(?=有没有)|看(?:一下|下|看)?(?=公海|待办|我|"
    r"审批|今天|日报|晨报|待)|(?:发|来|给)(?:一下|下|我|份|个)(?=今日|今天的?[日晨]报|日报|晨报)|"
    r"帮(?:我|忙)?(?=[^助])|给我|我?(?:想要?|要|需要)(?=[查看领认退延申协释])|"
    r"我?(?:想要?|要)(?=取消|跟进|录|登|写跟)|"
    r"来(?=报备|查)|再(?=报备|查重)|现在(?=报备|查))+",
    re.IGNORECASE,
)
_TAIL: Final = Pattern(r"(?:[\s,.。!~;:]|吧|哈|呗|啦|哦|啊|呀|呢(?=$)|谢谢|多谢|辛苦了?|一下|下)+$")
_ASKED_BEFORE: Final = Pattern(
    r"^(?P<who>.{2,40}?)[,，\s]*(?:这个|这家)?(?:客户|公司)?[,\s]*(?:(?:之前|以前|已经|现在|"
    r"目前)?(?:是不是|是否)?(?:已经)?(?:有没有|有|是不是|是否)(?:被)?(?:别的?)?(?:人|谁|同事)?(?:已经|"
    r"之前|在)?(?:报备过|报备了|报过|报备|报了|跟过|跟进过|跟了|在跟|跟|做过|被报备)(?:没有|没|吗|么)?"
    r"|(?:有没有|是不是|是否|会不会)(?:重复|撞单|撞)(?:了|吗)?|查(?:一下|下|个)?重|重复(?:了)?(?:没有|"
    r"没|吗)|撞单(?:了)?(?:没有|没|吗)|谁在跟|是谁(?:的客户|在跟|报备的|的))\s*[?。!]*$"
)
_ASKED_FIRST: Final = Pattern(
    r"(?:有没有|有)(?:人|谁|同事)?(?:已经|之前)?(?:报备过|报过|报备|跟进过|跟过|在跟|"
    r"做过)(?P<who>.{2,40}?)(?:没有|没|吗|么)?[?。! ]*"
)
_TURNED: Final = (
    (
        "return_to_pool",
        Pattern(r"[把将](?P<who>.{2,40}?)(?:客户)?(?:退回|退到|放回|释放|放到|丢回)(?:到|回)?(?:公海)?"),
    ),
    ("extend", Pattern(r"[给把](?P<who>.{2,40}?)(?:申请)?(?:延保|延期|延长(?:一下)?保护期?)(?:一下)?")),
    ("claim", Pattern(r"把(?P<who>.{2,40}?)(?:领取|认领)(?:过来|一下)?")),
    ("extend", Pattern(r"(?P<who>.{2,20}?)(?:的?保护期?)?(?:申请|想要?|要|需要)?(?:延保|延长保护期?|延期保护)")),
    (
        "return_to_pool",
        Pattern(r"(?P<who>.{2,20}?)[ ,]*(?:我?不跟了|不要了)[ ,]*(?:(?:退回|放回|释放到?|退到)(?:公海)?)?"),
    ),
    ("return_to_pool", Pattern(r"(?P<who>.{2,20}?)(?:客户)?(?:退回|放回|释放到|退到|丢回)公海")),
    ("collaborate", Pattern(r"(?P<who>.{2,20}?)(?:这个客户)?[ ,]*(?:我?想要?|我要)?申请(?:协作|协助)")),
)
_NOBODY: Final = Pattern(r"[我你他她它谁这那]|什么|怎么|昨天|今天|明天|文件|快递|[了过]")
_QUESTION: Final = Pattern(
    r"[吗么呢?]\s*$|怎么|为什么|什么|多久|几天|哪[里个些天]|是不是|能不能|可不可以|可以吗|行不行|如何|"
    r"谁(?!家)|多少"
)
_NARRATIVE: Final = Pattern(
    r"^(?:的|了|过|完|时|后|前|期|人|单|率|量|成功|失败|通过|流程|规则|有效期|期限|保护期|周期|制度|政策|标准|要求|进度|记录|"
    r"表|数据|系统|已|被|都|也|没|不|还|就|才|得|这|那|什么|怎么|情况|状态|结果|信息|和|与|或|一共|"
    r"总共|几|多少|好了|吧|真|太|很|要|应该|必须|需要|一定|不要|别|记得|难|客户(?:要|的|是|需|有|很|时|"
    r"难)|一下(?:搬|拿|吃|买|看看|搞))"
)
_SOME_CUSTOMER: Final = Pattern(r"(?:[这那]个?家?)?(?:客户|公司|单位)?")
_SMALL_TALK: Final = Pattern(
    r"快递|天气|外卖|工牌|工资|奖金|会议|机票|火车|车票|航班|酒店|路线|地址|高铁|股票|油价|发票|物料|礼品|"
    r"物资|门禁|钥匙|打车|午饭|吃饭|电影|比赛|红包|奖品|盒饭|电脑|密码|余额|邮件|社保|公积金|押金|资料|"
    r"汇率|福利|前台|证书|补贴|新闻|手册|文件"
)
_SEPARATED: Final = Pattern(r"^[\s:,.;。!\-—#/|]+")
_NUMBER: Final = Pattern(r"[\s:#]*(\d{1,9})号?(?:[\s,:;。]+|$)")


def find_command(text: str) -> Command | None:
    """
    Return the command a message gives, None when it gives none.
    """
    bare = address(text)
    folded = fold(bare)
    asked = _asked(bare, folded)
    if asked:
        return asked
    if turned := _turned(bare, folded):
        return turned
    match = _words().match(folded)
    if not match:
        return Command("help", "") if folded.strip(" 。!,") in {"?", "??", "???"} else None
    key, rest = _keys()[match.group().lower()], bare[match.end() :]
    tail = _TAIL.sub("", fold(rest))
    again = key == "cancel" and _keys().get(tail.lstrip(" ,.。").lower()) == key
    if again or (not tail.strip("?") and (not tail or key == "help")):
        return Command(key, "")
    if key in NUMBERED or key in NUMBERED_WITH_TEXT:
        number, text_behind = split_number(rest)
        is_meant = number is not None and (key in NUMBERED_WITH_TEXT or not _TAIL.sub("", fold(text_behind)))
        return Command(key, rest.strip()) if is_meant else None
    if key not in WITH_ARGUMENT or not _may_follow(key, fold(rest)):
        return None
    folded_rest = fold(rest)
    separator = _SEPARATED.match(folded_rest)
    begin = separator.end() if separator else 0
    end = len(rest) if key in {"register", "follow_up"} else len(_TAIL.sub("", folded_rest))
    return Command(key, rest[begin:end].strip())


def split_number(argument: str) -> tuple[int | None, str]:
    """
    The number an argument begins with, and the text behind it (`9 资料不全`); None and the whole where it has none.
    """
    match = _NUMBER.match(fold(argument))
    return (int(match[1]), argument[match.end() :].strip()) if match else (None, argument.strip())


def address(text: str) -> str:
    """
    Drop the mention of the bot and the polite words before the matter.
    """
    text = text.lstrip()
    for pattern in (_MENTION, _POLITE, _MENTION):
        text = text[_end(pattern, text) :]
    return text


def _end(pattern: Pattern, text: str) -> int:
    match = pattern.match(fold(text))
    return match.end() if match and match.end() < len(text) else 0


@lru_cache(maxsize=1)
def _keys() -> dict[str, str]:
    return {word: key for key, words in COMMAND_WORDS.items() for word in words.split()}


@lru_cache(maxsize=1)
def _words() -> Pattern:
    words = sorted((word for word in _keys() if word != "?"), key=len, reverse=True)
    return Pattern(
        "|".join(rf"{re.escape(word)}(?![a-z]|名称|名[:是]|单位|信息[:\n])" for word in words), re.IGNORECASE
    )


def _may_follow(key: str, rest: str) -> bool:
    """
    Say whether what stands behind the word can be its argument.
    """
    separated = _SEPARATED.match(rest) is not None
    argument = _SEPARATED.sub("", rest)
    if key == "help":
        return separated and argument.strip().lower() in _keys()
    if key in {"register", "follow_up"}:
        return separated or not _NARRATIVE.match(argument)
    if not separated and key not in GLUED_ARGUMENT:
        return key == "my_customers" and re.match(r"[\d一二三四五六七八九十]|里|中|,", argument) is not None
    if len(argument) > 60 or _SMALL_TALK.search(argument) or (_NARRATIVE.match(argument) and not separated):
        return False
    known = find_company(argument)
    if key == "collaborate" and not separated and not (known or leading_region(argument)):
        return False
    if _QUESTION.search(argument) and not (known and key in {"dedup_check", "find_customer"}):
        return False
    return separated or not re.search(r"[了过]$|^(?:一下)?[我你他她它这那]|的(?:时候|话|事|人)", argument)


def _turned(text: str, folded: str) -> Command | None:
    """
    Read a command whose customer stands before the word: 把云途科技退回公海, 给云途科技延保.
    """
    tail = _TAIL.search(folded)
    end = tail.start() if tail else len(folded)
    for key, pattern in (*_TURNED, ("dedup_check", _ASKED_FIRST)):
        match = pattern.fullmatch(folded, 0, end)
        if match and not _NOBODY.search(match["who"]) and not _SMALL_TALK.search(match["who"]):
            return Command(key, text[match.start("who") : match.end("who")].strip())
    return None


def _asked(text: str, folded: str) -> Command | None:
    """
    Read a question whether somebody has a customer already: 云途科技有人报过吗.
    """
    match = _ASKED_BEFORE.match(folded)
    if not match:
        return None
    who = match["who"]
    prefix = re.match(
        (
            r"(?:查(?:一下|下|查)?|看(?:一下|下|看)?|问(?:一下|下)?|请问|想问(?:一下|下)?|我想问下|客户|公司|"
            r"这个|那个|[\s,:])+"
        ),
        who,
    )
    begin = prefix.end() if prefix and prefix.end() < len(who) else 0
    name = text[begin : match.end("who")].strip(" ，,:：")
    company = find_company(who[begin:])
    if (
        _SOME_CUSTOMER.fullmatch(name)
        or re.search(r"[我你他谁]|昨天|今天|什么|怎么|报备", name)
        or (not company and (len(name) > 20 or "的" in name))
    ):
        return None
    if company and company.sureness >= Sureness.PLACED:
        name = text[begin + company.start : begin + company.end]
    return Command("dedup_check", name)

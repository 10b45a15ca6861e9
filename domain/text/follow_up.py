"""
A follow-up (跟进) read out of a message: whose, by which way, what was said, when next, and whether it is a complaint.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from domain.text.companies import Sureness, find_company, leading_region
from domain.text.folding import fold
from domain.text.found import FieldProblem
from domain.text.patterns import Pattern
from domain.text.people import read_person
from domain.text.times import SHANGHAI, find_times

Method = Literal["call", "visit", "meeting", "wechat", "email", "other"]
METHOD_WORDS: Final[tuple[tuple[Method, str], ...]] = (
    (
        "visit",
        (
            r"拜访|上门|登门|走访|(?:今天|昨天|前天|上午|下午|刚|上周[一二三四五]?)去了|去了?(?:客户|"
            r"他们|对方)?(?:公司|现场|工厂|厂里)|到访|现场(?:看|沟通|考察|"
            r"勘察)|面访|实地|当面|见了?面|面谈|跑了一趟|吃了?(?:个|顿)?(?:午|晚|早)?饭|喝茶|"
            r"从.{2,12}回来|参观|陪同|勘测|踏勘|"
            r"看了?(?:车间|现场|工厂|产线)"
        ),
    ),
    (
        "meeting",
        (
            r"开(?:了个?|完)?会|会(?:已经)?开(?:完|了|过)|会议|视频会|腾讯会议|座谈|评审会|线上会|例会|"
            r"zoom|teams|演示会"
        ),
    ),
    ("call", r"电话(?!会)|打了?(?:个|通)?电话|通(?:了|过)?(?:个)?电话|通话|致电|去电|来电|电联|回访电话|语音"),
    ("wechat", r"微信|企微|企业微信|wx|钉钉|飞书"),
    ("email", r"邮件|邮箱|e-?mail|发邮"),
)
COMPLAINT: Final = Pattern(r"投诉|退货|质量问题|赔偿|索赔|退款|不满意?|差评|要说法|发火|很生气|故障|坏了|出问题|抱怨")
PAST_CONTACT: Final = Pattern(
    r"刚?从.{2,12}回来|去.{2,14}(?:看了|考察|调研|勘察|参观|走访)|开(?:了|完|过)(?:个|"
    r"一?次)?[^,;。\n]{0,4}会|(?:拜访|联系|沟通|走访|回访|约|见|"
    r"聊|谈|跟进|电联|致电|通电话|打电话|打了?电话|回复|演示|对接|"
    r"交流|拜会|汇报|报价|寄样|送样|请吃饭|陪同|发)(?:了|过|完|好了?|到)|(?:打|通)了?(?:个|通|"
    r"一通)?电话(?:给|和|跟|,|，|沟通)?|(?:今天|昨天|上午|下午|刚刚?|刚才|前天|上周).{0,12}(?:拜访|"
    r"见了?|聊|沟通|电话|开会|通话|去了|到了)"
    r"|(?:客户|对方)(?:说|反馈|表示|要求|同意|拒绝|还在|觉得|已经|暂时|认为|希望)"
)
_MET: Final = Pattern(
    r"(?:拜访|走访|联系|沟通|回访|约|见|聊|去|打电话给|电话|跟|和|与|给)(?:了|过|"
    r"到)?(?P<who>[\u4e00-\u9fff]{4,12}?)(?:的|那边|公司|[,。\s]|$|[\u4e00-\u9fff][总工])"
)
_MET_BRAND: Final = Pattern(
    r"(?:(?:(?<![\u4e00-\u9fff])|(?<=[刚天午才]))[跟和给与]|从|拜访了?|走访了?|"
    r"联系了?|回访了?)"
    r"(?P<who>[\u4e00-\u9fffA-Za-z]{3,10}?)(?:那边|这边|公司)?(?:开了|打了|打完|聊了|聊完|聊过|通了|"
    r"沟通了|回来|谈了|交流了|"
    r"碰了|对接了|确认了|[\u4e00-\u9fff](?:总|工|经理|主任|董)(?=[打聊通开谈说,]|$))"
)
_NO_CUSTOMER: Final = Pattern(
    r"我|你|他|她|咱|领导|老板(?!电)|同事|财务|团队|部门|大家|老婆|家里|朋友|客户|供应商|人事|"
    r"小[\u4e00-\u9fff]$|老[\u4e00-\u9fff]$|[总工姐哥]$|公司|那边|会上"
)
_FULL_NAME: Final = 3
_END_OF_NAME: Final = Pattern(r"[\s,:;。!\n]")
_OPENING: Final = Pattern(r"^(?:[\s,:;\-。]|客户(?=[\s:,])|客户[:是]|一下|下|了)+")


@dataclass(frozen=True, slots=True)
class FollowUpFields:
    """
    What a message says about a contact with a customer; `next_at` is a date where no hour was said.
    """

    customer: str | None = None
    method: Method | None = None
    content: str | None = None
    next_at: datetime | date | None = None
    complaint: bool = False


@dataclass(frozen=True, slots=True)
class FollowUpReading:
    """
    A follow-up and what is wrong with what was written.
    """

    fields: FollowUpFields
    problems: tuple[FieldProblem, ...] = ()


def read_follow_up(text: str, now: datetime) -> FollowUpReading:
    """
    Read a cleaned message, without the command word, as a follow-up.
    """
    folded = fold(text)
    opening = _OPENING.match(folded)
    start = opening.end() if opening else 0
    begin, end = _customer(folded, start)
    customer = text[begin:end].strip(" ，,:：。的") or None
    outside = text[start:begin].strip() and begin > start
    content = text[start:] if outside or not customer else text[end:]
    content = content.strip().lstrip("，,:：;；。-— ").strip()
    next_at, problem = _next(folded, now)
    fields = FollowUpFields(customer, _method(folded), content or None, next_at, COMPLAINT.search(folded) is not None)
    return FollowUpReading(fields, (problem,) if problem else ())


def is_follow_up(text: str) -> bool:
    """
    Say whether a message without the word tells of a contact with a customer (昨天拜访了云途科技，…).
    """
    folded = fold(text)
    return PAST_CONTACT.search(folded) is not None and mentions_customer(folded)


def mentions_customer(folded: str) -> bool:
    return _named(folded.split("\n", maxsplit=1)[0]) is not None


def _named(line: str) -> tuple[int, int] | None:
    """
    Return the span of a company, or of a placed brand that was visited or called (拜访了无锡恒泰的周总).
    """
    company = find_company(line)
    if company and company.sureness >= Sureness.TRADE:
        return company.start, company.end
    for met in _MET.finditer(line):
        if re.search(r"[了过完]", met["who"]):
            continue
        if leading_region(met["who"]) and leading_region(met["who"]) <= len(met["who"]) - 2:
            return met.span("who")
    for met in _MET_BRAND.finditer(line):
        if not _NO_CUSTOMER.search(met["who"]) and (read_person(met["who"]) is None or len(met["who"]) > _FULL_NAME):
            return met.span("who")
    return None


def _customer(folded: str, start: int) -> tuple[int, int]:
    """
    Return the span of the customer: the company named at the beginning or anywhere, else the first word.
    """
    stop = _END_OF_NAME.search(folded, start)
    first = stop.start() if stop else len(folded)
    named = _named(folded[start:first])
    if named:
        return start + named[0], start + named[1]
    if first - start <= 20 and stop:
        return start, first
    glued = re.match(
        (
            r".{2,16}?(?=今天|昨天|上午|下午|刚|电话|微信|拜访|上门|客户|对方|已经|打了|发了|见了|聊了|沟通|"
            r"约了|说|要求|下周|明天|张总|[老小][\u4e00-\u9fff])"
        ),
        folded[start:first],
    )
    if glued:
        return start, start + glued.end()
    return (start, first) if first - start <= 20 else (start, start)


def _method(folded: str) -> Method | None:
    hits = [
        (match.start(), method) for method, words in METHOD_WORDS if (match := re.search(words, folded, re.IGNORECASE))
    ]
    return min(hits)[1] if hits else None


def _next(folded: str, now: datetime) -> tuple[datetime | date | None, FieldProblem | None]:
    """
    Return the first moment that still lies ahead; a text that only plans into the past has a problem.
    """
    today = now.astimezone(SHANGHAI)
    for found in find_times(folded, now):
        said = folded[found.start : found.end]
        ahead = found.at >= today if isinstance(found.at, datetime) else found.at >= today.date()
        if ahead and not _is_report(folded, found.end, said):
            return found.at, None
        if (
            not ahead
            and re.match(r".{0,4}(?:再|前|回访|去|给|要|提醒|交)", folded[found.end :])
            and not re.match(r"[昨前上刚]", said)
        ):
            return None, FieldProblem("next_at", "date_past", said)
    return None, None


def _is_report(folded: str, end: int, said: str) -> bool:
    """
    Say whether 今天 tells what happened (今天拜访了 …) and plans nothing.
    """
    today = said.startswith(("今天", "今日", "今早", "当天", "上午", "早上", "中午", "下午"))
    return today and re.match(r".{0,14}?(?:了|过|完|到访|沟通|拜访|电话|来电|联系)", folded[end:]) is not None

"""
What came of a contact with a customer, read out of a follow-up's content.

What they said, what comes next, and a time that was named but is none.
"""

import re
from datetime import date, datetime, timedelta
from typing import Final

from domain.text.folding import fold
from domain.text.patterns import Pattern
from domain.text.times import find_time

_CLAUSE: Final = Pattern(r"[^,;。!\n]+")
_CUSTOMER: Final = (
    r"(?:客户|对方|他们|[\u4e00-\u9fff]{1,2}(?:总|经理|工|主任|老师|厂长|部长|处长|院长|科长|主管|"
    r"董))(?:那边|方面|这边)?"
)
_SAYS: Final = (
    r"(?:[^,;。!\n]{0,6}?)(?:说|讲|要|想|表示|反馈|希望|同意|拒绝|觉得|认为|关心|问|满意|认可|需要|"
    r"考虑|嫌|感?兴趣|答应|确认|催|"
    r"担心|比较|决定|投诉|抱怨|提出|提到|没|不|暂|已|在|等|有|让|对)"
)
_FEEDBACK: Final = Pattern(_CUSTOMER + _SAYS)
_NEXT: Final = Pattern(
    r"下一步|接下来|下次|后续|约了|约好|约定|约在|计划|准备|打算|安排|待(?:客户|对方|报价|确认|回复)|"
    r"等(?:他|客户|对方|通知|回复)|"
    r"再(?:联系|沟通|拜访|约|给|报|聊|打|发|跟|去|见|谈)|回访"
)
_VAGUE: Final = Pattern(
    r"过(?:个?[几两]|些|段|一?阵)(?:天|周|个?月|时间|日子|子)?|改天|近期|晚点|回头|(?:年|节|会)后|"
    r"月[初中](?![0-9])|"
    r"下个?(?:周|星期|礼拜)(?![一二三四五六日天1-7末])|下个?月(?![底末初中\d一二三四五六七八九十])|周几|几号"
)
_FAR_AHEAD: Final = timedelta(days=270)


def find_feedback(content: str) -> str:
    """
    Return the clause that tells what the customer said or did, empty when none does.
    """
    return next((clause for clause in _clauses(content) if _FEEDBACK.search(fold(clause))), "")


def find_next_step(content: str, next_at: datetime | date | None, now: datetime) -> str:
    """
    Return the clause that tells what comes next: by its words, else the one that holds the next time.
    """
    clauses = _clauses(content)
    by_words = next((clause for clause in clauses if _NEXT.search(fold(clause))), None)
    if by_words is not None or next_at is None:
        return by_words or ""
    return next((clause for clause in clauses if (time := find_time(clause, now)) and time.at == next_at), "")


def find_slip(content: str, next_at: datetime | date | None, now: datetime) -> str:
    """
    Return the words of a date that has just passed, where reading it as next year's would be the only way out.

    11月3日 said late in November is a slip of the pen, not an appointment in eleven months.
    """
    if next_at is None or (next_at if not isinstance(next_at, datetime) else next_at.date()) < _far(now):
        return ""
    time = find_time(content, now)
    said = content[time.start : time.end] if time and time.at == next_at else ""
    return said if said and "年" not in said and not re.match(r"20\d\d", said) else ""


def _far(now: datetime) -> date:
    return now.date() + _FAR_AHEAD


def find_vague_time(content: str) -> str:
    """
    Return words for a time that no calendar knows (过几天, 下个月), empty when there are none.
    """
    vague = _VAGUE.search(fold(content))
    return content[vague.start() : vague.end()] if vague else ""


def _clauses(content: str) -> list[str]:
    """
    Cut on the folded text, where every sign has one spelling; positions are the same.
    """
    return [content[found.start() : found.end()].strip() for found in _CLAUSE.finditer(fold(content))]

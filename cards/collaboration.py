"""
Cards of working on a customer together: asking the owner, the owner's answer, and what both are told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cards import buttons, words
from cards.actions import AnswerJoin
from cards.model import Button, Card, Fields, Row, Text
from cards.translation import _

REFUSALS: Final = {
    "own": _("“{name}”本来就是你负责的客户，直接写跟进即可。"),
    "already_in": _("你已经是“{name}”的协作人，直接写跟进即可。"),
    "pending": _("你已经向 {owner} 申请过协作“{name}”，请等待答复。"),
}


def request(request_id: int, *, name: str, applicant: str, title: str, reason: str) -> Card:
    """
    For the owner: who asks, for which customer, and why.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("申请人"), f"{applicant} {title}".strip()),
        *((Row(_("原因"), reason),) if reason else ()),
    )
    hint = Text(_("同意后对方可以查看这家客户并写跟进，客户仍归你负责。"), tone="note")
    answers = (
        Button(
            _("同意协作"),
            AnswerJoin(request_id, "accept").card_action(),
            style="primary",
            command=_("同意协作 {n}").format(n=request_id),
        ),
        Button(_("谢绝"), AnswerJoin(request_id, "decline").card_action(), command=_("谢绝 {n}").format(n=request_id)),
    )
    return Card(
        _("协作申请"), tone="orange", subtitle=name, status=_("待答复"), elements=(Fields(rows), hint), buttons=answers
    )


def requested(name: str, owner: str) -> Card:
    """
    For the applicant: it was sent.
    """
    rows = (Row(_("客户"), name), Row(_("负责人"), owner))
    line = Text(_("协作申请已发给 {owner}，答复后我会马上告诉你。").format(owner=owner))
    return Card(_("申请协作"), tone="blue", status=_("待答复"), elements=(Fields(rows), line), closed=True)


def sent(owner: str) -> str:
    """
    The same as one line.
    """
    return _("协作申请已发给 {owner}").format(owner=owner)


def answered(name: str, applicant: str, *, accepted: bool, at: datetime | None) -> Card:
    """
    The owner's card after the answer.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("申请人"), applicant),
        *((Row(_("答复时间"), words.day_time(at)),) if at else ()),
    )
    return Card(
        _("协作申请"),
        tone="green" if accepted else "grey",
        subtitle=name,
        status=_("已同意") if accepted else _("已谢绝"),
        elements=(Fields(rows),),
        closed=True,
    )


def already_answered(*, accepted: bool) -> str:
    """
    A second click on the answer.
    """
    return _("这份协作申请已经同意过了。") if accepted else _("这份协作申请已经谢绝过了。")


def told_accepted(customer_id: int, name: str, owner: str) -> Card:
    """
    For the applicant: welcome.
    """
    line = Text(_("{owner} 同意你协作“{name}”。你现在可以查看客户并写跟进。").format(owner=owner, name=name))
    offered = (buttons.write_follow_up(customer_id, name), buttons.show_customer(customer_id, name))
    return Card(_("协作申请已同意"), tone="green", status=_("已加入"), elements=(line,), buttons=offered)


def told_declined(name: str, owner: str) -> Card:
    """
    For the applicant: not this time.
    """
    line = Text(_("{owner} 谢绝了你对“{name}”的协作申请。").format(owner=owner, name=name))
    hint = Text(_("需要协调的话，可以和对方直接沟通，或请主管帮忙。"), tone="note")
    return Card(_("协作申请被谢绝"), tone="grey", status=_("未加入"), elements=(line, hint), closed=True)


def refused(code: str, *, name: str, owner: str) -> str:
    """
    Why there is nothing to ask for.
    """
    return REFUSALS[code].format(name=name, owner=owner)


def in_pool(customer_id: int, name: str) -> Card:
    """
    Nobody owns it: claim it instead.
    """
    line = Text(_("“{name}”在公海，没有人负责，不用申请协作，直接领取即可。").format(name=name))
    claim = buttons.claim(customer_id, name)
    command = _("领取 {name}").format(name=name)
    return Card(_("客户在公海"), tone="orange", elements=(line,), buttons=(claim,), commands=(command,))

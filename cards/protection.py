"""
Cards of the protection: the countdown reminders with their buttons, the extension and its results.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cards import buttons, words
from cards.model import Card, Fields, Row, Text
from cards.translation import _

REFUSALS: Final = {
    "not_owner": _("只有“{name}”的负责人可以申请延保。"),
    "not_protected": _("“{name}”不在保护期内，不能延保。"),
    "already_extended": _("“{name}”已经延保过一次，不能再延。请在 {until} 前写下有效跟进，到期后客户仍归你。"),
    "already_requested": _("“{name}”的延保申请正在审批，请等待结果。"),
    "too_few_follow_ups": _(
        "延保需要 {needed} 次有效跟进，“{name}”目前只有 {present} 次。"
        "写跟进后再申请，例如：跟进 {name} 电话沟通，客户要报价，下周三给"
    ),
}


def reminder(
    customer_id: int, name: str, until: datetime, now: datetime, *, days: int, releases: bool, effective: int
) -> Card:
    """
    T-7 / T-3 / T-1.
    """
    rows = (
        Row(_("客户"), name),
        Row(
            _("保护到期"), _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))
        ),
        Row(_("有效跟进"), _("{n} 次").format(n=effective)),
    )
    if releases:
        hint = Text(_("保护期内还没有有效跟进，到期会自动回到公海。"), tone="warning")
    else:
        hint = Text(_("已有有效跟进，到期后客户仍归你负责，但不再受保护。"), tone="note")
    offered = (
        buttons.write_follow_up(customer_id, name),
        buttons.extend(customer_id, name),
        buttons.open_return(customer_id, name, _("放弃"), style="danger"),
    )
    return Card(
        _("保护期还剩 {n} 天").format(n=days),
        tone="red" if releases and days == 1 else "orange",
        status=words.days_left(until, now),
        elements=(Fields(rows), hint),
        buttons=offered,
        commands=tuple(f"{word} {name}" for word in (_("跟进"), _("延保"), _("退回"))),
    )


def extension_refused(code: str, *, name: str, until: datetime | None, needed: int | None, present: int | None) -> str:
    """
    Why the protection cannot be extended, and what now.
    """
    at = words.day_time(until) if until else ""
    return REFUSALS[code].format(name=name, until=at, needed=needed, present=present)


def extension_waiting(name: str, approver: str, extended: datetime, answer_by: datetime | None) -> Card:
    """
    延保 was asked for.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("延长至"), words.day_time(extended)),
        Row(_("审批人"), approver),
        *((Row(_("答复时限"), words.day_time(answer_by)),) if answer_by else ()),
    )
    commands = (_("撤回"),)
    return Card(
        _("延保申请"), tone="orange", status=_("待审批"), elements=(Fields(rows),), commands=commands, closed=True
    )


def extended(customer_id: int, name: str, until: datetime, now: datetime, *, by: str) -> Card:
    """
    延保 was approved.
    """
    rows = (
        Row(_("客户"), name),
        Row(
            _("保护到期"), _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))
        ),
        Row(_("审批人"), by),
    )
    write = buttons.write_follow_up(customer_id, name)
    return Card(
        _("延保通过"),
        tone="green",
        status=_("已保护至 {day}").format(day=words.short_day(until)),
        elements=(Fields(rows),),
        buttons=(write,),
    )


def extension_rejected(name: str, until: datetime | None, reason: str, *, by: str) -> Card:
    """
    延保 was rejected, by a person or by the time-out.
    """
    rows = (
        Row(_("客户"), name),
        *((Row(_("保护到期"), words.day_time(until)),) if until else ()),
        Row(_("处理人"), by),
        Row(_("原因"), reason),
    )
    return Card(_("延保未通过"), tone="red", status=_("保护期不变"), elements=(Fields(rows),), closed=True)


def kept(name: str, keep_until: datetime) -> Card:
    """
    The protection ended and the owner keeps the customer.
    """
    line = Text(_("“{name}”保护期已到，因为有有效跟进，仍归你负责。").format(name=name))
    hint = Text(_("请在 {at} 前再写一次有效跟进，否则会回到公海。").format(at=words.day_time(keep_until)), tone="note")
    return Card(_("保护期已结束"), tone="blue", status=_("仍归你负责"), elements=(line, hint))


def title() -> str:
    """
    What an extension is called on result cards.
    """
    return _("延长保护")


def extended_line(until: datetime) -> str:
    """
    The result line of an approved extension.
    """
    return _("延长至 {until}").format(until=words.day_time(until))

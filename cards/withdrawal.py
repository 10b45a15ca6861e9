"""
撤回: what a member asked for and nobody has decided yet, and what is said when they take it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from cards import words
from cards.actions import WithdrawRequest
from cards.approval import WaitingApproval
from cards.model import Button, Card, Item, Items, Text
from cards.translation import _


def own_requests(entries: Sequence[WaitingApproval]) -> Card:
    """
    What waits for somebody else, each with 撤回.
    """
    if not entries:
        line = Text(_("你没有等待审批的申请。已经有结果的不能撤回。"))
        return Card(_("我的申请"), tone="green", elements=(line,))
    note = Text(_("撤回后审批人不用再处理，客户名称也不再占用；需要时可以重新提交。"), tone="note")
    items = Items(tuple(_item(one) for one in entries))
    return Card(_("我的申请"), tone="orange", status=_("{n} 项待审批").format(n=len(entries)), elements=(items, note))


def _item(one: WaitingApproval) -> Item:
    button = Button(
        _("撤回"),
        WithdrawRequest(one.number).card_action(),
        confirm=_("撤回“{subtitle}”的申请？").format(subtitle=one.subtitle),
        command=_("撤回 #{n}").format(n=one.number),
    )
    since = _("{at} 提交").format(at=words.day_time(one.since))
    return Item(f"{one.title} · {one.subtitle}", (since,), (button,))


def done(title: str, subtitle: str) -> str:
    """
    撤回, done.
    """
    return _("已撤回{title}“{subtitle}”，审批人不用再处理。").format(title=title, subtitle=subtitle)

"""
Buttons that many cards have, each with the text command that does the same.
"""

from __future__ import annotations

from typing import Final

from cards.actions import (
    Claim,
    Extend,
    ListMine,
    ListPool,
    OpenReturn,
    RequestJoin,
    RunCommand,
    ShowCustomer,
    WriteFollowUp,
)
from cards.model import Button, ButtonStyle
from cards.translation import _

WORDS: Final = {
    "approvals": _("我的审批"),
    "dedup_check": _("查重"),
    "handover": _("交接"),
    "help": _("帮助"),
    "my_customers": _("我的客户"),
    "pool": _("公海"),
    "todo": _("待办"),
}
"""The word of each command that a button runs."""


def run(label: str, key: str, argument: str = "", *, style: ButtonStyle = "default") -> Button:
    """
    A button that does what typing the command does.
    """
    command = f"{WORDS[key]} {argument}" if argument else WORDS[key]
    return Button(label, RunCommand(key, argument).card_action(), style=style, command=command)


def write_follow_up(customer_id: int, name: str, label: str = "") -> Button:
    """
    写跟进.
    """
    command = _("跟进 {name}").format(name=name)
    return Button(label or _("写跟进"), WriteFollowUp(customer_id).card_action(), style="primary", command=command)


def show_customer(customer_id: int, name: str, label: str = "") -> Button:
    """
    查看客户.
    """
    command = _("查客户 {name}").format(name=name)
    return Button(label or _("查看客户"), ShowCustomer(customer_id).card_action(), command=command)


def claim(customer_id: int, name: str) -> Button:
    """
    领取.
    """
    command = _("领取 {name}").format(name=name)
    return Button(_("领取"), Claim(customer_id).card_action(), style="primary", command=command)


def request_join(customer_id: int, name: str) -> Button:
    """
    申请协作.
    """
    command = _("申请协作 {name}").format(name=name)
    return Button(_("申请协作"), RequestJoin(customer_id).card_action(), style="primary", command=command)


def extend(customer_id: int, name: str) -> Button:
    """
    延保.
    """
    return Button(_("延保"), Extend(customer_id).card_action(), command=_("延保 {name}").format(name=name))


def open_return(customer_id: int, name: str, label: str = "", *, style: ButtonStyle = "default") -> Button:
    """
    退回: asks for the reason.
    """
    command = _("退回 {name}").format(name=name)
    return Button(label or _("退回"), OpenReturn(customer_id).card_action(), style=style, command=command)


def pool_page(label: str, page: int) -> Button:
    """
    Another page of 公海.
    """
    return Button(label, ListPool(page).card_action(), command=_("公海 第{page}页").format(page=page))


def mine_page(label: str, page: int, within_days: int) -> Button:
    """
    Another page of 我的客户; `within_days` 0 means all.
    """
    command = _("我的客户 第{page}页").format(page=page)
    if within_days:
        command = _("我的客户 {n}天内到期 第{page}页").format(n=within_days, page=page)
    return Button(label, ListMine(page, within_days).card_action(), command=command)

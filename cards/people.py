"""
Cards about the people of the company for its administrators: who seems to have left, and who may be the same person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cards.model import Button, Card, Fields, Item, Items, Row, Text
from cards.people_actions import AnswerLink, ConfirmDepartures, DismissDepartures, LinkAll
from cards.translation import _

MOST_LISTED: Final = 20
MOST_PROPOSALS: Final = 5
PLATFORMS: Final = {"wecom": _("企业微信"), "dingtalk": _("钉钉"), "feishu": _("飞书")}
SIGNS: Final = {
    "inactive": _("账号已停用"),
    "said": _("平台通知已离职"),
    "missing": _("通讯录里没有了"),
    "out_of_sight": _("所在部门整个看不到了"),
    "emptied": _("所在部门的人都看不到了"),
}
BASES: Final = {"mobile": _("手机号相同"), "email": _("邮箱相同"), "name": _("只有姓名相同")}


@dataclass(frozen=True)
class DepartureLine:
    """
    Somebody who seems to have left, with department and sign.
    """

    name: str
    department: str
    sign: str


@dataclass(frozen=True)
class ProposalLine:
    """
    A person seen on a platform, and the member they may be.
    """

    proposal_id: int
    platform: str
    name: str
    department: str
    basis: str


def platform_name(key: str) -> str:
    """
    A platform's name.
    """
    return PLATFORMS.get(key, key)


def departures(platform: str, account: str, newest: int, lines: Sequence[DepartureLine]) -> Card:
    """
    Before anybody loses their customers: is it true that these people left?
    """
    shown = lines[:MOST_LISTED]
    rows = tuple(Row(f"{line.name} {line.department}".strip(), SIGNS.get(line.sign, "")) for line in shown)
    why = Text(
        _("{platform}通讯录里有 {n} 位成员像是离职了，人数或情况不寻常，所以还没有做任何改动。").format(
            platform=platform_name(platform), n=len(lines)
        )
    )
    more = (Text(_("另有 {n} 位没有列出。").format(n=len(lines) - len(shown)), tone="note"),)
    hint = Text(
        _("如果是刚调整了应用的可见范围，请选“都还在职”。确认离职后，他们的客户进交接池，令牌和登录立即失效。"),
        tone="note",
    )
    question = _("确认这 {n} 位都已离职？他们名下的客户会进交接池。").format(n=len(lines))
    buttons = (
        Button(
            _("确认离职"),
            ConfirmDepartures(platform, account, newest).card_action(),
            style="danger",
            confirm=question,
            command=_("确认离职 {n}").format(n=newest),
        ),
        Button(
            _("都还在职"),
            DismissDepartures(platform, account, newest).card_action(),
            style="primary",
            command=_("都还在职 {n}").format(n=newest),
        ),
    )
    elements = (why, Fields(rows), *(more if len(lines) > len(shown) else ()), hint)
    return Card(
        _("请确认离职名单"), tone="red", status=_("{n} 位").format(n=len(lines)), elements=elements, buttons=buttons
    )


def departures_confirmed(count: int, by: str) -> Card:
    """
    The same card after 确认离职.
    """
    line = Text(_("{by} 确认 {n} 位已离职，正在办理交接，主管会收到交接卡片。").format(by=by, n=count))
    return Card(_("请确认离职名单"), tone="grey", status=_("已确认"), elements=(line,), closed=True)


def departures_dismissed(count: int, by: str) -> Card:
    """
    The same card after 都还在职.
    """
    line = Text(_("{by} 确认 {n} 位都还在职，没有做任何改动。").format(by=by, n=count))
    return Card(_("请确认离职名单"), tone="green", status=_("都还在职"), elements=(line,), closed=True)


def departures_over() -> Card:
    """
    The same card when there is nothing left to ask.
    """
    line = Text(_("名单已有变化，这张卡片不用再处理。"))
    return Card(_("请确认离职名单"), tone="grey", status=_("已失效"), elements=(line,), closed=True)


def nothing_to_decide() -> str:
    """
    A click on a list that is settled.
    """
    return _("这份名单已经处理过了。")


def proposals(lines: Sequence[ProposalLine]) -> Card:
    """
    Which ids on two platforms are one person's?
    """
    if not lines:
        line = Text(_("没有等待确认的成员关联。"))
        return Card(_("成员关联"), tone="green", status=_("全部完成"), elements=(line,), closed=True)
    shown = lines[:MOST_PROPOSALS]
    sure = [line for line in lines if line.basis != "name"]
    intro = Text(_("这些人可能已经在其他平台上登记过。确认是同一人后，待办、客户和审批就是同一份。"))
    more = (Text(_("还有 {n} 位，处理完这些会接着显示。").format(n=len(lines) - len(shown)), tone="note"),)
    which = (Text(_("“全部关联”只关联手机或邮箱相同的，只有姓名相同的请逐个确认。"), tone="note"),)
    newest = max(line.proposal_id for line in lines)
    every = Button(
        _("全部关联（{n} 位）").format(n=len(sure)),
        LinkAll(newest).card_action(),
        style="primary",
        command=_("关联成员 全部"),
    )
    return Card(
        _("成员关联"),
        tone="orange",
        status=_("{n} 位待确认").format(n=len(lines)),
        elements=(
            intro,
            Items(tuple(_proposal(line) for line in shown)),
            *(more if len(lines) > len(shown) else ()),
            *(which if len(sure) > 1 else ()),
        ),
        buttons=(every,) if len(sure) > 1 else (),
        commands=(_("关联成员 全部"),) if len(sure) > 1 else (),
    )


def _proposal(line: ProposalLine) -> Item:
    same = _("关联成员 {n}").format(n=line.proposal_id)
    buttons = (
        Button(_("是同一人"), AnswerLink(line.proposal_id, "same").card_action(), style="primary", command=same),
        Button(
            _("不是"),
            AnswerLink(line.proposal_id, "different").card_action(),
            command=_("关联成员 {n} 不是").format(n=line.proposal_id),
        ),
    )
    where = _("{platform}上的“{name}”").format(platform=platform_name(line.platform), name=line.name)
    known = _("已登记：{name} {department}").format(name=line.name, department=line.department).strip()
    return Item(where, (known, BASES.get(line.basis, "")), buttons, command=same)


def linked(name: str, platform: str) -> str:
    """
    是同一人, done.
    """
    return _("已关联：{name} 在{platform}上也是同一个人。").format(name=name, platform=platform_name(platform))


def kept_apart(name: str) -> str:
    """
    不是, done.
    """
    return _("好的，{name} 会作为另一位成员登记。").format(name=name)


def linked_all(count: int) -> str:
    """
    全部关联, done.
    """
    return _("已关联 {n} 位。").format(n=count)


def proposals_over() -> Card:
    """
    An earlier list, after a newer one was sent.
    """
    line = Text(_("名单已有变化，请看新发的卡片，或发送“关联成员”。"))
    return Card(_("成员关联"), tone="grey", status=_("已失效"), elements=(line,), closed=True)


def already_answered() -> str:
    """
    A second answer to the same proposal.
    """
    return _("这一位已经确认过了。")

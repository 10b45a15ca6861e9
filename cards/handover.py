"""
Cards of handing over what a leaver held (交接): the manager's card, the heir's, and what others are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cards import buttons, words
from cards.model import Button, Card, Element, Fields, Item, Items, Row, Text
from cards.people_actions import AssignHandover
from cards.translation import _

MOST_LISTED: Final = 5


@dataclass(frozen=True)
class HeldCustomer:
    """
    A customer that waits in the 交接池: name and stage.
    """

    name: str
    stage: str


@dataclass(frozen=True)
class HeirLine:
    """
    A colleague who could take over, with how many customers they have.
    """

    member_id: int
    name: str
    holding: int


@dataclass(frozen=True)
class LeaverLine:
    """
    A leaver whose customers wait, and how many.
    """

    name: str
    customers: int


def handover(
    leaver_id: int, leaver: str, held: Sequence[HeldCustomer], total: int, heirs: Sequence[HeirLine], *, note: str = ""
) -> Card:
    """
    For the manager: what the leaver held, and who of the team could take it over.
    """
    rows = [Row(customer.name, words.stage_name(customer.stage)) for customer in held[:MOST_LISTED]]
    elements: list[Element] = [
        *((Text(note, tone="good"),) if note else ()),
        Text(
            _(
                "{name} 已离职，名下 {n} 家客户在交接池，只能由你分配，别人领不走。阶段、联系人和跟进记录都还在。"
            ).format(name=leaver, n=total)
        ),
        Fields(tuple(rows)),
    ]
    if total > len(rows):
        elements.append(Text(_("另有 {n} 家没有列出。").format(n=total - len(rows)), tone="note"))
    elements.append(Text(_suggestion(heirs), tone="note"))
    return Card(
        _("离职交接"),
        tone="orange",
        subtitle=leaver,
        status=_("{n} 家待分配").format(n=total),
        elements=tuple(elements),
        buttons=tuple(_assign(leaver_id, leaver, total, heir) for heir in heirs),
        commands=(_("交接 {name} 同事姓名").format(name=leaver),),
    )


def _suggestion(heirs: Sequence[HeirLine]) -> str:
    if not heirs:
        return _("同组没有名额够的销售。可以发送“交接 离职人 接手人”分配给其他同事。")
    listed = "、".join(_("{name}（现有 {n} 家）").format(name=heir.name, n=heir.holding) for heir in heirs)
    return _("同组客户最少的是：{listed}。也可以分配给其他同事。").format(listed=listed)


def _assign(leaver_id: int, leaver: str, total: int, heir: HeirLine) -> Button:
    question = _("把 {leaver} 的 {n} 家客户分配给 {heir}？").format(leaver=leaver, n=total, heir=heir.name)
    label = _("分配给{name}").format(name=heir.name)
    command = _("交接 {leaver} {heir}").format(leaver=leaver, heir=heir.name)
    return Button(label, AssignHandover(leaver_id, heir.member_id).card_action(), confirm=question, command=command)


def assigned_note(count: int, heir: str) -> str:
    """
    What was just done, above what is left.
    """
    return _("已把 {n} 家分配给 {heir}，名额用完了，其余请分配给别人。").format(n=count, heir=heir)


def finished(leaver: str, rows: Sequence[tuple[str, int]]) -> Card:
    """
    The manager's card when everything has an owner again.
    """
    lines = tuple(Row(_("分配给 {name}").format(name=name), _("{n} 家").format(n=count)) for name, count in rows)
    return Card(
        _("离职交接"), tone="green", subtitle=leaver, status=_("已分配"), elements=(Fields(lines),), closed=True
    )


def received(leaver: str, held: Sequence[HeldCustomer], total: int, protected_days: int) -> Card:
    """
    For the heir: what is theirs now.
    """
    rows = tuple(Row(customer.name, words.stage_name(customer.stage)) for customer in held[:MOST_LISTED])
    intro = Text(
        _("{leaver} 离职后的 {n} 家客户现在由你负责，保护期 {days} 天。").format(
            leaver=leaver, n=total, days=protected_days
        )
    )
    hint = Text(_("阶段、联系人和跟进记录都保留，没做完的待办也转给了你。建议先看记录，再主动打个招呼。"), tone="note")
    more = (Text(_("另有 {n} 家没有列出。").format(n=total - len(rows)), tone="note"),) if total > len(rows) else ()
    offered = (
        buttons.run(_("我的客户"), "my_customers", style="primary"),
        buttons.run(_("我的待办"), "todo"),
    )
    return Card(
        _("你接手了客户"),
        tone="green",
        status=_("{n} 家").format(n=total),
        elements=(intro, Fields(rows), *more, hint),
        buttons=offered,
    )


def waiting(lines: Sequence[LeaverLine]) -> Card:
    """
    交接 alone: whose customers wait for an owner.
    """
    if not lines:
        return Card(_("离职交接"), tone="green", elements=(Text(_("没有等待你分配的离职客户。")),))
    items = tuple(
        Item(
            line.name,
            (_("{n} 家客户在交接池").format(n=line.customers),),
            (buttons.run(_("去分配"), "handover", line.name, style="primary"),),
            command=_("交接 {name}").format(name=line.name),
        )
        for line in lines
    )
    note = Text(_("直接分配：发送“交接 离职人 接手人”。"), tone="note")
    return Card(_("离职交接"), status=_("{n} 人").format(n=len(lines)), elements=(Items(items), note))


def request_ended(name: str, applicant: str) -> Card:
    """
    The owner's card of a request to join whose applicant has left.
    """
    rows = (Row(_("客户"), name), Row(_("申请人"), applicant))
    return Card(
        _("协作申请"),
        tone="grey",
        subtitle=name,
        status=_("申请人已离职"),
        elements=(Fields(rows),),
        closed=True,
    )


def request_unanswered(name: str, owner: str) -> str:
    """
    For who asked to join, when the owner left before answering.
    """
    return _("“{name}”的负责人 {owner} 已离职，你的协作申请没有得到答复。客户分配给新负责人后，可以再申请。").format(
        name=name, owner=owner
    )

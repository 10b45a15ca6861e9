"""
The daily digest to a group, and the morning card to each seller.

A group reads figures and names of customers: no contacts, amounts as bands, and nobody is named for doing nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cards import buttons, words
from cards import task as task_cards
from cards.model import Card, Chart, Element, Fields, Item, Items, Point, Text
from cards.task import AgendaView
from cards.translation import _


@dataclass(frozen=True, kw_only=True)
class EndingCustomer:
    """
    A customer whose protection ends soon, as a group may read it: the stage and the amount as bands.
    """

    name: str
    stage_band: str
    amount_band: str
    protected_until: datetime


@dataclass(frozen=True, kw_only=True)
class GroupFigures:
    """
    What the group's department did today; `ending_total` counts more than `ending` lists, which may be none of them.
    """

    registered: int
    approved: int
    claimed: int
    effective_follow_ups: int
    released: int
    ending: Sequence[EndingCustomer]
    ending_total: int


def group(department: str, day: date, figures: GroupFigures, now: datetime) -> Card:
    """
    日报.
    """
    day_of_work = Chart("bar", _points(figures))
    has_work = any(point.value for point in day_of_work.points)
    elements: list[Element] = [day_of_work if has_work else Fields(day_of_work.rows)]
    if figures.ending_total:
        elements.append(Text(_("3 天内保护到期（{n}）").format(n=figures.ending_total), tone="strong"))
    if figures.ending:
        elements.append(Items(tuple(_ending(one, now) for one in figures.ending)))
    return Card(
        _("日报 · {department}").format(department=department) if department else _("日报"),
        subtitle=words.day(day),
        status=_("有效跟进 {n} 条").format(n=figures.effective_follow_ups),
        elements=(*elements, Text(_encouragement(figures), tone="note")),
        buttons=(
            buttons.run(_("公海"), "pool", style="primary"),
            buttons.run(_("我的客户"), "my_customers"),
        ),
        commands=(_("公海"), _("我的客户")),
    )


def _points(figures: GroupFigures) -> tuple[Point, ...]:
    counted = (
        (_("今日报备"), figures.registered, _("{n} 家")),
        (_("审批通过"), figures.approved, _("{n} 家")),
        (_("公海领取"), figures.claimed, _("{n} 家")),
        (_("有效跟进"), figures.effective_follow_ups, _("{n} 条")),
        (_("退回公海"), figures.released, _("{n} 家")),
    )
    return tuple(Point(label, n, text.format(n=n)) for label, n, text in counted)


def _ending(one: EndingCustomer, now: datetime) -> Item:
    left = words.days_left(one.protected_until, now)
    parts = (words.band_name(one.stage_band), words.amount_band(one.amount_band), left)
    return Item(one.name, (" · ".join(parts),))


def _encouragement(figures: GroupFigures) -> str:
    if figures.effective_follow_ups or figures.registered:
        return _("大家辛苦了！没有写跟进的客户，现在补一条还来得及。")
    return _("今天还没有报备和有效跟进，现在写一条还来得及：单聊我发送“跟进 客户 内容”。")


def morning(name: str, day: date, view: AgendaView, now: datetime) -> Card:
    """
    晨报: what waits for one person today.
    """
    greeting = Text(_("{name}，早上好！").format(name=name))
    if view.is_empty:
        line = Text(_("今天没有到期的待办和保护，适合开发新客户：报备一家，或去公海看看。"), tone="note")
        pool = buttons.run(_("看公海"), "pool")
        return Card(_("今日简报"), tone="green", subtitle=words.day(day), elements=(greeting, line), buttons=(pool,))
    return Card(
        _("今日简报"),
        subtitle=words.day(day),
        status=_summary(view),
        elements=(greeting, *task_cards.elements(view, now)),
        buttons=(
            buttons.run(_("全部待办"), "todo"),
            *task_cards.buttons(view),
        ),
    )


def _summary(view: AgendaView) -> str:
    parts = (
        (_("待办 {n}"), len(view.tasks)),
        (_("将到期 {n}"), len(view.ending)),
        (_("待审批 {n}"), len(view.waiting)),
    )
    return " · ".join(text.format(n=n) for text, n in parts if n) or _("公海新增 {n}").format(n=view.pool_news)

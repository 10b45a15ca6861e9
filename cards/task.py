"""
The to-do card (待办) and, on the same pattern, the morning card: what is due, whose protection ends, who waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cards import buttons as pressable
from cards import words
from cards.actions import FinishTask
from cards.model import Button, Card, Divider, Element, Item, Items, Text
from cards.translation import _


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """
    An open task. `customer_id` is None where there is no customer to open, `customer` is its name.
    """

    task_id: int
    title: str
    due_at: datetime | None
    customer_id: int | None
    customer: str
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class EndingLine:
    """
    One of the reader's customers whose protection ends soon.
    """

    customer_id: int
    name: str
    protected_until: datetime
    has_effective: bool


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """
    An approval that waits for the reader.
    """

    title: str
    subject: str
    applicant: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class AgendaView:
    """
    Everything that waits for one person.

    `pool_news` counts customers that came into the pool since yesterday; `listed` is how many entries of each kind the
    card shows.
    """

    tasks: Sequence[TaskLine]
    ending: Sequence[EndingLine]
    waiting: Sequence[WaitingLine]
    joins: int
    pool_news: int = 0
    listed: int = 3

    @property
    def is_empty(self) -> bool:
        """
        Whether nothing at all waits.
        """
        return not (self.tasks or self.ending or self.waiting or self.joins or self.pool_news)


def todo(view: AgendaView, now: datetime) -> Card:
    """
    待办.
    """
    if view.is_empty:
        line = Text(_("太棒了，现在没有待办！可以看看公海有没有合适的客户，或者报备一个新客户。"))
        return Card(_("我的待办"), tone="green", status=_("全部完成"), elements=(line,), buttons=(_pool(),))
    overdue = sum(line.is_overdue for line in view.tasks)
    return Card(
        _("我的待办"),
        tone="red" if overdue else "blue",
        status=_("{n} 项已逾期").format(n=overdue) if overdue else _("{n} 项").format(n=_count(view)),
        elements=tuple(elements(view, now)),
        buttons=tuple(buttons(view)),
    )


def _count(view: AgendaView) -> int:
    return len(view.tasks) + len(view.ending) + len(view.waiting) + view.joins


def elements(view: AgendaView, now: datetime) -> Iterator[Element]:
    """
    The sections of an agenda, each only where it holds something.
    """
    sections = (
        (_("等你审批"), [_waiting(line) for line in view.waiting]),
        (_("要做的事"), [_task(line) for line in view.tasks]),
        (_("保护期快到期"), [_ending(line, now) for line in view.ending]),
    )
    is_first = True
    for title, items in sections:
        if not items:
            continue
        if not is_first:
            yield Divider()
        is_first = False
        yield Text(_("{title}（{n}）").format(title=title, n=len(items)), tone="strong")
        yield Items(tuple(items[: view.listed]))
        if len(items) > view.listed:
            yield Text(_("还有 {n} 项没有列出。").format(n=len(items) - view.listed), tone="note")
    if view.joins:
        yield Text(_("有 {n} 份协作申请等你答复，请看申请卡片。").format(n=view.joins))
    if view.pool_news:
        yield Text(_("昨天以来公海新增 {n} 家客户。").format(n=view.pool_news))


def buttons(view: AgendaView) -> Iterator[Button]:
    """
    Where the sections lead.
    """
    if view.ending:
        yield pressable.run(_("7天内到期"), "my_customers", _("7天内到期"))
    yield pressable.run(_("我的客户"), "my_customers")
    if view.pool_news:
        yield _pool()


def _pool() -> Button:
    return pressable.run(_("看公海"), "pool")


def _task(line: TaskLine) -> Item:
    if line.due_at is None:
        due = _("没有期限")
    elif line.is_overdue:
        due = _("已逾期：{at}").format(at=words.day_time(line.due_at))
    else:
        due = words.day_time(line.due_at)
    finish = _("完成 #{n}").format(n=line.task_id)
    done = Button(_("完成"), FinishTask(line.task_id).card_action(), command=finish)
    if line.customer_id is None:
        return Item(line.title, (due,), (done,))
    show = pressable.show_customer(line.customer_id, line.customer, _("查看"))
    return Item(line.title, (due,), (done, show))


def _ending(line: EndingLine, now: datetime) -> Item:
    left = _("{at} 到期（{left}）").format(
        at=words.day_time(line.protected_until), left=words.days_left(line.protected_until, now)
    )
    state = _("已有有效跟进") if line.has_effective else _("还没有有效跟进，到期会回公海")
    write = pressable.write_follow_up(line.customer_id, line.name)
    return Item(line.name, (left, state), (write,), command=_("跟进 {name}").format(name=line.name))


def _waiting(line: WaitingLine) -> Item:
    title = f"{line.title} · {line.subject}" if line.subject else line.title
    since = _("{applicant}，{at} 提交").format(applicant=line.applicant, at=words.day_time(line.since))
    decide = pressable.run(_("去审批"), "approvals", style="primary")
    return Item(title, (since,), (decide,), command=_("我的审批"))


def finished(title: str) -> str:
    """
    A task is done.
    """
    return _("已完成：{title}").format(title=title)


def already_finished() -> str:
    """
    A second click on 完成.
    """
    return _("这项待办已经完成了。")

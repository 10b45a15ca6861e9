"""
To-dos (待办): what waits for one person, and finishing a task on the card.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.reply import Reply, say, toast
from bot.router import Click, Command
from bot.typed import numbered, pressed, spoken
from cards import task as cards
from cards.actions import FinishTask
from cards.model import Card
from cards.task import AgendaView, EndingLine, TaskLine, WaitingLine
from domain.access import Actor
from domain.errors import UserError
from handlers import approval
from store import approvals, collaboration, customer_search, members, tasks
from store.customers import CustomerRecord
from store.tasks import TaskRecord

ENDING_DAYS = 7
ENDING_LIMIT = 50
LISTED_WITH_ROOM = 6
DONE_EXAMPLE = "完成 #3"


def agenda(ctx: Context, actor: Actor, member_id: int, *, until: datetime | None = None) -> AgendaView:
    """
    Everything that waits for a member; `until` keeps only the tasks due before it.
    """
    horizon = ctx.now + timedelta(days=ENDING_DAYS + 1)
    ending, _ = customer_search.mine(ctx.tx, actor, member_id, ending=(ctx.now, horizon), limit=ENDING_LIMIT)
    return AgendaView(
        tasks=[_task_line(ctx, task) for task in tasks.open_tasks(ctx.tx, actor, member_id, until=until)],
        ending=[line for record in ending if (line := _ending_line(record)) is not None],
        waiting=_waiting(ctx, member_id),
        joins=collaboration.waiting_count(ctx.tx, member_id),
    )


def _task_line(ctx: Context, task: TaskRecord) -> TaskLine:
    return TaskLine(
        task_id=task.id,
        title=task.title,
        due_at=task.due_at,
        customer_id=task.customer_id if task.customer else None,
        customer=task.customer,
        is_overdue=task.due_at is not None and task.due_at < ctx.now,
    )


def _ending_line(record: CustomerRecord) -> EndingLine | None:
    protection, effective_at = record.facts.protection, record.facts.last_effective_at
    if protection is None:
        return None
    return EndingLine(
        customer_id=record.id,
        name=record.name,
        protected_until=protection.end,
        has_effective=effective_at is not None and effective_at >= protection.start,
    )


def _waiting(ctx: Context, member_id: int) -> list[WaitingLine]:
    records = approvals.waiting_for(ctx.tx, member_id)
    names = members.names(ctx.tx, {record.value.requester_id for record in records})
    return [
        WaitingLine(
            title=card.title,
            subject=card.subtitle or "",
            applicant=names.get(record.value.requester_id, ""),
            since=record.created_at,
        )
        for record in records
        if (card := approval.card_of(ctx, record.id)) is not None
    ]


def on_todo(ctx: Context, _event: MessageReceived, _argument: str) -> Reply:
    """
    待办
    """
    return say(_card(ctx))


def _card(ctx: Context) -> Card:
    view = agenda(ctx, ctx.actor, ctx.member_id)
    return cards.todo(replace(view, listed=LISTED_WITH_ROOM) if ctx.has_forms else view, ctx.now)


def finish(ctx: Context, task_id: int) -> TaskRecord:
    """
    Mark a task of the acting member done; returns it as it was before.

    Raises:
        UserError: no such task, as far as this member may know, or somebody else's.
    """
    task = tasks.lock(ctx.tx, ctx.actor, task_id)
    if task is None or task.assignee_id != ctx.member_id:
        raise UserError("not_for_you")
    if task.state == "open":
        tasks.finish(ctx.tx, ctx.actor, task.id, now=ctx.now)
    return task


def on_finish(ctx: Context, _event: ActionClicked, action: FinishTask) -> Reply:
    """
    完成: the card turns to what is left.
    """
    task = finish(ctx, action.task)
    left = _card(ctx)
    if task.state != "open":
        return toast(cards.already_finished(), "info", card=left)
    return toast(cards.finished(task.title), card=left)


def on_done(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    完成 #3
    """
    task_id, _ = numbered(argument, example=DONE_EXAMPLE)
    task = tasks.lock(ctx.tx, ctx.actor, task_id)
    if task is None or task.assignee_id != ctx.member_id:
        raise UserError("task_not_found", number=task_id)
    return spoken(on_finish(ctx, pressed(event), FinishTask(task_id)))


ROUTES = (
    Command("todo", on_todo, usage="待办", reads=True),
    Click(FinishTask, on_finish),
    Command("finish_task", on_done, usage=DONE_EXAMPLE, on_card=True),
)

"""
Tasks: what a member has to do by a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.access import Actor
from store import audit
from store.models import Customer, Task
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """
    A task as read; `customer` is empty where the reader may not see the customer (any more).
    """

    id: int
    assignee_id: int
    kind: str
    title: str
    state: str
    due_at: datetime | None
    customer_id: int | None
    customer: str


def add(
    tx: Transaction,
    actor: Actor,
    assignee_id: int,
    *,
    kind: str,
    title: str,
    customer_id: int | None,
    due_at: datetime | None,
    now: datetime,
) -> int:
    """
    A new open task; returns its id.
    """
    row = Task(
        customer_id=customer_id, assignee_id=assignee_id, kind=kind, title=title[:200], due_at=due_at, created_at=now
    )
    tx.add(row)
    audit.record(tx, actor, "task.create", "task", row.id, at=now, to_state="open", version=1)
    return row.id


def open_tasks(tx: Transaction, actor: Actor, assignee_id: int, *, until: datetime | None = None) -> list[TaskRecord]:
    """
    A member's open tasks, the most overdue first and those without a time last; `until` keeps those due before it.
    """
    statement = select(Task).where(Task.assignee_id == assignee_id, Task.state == "open")
    if until is not None:
        statement = statement.where(Task.due_at < until)
    rows = tx.scalars(actor, statement.order_by(Task.due_at.is_(None), Task.due_at, Task.id))
    return _records(tx, actor, rows)


def lock(tx: Transaction, actor: Actor, task_id: int) -> TaskRecord | None:
    """
    A task this actor may see, with its row locked.
    """
    statement = select(Task).where(Task.id == task_id).with_for_update()
    rows = tx.scalars(actor, statement.execution_options(populate_existing=True))
    return _records(tx, actor, rows)[0] if rows else None


def finish(tx: Transaction, actor: Actor, task_id: int, *, reason: str = "", now: datetime) -> None:
    """
    Mark a task done that the caller has locked or just read as open.
    """
    row = tx.row(Task, task_id)
    was, row.state, row.done_at = row.state, "done", now
    tx.session.flush()
    audit.record(tx, actor, "task.finish", "task", task_id, at=now, from_state=was, to_state="done", reason=reason)


def _records(tx: Transaction, actor: Actor, rows: Sequence[Task]) -> list[TaskRecord]:
    ids = {row.customer_id for row in rows if row.customer_id is not None}
    named = tx.rows(actor, select(Customer.id, Customer.name).where(Customer.id.in_(ids))) if ids else ()
    names = {row.id: row.name for row in named}
    return [_record(row, names) for row in rows]


def _record(row: Task, names: dict[int, str]) -> TaskRecord:
    return TaskRecord(
        id=row.id,
        assignee_id=row.assignee_id,
        kind=row.kind,
        title=row.title,
        state=row.state,
        due_at=row.due_at,
        customer_id=row.customer_id,
        customer=names.get(row.customer_id, "") if row.customer_id is not None else "",
    )


def cancel_for_customer(tx: Transaction, actor: Actor, customer_id: int, now: datetime) -> None:
    """
    The customer left its owner: what was still to be done for it is no longer anybody's task.
    """
    everything = Actor.system("tasks of a customer without owner")
    for row in tx.scalars(everything, select(Task).where(Task.customer_id == customer_id, Task.state == "open")):
        row.state, row.done_at = "cancelled", now
        audit.record(tx, actor, "task.cancel", "task", row.id, at=now, from_state="open", to_state="cancelled")


def cancel(tx: Transaction, actor: Actor, task_id: int, *, reason: str, now: datetime) -> None:
    """
    End a task that nobody is left to do; the caller has read it as open.
    """
    row = tx.row(Task, task_id)
    row.state, row.done_at = "cancelled", now
    tx.session.flush()
    audit.record(
        tx, actor, "task.cancel", "task", task_id, at=now, from_state="open", to_state="cancelled", reason=reason
    )


def reassign(tx: Transaction, actor: Actor, task_id: int, assignee_id: int, *, reason: str, now: datetime) -> None:
    """
    Give an open task to somebody else; the caller has read it as open.
    """
    row = tx.row(Task, task_id)
    was, row.assignee_id = row.assignee_id, assignee_id
    tx.session.flush()
    changes = {"assignee": [was, assignee_id]}
    audit.record(tx, actor, "task.reassign", "task", task_id, at=now, changes=changes, reason=reason)


def inherit(tx: Transaction, actor: Actor, customer_id: int, heir_id: int, *, since: datetime, now: datetime) -> int:
    """
    What was still to be done for a customer when it left its owner at `since` is its new owner's; returns how many.
    """
    statement = select(Task).where(Task.customer_id == customer_id, Task.state == "cancelled", Task.done_at == since)
    rows = tx.scalars(Actor.system("tasks of a customer that is handed over"), statement.order_by(Task.id))
    for row in rows:
        add(
            tx,
            actor,
            heir_id,
            kind=row.kind,
            title=row.title,
            customer_id=customer_id,
            due_at=row.due_at,
            now=now,
        )
    return len(rows)

"""
Writing follow-ups (跟进): who may, whether one counts, what it does to the clocks and the to-dos.

The conversation around it is `handlers/follow_up_chat.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import assert_never

from bot.context import Context
from cards import follow_up as cards
from domain.access import Actor, can_view
from domain.errors import UserError
from domain.follow_up import (
    Allowed,
    Effective,
    FollowUpNote,
    FollowUpRefusal,
    FollowUpRefused,
    NotEffective,
    ProtectedByOther,
    judge_effective,
    may_follow_up,
)
from domain.policy import FollowUpMethod
from domain.worktime import at_local, local_date, next_local_midnight
from handlers import duplicates
from store import customer_changes, customers, follow_ups, tasks
from store.customers import CustomerRecord

TASK_KIND = "follow_up"
MORNING = time(9)
SYSTEM = Actor.system("follow-up: who holds the customer; the refusal names only the holder")


@dataclass(frozen=True, kw_only=True)
class NewFollowUp:
    """
    A follow-up somebody wants to write. `next_at` is a date where no hour was said.
    """

    customer_id: int
    method: FollowUpMethod
    content: str
    feedback: str = ""
    next_step: str = ""
    next_at: datetime | date | None = None
    complaint: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """
    The follow-up is stored. `record` is the customer after it, `due_at` when the task for the next step is due.

    `finished` counts the to-dos that this contact has settled.
    """

    record: CustomerRecord
    note: FollowUpNote
    verdict: Effective | NotEffective
    complaint: bool
    due_at: datetime | None
    finished: int


@dataclass(frozen=True)
class HeldByOther:
    """
    Somebody else's customer; `until` None when only ownership and no protection stands in the way.
    """

    record: CustomerRecord
    owner_id: int
    until: datetime | None


@dataclass(frozen=True)
class NotWritten:
    """
    Nothing is stored for a reason that is no owner: it lies in a pool, is not approved yet, or may only be read.
    """

    record: CustomerRecord
    code: FollowUpRefusal


def write(ctx: Context, new: NewFollowUp) -> Written | HeldByOther | NotWritten:
    """
    Store a follow-up by the acting member, judged at this moment.

    Raises:
        UserError: no such customer, as far as this member may know; or the look-ups of the day are used up.
    """
    record = customers.lock(ctx.tx, SYSTEM, new.customer_id)
    if record is None:
        raise UserError("customer_not_found")
    refusal = refusal_of(ctx, record)
    if refusal is None:
        return _save(ctx, record, new)
    if isinstance(refusal, HeldByOther) and not can_view(ctx.actor, record.facts, ctx.policy.pools):
        duplicates.count_look(ctx, record.name)
    return refusal


def refusal_of(ctx: Context, record: CustomerRecord) -> HeldByOther | NotWritten | None:
    """
    Why the acting member may not write on this customer now, None when they may.

    Raises:
        UserError: the member may not know of the customer.
    """
    decision = may_follow_up(ctx.actor, record.facts, ctx.now, ctx.policy.pools)
    match decision:
        case Allowed():
            return None
        case ProtectedByOther(owner_id=owner_id, until=until):
            return HeldByOther(record, owner_id, until)
        case FollowUpRefused(code=FollowUpRefusal.NOT_VISIBLE):
            raise UserError("customer_not_found")
        case FollowUpRefused(code=code):
            return NotWritten(record, code)
        case _:
            assert_never(decision)


def held_by_other(ctx: Context, record: CustomerRecord) -> HeldByOther | None:
    """
    Who holds a customer that the acting member met in a duplicate check; None when that is not the reason.
    """
    decision = may_follow_up(ctx.actor, record.facts, ctx.now, ctx.policy.pools)
    if isinstance(decision, ProtectedByOther):
        return HeldByOther(record, decision.owner_id, decision.until)
    return None


def _save(ctx: Context, record: CustomerRecord, new: NewFollowUp) -> Written:
    due_at = moment(new.next_at)
    note = FollowUpNote(
        author_id=ctx.member_id,
        method=new.method,
        content=new.content,
        at=ctx.now,
        feedback=new.feedback,
        next_step=new.next_step,
        next_at=due_at,
    )
    previous = [one.note for one in follow_ups.recent(ctx.tx, SYSTEM, record.id)]
    verdict = judge_effective(note, previous, ctx.policy.follow_up)
    note = replace(note, is_effective=isinstance(verdict, Effective))
    follow_up_id = follow_ups.add(
        ctx.tx,
        ctx.actor,
        record.id,
        note,
        ineffective_reason=str(verdict.reason) if isinstance(verdict, NotEffective) else "",
        complaint=new.complaint,
        next_at=due_at,
        now=ctx.now,
    )
    next_on = local_date(due_at) if due_at else None
    customer_changes.note_contact(ctx.tx, record.id, at=ctx.now, effective=note.is_effective, next_on=next_on)
    finished = _finish_due(ctx, record.id)
    if due_at is not None:
        _plan(ctx, record, note.next_step, due_at)
    ctx.record("follow_up.written", "customer", record.id, follow_up=follow_up_id, complaint=new.complaint)
    after = customers.get(ctx.tx, SYSTEM, record.id) or record
    return Written(record=after, note=note, verdict=verdict, complaint=new.complaint, due_at=due_at, finished=finished)


def moment(next_at: datetime | date | None) -> datetime | None:
    """
    When a next step is due: a day without an hour means its morning.
    """
    match next_at:
        case None:
            return None
        case datetime():
            return next_at
        case _:
            return at_local(next_at, MORNING)


def _finish_due(ctx: Context, customer_id: int) -> int:
    """
    The planned contacts of today and before are settled by this one; returns how many.
    """
    due = tasks.open_tasks(ctx.tx, ctx.actor, ctx.member_id, until=next_local_midnight(ctx.now))
    settled = [task for task in due if task.kind == TASK_KIND and task.customer_id == customer_id]
    for task in settled:
        tasks.finish(ctx.tx, ctx.actor, task.id, reason="follow-up written", now=ctx.now)
    return len(settled)


def _plan(ctx: Context, record: CustomerRecord, next_step: str, due_at: datetime) -> None:
    tasks.add(
        ctx.tx,
        ctx.actor,
        ctx.member_id,
        kind=TASK_KIND,
        title=cards.task_title(record.name, next_step),
        customer_id=record.id,
        due_at=due_at,
        now=ctx.now,
    )

"""
Due slots of jobs: each (job, slot) runs once, whichever process claims it first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from store.base import insert_new, table_of
from store.models import JobRun, Reminder
from store.transaction import Transaction

_runs = table_of(JobRun)
_reminders = table_of(Reminder)


def claim_slot(tx: Transaction, job: str, slot: datetime, now: datetime) -> int | None:
    """
    Take a slot; None when another process has it.
    """
    return insert_new(tx.connection, _runs, job=job, slot=slot, state="running", claimed_at=now, result="")


def finish_slot(tx: Transaction, run_id: int, state: str, result: str, now: datetime) -> None:
    """
    Say how the run ended: done, failed, or held for a person.
    """
    tx.session.execute(update(_runs).where(_runs.c.id == run_id).values(state=state, result=result[:300], done_at=now))


def last_slot(tx: Transaction, job: str) -> datetime | None:
    """
    The newest slot of a job that was claimed.
    """
    return tx.session.execute(select(func.max(_runs.c.slot)).where(_runs.c.job == job)).scalar()


def recent_runs(tx: Transaction, limit: int = 50) -> list[JobRun]:
    """
    The newest runs, newest first.
    """
    return list(tx.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(limit)))


def unfinished(tx: Transaction, before: datetime) -> list[JobRun]:
    """
    Runs claimed before `before` that never finished: their process died.
    """
    return list(tx.session.scalars(select(JobRun).where(JobRun.state == "running", JobRun.claimed_at < before)))


def remind_once(tx: Transaction, kind: str, object_type: str, object_id: int, due_at: datetime, now: datetime) -> bool:
    """
    Note that this reminder is being sent; False when it already was.
    """
    row_id = insert_new(
        tx.connection, _reminders, kind=kind, object_type=object_type, object_id=object_id, due_at=due_at, sent_at=now
    )
    return row_id is not None

"""
Follow-ups: writing them and reading them for the rule that judges whether one is effective.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.access import Actor
from domain.follow_up import FollowUpNote
from domain.policy import FollowUpMethod
from store import audit
from store.models import FollowUp
from store.transaction import Transaction

RULE_LOOKS_BACK = 50


@dataclass(frozen=True, kw_only=True)
class FollowUpRecord:
    """
    A follow-up as read.
    """

    id: int
    author_id: int
    note: FollowUpNote
    complaint: bool
    ineffective_reason: str


def add(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    note: FollowUpNote,
    *,
    ineffective_reason: str,
    complaint: bool,
    next_at: datetime | None,
    now: datetime,
) -> int:
    """
    Write a follow-up; returns its id. `note.is_effective` is the verdict.
    """
    row = FollowUp(
        customer_id=customer_id,
        author_id=note.author_id,
        method=str(note.method),
        content=note.content,
        feedback=note.feedback,
        next_step=note.next_step,
        next_at=next_at,
        complaint=complaint,
        effective=note.is_effective,
        ineffective_reason=ineffective_reason,
        at=note.at,
        created_at=now,
    )
    tx.add(row)
    audit.record(
        tx, actor, "follow_up.create", "follow_up", row.id, at=now, changes={"customer": customer_id}, version=1
    )
    return row.id


def recent(tx: Transaction, actor: Actor, customer_id: int, limit: int = RULE_LOOKS_BACK) -> list[FollowUpRecord]:
    """
    The newest follow-ups of a customer that this actor may see, newest first.
    """
    statement = select(FollowUp).where(FollowUp.customer_id == customer_id)
    rows = tx.scalars(actor, statement.order_by(FollowUp.at.desc(), FollowUp.id.desc()).limit(limit))
    return [_record(row) for row in rows]


def _record(row: FollowUp) -> FollowUpRecord:
    note = FollowUpNote(
        author_id=row.author_id,
        method=FollowUpMethod(row.method),
        content=row.content,
        at=row.at,
        feedback=row.feedback,
        next_step=row.next_step,
        next_at=row.next_at,
        is_effective=row.effective,
    )
    return FollowUpRecord(
        id=row.id,
        author_id=row.author_id,
        note=note,
        complaint=row.complaint,
        ineffective_reason=row.ineffective_reason,
    )


def summary(tx: Transaction, customer_id: int) -> tuple[int, datetime | None]:
    """
    How many effective follow-ups a customer has, and when the newest of any kind was: evidence for a ruling.
    """
    statement = select(func.count().filter(FollowUp.effective), func.max(FollowUp.at)).where(
        FollowUp.customer_id == customer_id
    )
    row = tx.rows(Actor.system("evidence: counts only"), statement)[0]
    return int(row[0]), row[1]


def effective_since(tx: Transaction, customer_id: int, since: datetime) -> int:
    """
    How many effective follow-ups a customer has since an instant.
    """
    statement = select(func.count()).where(
        FollowUp.customer_id == customer_id, FollowUp.effective, FollowUp.at >= since
    )
    return int(tx.rows(Actor.system("evidence: counts only"), statement)[0][0])

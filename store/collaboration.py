"""
Requests to work on a customer together (申请协作): one undecided request per member and customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from domain.access import Actor
from store import audit
from store.models import Collaborator, JoinRequest
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class JoinRecord:
    """
    A request as read. `state`: pending, accepted, declined.
    """

    id: int
    customer_id: int
    member_id: int
    owner_id: int
    state: str
    reason: str
    decided_at: datetime | None


def create(
    tx: Transaction, actor: Actor, *, customer_id: int, member_id: int, owner_id: int, reason: str, now: datetime
) -> int:
    """
    A new undecided request; returns its id. The caller has seen that there is none yet.
    """
    row = JoinRequest(
        customer_id=customer_id, member_id=member_id, owner_id=owner_id, reason=reason, state="pending", created_at=now
    )
    tx.add(row)
    audit.record(tx, actor, "join.request", "join_request", row.id, at=now, to_state="pending", version=1)
    return row.id


def pending(tx: Transaction, *, customer_id: int, member_id: int) -> JoinRecord | None:
    """
    The member's undecided request for a customer.
    """
    row = tx.session.scalars(
        select(JoinRequest).where(
            JoinRequest.customer_id == customer_id, JoinRequest.member_id == member_id, JoinRequest.state == "pending"
        )
    ).first()
    return _record(row) if row else None


def lock(tx: Transaction, request_id: int) -> JoinRecord | None:
    """
    A request with its row locked; who may answer is checked by the caller.
    """
    statement = select(JoinRequest).where(JoinRequest.id == request_id).with_for_update()
    row = tx.session.scalars(statement.execution_options(populate_existing=True)).first()
    return _record(row) if row else None


def answer(tx: Transaction, actor: Actor, request_id: int, *, accepted: bool, now: datetime) -> None:
    """
    Write down the owner's answer to a request the caller has locked and found undecided.
    """
    row = tx.session.get_one(JoinRequest, request_id)
    was, row.state, row.decided_at = row.state, "accepted" if accepted else "declined", now
    tx.session.flush()
    audit.record(tx, actor, "join.answer", "join_request", request_id, at=now, from_state=was, to_state=row.state)


def waiting_count(tx: Transaction, owner_id: int) -> int:
    """
    How many requests wait for this owner's answer.
    """
    statement = select(func.count()).select_from(JoinRequest)
    waiting = statement.where(JoinRequest.owner_id == owner_id, JoinRequest.state == "pending")
    return tx.session.scalar(waiting) or 0


def pending_with(tx: Transaction, member_id: int) -> list[JoinRecord]:
    """
    Undecided requests a member made or has to answer, oldest first.
    """
    is_theirs = or_(JoinRequest.member_id == member_id, JoinRequest.owner_id == member_id)
    statement = select(JoinRequest).where(JoinRequest.state == "pending", is_theirs).order_by(JoinRequest.id)
    return [_record(row) for row in tx.session.scalars(statement)]


def end_all_of(tx: Transaction, actor: Actor, member_id: int, *, reason: str, now: datetime) -> int:
    """
    A member works on nobody else's customer any more; returns on how many they did.
    """
    rows = list(tx.session.scalars(select(Collaborator).where(Collaborator.member_id == member_id)))
    for row in rows:
        changes = {"member": [member_id, None]}
        audit.record(
            tx, actor, "customer.collaborator", "customer", row.customer_id, at=now, changes=changes, reason=reason
        )
        tx.session.delete(row)
    tx.session.flush()
    return len(rows)


def _record(row: JoinRequest) -> JoinRecord:
    return JoinRecord(
        id=row.id,
        customer_id=row.customer_id,
        member_id=row.member_id,
        owner_id=row.owner_id,
        state=row.state,
        reason=row.reason,
        decided_at=row.decided_at,
    )

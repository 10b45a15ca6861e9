"""
Approvals as rows: the value `domain.approval.Approval` is taken apart into them and put together again.

A decision counts only when `save` still finds the version that was read: of two clicks one wins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from domain.access import Actor
from domain.approval import Approval as ApprovalValue
from domain.approval import ApprovalKind, ApprovalState, Decision, Step, StepDecision, Timer
from store import audit
from store.base import insert_row, table_of
from store.models import Approval, ApprovalDecision, Approver
from store.transaction import Transaction

_table = table_of(Approval)
_approvers = table_of(Approver)
_ASK = insert(_approvers)


@dataclass(frozen=True, kw_only=True)
class ApprovalRecord:
    """
    An approval as read: the value decisions work on, and what it is about.
    """

    id: int
    value: ApprovalValue
    object_type: str
    object_id: int
    context: Mapping[str, Any]
    version: int
    created_at: datetime


def create(
    tx: Transaction,
    actor: Actor,
    value: ApprovalValue,
    *,
    object_type: str,
    object_id: int,
    context: Mapping[str, Any] | None = None,
    timer: Timer | None,
    now: datetime,
) -> int:
    """
    A new approval with its approvers; returns its id.
    """
    approval_id = insert_row(
        tx.connection,
        _table,
        kind=str(value.kind),
        object_type=object_type,
        object_id=object_id,
        requester_id=value.requester_id,
        state=str(value.state),
        steps=len(value.steps),
        copied_to=list(value.copied_to),
        context=dict(context or {}),
        created_at=now,
        opened_at=now,
        next_timer_at=timer.due_at if timer else None,
    )
    asked = [
        {"approval_id": approval_id, "step": number, "member_id": member_id, "because": "rule", "since": now}
        for number, step in enumerate(value.steps, start=1)
        for member_id in step.approver_ids
    ]
    tx.connection.execute(_ASK, asked)
    audit.record(
        tx, actor, "approval.request", "approval", approval_id, at=now, from_state="", to_state="pending", version=1
    )
    return approval_id


def lock(tx: Transaction, approval_id: int) -> ApprovalRecord | None:
    """
    An approval with its row locked; who may see it is checked by the caller against its approvers.
    """
    statement = select(Approval).where(Approval.id == approval_id).with_for_update()
    row = tx.session.scalars(statement.execution_options(populate_existing=True)).first()
    return _record(tx, row) if row else None


def pending_for(tx: Transaction, object_type: str, object_id: int) -> ApprovalRecord | None:
    """
    The undecided approval of an object.
    """
    row = tx.session.scalars(
        select(Approval).where(
            Approval.object_type == object_type, Approval.object_id == object_id, Approval.state == "pending"
        )
    ).first()
    return _record(tx, row) if row else None


def waiting_for(tx: Transaction, member_id: int) -> list[ApprovalRecord]:
    """
    Undecided approvals a member may decide, oldest first.
    """
    statement = (
        select(Approval)
        .join(Approver, (Approver.approval_id == Approval.id) & (Approver.step == Approval.step))
        .where(Approval.state == "pending", Approver.member_id == member_id, Approver.active)
        .order_by(Approval.id)
    )
    return [_record(tx, row) for row in tx.session.scalars(statement)]


def waiting_since(tx: Transaction, at: datetime) -> list[ApprovalRecord]:
    """
    Undecided approvals that were asked for at this time or before, oldest first.
    """
    statement = select(Approval).where(Approval.state == "pending", Approval.created_at <= at)
    return [_record(tx, row) for row in tx.session.scalars(statement.order_by(Approval.id))]


def pending_by(tx: Transaction, requester_id: int) -> list[ApprovalRecord]:
    """
    Undecided approvals a member asked for, oldest first.
    """
    statement = select(Approval).where(Approval.state == "pending", Approval.requester_id == requester_id)
    return [_record(tx, row) for row in tx.session.scalars(statement.order_by(Approval.id))]


def due(tx: Transaction, now: datetime, limit: int) -> list[int]:
    """
    Ids of approvals whose next timer has come.
    """
    statement = (
        select(Approval.id)
        .where(Approval.state == "pending", Approval.next_timer_at <= now)
        .order_by(Approval.next_timer_at)
        .limit(limit)
    )
    return list(tx.session.scalars(statement))


def next_timer_at(tx: Transaction) -> datetime | None:
    """
    When the next timer of any approval comes.
    """
    return tx.session.scalar(select(func.min(Approval.next_timer_at)).where(Approval.state == "pending"))


def save(
    tx: Transaction, actor: Actor, before: ApprovalRecord, after: ApprovalValue, *, timer: Timer | None, now: datetime
) -> bool:
    """
    Write the approval's new value; False when somebody else changed it since it was read.
    """
    is_decided = after.state in {ApprovalState.APPROVED, ApprovalState.REJECTED}
    last = after.last_decision
    step = after.open_step
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.id == before.id, _table.c.version == before.version, _table.c.state == "pending")
        .values(
            state=str(after.state),
            version=before.version + 1,
            step=(after.open_index or 0) + 1 if step else before.value.steps.index(before.value.steps[-1]) + 1,
            decided_at=now if is_decided else None,
            decided_by=last.decided_by if is_decided and last else None,
            nudged_at=step.nudged_at if step else None,
            escalated_at=step.escalated_at if step else None,
            next_timer_at=timer.due_at if timer else None,
        )
    )
    if result.rowcount != 1:
        return False
    for number, (old, new) in enumerate(zip(before.value.steps, after.steps, strict=True), start=1):
        _save_step(tx, before.id, number, old, new, now)
    _audit(tx, actor, before, after, now)
    return True


def _save_step(tx: Transaction, approval_id: int, number: int, old: Step, new: Step, now: datetime) -> None:
    for member_id in set(new.approver_ids) - set(old.approver_ids):
        because = "delegated" if set(new.delegated_by) - set(old.delegated_by) else "escalated"
        tx.session.add(Approver(approval_id=approval_id, step=number, member_id=member_id, because=because, since=now))
    for member_id in set(new.delegated_by) - set(old.delegated_by):
        tx.session.execute(
            update(Approver)
            .where(Approver.approval_id == approval_id, Approver.step == number, Approver.member_id == member_id)
            .values(active=False)
        )
    if old.decided is None and new.decided is not None:
        tx.session.add(
            ApprovalDecision(
                approval_id=approval_id,
                step=number,
                actor_id=new.decided.decided_by,
                decision=str(new.decided.decision),
                reason=new.decided.reason,
                at=new.decided.decided_at,
            )
        )
    tx.session.flush()


def _audit(tx: Transaction, actor: Actor, before: ApprovalRecord, after: ApprovalValue, now: datetime) -> None:
    is_moved = before.value.state is not after.state
    last = after.last_decision
    audit.record(
        tx,
        actor,
        f"approval.{after.state}" if is_moved else "approval.change",
        "approval",
        before.id,
        at=now,
        from_state=str(before.value.state) if is_moved else None,
        to_state=str(after.state) if is_moved else None,
        changes={} if is_moved else _differences(before.value, after),
        reason=last.reason if is_moved and last else "",
    )


def _differences(before: ApprovalValue, after: ApprovalValue) -> dict[str, Any]:
    old, new = before.open_step, after.open_step
    if old is None or new is None:
        return {}
    names = ("approver_ids", "delegated_by")
    changed = {name: [list(getattr(old, name)), list(getattr(new, name))] for name in names}
    return {name: pair for name, pair in changed.items() if pair[0] != pair[1]}


def _record(tx: Transaction, row: Approval) -> ApprovalRecord:
    approvers = list(tx.session.scalars(select(Approver).where(Approver.approval_id == row.id).order_by(Approver.id)))
    decisions = {
        decision.step: decision
        for decision in tx.session.scalars(select(ApprovalDecision).where(ApprovalDecision.approval_id == row.id))
    }
    steps = tuple(_step(row, number, approvers, decisions.get(number)) for number in range(1, row.steps + 1))
    value = ApprovalValue(
        kind=ApprovalKind(row.kind),
        requester_id=row.requester_id,
        state=ApprovalState(row.state),
        steps=steps,
        copied_to=tuple(row.copied_to),
    )
    return ApprovalRecord(
        id=row.id,
        value=value,
        object_type=row.object_type,
        object_id=row.object_id,
        context=dict(row.context),
        version=row.version,
        created_at=row.created_at,
    )


def _step(row: Approval, number: int, approvers: list[Approver], decision: ApprovalDecision | None) -> Step:
    own = [approver for approver in approvers if approver.step == number]
    step = Step(
        approver_ids=tuple(approver.member_id for approver in own if approver.active),
        delegated_by=tuple(approver.member_id for approver in own if not approver.active),
        opened_at=row.opened_at if number <= row.step else None,
    )
    if number == row.step:
        step = replace(step, nudged_at=row.nudged_at, escalated_at=row.escalated_at)
    if decision is None:
        return step
    made = StepDecision(
        decision=Decision(decision.decision),
        decided_by=decision.actor_id,
        decided_at=decision.at,
        reason=decision.reason,
    )
    return replace(step, decided=made)

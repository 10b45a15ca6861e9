"""
Registrations and their drafts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from domain.access import Actor
from store import audit
from store.base import insert_row, table_of
from store.models import Registration, RegistrationDraft
from store.transaction import Transaction

DRAFT_LIFETIME = timedelta(hours=24)
_table = table_of(Registration)
_drafts = table_of(RegistrationDraft)
_DRAFT = _drafts.c.id == bindparam("draft_id")
_OWN_DRAFT = (
    select(*(_drafts.c[name] for name in ("id", "member_id", "state", "form", "registration_id", "updated_at")))
    .where(_DRAFT, _drafts.c.member_id == bindparam("of_member"))
    .with_for_update()
)
_SAVE_DRAFT = update(_drafts).where(_DRAFT).values(form=bindparam("form"), updated_at=bindparam("updated_at"))
_CLOSE_DRAFT = (
    update(_drafts).where(_DRAFT).values({name: bindparam(name) for name in ("state", "registration_id", "updated_at")})
)


@dataclass(frozen=True)
class DraftRecord:
    """
    A draft as read: `form` holds typed field values by name. `state` is open, submitted or cancelled.
    """

    id: int
    member_id: int
    state: str
    form: Mapping[str, Any]
    registration_id: int | None
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class RegistrationRecord:
    """
    A registration as read; `evidence` are the matches as they were when it was submitted.
    """

    id: int
    customer_id: int
    applicant_id: int
    state: str
    verdict: str
    evidence: Sequence[Mapping[str, Any]]
    form: Mapping[str, Any]
    destination: str
    reason: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: int | None


def open_draft(tx: Transaction, member_id: int, form: Mapping[str, Any], now: datetime) -> int:
    """
    A new draft; returns its id.
    """
    new = {"member_id": member_id, "state": "open", "form": dict(form), "created_at": now, "updated_at": now}
    return insert_row(tx.connection, _drafts, **new)


def draft(tx: Transaction, member_id: int, draft_id: int) -> DraftRecord | None:
    """
    A member's own draft, None for anybody else's.
    """
    row = tx.connection.execute(_OWN_DRAFT, {"draft_id": draft_id, "of_member": member_id}).first()
    return DraftRecord(*row) if row is not None else None


def save_draft(tx: Transaction, draft_id: int, form: Mapping[str, Any], now: datetime) -> None:
    """
    Keep what was typed.
    """
    tx.connection.execute(_SAVE_DRAFT, {"draft_id": draft_id, "form": dict(form), "updated_at": now})


def close_draft(
    tx: Transaction, draft_id: int, state: str, now: datetime, *, registration_id: int | None = None
) -> None:
    """
    The draft was submitted or cancelled.
    """
    closed = {"draft_id": draft_id, "state": state, "registration_id": registration_id, "updated_at": now}
    tx.connection.execute(_CLOSE_DRAFT, closed)


def purge_drafts(tx: Transaction, now: datetime) -> None:
    """
    Forget drafts nobody touched for a day.
    """
    tx.connection.execute(delete(_drafts).where(_drafts.c.updated_at < now - DRAFT_LIFETIME))


def create(
    tx: Transaction,
    actor: Actor,
    *,
    customer_id: int,
    verdict: str,
    evidence: Sequence[Mapping[str, Any]],
    form: Mapping[str, Any],
    now: datetime,
) -> int:
    """
    A pending registration by the acting member; returns its id.
    """
    registration_id = insert_row(
        tx.connection,
        _table,
        customer_id=customer_id,
        applicant_id=actor.member_id,
        state="pending",
        verdict=verdict,
        evidence=[dict(entry) for entry in evidence],
        form=dict(form),
        via=actor.via,
        created_at=now,
    )
    audit.record(
        tx,
        actor,
        "registration.submit",
        "registration",
        registration_id,
        at=now,
        from_state="",
        to_state="pending",
        version=1,
    )
    return registration_id


def get(tx: Transaction, actor: Actor, registration_id: int) -> RegistrationRecord | None:
    """
    A registration this actor may see: applicant, approver, and whoever sees the customer.
    """
    row = tx.first(actor, select(Registration).where(Registration.id == registration_id))
    return _record(row) if row else None


def pending_for_customer(tx: Transaction, customer_id: int) -> RegistrationRecord | None:
    """
    The undecided registration a pending customer belongs to.
    """
    statement = select(Registration).where(Registration.customer_id == customer_id, Registration.state == "pending")
    row = tx.first(Actor.system("registration of a matched customer"), statement)
    return _record(row) if row else None


def finish(
    tx: Transaction,
    actor: Actor,
    registration_id: int,
    state: str,
    *,
    destination: str = "",
    reason: str = "",
    now: datetime,
) -> None:
    """
    The registration was approved, rejected or withdrawn.
    """
    row = tx.row(Registration, registration_id)
    was, row.state = row.state, state
    row.destination, row.reason = destination, reason
    if state != "cancelled":
        row.decided_at, row.decided_by = now, actor.member_id
    tx.session.flush()
    audit.record(
        tx,
        actor,
        f"registration.{state}",
        "registration",
        registration_id,
        at=now,
        from_state=was,
        to_state=state,
        changes={"destination": destination} if destination else {},
        reason=reason,
    )


def _record(row: Registration) -> RegistrationRecord:
    return RegistrationRecord(
        id=row.id,
        customer_id=row.customer_id,
        applicant_id=row.applicant_id,
        state=row.state,
        verdict=row.verdict,
        evidence=list(row.evidence),
        form=dict(row.form),
        destination=row.destination,
        reason=row.reason,
        created_at=row.created_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )

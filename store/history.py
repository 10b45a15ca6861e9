"""
Loading customers with a past: created long ago, owned or pooled since then, with their follow-ups.

Used by the demo company; an import of an old system has the same shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor
from domain.customer import Protection
from domain.follow_up import FollowUpNote
from store import audit, customer_changes, follow_ups, ownership
from store.customers import NewCustomer
from store.models import Customer
from store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class PastCustomer:
    """
    A customer as it stands now, and since when. Exactly one of `owner_id` and `pool` is set.
    """

    new: NewCustomer
    created_at: datetime
    owner_id: int | None
    pool: str | None
    department_id: int | None
    former_owner_id: int | None
    pooled_at: datetime | None
    stage: str
    level: str
    protection: Protection | None
    follow_ups: tuple[FollowUpNote, ...]


def add(tx: Transaction, actor: Actor, past: PastCustomer) -> int:
    """
    Insert the customer with its ledger and follow-ups; returns its id.
    """
    customer_id = customer_changes.create_pending(tx, actor, past.new, past.created_at)
    row = tx.row(Customer, customer_id)
    row.state, row.stage, row.level = "active", past.stage, past.level
    row.department_id = past.department_id
    row.former_owner_id, row.pooled_at, row.claimable_from = past.former_owner_id, past.pooled_at, past.pooled_at
    if past.protection is not None:
        row.protected_from, row.protected_until = past.protection.start, past.protection.end
        row.protection_basis = "base"
    notes = past.follow_ups
    row.last_touched_at = max((note.at for note in notes), default=past.created_at)
    row.last_effective_at = max((note.at for note in notes if note.is_effective), default=None)
    moved_at = past.pooled_at or past.created_at
    ownership.move(tx, actor, row, owner_id=past.owner_id, pool=past.pool, reason="imported", at=moved_at)
    audit.record(
        tx,
        actor,
        "customer.activate",
        "customer",
        customer_id,
        at=past.created_at,
        from_state="pending",
        to_state="active",
    )
    for note in notes:
        follow_ups.add(tx, actor, customer_id, note, ineffective_reason="", complaint=False, next_at=None, now=note.at)
    customer_changes.wind_clock(tx, row)
    tx.session.flush()
    return customer_id

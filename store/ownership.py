"""
The ownership ledger: every move of a customer between owners and pools, as a chain.

Callers change the customer's owner and pool only through `move`, so that the row, the ledger and the audit agree.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select

from domain.access import Actor
from store import audit, members
from store.base import table_of
from store.models import Customer, OwnershipEntry
from store.transaction import Transaction

_table = table_of(OwnershipEntry)


def move(
    tx: Transaction,
    actor: Actor,
    customer: Customer,
    *,
    owner_id: int | None,
    pool: str | None,
    reason: str,
    at: datetime,
    note: str = "",
) -> None:
    """
    Give `customer` to a new owner or into a pool and write it down. The caller has already locked and checked the row.
    """
    before = (customer.owner_id, customer.pool)
    customer.owner_id, customer.pool = owner_id, pool
    if owner_id is not None:
        owner = members.get_member(tx, owner_id)
        customer.department_id = owner.department_id if owner else customer.department_id
    write_down(tx, actor, customer.id, before=before, after=(owner_id, pool), reason=reason, at=at, note=note)


def write_down(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    *,
    before: tuple[int | None, str | None],
    after: tuple[int | None, str | None],
    reason: str,
    at: datetime,
    note: str = "",
) -> None:
    """
    The ledger line and its audit row for a move that a conditional UPDATE has already made.
    """
    last = select(func.max(_table.c.seq)).where(_table.c.customer_id == customer_id)
    seq = (tx.session.execute(last).scalar() or 0) + 1
    tx.session.execute(
        insert(_table).values(
            customer_id=customer_id,
            seq=seq,
            from_owner_id=before[0],
            from_pool=before[1],
            to_owner_id=after[0],
            to_pool=after[1],
            at=at,
            actor_id=actor.member_id,
            reason=reason,
            note=note,
        )
    )
    changes = {"owner": [before[0], after[0]], "pool": [before[1], after[1]]}
    audit.record(
        tx,
        actor,
        "customer.owner",
        "ownership",
        customer_id,
        at=at,
        changes=changes,
        reason=note or reason,
        version=seq,
    )


def history(tx: Transaction, customer_id: int) -> list[OwnershipEntry]:
    """
    The ledger of one customer in order. The caller has checked that the actor may see the customer.
    """
    statement = select(OwnershipEntry).where(OwnershipEntry.customer_id == customer_id).order_by(OwnershipEntry.seq)
    return list(tx.session.scalars(statement))

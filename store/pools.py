"""
The pools: listing what lies in them, claiming with one conditional UPDATE, and what is due by the clocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from domain.access import Actor
from domain.customer import Protection
from domain.policy import PoolKey
from store import customer_changes, customers, members, ownership
from store.base import table_of
from store.customers import CustomerRecord
from store.models import Customer, OwnershipEntry
from store.transaction import Transaction

_customer = table_of(Customer)
CLAIMED = "claimed"


def page(tx: Transaction, actor: Actor, *, limit: int, offset: int) -> tuple[list[CustomerRecord], int]:
    """
    A page of the pool customers this actor may see, the newest first, and how many there are.
    """
    in_pool = select(Customer).where(Customer.state == "active", Customer.pool.is_not(None))
    total = tx.rows(actor, select(func.count()).select_from(Customer).where(Customer.pool.is_not(None)))[0][0]
    rows = tx.scalars(actor, in_pool.order_by(Customer.pooled_at.desc(), Customer.id).limit(limit).offset(offset))
    return customers.records_of(tx, rows), int(total)


def claimed_since(tx: Transaction, member_id: int, pool: PoolKey, since: datetime) -> int:
    """
    How many customers the member has claimed from this pool since an instant.
    """
    statement = select(func.count()).where(
        OwnershipEntry.to_owner_id == member_id,
        OwnershipEntry.from_pool == str(pool),
        OwnershipEntry.reason == CLAIMED,
        OwnershipEntry.at >= since,
    )
    return tx.session.scalar(statement) or 0


def claim(
    tx: Transaction, actor: Actor, record: CustomerRecord, owner_id: int, protection: Protection, *, now: datetime
) -> bool:
    """
    Take the customer out of its pool; False when somebody was faster. Of two at once exactly one wins.
    """
    owner = members.get_member(tx, owner_id)
    result = tx.connection.execute(
        update(_customer)
        .where(_customer.c.id == record.id, _customer.c.pool == str(record.facts.pool), _customer.c.owner_id.is_(None))
        .values(
            owner_id=owner_id,
            pool=None,
            department_id=owner.department_id if owner else None,
            protected_from=protection.start,
            protected_until=protection.end,
            protection_basis=CLAIMED,
            extensions=0,
            pooled_at=None,
            claimable_from=None,
            cooldown_until=None,
            last_touched_at=now,
            last_effective_at=None,
            version=_customer.c.version + 1,
            updated_at=now,
        )
    )
    if result.rowcount != 1:
        return False
    before = (None, str(record.facts.pool))
    ownership.write_down(tx, actor, record.id, before=before, after=(owner_id, None), reason=CLAIMED, at=now)
    tx.session.expire_all()
    rewind(tx, record.id)
    return True


def due_ids(tx: Transaction, now: datetime, limit: int) -> Sequence[int]:
    """
    Customers whose clock has run down, the longest overdue first.
    """
    statement = (
        select(Customer.id)
        .where(Customer.deadline_at <= now, Customer.state == "active")
        .order_by(Customer.deadline_at)
        .limit(limit)
    )
    return tx.scalars(Actor.system("ownership clocks"), statement)


def due_count(tx: Transaction, now: datetime) -> tuple[int, int]:
    """
    How many customers the clocks would move now, and how many active ones there are: for the blast guard.
    """
    actor = Actor.system("blast guard")
    is_due = select(func.count()).select_from(Customer).where(Customer.deadline_at <= now, Customer.state == "active")
    active = select(func.count()).select_from(Customer).where(Customer.state == "active")
    return int(tx.rows(actor, is_due)[0][0]), int(tx.rows(actor, active)[0][0])


def next_deadline(tx: Transaction) -> datetime | None:
    """
    When the next clock runs down.
    """
    statement = select(func.min(Customer.deadline_at)).where(Customer.state == "active")
    found: datetime | None = tx.rows(Actor.system("ownership clocks"), statement)[0][0]
    return found


def look_again(tx: Transaction, customer_id: int, at: datetime) -> None:
    """
    The clock could not settle this customer now: look again then.
    """
    tx.session.execute(update(_customer).where(_customer.c.id == customer_id).values(deadline_at=at))


def rewind(tx: Transaction, customer_id: int) -> None:
    """
    Work out anew when the clocks have to look at this customer.
    """
    customer_changes.wind_clock(tx, tx.row(Customer, customer_id))
    tx.session.flush()


def protected_until_between(tx: Transaction, start: datetime, end: datetime) -> list[CustomerRecord]:
    """
    Owned customers whose protection ends in [start, end).
    """
    statement = (
        select(Customer)
        .where(Customer.state == "active", Customer.protected_until >= start, Customer.protected_until < end)
        .order_by(Customer.protected_until)
    )
    return customers.records_of(tx, tx.scalars(Actor.system("protection reminders"), statement))

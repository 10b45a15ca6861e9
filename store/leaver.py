"""
A member leaves the company or comes back: the row stays, marked. What they held is handed over by `handlers/leaver.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from domain.access import Actor
from domain.policy import PoolKey
from store import audit, customers, members
from store.base import table_of
from store.customers import CustomerRecord
from store.models import Customer, Member
from store.transaction import Transaction

_table = table_of(Member)
HANDED_OVER = Actor.system("customers of leavers that wait for an owner")


@dataclass(frozen=True)
class Estate:
    """
    How many customers of a leaver wait in the 交接池.
    """

    member_id: int
    name: str
    department_id: int | None
    manager_id: int | None
    customers: int


def mark_left(tx: Transaction, actor: Actor, member_id: int, now: datetime) -> None:
    """
    From here on nobody writes to this member, nothing they send is heard, and they lead and decide nothing.
    """
    record = members.get_record(tx, member_id)
    roles = sorted(record.facts.roles) if record else []
    leads = record.leads_department_id if record else None
    values = {"status": "left", "left_at": now, "roles": [], "leads_department_id": None}
    tx.connection.execute(update(_table).where(_table.c.id == member_id).values(values))
    members.note_change(tx)
    changes = {"roles": [roles, []], "leads": [leads, None]}
    audit.record(
        tx, actor, "member.leave", "member", member_id, at=now, from_state="active", to_state="left", changes=changes
    )


def mark_returned(tx: Transaction, actor: Actor, member_id: int, roles: Sequence[str], now: datetime) -> None:
    """
    A leaver is back. What was handed over stays with its new owners.
    """
    values = {"status": "active", "left_at": None, "roles": list(roles)}
    tx.connection.execute(update(_table).where(_table.c.id == member_id).values(values))
    members.note_change(tx)
    audit.record(
        tx,
        actor,
        "member.return",
        "member",
        member_id,
        at=now,
        from_state="left",
        to_state="active",
        changes={"roles": [[], list(roles)]},
    )


def estates(tx: Transaction) -> list[Estate]:
    """
    The leavers whose customers wait for an owner, by id.
    """
    counted = (
        select(Customer.former_owner_id, func.count())
        .where(Customer.pool == str(PoolKey.HANDOVER), Customer.former_owner_id.is_not(None))
        .group_by(Customer.former_owner_id)
    )
    counts = {int(member_id): int(count) for member_id, count in tx.rows(HANDED_OVER, counted)}
    people = [person for member_id in sorted(counts) if (person := members.get_member(tx, member_id)) is not None]
    return [Estate(one.id, one.name, one.department_id, one.manager_id, counts[one.id]) for one in people]


def waiting(tx: Transaction, leaver_id: int, limit: int) -> tuple[list[CustomerRecord], int]:
    """
    A leaver's customers that wait in the 交接池, the largest first, and how many there are.
    """
    is_waiting = (Customer.pool == str(PoolKey.HANDOVER)) & (Customer.former_owner_id == leaver_id)
    total = tx.rows(HANDED_OVER, select(func.count()).select_from(Customer).where(is_waiting))[0][0]
    largest_first = (Customer.amount_fen.is_(None), Customer.amount_fen.desc(), Customer.id)
    rows = tx.scalars(HANDED_OVER, select(Customer).where(is_waiting).order_by(*largest_first).limit(limit))
    return customers.records_of(tx, rows), int(total)


def holdings(tx: Transaction, member_ids: Sequence[int]) -> dict[int, int]:
    """
    How many customers each of these members has that use a place under the cap.
    """
    return {member_id: customers.holding_count(tx, member_id) for member_id in member_ids}

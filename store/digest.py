"""
The figures of a digest: what a department did in a span of time, and what came into the pools.

Counts and names of customers only; nothing here reads a contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.access import Actor
from store import customers, members
from store.customers import CustomerRecord
from store.models import Customer, FollowUp, Member, OwnershipEntry, Registration
from store.pools import CLAIMED
from store.transaction import Transaction

SYSTEM = Actor.system("digest: counts and names of customers")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    What happened in a span of time.
    """

    registered: int
    approved: int
    claimed: int
    effective_follow_ups: int
    released: int


class DepartmentFigures:
    """
    Counts over a department with everything below it, over the whole company for None, in [start, end).
    """

    def __init__(self, tx: Transaction, department_id: int | None, start: datetime, end: datetime) -> None:
        self._tx = tx
        self._departments = members.departments_below(tx, department_id) if department_id is not None else None
        self._span = (start, end)

    def all(self) -> Figures:
        """
        Every figure.
        """
        moved = self._within(select(func.count()).select_from(OwnershipEntry), OwnershipEntry.at)
        claims = moved.where(OwnershipEntry.reason == CLAIMED)
        gone = moved.where(OwnershipEntry.from_owner_id.is_not(None), OwnershipEntry.to_pool.is_not(None))
        registrations = select(func.count()).select_from(Registration)
        approved = registrations.where(Registration.state == "approved")
        notes = select(func.count()).select_from(FollowUp).where(FollowUp.effective)
        return Figures(
            registered=self._by(self._within(registrations, Registration.created_at), Registration.applicant_id),
            approved=self._by(self._within(approved, Registration.decided_at), Registration.applicant_id),
            claimed=self._by(claims, OwnershipEntry.to_owner_id),
            effective_follow_ups=self._by(self._within(notes, FollowUp.at), FollowUp.author_id),
            released=self._by(gone, OwnershipEntry.from_owner_id),
        )

    def ending(self, start: datetime, end: datetime, limit: int) -> list[CustomerRecord]:
        """
        The department's customers whose protection ends in [start, end), the first to end on top.
        """
        statement = select(Customer).where(
            Customer.state == "active", Customer.protected_until >= start, Customer.protected_until < end
        )
        if self._departments is not None:
            statement = statement.where(Customer.department_id.in_(self._departments))
        rows = self._tx.scalars(SYSTEM, statement.order_by(Customer.protected_until, Customer.id).limit(limit))
        return customers.records_of(self._tx, rows)

    def _within(
        self, statement: Select[Any], instant: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    ) -> Select[Any]:
        start, end = self._span
        return statement.where(instant >= start, instant < end)

    def _by(self, statement: Select[Any], member_id: ColumnElement[Any] | InstrumentedAttribute[Any]) -> int:
        """
        The count of what the department's people did.
        """
        if self._departments is not None:
            people = select(Member.id).where(Member.department_id.in_(self._departments))
            statement = statement.where(member_id.in_(people))
        return int(self._tx.rows(SYSTEM, statement)[0][0])


def pooled_since(tx: Transaction, actor: Actor, since: datetime) -> int:
    """
    How many customers this actor may see came into a pool since an instant and still lie there.
    """
    statement = select(func.count()).select_from(Customer)
    statement = statement.where(Customer.state == "active", Customer.pool.is_not(None), Customer.pooled_at >= since)
    return int(tx.rows(actor, statement)[0][0])

"""
Finding customers: a member's own list, and look-up by any fragment of a name or the tail of a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select

from domain.access import Actor
from domain.dedup import Party, profile
from store import customers, dedup
from store.customers import CustomerRecord
from store.models import Contact, Customer
from store.transaction import Transaction

MIN_PHONE_TAIL = 4
BASE_LIMIT = 20


def mine(
    tx: Transaction,
    actor: Actor,
    member_id: int,
    *,
    ending: tuple[datetime, datetime] | None = None,
    limit: int,
    offset: int = 0,
) -> tuple[list[CustomerRecord], int]:
    """
    A page of a member's customers, the protection ending first on top, and how many there are.

    `ending` keeps only those whose protection ends from the first instant on and before the second.
    """
    condition = [Customer.owner_id == member_id, Customer.state == "active"]
    if ending is not None:
        condition += [Customer.protected_until >= ending[0], Customer.protected_until < ending[1]]
    total = tx.rows(actor, select(func.count()).select_from(Customer).where(*condition))[0][0]
    ordered = select(Customer).where(*condition).order_by(Customer.protected_until.is_(None), Customer.protected_until)
    rows = tx.scalars(actor, ordered.order_by(Customer.id).limit(limit).offset(offset))
    return customers.records_of(tx, rows), int(total)


def search(tx: Transaction, actor: Actor, text: str, limit: int = BASE_LIMIT) -> list[CustomerRecord]:
    """
    Active customers this actor may see whose name holds the fragment, sounds like it, or whose phone ends with it.

    An exact name comes first, then names that start with the fragment.
    """
    ids = _by_fragment(tx, actor, text, limit) or _by_sound(tx, actor, text, limit)
    rows = tx.scalars(actor, select(Customer).where(Customer.id.in_(ids)))
    records = customers.records_of(tx, rows)
    return sorted(records, key=lambda record: (record.name != text, not record.name.startswith(text), record.id))


def _by_fragment(tx: Transaction, actor: Actor, text: str, limit: int) -> Sequence[int]:
    conditions = [Customer.name.contains(text, autoescape=True), Customer.short_name.contains(text, autoescape=True)]
    if text.isdigit() and len(text) >= MIN_PHONE_TAIL:
        by_phone = select(Contact.customer_id).where(or_(Contact.mobile.endswith(text), Contact.tel.endswith(text)))
        conditions.append(Customer.id.in_(by_phone))
    statement = select(Customer.id).where(Customer.state == "active", or_(*conditions)).limit(limit)
    return tx.scalars(actor, statement)


def _by_sound(tx: Transaction, actor: Actor, text: str, limit: int) -> Sequence[int]:
    found = dedup.find_candidates(tx.connection, profile(Party(name=text)))
    ids = list(dict.fromkeys(candidate.customer_id for candidate in found))[: limit * 3]
    statement = select(Customer.id).where(Customer.state == "active", Customer.id.in_(ids)).limit(limit)
    return tx.scalars(actor, statement)

"""
Customers as read for an actor, and what a new one holds. Changing them is in `store/customer_changes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from domain.access import Actor
from domain.customer import CustomerFacts, CustomerLink, CustomerState, Protection, Stage
from domain.dedup import Party
from domain.policy import PARTNER_SOURCE, PoolKey
from store.base import table_of
from store.models import Collaborator, Contact, Customer
from store.transaction import Transaction

MOBILE_LENGTH = 11
FREE_STAGES = (str(Stage.PAYMENT), str(Stage.LOST), str(Stage.ON_HOLD))
"""Customers at these stages use no place under the holding cap (已成交客户不占名额)."""
_table = table_of(Customer)
_HOLDING = (
    select(func.count())
    .select_from(_table)
    .where(_table.c.owner_id == bindparam("of_member"), _table.c.stage.not_in(FREE_STAGES))
)


@dataclass(frozen=True, kw_only=True)
class ContactRecord:
    """
    A person at a customer; `phone` is the mobile, else the landline.
    """

    id: int
    name: str
    title: str
    phone: str
    email: str


@dataclass(frozen=True, kw_only=True)
class CustomerRecord:
    """
    A customer as read: the facts rules look at, and what cards show. `contact` is the primary one.
    """

    facts: CustomerFacts
    name: str
    short_name: str
    uscc: str | None
    region: str
    industry: str
    source: str
    need: str
    email: str
    amount_fen: int | None
    amount_max_fen: int | None
    next_action_on: date | None
    created_at: datetime
    version: int
    contact: ContactRecord | None

    @property
    def id(self) -> int:
        """
        The customer's id.
        """
        return self.facts.customer_id

    def field_values(self) -> dict[str, Any]:
        """
        The values of the registration form's fields as they stand now.
        """
        contact = self.contact
        return {
            "name": self.name,
            "contact": contact.name if contact else "",
            "title": contact.title if contact else "",
            "phone": contact.phone if contact else "",
            "email": (contact.email if contact else "") or self.email,
            "amount_fen": self.amount_fen,
            "amount_max_fen": self.amount_max_fen,
            "source": self.source,
            "region": self.region,
            "industry": self.industry,
            "need": self.need,
        }


@dataclass(frozen=True, kw_only=True)
class NewCustomer:
    """
    What a registration or an import says about a customer that is not there yet.
    """

    name: str
    contact: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    amount_fen: int | None = None
    amount_max_fen: int | None = None
    source: str = ""
    region: str = ""
    industry: str = ""
    need: str = ""
    uscc: str | None = None


def party_of(values: NewCustomer | CustomerRecord) -> Party:
    """
    The customer as the duplicate check compares it.
    """
    if isinstance(values, NewCustomer):
        phones, contact = (values.phone,) if values.phone else (), values.contact
    else:
        phones = (values.contact.phone,) if values.contact and values.contact.phone else ()
        contact = values.contact.name if values.contact else ""
    return Party(
        name=values.name,
        phones=phones,
        region=values.region or None,
        uscc=values.uscc,
        email=values.email or None,
        contact=contact or None,
    )


def get(tx: Transaction, actor: Actor, customer_id: int) -> CustomerRecord | None:
    """
    A customer this actor may see, None for all others and for ids that do not exist.
    """
    row = tx.first(actor, select(Customer).where(Customer.id == customer_id))
    return record_of(tx, row) if row else None


def get_many(tx: Transaction, actor: Actor, customer_ids: Sequence[int]) -> dict[int, CustomerRecord]:
    """
    The customers of these ids that this actor may see.
    """
    if not customer_ids:
        return {}
    rows = tx.scalars(actor, select(Customer).where(Customer.id.in_(customer_ids)))
    return {record.id: record for record in records_of(tx, rows)}


def lock(tx: Transaction, actor: Actor, customer_id: int) -> CustomerRecord | None:
    """
    The same, with the row locked until the transaction ends (PostgreSQL; SQLite holds its write lock already).
    """
    statement = select(Customer).where(Customer.id == customer_id).with_for_update()
    rows = tx.scalars(actor, statement.execution_options(populate_existing=True))
    return record_of(tx, rows[0]) if rows else None


def record_of(tx: Transaction, row: Customer) -> CustomerRecord:
    """
    One row as a value.
    """
    return records_of(tx, [row])[0]


def records_of(tx: Transaction, rows: Sequence[Customer]) -> list[CustomerRecord]:
    """
    Rows as values, with contacts and collaborators read in two queries for all of them.
    """
    ids = [row.id for row in rows]
    contacts = primary_contacts(tx, ids)
    helpers: dict[int, list[Collaborator]] = {}
    for helper in tx.session.scalars(select(Collaborator).where(Collaborator.customer_id.in_(ids))):
        helpers.setdefault(helper.customer_id, []).append(helper)
    return [_record(row, contacts.get(row.id), helpers.get(row.id, [])) for row in rows]


def primary_contacts(tx: Transaction, customer_ids: Sequence[int]) -> dict[int, Contact]:
    """
    The first contact of each customer.
    """
    statement = (
        select(Contact).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.primary, Contact.id.desc())
    )
    rows = tx.scalars(Actor.system("contacts of customers already read"), statement)
    return {row.customer_id: row for row in rows}


def _record(row: Customer, contact: Contact | None, helpers: Sequence[Collaborator]) -> CustomerRecord:
    return CustomerRecord(
        facts=facts_of(row, helpers),
        name=row.name,
        short_name=row.short_name,
        uscc=row.uscc,
        region=row.region,
        industry=row.industry,
        source=row.source,
        need=row.need,
        email=row.email,
        amount_fen=row.amount_fen,
        amount_max_fen=row.amount_max_fen,
        next_action_on=row.next_action_on,
        created_at=row.created_at,
        version=row.version,
        contact=_contact(contact) if contact else None,
    )


def _contact(row: Contact) -> ContactRecord:
    return ContactRecord(id=row.id, name=row.name, title=row.title, phone=row.mobile or row.tel, email=row.email)


def facts_of(row: Customer, helpers: Sequence[Collaborator]) -> CustomerFacts:
    """
    The row as rules see it.
    """
    protection = None
    if row.protected_from is not None and row.protected_until is not None:
        protection = Protection(start=row.protected_from, end=row.protected_until, extensions=row.extensions)
    is_partners = row.source == PARTNER_SOURCE
    return CustomerFacts(
        customer_id=row.id,
        state=CustomerState(row.state),
        stage=Stage(row.stage),
        level=row.level or None,
        source=row.source or None,
        registrant_id=row.created_by if row.state == "pending" else None,
        owner_id=row.owner_id,
        department_id=row.department_id,
        readers=frozenset(helper.member_id for helper in helpers if not helper.can_write),
        writers=frozenset(helper.member_id for helper in helpers if helper.can_write),
        protection=protection,
        last_effective_at=row.last_effective_at,
        last_touched_at=row.last_touched_at,
        pool=PoolKey(row.pool) if row.pool else None,
        pooled_at=row.pooled_at,
        claimable_from=row.claimable_from,
        former_owner_id=row.former_owner_id,
        cooldown_until=row.cooldown_until,
        links=frozenset({CustomerLink.PARTNER}) if is_partners else frozenset(),
    )


def owned_ids(tx: Transaction, actor: Actor, member_id: int) -> list[int]:
    """
    The customers a member owns, by id.
    """
    return list(tx.scalars(actor, select(Customer.id).where(Customer.owner_id == member_id).order_by(Customer.id)))


def holding_count(tx: Transaction, member_id: int) -> int:
    """
    How many customers use a place under the member's cap.
    """
    return int(tx.connection.execute(_HOLDING, {"of_member": member_id}).scalar_one())

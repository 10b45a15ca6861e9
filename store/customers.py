"""
Customers: reading them for an actor, creating them, changing their fields, moving them between owners and pools.

Every change writes its audit row here; who owns a customer changes only through `give_to_owner` and `put_into_pool`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from domain.access import Actor
from domain.customer import CustomerFacts, CustomerLink, CustomerState, Protection, Stage
from domain.dedup import Party, profile
from domain.policy import PoolKey
from domain.protection import deadline
from store import audit, dedup, ownership
from store.models import Collaborator, Contact, Customer
from store.scope import PARTNER_SOURCE
from store.transaction import Transaction

MOBILE_LENGTH = 11
FREE_STAGES = (str(Stage.PAYMENT), str(Stage.LOST), str(Stage.ON_HOLD))
"""Customers at these stages use no place under the holding cap (已成交客户不占名额)."""


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


def create_pending(tx: Transaction, actor: Actor, new: NewCustomer, now: datetime) -> int:
    """
    A customer row for a registration that is not decided; it takes its place in the duplicate index at once.
    """
    row = _new_row(actor, new, now)
    tx.add(row)
    _add_contact(tx, row.id, new, now)
    dedup.index_customer(tx.connection, row.id, profile(party_of(new)))
    audit.record(tx, actor, "customer.create", "customer", row.id, at=now, to_state="pending", version=1)
    return row.id


def _new_row(actor: Actor, new: NewCustomer, now: datetime) -> Customer:
    return Customer(
        name=new.name,
        state="pending",
        region=new.region,
        industry=new.industry,
        source=new.source,
        need=new.need,
        email=new.email,
        uscc=new.uscc,
        amount_fen=new.amount_fen,
        amount_max_fen=new.amount_max_fen,
        fields={},
        created_by=actor.member_id,
        created_at=now,
        updated_at=now,
    )


def _add_contact(tx: Transaction, customer_id: int, new: NewCustomer, now: datetime) -> None:
    if not (new.contact or new.phone):
        return
    is_mobile = new.phone.isdigit() and len(new.phone) == MOBILE_LENGTH
    tx.add(
        Contact(
            customer_id=customer_id,
            name=new.contact,
            title=new.title,
            mobile=new.phone if is_mobile else "",
            tel="" if is_mobile else new.phone,
            email=new.email,
            primary=True,
            created_at=now,
        )
    )


def get(tx: Transaction, actor: Actor, customer_id: int) -> CustomerRecord | None:
    """
    A customer this actor may see, None for all others and for ids that do not exist.
    """
    row = tx.first(actor, select(Customer).where(Customer.id == customer_id))
    return record_of(tx, row) if row else None


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
    contacts = _primary_contacts(tx, ids)
    helpers: dict[int, list[Collaborator]] = {}
    for helper in tx.session.scalars(select(Collaborator).where(Collaborator.customer_id.in_(ids))):
        helpers.setdefault(helper.customer_id, []).append(helper)
    return [_record(row, contacts.get(row.id), helpers.get(row.id, [])) for row in rows]


def _primary_contacts(tx: Transaction, customer_ids: Sequence[int]) -> dict[int, Contact]:
    statement = (
        select(Contact).where(Contact.customer_id.in_(customer_ids)).order_by(Contact.primary, Contact.id.desc())
    )
    rows = tx.scalars(Actor.system("contacts of customers already read"), statement)
    return {row.customer_id: row for row in rows}


def _record(row: Customer, contact: Contact | None, helpers: Sequence[Collaborator]) -> CustomerRecord:
    return CustomerRecord(
        facts=_facts(row, helpers),
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


def _facts(row: Customer, helpers: Sequence[Collaborator]) -> CustomerFacts:
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


def change_fields(
    tx: Transaction, actor: Actor, customer_id: int, changes: Mapping[str, Any], *, reason: str, now: datetime
) -> None:
    """
    Set form fields of a customer the caller has locked; a changed name or phone is indexed anew.
    """
    row = tx.row(Customer, customer_id)
    before = record_of(tx, row).field_values()
    contact_values = {name: value for name, value in changes.items() if name in {"contact", "title", "phone", "email"}}
    for name in changes.keys() - contact_values.keys():
        setattr(row, name, changes[name])
    if contact_values:
        _change_contact(tx, row, contact_values, now)
    _touch_version(row, now)
    tx.session.flush()
    after = {name: [before.get(name), value] for name, value in changes.items()}
    audit.record(tx, actor, "customer.change", "customer", customer_id, at=now, changes=after, reason=reason)
    reindex(tx, customer_id)


def _change_contact(tx: Transaction, row: Customer, values: Mapping[str, Any], now: datetime) -> None:
    contact = _primary_contacts(tx, [row.id]).get(row.id)
    if contact is None:
        contact = Contact(customer_id=row.id, primary=True, created_at=now)
        tx.session.add(contact)
    if "phone" in values:
        is_mobile = values["phone"].isdigit() and len(values["phone"]) == MOBILE_LENGTH
        contact.mobile, contact.tel = (values["phone"], "") if is_mobile else ("", values["phone"])
    contact.name = values.get("contact", contact.name)
    contact.title = values.get("title", contact.title)
    contact.email = values.get("email", contact.email)


def reindex(tx: Transaction, customer_id: int) -> None:
    """
    Bring the duplicate index up to the customer's present names and phones.
    """
    record = record_of(tx, tx.row(Customer, customer_id))
    dedup.index_customer(tx.connection, customer_id, profile(party_of(record)))


def give_to_owner(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    owner_id: int,
    *,
    protection: Protection | None,
    basis: str,
    reason: str,
    now: datetime,
    note: str = "",
) -> None:
    """
    Make a member the owner of a customer the caller has locked and decided about; starts the protection.
    """
    row = tx.row(Customer, customer_id)
    was = row.state
    row.state = "active"
    row.protected_from = protection.start if protection else None
    row.protected_until = protection.end if protection else None
    row.protection_basis, row.extensions = basis, 0
    row.pooled_at = row.claimable_from = None
    row.last_touched_at = now
    row.last_effective_at = None
    ownership.move(tx, actor, row, owner_id=owner_id, pool=None, reason=reason, at=now, note=note)
    _finish_move(tx, actor, row, was, now)


def put_into_pool(
    tx: Transaction,
    actor: Actor,
    customer_id: int,
    pool: PoolKey,
    *,
    claimable_from: datetime,
    cooldown_until: datetime | None,
    reason: str,
    now: datetime,
    note: str = "",
) -> None:
    """
    Put a customer the caller has locked and decided about into a pool; its protection ends.
    """
    row = tx.row(Customer, customer_id)
    was = row.state
    if row.owner_id is not None:
        row.former_owner_id = row.owner_id
    row.state = "active"
    row.protected_from = row.protected_until = None
    row.protection_basis, row.extensions = "", 0
    row.pooled_at, row.claimable_from, row.cooldown_until = now, claimable_from, cooldown_until
    ownership.move(tx, actor, row, owner_id=None, pool=str(pool), reason=reason, at=now, note=note)
    _finish_move(tx, actor, row, was, now)


def _finish_move(tx: Transaction, actor: Actor, row: Customer, was: str, now: datetime) -> None:
    _touch_version(row, now)
    wind_clock(tx, row)
    tx.session.flush()
    if was != "active":
        audit.record(tx, actor, "customer.activate", "customer", row.id, at=now, from_state=was, to_state="active")


def reject(tx: Transaction, actor: Actor, customer_id: int, now: datetime, *, reason: str) -> None:
    """
    The registration was refused: the customer row is no longer in the way of others, but stays as a record.
    """
    row = tx.row(Customer, customer_id)
    was, row.state = row.state, "rejected"
    _touch_version(row, now)
    tx.session.flush()
    dedup.remove_customer(tx.connection, customer_id)
    audit.record(
        tx,
        actor,
        "customer.reject",
        "customer",
        customer_id,
        at=now,
        from_state=was,
        to_state="rejected",
        reason=reason,
    )


def set_protection(
    tx: Transaction, actor: Actor, customer_id: int, protection: Protection, *, reason: str, now: datetime
) -> None:
    """
    Extend (or set) the protection of an owned customer the caller has locked.
    """
    row = tx.row(Customer, customer_id)
    changes = {"protected_until": [_iso(row.protected_until), _iso(protection.end)]}
    row.protected_from, row.protected_until, row.extensions = protection.start, protection.end, protection.extensions
    _touch_version(row, now)
    wind_clock(tx, row)
    tx.session.flush()
    audit.record(tx, actor, "customer.protect", "customer", customer_id, at=now, changes=changes, reason=reason)


def note_contact(tx: Transaction, customer_id: int, *, at: datetime, effective: bool, next_on: date | None) -> None:
    """
    A follow-up was written: move the clocks that depend on it.
    """
    row = tx.row(Customer, customer_id)
    row.last_touched_at = at
    if effective:
        row.last_effective_at = at
    if next_on is not None:
        row.next_action_on = next_on
    _touch_version(row, at)
    wind_clock(tx, row)
    tx.session.flush()


def owned_ids(tx: Transaction, actor: Actor, member_id: int) -> list[int]:
    """
    The customers a member owns, by id.
    """
    return list(tx.scalars(actor, select(Customer.id).where(Customer.owner_id == member_id).order_by(Customer.id)))


def holding_count(tx: Transaction, member_id: int) -> int:
    """
    How many customers use a place under the member's cap.
    """
    statement = (
        select(func.count())
        .select_from(Customer)
        .where(Customer.owner_id == member_id, Customer.stage.not_in(FREE_STAGES))
    )
    return tx.rows(Actor.system("holding cap"), statement)[0][0]  # type: ignore[no-any-return]  # a count


def add_collaborator(
    tx: Transaction, actor: Actor, customer_id: int, member_id: int, *, can_write: bool, now: datetime
) -> None:
    """
    Let a member in on a customer; saying it again changes nothing.
    """
    statement = select(Collaborator).where(Collaborator.customer_id == customer_id, Collaborator.member_id == member_id)
    if tx.session.scalars(statement).first() is not None:
        return
    tx.add(
        Collaborator(
            customer_id=customer_id,
            member_id=member_id,
            can_write=can_write,
            added_by=actor.member_id,
            created_at=now,
        )
    )
    audit.record(tx, actor, "customer.collaborator", "customer", customer_id, at=now, changes={"member": member_id})


def wind_clock(tx: Transaction, row: Customer) -> None:
    """
    Note when the clocks have to look at this customer next.
    """
    clock = deadline(_facts(row, ()), tx.policy.protection)
    row.deadline_at = clock.due_at if clock else None


def _touch_version(row: Customer, now: datetime) -> None:
    row.version = (row.version or 0) + 1
    row.updated_at = now


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None

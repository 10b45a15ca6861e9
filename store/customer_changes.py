"""
Changing customers: creating, editing, moving between owners and pools, protecting. Every change writes its audit row.

Who owns a customer changes only through `give_to_owner`, `put_into_pool` and `store.pools.claim`. Reading is in
`store/customers.py`; callers have locked the row there and decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from domain.access import Actor
from domain.customer import Protection
from domain.dedup import profile
from domain.policy import PoolKey
from domain.protection import deadline
from store import audit, customers, dedup, ownership, tasks
from store.base import insert_row, table_of
from store.customers import MOBILE_LENGTH, NewCustomer
from store.models import Collaborator, Contact, Customer
from store.transaction import Transaction

_customers = table_of(Customer)
_contacts = table_of(Contact)


def create_pending(tx: Transaction, actor: Actor, new: NewCustomer, now: datetime) -> int:
    """
    A customer row for a registration that is not decided; it takes its place in the duplicate index at once.
    """
    customer_id = insert_row(
        tx.connection,
        _customers,
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
        created_by=actor.member_id,
        created_at=now,
        updated_at=now,
    )
    _add_contact(tx, customer_id, new, now)
    dedup.index_new_customer(tx.connection, customer_id, profile(customers.party_of(new)))
    audit.record(tx, actor, "customer.create", "customer", customer_id, at=now, to_state="pending", version=1)
    return customer_id


def _add_contact(tx: Transaction, customer_id: int, new: NewCustomer, now: datetime) -> None:
    if not (new.contact or new.phone):
        return
    is_mobile = new.phone.isdigit() and len(new.phone) == MOBILE_LENGTH
    insert_row(
        tx.connection,
        _contacts,
        customer_id=customer_id,
        name=new.contact,
        title=new.title,
        mobile=new.phone if is_mobile else "",
        tel="" if is_mobile else new.phone,
        email=new.email,
        primary=True,
        created_at=now,
    )


def change_fields(
    tx: Transaction, actor: Actor, customer_id: int, changes: Mapping[str, Any], *, reason: str, now: datetime
) -> None:
    """
    Set form fields of a customer the caller has locked; a changed name or phone is indexed anew.
    """
    row = tx.row(Customer, customer_id)
    before = customers.record_of(tx, row).field_values()
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
    contact = customers.primary_contacts(tx, [row.id]).get(row.id)
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
    record = customers.record_of(tx, tx.row(Customer, customer_id))
    dedup.index_customer(tx.connection, customer_id, profile(customers.party_of(record)))


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
    tasks.cancel_for_customer(tx, actor, customer_id, now)
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
    clock = deadline(customers.facts_of(row, ()), tx.policy.protection)
    row.deadline_at = clock.due_at if clock else None


def _touch_version(row: Customer, now: datetime) -> None:
    row.version = (row.version or 0) + 1
    row.updated_at = now


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None

"""
Invariants that are worked out anew: the audit's hashes and chain, the duplicate index, the ends of protections.

They read whole tables, so they belong to `doctor --full`. Each yields the keys of what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from domain.access import Actor
from domain.dedup import Profile, Side, UniqueKey, profile, unique_keys
from domain.dedup_keys import search_keys
from domain.policy import ProtectionPolicy
from domain.protection import ProtectionBasis
from store import audit, customers, dedup
from store.base import table_of, to_millis
from store.customers import CustomerRecord
from store.models import AuditEntry, Customer, OwnershipEntry
from store.transaction import Transaction

BATCH: Final = 500
DOCTOR: Final = Actor.system("doctor: the duplicate index worked out anew")
CONTENT: Final = (
    "actor_id",
    "actor",
    "via",
    "action",
    "object_type",
    "object_id",
    "version",
    "from_state",
    "to_state",
    "changes",
    "reason",
)
_audit = table_of(AuditEntry)


def audit_breaks(connection: Connection) -> Iterator[str]:
    """
    Rows whose hash is not that of their content, and the first row where the chain breaks.
    """
    previous, broken = "", False
    in_chain = select(_audit).order_by(_audit.c.sealed_seq.is_(None), _audit.c.sealed_seq, _audit.c.id)
    with connection.execute(in_chain, execution_options={"yield_per": BATCH}) as rows:
        for row in rows.mappings():
            if _content_hash(row) != row["hash"]:
                yield f"{row['id']} content"
            if row["sealed_seq"] is None or broken:
                continue
            previous = audit.link(previous, row["hash"])
            broken = previous != row["chain_hash"]
            if broken:
                yield f"{row['id']} chain"


def _content_hash(row: Any) -> str:
    return audit.content_hash({"at": to_millis(row["at"]), **{name: row[name] for name in CONTENT}})


def index_breaks(tx: Transaction) -> Iterator[str]:
    """
    Customers whose entries in the duplicate index are not what today's normaliser makes of them.
    """
    key_count = 0
    for batch in _live_customers(tx):
        for record in batch:
            subject = profile(customers.party_of(record))
            key_count += len(search_keys(subject))
            if not _is_indexed(tx.connection, record.id, subject):
                yield str(record.id)
    stored = tx.connection.execute(select(func.count()).select_from(dedup.dedup_key)).scalar() or 0
    if stored > key_count:
        yield f"{stored - key_count} keys of nobody"


def _live_customers(tx: Transaction) -> Iterator[Sequence[CustomerRecord]]:
    last = 0
    while True:
        wanted = select(Customer).where(Customer.id > last, Customer.state.in_(("active", "pending")))
        batch = customers.records_of(tx, tx.scalars(DOCTOR, wanted.order_by(Customer.id).limit(BATCH)))
        if not batch:
            return
        yield batch
        last = batch[-1].id
        tx.session.expunge_all()


def _is_indexed(connection: Connection, customer_id: int, subject: Profile) -> bool:
    doc, key, unique = dedup.dedup_doc, dedup.dedup_key, dedup.dedup_unique
    sides = select(*(doc.c[name] for name in dedup.NAME_COLUMNS)).where(doc.c.customer_id == customer_id)
    stored = [Side._make(row) for row in connection.execute(sides.order_by(doc.c.name_no))]
    keys = search_keys(subject)
    found = select(func.count()).where(key.c.customer_id == customer_id, key.c.k.in_(keys))
    held = connection.execute(select(unique.c.kind, unique.c.value).where(unique.c.customer_id == customer_id))
    return (
        stored == list(subject.sides)
        and connection.execute(found).scalar() == len(keys)
        and _same_unique_keys([UniqueKey(*row) for row in held], unique_keys(subject))
    )


def _same_unique_keys(held: Sequence[UniqueKey], wanted: Sequence[UniqueKey]) -> bool:
    """
    A name key may carry a ruling's disambiguator at its end.
    """
    held, wanted = sorted(held), sorted(wanted)
    return [key.kind for key in held] == [key.kind for key in wanted] and all(
        have.value.startswith(want.value) for have, want in zip(held, wanted, strict=True)
    )


def protection_breaks(tx: Transaction) -> Iterator[str]:
    """
    Customers whose protection does not end when their rule says; imported dates are facts, not rules.
    """
    customer, entry = table_of(Customer), table_of(OwnershipEntry)
    line = entry.alias()
    newest = select(func.max(line.c.seq)).where(line.c.customer_id == customer.c.id).scalar_subquery()
    protected = (
        select(
            customer.c.id,
            customer.c.protected_from,
            customer.c.protected_until,
            customer.c.protection_basis,
            customer.c.extensions,
        )
        .select_from(customer)
        .join(entry, (entry.c.customer_id == customer.c.id) & (entry.c.seq == newest))
        .where(customer.c.protected_until.is_not(None), entry.c.reason != "imported")
        .order_by(customer.c.id)
    )
    for row in tx.connection.execute(protected):
        days = _days(row.protection_basis, tx.policy.protection) + row.extensions * tx.policy.protection.extension.days
        if row.protected_until - row.protected_from != timedelta(days=days):
            yield str(row.id)


def _days(basis: str, policy: ProtectionPolicy) -> int:
    match basis:
        case ProtectionBasis.HOT_SOURCE:
            return policy.hot_days
        case ProtectionBasis.GOLD_PARTNER:
            return policy.gold_partner_days
        case ProtectionBasis.CLAIM | "claimed" | "assigned":
            return policy.claim_days
        case _:
            return policy.base_days

"""
The doctor: reads everything in one snapshot and says which invariants do not hold. It never repairs.

It may run at any time, beside a serving process and on a restored copy. The statements are in `doctor_queries.py`; what
needs code is here (caps and schedules) and in `doctor_recompute.py` (hashes, keys and dates worked out anew).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alembic.migration import MigrationContext
from sqlalchemy import Connection, func, select, text

from domain.access import Role
from domain.pool import holding_cap
from store import members, meta, migrate, settings
from store.base import table_of, to_millis
from store.customers import FREE_STAGES
from store.doctor_queries import INVARIANTS, Invariant, Severity
from store.doctor_recompute import audit_breaks, index_breaks, protection_breaks
from store.engine import Database
from store.models import AuditEntry, Customer, JobRun
from store.outbox import MAX_ATTEMPTS
from store.transaction import Transaction

KEYS_SHOWN: Final = 20


@dataclass(frozen=True)
class Limits:
    """
    How long something may take before it counts as stuck, and by how much clocks may differ.
    """

    stuck: timedelta = timedelta(minutes=15)
    job_stuck: timedelta = timedelta(hours=2)
    clock_skew: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Due:
    """
    A job that must have finished a run for a slot since `since`, provided that it ever ran.
    """

    job: str
    since: datetime


@dataclass(frozen=True)
class Finding:
    """
    An invariant that does not hold: how many rows break it, and the keys of the first of them.
    """

    code: str
    severity: Severity
    meaning: str
    count: int
    keys: tuple[str, ...]


OWNER_CAP: Final = Invariant("OWN-7", "P1", "nobody holds more customers than their cap", "")
JOB_DUE: Final = Invariant("JOB-2", "P0", "every job finished a run within its period and grace", "")
SCHEMA: Final = Invariant("MIG-1", "P0", "the schema is the one of this version", "")
AUDIT_HASHES: Final = Invariant("AUD-7", "P0", "audit rows are what was written: hashes and chain fit the content", "")
INDEX_KEYS: Final = Invariant(
    "DUP-3", "P0", "the duplicate index is what today's normaliser makes of the customers", ""
)
PROTECTION_ENDS: Final = Invariant("OWN-9", "P1", "protection ends when the policy in force says", "")
CODE_INVARIANTS: Final = (OWNER_CAP, JOB_DUE, SCHEMA, AUDIT_HASHES, INDEX_KEYS, PROTECTION_ENDS)


@contextmanager
def snapshot(database: Database) -> Iterator[Transaction]:
    """
    A read-only view of one moment.
    """
    with database.engine.connect() as connection:
        options = {"liaodan_write": False} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        transaction = Transaction(connection.execution_options(**options), autoflush=False)
        with _read_only(transaction.connection):
            try:
                yield transaction
            finally:
                transaction.close()
                connection.rollback()


@contextmanager
def _read_only(connection: Connection) -> Iterator[None]:
    """
    The database itself refuses to write. On SQLite that belongs to the connection, which goes back to the pool.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
        yield
        return
    connection.execute(text("PRAGMA query_only = ON"))
    try:
        yield
    finally:
        connection.execute(text("PRAGMA query_only = OFF"))


def examine(
    tx: Transaction, now: datetime, *, due: Sequence[Due] = (), full: bool = False, limits: Limits | None = None
) -> list[Finding]:
    """
    What does not hold, in the order of the statements; nothing when all is well.
    """
    if not is_current(tx.connection):
        return [_finding(SCHEMA, ["the schema"])]
    tx.policy = settings.business_policy(tx).policy
    values = _parameters(_as_of(tx, now), limits or Limits())
    broken = [(each, _keys(tx.connection, each, values)) for each in INVARIANTS]
    broken += [(OWNER_CAP, _over_cap(tx)), (JOB_DUE, _not_run(tx.connection, due))]
    if full:
        broken += [
            (AUDIT_HASHES, list(audit_breaks(tx.connection))),
            (INDEX_KEYS, list(index_breaks(tx))),
            (PROTECTION_ENDS, list(protection_breaks(tx))),
        ]
    return [_finding(invariant, keys) for invariant, keys in broken if keys]


def is_current(connection: Connection) -> bool:
    """
    Whether the schema is this version's.
    """
    return MigrationContext.configure(connection).get_current_revision() == migrate.code_revision()


def _as_of(tx: Transaction, now: datetime) -> datetime:
    """
    In a demo the product's clock may have been moved ahead: then its newest entry tells the time.
    """
    if not meta.was_demo(tx):
        return now
    newest: list[datetime | None] = [
        tx.connection.execute(select(func.max(column))).scalar()
        for column in (table_of(AuditEntry).c.at, table_of(JobRun).c.claimed_at)
    ]
    return max([now, *filter(None, newest)])


def _parameters(now: datetime, limits: Limits) -> dict[str, int]:
    return {
        "now": to_millis(now),
        "stuck": _millis(limits.stuck),
        "job_stuck": _millis(limits.job_stuck),
        "clock_skew": _millis(limits.clock_skew),
        "max_attempts": MAX_ATTEMPTS,
    }


def _millis(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _keys(connection: Connection, invariant: Invariant, values: dict[str, int]) -> list[str]:
    statement = text(invariant.sql)
    wanted = {name: value for name, value in values.items() if f":{name}" in invariant.sql}
    return [" ".join(str(part) for part in row) for row in connection.execute(statement, wanted)]


def _over_cap(tx: Transaction) -> list[str]:
    """
    Members who hold more customers than their roles allow.
    """
    customer = table_of(Customer)
    counted = select(customer.c.owner_id, func.count().label("held")).where(
        customer.c.owner_id.is_not(None), customer.c.stage.not_in(FREE_STAGES)
    )
    held = {row.owner_id: row.held for row in tx.connection.execute(counted.group_by(customer.c.owner_id))}
    over = []
    for member in members.everybody(tx):
        cap = holding_cap(frozenset(Role(role) for role in member.roles), tx.policy.holding)
        if cap is not None and held.get(member.id, 0) > cap:
            over.append(f"{member.id} {held[member.id]}>{cap}")
    return over


def _not_run(connection: Connection, due: Sequence[Due]) -> list[str]:
    run = table_of(JobRun)
    missing = []
    for each in due:
        newest = select(func.max(run.c.slot)).where(run.c.job == each.job)
        ever = connection.execute(newest).scalar()
        done = connection.execute(newest.where(run.c.state == "done")).scalar()
        if ever is not None and (done is None or done < each.since):
            missing.append(each.job)
    return missing


def _finding(invariant: Invariant, keys: Sequence[str]) -> Finding:
    return Finding(
        invariant.code, invariant.severity, invariant.meaning, count=len(keys), keys=tuple(keys[:KEYS_SHOWN])
    )

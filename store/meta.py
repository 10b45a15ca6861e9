"""
Facts about this database itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite

from store.base import table_of
from store.models import Meta
from store.transaction import Transaction

DEMO = "demo"
SERVED = "served"
UP = "up"
_table = table_of(Meta)


def put(tx: Transaction, key: str, value: str) -> None:
    """
    Set a fact, whether it was known before or not.
    """
    tx.connection.execute(_put(tx.connection.dialect.name), {"key": key, "value": value})


@cache
def _put(dialect_name: str) -> Executable:
    insert = (postgresql if dialect_name == "postgresql" else sqlite).insert(_table)
    statement: Executable = insert.on_conflict_do_update(
        index_elements=[_table.c.key], set_={"value": insert.excluded.value}
    )
    return statement


def get(tx: Transaction, key: str) -> str | None:
    """
    A fact, None while it is unknown.
    """
    found = tx.session.get(Meta, key)
    return found.value if found else None


def note_served(tx: Transaction, places: Iterable[str]) -> None:
    """
    The serving process knows these accounts (`platform/account`).
    """
    put(tx, SERVED, " ".join(sorted(places)))


def served(tx: Transaction) -> frozenset[str]:
    """
    The accounts that the process started last serves.
    """
    return frozenset((get(tx, SERVED) or "").split())


def note_connection(tx: Transaction, place: str, state: str) -> None:
    """
    How the long connection of an account is doing now: `up`, or why it is down.
    """
    put(tx, _connection_key(place), state)


def connection(tx: Transaction, place: str) -> str | None:
    """
    What was noted of this connection last.
    """
    return get(tx, _connection_key(place))


def _connection_key(place: str) -> str:
    return f"connection:{hashlib.sha256(place.encode()).hexdigest()[:24]}"


def mark_demo(tx: Transaction) -> None:
    """
    From now on this database was a demo: production refuses it.
    """
    put(tx, DEMO, "yes")


def was_demo(tx: Transaction) -> bool:
    """
    Whether the demo company was ever loaded.
    """
    return tx.session.get(Meta, DEMO) is not None

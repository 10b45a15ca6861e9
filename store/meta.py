"""
Facts about this database itself.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite

from store.base import table_of
from store.models import Meta
from store.transaction import Transaction

DEMO = "demo"
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

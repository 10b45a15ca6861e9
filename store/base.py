"""
The metadata all tables share, and the column types that make both databases agree.

Instants are stored as whole milliseconds since 1970 UTC, so that ordering, comparison and the doctor's SQL are the same
on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, Executable, Insert, Integer, MetaData, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = BigInteger().with_variant(Integer(), "sqlite")
"""An integer primary key or reference: SQLite numbers rows only in INTEGER PRIMARY KEY columns."""


class Base(DeclarativeBase):
    """
    Base of the mapped classes.
    """

    metadata = metadata


class Instant(TypeDecorator[datetime]):
    """
    An aware UTC datetime, stored as milliseconds since the epoch.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        """
        Refuse naive datetimes: a time without a zone is a bug.
        """
        return None if value is None else to_millis(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """
        The instant, in UTC.
        """
        return None if value is None else from_millis(int(value))


def to_millis(instant: datetime) -> int:
    """
    Milliseconds since the epoch.
    """
    if instant.tzinfo is None:
        msg = f"store: naive datetime {instant!r}; instants are aware UTC"
        raise ValueError(msg)
    since = instant - EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def from_millis(millis: int) -> datetime:
    """
    The instant of `to_millis`.
    """
    return EPOCH + timedelta(milliseconds=millis)


def table_of(mapped: type[Base]) -> Table:
    """
    The Core table of a mapped class, for statements on the hot path.
    """
    return cast("Table", mapped.__table__)


def insert_new(connection: Connection, table: Table, **values: object) -> int | None:
    """
    Insert one row unless a unique key says it is there already; returns its id, or None.

    When another transaction is inserting the same key, this waits for its end.
    """
    key = connection.execute(_insert_unless_present(table, connection.dialect.name), values).scalar()
    return None if key is None else int(key)


@cache
def _insert_unless_present(table: Table, dialect_name: str) -> Executable:
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    statement: Executable = dialect.insert(table).on_conflict_do_nothing().returning(table.c.id)
    return statement


def insert_row(connection: Connection, table: Table, **values: object) -> int:
    """
    Insert one row without the ORM; returns its id.

    The values travel beside the statement, not inside it: SQLAlchemy then neither builds nor compares a parameter for
    each of them.
    """
    key = connection.execute(_insert(table), values).inserted_primary_key
    return int(key[0]) if key else 0


@cache
def _insert(table: Table) -> Insert:
    return insert(table)

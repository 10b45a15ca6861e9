"""
One transaction as the store's modules use it: statements run for an actor, rows are filtered in `store/scope.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, insert, text
from sqlalchemy.orm import Session

from domain.access import Actor
from domain.policy import BusinessPolicy
from store.base import Base

T = TypeVar("T")
B = TypeVar("B", bound=Base)

DEDUP_LOCK = 0x11A0_DA11
SAVEPOINT = "handler"


class Transaction:
    """
    A connection in a transaction, with actor-aware reads through the ORM.

    `policy` is the business policy in force for this transaction. `memory` is for what a module of the store read once
    and will be asked for again; falling back to a savepoint empties it.
    """

    def __init__(self, connection: Connection, *, autoflush: bool = True) -> None:
        self.connection = connection
        self.policy = BusinessPolicy()
        self.memory: dict[str, Any] = {}
        self._autoflush = autoflush
        self._session: Session | None = None
        self._later: dict[Table, list[dict[str, Any]]] = {}

    @property
    def session(self) -> Session:
        """
        The ORM session of this transaction, opened when it is first asked for; whoever opened the transaction ends it.
        """
        if self._session is None:
            self._session = Session(
                self.connection,
                autoflush=self._autoflush,
                expire_on_commit=False,
                join_transaction_mode="rollback_only",
                info={"transaction": self},
            )
        return self._session

    def finish(self) -> None:
        """
        Write what waits: the last step before the commit.
        """
        self.write_waiting()
        self._flush()

    def close(self) -> None:
        """
        Let go of the rows that were read; the connection stays as it is.
        """
        if self._session is not None:
            self._session.close()

    def _flush(self) -> None:
        if self._session is not None:
            self._session.flush()

    def scalars(self, actor: Actor, statement: Select[T]) -> Sequence[T]:
        """
        The rows of `statement` that this actor may see.
        """
        return self.session.scalars(statement, execution_options={"actor": actor}).all()

    def first(self, actor: Actor, statement: Select[T]) -> T | None:
        """
        The first row of `statement` that this actor may see.
        """
        return self.session.scalars(statement.limit(1), execution_options={"actor": actor}).first()

    def rows(self, actor: Actor, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
        """
        The tuples of `statement` that this actor may see.
        """
        return self.session.execute(statement, execution_options={"actor": actor}).all()

    def row(self, mapped: type[B], row_id: int) -> B:
        """
        The row of an object that the caller has already read or locked for its actor, to write to it.
        """
        trusted = {"actor": Actor.system("a row its caller was allowed to reach")}
        return self.session.get_one(mapped, row_id, execution_options=trusted)

    def add(self, row: Base) -> None:
        """
        Insert a new row at once, so that its id is known.
        """
        self.session.add(row)
        self.session.flush()

    def add_later(self, table: Table, row: dict[str, Any]) -> None:
        """
        Insert a row at the end of the transaction, together with the others of its table.
        """
        self._later.setdefault(table, []).append(row)

    def waiting(self, table: Table) -> list[dict[str, Any]]:
        """
        The rows that wait for the end of the transaction.
        """
        return self._later.get(table, [])

    def write_waiting(self) -> None:
        """
        Insert the rows that waited.
        """
        for table, rows in self._later.items():
            if rows:
                self.connection.execute(insert(table), rows)
        self._later.clear()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """
        A point to fall back to: what is done inside is undone when an exception leaves the block.

        Rows read before are then detached: they keep what was read and are not written any more.
        """
        before = {table: list(rows) for table, rows in self._later.items()}
        self._flush()
        mark(self.connection, f"SAVEPOINT {SAVEPOINT}")
        try:
            yield
            self._flush()
        except BaseException:
            mark(self.connection, f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")
            if self._session is not None:
                self._session.expunge_all()
            self._later = before
            self.memory.clear()
            raise
        finally:
            mark(self.connection, f"RELEASE SAVEPOINT {SAVEPOINT}")

    def serialise_registrations(self) -> None:
        """
        From here to the end of the transaction nobody else checks for duplicates and inserts.

        On SQLite the write lock already says so; PostgreSQL takes one advisory lock, because a lock on the name would
        not hold off another spelling of it.
        """
        if self.connection.dialect.name == "postgresql":
            self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": DEDUP_LOCK})


def mark(connection: Connection, statement: str) -> None:
    """
    Set a savepoint or go back to one, by the driver's own way: there is nothing to compile and nothing to read.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute(statement)

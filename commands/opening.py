"""
What commands work on: the settings, and the database with a context for use cases. The server may run meanwhile.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError, DBAPIError

from bot import settings as settings_module
from bot.clock import Clock
from bot.post import Account
from bot.settings import Settings
from bot.units import Units
from commands.errors import CommandError
from domain.access import Actor
from domain.errors import SettingsError
from store import migrate, scope
from store.engine import Database

OPERATOR = Actor.system("command line")


def settings_of(options: argparse.Namespace, **overrides: object) -> Settings:
    """
    The settings in force for a command.
    """
    return settings_module.load(options.config, **overrides)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """
    The database, whatever its schema.

    Raises:
        CommandError: it cannot be opened, or it refused a statement.
        SettingsError: its address cannot be understood.
    """
    scope.install()
    database = _database(settings)
    try:
        yield database
    except DBAPIError as error:
        shown = database.url.render_as_string(hide_password=True)
        raise CommandError(f"database {shown}: {error.orig}", "is it running and may this account use it?") from error
    finally:
        database.close()


@contextmanager
def units(settings: Settings) -> Iterator[Units]:
    """
    Units of work on a database whose schema is current.

    Raises:
        CommandError: `liaodan migrate` has to run first.
    """
    with opened(settings) as database:
        if not migrate.is_current(database.engine):
            shown = database.url.render_as_string(hide_password=True)
            raise CommandError(f"database {shown}: its schema is not this version's", "run 'liaodan migrate'")
        yield Units(database, Clock(), accounts_of(settings), public_url=settings.public_url)


def _database(settings: Settings) -> Database:
    address = settings.effective_database_url
    if address.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        return Database(address)
    except (ArgumentError, ImportError) as error:
        raise SettingsError([f"database_url (environment LIAODAN_DATABASE_URL): {error}"]) from error


def accounts_of(settings: Settings) -> list[Account]:
    """
    The configured accounts by name: enough to address a message, which the server then delivers.
    """
    wecom = [Account("wecom", name, values.get("corp_id", "")) for name, values in settings.wecom.items()]
    feishu = [
        Account("feishu", name, values.get("tenant_key") or values.get("app_id", ""))
        for name, values in settings.feishu.items()
    ]
    dingtalk = [Account("dingtalk", name, values.get("corp_id", "")) for name, values in settings.dingtalk.items()]
    return wecom + dingtalk + feishu

"""
`doctor --platform`: what is wrong with the connection to a platform, in a sentence for each step. Asks nothing.
"""

from __future__ import annotations

import argparse
import socket

from bot.platform_checks import Inbound, Trial
from bot.settings import Settings
from commands import trials
from commands.errors import CommandError
from commands.opening import settings_of
from domain.errors import SettingsError
from store import meta, migrate
from store.engine import Database

PLATFORMS = ("feishu", "dingtalk", "wecom")


def examine_platforms(options: argparse.Namespace) -> int:
    """
    Every account that is meant, each step in turn. Exit code 1 when a step failed.
    """
    from app import build, trial_of

    settings = settings_of(options)
    places = _places(settings, options.platform)
    product = build(settings)
    try:
        must_be_current(product.database)
        found = [trial_of(product, place, options.me) for place in places]
        for trial in found:
            look_from_beside(trial, product.database, settings)
        failed = trials.tell_as_json(found) if options.json else _tell(found, settings)
    finally:
        product.database.close()
    if failed:
        raise CommandError(f"doctor: {failed} of the steps failed", "do what is said there and try again")
    return 0


def look_from_beside(trial: Trial, database: Database, settings: Settings) -> None:
    """
    See what comes in as far as that can be seen beside the serving process; when there is none, nothing can come.
    """
    if not is_served(settings):
        trial.inbound = lambda: Inbound(is_up=False, trouble="not_running")
        return
    with database.read() as tx:
        trial.is_served = f"{trial.adapter.platform}/{trial.adapter.account}" in meta.served(tx)
    trial.is_beside = True
    trial.inbound = trials.seen_beside(trial, database, public_url=settings.public_url)


def is_served(settings: Settings) -> bool:
    """
    Whether somebody listens where this product would listen.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    try:
        socket.create_connection((host, settings.port), timeout=2).close()
    except OSError:
        return False
    return True


def must_be_current(database: Database) -> None:
    """
    Refuse a database whose schema is another version's.
    """
    if not migrate.is_current(database.engine):
        shown = database.url.render_as_string(hide_password=True)
        raise CommandError(f"database {shown}: its schema is not this version's", "run 'liaodan migrate'")


def _tell(found: list[Trial], settings: Settings) -> int:
    failed = 0
    for trial in found:
        print(f"{trial.adapter.platform}/{trial.adapter.account}")
        failed += trials.tell(trial, public_url=settings.public_url)
    return failed


def _places(settings: Settings, wanted: str) -> list[tuple[str, str]]:
    """
    The accounts meant by nothing (all), a platform, or a platform and an account.
    """
    platform, _, account = wanted.partition("/")
    every = [(name, each) for name in PLATFORMS for each in getattr(settings, name)]
    found = [(name, each) for name, each in every if platform in {"", name} and account in {"", each}]
    if not found:
        known = ", ".join("/".join(place) for place in every) or "none; run 'liaodan connect'"
        raise SettingsError([f"--platform {wanted!r}: no such account; configured are: {known}"])
    return found

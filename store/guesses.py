"""
Counting failed sign-ins, so that guessing a password takes too long. What is allowed is decided in `domain/login.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from domain.login import Guesses, GuessLimit, next_guess
from store.base import insert_new, table_of
from store.models import GuessCount
from store.transaction import Transaction

KEPT: Final = timedelta(days=1)
_table = table_of(GuessCount)


def take(tx: Transaction, limits: Mapping[str, GuessLimit], now: datetime) -> datetime | None:
    """
    Count one try against every key, before it is known whether it succeeds; or say until when none is allowed.

    When one key allows no more, nothing is counted: who is turned away cannot prolong the wait.
    """
    counted: dict[str, Guesses] = {}
    for key in sorted(limits, key=_hash):
        made = next_guess(_locked(tx, key, now), limits[key], now)
        if isinstance(made, datetime):
            return made
        counted[key] = made
    for key, guesses in counted.items():
        wanted = _table.c.key == _hash(key)
        tx.session.execute(update(_table).where(wanted).values(failures=guesses.count, since=guesses.since))
    return None


def forgive(tx: Transaction, keys: frozenset[str]) -> None:
    """
    A sign-in succeeded: what was counted for it is forgotten. The rows stay, others may be waiting for them.
    """
    tx.session.execute(update(_table).where(_table.c.key.in_([_hash(key) for key in keys])).values(failures=0))


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget counts whose window is long over.
    """
    return tx.connection.execute(delete(_table).where(_table.c.since < now - KEPT)).rowcount


def _locked(tx: Transaction, key: str, now: datetime) -> Guesses | None:
    """
    The count of a key, held until the end of the transaction; None for a new key.
    """
    insert_new(tx.connection, _table, key=_hash(key), failures=0, since=now)
    row = tx.session.execute(select(_table).where(_table.c.key == _hash(key)).with_for_update()).first()
    return Guesses(row.failures, row.since) if row is not None and row.failures else None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

"""
`bot.ports.SharedState` on the database: platform tokens (encrypted), rate buckets, counters and names used once.

Each call is its own short transaction, because tokens and buckets concern calls to platforms, not business steps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from store.base import table_of
from store.engine import Database
from store.models import RateBucket, SharedToken

EARLY = timedelta(minutes=5)
SWEEP_EVERY = timedelta(minutes=1)

_buckets = table_of(RateBucket)
_tokens = table_of(SharedToken)
_USED = "used:"
_COUNTED = "count:"


class DatabaseSharedState:
    """
    Tokens and buckets as rows. `key` is a Fernet key derived from the installation's secret.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._cipher = Fernet(key)
        self._swept_at: datetime | None = None

    def token(self, name: str, now: datetime) -> str | None:
        """
        The stored token, None when there is none or it ends within five minutes.
        """
        with self._database.read() as tx:
            row = tx.session.get(SharedToken, name)
            if row is None or row.expires_at <= now + EARLY:
                return None
            return self._decrypt(row.value)

    def store_token(self, name: str, value: str, expires_at: datetime) -> None:
        """
        Keep a fetched token.
        """
        with self._database.write() as tx:
            encrypted = self._cipher.encrypt(value.encode()).decode()
            tx.session.merge(SharedToken(name=name, value=encrypted, expires_at=expires_at))

    def forget_token(self, name: str, value: str) -> None:
        """
        Drop the token if it still is this one.
        """
        with self._database.write() as tx:
            row = tx.session.scalars(select(SharedToken).where(SharedToken.name == name).with_for_update()).first()
            if row is not None and self._decrypt(row.value) == value:
                tx.session.execute(delete(SharedToken).where(SharedToken.name == name))

    def take(self, bucket: str, *, capacity: int, per_seconds: float, now: datetime) -> float:
        """
        Take one unit, or say how many seconds until one is there.
        """
        with self._database.write() as tx:
            row = tx.session.scalars(select(RateBucket).where(RateBucket.name == bucket).with_for_update()).first()
            if row is None:
                row = RateBucket(name=bucket, level=float(capacity), at=now)
                tx.session.add(row)
            passed = max(0.0, (now - row.at).total_seconds())
            row.level = min(float(capacity), row.level + passed * capacity / per_seconds)
            row.at = max(now, row.at)
            if row.level < 1:
                return (1 - row.level) * per_seconds / capacity
            row.level -= 1
            return 0.0

    def count(self, counter: str, amount: int, now: datetime) -> int:
        """
        Add to a counter in one statement; returns the total.
        """
        row = {"name": _COUNTED + counter, "level": float(amount), "at": now}
        with self._database.write() as tx:
            dialect = sqlite if self._database.is_sqlite else postgresql
            statement = (
                dialect.insert(_buckets)
                .values(row)
                .on_conflict_do_update(index_elements=["name"], set_={"level": _buckets.c.level + amount, "at": now})
                .returning(_buckets.c.level)
            )
            return int(tx.session.connection().execute(statement).scalar_one())

    def first_use(self, name: str, value: str, *, until: datetime, now: datetime) -> str:
        """
        Note name and value, in one statement, unless the name is noted already; forget now and then what is past.
        """
        row = {"name": _USED + name, "value": value, "expires_at": until}
        with self._database.write() as tx:
            connection = tx.session.connection()
            if self._swept_at is None or now - self._swept_at > SWEEP_EVERY:
                past = delete(_tokens).where(_tokens.c.name.startswith(_USED), _tokens.c.expires_at < now)
                connection.execute(past)
                self._swept_at = now
            dialect = sqlite if self._database.is_sqlite else postgresql
            connection.execute(dialect.insert(_tokens).values(row).on_conflict_do_nothing())
            return str(connection.execute(select(_tokens.c.value).where(_tokens.c.name == row["name"])).scalar_one())

    def _decrypt(self, value: str) -> str | None:
        try:
            return self._cipher.decrypt(value.encode()).decode()
        except InvalidToken:
            return None

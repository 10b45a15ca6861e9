"""
`bot.ports.SharedState` on the database: platform tokens (encrypted) and rate buckets shared by all processes.

Each call is its own short transaction, because tokens and buckets concern calls to platforms, not business steps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select

from store.engine import Database
from store.models import RateBucket, SharedToken

EARLY = timedelta(minutes=5)


class DatabaseSharedState:
    """
    Tokens and buckets as rows. `key` is a Fernet key derived from the installation's secret.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._cipher = Fernet(key)

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

    def _decrypt(self, value: str) -> str | None:
        try:
            return self._cipher.decrypt(value.encode()).decode()
        except InvalidToken:
            return None

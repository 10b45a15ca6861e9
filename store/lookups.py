"""
Looks at the customer base, counted per member and business day.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import func, select

from store.models import Lookup
from store.transaction import Transaction


def count_on(tx: Transaction, member_id: int, day: date) -> int:
    """
    How often the member has looked that day.
    """
    statement = select(func.count()).select_from(Lookup).where(Lookup.member_id == member_id, Lookup.on_day == day)
    return tx.session.scalar(statement) or 0


def add(tx: Transaction, member_id: int, *, kind: str, query: str, day: date, now: datetime) -> None:
    """
    Count one look. Only a hash of what was asked is kept.
    """
    digest = hashlib.sha256(query.encode()).hexdigest()
    tx.add(Lookup(member_id=member_id, on_day=day, kind=kind, query_hash=digest, at=now))

"""
Alarms: what an administrator has to look at, raised once per source.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, select, update

from store.base import insert_new, table_of
from store.models import Alarm
from store.transaction import Transaction

_table = table_of(Alarm)


def raise_alarm(tx: Transaction, source: str, source_id: str, message: str, now: datetime) -> bool:
    """
    Raise an alarm; False when this source already has one.
    """
    row_id = insert_new(tx.session, _table, source=source, source_id=source_id, message=message[:300], raised_at=now)
    return row_id is not None


def open_alarms(tx: Transaction) -> list[Alarm]:
    """
    Alarms nobody has acknowledged, oldest first.
    """
    return list(tx.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None)).order_by(Alarm.id)))


def settle(tx: Transaction, source: str, prefix: str, now: datetime) -> None:
    """
    Acknowledge the open alarms of a source whose ids begin so: what they told of is over.
    """
    ours = and_(_table.c.source == source, _table.c.source_id.startswith(prefix, autoescape=True))
    tx.session.execute(update(_table).where(ours, _table.c.acknowledged_at.is_(None)).values(acknowledged_at=now))

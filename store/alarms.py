"""
Alarms: what an administrator has to look at, raised once per source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, and_, cast, literal, select, update

from store.base import insert_new, table_of
from store.models import Alarm, OutboxMessage
from store.transaction import Transaction

_table = table_of(Alarm)
_TOLD = "alarm:"
MOST_LOST = 1000
"""So many are counted at once; more are told of a little later."""


def raise_alarm(tx: Transaction, source: str, source_id: str, message: str, now: datetime) -> bool:
    """
    Raise an alarm; False when this source already has one.
    """
    row_id = insert_new(tx.connection, _table, source=source, source_id=source_id, message=message[:300], raised_at=now)
    return row_id is not None


def open_alarms(tx: Transaction) -> list[Alarm]:
    """
    Alarms nobody has acknowledged, oldest first.
    """
    return list(tx.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None)).order_by(Alarm.id)))


def untold(tx: Transaction, sources: Iterable[str]) -> list[Alarm]:
    """
    Open alarms of these sources of which no message (`told_key`) was written to anybody yet, oldest first.
    """
    first = literal(_TOLD) + cast(Alarm.id, String) + literal(":0")
    is_told = select(OutboxMessage.id).where(OutboxMessage.idempotency_key == first).exists()
    statement = select(Alarm).where(Alarm.source.in_(list(sources)), Alarm.acknowledged_at.is_(None), ~is_told)
    return list(tx.session.scalars(statement.order_by(Alarm.id)))


def told_key(alarm_id: int, number: int) -> str:
    """
    The idempotency key of the messages that tell of an alarm, numbered from 0.
    """
    return f"{_TOLD}{alarm_id}:{number}"


@dataclass(frozen=True)
class Lost:
    """
    Messages and events that were given up since somebody was last told: how many, since when, and the newest reason.

    `up_to` is the newest alarm among them.
    """

    up_to: int
    since: datetime
    dead: int
    uncertain: int
    events: int
    reason: str


def lost_after(tx: Transaction, alarm_id: int) -> Lost | None:
    """
    What was given up after this alarm, None for nothing. Messages that tell administrators of something do not count.
    """
    statement = select(Alarm).where(
        Alarm.source.in_(("outbox", "inbox")), Alarm.acknowledged_at.is_(None), Alarm.id > alarm_id
    )
    found = tx.session.scalars(statement.order_by(Alarm.id).limit(MOST_LOST)).all()
    telling = _telling(tx, [int(row.source_id) for row in found if row.source == "outbox"])
    rows = [row for row in found if row.source == "inbox" or int(row.source_id) not in telling]
    if not rows:
        return None
    messages = [row.message for row in rows if row.source == "outbox"]
    uncertain = sum(message.startswith("uncertain") for message in messages)
    return Lost(
        up_to=rows[-1].id,
        since=rows[0].raised_at,
        dead=len(messages) - uncertain,
        uncertain=uncertain,
        events=len(rows) - len(messages),
        reason=rows[-1].message,
    )


def _telling(tx: Transaction, message_ids: Collection[int]) -> set[int]:
    """
    Those of these messages that only tell of alarms.
    """
    statement = select(OutboxMessage.id).where(
        OutboxMessage.id.in_(message_ids), OutboxMessage.idempotency_key.startswith(_TOLD, autoescape=True)
    )
    return set(tx.session.scalars(statement))


def settle(tx: Transaction, source: str, prefix: str, now: datetime) -> None:
    """
    Acknowledge the open alarms of a source whose ids begin so: what they told of is over.
    """
    ours = and_(_table.c.source == source, _table.c.source_id.startswith(prefix, autoescape=True))
    tx.session.execute(update(_table).where(ours, _table.c.acknowledged_at.is_(None)).values(acknowledged_at=now))

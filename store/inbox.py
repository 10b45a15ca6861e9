"""
The inbox: each platform event takes effect once, and a redelivery gets the stored answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select, text, update

from store.base import insert_new, table_of
from store.models import InboxEvent
from store.models.delivery import UNFINISHED
from store.transaction import Transaction

MAX_ATTEMPTS = 12
KEEP = timedelta(days=30)


@dataclass(frozen=True)
class Fresh:
    """
    The event was not seen before (or is being tried again); its row id is the cause of what it does.
    """

    inbox_id: int


@dataclass(frozen=True)
class Seen:
    """
    The event already had its effect; `reply` is the stored synchronous answer.
    """

    reply: str


@dataclass(frozen=True)
class Parked:
    """
    The event failed too often and waits for a person.
    """


Claim = Fresh | Seen | Parked
_table = table_of(InboxEvent)
_FINISH = (
    update(_table)
    .where(_table.c.id == bindparam("inbox_id"))
    .values(state="done", done_at=bindparam("done_at"), reply=bindparam("reply"))
)


def claim(tx: Transaction, platform: str, account: str, event_key: str, now: datetime) -> Claim:
    """
    Take the event for this transaction. Two deliveries at once: the second waits for the first one's commit.
    """
    inbox_id = insert_new(
        tx.connection,
        _table,
        platform=platform,
        account=account,
        event_key=event_key,
        state="received",
        attempts=0,
        received_at=now,
    )
    return Fresh(inbox_id) if inbox_id is not None else _existing(tx, platform, account, event_key)


def _existing(tx: Transaction, platform: str, account: str, event_key: str) -> Claim:
    row = tx.session.execute(
        select(_table.c.id, _table.c.state, _table.c.attempts, _table.c.reply)
        .where(_table.c.platform == platform, _table.c.account == account, _table.c.event_key == event_key)
        .with_for_update()
    ).one()
    if row.state == "done":
        return Seen(row.reply or '{"toast":null,"card":null}')
    is_spent = row.state == "dead" and row.attempts >= MAX_ATTEMPTS
    return Parked() if is_spent else Fresh(row.id)


def peek(tx: Transaction, platform: str, account: str, event_key: str) -> Seen | None:
    """
    The stored answer of an event that is done, without taking any lock.
    """
    reply = tx.session.execute(
        select(_table.c.reply).where(
            _table.c.platform == platform,
            _table.c.account == account,
            _table.c.event_key == event_key,
            _table.c.state == "done",
        )
    ).first()
    return Seen(reply.reply or '{"toast":null,"card":null}') if reply else None


def finish(tx: Transaction, inbox_id: int, reply: str, now: datetime) -> None:
    """
    The event has had its effect; keep its answer for redeliveries.
    """
    tx.connection.execute(_FINISH, {"inbox_id": inbox_id, "done_at": now, "reply": reply})


def count_failure(
    tx: Transaction, platform: str, account: str, event_key: str, error: str, now: datetime
) -> int | None:
    """
    Remember that handling failed; returns the row id when this was the last attempt and the event is now parked.
    """
    taken = claim(tx, platform, account, event_key, now)
    if not isinstance(taken, Fresh):
        return None
    row = tx.session.get_one(InboxEvent, taken.inbox_id)
    row.attempts += 1
    row.error = error[:200]
    if row.attempts < MAX_ATTEMPTS:
        return None
    row.state = "dead"
    return row.id


def stuck_since(tx: Transaction) -> datetime | None:
    """
    When the oldest event came in that failed and was not delivered again since.
    """
    oldest: datetime | None = tx.session.scalar(select(func.min(_table.c.received_at)).where(text(UNFINISHED)))
    return oldest


def give_up(tx: Transaction, before: datetime) -> list[int]:
    """
    Mark events dead that came in before then and are still not done; a later redelivery may still revive one.
    """
    stuck = select(_table.c.id).where(text(UNFINISHED), _table.c.received_at < before)
    ids = list(tx.session.scalars(stuck))
    tx.session.execute(update(_table).where(_table.c.id.in_(ids)).values(state="dead"))
    return ids


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget the answers of events done more than 30 days ago; the keys stay, so that nothing happens twice.
    """
    old = and_(_table.c.state == "done", _table.c.done_at < now - KEEP, _table.c.reply.is_not(None))
    return tx.connection.execute(update(_table).where(old).values(reply=None)).rowcount

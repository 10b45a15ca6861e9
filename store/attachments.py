"""
Pictures and files that wait to be fetched and read: written in the transaction of their message, done by lease.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from store.base import insert_new, table_of
from store.models import WaitingAttachment
from store.transaction import Transaction

LEASE = timedelta(seconds=180)
"""Longer than a download and a reading may take together."""
KEEP = timedelta(days=30)
NAME_LENGTH = 200
_table = table_of(WaitingAttachment)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """
    A picture or file as it came: who sent it where, and what the adapter needs to fetch it.
    """

    platform: str
    account: str
    event_key: str
    position: int
    member_id: int
    user_id: str
    chat_kind: str
    chat_id: str
    message_id: str
    kind: str
    ref: str
    name: str


def queue(tx: Transaction, sent: Sent, now: datetime) -> None:
    """
    Remember to read it; the same event twice is one row.
    """
    values = {field: getattr(sent, field) for field in Sent.__dataclass_fields__}
    values["name"] = sent.name[:NAME_LENGTH]
    insert_new(tx.connection, _table, **values, state="waiting", attempts=0, created_at=now, next_at=now)


def waiting_of(tx: Transaction, member_id: int) -> int:
    """
    How many of a member's pictures and files wait or are being read.
    """
    is_theirs = and_(_table.c.member_id == member_id, _table.c.state.in_(("waiting", "leased")))
    return int(tx.connection.execute(select(func.count()).where(is_theirs)).scalar_one())


def claim_due(tx: Transaction, now: datetime, *, limit: int, lease: str) -> Sequence[WaitingAttachment]:
    """
    Take what is due, oldest first; what another process took and never finished is due again when its lease is over.
    """
    statement = select(WaitingAttachment).where(_due(now)).order_by(_table.c.next_at, _table.c.id)
    rows = tx.session.scalars(statement.limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.state, row.lease, row.lease_until = "leased", lease, now + LEASE
        row.attempts += 1
    tx.session.flush()
    return rows


def is_due(tx: Transaction, now: datetime) -> bool:
    """
    Whether there is something to read now.
    """
    return tx.connection.execute(select(_table.c.id).where(_due(now)).limit(1)).first() is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(_table.c.state == "waiting", _table.c.next_at <= now),
        and_(_table.c.state == "leased", _table.c.lease_until < now),
    )


def mark_again(tx: Transaction, row_id: int, lease: str, *, at: datetime, error: str) -> None:
    """
    It did not work in a way that may pass.
    """
    _end_lease(tx, row_id, lease, state="waiting", next_at=at, error=error[:200])


def mark_done(tx: Transaction, row_id: int, lease: str, now: datetime, *, error: str = "") -> None:
    """
    The person has an answer; with `error` it says why nothing could be read.
    """
    state = "failed" if error else "done"
    _end_lease(tx, row_id, lease, state=state, done_at=now, error=error[:200] or None)


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget what was done with more than 30 days ago.
    """
    is_over = and_(_table.c.state.in_(("done", "failed")), _table.c.created_at < now - KEEP)
    return tx.connection.execute(_table.delete().where(is_over)).rowcount


def _end_lease(tx: Transaction, row_id: int, lease: str, **values: object) -> None:
    """
    Write how it ended; a lease that was lost meanwhile changes nothing.
    """
    mine = and_(_table.c.id == row_id, _table.c.lease == lease)
    tx.connection.execute(update(_table).where(mine).values(lease=None, lease_until=None, **values))

"""
Members who seem to have left, as the readings found them: what is asked, what is to be carried out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from domain.access import Actor
from domain.directory import Gone
from store import audit
from store.base import insert_new, table_of
from store.models import Departure, Member
from store.transaction import Transaction

OPEN = ("asked", "due")
_table = table_of(Departure)


@dataclass(frozen=True, kw_only=True)
class DepartureRecord:
    """
    One departure as read.
    """

    id: int
    member_id: int
    platform: str
    account: str
    user_id: str
    sign: str
    state: str


def notice(tx: Transaction, platform: str, account: str, gone: Gone, state: str, now: datetime) -> bool:
    """
    Write a departure down; False when this member's is open already. A question that became certain is due now.
    """
    row_id = insert_new(
        tx.connection,
        _table,
        member_id=gone.member_id,
        platform=platform,
        account=account,
        user_id=gone.user_id,
        sign=str(gone.sign),
        state=state,
        noticed_at=now,
    )
    if row_id is None and state == "due":
        is_asked = (_table.c.member_id == gone.member_id) & (_table.c.state == "asked")
        tx.connection.execute(update(_table).where(is_asked).values(state="due", sign=str(gone.sign)))
    return row_id is not None


def asked(tx: Transaction, platform: str, account: str) -> list[DepartureRecord]:
    """
    What an account's readings ask about, oldest first, locked against another decision.
    """
    statement = (
        select(Departure)
        .where(Departure.platform == platform, Departure.account == account, Departure.state == "asked")
        .order_by(Departure.id)
        .with_for_update()
    )
    rows = tx.session.scalars(statement.execution_options(populate_existing=True))
    return [_record(row) for row in rows]


def get(tx: Transaction, departure_id: int) -> DepartureRecord | None:
    """
    One departure, whatever became of it.
    """
    row = tx.session.get(Departure, departure_id)
    return _record(row) if row else None


def due(tx: Transaction) -> DepartureRecord | None:
    """
    The next departure to carry out, locked; None when there is none.
    """
    statement = select(Departure).where(Departure.state == "due").order_by(Departure.id).limit(1)
    row = tx.session.scalars(statement.with_for_update(skip_locked=True)).first()
    return _record(row) if row else None


def next_due(tx: Transaction) -> datetime | None:
    """
    Since when the oldest departure waits to be carried out, None when there is none.
    """
    return tx.session.scalar(select(func.min(Departure.noticed_at)).where(Departure.state == "due"))


def still_here(tx: Transaction, platform: str, account: str, user_ids: Collection[str], now: datetime) -> int:
    """
    A reading shows these people again: what was open about them is over; returns how many.
    """
    is_theirs = (_table.c.platform == platform) & (_table.c.account == account) & _table.c.state.in_(OPEN)
    rows = tx.connection.execute(select(_table.c.id, _table.c.user_id).where(is_theirs)).all()
    ids = [row.id for row in rows if row.user_id in user_ids]
    if ids:
        values = {"state": "dismissed", "decided_at": now}
        tx.connection.execute(update(_table).where(_table.c.id.in_(ids)).values(values))
    return len(ids)


def kept(tx: Transaction, platform: str, account: str) -> set[str]:
    """
    People of an account whose departure was called untrue, by the platform's id.
    """
    statement = select(Departure.user_id).where(
        Departure.platform == platform, Departure.account == account, Departure.state == "dismissed"
    )
    return set(tx.session.scalars(statement))


def decide(tx: Transaction, actor: Actor, record: DepartureRecord, state: str, now: datetime) -> None:
    """
    A person (or the carrying out) settled a departure the caller has locked.
    """
    values = {"state": state, "decided_by": actor.member_id, "decided_at": now}
    tx.connection.execute(update(_table).where(_table.c.id == record.id).values(values))
    changes = {"departure": [record.state, state], "sign": record.sign}
    audit.record(tx, actor, "departure.decide", "member", record.member_id, at=now, changes=changes)


def close_of(tx: Transaction, member_id: int, now: datetime) -> None:
    """
    The member has left, whichever way: nothing about them is open any more.
    """
    is_open = (_table.c.member_id == member_id) & _table.c.state.in_(OPEN)
    tx.connection.execute(update(_table).where(is_open).values(state="done", decided_at=now))


def open_members(tx: Transaction) -> list[tuple[DepartureRecord, str]]:
    """
    Every open departure with the member's name, oldest first.
    """
    statement = select(Departure, Member.name).join(Member, Member.id == Departure.member_id)
    rows = tx.session.execute(statement.where(Departure.state.in_(OPEN)).order_by(Departure.id))
    return [(_record(row), name) for row, name in rows]


def _record(row: Departure) -> DepartureRecord:
    return DepartureRecord(
        id=row.id,
        member_id=row.member_id,
        platform=row.platform,
        account=row.account,
        user_id=row.user_id,
        sign=row.sign,
        state=row.state,
    )

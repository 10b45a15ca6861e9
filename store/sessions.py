"""
Who is signed in where: a session is a random token in a browser's cookie, of which only the hash is kept here.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, delete, or_, select, update

from domain.access import Actor
from domain.login import SessionLimits
from store import audit, members
from store.base import insert_new, insert_row, table_of
from store.models import LoginSession, SpentState
from store.transaction import Transaction

Method = Literal["platform", "password", "demo"]
NOTICED_EVERY: Final = timedelta(minutes=1)
"""How exactly the last use is kept: not every page view is worth a write."""
KEPT_AFTER_END: Final = timedelta(days=30)
STATE_KEPT: Final = timedelta(days=1)
_BROWSER_LENGTH: Final = 200
_table = table_of(LoginSession)
_spent = table_of(SpentState)


@dataclass(frozen=True, slots=True)
class Proof:
    """
    How somebody proved who they are, and from where.
    """

    method: Method
    platform: str = ""
    account: str = ""
    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """
    A live session with its member's rights.
    """

    id: int
    actor: Actor
    method: str
    platform: str
    account: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime
    is_stale: bool
    """The last use was long enough ago to be noted again."""


def begin(tx: Transaction, actor: Actor, member_id: int, proof: Proof, now: datetime, limits: SessionLimits) -> str:
    """
    A new session; this is the only time its token exists outside the browser.
    """
    token = secrets.token_urlsafe(32)
    session_id = insert_row(
        tx.connection,
        _table,
        member_id=member_id,
        token_hash=_hash(token),
        method=proof.method,
        platform=proof.platform,
        account=proof.account,
        address=proof.address,
        browser=proof.browser[:_BROWSER_LENGTH],
        created_at=now,
        seen_at=now,
        expires_at=now + limits.absolute,
    )
    changes = {"member": member_id, "method": proof.method, "platform": proof.platform}
    audit.record(tx, actor, "session.begin", "session", session_id, at=now, changes=changes)
    return token


def find(tx: Transaction, token: str, now: datetime, limits: SessionLimits) -> SessionRecord | None:
    """
    The live session of a cookie; None when it ended, sat idle too long, or its member has left.
    """
    row = tx.session.execute(select(_table).where(_table.c.token_hash == _hash(token), *_live(now, limits))).first()
    if row is None:
        return None
    actor = members.actor_by_id(tx, row.member_id, "console")
    return _record(row, actor, now) if actor is not None else None


def notice(tx: Transaction, session_id: int, now: datetime) -> None:
    """
    The session was used just now.
    """
    tx.session.execute(update(_table).where(_table.c.id == session_id, _table.c.seen_at < now).values(seen_at=now))


def listing(tx: Transaction, actor: Actor, now: datetime, limits: SessionLimits) -> Sequence[SessionRecord]:
    """
    The actor's own live sessions, the last used first.
    """
    mine = select(_table).where(_table.c.member_id == actor.member_id, *_live(now, limits))
    rows = tx.session.execute(mine.order_by(_table.c.seen_at.desc(), _table.c.id.desc()))
    return [_record(row, actor, now) for row in rows]


def end(tx: Transaction, actor: Actor, token: str, now: datetime) -> bool:
    """
    End the session of a cookie; False when it had ended.
    """
    row = tx.session.execute(
        select(_table.c.id).where(_table.c.token_hash == _hash(token), _table.c.ended_at.is_(None))
    ).first()
    return row is not None and _end(tx, actor, [row.id], now, "signed out") == 1


def end_all(
    tx: Transaction, actor: Actor, member_id: int, now: datetime, *, reason: str, but: int | None = None
) -> int:
    """
    End every session of a member, except one where `but` names it; returns how many were live.
    """
    running = select(_table.c.id).where(_table.c.member_id == member_id, _table.c.ended_at.is_(None))
    ids = [row.id for row in tx.session.execute(running) if row.id != but]
    return _end(tx, actor, ids, now, reason)


def spend(tx: Transaction, state: str, now: datetime) -> bool:
    """
    Use up a `state`; False when it was used before.
    """
    return insert_new(tx.connection, _spent, state_hash=_hash(state), spent_at=now) is not None


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget sessions that ended long ago, and used states nobody can send again.
    """
    over = or_(_table.c.ended_at < now - KEPT_AFTER_END, _table.c.expires_at < now - KEPT_AFTER_END)
    tx.session.execute(delete(_spent).where(_spent.c.spent_at < now - STATE_KEPT))
    return tx.connection.execute(delete(_table).where(over)).rowcount


def _end(tx: Transaction, actor: Actor, session_ids: Sequence[int], now: datetime, reason: str) -> int:
    if session_ids:
        tx.session.execute(update(_table).where(_table.c.id.in_(session_ids)).values(ended_at=now))
    for session_id in session_ids:
        audit.record(tx, actor, "session.end", "session", session_id, at=now, reason=reason)
    return len(session_ids)


def _live(now: datetime, limits: SessionLimits) -> tuple[ColumnElement[bool], ...]:
    return _table.c.ended_at.is_(None), _table.c.expires_at > now, _table.c.seen_at > now - limits.idle


def _record(row: Row[*tuple[Any, ...]], actor: Actor, now: datetime) -> SessionRecord:
    return SessionRecord(
        id=row.id,
        actor=actor,
        method=row.method,
        platform=row.platform,
        account=row.account,
        address=row.address,
        browser=row.browser,
        created_at=row.created_at,
        seen_at=row.seen_at,
        is_stale=now - row.seen_at >= NOTICED_EVERY,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

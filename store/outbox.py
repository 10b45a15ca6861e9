"""
The outbox: every message and card update to a platform is a row first, in the transaction that caused it.

The delivery loop claims due rows by lease, in order per recipient, and reports how each attempt ended. Rows hold text
for people and platform ids, no business rows; reads here are unscoped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, and_, bindparam, func, literal, or_, select, text, update

from domain.access import Actor
from store import audit
from store.base import Instant, insert_new, table_of
from store.models import OutboxMessage
from store.models.delivery import OPEN_ROWS
from store.transaction import Transaction

LEASE = timedelta(seconds=60)
LIFETIME = timedelta(days=3)
KEEP = timedelta(days=30)
MAX_ATTEMPTS = 12
_table = table_of(OutboxMessage)
_IS_OPEN = text(OPEN_ROWS)
_HEADS = (
    select(func.min(_table.c.id).label("id"))
    .where(
        _IS_OPEN,
        or_(_table.c.lease_until.is_not(None), _table.c.attempts > 0, _table.c.next_at <= bindparam("now")),
    )
    .group_by(_table.c.platform, _table.c.account, _table.c.recipient_id)
    .subquery("head")
)
"""The rows at the head of each recipient's queue; rows that are planned for later stand in no queue yet."""
_DUE = (
    select(_table.c.id)
    .join(_HEADS, _HEADS.c.id == _table.c.id)
    .where(_table.c.next_at <= bindparam("now"))
    .order_by(_table.c.next_at, _table.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=_table)
)
_NEXT_DUE = select(func.min(_table.c.next_at)).where(_IS_OPEN)
_BY_CARD_REF = (
    select(_table.c.id, _table.c.member_id, _table.c.recipient_kind, _table.c.card)
    .where(
        _table.c.platform == bindparam("on_platform"),
        _table.c.card_ref == bindparam("ref"),
        _table.c.target_id.is_(None),
    )
    .order_by(_table.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """
    A row to be. `key` is the idempotency key: a second draft with the same key changes nothing.

    `subject` and `purpose` find all copies of a card later (`approval:42`, `request`); `target_id` makes the row an
    update of that sent row, with `recalls` its withdrawal. `mentions` are the platform's ids of people to call with @.
    """

    key: str
    platform: str
    account: str
    recipient_kind: str
    recipient_id: str
    member_id: int | None
    card: str | None = None
    text: str = ""
    subject: str = ""
    purpose: str = ""
    target_id: int | None = None
    media_id: int | None = None
    mentions: tuple[str, ...] = ()
    recalls: bool = False
    due_at: datetime
    cause_inbox_id: int | None = None


def enqueue(tx: Transaction, draft: Draft, now: datetime) -> int | None:
    """
    Put a message into the outbox; returns its id, None when this key is already there.
    """
    return insert_new(
        tx.connection,
        _table,
        idempotency_key=draft.key,
        platform=draft.platform,
        account=draft.account,
        recipient_kind=draft.recipient_kind,
        recipient_id=draft.recipient_id,
        member_id=draft.member_id,
        subject=draft.subject,
        purpose=draft.purpose,
        target_id=draft.target_id,
        card=draft.card,
        text=draft.text,
        media_id=draft.media_id,
        mentions=list(draft.mentions) or None,
        recalls=draft.recalls,
        state="pending",
        attempts=0,
        created_at=now,
        next_at=draft.due_at,
        expires_at=max(now, draft.due_at) + LIFETIME,
        cause_inbox_id=draft.cause_inbox_id,
    )


def copies(tx: Transaction, subject: str, purpose: str) -> list[OutboxMessage]:
    """
    The sent or waiting cards about a subject, oldest first; updates and recalled cards are not among them.
    """
    statement = (
        select(OutboxMessage)
        .where(
            OutboxMessage.subject == subject,
            OutboxMessage.purpose == purpose,
            OutboxMessage.target_id.is_(None),
            OutboxMessage.recalled_at.is_(None),
            OutboxMessage.state.in_(("pending", "leased", "sent", "uncertain")),
        )
        .order_by(OutboxMessage.id)
    )
    return list(tx.session.scalars(statement))


def replace_card(tx: Transaction, row: OutboxMessage, card: str) -> bool:
    """
    Give a card that was never tried its new face before it goes out; False when it may already be on its way.
    """
    tx.session.flush()
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.id == row.id, _table.c.state == "pending", _table.c.attempts == 0)
        .values(card=card, rendered=None)
    )
    tx.session.expire(row)
    return result.rowcount == 1


def mark_recalled(tx: Transaction, row: OutboxMessage, now: datetime) -> bool:
    """
    Somebody wants this message back: what was never tried is cancelled; True when it may already be there.
    """
    row.recalled_at = now
    tx.session.flush()
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.id == row.id, _table.c.state == "pending", _table.c.attempts == 0)
        .values(state="cancelled", error="recalled before it was sent")
    )
    tx.session.expire(row)
    return result.rowcount == 0


@dataclass(frozen=True, slots=True)
class ClickedCard:
    """
    The sent card whose button was pressed: whose it is, where it stands, and what it said.
    """

    id: int
    member_id: int | None
    recipient_kind: str
    card: str | None


def by_card_ref(tx: Transaction, platform: str, card_ref: str) -> ClickedCard | None:
    """
    The sent card whose copy the platform calls `card_ref`.
    """
    if not card_ref:
        return None
    row = tx.connection.execute(_BY_CARD_REF, {"on_platform": platform, "ref": card_ref}).first()
    return ClickedCard(*row) if row is not None else None


def cancel(tx: Transaction, subject: str, purpose: str) -> None:
    """
    Withdraw what is still waiting about a subject.
    """
    tx.session.execute(
        update(_table)
        .where(_table.c.subject == subject, _table.c.purpose == purpose, _table.c.state == "pending")
        .values(state="cancelled")
    )


def claim_due(tx: Transaction, now: datetime, *, limit: int, lease: str) -> list[OutboxMessage]:
    """
    Lease due rows to `lease`, of each recipient the first.

    A row waits while an earlier row to the same recipient is on its way, is tried again or held back by a rate limit.
    From now on it is in doubt whether the row was said, unless it has been longer; what becomes of it says otherwise.
    """
    ids = tx.connection.execute(_DUE, {"now": now, "at_most": limit}).scalars().all()
    if not ids:
        return []
    until = now + LEASE
    leased = {"state": "leased", "lease": lease, "lease_until": until, "next_at": until}
    leased["in_doubt_since"] = func.coalesce(_table.c.in_doubt_since, literal(now, Instant))
    mine = _table.c.id.in_(ids)
    tx.connection.execute(update(_table).where(mine).values(**leased, attempts=_table.c.attempts + 1))
    rows = select(OutboxMessage).where(OutboxMessage.id.in_(ids)).order_by(OutboxMessage.id)
    return list(tx.session.scalars(rows, execution_options={"populate_existing": True}))


def next_due(tx: Transaction) -> datetime | None:
    """
    When the next waiting row is due, or the next lease ends; None when nothing waits.
    """
    at: datetime | None = tx.connection.execute(_NEXT_DUE).scalar()
    return at


def store_rendered(tx: Transaction, row_id: int, rendered: str) -> None:
    """
    Keep the exact bytes of the first attempt: retries send the same.
    """
    tx.session.execute(update(_table).where(_table.c.id == row_id).values(rendered=rendered))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """
    What the platform said on success.
    """

    message_id: str
    card_ref: str
    update_token: str | None
    update_token_expires_at: datetime | None


def mark_sent(tx: Transaction, row_id: int, lease: str, sent: Sent, now: datetime) -> None:
    """
    The row is done. A lease that was lost meanwhile changes nothing.
    """
    tx.session.execute(
        _held(row_id, lease).values(
            state="sent",
            sent_at=now,
            message_id=sent.message_id,
            card_ref=sent.card_ref,
            update_token=sent.update_token,
            update_token_expires_at=sent.update_token_expires_at,
            lease=None,
            lease_until=None,
            error=None,
        )
    )


def mark_again(
    tx: Transaction, row_id: int, lease: str, *, at: datetime, error: str, in_doubt_since: datetime | None = None
) -> None:
    """
    The attempt failed in a way that may pass: try the same bytes again at `at`.

    `in_doubt_since` is the first attempt that may have been accepted although no answer came, None for none.
    """
    values = {"next_at": at, "error": error[:300], "lease_until": None, "in_doubt_since": in_doubt_since}
    tx.session.execute(_held(row_id, lease).values(state="pending", lease=None, **values))


def postpone(tx: Transaction, row_id: int, lease: str, *, at: datetime, in_doubt_since: datetime | None = None) -> None:
    """
    Nothing was tried because a rate limit said wait: the attempt does not count, and later rows wait as well.

    `in_doubt_since` as for `mark_again`.
    """
    values = {"next_at": at, "attempts": _table.c.attempts - 1, "lease_until": at, "in_doubt_since": in_doubt_since}
    tx.session.execute(_held(row_id, lease).values(state="pending", lease=None, **values))


def try_now(tx: Transaction, platform: str, account: str, now: datetime) -> None:
    """
    The platform answers again: what failed before need not wait any longer.
    """
    tx.session.execute(
        update(_table)
        .where(_IS_OPEN, _table.c.platform == platform, _table.c.account == account)
        .where(_table.c.state == "pending", _table.c.attempts > 0, _table.c.next_at > now)
        .values(next_at=now, lease_until=None)
    )


def mark_ended(tx: Transaction, row_id: int, lease: str, state: str, error: str) -> bool:
    """
    The row will not be tried again: dead, uncertain or cancelled. False when the lease was lost.
    """
    values = {"state": state, "error": error[:300], "lease": None, "lease_until": None}
    return tx.connection.execute(_held(row_id, lease).values(**values)).rowcount == 1


def _held(row_id: int, lease: str) -> Update:
    return update(_table).where(_table.c.id == row_id, _table.c.lease == lease)


def file_under(tx: Transaction, row_id: int, subject: str, purpose: str) -> None:
    """
    From now on the row's card is about this subject.
    """
    tx.session.execute(update(_table).where(_table.c.id == row_id).values(subject=subject, purpose=purpose))
    tx.session.expire_all()


def set_update_token(tx: Transaction, row_id: int, token: str | None, expires_at: datetime | None) -> None:
    """
    A click brought (or a use spent) the right to change this card.
    """
    tx.session.execute(
        update(_table).where(_table.c.id == row_id).values(update_token=token, update_token_expires_at=expires_at)
    )


def listing(tx: Transaction, *, states: Sequence[str], limit: int = 100) -> list[OutboxMessage]:
    """
    Rows for the operator, newest first.
    """
    statement = select(OutboxMessage).where(OutboxMessage.state.in_(states))
    return list(tx.session.scalars(statement.order_by(OutboxMessage.id.desc()).limit(limit)))


def revive(tx: Transaction, actor: Actor, row_id: int, now: datetime) -> bool:
    """
    Try a message again that was given up or whose outcome is unknown; False when it is neither.
    """
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.id == row_id, _table.c.state.in_(("dead", "uncertain")))
        .values(state="pending", attempts=0, next_at=now, expires_at=now + LIFETIME, in_doubt_since=None)
    )
    if result.rowcount == 1:
        audit.record(tx, actor, "outbox.retry", "outbox", row_id, at=now)
    return result.rowcount == 1


def give_up(tx: Transaction, actor: Actor, row_id: int, now: datetime) -> bool:
    """
    Do not send a message; False when it was sent, is just being sent, or is not there.
    """
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.id == row_id, _table.c.state.in_(("pending", "dead", "uncertain")))
        .values(state="cancelled")
    )
    if result.rowcount == 1:
        audit.record(tx, actor, "outbox.drop", "outbox", row_id, at=now)
    return result.rowcount == 1


def cancel_for_member(tx: Transaction, member_id: int) -> int:
    """
    Withdraw what waits for a leaver, also what is just being tried; returns how many.
    """
    result = tx.connection.execute(
        update(_table)
        .where(_table.c.member_id == member_id, _IS_OPEN)
        .values(state="cancelled", lease=None, lease_until=None)
    )
    return result.rowcount


def has_written_to(tx: Transaction, platform: str, account: str, recipient_id: str) -> bool:
    """
    Whether anything was ever sent, or waits to be sent, to this recipient.
    """
    statement = select(OutboxMessage.id).where(
        OutboxMessage.platform == platform,
        OutboxMessage.account == account,
        OutboxMessage.recipient_id == recipient_id,
    )
    return tx.session.scalars(statement.limit(1)).first() is not None


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget what messages said that were done more than 30 days ago; a request that is still open keeps its card.
    """
    is_over = and_(_table.c.state.in_(("sent", "dead", "cancelled")), _table.c.next_at < now - KEEP)
    has_text = or_(_table.c.card.is_not(None), _table.c.text != "", _table.c.media_id.is_not(None))
    forgotten = {"card": None, "text": "", "rendered": None, "media_id": None}
    statement = update(_table).where(is_over, has_text, _table.c.purpose != "request").values(forgotten)
    return tx.connection.execute(statement).rowcount

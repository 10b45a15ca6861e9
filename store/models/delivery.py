"""
The ledger of what came in and what goes out: these rows commit with the business rows they belong to.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant

OPEN_ROWS = "state IN ('pending','leased')"
"""Outbox rows that wait; written out as the partial indexes have it, because a database cannot match a parameter."""
UNFINISHED = "state = 'received'"


class InboxEvent(Base):
    """
    A platform event and its stored answer. `state`: received (being tried), done, dead (parked after 12 attempts).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("platform", "account", "event_key"),
        CheckConstraint("state IN ('received','done','dead')", name="state"),
        Index("ix_inbox_open", "received_at", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    event_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    reply: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(String(200))


class OutboxMessage(Base):
    """
    A message or card update to be done on a platform.

    `subject` names what the card is about (`approval:42`), `purpose` which card about it; together they find all copies
    when their face changes. `card` is the neutral card, `rendered` the exact bytes of the first attempt. `media_id` is
    a picture or file to send, `mentions` are the platform's ids of people to call with @. A row with `recalls`
    withdraws its target; `recalled_at` is when somebody asked for that. `lease_until` is set while somebody sends the
    row, or a rate limit holds it back: later rows to the same recipient wait for it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("idempotency_key"),
        CheckConstraint("state IN ('pending','leased','sent','uncertain','dead','cancelled')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index("ix_outbox_due", "next_at", sqlite_where=text(OPEN_ROWS), postgresql_where=text(OPEN_ROWS)),
        Index(
            "ix_outbox_queue",
            *("platform", "account", "recipient_id", "id", "next_at", "attempts", "lease_until"),
            sqlite_where=text(OPEN_ROWS),
            postgresql_where=text(OPEN_ROWS),
        ),
        Index("ix_outbox_member_id", "member_id", sqlite_where=text(OPEN_ROWS), postgresql_where=text(OPEN_ROWS)),
        Index("ix_outbox_recipient", "platform", "account", "recipient_id", "state"),
        Index("ix_outbox_subject", "subject", "purpose"),
        Index(
            "ix_outbox_card_ref",
            *("platform", "card_ref"),
            sqlite_where=text("card_ref IS NOT NULL"),
            postgresql_where=text("card_ref IS NOT NULL"),
        ),
        Index(
            "ix_outbox_media_id",
            "media_id",
            sqlite_where=text("media_id IS NOT NULL"),
            postgresql_where=text("media_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(120))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    recipient_kind: Mapped[str] = mapped_column(String(10))
    recipient_id: Mapped[str] = mapped_column(String(80))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    subject: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(String(30), default="")
    target_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    card: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    rendered: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease: Mapped[str | None] = mapped_column(String(40))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    message_id: Mapped[str | None] = mapped_column(String(120))
    card_ref: Mapped[str | None] = mapped_column(String(120))
    update_token: Mapped[str | None] = mapped_column(String(300))
    update_token_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    cause_inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id"))
    error: Mapped[str | None] = mapped_column(String(300))
    media_id: Mapped[int | None] = mapped_column(ForeignKey("media.id"))
    mentions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    recalls: Mapped[bool] = mapped_column(default=False, server_default=false())
    recalled_at: Mapped[datetime | None] = mapped_column(Instant)
    in_doubt_since: Mapped[datetime | None] = mapped_column(Instant)


class DialogueState(Base):
    """
    Where a member is in a guided conversation in one chat. Nobody else's message in that chat touches it.
    """

    __tablename__ = "dialogue"
    __table_args__ = (UniqueConstraint("member_id", "platform", "chat_key"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    platform: Mapped[str] = mapped_column(String(20))
    chat_key: Mapped[str] = mapped_column(String(90))
    topic: Mapped[str] = mapped_column(String(30))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Alarm(Base):
    """
    Something an administrator has to look at: a dead event, a dead or uncertain message, a stopped sweep.
    """

    __tablename__ = "alarm"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(80))
    message: Mapped[str] = mapped_column(String(300))
    raised_at: Mapped[datetime] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)

"""
Pictures and files: those that came with a message and wait to be read, and those that are to be sent.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class WaitingAttachment(Base):
    """
    A picture or file somebody sent the bot, to be fetched and read after the answer to the message.

    `ref` is what the adapter needs to fetch it. `state`: waiting, leased (being read), done, failed. What was read is
    not kept here: it becomes an event.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("platform", "account", "event_key", "position"),
        CheckConstraint("state IN ('waiting','leased','done','failed')", name="state"),
        Index(
            "ix_attachment_due",
            "next_at",
            sqlite_where=text("state IN ('waiting','leased')"),
            postgresql_where=text("state IN ('waiting','leased')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    event_key: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    user_id: Mapped[str] = mapped_column(String(80))
    chat_kind: Mapped[str] = mapped_column(String(10))
    chat_id: Mapped[str] = mapped_column(String(120))
    message_id: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime] = mapped_column(Instant)
    lease: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(String(200))


class MediaContent(Base):
    """
    A picture or file to be sent.

    It lies in the database so that it commits with the message that carries it, is in every backup, and can be read by
    whichever process sends.
    """

    __tablename__ = "media"
    __table_args__ = (CheckConstraint("kind IN ('image','file')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)

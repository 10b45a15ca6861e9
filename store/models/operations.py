"""
Audit, scheduled runs, settings kept as data, and state shared between processes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class AuditEntry(Base):
    """
    Who changed what, through which channel, and why. Append only.

    `version` runs 1..n per object without gaps. `hash` covers the row's own content; `chain_hash` is added by the
    sealer in row order, so writers never wait for each other.
    """

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("object_type", "object_id", "version"),
        Index("ix_audit_chain", "sealed_seq", unique=True),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(BigInt)
    actor: Mapped[str] = mapped_column(String(60))
    via: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int] = mapped_column(BigInt)
    version: Mapped[int]
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str | None] = mapped_column(String(20))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")
    hash: Mapped[str] = mapped_column(String(64))
    sealed_seq: Mapped[int | None] = mapped_column(BigInt)
    chain_hash: Mapped[str | None] = mapped_column(String(64))


class JobRun(Base):
    """
    One due slot of one job: claimed once, by whichever process is first.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        CheckConstraint("state IN ('running','done','failed','held')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    slot: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10))
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    result: Mapped[str] = mapped_column(String(300), default="")


class Reminder(Base):
    """
    A reminder that was sent: one per kind, object and window, however often the job runs.
    """

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("kind", "object_type", "object_id", "due_at"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    object_type: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int] = mapped_column(BigInt)
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime] = mapped_column(Instant)


class Setting(Base):
    """
    Configuration as data, versioned: the newest version of a key is in force.
    """

    __tablename__ = "setting"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_by: Mapped[int | None] = mapped_column(BigInt)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SharedToken(Base):
    """
    A platform access token, encrypted, shared by all processes.
    """

    __tablename__ = "shared_token"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class RateBucket(Base):
    """
    A token bucket: `level` units were left at `at`.
    """

    __tablename__ = "rate_bucket"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    level: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(Instant)


class Meta(Base):
    """
    Facts about this database: whether it was ever a demo, when it was created.
    """

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)

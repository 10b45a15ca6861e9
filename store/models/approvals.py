"""
Approvals: who is asked, who decided what, and when the next reminder is due.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class Approval(Base):
    """
    One running or finished approval of one object. `kind` is `domain.approval.ApprovalKind`.

    `opened_at`, `nudged_at` and `escalated_at` belong to the open step; `next_timer_at` is when its next reminder,
    escalation or time-out is due. `context` holds what the decision needs beside the object (days asked for).
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("state IN ('pending','approved','rejected','cancelled')", name="state"),
        CheckConstraint(
            "(state IN ('approved','rejected')) = (decided_at IS NOT NULL)",
            name="decided",
        ),
        Index(
            "uq_approval_pending",
            "object_type",
            "object_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_approval_timer", "state", "next_timer_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_type: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int] = mapped_column(BigInt)
    requester_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    steps: Mapped[int] = mapped_column(default=1)
    step: Mapped[int] = mapped_column(default=1)
    copied_to: Mapped[list[int]] = mapped_column(JSON, default=list)
    context: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    nudged_at: Mapped[datetime | None] = mapped_column(Instant)
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    next_timer_at: Mapped[datetime | None] = mapped_column(Instant)


class Approver(Base):
    """
    A member asked to decide a step.

    `because` says why: rule, delegated, escalated. One who passed the step on is no longer `active`.
    """

    __tablename__ = "approver"
    __table_args__ = (
        UniqueConstraint("approval_id", "step", "member_id"),
        Index("ix_approver_member", "member_id", "active"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    step: Mapped[int] = mapped_column(default=1)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    because: Mapped[str] = mapped_column(String(20), default="rule")
    active: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(Instant)


class ApprovalDecision(Base):
    """
    The one decision of a step.
    """

    __tablename__ = "approval_decision"
    __table_args__ = (
        UniqueConstraint("approval_id", "step"),
        CheckConstraint("decision IN ('approve','reject')", name="decision"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    step: Mapped[int] = mapped_column(default=1)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decision: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(Instant)

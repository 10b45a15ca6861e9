"""
What the platforms' directories (通讯录) showed last, and the questions about people that come of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class DirectorySource(Base):
    """
    The directory of one platform account: when it is to be read again, and how the last reading went.

    `wanted_at` is when a reading is due, None when none is; a reader holds it by `lease_until`. `people` is how many
    active people the last good reading (`read_at`) showed.
    """

    __tablename__ = "directory_source"
    __table_args__ = (UniqueConstraint("platform", "account"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    wanted_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    people: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")


class DirectoryEntry(Base):
    """
    A person as one account showed them last. Phone and e-mail serve to recognise the same person on another platform.

    `seen_at`: when this was news. `missing_since`: not shown by the readings since then. `said_left_at`: the platform
    sent word that they left.
    """

    __tablename__ = "directory_entry"
    __table_args__ = (
        UniqueConstraint("platform", "account", "user_id"),
        Index("ix_directory_entry_mobile", "mobile"),
        Index("ix_directory_entry_email", "email"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    corp_id: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60), default="")
    mobile: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    department_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    missing_since: Mapped[datetime | None] = mapped_column(Instant)
    said_left_at: Mapped[datetime | None] = mapped_column(Instant)


class DirectoryDepartment(Base):
    """
    A platform's department and ours that it is. Of several the oldest says name and place.
    """

    __tablename__ = "directory_department"
    __table_args__ = (UniqueConstraint("platform", "corp_id", "external_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    corp_id: Mapped[str] = mapped_column(String(80))
    external_id: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), index=True)


class Departure(Base):
    """
    A member who seems to have left, found by a reading.

    `state`: asked (an administrator has to say), due (to be carried out), done, dismissed (they are still here).
    """

    __tablename__ = "departure"
    __table_args__ = (
        CheckConstraint("state IN ('asked','due','done','dismissed')", name="state"),
        Index(
            "uq_departure_open",
            "member_id",
            unique=True,
            sqlite_where=text("state IN ('asked','due')"),
            postgresql_where=text("state IN ('asked','due')"),
        ),
        Index("ix_departure_state", "state", "platform", "account"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(String(80))
    sign: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    noticed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class LinkProposal(Base):
    """
    A person of a directory who may be a member we know from another platform.

    `basis`: why they seem the same (mobile, email, name). `state`: open, linked, refused.
    """

    __tablename__ = "link_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open','linked','refused')", name="state"),
        UniqueConstraint("platform", "corp_id", "user_id", "member_id"),
        Index("ix_link_proposal_state", "state"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    corp_id: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(60), default="")
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    basis: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

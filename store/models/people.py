"""
People as the product knows them, and the ids by which the platforms know them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class Department(Base):
    """
    A department; `path` is the chain of ids from the root, `/1/4/9/`, so that a tree is one prefix.
    """

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    path: Mapped[str] = mapped_column(String(500), index=True)


class Member(Base):
    """
    A person of the company. A leaver stays as a row with `status` left; nothing is sent to them.
    """

    __tablename__ = "member"
    __table_args__ = (CheckConstraint("status IN ('active','left')", name="status"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(10), default="active")
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    leads_department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    last_platform: Mapped[str | None] = mapped_column(String(20))
    last_account: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class Identity(Base):
    """
    A member's id on one platform. Unique within the platform and the company, whatever the account.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("platform", "corp_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    corp_id: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[str] = mapped_column(String(80))


class Chat(Base):
    """
    A group the bot can post to. `digest` turns the daily digest on; `department_id` says whose figures it shows.

    `clearance` says what may be shown where the platform does not tell who is in the group. `members_at` is when its
    list in `chat_member` was read, None when it never was or the platform does not give it; `members_due` asks for it
    to be read anew.
    """

    __tablename__ = "chat"
    __table_args__ = (
        UniqueConstraint("platform", "account", "chat_id"),
        CheckConstraint("clearance IN ('nothing','business','contacts')", name="clearance"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    chat_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(100), default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    digest: Mapped[bool] = mapped_column(default=True)
    external: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    clearance: Mapped[str] = mapped_column(String(10), default="business", server_default="business")
    members_at: Mapped[datetime | None] = mapped_column(Instant)
    members_due: Mapped[datetime | None] = mapped_column(Instant)


class ChatMember(Base):
    """
    Somebody who was in a group when its list was read, by the platform's id; not everybody is a member of ours.
    """

    __tablename__ = "chat_member"
    __table_args__ = (UniqueConstraint("chat_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat.id"))
    user_id: Mapped[str] = mapped_column(String(80))


class ApiToken(Base):
    """
    A bearer token for the REST API: only its hash is stored; rights are those of its member.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

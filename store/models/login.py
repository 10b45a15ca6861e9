"""
Signing in to web pages: sessions, the administrators' own passwords, and what makes guessing and replaying useless.

Secrets are stored as hashes, or encrypted where they are needed again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


class LoginSession(Base):
    """
    One browser that is signed in. `method` says how; `platform` and `account` where, empty for a password.
    """

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("method IN ('platform','password','demo')", name="method"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    method: Mapped[str] = mapped_column(String(10))
    platform: Mapped[str] = mapped_column(String(20), default="")
    account: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SpentState(Base):
    """
    A `state` that came back from a platform: each is good for one sign-in.
    """

    __tablename__ = "spent_state"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    state_hash: Mapped[str] = mapped_column(String(64), unique=True)
    spent_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LocalAccount(Base):
    """
    An administrator's own sign-in. `last_step` is the newest one-time code used; `recovery` hashes of codes left.
    """

    __tablename__ = "local_account"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    totp_secret: Mapped[str] = mapped_column(Text)
    last_step: Mapped[int] = mapped_column(BigInt, default=0)
    recovery: Mapped[list[str]] = mapped_column(JSON, default=list)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class SetupLink(Base):
    """
    A link that lets an administrator set password and second factor, once.
    """

    __tablename__ = "setup_link"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginLink(Base):
    """
    A link asked for in a chat that signs its member in, once.
    """

    __tablename__ = "login_link"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class GuessCount(Base):
    """
    Failed sign-ins of one account, browser or address since `since`; `key` is a hash, so no name is kept.
    """

    __tablename__ = "guess_count"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(Instant, index=True)

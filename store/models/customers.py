"""
Customers and all that hangs off them. A lead, a pending registration and a lost customer are rows of the same table.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base, BigInt, Instant


def _index_of_known(name: str, first: str, *others: str) -> Index:
    """
    An index without the rows whose first column is NULL: a customer not yet decided on is in none of them.
    """
    known = text(f"{first} IS NOT NULL")
    return Index(name, first, *others, sqlite_where=known, postgresql_where=known)


class Customer(Base):
    """
    A company we know of.

    `state`: pending (registration not decided), active, rejected, merged, erased. An active customer has exactly one
    of `owner_id` and `pool`. Protection dates exist only under an owner. `claimable_from` is when others may claim it
    from the pool; `former_owner_id` has to wait until `cooldown_until`. `department_id` is the owner's department, or
    the one the customer came from into the pool. `deadline_at` is when the clocks look at it next. `version` grows
    with every change and guards concurrent edits.
    """

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("state IN ('pending','active','rejected','merged','erased')", name="state"),
        CheckConstraint(
            "(state = 'active' AND (owner_id IS NULL) <> (pool IS NULL))"
            " OR (state <> 'active' AND owner_id IS NULL AND pool IS NULL)",
            name="owner_or_pool",
        ),
        CheckConstraint(
            "protected_until IS NULL OR (owner_id IS NOT NULL AND protected_from IS NOT NULL"
            " AND protected_until > protected_from)",
            name="protection",
        ),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        _index_of_known("ix_customer_owner", "owner_id", "stage", "protected_until"),
        _index_of_known("ix_customer_pool", "pool", "pooled_at"),
        _index_of_known("ix_customer_department_id", "department_id"),
        _index_of_known("ix_customer_protected_until", "protected_until"),
        _index_of_known("ix_customer_deadline_at", "deadline_at"),
        _index_of_known("ix_customer_touched", "last_touched_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(60), default="")
    uscc: Mapped[str | None] = mapped_column(String(18))
    state: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str] = mapped_column(String(20), default="lead")
    level: Mapped[str] = mapped_column(String(4), default="")
    region: Mapped[str] = mapped_column(String(60), default="")
    industry: Mapped[str] = mapped_column(String(60), default="")
    source: Mapped[str] = mapped_column(String(60), default="")
    need: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    amount_fen: Mapped[int | None] = mapped_column(BigInt)
    amount_max_fen: Mapped[int | None] = mapped_column(BigInt)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"))
    pool: Mapped[str | None] = mapped_column(String(20))
    pooled_at: Mapped[datetime | None] = mapped_column(Instant)
    claimable_from: Mapped[datetime | None] = mapped_column(Instant)
    former_owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    cooldown_until: Mapped[datetime | None] = mapped_column(Instant)
    protected_from: Mapped[datetime | None] = mapped_column(Instant)
    protected_until: Mapped[datetime | None] = mapped_column(Instant)
    protection_basis: Mapped[str] = mapped_column(String(20), default="")
    extensions: Mapped[int] = mapped_column(default=0)
    deadline_at: Mapped[datetime | None] = mapped_column(Instant)
    last_touched_at: Mapped[datetime | None] = mapped_column(Instant)
    last_effective_at: Mapped[datetime | None] = mapped_column(Instant)
    next_action_on: Mapped[date | None] = mapped_column(Date)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Contact(Base):
    """
    A person at a customer. `mobile` is 11 digits, `tel` a landline `0571-88886666-801`; either may be empty.
    """

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(String(60), default="")
    mobile: Mapped[str] = mapped_column(String(20), default="", index=True)
    tel: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    primary: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Registration(Base):
    """
    A claim by a member that a customer is theirs to work on (报备).

    `state`: pending, approved, rejected, cancelled. `verdict` is what the duplicate check said at submit, with
    `evidence` as it was then (masked facts of the matches). `destination` is what the approver chose.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("state IN ('pending','approved','rejected','cancelled')", name="state"),
        CheckConstraint("(state IN ('approved','rejected')) = (decided_at IS NOT NULL)", name="decided"),
        Index("ix_registration_applicant", "applicant_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10))
    verdict: Mapped[str] = mapped_column(String(10), default="none")
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    destination: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    via: Mapped[str] = mapped_column(String(20), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))


class RegistrationDraft(Base):
    """
    What a member has said so far about a company; nothing of it counts before 提交.

    `state`: open, submitted, cancelled. `form` holds the fields as typed values.
    """

    __tablename__ = "registration_draft"

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    form: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    registration_id: Mapped[int | None] = mapped_column(BigInt)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class OwnershipEntry(Base):
    """
    One line of the ownership ledger: append only, a chain per customer (`seq` 1..n, each starts where the last ended).
    """

    __tablename__ = "ownership_entry"
    __table_args__ = (UniqueConstraint("customer_id", "seq"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    seq: Mapped[int]
    from_owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    to_owner_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    from_pool: Mapped[str | None] = mapped_column(String(20))
    to_pool: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(500), default="")


class Collaborator(Base):
    """
    A member who may see somebody else's customer and, with `can_write`, work on it.
    """

    __tablename__ = "collaborator"
    __table_args__ = (UniqueConstraint("customer_id", "member_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    can_write: Mapped[bool] = mapped_column(default=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)


class JoinRequest(Base):
    """
    A member asks the owner of a protected customer to work on it together (申请协作).
    """

    __tablename__ = "join_request"
    __table_args__ = (
        CheckConstraint("state IN ('pending','accepted','declined')", name="state"),
        Index(
            "uq_join_request_pending",
            "customer_id",
            "member_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class FollowUp(Base):
    """
    One record of contact with a customer. `effective` and `ineffective_reason` are the verdict when it was written.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_customer", "customer_id", "at"),
        Index("ix_follow_up_author", "author_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    method: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    feedback: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    complaint: Mapped[bool] = mapped_column(default=False)
    effective: Mapped[bool] = mapped_column(default=False)
    ineffective_reason: Mapped[str] = mapped_column(String(30), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Task(Base):
    """
    Something a member has to do by a time. `state`: open, done, cancelled.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("state IN ('open','done','cancelled')", name="state"),
        Index("ix_task_assignee", "assignee_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    assignee_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(30))
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="open")
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Lookup(Base):
    """
    One look at the customer base by somebody who may not see all of it: counted from the first day.
    """

    __tablename__ = "lookup"
    __table_args__ = (Index("ix_lookup_member_day", "member_id", "on_day"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    on_day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(20))
    query_hash: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(Instant)

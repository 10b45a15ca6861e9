"""
Members, their departments and their ids on the platforms. Members are no secret inside the company: reads are unscoped.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from domain.access import Actor, Role
from domain.member import MemberFacts
from store import audit
from store.models import Department, Identity, Member
from store.transaction import Transaction

ACTIVE = "active members"
ACTIVE_ROWS = "rows of active members, kept so that the session finds them again by id"


def facts(row: Member) -> MemberFacts:
    """
    The row as decisions see it.
    """
    return MemberFacts(
        id=row.id,
        name=row.name,
        title=row.title,
        roles=frozenset(row.roles),
        department_id=row.department_id,
        manager_id=row.manager_id,
        is_active=row.status == "active",
    )


def member_by_identity(tx: Transaction, platform: str, corp_id: str, user_id: str) -> Member | None:
    """
    The active member behind a platform id, None for strangers and leavers.
    """
    return tx.session.scalars(
        select(Member)
        .join(Identity, Identity.member_id == Member.id)
        .where(
            Identity.platform == platform,
            Identity.corp_id == corp_id,
            Identity.user_id == user_id,
            Member.status == "active",
        )
    ).first()


def get_member(tx: Transaction, member_id: int) -> MemberFacts | None:
    """
    A member by id, leavers included.
    """
    row = tx.session.get(Member, member_id)
    return facts(row) if row else None


def lock(tx: Transaction, member_id: int) -> None:
    """
    From here to the end of the transaction nobody else gives this member a customer (caps are counted, then used).

    To be taken before the customer's own lock, so that two transactions never wait for each other. SQLite's write lock
    already says so; rows that refer to the member may still be written.
    """
    tx.session.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))


def names(tx: Transaction, member_ids: set[int]) -> dict[int, str]:
    """
    Names of members by id.
    """
    rows = [tx.session.get(Member, member_id) for member_id in sorted(member_ids)]
    return {row.id: row.name for row in rows if row is not None}


def active_members(tx: Transaction) -> list[MemberFacts]:
    """
    Everybody who has not left, by id; read once per transaction.
    """
    known: list[MemberFacts] | None = tx.session.info.get(ACTIVE)
    if known is None:
        rows = tx.session.scalars(select(Member).where(Member.status == "active").order_by(Member.id)).all()
        tx.session.info[ACTIVE_ROWS] = rows
        known = tx.session.info[ACTIVE] = [facts(row) for row in rows]
    return known


def everybody(tx: Transaction) -> list[MemberFacts]:
    """
    All members, leavers included, by id.
    """
    return [facts(row) for row in tx.session.scalars(select(Member).order_by(Member.id))]


def find_members(tx: Transaction, name: str) -> list[MemberFacts]:
    """
    Active members of exactly this name.
    """
    rows = tx.session.scalars(select(Member).where(Member.status == "active", Member.name == name).order_by(Member.id))
    return [facts(row) for row in rows]


def actor_for(tx: Transaction, member: Member, via: str) -> Actor:
    """
    The member as the subject of rights, with the departments they lead resolved down the tree.
    """
    return Actor(
        member_id=member.id,
        roles=frozenset(Role(role) for role in member.roles),
        department_id=member.department_id,
        leads=departments_below(tx, member.leads_department_id),
        via=via,
    )


def actor_by_id(tx: Transaction, member_id: int, via: str) -> Actor | None:
    """
    The actor for an active member, None for leavers and unknown ids.
    """
    row = tx.session.get(Member, member_id)
    return actor_for(tx, row, via) if row is not None and row.status == "active" else None


def departments_below(tx: Transaction, department_id: int | None) -> frozenset[int]:
    """
    A department with everything below it, none for None.
    """
    if department_id is None:
        return frozenset()
    inside = f"%/{department_id}/%"
    return frozenset(tx.session.scalars(select(Department.id).where(Department.path.like(inside))))


def team_ids(tx: Transaction, departments: frozenset[int]) -> list[int]:
    """
    Active members of these departments, by id.
    """
    statement = select(Member.id).where(Member.status == "active", Member.department_id.in_(departments))
    return list(tx.session.scalars(statement.order_by(Member.id)))


def addresses(tx: Transaction, member_id: int) -> list[Identity]:
    """
    All platform ids of a member.
    """
    return list(tx.session.scalars(select(Identity).where(Identity.member_id == member_id).order_by(Identity.id)))


def last_seen(tx: Transaction, member_id: int) -> tuple[str, str] | None:
    """
    Platform and account the member wrote from last, None when they never did.
    """
    row = tx.session.get(Member, member_id)
    return (row.last_platform, row.last_account) if row and row.last_platform and row.last_account else None


def note_seen(member: Member, platform: str, account: str) -> None:
    """
    Remember where the member was last active: messages without another anchor go there.
    """
    if (member.last_platform, member.last_account) != (platform, account):
        member.last_platform, member.last_account = platform, account


def note_seen_by_id(tx: Transaction, member_id: int, platform: str, account: str) -> None:
    """
    The same for a member that was read in another transaction.
    """
    member = tx.session.get(Member, member_id)
    if member is not None:
        note_seen(member, platform, account)


def add_department(tx: Transaction, name: str, parent_id: int | None) -> int:
    """
    A new department under `parent_id`; returns its id.
    """
    row = Department(name=name, parent_id=parent_id, path="/")
    tx.add(row)
    parent = tx.session.get(Department, parent_id) if parent_id else None
    row.path = f"{parent.path if parent else '/'}{row.id}/"
    return row.id


def department_named(tx: Transaction, name: str) -> int | None:
    """
    The oldest department of exactly this name.
    """
    return tx.session.scalars(select(Department.id).where(Department.name == name).order_by(Department.id)).first()


def department_names(tx: Transaction) -> dict[int, str]:
    """
    Names of departments by id.
    """
    return {row.id: row.name for row in tx.session.execute(select(Department.id, Department.name))}


def add_member(
    tx: Transaction,
    *,
    name: str,
    title: str,
    roles: list[str],
    department_id: int | None,
    leads_department_id: int | None,
    now: datetime,
) -> int:
    """
    A new active member; returns the id.
    """
    tx.session.info.pop(ACTIVE, None)
    row = Member(
        name=name,
        title=title,
        roles=roles,
        department_id=department_id,
        leads_department_id=leads_department_id,
        status="active",
        created_at=now,
    )
    tx.add(row)
    return row.id


def set_manager(tx: Transaction, member_id: int, manager_id: int | None) -> None:
    """
    Change whom a member reports to.
    """
    tx.session.info.pop(ACTIVE, None)
    tx.session.execute(update(Member).where(Member.id == member_id).values(manager_id=manager_id))


def reports_of(tx: Transaction, member_id: int) -> list[int]:
    """
    Who reports to a member, by id.
    """
    return list(tx.session.scalars(select(Member.id).where(Member.manager_id == member_id).order_by(Member.id)))


def mark_left(tx: Transaction, actor: Actor, member_id: int, now: datetime) -> None:
    """
    The member left the company. What they held is handed over by the caller.
    """
    tx.session.execute(update(Member).where(Member.id == member_id).values(status="left", left_at=now))
    tx.session.expire_all()
    audit.record(tx, actor, "member.leave", "member", member_id, at=now, from_state="active", to_state="left")


def add_identity(tx: Transaction, member_id: int, *, platform: str, corp_id: str, user_id: str) -> None:
    """
    Link a platform id to a member.
    """
    tx.add(Identity(member_id=member_id, platform=platform, corp_id=corp_id, user_id=user_id))

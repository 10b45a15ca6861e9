"""
Members, their departments and their ids on the platforms. Members are no secret inside the company: reads are unscoped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from domain.access import Actor, Role
from domain.member import MemberFacts
from store.base import insert_row, table_of
from store.models import Department, Identity, Member
from store.transaction import Transaction

KNOWN = "members"
ALL_KNOWN = "all active members"
_table = table_of(Member)
_identities = table_of(Identity)
_SELECT = select(_table)
_BY_ID = _SELECT.where(_table.c.id == bindparam("member_id"))
_ACTIVE = _SELECT.where(_table.c.status == "active").order_by(_table.c.id)
_BY_IDENTITY = _SELECT.join(_identities, _identities.c.member_id == _table.c.id).where(
    _identities.c.platform == bindparam("platform"),
    _identities.c.corp_id == bindparam("corp_id"),
    _identities.c.user_id == bindparam("user_id"),
    _table.c.status == "active",
)
_ADDRESSES = (
    select(_identities.c.platform, _identities.c.corp_id, _identities.c.user_id)
    .where(_identities.c.member_id == bindparam("member_id"))
    .order_by(_identities.c.id)
)


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """
    A member as read: what decisions see, the department they lead, and where they were last active.
    """

    facts: MemberFacts
    leads_department_id: int | None
    last_seen: tuple[str, str] | None

    @property
    def id(self) -> int:
        """
        The member's id.
        """
        return self.facts.id

    @property
    def name(self) -> str:
        """
        The member's name.
        """
        return self.facts.name


@dataclass(frozen=True, slots=True)
class PlatformId:
    """
    A member's id on one platform.
    """

    platform: str
    corp_id: str
    user_id: str


def member_by_identity(tx: Transaction, platform: str, corp_id: str, user_id: str) -> MemberRecord | None:
    """
    The active member behind a platform id, None for strangers and leavers.
    """
    wanted = {"platform": platform, "corp_id": corp_id, "user_id": user_id}
    row = tx.connection.execute(_BY_IDENTITY, wanted).first()
    return _remember(tx, [row])[0] if row else None


def get_record(tx: Transaction, member_id: int) -> MemberRecord | None:
    """
    A member by id, leavers included; read once per transaction.
    """
    known = _known(tx).get(member_id)
    if known is None:
        row = tx.connection.execute(_BY_ID, {"member_id": member_id}).first()
        return _remember(tx, [row])[0] if row else None
    return known


def get_member(tx: Transaction, member_id: int) -> MemberFacts | None:
    """
    The same as decisions see it.
    """
    record = get_record(tx, member_id)
    return record.facts if record else None


def lock(tx: Transaction, member_id: int) -> None:
    """
    From here to the end of the transaction nobody else gives this member a customer (caps are counted, then used).

    To be taken before the customer's own lock, so that two transactions never wait for each other. SQLite's write lock
    already says so; rows that refer to the member may still be written. What is remembered of members is read anew.
    """
    tx.session.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))
    forget(tx)


def names(tx: Transaction, member_ids: set[int]) -> dict[int, str]:
    """
    Names of members by id.
    """
    people = [get_record(tx, member_id) for member_id in sorted(member_ids)]
    return {person.id: person.name for person in people if person is not None}


def active_members(tx: Transaction) -> list[MemberFacts]:
    """
    Everybody who has not left, by id; read once per transaction.
    """
    known: list[MemberFacts] | None = tx.memory.get(ALL_KNOWN)
    if known is None:
        records = _remember(tx, tx.connection.execute(_ACTIVE).all())
        known = tx.memory[ALL_KNOWN] = [record.facts for record in records]
    return known


def everybody(tx: Transaction) -> list[MemberFacts]:
    """
    All members, leavers included, by id.
    """
    return [record.facts for record in _remember(tx, tx.connection.execute(_SELECT.order_by(_table.c.id)).all())]


def forget(tx: Transaction) -> None:
    """
    Members were changed: what this transaction remembers of them is read again.
    """
    tx.memory.pop(KNOWN, None)
    tx.memory.pop(ALL_KNOWN, None)


def _known(tx: Transaction) -> dict[int, MemberRecord]:
    known: dict[int, MemberRecord] = tx.memory.setdefault(KNOWN, {})
    return known


def _remember(tx: Transaction, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[MemberRecord]:
    records = [_record(row) for row in rows]
    _known(tx).update((record.id, record) for record in records)
    return records


def _record(row: Row[*tuple[Any, ...]]) -> MemberRecord:
    facts = MemberFacts(
        id=row.id,
        name=row.name,
        title=row.title,
        roles=frozenset(row.roles),
        department_id=row.department_id,
        manager_id=row.manager_id,
        is_active=row.status == "active",
    )
    seen = (row.last_platform, row.last_account) if row.last_platform and row.last_account else None
    return MemberRecord(facts, row.leads_department_id, seen)


def find_members(tx: Transaction, name: str) -> list[MemberFacts]:
    """
    Active members of exactly this name.
    """
    statement = _SELECT.where(_table.c.status == "active", _table.c.name == name).order_by(_table.c.id)
    return [record.facts for record in _remember(tx, tx.connection.execute(statement).all())]


def actor_for(tx: Transaction, member: MemberRecord, via: str) -> Actor:
    """
    The member as the subject of rights, with the departments they lead resolved down the tree.
    """
    return Actor(
        member_id=member.id,
        roles=frozenset(Role(role) for role in member.facts.roles),
        department_id=member.facts.department_id,
        leads=departments_below(tx, member.leads_department_id),
        via=via,
    )


def actor_by_id(tx: Transaction, member_id: int, via: str) -> Actor | None:
    """
    The actor for an active member, None for leavers and unknown ids.
    """
    record = get_record(tx, member_id)
    return actor_for(tx, record, via) if record is not None and record.facts.is_active else None


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


def addresses(tx: Transaction, member_id: int) -> Sequence[PlatformId]:
    """
    All platform ids of a member.
    """
    rows = tx.connection.execute(_ADDRESSES, {"member_id": member_id})
    return [PlatformId(row.platform, row.corp_id, row.user_id) for row in rows]


def note_seen(tx: Transaction, member: MemberRecord, platform: str, account: str) -> None:
    """
    Remember where the member was last active: messages without another anchor go there.
    """
    if member.last_seen != (platform, account):
        seen = {"last_platform": platform, "last_account": account}
        tx.connection.execute(update(_table).where(_table.c.id == member.id).values(seen))
        forget(tx)


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
    forget(tx)
    return insert_row(
        tx.session,
        _table,
        name=name,
        title=title,
        roles=roles,
        department_id=department_id,
        leads_department_id=leads_department_id,
        status="active",
        created_at=now,
    )


def set_manager(tx: Transaction, member_id: int, manager_id: int | None) -> None:
    """
    Change whom a member reports to.
    """
    tx.connection.execute(update(_table).where(_table.c.id == member_id).values(manager_id=manager_id))
    forget(tx)


def reports_of(tx: Transaction, member_id: int) -> list[int]:
    """
    Who reports to a member, by id.
    """
    return list(tx.session.scalars(select(Member.id).where(Member.manager_id == member_id).order_by(Member.id)))


def add_identity(tx: Transaction, member_id: int, *, platform: str, corp_id: str, user_id: str) -> None:
    """
    Link a platform id to a member.
    """
    linked = {"member_id": member_id, "platform": platform, "corp_id": corp_id, "user_id": user_id}
    tx.connection.execute(insert(_identities), linked)

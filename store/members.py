"""
Members, their departments and their ids on the platforms. Members are no secret inside the company: reads are unscoped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row, bindparam, insert, select, update

from domain.access import Actor, Role
from domain.member import MemberFacts
from store import meta
from store.base import insert_row, table_of
from store.models import Department, Identity, Member, Meta
from store.transaction import Transaction

COMPANY = "company"
ONE_BY_ONE = "members are read one by one"
VERSION = "members_version"
_table = table_of(Member)
_identities = table_of(Identity)
_facts_of_database = table_of(Meta)
_SELECT = select(_table)
_BY_ID = _SELECT.where(_table.c.id == bindparam("member_id"))
_ALL = _SELECT.order_by(_table.c.id)
_BY_IDENTITY = _SELECT.join(_identities, _identities.c.member_id == _table.c.id).where(
    _identities.c.platform == bindparam("platform"),
    _identities.c.corp_id == bindparam("corp_id"),
    _identities.c.user_id == bindparam("user_id"),
    _table.c.status == "active",
)
_ALL_IDENTITIES = select(
    _identities.c.member_id, _identities.c.platform, _identities.c.corp_id, _identities.c.user_id
).order_by(_identities.c.id)
_VERSION = select(_facts_of_database.c.value).where(_facts_of_database.c.key == VERSION)
_SEEN = select(_table.c.last_platform, _table.c.last_account).where(_table.c.id == bindparam("member_id"))


@dataclass(frozen=True)
class MemberRecord:
    """
    A member as read: what decisions see, and the department they lead.
    """

    facts: MemberFacts
    leads_department_id: int | None

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


@dataclass(frozen=True)
class SpeakingMember(MemberRecord):
    """
    The member behind an event, with the platform and account where they were last active.
    """

    last_seen: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class PlatformId:
    """
    A member's id on one platform.
    """

    platform: str
    corp_id: str
    user_id: str


@dataclass(frozen=True)
class _Company:
    """
    All members by id and the platform ids of each, as of one version.
    """

    version: str | None
    members: Mapping[int, MemberRecord]
    active: Sequence[MemberFacts]
    ids: Mapping[int, Sequence[PlatformId]]


_kept: WeakKeyDictionary[Engine, _Company] = WeakKeyDictionary()
"""
What was read last from each database. Every change of a member draws a new version that nobody can guess, so that a
transaction knows by one short question whether it still holds; who speaks is read anew every time.
"""


def member_by_identity(tx: Transaction, platform: str, corp_id: str, user_id: str) -> SpeakingMember | None:
    """
    The active member behind a platform id, None for strangers and leavers.
    """
    wanted = {"platform": platform, "corp_id": corp_id, "user_id": user_id}
    row = tx.connection.execute(_BY_IDENTITY, wanted).first()
    return SpeakingMember(_facts(row), row.leads_department_id, _seen(row)) if row else None


def get_record(tx: Transaction, member_id: int) -> MemberRecord | None:
    """
    A member by id, leavers included.

    A transaction that changes or locks members reads each one's row again: it may have changed a moment ago.
    """
    return read_anew(tx, member_id) if ONE_BY_ONE in tx.memory else _company(tx).members.get(member_id)


def read_anew(tx: Transaction, member_id: int) -> MemberRecord | None:
    """
    The same from the member's own row: for deciding who somebody is and what they may do now.
    """
    row = tx.connection.execute(_BY_ID, {"member_id": member_id}).first()
    return MemberRecord(_facts(row), row.leads_department_id) if row else None


def get_member(tx: Transaction, member_id: int) -> MemberFacts | None:
    """
    The same as decisions see it.
    """
    record = get_record(tx, member_id)
    return record.facts if record else None


def last_seen(tx: Transaction, member_id: int) -> tuple[str, str] | None:
    """
    Platform and account the member wrote from last, None when they never did.
    """
    row = tx.connection.execute(_SEEN, {"member_id": member_id}).first()
    return _seen(row) if row else None


def note_change(tx: Transaction) -> None:
    """
    Members were changed: this transaction reads them again, and all others once it is committed.
    """
    tx.memory.pop(COMPANY, None)
    tx.memory[ONE_BY_ONE] = True
    meta.put(tx, VERSION, uuid4().hex)


def _company(tx: Transaction) -> _Company:
    company: _Company | None = tx.memory.get(COMPANY)
    if company is None:
        version = tx.connection.execute(_VERSION).scalar()
        company = _kept.get(tx.connection.engine)
        if company is None or company.version != version:
            company = _kept[tx.connection.engine] = _read_company(tx, version)
        tx.memory[COMPANY] = company
    return company


def _read_company(tx: Transaction, version: str | None) -> _Company:
    records = [MemberRecord(_facts(row), row.leads_department_id) for row in tx.connection.execute(_ALL)]
    ids: dict[int, list[PlatformId]] = {}
    for member_id, *place in tx.connection.execute(_ALL_IDENTITIES):
        ids.setdefault(member_id, []).append(PlatformId(*place))
    active = [record.facts for record in records if record.facts.is_active]
    return _Company(version, {record.id: record for record in records}, active, ids)


def _facts(row: Row[*tuple[Any, ...]]) -> MemberFacts:
    return MemberFacts(
        id=row.id,
        name=row.name,
        title=row.title,
        roles=frozenset(row.roles),
        department_id=row.department_id,
        manager_id=row.manager_id,
        is_active=row.status == "active",
    )


def _seen(row: Row[*tuple[Any, ...]]) -> tuple[str, str] | None:
    return (row.last_platform, row.last_account) if row.last_platform and row.last_account else None


def lock(tx: Transaction, member_id: int) -> None:
    """
    From here to the end of the transaction nobody else gives this member a customer (caps are counted, then used).

    To be taken before the customer's own lock, so that two transactions never wait for each other. SQLite's write lock
    already says so; rows that refer to the member may still be written. Members are read anew after it.
    """
    tx.session.execute(select(Member.id).where(Member.id == member_id).with_for_update(key_share=True))
    tx.memory.pop(COMPANY, None)
    tx.memory[ONE_BY_ONE] = True


def names(tx: Transaction, member_ids: set[int]) -> dict[int, str]:
    """
    Names of members by id.
    """
    people = [get_record(tx, member_id) for member_id in sorted(member_ids)]
    return {person.id: person.name for person in people if person is not None}


def active_members(tx: Transaction) -> Sequence[MemberFacts]:
    """
    Everybody who has not left, by id.
    """
    return _company(tx).active


def everybody(tx: Transaction) -> list[MemberFacts]:
    """
    All members, leavers included, by id.
    """
    return [record.facts for record in _company(tx).members.values()]


def find_members(tx: Transaction, name: str) -> list[MemberFacts]:
    """
    Active members of exactly this name.
    """
    return [member for member in active_members(tx) if member.name == name]


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
    record = read_anew(tx, member_id)
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
    return _company(tx).ids.get(member_id, ())


def note_seen(tx: Transaction, member: SpeakingMember, platform: str, account: str) -> None:
    """
    Remember where the member was last active: messages without another anchor go there.
    """
    if member.last_seen != (platform, account):
        seen = {"last_platform": platform, "last_account": account}
        tx.connection.execute(update(_table).where(_table.c.id == member.id).values(seen))


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
    note_change(tx)
    return insert_row(
        tx.connection,
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
    note_change(tx)


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
    note_change(tx)

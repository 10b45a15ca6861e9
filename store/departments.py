"""
Departments and places as the directories have them: which of a platform's is ours, renaming, moving, changing members.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from domain.access import Actor
from store import audit, members
from store.base import table_of
from store.members import MemberRecord
from store.models import Customer, Department, DirectoryDepartment, Member
from store.transaction import Transaction

_customers = table_of(Customer)
_members = table_of(Member)


@dataclass(frozen=True)
class DepartmentRecord:
    """
    A department as read; `path` is the chain of ids from the root.
    """

    id: int
    name: str
    parent_id: int | None
    path: str


def everything(tx: Transaction) -> dict[int, DepartmentRecord]:
    """
    All departments by id.
    """
    rows = tx.session.execute(select(Department.id, Department.name, Department.parent_id, Department.path))
    return {row.id: DepartmentRecord(row.id, row.name, row.parent_id, row.path) for row in rows}


def links(tx: Transaction, platform: str, corp_id: str) -> dict[str, int]:
    """
    Our department of each of the platform's.
    """
    statement = select(DirectoryDepartment.external_id, DirectoryDepartment.department_id).where(
        DirectoryDepartment.platform == platform, DirectoryDepartment.corp_id == corp_id
    )
    return {row.external_id: row.department_id for row in tx.session.execute(statement)}


def led_from(tx: Transaction, platform: str, corp_id: str) -> frozenset[int]:
    """
    Our departments whose name and place this platform decides, because it showed them first.
    """
    oldest = select(func.min(DirectoryDepartment.id)).group_by(DirectoryDepartment.department_id)
    statement = select(DirectoryDepartment.department_id).where(
        DirectoryDepartment.id.in_(oldest),
        DirectoryDepartment.platform == platform,
        DirectoryDepartment.corp_id == corp_id,
    )
    return frozenset(tx.session.scalars(statement))


def link(tx: Transaction, platform: str, corp_id: str, external_id: str, department_id: int) -> None:
    """
    From now on this department of the platform is ours of this id.
    """
    tx.add(
        DirectoryDepartment(platform=platform, corp_id=corp_id, external_id=external_id, department_id=department_id)
    )


def rename(tx: Transaction, actor: Actor, department_id: int, name: str, now: datetime) -> None:
    """
    Give a department its new name.
    """
    row = tx.session.get_one(Department, department_id)
    was, row.name = row.name, name
    tx.session.flush()
    audit.record(tx, actor, "department.rename", "department", department_id, at=now, changes={"name": [was, name]})


def move(tx: Transaction, actor: Actor, department_id: int, parent_id: int | None, now: datetime) -> bool:
    """
    Put a department with everything below it under another one; False when that lies below itself.
    """
    row = tx.session.get_one(Department, department_id)
    parent = tx.session.get(Department, parent_id) if parent_id is not None else None
    if parent is not None and parent.path.startswith(row.path):
        return False
    was_parent, was_path = row.parent_id, row.path
    path = f"{parent.path if parent else '/'}{row.id}/"
    for below in tx.session.scalars(select(Department).where(Department.path.startswith(was_path))):
        below.path = path + below.path.removeprefix(was_path)
    row.parent_id = parent_id
    tx.session.flush()
    audit.record(
        tx, actor, "department.move", "department", department_id, at=now, changes={"parent": [was_parent, parent_id]}
    )
    return True


def move_customers(tx: Transaction, owner_id: int, department_id: int | None) -> None:
    """
    The owner works in another department now, and so their customers belong there.
    """
    tx.connection.execute(
        update(_customers).where(_customers.c.owner_id == owner_id).values(department_id=department_id)
    )
    tx.session.expire_all()


def report_to(tx: Transaction, managers: Mapping[int, int]) -> None:
    """
    Whom new members report to, by member.
    """
    if managers:
        statement = update(_members).where(_members.c.id == bindparam("member")).values(manager_id=bindparam("manager"))
        rows = [{"member": member_id, "manager": manager_id} for member_id, manager_id in managers.items()]
        tx.connection.execute(statement, rows)
        members.note_change(tx)


def change_member(
    tx: Transaction, actor: Actor, record: MemberRecord, values: Mapping[str, Any], now: datetime
) -> None:
    """
    What the directory says about a member has changed: name, title, place, manager, department led, roles.
    """
    facts = record.facts
    before = {
        "name": facts.name,
        "title": facts.title,
        "roles": sorted(facts.roles),
        "department_id": facts.department_id,
        "manager_id": facts.manager_id,
        "leads_department_id": record.leads_department_id,
    }
    tx.connection.execute(update(_members).where(_members.c.id == record.id).values(dict(values)))
    members.note_change(tx)
    changes = {name: [before[name], value] for name, value in values.items()}
    audit.record(tx, actor, "member.change", "member", record.id, at=now, changes=changes)
    if "department_id" in values:
        move_customers(tx, record.id, values["department_id"])

"""
Departments as the directories have them: which of a platform's is which of ours, renaming and moving.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from domain.access import Actor
from store import audit
from store.models import Department, DirectoryDepartment
from store.transaction import Transaction


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

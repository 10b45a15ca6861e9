"""
Keeping the tree of departments (部门) in step with a directory.

A department that a directory no longer shows stays: customers came from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.context import Context
from bot.directory import Origin
from domain.directory import Department, Reading, parents_first
from store import departments, members
from store.departments import DepartmentRecord


def keep_in_step(ctx: Context, origin: Origin, reading: Reading) -> dict[str, int]:
    """
    Our department for each that the directory shows, new ones made, and names and places as shown.
    """
    ordered = parents_first(reading.departments)
    ours = departments.links(ctx.tx, origin.platform, origin.corp_id)
    known = departments.everything(ctx.tx)
    for department in ordered:
        if department.id not in ours:
            ours[department.id] = _first_seen(ctx, origin, department, ours, known)
    led = departments.led_from(ctx.tx, origin.platform, origin.corp_id)
    known = departments.everything(ctx.tx)
    for department in ordered:
        if ours[department.id] in led and _follow(ctx, department, ours, known):
            known = departments.everything(ctx.tx)
    return ours


def _first_seen(
    ctx: Context, origin: Origin, department: Department, ours: Mapping[str, int], known: Mapping[int, DepartmentRecord]
) -> int:
    """
    The department of this name we have already, from another platform or by hand, else a new one.
    """
    name = (department.name or department.id)[:100]
    parent_id = ours.get(department.parent_id)
    found = _same(name, parent_id, known.values(), taken=set(ours.values()))
    department_id = members.add_department(ctx.tx, name, parent_id) if found is None else found
    departments.link(ctx.tx, origin.platform, origin.corp_id, department.id, department_id)
    return department_id


def _same(name: str, parent_id: int | None, known: Iterable[DepartmentRecord], *, taken: set[int]) -> int | None:
    """
    The department of this name in this place, or the only one of this name at all.
    """
    namesakes = [one for one in known if one.name == name and one.id not in taken]
    in_place = [one for one in namesakes if one.parent_id == parent_id]
    fitting = in_place or namesakes
    return fitting[0].id if len(fitting) == 1 else None


def _follow(
    ctx: Context, department: Department, ours: Mapping[str, int], known: Mapping[int, DepartmentRecord]
) -> bool:
    """
    Name and place as shown; False when there is nothing new.
    """
    own, parent_id = known[ours[department.id]], ours.get(department.parent_id)
    is_renamed = bool(department.name) and department.name[:100] != own.name
    is_moved = parent_id != own.parent_id and not (parent_id is None and _is_below_company(own, known, ours))
    if is_renamed:
        departments.rename(ctx.tx, ctx.actor, own.id, department.name[:100], ctx.now)
    if is_moved:
        departments.move(ctx.tx, ctx.actor, own.id, parent_id, ctx.now)
    return is_renamed or is_moved


def _is_below_company(own: DepartmentRecord, known: Mapping[int, DepartmentRecord], ours: Mapping[str, int]) -> bool:
    """
    Whether it lies directly below a root that this platform does not show: the company itself.
    """
    parent = known.get(own.parent_id) if own.parent_id is not None else None
    return parent is not None and parent.parent_id is None and parent.id not in ours.values()

"""
Who works in the company as WeCom shows it to the app: departments, people and their managers, by wechatpy's classes.

Self-built apps see their visible range only, and of members neither phone nor mail. What we make of it (members, roles,
leavers) is decided elsewhere.
Source: https://developer.work.weixin.qq.com/document/path/90200 and /90208 (read 2026-08)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from adapters.patience import patiently
from adapters.wecom.client import WeComClient
from bot.ports import DirectoryDepartment, DirectoryPerson

_ABOVE_ALL: Final = "0"
_ACTIVE: Final = 1
_NOT_ACTIVATED: Final = 4


def read_departments(client: WeComClient) -> Iterator[DirectoryDepartment]:
    """
    Every visible department, the company itself included; of several leaders the first counts.

    Raises:
        PlatformError: see `errors.py`.
    """
    for entry in patiently(client.department.list):
        leaders = _texts(entry.get("department_leader"))
        parent = str(entry.get("parentid", _ABOVE_ALL))
        yield DirectoryDepartment(
            id=str(entry["id"]),
            name=str(entry.get("name", "")),
            parent_id="" if parent == _ABOVE_ALL else parent,
            leader_id=leaders[0] if leaders else None,
        )


def read_people(client: WeComClient) -> Iterator[DirectoryPerson]:
    """
    Everybody in the visible range, department by department; somebody in two departments comes with each.

    Raises:
        PlatformError: see `errors.py`.
    """
    for department in patiently(client.department.list):
        for entry in patiently(partial(client.user.list, department["id"])):
            yield _person(entry)


def _person(entry: Mapping[str, object]) -> DirectoryPerson:
    """
    Phone and mail are None for apps created after June 2022.
    """
    main = str(entry.get("main_department", ""))
    managers = _texts(entry.get("direct_leader"))
    return DirectoryPerson(
        user_id=str(entry["userid"]),
        name=_text(entry, "name"),
        department_ids=tuple(sorted(_texts(entry.get("department")), key=lambda department: department != main)),
        manager_id=managers[0] if managers else None,
        job_title=_text(entry, "position"),
        mobile=_text(entry, "mobile"),
        email=_text(entry, "biz_mail") or _text(entry, "email"),
        is_active=entry.get("status", _ACTIVE) in {_ACTIVE, _NOT_ACTIVATED},
    )


def _text(entry: Mapping[str, object], name: str) -> str | None:
    return str(entry.get(name) or "") or None


def _texts(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []

"""
Who works in the company as WeCom shows it to the app: departments, people and their managers, by wechatpy's classes.

Self-built apps see their visible range only, and of members neither phone nor mail. What we make of it (members, roles,
leavers) is decided elsewhere.
Source: https://developer.work.weixin.qq.com/document/path/90200 and /90208 (read 2026-08)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adapters.wecom.client import WeComClient

ROOT: Final = "1"
_ACTIVE: Final = 1
_NOT_ACTIVATED: Final = 4


@dataclass(frozen=True)
class Department:
    """
    A department; `parent_id` is "0" for the company itself, `leader_id` a member, the first where there are several.
    """

    id: str
    name: str
    parent_id: str
    leader_id: str | None


@dataclass(frozen=True)
class DirectoryMember:
    """
    A person by userid, the main department first. Phone and mail are None for apps created after June 2022.
    """

    user_id: str
    name: str | None
    department_ids: tuple[str, ...]
    manager_id: str | None
    job_title: str | None
    mobile: str | None
    email: str | None
    is_active: bool


def read_departments(client: WeComClient) -> Iterator[Department]:
    """
    Every visible department, the company itself included.

    Raises:
        PlatformError: see `errors.py`.
    """
    for entry in client.department.list():
        leaders = _texts(entry.get("department_leader"))
        yield Department(
            id=str(entry["id"]),
            name=str(entry.get("name", "")),
            parent_id=str(entry.get("parentid", "0")),
            leader_id=leaders[0] if leaders else None,
        )


def read_members(client: WeComClient, department_id: str = ROOT) -> Iterator[DirectoryMember]:
    """
    The people directly in one department; somebody in two departments comes with each.

    Raises:
        PlatformError: see `errors.py`.
    """
    for entry in client.user.list(department_id):
        yield _member(entry)


def _member(entry: Mapping[str, object]) -> DirectoryMember:
    main = str(entry.get("main_department", ""))
    managers = _texts(entry.get("direct_leader"))
    return DirectoryMember(
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

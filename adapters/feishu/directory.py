"""
Who works in the company according to Feishu's contacts: departments, people and their managers.

Only what the app's 通讯录权限范围 covers comes back, and names, phones and managers only with the matching scopes. What
we make of it (members, roles, leavers) is decided elsewhere.
Source: https://open.feishu.cn/document/server-docs/contact-v3/user/find_by_department and
https://open.feishu.cn/document/server-docs/contact-v3/department/children (read 2026-05).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from adapters.feishu.client import FeishuClient
from adapters.feishu.sdk import part

ROOT: Final = "0"
_PAGE_SIZE: Final = 50


@dataclass(frozen=True)
class Department:
    """
    A department; `parent_id` is "0" directly under the company, `leader_id` an open_id.
    """

    id: str
    name: str
    parent_id: str
    leader_id: str | None


@dataclass(frozen=True)
class DirectoryMember:
    """
    A person by open_id. None means that the app may not see it; an inactive person has left or is frozen.
    """

    user_id: str
    name: str | None
    department_ids: tuple[str, ...]
    manager_id: str | None
    job_title: str | None
    mobile: str | None
    email: str | None
    is_active: bool


def read_departments(client: FeishuClient) -> Iterator[Department]:
    """
    Every visible department below the company itself.

    Raises:
        PlatformError: see `errors.py`.
    """
    contact = part("api.contact.v3")

    def request(page_token: str | None) -> Any:
        builder = contact.ChildrenDepartmentRequest.builder().department_id(ROOT).page_size(_PAGE_SIZE)
        # the SDK writes True where Feishu reads true
        builder.fetch_child("true").user_id_type("open_id").department_id_type("open_department_id")
        return (builder.page_token(page_token) if page_token else builder).build()

    for found in _pages(client, request, contact.ChildrenDepartmentResponse):
        yield Department(
            id=str(found.open_department_id),
            name=str(found.name or ""),
            parent_id=str(found.parent_department_id or ROOT),
            leader_id=found.leader_user_id or None,
        )


def read_members(client: FeishuClient, department_id: str = ROOT) -> Iterator[DirectoryMember]:
    """
    The people directly in one department; somebody in two departments comes with each.

    Raises:
        PlatformError: see `errors.py`.
    """
    contact = part("api.contact.v3")

    def request(page_token: str | None) -> Any:
        builder = contact.FindByDepartmentUserRequest.builder().department_id(department_id).page_size(_PAGE_SIZE)
        builder.user_id_type("open_id").department_id_type("open_department_id")
        return (builder.page_token(page_token) if page_token else builder).build()

    for found in _pages(client, request, contact.FindByDepartmentUserResponse):
        yield _member(found)


def _pages(
    client: FeishuClient, request: Callable[[str | None], Any], response_type: Callable[..., Any]
) -> Iterator[Any]:
    page_token: str | None = None
    while True:
        data = client.call(request(page_token), response_type).data
        yield from (data.items if data else None) or []
        page_token = data.page_token if data and data.has_more else None
        if not page_token:
            return


def _member(user: Any) -> DirectoryMember:
    status = user.status
    return DirectoryMember(
        user_id=str(user.open_id),
        name=user.name or None,
        department_ids=tuple(map(str, user.department_ids or ())),
        manager_id=user.leader_user_id or None,
        job_title=user.job_title or None,
        mobile=user.mobile or None,
        email=user.enterprise_email or user.email or None,
        is_active=not (status and (status.is_frozen or status.is_resigned or status.is_exited)),
    )

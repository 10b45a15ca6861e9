"""
Who works in the company according to Feishu's contacts: departments, people and their managers; and who is in a group.

Only what the app's 通讯录权限范围 covers comes back, and names, phones and managers only with the matching scopes. What
we make of it (members, roles, leavers) is decided elsewhere.
Source: https://open.feishu.cn/document/server-docs/contact-v3/user/find_by_department,
https://open.feishu.cn/document/server-docs/contact-v3/department/children and
https://open.feishu.cn/document/server-docs/group/chat-member/get (read 2026-05).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from adapters.feishu.client import FeishuClient
from adapters.feishu.errors import NOT_TOLD
from adapters.feishu.sdk import part
from adapters.patience import patiently
from bot.ports import DirectoryDepartment, DirectoryPerson
from domain.errors import PlatformError

ROOT: Final = "0"
_PAGE_SIZE: Final = 50
_OUT_OF_RANGE: Final = "feishu_40004"


def read_departments(client: FeishuClient) -> Iterator[DirectoryDepartment]:
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

    for found in _pages(request, _fetch_patiently(client, contact.ChildrenDepartmentResponse)):
        parent = str(found.parent_department_id or ROOT)
        yield DirectoryDepartment(
            id=str(found.open_department_id),
            name=str(found.name or ""),
            parent_id="" if parent == ROOT else parent,
            leader_id=found.leader_user_id or None,
        )


def read_people(client: FeishuClient) -> Iterator[DirectoryPerson]:
    """
    Everybody visible, once; who works in no department at all comes first.

    Raises:
        PlatformError: see `errors.py`.
    """
    seen: set[str] = set()
    for department_id in (ROOT, *(department.id for department in read_departments(client))):
        try:
            for person in read_people_of(client, department_id):
                if person.user_id not in seen:
                    seen.add(person.user_id)
                    yield person
        except PlatformError as error:
            # an app that may see some departments only is not shown who works directly under the company
            if department_id != ROOT or error.code != _OUT_OF_RANGE:
                raise


def read_people_of(client: FeishuClient, department_id: str) -> Iterator[DirectoryPerson]:
    """
    The people directly in one department.

    Raises:
        PlatformError: see `errors.py`.
    """
    contact = part("api.contact.v3")

    def request(page_token: str | None) -> Any:
        builder = contact.FindByDepartmentUserRequest.builder().department_id(department_id).page_size(_PAGE_SIZE)
        builder.user_id_type("open_id").department_id_type("open_department_id")
        return (builder.page_token(page_token) if page_token else builder).build()

    for found in _pages(request, _fetch_patiently(client, contact.FindByDepartmentUserResponse)):
        yield _person(found)


def read_group_members(client: FeishuClient, group_id: str) -> frozenset[str] | None:
    """
    The people in a group, bots left out; None when they are not shown to this app.

    Raises:
        PlatformError: see `errors.py`.
    """
    im = part("api.im.v1")

    def request(page_token: str | None) -> Any:
        builder = im.GetChatMembersRequest.builder().chat_id(group_id).page_size(_PAGE_SIZE).member_id_type("open_id")
        return (builder.page_token(page_token) if page_token else builder).build()

    def fetch(asked: Any) -> Any:
        return client.call(asked, im.GetChatMembersResponse)

    try:
        return frozenset(str(found.member_id) for found in _pages(request, fetch))
    except PlatformError as error:
        if error.code in {f"feishu_{code}" for code in NOT_TOLD}:
            return None
        raise


def _fetch_patiently(client: FeishuClient, response_type: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda asked: patiently(partial(client.call, asked, response_type))


def _pages(request: Callable[[str | None], Any], fetch: Callable[[Any], Any]) -> Iterator[Any]:
    page_token: str | None = None
    while True:
        data = fetch(request(page_token)).data
        yield from (data.items if data else None) or []
        page_token = data.page_token if data and data.has_more else None
        if not page_token:
            return


def _person(user: Any) -> DirectoryPerson:
    status = user.status
    return DirectoryPerson(
        user_id=str(user.open_id),
        name=user.name or None,
        department_ids=_departments(user),
        manager_id=user.leader_user_id or None,
        job_title=user.job_title or None,
        mobile=user.mobile or None,
        email=user.enterprise_email or user.email or None,
        is_active=not (status and (status.is_frozen or status.is_resigned or status.is_exited)),
    )


def _departments(user: Any) -> tuple[str, ...]:
    """
    The main department first, as the person's own order says; the company itself is none.
    """
    main = {str(order.department_id) for order in user.orders or () if order.is_primary_dept}
    below = [str(one) for one in user.department_ids or () if str(one) != ROOT]
    return tuple(sorted(below, key=lambda one: one not in main))

"""
Who works in the company as DingTalk shows it to the app: departments, people and their managers.

The app sees its 通讯录授权范围 only, and phones and mail only with the matching rights. These reads cost no quota. What
we make of them (members, roles, leavers) is decided elsewhere.
Source: https://open.dingtalk.com/document/development/obtain-the-department-list-v2 and
…/queries-the-complete-information-of-a-department-user (read 2026-08).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from adapters.dingtalk.client import DingTalkClient
from adapters.patience import patiently
from bot.ports import DirectoryDepartment, DirectoryPerson
from domain.errors import PlatformError

ROOT: Final = 1
_PAGE_SIZE: Final = 100
_MOST_DEPARTMENTS: Final = 20_000


def read_departments(client: DingTalkClient) -> Iterator[DirectoryDepartment]:
    """
    Every visible department below the company itself.

    Raises:
        PlatformError: see `errors.py`.
    """
    for department_id, entry in _tree(client):
        detail = _result(_read(client, "/topapi/v2/department/get", {"dept_id": department_id}))
        leaders = _texts(detail.get("dept_manager_userid_list"))
        parent = entry.get("parent_id")
        yield DirectoryDepartment(
            id=str(department_id),
            name=str(entry.get("name", "")),
            parent_id="" if parent in {None, ROOT} else str(parent),
            leader_id=leaders[0] if leaders else None,
        )


def read_people(client: DingTalkClient) -> Iterator[DirectoryPerson]:
    """
    Everybody the app may see, once, with all their departments.

    Raises:
        PlatformError: see `errors.py`.
    """
    seen: set[str] = set()
    for department_id in _department_ids(client):
        for entry in _members(client, department_id):
            person = _person(entry)
            if person.user_id not in seen:
                seen.add(person.user_id)
                yield person


def _tree(client: DingTalkClient) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """
    All departments, parents first: the interface shows one level at a time.

    Raises:
        PlatformError: (permanent) there are too many to be true: half a company would be taken for a whole one.
    """
    waiting, seen = [ROOT], {ROOT}
    while waiting:
        below = _read(client, "/topapi/v2/department/listsub", {"dept_id": waiting.pop(0)}).get("result")
        for entry in below if isinstance(below, list) else []:
            department_id = int(entry["dept_id"])
            if department_id in seen:
                continue
            seen.add(department_id)
            _check_count(len(seen))
            waiting.append(department_id)
            yield department_id, entry


def _department_ids(client: DingTalkClient) -> Iterator[int]:
    """
    The company itself and all departments below it, by the interface that names no more than their ids.
    """
    waiting, seen = [ROOT], {ROOT}
    while waiting:
        department_id = waiting.pop(0)
        yield department_id
        answer = _result(_read(client, "/topapi/v2/department/listsubid", {"dept_id": department_id}))
        below = [int(each) for each in _texts(answer.get("dept_id_list")) if int(each) not in seen]
        seen.update(below)
        _check_count(len(seen))
        waiting += below


def _check_count(departments: int) -> None:
    if departments > _MOST_DEPARTMENTS:
        raise PlatformError("dingtalk_too_many_departments", f"more than {_MOST_DEPARTMENTS}", permanent=True)


def _members(client: DingTalkClient, department_id: int) -> Iterator[Mapping[str, Any]]:
    cursor: int | None = 0
    while cursor is not None:
        asked = {"dept_id": department_id, "cursor": cursor, "size": _PAGE_SIZE, "language": "zh_CN"}
        page = _result(_read(client, "/topapi/v2/user/list", asked))
        yield from page.get("list") or []
        cursor = int(page["next_cursor"]) if page.get("has_more") and page.get("next_cursor") else None


def _read(client: DingTalkClient, path: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return patiently(lambda: client.post(path, asked))


def _person(entry: Mapping[str, Any]) -> DirectoryPerson:
    order = {str(placed.get("dept_id")): int(placed.get("order", 0)) for placed in entry.get("dept_order_list") or []}
    departments = [each for each in _texts(entry.get("dept_id_list")) if each != str(ROOT)]
    return DirectoryPerson(
        user_id=str(entry["userid"]),
        name=_text(entry, "name"),
        # DingTalk names no main department: the one where the person stands highest comes first
        department_ids=tuple(sorted(departments, key=lambda department: -order.get(department, 0))),
        manager_id=_text(entry, "manager_userid"),
        job_title=_text(entry, "title"),
        mobile=_text(entry, "mobile"),
        email=_text(entry, "org_email") or _text(entry, "email"),
        is_active=True,
    )


def _result(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    result = answer.get("result")
    if not isinstance(result, dict):
        raise PlatformError("dingtalk_no_result", "the answer carries no result")
    return result


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    return str(entry.get(name) or "") or None


def _texts(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []

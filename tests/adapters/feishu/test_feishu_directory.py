"""
What the app may see of the company: departments, people, and who is in a group.
"""

import httpx
import pytest

from bot.ports import DirectoryDepartment, DirectoryPerson
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import Platform, build

CHILDREN = "/open-apis/contact/v3/departments/0/children"
PEOPLE = "/open-apis/contact/v3/users/find_by_department"
MEMBERS = "/open-apis/im/v1/chats/oc_9/members"
LI = {
    "open_id": "ou_1",
    "name": "小李",
    "department_ids": ["0", "od-2", "od-1"],
    "orders": [
        {"department_id": "od-2", "is_primary_dept": False},
        {"department_id": "od-1", "is_primary_dept": True},
    ],
    "leader_user_id": "ou_3",
    "job_title": "销售",
    "mobile": "+8613800001111",
    "enterprise_email": "li@example.com",
    "status": {"is_frozen": False, "is_resigned": False, "is_activated": True, "is_exited": False},
}
ONE = {"name": "华东一组", "open_department_id": "od-1", "parent_department_id": "0", "leader_user_id": "ou_3"}
TWO = {"name": "华南组", "open_department_id": "od-2", "parent_department_id": "od-1"}


@pytest.fixture
def platform():
    return Platform()


def page(items, token=None):
    return {"code": 0, "data": {"items": items, "has_more": token is not None, "page_token": token}}


def refused(code):
    return httpx.Response(400, json={"code": code, "msg": "x"})


def test_all_pages_of_departments_are_read(platform):
    platform.answers[CHILDREN] = [page([ONE], "p2"), page([TWO])]

    departments = list(build(platform=platform).departments())

    assert [
        DirectoryDepartment("od-1", "华东一组", "", "ou_3"),
        DirectoryDepartment("od-2", "华南组", "od-1", None),
    ] == departments
    assert ("true", "p2") == (platform.requests[-1][2]["fetch_child"], platform.requests[-1][2]["page_token"])


def test_people_come_once_with_what_the_app_may_see_main_department_first(platform):
    left = {"open_id": "ou_2", "status": {"is_resigned": True}}
    platform.answers[CHILDREN] = page([ONE, TWO])
    platform.answers[PEOPLE] = [page([]), page([LI, left]), page([LI])]

    people = list(build(platform=platform).people())

    mobile, email = "+8613800001111", "li@example.com"
    assert [
        DirectoryPerson("ou_1", "小李", ("od-1", "od-2"), "ou_3", "销售", mobile, email, is_active=True),
        DirectoryPerson("ou_2", None, (), None, None, None, None, is_active=False),
    ] == people
    asked = [query["department_id"] for _, path, query, *_ in platform.requests if path == PEOPLE]
    assert ["0", "od-1", "od-2"] == asked


def test_an_app_that_sees_single_departments_is_not_shown_the_company_itself(platform):
    platform.answers[CHILDREN] = page([ONE])
    platform.answers[PEOPLE] = [refused(40004), page([LI])]

    assert ["小李"] == [person.name for person in build(platform=platform).people()]


def test_a_department_that_cannot_be_read_is_an_error_and_not_an_empty_one(platform):
    platform.answers[CHILDREN] = page([ONE])
    platform.answers[PEOPLE] = [page([]), refused(40004)]

    with pytest.raises(PlatformError, match="feishu_40004") as error:
        list(build(platform=platform).people())

    assert error.value.permanent


def test_all_pages_of_a_groups_members_are_read(platform):
    platform.answers[MEMBERS] = [page([{"member_id": "ou_1"}], "p2"), page([{"member_id": "ou_2"}])]

    assert frozenset({"ou_1", "ou_2"}) == build(platform=platform).group_member_ids("oc_9")


@pytest.mark.parametrize("code", [99991672, 230002, 232011])
def test_members_that_are_not_shown_are_unknown(platform, code):
    platform.answers[MEMBERS] = refused(code)

    assert build(platform=platform).group_member_ids("oc_9") is None


def test_a_group_that_is_gone_is_an_error(platform):
    platform.answers[MEMBERS] = refused(232009)

    with pytest.raises(PlatformError, match="feishu_232009"):
        build(platform=platform).group_member_ids("oc_9")

"""
DingTalk's directory reads, and the events about people and group members.

An outsider has an account and may write to the robot, but stands outside the company: no userId reaches the app.
Source: https://open.dingtalk.com/document/development/query-user-details (read 2026-08)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.errors import OapiError
from sandbox.world import changed_person, joining_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.company import Department, Person
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.wire import Delivery

ROOT = 1
FIRST_ID = 101
MOST_PER_PAGE = 100
NO_USER, NO_DEPARTMENT, UNKNOWN_USER, BAD_PARAMETER = 33012, 60003, 60121, 400002
USER_SCOPE, DEPARTMENT_SCOPE = "qyapi_get_member", "qyapi_get_department_list"


class Directory:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        reads: list[tuple[str, Any, str]] = [
            ("/topapi/v2/user/get", self.user, USER_SCOPE),
            ("/topapi/v2/user/list", self.users, USER_SCOPE),
            ("/topapi/user/listid", self.user_ids, USER_SCOPE),
            ("/topapi/user/listsimple", self.simple_users, USER_SCOPE),
            ("/topapi/user/getbyunionid", self.by_union_id, USER_SCOPE),
            ("/topapi/v2/user/getbymobile", self.by_mobile, USER_SCOPE),
            ("/topapi/v2/department/listsub", self.departments, DEPARTMENT_SCOPE),
            ("/topapi/v2/department/listsubid", self.department_ids, DEPARTMENT_SCOPE),
            ("/topapi/v2/department/get", self.department, DEPARTMENT_SCOPE),
            ("/topapi/im/chat/scenegroup/member/get", self.group_members, "qyapi_chat_read"),
        ]
        failed = Route("GET", "/call_back/get_call_back_failed_result", self.failed, billed=False)
        return [Route("POST", rule, work, scope, billed=False) for rule, work, scope in reads] + [failed]

    def failed(self, call: Call) -> dict[str, Any]:
        del call
        return self._platform.callbacks.failed()

    def user(self, call: Call) -> dict[str, Any]:
        user_id = str(call.body().get("userid") or "")
        if not user_id:
            raise OapiError(BAD_PARAMETER)
        person = self._platform.person_by_user_id(user_id)
        if person is None or person.outsider or person.key in self._platform.left:
            raise OapiError(NO_USER if person is None else UNKNOWN_USER)
        return {"result": self._user(person)}

    def users(self, call: Call) -> dict[str, Any]:
        return {"result": self._page(call, self._user)}

    def simple_users(self, call: Call) -> dict[str, Any]:
        return {"result": self._page(call, lambda p: {"userid": p.ids["dingtalk"], "name": p.name})}

    def user_ids(self, call: Call) -> dict[str, Any]:
        people = self._members(self._department(call.body().get("dept_id")))
        return {"result": {"userid_list": [person.ids["dingtalk"] for person in people]}}

    def by_union_id(self, call: Call) -> dict[str, Any]:
        wanted = str(call.body().get("unionid") or "")
        person = next((p for p in self._platform.present() if self._platform.union_id(p) == wanted), None)
        if person is None:
            raise OapiError(UNKNOWN_USER)
        return {"result": {"contact_type": 1 if person.outsider else 0, "userid": person.ids["dingtalk"]}}

    def by_mobile(self, call: Call) -> dict[str, Any]:
        """
        Nobody in the demo company has a phone in the directory.
        """
        del call
        raise OapiError(UNKNOWN_USER)

    def departments(self, call: Call) -> dict[str, Any]:
        return {"result": [self._described(child) for child in self._below(call)]}

    def department_ids(self, call: Call) -> dict[str, Any]:
        return {"result": {"dept_id_list": [self._id(child.key) for child in self._below(call)]}}

    def department(self, call: Call) -> dict[str, Any]:
        department = self._department(call.body().get("dept_id"))
        leaders = [p.ids["dingtalk"] for p in self._present() if p.leads == department.key]
        return {"result": self._described(department) | {"dept_manager_userid_list": leaders}}

    def group_members(self, call: Call) -> dict[str, Any]:
        """
        Only groups made from a template of the app tell their members: none of this company's.
        """
        del call
        raise OapiError(400002)

    def change(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        """
        `times` in the details: the event comes that often, under the same eventId.
        """
        platform, times = self._platform, int(details.get("times", 1))
        if operation == "join":
            person = joining_person(platform.world, details)
            platform.left.discard(person.key)
            platform.world.save_person(person)
            return self._tell("user_add_org", person, times)
        person = platform.world.person(str(details.get("user", "")))
        if operation == "leave":
            platform.left.add(person.key)
            return self._tell("user_leave_org", person, times)
        changed = changed_person(person, details)
        platform.world.save_person(changed)
        return self._tell("user_modify_org", changed, times, **self._difference(person, changed))

    def change_group(self, group_key: str, person: Person, *, enters: bool) -> list[Delivery]:
        world = self._platform.world
        group = world.group(group_key)
        kept = tuple(key for key in group.members if key != person.key)
        world.save_group(replace(group, members=(*kept, person.key) if enters else kept))
        data = {
            "chatId": f"chat{group.key}",
            "corpId": self._platform.account.corp_id,
            "openConversationId": group.ids["dingtalk"],
            "operator": person.ids["dingtalk"],
            "operatorUnionId": self._platform.union_id(person),
            "userId": [person.ids["dingtalk"]],
            "unionId": [self._platform.union_id(person)],
        }
        return self._platform.pushes.event("chat_add_member" if enters else "chat_remove_member", data)

    def _tell(self, event_type: str, person: Person, times: int, **more: Any) -> list[Delivery]:
        return self._platform.pushes.event(event_type, {"userId": [person.ids["dingtalk"]], **more}, times)

    def _difference(self, before: Person, after: Person) -> dict[str, Any]:
        old, new = self._user(before), self._user(after)
        changed = [key for key in new if new[key] != old.get(key)]
        difference = {
            "prev": {key: old.get(key) for key in changed},
            "curr": {key: new[key] for key in changed},
            "userid": after.ids["dingtalk"],
        }
        match self._platform.switches["difference"]:
            case "object":
                return {"diffInfo": difference}
            case "list":
                return {"diffInfo": [difference]}
            case _:
                return {}

    def _user(self, person: Person) -> dict[str, Any]:
        manager = self._platform.world.people.get(person.manager or "")
        department = self._id(person.department) if person.department else ROOT
        user = {
            "userid": person.ids["dingtalk"],
            "unionid": self._platform.union_id(person),
            "name": person.name,
            "avatar": "",
            "title": person.title,
            "job_number": "",
            "dept_id_list": [department],
            "dept_order_list": [{"dept_id": department, "order": 176305900}],
            "leader_in_dept": [{"dept_id": department, "leader": person.leads == person.department}],
            "role_list": [],
            "active": True,
            "admin": "admin" in person.roles,
            "boss": False,
            "senior": False,
            "remark": "",
        }
        return user | ({"manager_userid": manager.ids["dingtalk"]} if manager else {})

    def _page(self, call: Call, describe: Any) -> dict[str, Any]:
        body = call.body()
        size, start = int(body.get("size") or 0), int(body.get("cursor") or 0)
        if not 1 <= size <= MOST_PER_PAGE:
            raise OapiError(BAD_PARAMETER)
        people = self._members(self._department(body.get("dept_id")))
        more = start + size < len(people)
        page = {"has_more": more, "list": [describe(person) for person in people[start : start + size]]}
        return page | ({"next_cursor": start + size} if more else {})

    def _below(self, call: Call) -> list[Department]:
        parent = self._department(call.body().get("dept_id", ROOT))
        return [d for d in self._platform.world.company.departments if d.parent == parent.key]

    def _department(self, dept_id: object) -> Department:
        for department in self._platform.world.company.departments:
            if str(dept_id) == str(self._id(department.key)):
                return department
        raise OapiError(NO_DEPARTMENT)

    def _described(self, department: Department) -> dict[str, Any]:
        parent = {"parent_id": self._id(department.parent)} if department.parent else {}
        flags = {"create_dept_group": True, "auto_add_user": True}
        return {"dept_id": self._id(department.key), "name": department.name, **parent, **flags}

    def _members(self, department: Department) -> list[Person]:
        return [person for person in self._present() if person.department == department.key]

    def _present(self) -> list[Person]:
        return [person for person in self._platform.present() if not person.outsider]

    def _id(self, key: str | None) -> int:
        """
        The company itself is department 1.
        """
        departments = self._platform.world.company.departments
        place = next(place for place, department in enumerate(departments) if department.key == key)
        return ROOT if departments[place].parent is None else FIRST_ID + place

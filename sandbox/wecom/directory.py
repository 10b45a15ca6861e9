"""
WeCom's member and department reads with an app's token: no phone, no e-mail, no picture.

Source: https://developer.work.weixin.qq.com/document/path/90196 (read 2026-08)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.wecom.api import Call, Route
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.wecom.platform import WeComPlatform

ACTIVE = 1
MOST_PER_PAGE = 10_000


class Directory:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        departments = platform.world.company.departments
        self._numbers = {department.key: number for number, department in enumerate(departments, start=1)}

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/user/get", self.user),
            Route("GET", "/user/simplelist", self.simple_users),
            Route("GET", "/user/list", self.users),
            Route("POST", "/user/list_id", self.user_ids),
            Route("GET", "/department/list", self.departments),
            Route("GET", "/department/simplelist", self.simple_departments),
            Route("GET", "/department/get", self.department),
            Route("GET", "/agent/get", self.agent),
            Route("GET", "/getcallbackip", self.addresses),
            Route("GET", "/get_api_domain_ip", self.addresses),
        ]

    def user(self, call: Call) -> dict[str, Any]:
        user_id = call.query.get("userid", "")
        if not user_id:
            raise WeComError(41009)
        person = self._platform.world.person_by_id("wecom", user_id)
        if person is None:
            raise WeComError(60111)
        if person.key in self._platform.left:
            raise WeComError(60011)
        return self._user(person)

    def simple_users(self, call: Call) -> dict[str, Any]:
        shown = ("userid", "name", "department")
        people = self._asked_members(call)
        return {"userlist": [{key: self._user(person)[key] for key in shown} for person in people]}

    def users(self, call: Call) -> dict[str, Any]:
        return {"userlist": [self._user(person) for person in self._asked_members(call)]}

    def user_ids(self, call: Call) -> dict[str, Any]:
        body = call.body()
        start, size = int(body.get("cursor") or 0), min(int(body.get("limit") or MOST_PER_PAGE), MOST_PER_PAGE)
        people = [p for p in self._platform.present() if p.department]
        rows = [{"userid": p.ids["wecom"], "department": self._numbers[p.department or ""]} for p in people]
        more = str(start + size) if start + size < len(rows) else ""
        return {"next_cursor": more, "dept_user": rows[start : start + size]}

    def departments(self, call: Call) -> dict[str, Any]:
        keys = self._below(self._key(call.query.get("id") or "1"))
        return {"department": [self._department(key) for key in keys]}

    def simple_departments(self, call: Call) -> dict[str, Any]:
        shown = ("id", "parentid", "order")
        keys = self._below(self._key(call.query.get("id") or "1"))
        return {"department_id": [{name: self._department(key)[name] for name in shown} for key in keys]}

    def department(self, call: Call) -> dict[str, Any]:
        return {"department": self._department(self._key(call.query.get("id", "")))}

    def agent(self, call: Call) -> dict[str, Any]:
        if str(call.query.get("agentid")) != str(self._platform.account.agent_id):
            raise WeComError(301002)
        return {
            "agentid": self._platform.account.agent_id,
            "name": self._platform.world.company.bot_name,
            "description": "",
            "allow_userinfos": {"user": []},
            "allow_partys": {"partyid": [1]},
            "allow_tags": {"tagid": []},
            "close": int(self._platform.switches["app_disabled"]),
            "redirect_domain": "",
            "report_location_flag": 0,
            "isreportenter": int(self._platform.switches["report_enter"]),
            "home_url": "",
        }

    def addresses(self, call: Call) -> dict[str, Any]:
        del call
        return {"ip_list": ["127.0.0.1"]}

    def number_of(self, key: str | None) -> str:
        """
        A department's number as text, empty for nobody's.
        """
        return str(self._numbers[key]) if key else ""

    def members_below(self, number: str) -> list[Person] | None:
        """
        Everybody in a department and below it; None when there is no such department.
        """
        try:
            keys = self._below(self._key(number))
        except WeComError:
            return None
        return [person for person in self._platform.present() if person.department in keys]

    def _asked_members(self, call: Call) -> list[Person]:
        key = self._key(call.query.get("department_id", ""))
        keys = self._below(key) if call.query.get("fetch_child") == "1" else [key]
        return [person for person in self._platform.present() if person.department in keys]

    def _user(self, person: Person) -> dict[str, Any]:
        departments = [self._numbers[person.department]] if person.department else []
        manager = self._platform.world.people.get(person.manager or "")
        return {
            "userid": person.ids["wecom"],
            "name": person.name,
            "department": departments,
            "order": [0 for _ in departments],
            "position": person.title,
            "is_leader_in_dept": [int(person.leads == person.department) for _ in departments],
            "direct_leader": [manager.ids["wecom"]] if manager else [],
            "telephone": "",
            "alias": "",
            "main_department": departments[0] if departments else 0,
            "extattr": {"attrs": []},
            "status": ACTIVE,
        }

    def _department(self, key: str) -> dict[str, Any]:
        department = next(d for d in self._platform.world.company.departments if d.key == key)
        leaders = [p.ids["wecom"] for p in self._platform.present() if p.leads == key]
        return {
            "id": self._numbers[key],
            "name": department.name,
            "name_en": "",
            "department_leader": leaders,
            "parentid": self._numbers[department.parent] if department.parent else 0,
            "order": 100_000 - self._numbers[key],
        }

    def _key(self, number: str) -> str:
        key = next((key for key, known in self._numbers.items() if str(known) == str(number)), None)
        if key is None:
            raise WeComError(60003)
        return key

    def _below(self, key: str) -> list[str]:
        children = [d.key for d in self._platform.world.company.departments if d.parent == key]
        return [key, *(below for child in children for below in self._below(child))]

"""
Feishu's contact and chat reads, and the events about people.

An outsider has an account and may write to the bot, but stands outside the app's contact range.
Source: https://open.feishu.cn/document/server-docs/contact-v3/user/get (read 2026-08)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.feishu.api import Call, Route
from sandbox.feishu.errors import FeishuError
from sandbox.world import changed_person, joining_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.company import Person
    from sandbox.feishu.platform import FeishuPlatform
    from sandbox.wire import Delivery

ROOT = "0"
MOST_PER_PAGE = 50
CONTACT = "contact:contact.base:readonly"
USER_NAME = "contact:user.base:readonly"
USER_DEPARTMENT = "contact:user.department:readonly"
USER_ID = "contact:user.employee_id:readonly"
CHAT = "im:chat:readonly"


class Directory:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/bot/v3/info", "", self.bot),
            Route("GET", "/contact/v3/users/<user_id>", CONTACT, self.user),
            Route("GET", "/contact/v3/users/batch", CONTACT, self.users),
            Route("GET", "/contact/v3/users/find_by_department", CONTACT, self.department_users),
            Route("POST", "/contact/v3/users/batch_get_id", "contact:user.id:readonly", self.ids_by_contact),
            Route("GET", "/contact/v3/departments/<department_id>", CONTACT, self.department),
            Route("GET", "/contact/v3/departments/<department_id>/children", CONTACT, self.children),
            Route("GET", "/im/v1/chats", CHAT, self.chats),
            Route("GET", "/im/v1/chats/<chat_id>", CHAT, self.chat),
            Route("GET", "/im/v1/chats/<chat_id>/members", CHAT, self.chat_members),
        ]

    def bot(self, call: Call) -> dict[str, Any]:
        del call
        bot = {
            "activate_status": 2,
            "app_name": self._platform.world.company.bot_name,
            "avatar_url": "",
            "ip_white_list": [],
            "open_id": self._platform.bot_id,
        }
        return {"code": 0, "msg": "ok", "bot": bot}

    def user(self, call: Call) -> dict[str, Any]:
        person = self._platform.person_by(call.query.get("user_id_type", "open_id"), call.path["user_id"])
        if person is None:
            raise FeishuError(99992351)
        if not self._in_range(person):
            raise FeishuError(41050)
        return {"user": self._user(person)}

    def users(self, call: Call) -> dict[str, Any]:
        wanted = call.many("user_ids")
        if not 1 <= len(wanted) <= MOST_PER_PAGE:
            raise FeishuError(99992402)
        id_type = call.query.get("user_id_type", "open_id")
        people = [self._platform.person_by(id_type, one) for one in wanted]
        return {"items": [self._user(person) for person in people if person and self._in_range(person)]}

    def department_users(self, call: Call) -> dict[str, Any]:
        key = self._department_key(call.query.get("department_id", ROOT))
        people = [p for p in self._platform.present() if self._in_range(p) and p.department == key]
        return _page([self._user(person) for person in people], call.query)

    def department(self, call: Call) -> dict[str, Any]:
        return {"department": self._department(self._department_key(call.path["department_id"]))}

    def children(self, call: Call) -> dict[str, Any]:
        keys = self._below(self._department_key(call.path["department_id"]), call.query.get("fetch_child") == "true")
        return _page([self._department(key) for key in keys], call.query)

    def ids_by_contact(self, call: Call) -> dict[str, Any]:
        """
        Nobody in the demo company has a phone or an address in the directory: every entry comes without an id.
        """
        body = call.body()
        found = [{"mobile": mobile} for mobile in body.get("mobiles", ())]
        return {"user_list": found + [{"email": email} for email in body.get("emails", ())]}

    def chats(self, call: Call) -> dict[str, Any]:
        groups = [g for g in self._platform.world.groups.values() if "feishu" in g.ids]
        items = [{"chat_id": g.ids["feishu"], "name": g.name, "external": False} for g in groups]
        return _page(items, call.query)

    def chat(self, call: Call) -> dict[str, Any]:
        key = self._chat_key(call)
        group = self._platform.world.groups.get(key)
        if group is None:
            return {"name": "", "chat_mode": "p2p", "external": False}
        return {"name": group.name, "chat_mode": "group", "user_count": str(len(group.members)), "external": False}

    def chat_members(self, call: Call) -> dict[str, Any]:
        key = self._chat_key(call)
        self._platform.groups.check_bot_is_in(key)
        people = self._platform.people_in(key)
        items = [{"member_id": p.ids["feishu"], "member_id_type": "open_id", "name": p.name} for p in people]
        return _page(items, call.query) | {"member_total": len(items)}

    def ids(self, person: Person) -> dict[str, str]:
        """
        The ids by which events name a person; the employee id needs a right.
        """
        ids = {"open_id": person.ids["feishu"], "union_id": union_id(person)}
        return ids if USER_ID in self._missing() else ids | {"user_id": person.key}

    def change(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        platform = self._platform
        if operation == "join":
            person = joining_person(platform.world, details)
            platform.left.discard(person.key)
            platform.world.save_person(person)
            return platform.events.emit("contact.user.created_v3", {"object": self._user(person)})
        person = platform.world.person(str(details.get("user", "")))
        if operation == "leave":
            platform.left.add(person.key)
            return platform.events.emit("contact.user.deleted_v3", self._deleted(person))
        changed = changed_person(person, details)
        platform.world.save_person(changed)
        before, after = self._user(person), self._user(changed)
        old = {key: value for key, value in before.items() if after.get(key) != value}
        return platform.events.emit("contact.user.updated_v3", {"object": after, "old_object": old})

    def _deleted(self, person: Person) -> dict[str, Any]:
        user = self._user(person)
        departments = user.pop("department_ids", [])
        return {
            "object": user | {"department_ids": []},
            "old_object": {"department_ids": departments, "open_id": person.ids["feishu"]},
        }

    def _user(self, person: Person) -> dict[str, Any]:
        missing = self._missing()
        left = person.key in self._platform.left
        user: dict[str, Any] = self.ids(person) | {
            "status": {
                "is_frozen": False,
                "is_resigned": left,
                "is_activated": not left,
                "is_exited": False,
                "is_unjoin": False,
            },
        }
        if USER_NAME not in missing:
            user |= {"name": person.name, "en_name": "", "nickname": "", "job_title": person.title, "avatar": {}}
        if USER_DEPARTMENT not in missing:
            user |= {"department_ids": [self._department_id(person.department)] if person.department else []}
            manager = self._platform.world.people.get(person.manager or "")
            user |= {"leader_user_id": manager.ids["feishu"]} if manager else {}
        return user

    def _department(self, key: str) -> dict[str, Any]:
        world = self._platform.world
        department = next(d for d in world.company.departments if d.key == key)
        leader = next((p for p in self._platform.present() if p.leads == key), None)
        members = [p for p in self._platform.present() if p.department == key]
        return {
            "name": department.name,
            "open_department_id": self._department_id(key),
            "department_id": key,
            "parent_department_id": self._department_id(department.parent) if department.parent else ROOT,
            "leader_user_id": leader.ids["feishu"] if leader else "",
            "member_count": len(members),
            "status": {"is_deleted": False},
        }

    def _department_key(self, department_id: str) -> str:
        for department in self._platform.world.company.departments:
            if department_id in {self._department_id(department.key), department.key}:
                return department.key
        raise FeishuError(40004)

    def _department_id(self, key: str) -> str:
        """
        The company itself is the root department 0.
        """
        department = next(d for d in self._platform.world.company.departments if d.key == key)
        return f"od-demo-{key}" if department.parent else ROOT

    def _below(self, key: str, with_all: bool) -> list[str]:  # noqa: FBT001  # the vendor's own parameter
        children = [d.key for d in self._platform.world.company.departments if d.parent == key]
        if not with_all:
            return children
        return [below for child in children for below in (child, *self._below(child, with_all))]

    def _chat_key(self, call: Call) -> str:
        key = self._platform.chat_by_id(call.path["chat_id"])
        if key is None:
            raise FeishuError(232006)
        return key

    def _in_range(self, person: Person) -> bool:
        return not person.outsider

    def _missing(self) -> list[str]:
        scopes: list[str] = self._platform.switches["missing_scopes"]
        return scopes


def union_id(person: Person) -> str:
    return f"on_demo_{person.key}"


def _page(items: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    """
    One page of at most fifty; the page token is the place of its first item.
    """
    size = min(int(query.get("page_size") or 10), MOST_PER_PAGE)
    start = int(query.get("page_token") or 0)
    more = start + size < len(items)
    page: dict[str, Any] = {"items": items[start : start + size], "has_more": more}
    return page | {"page_token": str(start + size)} if more else page

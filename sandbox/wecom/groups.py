"""
The app's own group chats: it can create, change and post, and never hears what people write there.

Source: https://developer.work.weixin.qq.com/document/path/90244, 90245 and 90248 (read 2026-08)
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.company import Group
from sandbox.wecom.api import Call, Route
from sandbox.wecom.bodies import is_known, read_body
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from sandbox.wecom.platform import WeComPlatform

FEWEST, MOST = 2, 2000
LONGEST_NAME = 50
_CHAT_ID = re.compile(r"^[0-9A-Za-z]{1,32}$")


class Groups:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/appchat/create", self.create),
            Route("POST", "/appchat/update", self.update),
            Route("GET", "/appchat/get", self.read),
            Route("POST", "/appchat/send", self.send),
        ]

    def create(self, call: Call) -> dict[str, Any]:
        self._check_range()
        body = call.body()
        members = self._keys(body.get("userlist") or [])
        if not FEWEST <= len(members) <= MOST:
            raise WeComError(86006)
        chat_id = str(body.get("chatid") or secrets.token_hex(16))
        if not _CHAT_ID.match(chat_id):
            raise WeComError(86001)
        if self._find(chat_id) is not None:
            raise WeComError(86215)
        self._check_owner(body, members)
        name = self._name(body) or "群聊"
        self._platform.state.made_groups.add(chat_id)
        self._platform.world.save_group(Group(key=chat_id, name=name, members=members, ids={"wecom": chat_id}))
        return {"chatid": chat_id}

    def update(self, call: Call) -> dict[str, Any]:
        self._check_range()
        body = call.body()
        group = self._own(str(body.get("chatid", "")))
        added, removed = self._keys(body.get("add_user_list") or []), self._keys(body.get("del_user_list") or [])
        members = tuple(key for key in dict.fromkeys((*group.members, *added)) if key not in removed)
        if not FEWEST <= len(members) <= MOST:
            raise WeComError(86006)
        self._check_owner(body, members)
        changed = replace(group, members=members, name=self._name(body) or group.name)
        self._platform.world.save_group(changed)
        return {}

    def read(self, call: Call) -> dict[str, Any]:
        group = self._own(call.query.get("chatid", ""))
        people = [self._platform.world.people[key].ids["wecom"] for key in group.members]
        info = {"chatid": group.ids["wecom"], "name": group.name, "owner": people[0], "userlist": people}
        return {"chat_info": info}

    def send(self, call: Call) -> dict[str, Any]:
        self._check_range()
        body = call.body()
        group = self._own(str(body.get("chatid", "")))
        msgtype = str(body.get("msgtype", ""))
        if msgtype == "template_card" or not is_known(msgtype):
            raise WeComError(40008)
        now = self._platform.world.clock.now()
        self._platform.messages.add(group.key, read_body(msgtype, body.get(msgtype), self._platform.state, now))
        return {}

    def _check_range(self) -> None:
        if not self._platform.switches["root_range"]:
            raise WeComError(48002)

    def _find(self, chat_id: str) -> Group | None:
        groups = self._platform.world.groups.values()
        return next((group for group in groups if group.ids.get("wecom") == chat_id), None)

    def _own(self, chat_id: str) -> Group:
        group = self._find(chat_id)
        if group is None:
            raise WeComError(86003 if chat_id else 40050)
        if group.key in self._platform.switches["foreign_groups"]:
            raise WeComError(86008)
        return group

    def _keys(self, user_ids: list[Any]) -> tuple[str, ...]:
        by_id = {person.ids["wecom"].lower(): person.key for person in self._platform.present()}
        if not all(str(user_id).lower() in by_id for user_id in user_ids):
            raise WeComError(86216)
        return tuple(dict.fromkeys(by_id[str(user_id).lower()] for user_id in user_ids))

    def _check_owner(self, body: dict[str, Any], members: tuple[str, ...]) -> None:
        owner = body.get("owner")
        if owner and self._keys([owner])[0] not in members:
            raise WeComError(86005)

    def _name(self, body: dict[str, Any]) -> str:
        name = str(body.get("name") or "")
        if len(name) > LONGEST_NAME:
            raise WeComError(86004)
        return name

"""
Groups change: the bot and people come and go, a group is dissolved; the app hears of each.

Source: https://open.feishu.cn/document/server-docs/group/chat-member/event/added-2 (read 2026-08)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.feishu.errors import FeishuError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.company import Group, Person
    from sandbox.feishu.platform import FeishuPlatform
    from sandbox.wire import Delivery


class Groups:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._work: dict[str, Callable[[Group, Mapping[str, Any]], list[Delivery]]] = {
            "add_bot": self._add_bot,
            "remove_bot": self._remove_bot,
            "add_user": self._add_user,
            "remove_user": self._remove_user,
            "dissolve": self._dissolve,
        }

    def change(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]:
        """
        Raises: ValueError when there is no such change.
        """
        work = self._work.get(operation)
        if work is None:
            raise ValueError(f"op 要是其中之一：{'、'.join(self._work)}")
        return work(self._platform.world.group(str(details.get("group", ""))), details)

    def has_bot(self, key: str) -> bool:
        switches = self._platform.switches
        return key not in {*switches["bot_outside_groups"], *switches["dissolved_groups"]}

    def check_bot_is_in(self, key: str) -> None:
        """
        Raises: FeishuError when the app asks about a group without its bot.
        """
        if key in self._platform.switches["dissolved_groups"]:
            raise FeishuError(232009)
        if key in self._platform.switches["bot_outside_groups"]:
            raise FeishuError(232011)

    def _add_bot(self, group: Group, details: Mapping[str, Any]) -> list[Delivery]:
        self._let_bot(group, inside=True)
        event = self._event(group, details) | {"external": details.get("external") is True}
        return self._platform.events.emit("im.chat.member.bot.added_v1", event)

    def _remove_bot(self, group: Group, details: Mapping[str, Any]) -> list[Delivery]:
        self._let_bot(group, inside=False)
        return self._platform.events.emit("im.chat.member.bot.deleted_v1", self._event(group, details))

    def _add_user(self, group: Group, details: Mapping[str, Any]) -> list[Delivery]:
        person = self._platform.world.person(str(details.get("user", "")))
        self._let_in(group, *group.members, person.key)
        return self._tell(group, details, "im.chat.member.user.added_v1", person)

    def _remove_user(self, group: Group, details: Mapping[str, Any]) -> list[Delivery]:
        person = self._platform.world.person(str(details.get("user", "")))
        self._let_in(group, *(key for key in group.members if key != person.key))
        return self._tell(group, details, "im.chat.member.user.deleted_v1", person)

    def _dissolve(self, group: Group, details: Mapping[str, Any]) -> list[Delivery]:
        gone = self._platform.switches["dissolved_groups"]
        was_in = self.has_bot(group.key)
        self._platform.switches.set("dissolved_groups", [*gone, group.key])
        return self._platform.events.emit("im.chat.disbanded_v1", self._event(group, details)) if was_in else []

    def _tell(self, group: Group, details: Mapping[str, Any], event_type: str, person: Person) -> list[Delivery]:
        """
        The app hears of people only where its bot is.
        """
        if not self.has_bot(group.key):
            return []
        account, ids = self._platform.account, self._platform.directory.ids(person)
        users = [{"name": person.name, "tenant_key": account.tenant_key, "user_id": ids}]
        return self._platform.events.emit(event_type, self._event(group, details) | {"users": users})

    def _event(self, group: Group, details: Mapping[str, Any]) -> dict[str, Any]:
        world = self._platform.world
        operator = world.person(str(details["by"])) if "by" in details else world.people[group.members[0]]
        return {
            "chat_id": group.ids["feishu"],
            "operator_id": self._platform.directory.ids(operator),
            "external": False,
            "operator_tenant_key": self._platform.account.tenant_key,
            "name": group.name,
            "i18n_names": {"zh_cn": group.name, "en_us": "", "ja_jp": ""},
        }

    def _let_bot(self, group: Group, *, inside: bool) -> None:
        others = [key for key in self._platform.switches["bot_outside_groups"] if key != group.key]
        self._platform.switches.set("bot_outside_groups", others if inside else [*others, group.key])

    def _let_in(self, group: Group, *members: str) -> None:
        self._platform.world.save_group(replace(group, members=tuple(dict.fromkeys(members))))

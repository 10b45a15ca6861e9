"""
What exists on the emulated platforms: people, groups, and the messages of every chat.

One number sequence counts every change. A message's id is the number of its creation and its revision the number of its
latest change, so "what is new after N" is one comparison. Vendor protocol does not belong here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sandbox.company import Person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sandbox.clock import Clock
    from sandbox.company import Company, Group

DIRECT = "p2p"


class UnknownThingError(LookupError):
    """
    The control API named a person, chat, message or button that does not exist; the text is shown as it is.
    """


@dataclass(kw_only=True)
class Message:
    """
    One bubble in one chat. `sender` is a person's key, None for the bot. `payload` is the vendor's own content.
    """

    id: int
    chat: str
    sender: str | None
    at: datetime
    kind: str
    text: str
    vendor_id: str
    payload: dict[str, Any]
    revision: int
    updated: datetime | None = None
    recalled: bool = False
    flags: list[str] = field(default_factory=list)


class World:
    """
    Guarded by one lock; whoever waits for news waits on `changed`.
    """

    def __init__(self, company: Company, clock: Clock) -> None:
        self.company = company
        self.clock = clock
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.seq = 0
        # While the clock jumps, many days of messages arrive within one second: no per-minute limit applies to them.
        self.jumping = False
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.reset()

    def reset(self) -> None:
        with self.lock:
            self.people = {person.key: person for person in self.company.people}
            self.groups = {group.key: group for group in self.company.groups}
            self.clock.reset()
            self.next_seq()

    def next_seq(self) -> int:
        with self.lock:
            self.seq += 1
            self.changed.notify_all()
            return self.seq

    def wait_after(self, seq: int, seconds: float) -> int:
        with self.lock:
            self.changed.wait_for(lambda: self.seq > seq, seconds)
            return self.seq

    def person(self, key_or_name: str) -> Person:
        for person in self.people.values():
            if key_or_name in {person.key, person.name}:
                return person
        raise UnknownThingError(f"没有叫“{key_or_name}”的人")

    def person_by_id(self, platform: str, vendor_id: str) -> Person | None:
        wanted = vendor_id.casefold()
        return next((p for p in self.people.values() if p.ids.get(platform, "").casefold() == wanted), None)

    def group(self, key_or_name: str) -> Group:
        for group in self.groups.values():
            if key_or_name in {group.key, group.name}:
                return group
        raise UnknownThingError(f"没有叫“{key_or_name}”的群")

    def chat_of(self, person: Person, chat: str) -> str:
        """
        The key of the chat which this person calls `chat`.

        Raises: UnknownThingError when there is no such group or the person is not in it.
        """
        if chat == DIRECT:
            return direct_chat(person.key)
        group = self.group(chat)
        if person.key not in group.members:
            raise UnknownThingError(f"{person.name}不在“{group.name}”里")
        return group.key

    def save_person(self, person: Person) -> None:
        with self.lock:
            self.people[person.key] = person
            self.next_seq()

    def save_group(self, group: Group) -> None:
        with self.lock:
            self.groups[group.key] = group
            self.next_seq()


def direct_chat(person_key: str) -> str:
    return f"{DIRECT}:{person_key}"


def changed_person(person: Person, details: Mapping[str, Any]) -> Person:
    """
    The person after a change in the company's directory; unknown keys are ignored.
    """
    known = {key: details[key] for key in ("name", "title", "department", "manager") if key in details}
    return replace(person, **known)


def _check_place(world: World, details: Mapping[str, Any]) -> None:
    departments = {department.key for department in world.company.departments}
    if details.get("department", "company") not in {*departments, None}:
        raise ValueError(f"没有代号为 {details['department']} 的部门")
    if details.get("manager") not in {*world.people, None}:
        raise ValueError(f"没有代号为 {details['manager']} 的人")


def joining_person(world: World, details: Mapping[str, Any]) -> Person:
    """
    Who joins: somebody who had left, or a new colleague with the given name, title, department and manager.

    Raises: ValueError when a new colleague's key is no plain word, or department or manager are nobody's.
    """
    key = str(details.get("user", ""))
    known = world.people.get(key)
    if known is not None:
        _check_place(world, details)
        return changed_person(known, details)
    if not key.isidentifier() or not key.isascii():
        raise ValueError("user 要是新同事的英文代号")
    _check_place(world, details)
    return Person(
        key=key,
        name=str(details.get("name", key)),
        title=str(details.get("title", "")),
        department=details.get("department"),
        manager=details.get("manager"),
        leads=None,
        roles=(),
        outsider=False,
        ids={"feishu": f"ou_demo_{key}", "wecom": key, "dingtalk": f"dt_{key}"},
    )


class ChatBook:
    """
    The messages of one platform.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._messages: dict[int, Message] = {}
        self._by_vendor_id: dict[str, Message] = {}

    def add(
        self, *, chat: str, sender: str | None, kind: str, text: str, vendor_id: str, payload: dict[str, Any]
    ) -> Message:
        with self._world.lock:
            number = self._world.next_seq()
            message = Message(
                id=number,
                chat=chat,
                sender=sender,
                at=self._world.clock.now(),
                kind=kind,
                text=text,
                vendor_id=vendor_id,
                payload=payload,
                revision=number,
            )
            self._messages[number] = message
            self._by_vendor_id[vendor_id] = message
            return message

    def touch(self, message: Message) -> None:
        """
        Everybody who sees the chat learns that the message changed.
        """
        with self._world.lock:
            message.updated = self._world.clock.now()
            message.revision = self._world.next_seq()

    def by_vendor_id(self, vendor_id: str) -> Message | None:
        return self._by_vendor_id.get(vendor_id)

    def find(self, message_id: str) -> Message:
        message = self._messages.get(int(message_id)) if message_id.isdigit() else self.by_vendor_id(message_id)
        if message is None:
            raise UnknownThingError(f"没有编号为 {message_id} 的消息")
        return message

    def in_chat(self, chat: str, after: int = 0) -> list[Message]:
        with self._world.lock:
            return [m for m in self._messages.values() if m.chat == chat and m.revision > after]

    def clear(self) -> None:
        with self._world.lock:
            self._messages.clear()
            self._by_vendor_id.clear()

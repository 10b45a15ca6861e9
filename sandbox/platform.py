"""
What every emulated platform can do for the control API, whatever its protocol.

A new platform is a package with one subclass of `Platform` and a line in server.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.faults import FaultScript
from sandbox.limits import RateWindows
from sandbox.wire import Wire
from sandbox.world import DIRECT, ChatBook, Message, World, direct_chat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint, Response

    from sandbox.company import Group, Person
    from sandbox.wire import Delivery


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """
    What a person sends: exactly one of these, perhaps as a reply that quotes a message.

    `contact` is the card of a colleague, which not every platform can send.
    """

    text: str | None = None
    image: Attachment | None = None
    file: Attachment | None = None
    location: Mapping[str, str] | None = None
    voice_text: str | None = None
    contact: Person | None = None
    reply_to: Message | None = None


@dataclass(frozen=True, kw_only=True)
class ClickOutcome:
    """
    What the person sees after a click. `client_error` is what the vendor's client shows; `url` what a link opens.
    """

    status: int = 0
    ms: int = 0
    toast: Mapping[str, str] | None = None
    card_changed: bool = False
    client_error: str | None = None
    url: str | None = None


@dataclass
class Switches:
    """
    Behaviour the vendors leave open or an administrator sets, by name.
    """

    values: dict[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def set(self, name: str, value: object) -> None:
        if name not in self.defaults:
            raise ValueError(f"没有叫 {name} 的开关，有：{'、'.join(sorted(self.defaults))}")
        default = self.defaults[name]
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        if type(value) is not type(default):
            raise ValueError(f"开关 {name} 的值要像 {default!r}")
        self.values[name] = value

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name, self.defaults[name])


class Platform(ABC):
    id: ClassVar[str]
    name: ClassVar[str]
    forms: ClassVar[bool]
    contacts: ClassVar[bool] = False
    default_switches: ClassVar[Mapping[str, Any]]

    def __init__(self, world: World, callback_url: str) -> None:
        self.world = world
        self.callback_url = callback_url
        self.book = ChatBook(world)
        self.wire = Wire()
        self.faults = FaultScript()
        self.rates = RateWindows()
        self.switches = Switches(defaults=self.default_switches)
        self.left: set[str] = set()
        # What a platform accepted and silently never delivered.
        self.dropped: list[dict[str, str]] = []

    @property
    def group_inbound(self) -> bool:
        """
        Whether the product can hear what is written in groups.
        """
        return True

    @abstractmethod
    def vendor_api(self) -> Blueprint:
        """
        The vendor's HTTP API, which the product calls under /<id>.
        """

    @abstractmethod
    def send(self, person: Person, chat: str, utterance: Utterance, times: int) -> tuple[Message, list[Delivery]]:
        """
        The person says something in a chat; the callback is delivered `times` times and answered before this returns.
        """

    @abstractmethod
    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome: ...

    @abstractmethod
    def open_bot(self, person: Person) -> list[Delivery]:
        """
        The person opens the chat with the bot.
        """

    @abstractmethod
    def choose_menu(self, person: Person, key: str) -> list[Delivery]:
        """
        The person taps an entry of the bot's menu.
        """

    @abstractmethod
    def change_member(self, operation: str, details: Mapping[str, Any]) -> list[Delivery]: ...

    @abstractmethod
    def verify_callback(self) -> bool:
        """
        What the vendor's console does when an administrator saves the callback address.
        """

    def administer(self, operation: str, details: Mapping[str, Any]) -> dict[str, Any]:
        """
        What an administrator does in the vendor's console.

        Raises: ValueError when this platform's console knows no such thing.
        """
        del details
        raise ValueError(f"{self.name}的管理后台没有 {operation}")

    def seen_by(self, message: Message, person: Person) -> Message | None:
        """
        The message as this person sees it, for the calls below; None when it is not for them.
        """
        del person
        return message

    @abstractmethod
    def card(self, message: Message) -> dict[str, Any] | None:
        """
        The card as neutral title, fields, buttons and form; None when the message is none.
        """

    @abstractmethod
    def raw(self, message: Message) -> dict[str, Any]:
        """
        The platform's own content of the message as last shown.
        """

    @abstractmethod
    def attachment(self, message: Message) -> Attachment | None: ...

    @abstractmethod
    def refusal(self, kind: str) -> Response:
        """
        The vendor's own answer for the planned trouble "rate_limit" or "invalid_user".
        """

    @abstractmethod
    def expire_tokens(self) -> None: ...

    @abstractmethod
    def fire_due(self) -> None:
        """
        Deliver the repetitions whose time has come.
        """

    def reset(self) -> None:
        with self.world.lock:
            self.book.clear()
            self.wire.clear()
            self.faults.clear()
            self.rates.clear()
            self.switches.values.clear()
            self.left.clear()
            self.dropped.clear()

    def close(self) -> None:
        self.faults.clear()
        self.wire.close()

    def allow(self, key: str, *, limit: int, seconds: int) -> bool:
        if self.world.jumping:
            return True
        return self.rates.allow(key, limit=limit, seconds=seconds, now=self.world.clock.now())

    def chats(self, person: Person) -> list[tuple[str, str, str]]:
        """
        The chats of this person: what the control API calls it, its name, its key.
        """
        direct = (DIRECT, self.world.company.bot_name, direct_chat(person.key))
        groups = [g for g in self.world.groups.values() if person.key in g.members and self.shows_group(g)]
        return [direct, *((group.key, group.name, group.key) for group in groups)]

    def shows_group(self, group: Group) -> bool:
        return self.id in group.ids

    def present(self) -> list[Person]:
        """
        Everybody who has an account on this platform, outsiders included.
        """
        return [p for p in self.world.people.values() if p.key not in self.left and self.id in p.ids]

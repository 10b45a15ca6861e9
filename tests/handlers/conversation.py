"""
People talking to the product in a test: the real bot over a real database, with a platform that draws nothing.

`Conversation(database).say("小李", "查客户 云途")` returns what that said in answer; `click` presses a button of such a
message. What is read back is what came out of the outbox.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select

from bot.clock import Clock
from bot.delivery import Delivery
from bot.dispatch import Bot
from bot.events import ActionClicked, ChatRef, Event, FormValue, MessageReceived, Person
from bot.ports import Capabilities, Outbound, SendResult, SentCard
from bot.post import Account
from bot.router import Route, Router
from bot.units import Units
from cards.actions import ActionSeal
from cards.model import Button, Card
from cards.text import card_text
from domain.access import Actor
from store.engine import Database
from store.models import Identity, Member

CAPABILITIES = {
    "feishu": Capabilities(
        group_inbound=True, group_cards=True, forms=True, selects=5, buttons=20, rows=50, update_by_id=True
    ),
    "wecom": Capabilities(
        group_inbound=False,
        group_cards=False,
        forms=False,
        selects=3,
        buttons=6,
        rows=6,
        update_by_id=False,
        toasts=False,
    ),
}


class StillClock(Clock):
    """
    A clock that moves only when told.
    """

    def __init__(self, instant: datetime) -> None:
        super().__init__()
        self._instant = instant

    def now(self) -> datetime:
        return self._instant

    def set(self, instant: datetime) -> None:
        self._instant = instant


@dataclass
class Message:
    """
    Something a person or a group has on the screen; a card's face may change.
    """

    ref: str
    to: str
    said: str
    card: Card | None
    faces: int = 1
    mentions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """
        What can be read, buttons included.
        """
        if self.card is None:
            return self.said
        labels = [button.label for button in self.card.all_buttons()]
        return card_text(self.card) + (f"\n[{'] ['.join(labels)}]" if labels else "")

    def button(self, label: str, nth: int = 0) -> Button:
        """
        The button of this label, the first of several unless told.
        """
        buttons = [button for button in self.card.all_buttons() if button.label == label] if self.card else []
        assert len(buttons) > nth, f"no button {label!r} in:\n{self.text}"
        return buttons[nth]


@dataclass(frozen=True)
class Clicked:
    """
    What a click brought: the toast, the card as it is now, and what was said besides.
    """

    toast: str
    card: str
    said: list[Message] = field(default_factory=list)

    @property
    def text(self) -> str:
        """
        Everything the person reads after the click.
        """
        return "\n".join([self.toast, self.card, *(message.text for message in self.said)])


def only(messages: Sequence[Message]) -> Message:
    """
    The one message there is.
    """
    assert len(messages) == 1, [message.text for message in messages]
    return messages[0]


class FakePlatform:
    """
    A platform that keeps what it is sent, as cards and not as bytes.
    """

    def __init__(self, platform: str) -> None:
        self.platform, self.account, self.corp_id = platform, "demo", f"{platform}-corp"
        self.capabilities = CAPABILITIES[platform]
        self.messages: list[Message] = []
        self.recalled: list[str] = []

    def render(self, message: Outbound) -> str:
        return card_text(message.card) if message.card else message.text

    def send(self, message: Outbound, rendered: str) -> SendResult:
        if message.update is not None:
            target = next(one for one in self.messages if one.ref == message.update.card_ref)
            target.card, target.faces = message.card, target.faces + 1
            return SendResult(target.ref, target.ref)
        sent = Message(message.ref, message.recipient.id, message.text, message.card, mentions=message.mentions)
        self.messages.append(sent)
        return SendResult(message.ref, message.ref)

    def recall(self, sent: SentCard) -> None:
        self.recalled.append(sent.message_id)


class Conversation:
    """
    One platform, the people the database knows there, and a clock that moves only when told.
    """

    def __init__(
        self,
        database: Database,
        *,
        platform: str = "feishu",
        now: datetime,
        routes: Sequence[Route] | None = None,
    ) -> None:
        self.database, self.clock, self.seal = database, StillClock(now), ActionSeal(b"conversation")
        self.platform = FakePlatform(platform)
        adapters = {(platform, self.platform.account): self.platform}
        account = Account(platform, self.platform.account, self.platform.corp_id)
        self.units = Units(database, self.clock, [account], public_url="http://127.0.0.1:8000")
        self.delivery = Delivery(database, adapters, self.clock)
        self.bot = Bot(
            database, self.units, Router.of(routes or _all_routes()), adapters, self.seal, self.clock, lambda: None
        )
        self._keys = count(1)
        self._run = id(self)

    def say(self, person: str, text: str, *, group: str | None = None, is_signed: bool = True) -> list[Message]:
        """
        What appears for this person (and in the group) when they write this.
        """
        before = len(self.platform.messages)
        common = self._common(person, group)
        self.bot.handle(MessageReceived(**common, message_id=common["key"], text=text, is_signed=is_signed))
        return self._news(before, person, group)

    def quote(self, person: str, message: Message, text: str, *, group: str | None = None) -> list[Message]:
        """
        What appears when they write this in answer to a message.
        """
        before = len(self.platform.messages)
        common = self._common(person, group)
        self.bot.handle(MessageReceived(**common, message_id=common["key"], text=text, reply_to=message.ref))
        return self._news(before, person, group)

    def happens(self, kind: type[Event], person: str, *, group: str | None = None) -> list[Message]:
        """
        What appears when an event of this kind comes that says nothing but who and where.
        """
        before = len(self.platform.messages)
        self.bot.handle(kind(**self._common(person, group)))
        return self._news(before, person, group)

    def click(
        self,
        person: str,
        message: Message,
        label: str,
        form: Mapping[str, FormValue] | None = None,
        *,
        nth: int = 0,
        group: str | None = None,
    ) -> Clicked:
        """
        Press a button of a message.
        """
        action = message.button(label, nth).action
        assert action is not None
        before = len(self.platform.messages)
        event = ActionClicked(
            **self._common(person, group), payload=self.seal.seal(action), form=form or {}, card_ref=message.ref
        )
        reply = self.bot.handle(event)
        if reply.card is not None:
            message.card, message.faces = reply.card, message.faces + 1
        toast = reply.toast.text if reply.toast else ""
        return Clicked(toast, message.text, self._news(before, person, group))

    def inbox(self, person: str) -> list[Message]:
        """
        Everything in this person's direct chat.
        """
        return [message for message in self.platform.messages if message.to == self.user_id(person)]

    def in_group(self, group: str) -> list[Message]:
        """
        Everything in a group.
        """
        return [message for message in self.platform.messages if message.to == group]

    def run(self, job: Callable[..., object], slot: datetime) -> object:
        """
        Run a job's function for a slot and deliver what it wrote.
        """
        with self.units.write(Actor.system("job of a test"), cause=f"job:{slot.isoformat()}:{next(self._keys)}") as ctx:
            outcome = job(ctx, slot)
        self.delivery.drain()
        return outcome

    def pass_time(self, **span: float) -> datetime:
        """
        Move the clock on.
        """
        self.clock.set(self.clock.now() + timedelta(**span))
        return self.clock.now()

    def user_id(self, person: str) -> str:
        """
        The platform's id of a person.
        """
        with self.database.read() as tx:
            statement = select(Identity.user_id).join(Member, Member.id == Identity.member_id)
            return tx.session.scalars(
                statement.where(Member.name == person, Identity.platform == self.platform.platform)
            ).one()

    def close(self) -> None:
        self.delivery.stop()

    def _common(self, person: str, group: str | None) -> dict:
        return {
            "platform": self.platform.platform,
            "account": self.platform.account,
            "key": f"{self._run}-{next(self._keys)}",
            "sender": Person(self.user_id(person)),
            "chat": ChatRef("group", group) if group else ChatRef("direct", f"p2p-{person}"),
            "sent_at": self.clock.now(),
        }

    def _news(self, before: int, person: str, group: str | None) -> list[Message]:
        self.delivery.drain()
        places = {self.user_id(person), group}
        return [message for message in self.platform.messages[before:] if message.to in places]


def _all_routes() -> Sequence[Route]:
    from handlers.routes import ROUTES

    return ROUTES

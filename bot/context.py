"""
What a use case gets: the transaction, who acts, the time, and the post. Everything else would be a hidden input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.post import Post
from domain.access import Actor
from domain.audience import Audience
from domain.member import MemberFacts
from domain.policy import BusinessPolicy
from domain.worktime import WorkCalendar, local_date
from store.dialogues import Dialogue
from store.outbox import ClickedCard
from store.transaction import Transaction


@dataclass(frozen=True)
class DomainEvent:
    """
    Something that happened to a business object, for rules: `customer.released`, `registration.approved`, …
    """

    name: str
    object_type: str
    object_id: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Context:
    """
    One unit of work. `member` is None only when the product acts by itself.

    `is_confirmed` lets a job pass its blast guard because a person said so. `dialogue` is read by dispatch before the
    handler and written after it. `clicked` is the sent card whose button was pressed. `is_group` says that
    the answer will be read by a whole group; `audience` is set while an answer is worked out that is said there.
    `is_answered_alone`: asked in a group, answered in the direct chat, where a question of ours is then answered too.
    """

    tx: Transaction
    now: datetime
    actor: Actor
    calendar: WorkCalendar
    post: Post
    member: MemberFacts | None = None
    platform: str = ""
    is_group: bool = False
    audience: Audience | None = None
    is_answered_alone: bool = False
    public_url: str = ""
    dialogue: Dialogue | None = None
    clicked: ClickedCard | None = None
    has_forms: bool = False
    is_confirmed: bool = False
    events: list[DomainEvent] = field(default_factory=list)

    @property
    def policy(self) -> BusinessPolicy:
        """
        The business policy in force.
        """
        return self.tx.policy

    @property
    def business_date(self) -> date:
        """
        The business date of `now` in China.
        """
        return local_date(self.now)

    @property
    def member_id(self) -> int:
        """
        The acting member.

        Raises:
            RuntimeError: the product acts by itself, so there is none.
        """
        if self.actor.member_id is None:
            msg = f"context: no member acts here ({self.actor.reason})"
            raise RuntimeError(msg)
        return self.actor.member_id

    def begin_dialogue(self, topic: str, **data: object) -> None:
        """
        From now on the member's next text in this chat goes to the dialogue handler of `topic`.
        """
        self.dialogue = Dialogue(topic, data)

    def end_dialogue(self) -> None:
        """
        The conversation is over.
        """
        self.dialogue = None

    def record(self, name: str, object_type: str, object_id: int, **values: object) -> None:
        """
        Tell the rules that something happened.
        """
        self.events.append(DomainEvent(name, object_type, object_id, values))

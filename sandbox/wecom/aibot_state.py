"""
What the emulated 智能机器人 remembers: what may still be answered, where it was spoken to, and uploads under way.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.world import Message

ANSWER_LIFE = timedelta(hours=24)
STREAM_LIFE = timedelta(minutes=6)
INSTANT_LIFE = timedelta(seconds=5)


@dataclass
class Asked:
    """
    Something pushed to the bot's program that may be answered under its number.
    """

    kind: Literal["message", "enter", "click"]
    chat: str
    at: datetime
    message: Message | None = None
    answered: threading.Event = field(default_factory=threading.Event)


@dataclass
class Stream:
    """
    An answer that grows: the message it shows, and whether its last part has come.
    """

    message: Message
    at: datetime
    is_finished: bool = False


@dataclass
class Upload:
    kind: str
    name: str
    total_size: int
    total_chunks: int
    at: datetime
    chunks: dict[int, bytes] = field(default_factory=dict)


@dataclass
class BotState:
    asked: dict[str, Asked] = field(default_factory=dict)
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    talked: set[str] = field(default_factory=set)
    entered: set[tuple[str, date]] = field(default_factory=set)
    task_ids: set[str] = field(default_factory=set)

    def clear(self, groups: Iterable[str]) -> None:
        """
        A fresh company, in whose groups the bot has long been spoken to.
        """
        for kept in (self.asked, self.streams, self.uploads):
            kept.clear()
        for seen in (self.talked, self.entered, self.task_ids):
            seen.clear()
        self.talked.update(groups)

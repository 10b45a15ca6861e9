"""
Whose turn it is: messages to the 智能机器人 that still wait for their answer, by chat.

An answer that goes back under the number of its message is shown as the answer to it, and is the only thing that may
be said to somebody who has just opened the chat. Turns are a courtesy, not the truth: what finds none is sent as a
message of its own.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from bot.events import ChatEntered, Event, MessageReceived

ANSWER_S: Final = 60.0
"""Ours: the vendor takes an answer for 24 hours, but what comes later than this is hardly one."""
WELCOME_S: Final = 4.5
"""The vendor takes a welcome for 5 seconds."""


@dataclass(frozen=True)
class Turn:
    """
    A message or an opened chat that may be answered.
    """

    kind: Literal["message", "enter"]
    req_id: str

    @staticmethod
    def of(event: Event, req_id: str) -> Turn | None:
        """
        The turn that an event opens, None for events that are not answered with words.
        """
        match event:
            case MessageReceived():
                return Turn("message", req_id)
            case ChatEntered():
                return Turn("enter", req_id)
            case _:
                return None


class Turns:
    """
    The open turns, the oldest first; safe to use from several threads.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: defaultdict[str, deque[tuple[Turn, float]]] = defaultdict(deque)

    def open(self, chat: str, turn: Turn) -> None:
        """
        Somebody waits for an answer in this chat.
        """
        seconds = ANSWER_S if turn.kind == "message" else WELCOME_S
        with self._lock:
            self._open[chat].append((turn, self._monotonic() + seconds))

    def close(self, chat: str, turn: Turn) -> None:
        """
        There is nothing to say.
        """
        with self._lock:
            kept = [entry for entry in self._open.pop(chat, ()) if entry[0] != turn]
            if kept:
                self._open[chat] = deque(kept)

    def take(self, chat: str) -> Turn | None:
        """
        The oldest turn that can still be answered; nobody else gets it.
        """
        with self._lock:
            waiting = self._open.pop(chat, deque())
            now = self._monotonic()
            while waiting and waiting[0][1] <= now:
                waiting.popleft()
            found = waiting.popleft()[0] if waiting else None
            if waiting:
                self._open[chat] = waiting
            return found

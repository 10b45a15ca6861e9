"""
The button of the card that tries a connection out: whoever gets that card may press it, member or not.

Stands before the dispatcher, for at this moment nobody need be a member yet, and nothing of the business happens.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.clock import Clock
from bot.events import ActionClicked, Event
from bot.ports import SharedState
from bot.reply import Reply, toast
from cards import connect as words
from cards.actions import ActionSeal
from cards.connect import TryConnection


class CheckClicks:
    """
    Answers the clicks on these cards and passes everything else on.
    """

    def __init__(self, take: Callable[[Event], Reply], seal: ActionSeal, shared: SharedState, clock: Clock) -> None:
        self._take = take
        self._seal = seal
        self._shared = shared
        self._clock = clock

    def handle(self, event: Event) -> Reply:
        """
        The synchronous answer to a verified event.
        """
        tried = self._tried(event) if isinstance(event, ActionClicked) else None
        if tried is None:
            return self._take(event)
        self._shared.count(_name(tried.ref), 1, self._clock.now())
        return toast(words.arrived(), card=words.tried_card())

    def was_pressed(self, ref: str) -> bool:
        """
        Whether the button of this try was pressed, in whichever process the click arrived.
        """
        return self._shared.count(_name(ref), 0, self._clock.now()) > 0

    def _tried(self, event: ActionClicked) -> TryConnection | None:
        action = self._seal.open(event.payload)
        return TryConnection.read(action) if action is not None and action.name == TryConnection.NAME else None


def _name(ref: str) -> str:
    return f"connection-try:{ref}"

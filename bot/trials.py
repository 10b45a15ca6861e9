"""
Accounts on trial in the background: the page is drawn anew every two seconds until the last step has ended.

Kept in the memory of the process that was asked, a few at most: the findings matter to who is looking at them now.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.platform_checks import STEPS, Finding, Trial, examine

KEPT = 20


@dataclass
class RunningTrial:
    """
    One trial, of the member who asked for it. `note` is said above its steps.
    """

    member_id: int | None
    trial: Trial
    note: str = ""
    found: list[Finding] = field(default_factory=list)
    waiting: str = ""
    is_done: bool = False

    def run(self) -> None:
        """
        Make every step.
        """
        self.trial.waiting = self._wait
        try:
            for finding in examine(self.trial):
                self.waiting = ""
                self.found.append(finding)
        finally:
            self.waiting, self.is_done = "", True

    @property
    def next_step(self) -> str:
        """
        The step that is being made, empty after the last.
        """
        return "" if self.is_done else STEPS[min(len(self.found), len(STEPS) - 1)]

    def _wait(self, step: str) -> None:
        self.waiting = step


class Trials:
    """
    The trials of this process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: OrderedDict[str, RunningTrial] = OrderedDict()

    def start(self, running: RunningTrial) -> str:
        """
        Begin in the background; returns the number under which to look at it. The oldest is forgotten.
        """
        number = secrets.token_urlsafe(16)
        with self._lock:
            self._running[number] = running
            while len(self._running) > KEPT:
                self._running.popitem(last=False)
        threading.Thread(target=running.run, name="trial", daemon=True).start()
        return number

    def find(self, number: str, member_id: int | None) -> RunningTrial | None:
        """
        The trial of this member, None where there is none (any more).
        """
        with self._lock:
            running = self._running.get(number)
        return running if running is not None and running.member_id == member_id else None

"""
The groups the bot is in: which there are, whether outsiders read along, and who is in them.

The lists of people are read outside any transaction, by a loop of their own; what may be shown to whom is decided in
`domain/audience.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.events import BotAddedToGroup, BotRemovedFromGroup, Event, GroupMembersChanged, MessageReceived
from bot.ports import Adapter
from domain.errors import PlatformError
from store import chats, rosters
from store.engine import Database
from store.rosters import Group
from store.transaction import Transaction

log = structlog.get_logger()

BATCH = 10
IDLE_SECONDS = 2.0
TRY_AGAIN = timedelta(minutes=10)


def note(tx: Transaction, event: Event, now: datetime) -> None:
    """
    Write down what an event from a group says about the group itself.
    """
    platform, account, chat_id = event.platform, event.account, event.chat.id
    match event:
        case BotAddedToGroup(group_name=name, external=external):
            chats.remember(tx, platform, account, chat_id, name=name, external=external, now=now)
        case BotRemovedFromGroup():
            chats.forget(tx, platform, account, chat_id)
        case GroupMembersChanged():
            rosters.ask_now(tx, platform, account, chat_id, now)
        case MessageReceived():
            if chats.find(tx, platform, account, chat_id) is None:  # added before anybody told us
                chats.remember(tx, platform, account, chat_id, name=event.chat.name, external=False, now=now)
            rosters.ask_soon(tx, platform, account, chat_id, now)
        case _:
            pass


class Rosters:
    """
    The loop that reads who is in which group. `run_once` is one round; `start` runs rounds in a thread.
    """

    def __init__(self, database: Database, adapters: Mapping[tuple[str, str], Adapter], clock: Clock) -> None:
        self._database = database
        self._adapters = adapters
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """
        Run in the background until `stop`.
        """
        self._thread = threading.Thread(target=self._run, name="rosters", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """
        Finish the round in progress and end.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def run_once(self) -> int:
        """
        Read the lists that are due; returns how many.
        """
        with self._database.read() as tx:
            groups = rosters.due(tx, self._clock.now(), BATCH)
        for group in groups:
            self._read(group)
        return len(groups)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                was_busy = self.run_once() > 0
            except SQLAlchemyError as error:  # the database is away for a moment
                log.warning("rosters.round_failed", error=type(error).__name__)
                was_busy = False
            if not was_busy:
                self._stop.wait(IDLE_SECONDS)

    def _read(self, group: Group) -> None:
        now = self._clock.now()
        adapter = self._adapters.get((group.platform, group.account))
        try:
            ids = adapter.group_member_ids(group.chat_id) if adapter is not None else None
        except PlatformError as error:
            log.warning("roster.not_read", platform=group.platform, code=error.code)
            wait = rosters.EVERY if error.permanent else TRY_AGAIN
            with self._database.write() as tx:
                rosters.ask_again(tx, group.row_id, now + wait)
            return
        with self._database.write() as tx:
            if ids is None:
                rosters.keep_nothing(tx, group.row_id, now)
            else:
                rosters.keep(tx, group.row_id, ids, now)

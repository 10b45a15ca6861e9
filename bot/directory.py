"""
Reads the platforms' directories (通讯录): every night, and soon after a platform said that something changed.

The platform is asked outside any transaction; what its answer means is handed in by `app.py` (`handlers/people.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.context import Context
from bot.ports import Adapter
from bot.units import Units
from domain.access import Actor
from domain.directory import Reading
from domain.errors import PlatformError
from store import alarms, directory
from store.directory import Claimed
from store.transaction import Transaction

log = structlog.get_logger()
T = TypeVar("T")

ALARM = "directory"
SOON = timedelta(seconds=10)
REST = timedelta(minutes=1)
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
MOST_ATTEMPTS = len(WAITS) + 1
SYSTEM = Actor.system("directory sync")
NOBODY_SHOWN = "the directory shows nobody"


@dataclass(frozen=True)
class Origin:
    """
    Where a reading comes from: platform, account, and the company's id on the platform.
    """

    platform: str
    account: str
    corp_id: str


Take = Callable[[Context, Origin, Reading], bool]
"""Writes down what a reading means; False when it is so implausible that it means nothing."""


def hear(tx: Transaction, platform: str, account: str, user_id: str, change: str, now: datetime) -> None:
    """
    The platform said that something about a person changed: read its directory soon, or a while after the last time.

    Somebody who left is shut out soon in any case.
    """
    if change == "left":
        directory.note_left(tx, platform, account, user_id, now)
        directory.want(tx, platform, account, now + SOON)
        return
    state = directory.source(tx, platform, account)
    rested = state.read_at + REST if state is not None and state.read_at is not None else now
    directory.want(tx, platform, account, max(now + SOON, rested))


class _BrokenOff(Exception):  # noqa: N818 - nothing went wrong
    """
    The process ends.
    """


class DirectoryReader:
    """
    Does what is due when told to look; several processes may look at once.
    """

    def __init__(self, units: Units, adapters: Mapping[tuple[str, str], Adapter], *, take: Take) -> None:
        self._units = units
        self._adapters = adapters
        self._take = take
        self._stop = threading.Event()

    def stop(self) -> None:
        """
        Break off a reading that is under way; it is made again after the next start.
        """
        self._stop.set()

    def run_due(self) -> None:
        """
        Read every directory that is due and write down its news.
        """
        while not self._stop.is_set() and (claimed := self._claim()) is not None:
            self._read(claimed)

    def _claim(self) -> Claimed | None:
        with self._units.database.read() as tx:
            if not directory.is_due(tx, self._units.clock.now()):
                return None
        with self._units.database.write() as tx:
            return directory.claim(tx, self._units.clock.now())

    def _read(self, claimed: Claimed) -> None:
        adapter = self._adapters.get((claimed.platform, claimed.account))
        if adapter is None:
            self._give_up(claimed)
            return
        if claimed.attempts > MOST_ATTEMPTS:
            self._failed(claimed, "its news could not be written down, see the log", retry_after=None)
            return
        try:
            reading = Reading.of(self._unless_stopped(adapter.departments()), self._unless_stopped(adapter.people()))
        except _BrokenOff:
            self._failed(claimed, "broken off", retry_after=timedelta())
            return
        except PlatformError as error:
            self._failed(claimed, str(error), retry_after=_wait(claimed, error))
            return
        self._write_down(claimed, Origin(claimed.platform, claimed.account, adapter.corp_id), reading)

    def _unless_stopped(self, entries: Iterable[T]) -> Iterator[T]:
        for entry in entries:
            if self._stop.is_set():
                raise _BrokenOff
            yield entry

    def _write_down(self, claimed: Claimed, origin: Origin, reading: Reading) -> None:
        now = self._units.clock.now()
        cause = f"directory:{origin.platform}:{origin.account}:{now.isoformat()}"
        with self._units.write(SYSTEM, cause=cause, now=now) as ctx:
            is_plausible = self._take(ctx, origin, reading)
            if is_plausible:
                active = sum(person.is_active for person in reading.people)
                directory.finish(ctx.tx, claimed, people=active, now=now)
                alarms.settle(ctx.tx, ALARM, _source_id(claimed), now)
        if is_plausible:
            log.info("directory.read", platform=origin.platform, people=len(reading.people))
        else:
            self._failed(claimed, NOBODY_SHOWN, retry_after=_next_wait(claimed))

    def _give_up(self, claimed: Claimed) -> None:
        """
        The account is no longer configured: nobody follows its directory.
        """
        with self._units.database.write() as tx:
            directory.fail(tx, claimed, error="no such account is configured", retry_at=None)
            alarms.settle(tx, ALARM, _source_id(claimed), self._units.clock.now())

    def _failed(self, claimed: Claimed, error: str, *, retry_after: timedelta | None) -> None:
        """
        Nothing is concluded from it. When trying again is no use, or was no use, an administrator has to know.
        """
        now = self._units.clock.now()
        log.warning("directory.unread", platform=claimed.platform, account=claimed.account, error=error)
        with self._units.database.write() as tx:
            retry_at = now + retry_after if retry_after is not None else None
            directory.fail(tx, claimed, error=error, retry_at=retry_at)
            if retry_at is None:
                message = f"{claimed.platform}/{claimed.account}: {error}"
                self._units.alarm(tx, ALARM, f"{_source_id(claimed)}{now:%Y-%m-%d}", message, now)


def _source_id(claimed: Claimed) -> str:
    return f"{claimed.platform}/{claimed.account} "


def _wait(claimed: Claimed, error: PlatformError) -> timedelta | None:
    """
    How long to wait after an error: at least what the platform asks for; None where waiting does not help.
    """
    wait = None if error.permanent else _next_wait(claimed)
    return wait and max(wait, timedelta(seconds=error.retry_after or 0))


def _next_wait(claimed: Claimed) -> timedelta | None:
    return WAITS[claimed.attempts - 1] if claimed.attempts <= len(WAITS) else None

"""
Keeps the long connections to the platforms open: one thread each, tried again with growing waits, watched for gaps.

How a connection speaks is the adapter's business. It hands over events as the HTTP callbacks do, so an event is
committed before the platform gets its acknowledgement.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.events import Event
from bot.ports import Adapter, LongConnection
from bot.reply import Reply
from domain.errors import PlatformError
from store import alarms, meta
from store.engine import Database

log = structlog.get_logger()

ALARM = "connection"
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
REFUSED_WAIT = 600.0
"""The platform refuses the credentials: only a person can help, so it is asked rarely."""
STEADY_AFTER = 60.0
"""A connection that ran this long was well: the next wait is the first one again."""
GAP_AFTER = 180.0
WATCH_EVERY = 1.0


@dataclass(frozen=True)
class ConnectionState:
    """
    How a long connection is doing: since when it is up or down, and why it ended last.
    """

    platform: str
    account: str
    is_up: bool
    since: datetime
    trouble: str


class _Line:
    """
    One supervised connection. Touched by the watching thread only.
    """

    def __init__(self, adapter: Adapter, connection: LongConnection, now: datetime, at: float) -> None:
        self.place = f"{adapter.platform}/{adapter.account}"
        self.platform, self.account, self.connection = adapter.platform, adapter.account, connection
        self.run: Future[None] | None = None
        self.started_at = self.next_try = self.changed_at = at
        self.since, self.wait = now, FIRST_WAIT
        self.is_up = self.has_alarm = self.is_refused = False
        self.trouble = ""

    def state(self) -> ConnectionState:
        return ConnectionState(self.platform, self.account, self.is_up, self.since, self.trouble)


class Connections:
    """
    The supervisor. `take` is what an event is given to.

    `monotonic` measures waits and gaps: the product's own clock may be moved in a demo.
    """

    def __init__(
        self,
        adapters: Iterable[Adapter],
        take: Callable[[Event], Reply],
        database: Database,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take = take
        self._database = database
        self._clock = clock
        self._monotonic = monotonic
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        now, at = clock.now(), monotonic()
        self._lines = [_Line(one, one.connection, now, at) for one in adapters if one.connection is not None]
        self._pool = ThreadPoolExecutor(max(1, len(self._lines)), thread_name_prefix="connection")

    def start(self) -> None:
        """
        Connect in the background until `stop`; nothing happens where no account uses a long connection.
        """
        with self._database.write() as tx:
            alarms.settle(tx, ALARM, "", self._clock.now())
            for line in self._lines:
                meta.note_connection(tx, line.place, "")
        if self._lines:
            self._thread = threading.Thread(target=self._watch, name="connections", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """
        Close the connections and wait for the events in progress.
        """
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._pool.shutdown()

    def states(self) -> tuple[ConnectionState, ...]:
        """
        How each connection is doing now.
        """
        return tuple(line.state() for line in self._lines)

    def look(self) -> None:
        """
        One look at every connection: note what changed, start what has to be started, raise an alarm about a gap.
        """
        for line in self._lines:
            if line.run is not None and line.run.done():
                self._note_end(line, line.run.exception())
            self._note_state(line)
            if line.run is None and self._monotonic() >= line.next_try and not self._stop.is_set():
                line.started_at = self._monotonic()
                line.run = self._pool.submit(line.connection.run, self._take, self._stop)
            if not line.is_up and self._monotonic() - line.changed_at >= GAP_AFTER:
                self._alarm(line, f"{line.place}: no long connection since {line.since:%Y-%m-%d %H:%M} UTC")

    def _watch(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(WATCH_EVERY)

    def _note_end(self, line: _Line, error: BaseException | None) -> None:
        """
        A run is over: decide when to try again. That it ended without an error does not make it wanted.
        """
        line.run = None
        line.is_refused = isinstance(error, PlatformError) and error.permanent
        line.trouble = str(error) if isinstance(error, PlatformError) else repr(error) if error else "ended"
        if self._monotonic() - line.started_at >= STEADY_AFTER:
            line.wait = FIRST_WAIT
        line.next_try = self._monotonic() + (REFUSED_WAIT if line.is_refused else line.wait)
        line.wait = min(LONGEST_WAIT, line.wait * 2)
        self._note_down(line)
        log.warning("connection.ended", platform=line.platform, account=line.account, trouble=line.trouble)
        if line.is_refused:
            self._alarm(line, f"{line.place}: the platform refuses the long connection: {line.trouble}")

    def _note_state(self, line: _Line) -> None:
        is_up = line.run is not None and line.connection.is_up
        if is_up == line.is_up:
            return
        seconds = round(self._monotonic() - line.changed_at)
        line.is_up, line.changed_at, line.since = is_up, self._monotonic(), self._clock.now()
        event = "connection.up" if is_up else "connection.down"
        log.info(event, platform=line.platform, account=line.account, after_seconds=seconds)
        if is_up:
            line.trouble, line.is_refused = "", False
            self._settle(line)
        self._note_down(line)

    def _note_down(self, line: _Line) -> None:
        """
        For the command line, which cannot look into this process.
        """
        with self._database.write() as tx:
            meta.note_connection(tx, line.place, meta.UP if line.is_up else line.trouble)

    def _alarm(self, line: _Line, message: str) -> None:
        """
        Raise one alarm per gap.
        """
        if line.has_alarm:
            return
        began = line.since - timedelta(microseconds=line.since.microsecond)
        with self._database.write() as tx:
            alarms.raise_alarm(tx, ALARM, f"{line.place}@{began:%Y%m%dT%H%M%S}", message, self._clock.now())
        line.has_alarm = True

    def _settle(self, line: _Line) -> None:
        if line.has_alarm:
            with self._database.write() as tx:
                alarms.settle(tx, ALARM, f"{line.place}@", self._clock.now())
            line.has_alarm = False

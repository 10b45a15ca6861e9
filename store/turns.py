"""
Units of work that share a commit.

On SQLite one writes at a time, and a commit waits for the disk. Units that come while another one is busy are run one
after the other by whoever is next, each inside a savepoint of its own, and are committed together: the disk is asked
once, and nobody is told of a success before it is on the disk.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from sqlalchemy import Connection

from store.transaction import Transaction, mark

T = TypeVar("T")

LONGEST_ROW = 8
"""So many units at most wait for one commit: the first of them should not wait long for the last."""
SAVEPOINT = "turn"


class Turns:
    """
    The units that wait. `begin` opens the transaction they share and commits it when its block is left.
    """

    def __init__(self, begin: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._begin = begin
        self._waiting: deque[_Turn[object]] = deque()
        self._change = threading.Condition()
        self._is_busy = False

    def run(self, work: Callable[[Transaction], T]) -> T:
        """
        Run a unit of work; returns when it is committed. What it raises undoes it alone and is raised here.
        """
        turn = _Turn(work)
        with self._change:
            self._waiting.append(turn)  # type: ignore[arg-type]  # results are only handed through
        while not turn.is_over:
            row = self._next_row(turn)
            if row:
                self._run_together(row)
        return turn.outcome()

    def _next_row(self, own: _Turn[T]) -> list[_Turn[object]]:
        """
        Wait until the own unit is over (nothing is returned), or nobody is busy: then take the next units in order.
        """
        with self._change:
            while self._is_busy and not own.is_over:
                self._change.wait()
            if own.is_over:
                return []
            self._is_busy = True
            return [self._waiting.popleft() for _ in range(min(LONGEST_ROW, len(self._waiting)))]

    def _run_together(self, row: list[_Turn[object]]) -> None:
        failure: BaseException | None = None
        try:
            with self._begin() as connection:
                for turn in row:
                    turn.run(connection)
        except BaseException as error:  # noqa: BLE001 - boundary: whatever ends the commit is raised in every unit of it
            failure = error
        with self._change:
            for turn in row:
                turn.end(failure)
            self._is_busy = False
            self._change.notify_all()


class _Turn(Generic[T]):
    """
    One unit of work with how it ended.
    """

    def __init__(self, work: Callable[[Transaction], T]) -> None:
        self._work = work
        self._results: list[T] = []
        self._error: BaseException | None = None
        self.is_over = False

    def run(self, connection: Connection) -> None:
        transaction = Transaction(connection)
        mark(connection, f"SAVEPOINT {SAVEPOINT}")
        try:
            self._results.append(self._work(transaction))
            transaction.finish()
        except BaseException as error:  # noqa: BLE001 - boundary: raised again in the thread the unit came from
            self._error = error
            mark(connection, f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")
        transaction.close()
        mark(connection, f"RELEASE SAVEPOINT {SAVEPOINT}")

    def end(self, failure: BaseException | None) -> None:
        self._error = self._error or failure
        self.is_over = True

    def outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._results[0]

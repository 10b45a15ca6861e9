"""
Workers for events in their order: what one person says is taken one after the other, different people side by side.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Final

LANES: Final = 4
MOST_WAITING: Final = 400
"""Beyond this nothing more is read: the platform keeps what we do not take."""


class Lanes:
    """
    A fixed number of threads; work of one key always goes to the same. Used by one thread.
    """

    def __init__(self, name: str) -> None:
        self._workers = [ThreadPoolExecutor(1, thread_name_prefix=name) for _ in range(LANES)]
        self._pending: set[Future[None]] = set()

    def put(self, key: str, work: Callable[[], None]) -> None:
        """
        Do it after what this key had before; waits while too much is waiting.

        Raises:
            Exception: what earlier work raised.
        """
        if len(self._pending) >= MOST_WAITING:
            wait(self._pending, return_when="FIRST_COMPLETED")
        self.check()
        self._pending.add(self._workers[zlib.crc32(key.encode()) % LANES].submit(work))

    def check(self) -> None:
        """
        Forget what is done.

        Raises:
            Exception: what that work raised; no bug goes unseen in a worker.
        """
        done = {future for future in self._pending if future.done()}
        self._pending -= done
        for future in done:
            future.result()

    def drain(self, seconds: float) -> None:
        """
        Wait until everything is done, at most so long.
        """
        wait(self._pending, timeout=seconds)

    def close(self) -> None:
        """
        Finish what was put and end the threads.
        """
        for worker in self._workers:
            worker.shutdown()

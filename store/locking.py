"""
The lock of a serving process on SQLite: it guards the background loops, not the database.

The command line works beside it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from domain.errors import SettingsError

if sys.platform != "win32":
    import fcntl


class ServeLock:
    """
    One serving process per data directory.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "serve.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """
        Take the lock for the life of this process.

        Raises:
            SettingsError: another process serves this data directory.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w")
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            fault = f"data_dir {self._path.parent}: another liaodan process serves it; stop that one or use PostgreSQL"
            raise SettingsError([fault]) from None
        self._file.write(str(os.getpid()))
        self._file.flush()


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

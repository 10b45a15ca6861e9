"""
Reading much from a platform in one go, as its directory is read: where a rate limit says wait, the reading waits.

Messages never wait here; the outbox does that for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from domain.errors import PlatformError

T = TypeVar("T")
MOST_WAITS: Final = 20
LONGEST_WAIT: Final = 30.0


def patiently(call: Callable[[], T]) -> T:
    """
    What `call` returns, made again while it is told to wait a little. To be used for calls that only read.

    Raises:
        PlatformError: anything else, a longer wait, or being told to wait too often.
    """
    for _ in range(MOST_WAITS):
        try:
            return call()
        except PlatformError as error:
            if error.permanent or error.retry_after is None or error.retry_after > LONGEST_WAIT:
                raise
            time.sleep(error.retry_after)
    return call()

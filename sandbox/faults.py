"""
Scripted trouble: the next N calls of an API fail in a chosen way.

Which answer a vendor gives in that trouble is the platform's business; here is only the script and its bookkeeping.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

KINDS = ("http500", "timeout", "slow", "rate_limit", "token_expired", "drop_after_accept", "invalid_user")
_WAITS = {"timeout": 12.0, "slow": 2.0}


class BadFaultError(ValueError):
    pass


@dataclass
class Fault:
    """
    `api` is a part of "METHOD /path", * for any; `seconds` is how long timeout and slow hold the answer.
    """

    api: str
    kind: str
    times: int
    seconds: float


class FaultScript:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._released = threading.Event()

    def plan(self, request: dict[str, Any]) -> None:
        kind = request.get("kind")
        if kind not in KINDS:
            raise BadFaultError(f"kind 要是其中之一：{'、'.join(KINDS)}")
        seconds = float(request.get("seconds", _WAITS.get(kind, 0.0)))
        with self._lock:
            self._released.clear()
            self._faults.append(Fault(str(request.get("api", "*")), kind, int(request.get("times", 1)), seconds))

    def take(self, method: str, path: str) -> Fault | None:
        """
        The trouble that befalls this call, counted once.
        """
        with self._lock:
            for fault in self._faults:
                if fault.api != "*" and fault.api not in f"{method} {path}":
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None

    def hold(self, fault: Fault) -> None:
        self._released.wait(fault.seconds)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._released.set()

"""
How much work an adapter makes of a callback, beside the least that is safe: `bench callback --platform all`.

`baseline` verifies, decrypts and parses the same request in a loop of a few lines (the `minimal` of each platform's
samples). Measured are a message, a click and an event of the directory, whole as the platform sends them. Both take
turns in one thread, and the figures are medians of its processor time, in which other work of the machine does not
count.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.samples import samples_of
from bot.ports import Adapter, RawRequest, Refused

ROUNDS = 300
WARM_UP = 200
BATCH = 20


def measure(platforms: Sequence[str], *, rounds: int = ROUNDS) -> None:
    """
    Print microseconds and ratio for each platform and kind, and over its kinds.
    """
    for platform in platforms:
        samples = samples_of(platform)
        account: Adapter = samples.account()
        totals: list[tuple[float, float]] = []
        for kind, request in samples.measured.items():
            ours, least = _medians(account, request, samples.minimal, rounds)
            totals.append((ours, least))
            _print(f"{platform}.{kind}", ours, least, rounds * BATCH)
        _print(platform, sum(ours for ours, _ in totals), sum(least for _, least in totals), rounds * BATCH)


def _medians(
    account: Adapter, request: RawRequest, minimal: Callable[[RawRequest], Any], rounds: int
) -> tuple[float, float]:
    """
    Microseconds a request, of the adapter and of the minimal loop, in turns.

    Raises:
        RuntimeError: one of them refuses the request, so there is nothing to compare.
    """
    if isinstance(account.receive(request), Refused) or minimal(request) is None:
        msg = f"bench: a genuine request is refused: {request!r}"
        raise RuntimeError(msg)
    for _ in range(WARM_UP):
        account.receive(request)
        minimal(request)
    ours, least = [], []
    gc.collect()
    for _ in range(rounds):
        ours.append(_time(account.receive, request))
        least.append(_time(minimal, request))
    return statistics.median(ours), statistics.median(least)


def _time(work: Callable[[RawRequest], Any], request: RawRequest) -> float:
    began = time.thread_time()
    for _ in range(BATCH):
        work(request)
    return (time.thread_time() - began) / BATCH * 1e6


def _print(name: str, ours: float, least: float, n: int) -> None:
    line = {"bench": "callback", "metric": f"receive_us.{name}", "value": round(ours, 2), "unit": "us", "n": n}
    sys.stdout.write(json.dumps(line | {"baseline": round(least, 2), "ratio": round(ours / least, 3)}) + "\n")
    sys.stdout.flush()

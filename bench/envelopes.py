"""
Changed callbacks: genuine signed requests with one thing altered, of which none may be accepted and none may raise.

    python -m bench.envelopes --count 1000000 --platform all --processes 2

A changed request that says word for word the same as the genuine one (white space in JSON, an attribute in XML) counts
as `rewritten` and not as accepted. A share of the refused ones also goes through the web server: all answers must be
the same to the byte. Exits with 1 when anything was accepted, raised, or answered differently.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from flask.testing import FlaskClient

from app import build, parts_of
from bench.mutations import is_sendable, mutated
from bench.samples import chosen_platforms, samples_of
from bot.ports import Adapter, RawRequest, Refused
from bot.settings import Settings
from store import migrate
from store.engine import Database
from web.server import create_server

CHUNK = 5_000
FRESH_EVERY = 500
"""So many requests share an adapter and what it remembers of signatures."""
OVER_THE_WEB_EVERY = 50


@dataclass
class Tally:
    """
    How requests ended, the first that raised, and the different answers of the web server.
    """

    ends: Counter[str] = field(default_factory=Counter)
    answers: set[tuple[str, tuple[tuple[str, str], ...], bytes]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """
        Another part of the same run.
        """
        self.ends += other.ends
        self.answers |= other.answers
        self.faults = (self.faults + other.faults)[:5]


def main(argv: Sequence[str] | None = None) -> int:
    """
    Change, receive, count; one JSON object a metric.
    """
    arguments = argparse.ArgumentParser(prog="bench envelopes", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument("--count", type=int, default=1_000_000, help="changed requests, over all platforms")
    arguments.add_argument("--platform", default="all", help="all, or names with commas between")
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("--seed", type=int, default=11)
    chosen = arguments.parse_args(argv)
    platforms = chosen_platforms(chosen.platform)
    share = -(-chosen.count // len(platforms))
    with ProcessPoolExecutor(chosen.processes) as pool:
        return max(
            [_one_platform(pool, name, share, seed=chosen.seed * 1_000_003 + number * 10_007)
             for number, name in enumerate(platforms)]
        )  # fmt: skip


def _one_platform(pool: ProcessPoolExecutor, platform: str, count: int, *, seed: int) -> int:
    chunks = [(platform, min(CHUNK, count - start), seed + start) for start in range(0, count, CHUNK)]
    began, tally = time.perf_counter(), Tally()
    for part in pool.map(changed_requests, *zip(*chunks, strict=True)):
        tally.add(part)
    _print(f"{platform}.accepted", tally.ends["accepted"], "requests", count)
    _print(f"{platform}.raised", tally.ends["raised"], "requests", count)
    _print(f"{platform}.refused", tally.ends["refused"], "requests", count)
    _print(f"{platform}.rewritten", tally.ends["rewritten"], "requests", count)
    _print(f"{platform}.different_answers", len(tally.answers), "answers", tally.ends["over the web"])
    _print(f"{platform}.rate", count / (time.perf_counter() - began), "1/s", count)
    for fault in tally.faults:
        sys.stderr.write(f"bench: {platform}: {fault}\n")
    return int(bool(tally.ends["accepted"] or tally.ends["raised"] or len(tally.answers) > 1))


def changed_requests(platform: str, count: int, seed: int) -> Tally:
    """
    Receive `count` changed requests of a platform; the same seed changes the same things.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    samples, chance, tally = samples_of(platform), random.Random(seed), Tally()
    genuine = [heard.raw for heard in samples.requests.values()]
    account: Adapter = samples.account()
    with tempfile.TemporaryDirectory() as folder:
        web = _Web(Path(folder), account)
        for number in range(count):
            account = account if number % FRESH_EVERY else samples.account()
            request = chance.choice(genuine)
            # first the genuine one: a signature that does not cover the body is good for one body
            account.receive(request)
            changed = mutated(request, chance)
            end = _end(account, request, changed, samples, tally)
            tally.ends[end] += 1
            if end == "refused" and number % OVER_THE_WEB_EVERY == 0 and is_sendable(changed):
                tally.ends["over the web"] += 1
                tally.answers.add(web.answer(account, changed))
    return tally


def _end(account: Adapter, request: RawRequest, changed: RawRequest, samples: Any, tally: Tally) -> str:
    try:
        outcome = account.receive(changed)
    except Exception as fault:  # noqa: BLE001 - that one is raised is what is looked for
        tally.faults.append(f"{fault!r} from {changed!r}"[:2000])
        return "raised"
    if isinstance(outcome, Refused):
        return "refused"
    if changed.part == request.part and samples.said(changed) == samples.said(request):
        return "rewritten"
    tally.faults.append(f"accepted {changed!r}"[:2000])
    return "accepted"


class _Web:
    """
    The product's web server with one account.
    """

    def __init__(self, folder: Path, account: Adapter) -> None:
        url = f"sqlite:///{folder / 'envelopes.db'}"
        database = Database(url)
        migrate.upgrade(database.engine)
        database.close()
        settings = Settings.model_validate({"mode": "demo", "database_url": url, "data_dir": folder})
        self._accounts: dict[tuple[str, str], Adapter] = {}
        self._address = f"/cb/{account.platform}/{account.account}"
        server = create_server(dataclasses.replace(parts_of(build(settings)), adapters=self._accounts))
        self._client: FlaskClient = server.test_client()

    def answer(self, account: Adapter, request: RawRequest) -> tuple[str, tuple[tuple[str, str], ...], bytes]:
        """
        Status, headers and body as the sender sees them.
        """
        self._accounts[account.platform, account.account] = account
        address = f"{self._address}/{request.part}".rstrip("/")
        sent: Mapping[str, Any] = {"method": request.method, "headers": dict(request.headers), "data": request.body}
        answer = self._client.open(address, query_string=dict(request.query), **sent)
        return answer.status, tuple(answer.headers), answer.data


def _print(metric: str, value: float, unit: str, n: int) -> None:
    line = {"bench": "envelopes", "metric": metric, "value": round(value, 1), "unit": unit, "n": n}
    sys.stdout.write(json.dumps(line | {"baseline": None, "ratio": None}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

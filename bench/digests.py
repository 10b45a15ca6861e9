"""
Digests to everybody at once, in virtual time: how much of a platform's permitted rate is used, and that none is lost.

    python -m bench.digests --count 50000 --runs feishu,wecom,dingtalk:200000,dingtalk:5000

The outbox, the delivery and the adapters are the product's; the platform is played by `digests_vendors.py`, which
refuses what exceeds its limits, and the clock moves only when a round was held back by a limit. A number behind
DingTalk is the month's quota of calls. A message counts as a silent drop when the platform does not have it although
the outbox says so, or when it neither was sent nor stands in the outbox with an alarm raised. Exits with 1 when there
is one, or when less than 95 % of the rate was used where no quota ends it.
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from bench.digests_vendors import ACCOUNT, VENDORS, Vendor
from bot.clock import Clock
from bot.delivery import Delivery
from cards.actions import ActionSeal
from cards.model import to_json
from store import alarms, migrate, outbox
from store.engine import Database
from store.models import OutboxMessage
from store.shared_state import DatabaseSharedState

MORNING = datetime(2026, 11, 24, 0, 45, tzinfo=UTC)
WITHIN = timedelta(hours=1)
"""What is put off for longer waits for an administrator, not for the next free moment."""
LEAST_SHARE = 0.95
BATCH = 1_000


class VirtualClock(Clock):
    """
    A clock that the benchmark moves.
    """

    def __init__(self) -> None:
        super().__init__()
        self._instant = MORNING

    def now(self) -> datetime:
        """
        The virtual instant.
        """
        return self._instant

    def set(self, instant: datetime) -> None:
        """
        Go there.
        """
        self._instant = instant


@dataclass(frozen=True)
class Outcome:
    """
    How the digests of a run ended: rows by state, alarms in words, and what the delivery waits for.
    """

    states: Counter[str]
    alarms: tuple[str, ...]

    def silent_drops(self, count: int, vendor: Vendor) -> int:
        """
        Messages that nobody got and nobody hears of.
        """
        unsent = count - self.states["sent"]
        return abs(self.states["sent"] - len(vendor.shown)) + (unsent if not self.alarms else 0)


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run each platform, print the metrics.
    """
    arguments = argparse.ArgumentParser(prog="bench digests", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument("--count", type=int, default=50_000, help="digests a run")
    arguments.add_argument("--runs", default="feishu,wecom,dingtalk:200000,dingtalk:5000")
    chosen = arguments.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return max(_run(name, chosen.count) for name in chosen.runs.split(","))


def _run(name: str, count: int) -> int:
    platform, _, quota = name.partition(":")
    clock = VirtualClock()
    vendor = VENDORS[platform](clock.now, quota=int(quota or 0))
    with tempfile.TemporaryDirectory() as folder:
        outcome = _deliver(Path(folder), vendor, clock, count)
    rate, drops = vendor.rate(), outcome.silent_drops(count, vendor)
    _print(f"{name}.sent", outcome.states["sent"], "messages", count)
    _print(f"{name}.waiting", outcome.states["pending"], "messages", count)
    _print(f"{name}.ended", count - outcome.states["sent"] - outcome.states["pending"], "messages", count)
    _print(f"{name}.silent_drops", drops, "messages", count)
    _print(f"{name}.alarms", len(outcome.alarms), "alarms", count)
    _print(f"{name}.refused_by_platform", vendor.refused, "calls", vendor.calls)
    if rate is not None:
        _print(f"{name}.rate_per_s", rate, "1/s", len(vendor.shown), baseline=vendor.permitted)
    for alarm in outcome.alarms:
        sys.stderr.write(f"bench: {name}: alarm: {alarm}\n")
    is_complete = outcome.states["sent"] == count
    is_slow = is_complete and rate is not None and rate < LEAST_SHARE * vendor.permitted
    return int(bool(drops) or is_slow or not (is_complete or outcome.alarms))


def _deliver(folder: Path, vendor: Vendor, clock: VirtualClock, count: int) -> Outcome:
    database = Database(f"sqlite:///{folder / 'digests.db'}")
    migrate.upgrade(database.engine)
    shared = DatabaseSharedState(database, Fernet.generate_key())
    adapter = vendor.adapter(shared, ActionSeal(b"digests").seal)
    delivery = Delivery(database, {(adapter.platform, ACCOUNT): adapter}, clock)
    database.start_checkpointer()
    try:
        _enqueue(database, adapter.platform, count)
        while _goes_on(database, delivery, clock, vendor):
            pass
        return _outcome(database)
    finally:
        delivery.stop()
        database.close()


def _goes_on(database: Database, delivery: Delivery, clock: VirtualClock, vendor: Vendor) -> bool:
    """
    One round; then time passes when a limit held something back or nothing was due. False when nothing is due soon.
    """
    outcomes = delivery.run_once(clock.now())
    if outcomes and all(outcomes):
        return True
    if outcomes:
        clock.set(clock.now() + vendor.pause)
        return True
    with database.read() as tx:
        due = outbox.next_due(tx)
    if due is None or due - clock.now() > WITHIN / 2:
        return False
    clock.set(max(due, clock.now()))
    return True


def _enqueue(database: Database, platform: str, count: int) -> None:
    """
    The morning card to so many people, all due now.
    """
    every_card = importlib.import_module("tests.cards.every_card").EVERY_CARD
    card = to_json(every_card["digest.morning"])
    for start in range(0, count, BATCH):
        with database.write() as tx:
            for number in range(start, min(start + BATCH, count)):
                draft = outbox.Draft(
                    key=f"digest:{number}",
                    platform=platform,
                    account=ACCOUNT,
                    recipient_kind="person",
                    recipient_id=f"u{number}",
                    member_id=None,
                    card=card,
                    text="早报",
                    due_at=MORNING,
                )
                outbox.enqueue(tx, draft, MORNING)


def _outcome(database: Database) -> Outcome:
    with database.read() as tx:
        states = select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)
        counted = Counter({state: number for state, number in tx.session.execute(states)})  # noqa: C416 - rows are no pairs to mypy
        return Outcome(counted, tuple(alarm.message for alarm in alarms.open_alarms(tx)))


def _print(metric: str, value: float, unit: str, n: int, baseline: float | None = None) -> None:
    line = {"bench": "digests", "metric": metric, "value": round(value, 3), "unit": unit, "n": n}
    ratio = round(value / baseline, 4) if baseline else None
    shown = round(baseline, 3) if baseline else None
    sys.stdout.write(json.dumps(line | {"baseline": shown, "ratio": ratio}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""
Running the jobs: APScheduler is only the clock, each due slot is a row claimed by whichever process is first.

In demo mode `advance` walks the clock through every slot on the way, as if the days had passed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.jobs import Batch, Held, JobSpec
from bot.units import Units
from domain.access import Actor
from store import audit, jobs

log = structlog.get_logger()

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
ALL_SLOTS_LIMIT = 50
MAX_BATCHES = 10_000
SEAL_SECONDS = 5
POLL_SECONDS = 5


@dataclass(frozen=True)
class Ran:
    """
    A slot that ran, and how it ended.
    """

    job: str
    slot: datetime
    state: str
    result: str


class Runner:
    """
    Runs due slots.

    `poll` does what jobs and events asked for that must not happen in a transaction; it looks every few seconds, and
    once at the end of a jump of the demo clock. `drain` sends what was written; it is used while that clock is moved.
    """

    def __init__(
        self,
        units: Units,
        specs: Sequence[JobSpec],
        *,
        drain: Callable[[], object],
        poll: Callable[[], object] = lambda: None,
    ) -> None:
        self._units = units
        self._specs = {spec.name: spec for spec in specs}
        self._drain = drain
        self._poll = poll
        self._scheduler: BackgroundScheduler | None = None
        self._turn = threading.RLock()
        self._started_at = units.clock.now()

    def start(self) -> None:
        """
        Run what was missed, then every slot as it comes, until `stop`.
        """
        scheduler = BackgroundScheduler(timezone=SHANGHAI)
        scheduler.add_job(self.tick, IntervalTrigger(seconds=20), name="tick", max_instances=1, coalesce=True)
        scheduler.add_job(self.seal, IntervalTrigger(seconds=SEAL_SECONDS), name="seal", max_instances=1, coalesce=True)
        every = IntervalTrigger(seconds=POLL_SECONDS)
        scheduler.add_job(self._poll, every, name="poll", max_instances=1, coalesce=True)
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """
        Finish running jobs and end.
        """
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)

    def seal(self) -> None:
        """
        Chain the audit rows written since the last time.
        """
        with self._units.database.write() as tx:
            audit.seal(tx)

    def tick(self) -> list[Ran]:
        """
        Run every slot that is due now and was not run, by each job's catch-up rule.
        """
        with self._turn:
            now = self._units.clock.now()
            return [
                ran for spec in self._specs.values() for slot in self._due(spec, now) if (ran := self._run(spec, slot))
            ]

    def run_now(self, name: str, *, confirmed: bool = False) -> Ran:
        """
        Run a job at once, outside its schedule; `confirmed` lets a held sweep pass.

        Raises:
            KeyError: no such job.
        """
        spec = self._specs[name]
        with self._turn:
            return self._attempt(spec, self._units.clock.now(), confirmed=confirmed)

    def names(self) -> list[str]:
        """
        The jobs, in order.
        """
        return list(self._specs)

    def undisturbed(self) -> AbstractContextManager[object]:
        """
        While this is open no job runs and no clock jump is under way.
        """
        return self._turn

    def advance(self, target: datetime) -> list[Ran]:
        """
        Move the clock to `target` step by step.

        At each due slot on the way the clock stands at the slot, the job runs, and what it wrote is sent. A platform's
        directory is read once, at the end: nobody changes it while the clock is moving.
        """
        ran: list[Ran] = []
        with self._turn:
            for moment in self._moments(target):
                self._units.clock.set(moment)
                ran += self.tick()
                self._drain()
            self._units.clock.set(target)
            self._poll()
            ran += self.tick()
        self._drain()
        return ran

    def _moments(self, target: datetime) -> Iterator[datetime]:
        """
        The instants until `target` at which something is due, worked out again after each.
        """
        now = self._units.clock.now()
        while True:
            upcoming = [moment for spec in self._specs.values() if (moment := self._next(spec, now)) is not None]
            moment = min(upcoming, default=None)
            if moment is None or moment > target:
                return
            yield moment
            now = max(moment, now)

    def _next(self, spec: JobSpec, now: datetime) -> datetime | None:
        if spec.next_due is None:
            return _next_slot(spec, now)
        with self._units.database.read() as tx:
            due = spec.next_due(tx, now)
        return None if due is None else max(_whole_minute_after(due), _whole_minute(now) + MINUTE)

    def _due(self, spec: JobSpec, now: datetime) -> list[datetime]:
        with self._units.database.read() as tx:
            if spec.next_due is not None:
                due = spec.next_due(tx, now)
                return [_whole_minute(now)] if due is not None and due <= now else []
            last = jobs.last_slot(tx, spec.name)
        slots = list(_slots_between(spec, last or self._started_at, now))
        match spec.catch_up:
            case "all":
                return slots[-ALL_SLOTS_LIMIT:]
            case "latest":
                return slots[-1:]
            case "none":
                return [slot for slot in slots[-1:] if now - slot < 2 * MINUTE]

    def _run(self, spec: JobSpec, slot: datetime) -> Ran | None:
        now = self._units.clock.now()
        with self._units.database.write() as tx:
            run_id = jobs.claim_slot(tx, spec.name, slot, now)
        if run_id is None:
            return None
        ran = self._attempt(spec, slot, confirmed=False)
        with self._units.database.write() as tx:
            jobs.finish_slot(tx, run_id, ran.state, ran.result, self._units.clock.now())
            if ran.state != "done":
                self._units.alarm(tx, "job", f"{spec.name}:{slot.isoformat()}", f"{spec.name}: {ran.result}", now)
        return ran

    def _attempt(self, spec: JobSpec, slot: datetime, *, confirmed: bool) -> Ran:
        try:
            state, result = self._batches(spec, slot, confirmed=confirmed)
        except Exception as bug:  # boundary: one broken job must not stop the others
            log.exception("job.failed", job=spec.name)
            state, result = "failed", repr(bug)
        log.info("job.ran", job=spec.name, state=state, result=result)
        return Ran(spec.name, slot, state, result)

    def _batches(self, spec: JobSpec, slot: datetime, *, confirmed: bool) -> tuple[str, str]:
        done = 0
        actor = Actor.system(f"job {spec.name}")
        for number in range(MAX_BATCHES):
            cause = f"job:{spec.name}:{slot.isoformat()}:{number}"
            with self._units.write(actor, cause=cause) as ctx:
                ctx.is_confirmed = confirmed
                outcome = spec.run(ctx, slot)
            match outcome:
                case Held(count=count, limit=limit):
                    return "held", f"would touch {count}, more than {limit}; run it with --confirm"
                case Batch(done=n, more=more):
                    done += n
                    if not more:
                        break
        return "done", str(done)


def _slots_between(spec: JobSpec, after: datetime, until: datetime) -> Iterator[datetime]:
    slot = _next_slot(spec, after)
    while slot is not None and slot <= until:
        yield slot
        slot = _next_slot(spec, slot)


def _next_slot(spec: JobSpec, after: datetime) -> datetime | None:
    trigger = CronTrigger.from_crontab(spec.cron, timezone=SHANGHAI)
    following: datetime | None = trigger.get_next_fire_time(None, after + timedelta(seconds=1))
    return following.astimezone(after.tzinfo) if following is not None else None


def slot_before_last(spec: JobSpec, now: datetime) -> datetime | None:
    """
    The last slot but one of a job that runs at least once a day; None for sweeps, which run only when a row is due.
    """
    if spec.next_due is not None:
        return None
    slots = list(_slots_between(spec, now - timedelta(days=3), now))
    return slots[-2] if len(slots) > 1 else None


def _whole_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _whole_minute_after(instant: datetime) -> datetime:
    whole = _whole_minute(instant)
    return whole if whole == instant else whole + MINUTE

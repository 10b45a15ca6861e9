"""
`schedule …` and `outbox …`: looking after what runs by itself.
"""

from __future__ import annotations

import argparse

from bot import logs
from commands.errors import CommandError
from commands.opening import OPERATOR, settings_of, units
from scheduler.jobs import JOBS
from scheduler.runner import Runner
from store import jobs, outbox

UNSENT = ("pending", "leased", "uncertain", "dead")


def list_jobs(options: argparse.Namespace) -> int:
    """
    The jobs with their schedule, and how they ended last.
    """
    with units(settings_of(options)) as work, work.database.read() as tx:
        newest = {run.job: run for run in reversed(jobs.recent_runs(tx, 1000))}
        for spec in JOBS:
            last = newest.get(spec.name)
            ended = f"{last.slot.isoformat()} {last.state} {last.result}" if last else "never ran"
            print(f"{spec.name}\t{spec.cron}\t{ended}")
    return 0


def run_job(options: argparse.Namespace) -> int:
    """
    Run a job now, beside the server; what it writes is delivered by the server.
    """
    if options.name not in {spec.name for spec in JOBS}:
        raise CommandError(f"job {options.name!r}: there is none of this name", "see 'liaodan schedule list'")
    logs.configure()
    with units(settings_of(options)) as work:
        ran = Runner(work, JOBS, drain=lambda: None).run_now(options.name, confirmed=options.confirm)
    if ran.state != "done":
        raise CommandError(f"job {ran.job}: {ran.state}, {ran.result}", "see the log above")
    print(f"{ran.job}: {ran.result}")
    return 0


def list_outbox(options: argparse.Namespace) -> int:
    """
    What is not sent, newest first: no content, that is between the sender and the receiver.
    """
    with units(settings_of(options)) as work, work.database.read() as tx:
        for row in outbox.listing(tx, states=UNSENT):
            due = row.next_at.isoformat(timespec="seconds")
            place = f"{row.platform}/{row.account}/{row.recipient_kind}:{row.recipient_id}"
            print(f"{row.id}\t{row.state}\t{place}\t{due}\tattempts {row.attempts}\t{row.error or ''}")
    return 0


def retry_message(options: argparse.Namespace) -> int:
    """
    Put a given-up message back into the queue; the server sends it.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        if not outbox.revive(ctx.tx, OPERATOR, options.id, ctx.now):
            raise CommandError(f"message {options.id}: it is neither dead nor uncertain", "see 'liaodan outbox list'")
    print(f"message {options.id} will be tried again")
    return 0


def drop_message(options: argparse.Namespace) -> int:
    """
    Give a message up for good.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        if not outbox.give_up(ctx.tx, OPERATOR, options.id, ctx.now):
            raise CommandError(f"message {options.id}: it is not waiting", "see 'liaodan outbox list'")
    print(f"message {options.id} will not be sent")
    return 0

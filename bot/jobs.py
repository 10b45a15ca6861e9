"""
What a job is: the shape jobs are declared in.

Which jobs there are is in `scheduler/jobs.py`, running them in `scheduler/runner.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.context import Context
from store.transaction import Transaction

CatchUp = Literal["all", "latest", "none"]


@dataclass(frozen=True)
class Batch:
    """
    One batch of a job is done: how many things it did, and whether there is more to do at once.
    """

    done: int
    more: bool = False


@dataclass(frozen=True)
class Held:
    """
    The job would touch more than is plausible; a person has to confirm it.
    """

    count: int
    limit: int


@dataclass(frozen=True)
class JobSpec:
    """
    A job.

    `cron` is five fields in Asia/Shanghai. `catch_up` says what happens with slots missed during downtime. `next_due`,
    when given, makes the job a sweep over due rows: it runs only when a row is due, at most once a minute.
    """

    name: str
    cron: str
    run: Callable[[Context, datetime], Batch | Held]
    catch_up: CatchUp
    next_due: Callable[[Transaction, datetime], datetime | None] | None = None

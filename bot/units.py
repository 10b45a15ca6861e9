"""
Units of work outside chat: the same context for the API, jobs and the command line as for a callback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bot.calendar import work_calendar
from bot.clock import Clock
from bot.context import Context
from bot.post import Account, Post
from domain.access import Actor
from domain.member import MemberFacts
from domain.worktime import local_date
from store import alarms, members, settings
from store.engine import Database
from store.transaction import Transaction

AfterHook = Callable[[Context], None]


class Units:
    """
    Opens transactions with a context. `after` runs the rules over what a use case recorded, inside the transaction.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        accounts: Sequence[Account],
        *,
        public_url: str,
        after_hook: AfterHook | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self._accounts = accounts
        self._public_url = public_url
        self._after_hook = after_hook
        self._policy = settings.SHIPPED

    @contextmanager
    def write(self, actor: Actor, *, cause: str, now: datetime | None = None) -> Iterator[Context]:
        """
        A unit that may change rows. `cause` makes the messages it writes idempotent (`job:pool_release:2026-…`).
        """
        now = now or self.clock.now()
        with self.database.write() as tx:
            self.prepare(tx)
            ctx = self.context(tx, actor, Post(tx, self._accounts, now, cause=cause), now, member=_member(tx, actor))
            yield ctx
            self.after(ctx)

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Context]:
        """
        A unit that only reads.
        """
        now = self.clock.now()
        with self.database.read() as tx:
            self.prepare(tx)
            yield self.context(tx, actor, Post(tx, (), now, cause="read"), now, member=_member(tx, actor))

    def prepare(self, tx: Transaction) -> None:
        """
        Put the business policy in force into the transaction.
        """
        self._policy = settings.business_policy(tx, self._policy)
        tx.policy = self._policy.policy

    def context(
        self, tx: Transaction, actor: Actor, post: Post, now: datetime, *, member: MemberFacts | None
    ) -> Context:
        """
        A context over an open transaction.
        """
        return Context(
            tx=tx,
            now=now,
            actor=actor,
            member=member,
            calendar=work_calendar(local_date(now)),
            post=post,
            public_url=self._public_url,
        )

    def after(self, ctx: Context) -> None:
        """
        Let the rules act on what happened.
        """
        if self._after_hook is not None and ctx.events:
            self._after_hook(ctx)

    def alarm(self, tx: Transaction, source: str, source_id: str, message: str, now: datetime) -> None:
        """
        Raise an alarm for the administrators.
        """
        alarms.raise_alarm(tx, source, source_id, message, now)


def _member(tx: Transaction, actor: Actor) -> MemberFacts | None:
    return members.get_member(tx, actor.member_id) if actor.member_id is not None else None

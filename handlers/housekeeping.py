"""
Tidying: events that got stuck, answers of old events, drafts and dialogues nobody came back to.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.context import Context
from bot.jobs import Batch
from store import alarms, attachments, dialogues, guesses, inbox, login_links, media, outbox, registrations, sessions
from store.transaction import Transaction

STUCK_AFTER = timedelta(minutes=10)


def give_up_stuck_events(ctx: Context, _slot: datetime) -> Batch:
    """
    Events that failed and that the platform did not deliver again: an administrator has to know.
    """
    ids = inbox.give_up(ctx.tx, ctx.now - STUCK_AFTER)
    for inbox_id in ids:
        alarms.raise_alarm(ctx.tx, "inbox", str(inbox_id), "an event failed and was not delivered again", ctx.now)
    return Batch(len(ids))


def next_stuck_event(tx: Transaction, _now: datetime) -> datetime | None:
    """
    When the oldest failed event counts as stuck.
    """
    oldest = inbox.stuck_since(tx)
    return oldest + STUCK_AFTER if oldest is not None else None


def purge(ctx: Context, _slot: datetime) -> Batch:
    """
    Forget what its time limit says to forget.
    """
    dialogues.purge(ctx.tx, ctx.now)
    registrations.purge_drafts(ctx.tx, ctx.now)
    attachments.purge(ctx.tx, ctx.now)
    sessions.purge(ctx.tx, ctx.now)
    guesses.purge(ctx.tx, ctx.now)
    login_links.purge(ctx.tx, ctx.now)
    done = inbox.purge(ctx.tx, ctx.now) + outbox.purge(ctx.tx, ctx.now)
    media.purge(ctx.tx, ctx.now)
    return Batch(done)

"""
Trouble with a whole platform account is told to the administrators: once, by chat, in words.

What an alarm is raised for is decided where it happens; single messages and events are read in `liaodan outbox`.
"""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.jobs import Batch
from cards import alarms as cards
from handlers import handover
from store import alarms
from store.transaction import Transaction

SOURCES = ("account", "connection", "outage")


def tell(ctx: Context, _slot: datetime) -> Batch:
    """
    Write to every administrator about each alarm that nobody was told of.
    """
    waiting = alarms.untold(ctx.tx, SOURCES)
    administrators = handover.administrators(ctx)
    for alarm in waiting:
        card = cards.account_trouble(alarm.source, alarm.source_id, alarm.message, alarm.raised_at)
        told = 0
        for administrator in administrators:
            told += ctx.post.to_member(administrator.id, card, key=alarms.told_key(alarm.id, told))
    return Batch(len(waiting))


def next_untold(tx: Transaction, _now: datetime) -> datetime | None:
    """
    When there is somebody to tell: at once, as long as there is an alarm nobody knows.
    """
    waiting = alarms.untold(tx, SOURCES)
    return waiting[0].raised_at if waiting else None

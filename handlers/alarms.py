"""
Trouble with a whole platform account is told to the administrators: once, by chat, in words.

What an alarm is raised for is decided where it happens. Single messages and events that were given up are counted for
some minutes and told together; what they were is read in `liaodan outbox`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.context import Context
from bot.jobs import Batch
from cards import alarms as cards
from handlers import handover
from store import alarms, meta
from store.transaction import Transaction

GATHER: Final = timedelta(minutes=10)
TOLD_LOST: Final = "told_lost"
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


def tell_lost(ctx: Context, _slot: datetime) -> Batch:
    """
    Write to every administrator how many messages and events were given up since the last time.
    """
    lost = alarms.lost_after(ctx.tx, _told_lost(ctx.tx))
    if lost is None:
        return Batch(0)
    card = cards.lost(lost.dead, lost.uncertain, lost.events, lost.reason)
    for number, administrator in enumerate(handover.administrators(ctx)):
        ctx.post.to_member(administrator.id, card, key=alarms.told_key(lost.up_to, number))
    meta.put(ctx.tx, TOLD_LOST, str(lost.up_to))
    return Batch(1)


def next_lost(tx: Transaction, _now: datetime) -> datetime | None:
    """
    When the first that nobody knows of has waited long enough for others like it.
    """
    lost = alarms.lost_after(tx, _told_lost(tx))
    return lost.since + GATHER if lost else None


def _told_lost(tx: Transaction) -> int:
    return int(meta.get(tx, TOLD_LOST) or 0)

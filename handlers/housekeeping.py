"""
Nightly tidying: answers of old events, drafts and dialogues nobody came back to.
"""

from __future__ import annotations

from datetime import datetime

from bot.context import Context
from bot.jobs import Batch
from store import dialogues, inbox, outbox, registrations


def purge(ctx: Context, _slot: datetime) -> Batch:
    """
    Forget what its time limit says to forget.
    """
    dialogues.purge(ctx.tx, ctx.now)
    registrations.purge_drafts(ctx.tx, ctx.now)
    return Batch(inbox.purge(ctx.tx, ctx.now) + outbox.purge(ctx.tx, ctx.now))

"""
Cards die on their platform: who still has to decide gets theirs again before.

After some days a platform lets nobody press or change a card any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.context import Context
from bot.jobs import Batch
from handlers import approval
from store import approvals, outbox
from store.approvals import ApprovalRecord

FRESH: Final = timedelta(days=13)
"""A day less than the shortest life of a card on any platform."""


def send_again(ctx: Context, _slot: datetime) -> Batch:
    """
    Send each undecided request to those of its approvers whose newest copy is about to die.
    """
    sent = 0
    for record in approvals.waiting_since(ctx.tx, ctx.now - FRESH):
        step, provided = record.value.open_step, _have_fresh_cards(ctx, record)
        for member_id in step.approver_ids if step else ():
            if member_id not in provided:
                approval.send_copy(ctx, record, member_id)
                sent += 1
    return Batch(sent)


def _have_fresh_cards(ctx: Context, record: ApprovalRecord) -> set[int | None]:
    where = approval.about(record.id)
    copies = outbox.copies(ctx.tx, where.subject, where.purpose)
    return {copy.member_id for copy in copies if copy.created_at > ctx.now - FRESH}

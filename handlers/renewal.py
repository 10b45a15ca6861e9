"""
Cards die on their platform: who still has to decide gets theirs again before.

On Feishu nothing can be pressed or changed any more after 14 days.
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
        step = record.value.open_step
        for member_id in step.approver_ids if step else ():
            if not _has_fresh_card(ctx, record, member_id):
                approval.send_copy(ctx, record, member_id)
                sent += 1
    return Batch(sent)


def _has_fresh_card(ctx: Context, record: ApprovalRecord, member_id: int) -> bool:
    where = approval.about(record.id)
    copies = outbox.copies(ctx.tx, where.subject, where.purpose)
    return any(copy.member_id == member_id and copy.created_at > ctx.now - FRESH for copy in copies)

"""
The buttons of a registration's cards by text: 提交 42, 修改 42 电话 …, 合并 42 客户名称, 取消 42.

The number is the draft's own; the text of its cards says it. Each is the click on the card it stands for.
"""

from __future__ import annotations

from dataclasses import replace

from bot.context import Context
from bot.events import MessageReceived
from bot.reply import Reply
from bot.router import Command
from bot.typed import numbered, pressed, spoken
from cards import registration as cards
from cards.actions import (
    ApplyMerge,
    CancelRegistration,
    EditRegistration,
    OpenMerge,
    SubmitForReview,
    SubmitRegistration,
)
from domain.errors import UserError
from handlers import registration_chat, registration_merge
from handlers.finding import one_customer
from store import registrations

SUBMIT_EXAMPLE = "提交 3"
REVIEW_EXAMPLE = "继续提交 3"
EDIT_EXAMPLE = "修改 3 电话 13800001111"
MERGE_EXAMPLE = "合并 3 杭州云途科技有限公司"
CANCEL_EXAMPLE = "取消 3"


def on_submit(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    提交 42
    """
    draft_id, _ = _draft(ctx, argument, SUBMIT_EXAMPLE)
    return spoken(registration_chat.on_submit(ctx, pressed(event), SubmitRegistration(draft_id)))


def on_review(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    继续提交 42
    """
    draft_id, _ = _draft(ctx, argument, REVIEW_EXAMPLE)
    return spoken(registration_chat.on_review(ctx, pressed(event), SubmitForReview(draft_id)))


def on_edit(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    修改 42 电话 13800001111; 修改 42: which field is asked for.
    """
    draft_id, said = _draft(ctx, argument, EDIT_EXAMPLE)
    asked = registration_chat.on_edit(ctx, pressed(event), EditRegistration(draft_id, ""))
    return registration_chat.on_answer(ctx, replace(event, text=said)) if said else asked


def on_merge(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    合并 42 杭州云途科技有限公司: what differs; with 只补空白 or 全部用新填 behind it: merged.
    """
    draft_id, said = _draft(ctx, argument, MERGE_EXAMPLE)
    take = next((take for word, take in cards.TAKES.items() if said.endswith(word)), None)
    name = next((said.removesuffix(word) for word in cards.TAKES if said.endswith(word)), said)
    customer = one_customer(ctx, name, example=MERGE_EXAMPLE)
    if take is None:
        return spoken(registration_merge.on_open_merge(ctx, pressed(event), OpenMerge(draft_id, customer.id)))
    return spoken(registration_merge.on_apply_merge(ctx, pressed(event), ApplyMerge(draft_id, customer.id, take)))


def on_cancel(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    取消 42
    """
    draft_id, _ = _draft(ctx, argument, CANCEL_EXAMPLE)
    return spoken(registration_chat.on_cancel(ctx, pressed(event), CancelRegistration(draft_id)))


def _draft(ctx: Context, argument: str, example: str) -> tuple[int, str]:
    """
    The acting member's draft that an argument names, and the text behind it.
    """
    draft_id, text = numbered(argument, example=example)
    if registrations.draft(ctx.tx, ctx.member_id, draft_id) is None:
        raise UserError("draft_not_found", number=draft_id)
    return draft_id, text


ROUTES = (
    Command("submit_draft", on_submit, usage=SUBMIT_EXAMPLE, on_card=True),
    Command("review_draft", on_review, usage=REVIEW_EXAMPLE, on_card=True),
    Command("edit_draft", on_edit, usage=EDIT_EXAMPLE, on_card=True),
    Command("merge_draft", on_merge, usage=MERGE_EXAMPLE, on_card=True),
    Command("cancel", on_cancel, usage=CANCEL_EXAMPLE, on_card=True),
)

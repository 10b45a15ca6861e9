"""
Deciding approvals by text: 同意 9, 驳回 9 资料不全, 转交 9 周总. Each is the click on the card it stands for.

The number is the approval's own; the card's text and 待审批 say it. Whom an approval is none of business of, learns no
more of it than of a number that was never given.
"""

from __future__ import annotations

from bot.context import Context
from bot.events import MessageReceived
from bot.reply import Reply, say
from bot.router import Command
from bot.typed import numbered, pressed, spoken
from cards import approval as cards
from cards import destination
from cards.actions import Approve, Delegate, Reject
from cards.model import Form, Option, Select
from domain.errors import UserError
from handlers import approval, approval_decision
from store import approvals, members

APPROVE_EXAMPLE = "同意 3"
REJECT_EXAMPLE = "驳回 3 资料不全"
DELEGATE_EXAMPLE = "转交 3 周总"


def on_approve(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    同意 9, 同意 9 区域公海; without a number: what waits.
    """
    if not argument:
        return _waiting(ctx)
    approval_id, said = _mine(ctx, argument, APPROVE_EXAMPLE)
    click = pressed(event, destination=_destination(ctx, approval_id, said) if said else "")
    return spoken(approval_decision.on_approve(ctx, click, Approve(approval_id)))


def on_reject(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    驳回 9 资料不全; without a reason it is asked for.
    """
    if not argument:
        return _waiting(ctx)
    approval_id, reason = _mine(ctx, argument, REJECT_EXAMPLE)
    return spoken(approval_decision.on_reject(ctx, pressed(event, reason=reason), Reject(approval_id)))


def on_delegate(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    转交 9 周总; without a name the colleagues are listed.
    """
    if not argument:
        return _waiting(ctx)
    approval_id, name = _mine(ctx, argument, DELEGATE_EXAMPLE)
    click = pressed(event, colleague=_colleague(ctx, name)) if name else pressed(event)
    return spoken(approval_decision.on_delegate(ctx, click, Delegate(approval_id)))


def _mine(ctx: Context, argument: str, example: str) -> tuple[int, str]:
    """
    The approval an argument names, where the acting member is or was one of its approvers, and the text behind it.
    """
    approval_id, text = numbered(argument, example=example)
    record = approvals.lock(ctx.tx, approval_id)
    steps = record.value.steps if record is not None else ()
    if not any(ctx.member_id in {*step.approver_ids, *step.delegated_by} for step in steps):
        raise UserError("approval_not_found", number=approval_id)
    return approval_id, text


def _destination(ctx: Context, approval_id: int, said: str) -> str:
    """
    The destination of the card's choice that a text names.
    """
    options = _destinations(ctx, approval_id)
    named = [option for option in options if said == option.label] or [o for o in options if said in o.label]
    if len(named) != 1:
        choices = "、".join(option.label for option in options) or destination.no_choice()
        raise UserError("destination_unknown", said=said[:20], choices=choices)
    return named[0].value


def _destinations(ctx: Context, approval_id: int) -> tuple[Option, ...]:
    card = approval.card_of(ctx, approval_id)
    forms = [element for element in card.elements if isinstance(element, Form)] if card else []
    choices = [entry for form in forms for entry in form.inputs if isinstance(entry, Select)]
    return next((choice.options for choice in choices if choice.name == "destination"), ())


def _colleague(ctx: Context, name: str) -> str:
    found = members.find_members(ctx.tx, name)
    if len(found) != 1:
        raise UserError("member_not_found", name=name[:20])
    return str(found[0].id)


def _waiting(ctx: Context) -> Reply:
    return say(cards.waiting_list(approval_decision.waiting_entries(ctx), is_sent_again=False))


ROUTES = (
    Command("approve", on_approve, usage=APPROVE_EXAMPLE, on_card=True, decides=True),
    Command("reject", on_reject, usage=REJECT_EXAMPLE, on_card=True, decides=True),
    Command("delegate", on_delegate, usage=DELEGATE_EXAMPLE, on_card=True, decides=True),
)

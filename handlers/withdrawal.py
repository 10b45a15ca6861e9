"""
撤回: who asked for something takes the request back while nobody has decided it.

What the approvers have turns to 已撤回; copies for reading are taken back where the platform still can.
"""

from __future__ import annotations

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.reply import Reply, say, toast
from bot.router import Click, Command
from bot.typed import numbered, pressed, spoken
from cards import approval as approval_cards
from cards import registration_result as results
from cards import withdrawal as cards
from cards.actions import WithdrawRequest
from cards.approval import WaitingApproval
from cards.model import Card
from domain.access import Actor
from domain.approval import AlreadyDecided, ApprovalKind, Cancelled, NotEntitled, cancel
from domain.errors import UserError
from handlers import approval, approval_decision, registration_outcome
from store import approvals, customer_changes, customers, registrations
from store.approvals import ApprovalRecord

EXAMPLE = "撤回 #3"
REASON = "withdrawn"
SYSTEM = Actor.system("a withdrawn request")


def withdraw(ctx: Context, record: ApprovalRecord, *, reason: str) -> Cancelled | AlreadyDecided | NotEntitled | None:
    """
    Take a request back in its requester's name; what it was about is as if it had never been asked for.

    None when somebody decides it at this moment.
    """
    made = cancel(record.value, record.value.requester_id)
    if not isinstance(made, Cancelled):
        return made
    if not approval.save(ctx, record, made.approval):
        return None
    if record.value.kind is ApprovalKind.REGISTRATION:
        _drop_registration(ctx, record.object_id, reason)
    card = approval.card_of(ctx, record.id)
    if card is not None:
        face = approval_cards.withdrawn(card.title, card.subtitle or "")
        ctx.post.change_face(approval.about(record.id), face)
        ctx.post.take_back(approval.copies(record.id), face)
    return made


def _drop_registration(ctx: Context, registration_id: int, reason: str) -> None:
    registration = registrations.get(ctx.tx, SYSTEM, registration_id)
    if registration is not None:
        customers.lock(ctx.tx, SYSTEM, registration.customer_id)
        customer_changes.reject(ctx.tx, ctx.actor, registration.customer_id, ctx.now, reason=reason)
        registrations.finish(ctx.tx, ctx.actor, registration.id, "cancelled", reason=reason, now=ctx.now)
        name = str(registration.form["name"])
        ctx.post.change_face(registration_outcome.about(registration.id), results.withdrawn(name))
        ctx.record("registration.withdrawn", "registration", registration.id)


def on_withdraw(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    撤回: what I asked for and nobody decided. 撤回 #3
    """
    if not argument:
        return say(_own(ctx))
    number, _ = numbered(argument, example=EXAMPLE)
    return spoken(on_withdraw_clicked(ctx, pressed(event), WithdrawRequest(number)))


def on_withdraw_clicked(ctx: Context, _event: ActionClicked, action: WithdrawRequest) -> Reply:
    """
    撤回 on the list of what I asked for: it turns to what is left.
    """
    record = approvals.lock(ctx.tx, action.approval)
    if record is None or record.value.requester_id != ctx.member_id:
        raise UserError("request_not_found", number=action.approval)
    card = approval.card_of(ctx, record.id)
    made = withdraw(ctx, record, reason=REASON)
    if isinstance(made, AlreadyDecided):
        return toast(approval_decision.late_line(ctx, made), "info", card=_own(ctx))
    if not isinstance(made, Cancelled):
        raise UserError("too_busy")
    title = approval_decision.OUTCOMES[record.value.kind].title
    return toast(cards.done(title, card.subtitle or "" if card else ""), card=_own(ctx))


def _own(ctx: Context) -> Card:
    entries = []
    for record in approvals.pending_by(ctx.tx, ctx.member_id):
        card, title = approval.card_of(ctx, record.id), approval_decision.OUTCOMES[record.value.kind].title
        entries.append(WaitingApproval(record.id, title, card.subtitle or "" if card else "", "", record.created_at))
    return cards.own_requests(entries)


ROUTES = (
    Command("withdraw", on_withdraw, usage=EXAMPLE),
    Click(WithdrawRequest, on_withdraw_clicked),
)

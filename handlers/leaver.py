"""
A member leaves the company (离职): what they held is handed over in one transaction, and nothing reaches them any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.context import Context
from cards import approval as approval_cards
from domain.access import Actor, Role
from domain.approval import ApprovalKind, Cancelled, Delegated, cancel, delegate
from domain.approver import ApproverChosen, choose_approver, superiors
from domain.errors import UserError
from domain.member import MemberFacts
from domain.pool import ReleaseReason, release
from handlers import approval
from store import (
    approvals,
    customer_changes,
    customers,
    local_accounts,
    members,
    outbox,
    registrations,
    sessions,
    tokens,
)
from store.approvals import ApprovalRecord
from store.leaver import mark_left

LEFT_REASON = str(ReleaseReason.OWNER_LEFT)
HANDING_OVER = Actor.system("a leaver's customers and requests")


@dataclass(frozen=True, kw_only=True)
class Left:
    """
    The member left; how much was handed over, withdrawn, passed on and cancelled.
    """

    customers: int
    requests: int
    approvals: int
    messages: int


@dataclass(frozen=True)
class HadLeft:
    """
    The member had left before; nothing changed.
    """


def leave(ctx: Context, member_id: int) -> Left | HadLeft:
    """
    Let a member leave: customers go to the 交接池, own requests are withdrawn, decisions asked of them move up.

    Raises:
        UserError: the actor is no administrator, or there is no such member.
    """
    if not ctx.actor.is_system and Role.ADMIN not in ctx.actor.roles:
        raise UserError("not_entitled")
    leaver = members.get_member(ctx.tx, member_id)
    if leaver is None:
        raise UserError("member_not_found", name=str(member_id))
    if not leaver.is_active:
        return HadLeft()
    mark_left(ctx.tx, ctx.actor, member_id, ctx.now)
    for report in members.reports_of(ctx.tx, member_id):
        members.set_manager(ctx.tx, report, leaver.manager_id)
    requests = sum(_withdraw(ctx, record) for record in approvals.pending_by(ctx.tx, member_id))
    passed_on = sum(_pass_on(ctx, record, leaver) for record in approvals.waiting_for(ctx.tx, member_id))
    owned = customers.owned_ids(ctx.tx, HANDING_OVER, member_id)
    for customer_id in owned:
        _hand_over(ctx, customer_id)
    tokens.revoke_all(ctx.tx, member_id, ctx.now)
    sessions.end_all(ctx.tx, ctx.actor, member_id, ctx.now, reason="left the company")
    local_accounts.remove(ctx.tx, ctx.actor, member_id, ctx.now)
    cancelled = outbox.cancel_for_member(ctx.tx, member_id)
    ctx.record("member.left", "member", member_id)
    return Left(customers=len(owned), requests=requests, approvals=passed_on, messages=cancelled)


def _hand_over(ctx: Context, customer_id: int) -> None:
    record = customers.lock(ctx.tx, HANDING_OVER, customer_id)
    if record is None:
        return
    made = release(record.facts, ReleaseReason.OWNER_LEFT, ctx.now, ctx.policy.pools)
    customer_changes.put_into_pool(
        ctx.tx,
        ctx.actor,
        record.id,
        made.pool,
        claimable_from=made.claimable_from,
        cooldown_until=made.cooldown_until,
        reason=LEFT_REASON,
        now=ctx.now,
    )
    ctx.record("customer.released", "customer", record.id, reason=LEFT_REASON)


def _withdraw(ctx: Context, record: ApprovalRecord) -> bool:
    """
    Nobody is left to receive what was asked for; False when it was decided just now.
    """
    made = cancel(record.value, record.value.requester_id)
    if not isinstance(made, Cancelled) or not approval.save(ctx, record, made.approval):
        return False
    if record.value.kind is ApprovalKind.REGISTRATION:
        _drop_registration(ctx, record.object_id)
    card = approval.card_of(ctx, record.id)
    if card is not None:
        ctx.post.change_face(approval.about(record.id), approval_cards.withdrawn(card.title, card.subtitle or ""))
    return True


def _drop_registration(ctx: Context, registration_id: int) -> None:
    registration = registrations.get(ctx.tx, HANDING_OVER, registration_id)
    if registration is not None:
        customers.lock(ctx.tx, HANDING_OVER, registration.customer_id)
        customer_changes.reject(ctx.tx, ctx.actor, registration.customer_id, ctx.now, reason=LEFT_REASON)
        registrations.finish(ctx.tx, ctx.actor, registration.id, "cancelled", reason=LEFT_REASON, now=ctx.now)


def _pass_on(ctx: Context, record: ApprovalRecord, leaver: MemberFacts) -> bool:
    """
    Ask the next superior instead; False when there is none, then the approval's own clock escalates it.
    """
    people = {member.id: member for member in members.everybody(ctx.tx)}
    chain = superiors(record.value.requester_id, people)
    chosen = choose_approver(record.value.requester_id, chain, approval.policy_of(ctx, record.value.kind).approver)
    if not isinstance(chosen, ApproverChosen):
        return False
    made = delegate(record.value, leaver.id, people[chosen.member_id])
    if not isinstance(made, Delegated) or not approval.save(ctx, record, made.approval):
        return False
    approval.send_copy(ctx, record, chosen.member_id)
    return True

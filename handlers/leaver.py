"""
A member leaves the company (离职): what they held is handed over in one transaction, and nothing reaches them any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.context import Context
from cards import handover as cards
from domain.access import Actor, Role
from domain.approval import Cancelled, Delegated, delegate
from domain.approver import ApproverChosen, choose_approver, superiors
from domain.errors import UserError
from domain.member import MemberFacts
from domain.pool import ReleaseReason, release
from handlers import approval, collaboration, handover
from handlers.withdrawal import withdraw
from store import (
    approvals,
    customer_changes,
    customers,
    departures,
    local_accounts,
    members,
    outbox,
    sessions,
    tasks,
    tokens,
)
from store import collaboration as joins
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
    tasks: int
    joins: int
    messages: int


@dataclass(frozen=True)
class HadLeft:
    """
    The member had left before; nothing changed.
    """


def leave(ctx: Context, member_id: int) -> Left | HadLeft:
    """
    Let a member leave: customers go to the 交接池, own requests are withdrawn, decisions asked of them move up.

    Whoever is above them gets a card to assign the customers; stages, contacts and follow-ups stay as they are.

    Raises:
        UserError: the actor is no administrator, or there is no such member.
    """
    if not ctx.actor.is_system and Role.ADMIN not in ctx.actor.roles:
        raise UserError("not_entitled")
    leaver = members.get_member(ctx.tx, member_id)
    if leaver is None:
        raise UserError("member_not_found", name=str(member_id))
    # approvals first: whoever decides one holds it before they wait for the member
    own = approvals.pending_by(ctx.tx, member_id)
    requests = sum(isinstance(withdraw(ctx, record, reason=LEFT_REASON), Cancelled) for record in own)
    passed_on = sum(_pass_on(ctx, record, leaver) for record in approvals.waiting_for(ctx.tx, member_id))
    members.lock(ctx.tx, member_id)
    if not _is_active(ctx, member_id):
        return HadLeft()
    mark_left(ctx.tx, ctx.actor, member_id, ctx.now)
    for report in members.reports_of(ctx.tx, member_id):
        members.set_manager(ctx.tx, report, leaver.manager_id)
    owned = customers.owned_ids(ctx.tx, HANDING_OVER, member_id)
    for customer_id in owned:
        _hand_over(ctx, customer_id)
    left_tasks, ended_joins = _hand_over_tasks(ctx, leaver), _end_joins(ctx, leaver)
    joins.end_all_of(ctx.tx, ctx.actor, member_id, reason=LEFT_REASON, now=ctx.now)
    tokens.revoke_all(ctx.tx, member_id, ctx.now)
    sessions.end_all(ctx.tx, ctx.actor, member_id, ctx.now, reason="left the company")
    local_accounts.remove(ctx.tx, ctx.actor, member_id, ctx.now)
    departures.close_of(ctx.tx, member_id, ctx.now)
    cancelled = outbox.cancel_for_member(ctx.tx, member_id)
    if owned:
        handover.ask_superior(ctx, leaver)
    ctx.record("member.left", "member", member_id)
    return Left(
        customers=len(owned),
        requests=requests,
        approvals=passed_on,
        tasks=left_tasks,
        joins=ended_joins,
        messages=cancelled,
    )


def _is_active(ctx: Context, member_id: int) -> bool:
    member = members.get_member(ctx.tx, member_id)
    return member is not None and member.is_active


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


def _hand_over_tasks(ctx: Context, leaver: MemberFacts) -> int:
    """
    What the leaver had to do beside their own customers: the customer's owner does it, else their manager, else nobody.
    """
    open_tasks = tasks.open_tasks(ctx.tx, HANDING_OVER, leaver.id)
    for task in open_tasks:
        customer = customers.get(ctx.tx, HANDING_OVER, task.customer_id) if task.customer_id is not None else None
        heir = customer.facts.owner_id if customer is not None else leaver.manager_id
        if heir is None:
            tasks.cancel(ctx.tx, ctx.actor, task.id, reason=LEFT_REASON, now=ctx.now)
        else:
            tasks.reassign(ctx.tx, ctx.actor, task.id, heir, reason=LEFT_REASON, now=ctx.now)
    return len(open_tasks)


def _end_joins(ctx: Context, leaver: MemberFacts) -> int:
    """
    Requests to work on a customer together that the leaver made, or did not answer, are over; the others are told.
    """
    open_requests = joins.pending_with(ctx.tx, leaver.id)
    for request in open_requests:
        joins.answer(ctx.tx, ctx.actor, request.id, accepted=False, now=ctx.now)
        customer = customers.get(ctx.tx, HANDING_OVER, request.customer_id)
        name = customer.name if customer is not None else ""
        if request.member_id == leaver.id:
            ctx.post.change_face(collaboration.about(request.id), cards.request_ended(name, leaver.name))
        else:
            approval.write_line(ctx, request.member_id, cards.request_unanswered(name, leaver.name))
    return len(open_requests)


def _pass_on(ctx: Context, record: ApprovalRecord, leaver: MemberFacts) -> bool:
    """
    Ask the next superior instead, where there is none an administrator.

    False when nobody is left at all: the approval's own clock then rejects it.
    """
    people = {member.id: member for member in members.everybody(ctx.tx)} | {leaver.id: replace(leaver, is_active=False)}
    for person in _successors(ctx, record, people):
        made = delegate(record.value, leaver.id, person)
        if isinstance(made, Delegated):
            if not approval.save(ctx, record, made.approval):
                return False
            approval.send_copy(ctx, record, person.id)
            return True
    return False


def _successors(ctx: Context, record: ApprovalRecord, people: Mapping[int, MemberFacts]) -> list[MemberFacts]:
    """
    Who may decide in the leaver's place, the best first.
    """
    chain = superiors(record.value.requester_id, people)
    chosen = choose_approver(record.value.requester_id, chain, approval.policy_of(ctx, record.value.kind).approver)
    first = [people[chosen.member_id]] if isinstance(chosen, ApproverChosen) else []
    return [*first, *handover.administrators(ctx)]

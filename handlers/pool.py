"""
The pools in chat: looking (公海), claiming (领取), giving back (退回).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import assert_never

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.reply import Reply, Say, say, say_text, toast
from bot.router import Click, Command
from cards import approval as approval_cards
from cards import pool as cards
from cards.actions import Claim, ListPool, OpenReturn, ReturnCustomer
from cards.model import Card
from domain.access import Actor
from domain.approval import ApprovalKind
from domain.approver import NoApprover
from domain.errors import UserError
from domain.pool import (
    ClaimCounts,
    ClaimRefused,
    Release,
    ReleaseReason,
    ReturnNeedsApproval,
    ReturnReason,
    ReturnRefused,
    decide_claim,
    decide_return,
    release,
)
from domain.text import FIELD_LIMITS, clean_text
from domain.worktime import at_local
from handlers import approval
from handlers.approval import Outcome
from handlers.finding import one_customer, page_of
from store import approvals, customer_changes, customer_search, customers, members, pools
from store.approvals import ApprovalRecord
from store.customers import CustomerRecord

PAGE_SIZE = 6
SYSTEM = Actor.system("claim: the pool's customer, contacts hidden until it is theirs")


@dataclass(frozen=True)
class Claimed:
    """
    The member owns the customer now.
    """

    record: CustomerRecord


@dataclass(frozen=True)
class NotClaimed:
    """
    The claim failed; `refused` says why.
    """

    record: CustomerRecord
    refused: ClaimRefused


@dataclass(frozen=True)
class TooSlow:
    """
    Somebody else was faster by a moment.
    """

    record: CustomerRecord


def claim(ctx: Context, customer_id: int) -> Claimed | NotClaimed | TooSlow:
    """
    Take a customer out of its pool.

    Raises:
        UserError: there is no such customer for this member.
    """
    members.lock(ctx.tx, ctx.member_id)
    if members.actor_by_id(ctx.tx, ctx.member_id, ctx.actor.via) is None:  # let go a moment ago
        raise UserError("not_in_pool_any_more")
    record = customers.lock(ctx.tx, ctx.actor, customer_id)
    if record is None:
        raise UserError("not_in_pool_any_more")
    decision = decide_claim(record.facts, ctx.actor, _counts(ctx, record), ctx.now, ctx.policy)
    if isinstance(decision, ClaimRefused):
        return NotClaimed(record, decision)
    if not pools.claim(ctx.tx, ctx.actor, record, decision.owner_id, decision.protection, now=ctx.now):
        return TooSlow(record)
    ctx.record("customer.claimed", "customer", record.id, pool=str(decision.pool))
    owned = customers.get(ctx.tx, ctx.actor, record.id)
    return Claimed(owned or record)


def _counts(ctx: Context, record: CustomerRecord) -> ClaimCounts:
    if record.facts.pool is None or ctx.actor.member_id is None:
        return ClaimCounts()
    midnight = at_local(ctx.business_date, time(0))
    return ClaimCounts(
        claimed_today=pools.claimed_since(ctx.tx, ctx.member_id, record.facts.pool, midnight),
        holding=customers.holding_count(ctx.tx, ctx.member_id),
    )


def on_pool(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    公海, 公海 第2页
    """
    page, _ = page_of(argument)
    return say(_page(ctx, page))


def on_pool_page(ctx: Context, _event: ActionClicked, action: ListPool) -> Reply:
    """
    上一页 / 下一页.
    """
    return Reply(card=_page(ctx, max(1, action.page)))


def _page(ctx: Context, page: int) -> Card:
    records, total = pools.page(ctx.tx, ctx.actor, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    lines = [
        cards.PoolLine(
            customer_id=record.id,
            name=record.name,
            pool=str(record.facts.pool),
            region=record.region,
            industry=record.industry,
            pooled_at=record.facts.pooled_at,
            claimable_from=record.facts.claimable_from,
        )
        for record in records
    ]
    return cards.listing(lines, total=total, page=page, page_size=PAGE_SIZE, now=ctx.now)


def on_claim(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    领取 云途
    """
    outcome = claim(ctx, _in_pool(ctx, argument).id)
    return (
        say(_claimed_card(ctx, outcome.record)) if isinstance(outcome, Claimed) else say_text(_claim_refusal(outcome))
    )


def _in_pool(ctx: Context, argument: str) -> CustomerRecord:
    """
    The pool customer a text means: among several hits those that lie in a pool count first.
    """
    found = customer_search.search(ctx.tx, ctx.actor, argument.strip()) if argument.strip() else []
    pooled = [record for record in found if record.facts.pool is not None]
    return pooled[0] if len(pooled) == 1 else one_customer(ctx, argument, example="领取 云途科技")


def on_claim_clicked(ctx: Context, _event: ActionClicked, action: Claim) -> Reply:
    """
    领取 on a card.
    """
    outcome = claim(ctx, action.customer)
    if not isinstance(outcome, Claimed):
        return toast(_claim_refusal(outcome), "warning")
    card = _claimed_card(ctx, outcome.record)
    if ctx.is_group or (ctx.clicked is not None and ctx.clicked.recipient_kind == "group"):
        ctx.post.to_member(ctx.member_id, card)
        return toast(cards.claimed_line(outcome.record.name))
    return Reply(toast=toast(cards.claimed_line(outcome.record.name)).toast, messages=(Say(card=card),))


def _claimed_card(ctx: Context, record: CustomerRecord) -> Card:
    protection = record.facts.protection
    until = protection.end if protection else ctx.now
    contact = record.contact
    name = f"{contact.name} {contact.title}".strip() if contact else ""
    return cards.claimed(record.id, record.name, until, ctx.now, contact=name, phone=contact.phone if contact else "")


def _claim_refusal(outcome: NotClaimed | TooSlow) -> str:
    match outcome:
        case NotClaimed(record=record, refused=refused):
            return cards.claim_refused(
                str(refused.code),
                name=record.name,
                pool=str(record.facts.pool or ""),
                opens_at=refused.opens_at,
                limit=refused.limit,
            )
        case TooSlow(record=record):
            return cards.claim_refused("not_in_pool", name=record.name, pool="", opens_at=None, limit=None)
        case _:
            assert_never(outcome)


def give_back(ctx: Context, customer_id: int, reason: ReturnReason, detail: str) -> Card | str:
    """
    Give a customer back to the pool: the result card, or the sentence that says why not.
    """
    record = customers.lock(ctx.tx, ctx.actor, customer_id)
    if record is None:
        return cards.return_refused("not_visible", name="")
    cleaned = clean_text(detail, limit=FIELD_LIMITS["reason"])
    note = cleaned if isinstance(cleaned, str) else detail[:200]
    decision = decide_return(record.facts, ctx.actor, reason, note, ctx.now, ctx.policy.pools)
    match decision:
        case ReturnRefused(code=code):
            return cards.return_refused(str(code), name=record.name)
        case ReturnNeedsApproval():
            return _ask_return(ctx, record, reason, note)
        case Release():
            put_back(ctx, record, decision, note=cards.reason_line(str(reason), note))
            return cards.returned(record.name, str(decision.pool), decision.claimable_from, decision.cooldown_until)
        case _:
            assert_never(decision)


def put_back(ctx: Context, record: CustomerRecord, decided: Release, *, note: str) -> None:
    """
    Carry out a release and write down why.
    """
    customer_changes.put_into_pool(
        ctx.tx,
        ctx.actor,
        record.id,
        decided.pool,
        claimable_from=decided.claimable_from,
        cooldown_until=decided.cooldown_until,
        reason=str(decided.reason),
        now=ctx.now,
        note=note,
    )
    ctx.record("customer.returned", "customer", record.id)


def _ask_return(ctx: Context, record: CustomerRecord, reason: ReturnReason, note: str) -> Card | str:
    if approvals.pending_for(ctx.tx, "customer", record.id) is not None:
        return cards.return_already_waiting(record.name)
    chosen = approval.choose(ctx, ApprovalKind.POOL_RETURN, ctx.member_id)
    if isinstance(chosen, NoApprover):
        raise UserError("no_approver")
    names = members.names(ctx.tx, {chosen.member_id, ctx.member_id})
    why = cards.reason_line(str(reason), note)
    approval.request(
        ctx,
        ApprovalKind.POOL_RETURN,
        chosen.member_id,
        object_type="customer",
        object_id=record.id,
        context={"note": why},
        card=lambda number: approval_cards.return_request(
            number,
            applicant=names[ctx.member_id],
            customer=record.name,
            reason=why,
            colleagues=[(str(i), n) for i, n in approval.colleagues(ctx, chosen.member_id, ctx.member_id)],
        ),
    )
    return cards.return_waiting(record.name, names[chosen.member_id])


class ReturnOutcome:
    """
    What a decided return of a level-A customer (F11) does.
    """

    title = cards.return_title()

    def approve(self, ctx: Context, record: ApprovalRecord, destination: str) -> Card:
        """
        Put the customer into its pool.
        """
        del destination
        customer = self._customer(ctx, record)
        decided = release(customer.facts, ReleaseReason.RETURNED, ctx.now, ctx.policy.pools)
        put_back(ctx, customer, decided, note=str(record.context.get("note", "")))
        told = cards.returned(customer.name, str(decided.pool), decided.claimable_from, decided.cooldown_until)
        ctx.post.to_member(record.value.requester_id, told)
        return approval.result_face(ctx, record, self.title, customer.name, [], approved=True)

    def reject(self, ctx: Context, record: ApprovalRecord, reason: str) -> Card:
        """
        The owner keeps the customer.
        """
        customer = self._customer(ctx, record)
        ctx.post.to_member(record.value.requester_id, cards.return_rejected(customer.name, reason))
        rows = [(approval_cards.label_reason(), reason)]
        return approval.result_face(ctx, record, self.title, customer.name, rows, approved=False)

    def _customer(self, ctx: Context, record: ApprovalRecord) -> CustomerRecord:
        found = customers.lock(ctx.tx, Actor.system("decided return"), record.object_id)
        if found is None or found.facts.owner_id != record.value.requester_id:
            raise UserError("card_outdated")
        return found


OUTCOME: Outcome = ReturnOutcome()


def on_return(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    退回 云途 [原因]
    """
    name, _, rest = argument.strip().partition(" ")
    record = one_customer(ctx, name, example="退回 云途 联系不上")
    reason = cards.reason_named(rest)
    if reason is None:
        return say(cards.return_form(record.id, record.name, editable=ctx.has_forms))
    outcome = give_back(ctx, record.id, ReturnReason(reason), rest)
    return say_text(outcome) if isinstance(outcome, str) else say(outcome)


def on_open_return(ctx: Context, _event: ActionClicked, action: OpenReturn) -> Reply:
    """
    放弃 / 退回 on a card: ask for the reason.
    """
    record = customers.get(ctx.tx, ctx.actor, action.customer)
    if record is None:
        raise UserError("customer_not_found")
    return Reply(messages=(Say(card=cards.return_form(record.id, record.name, editable=ctx.has_forms)),))


def on_return_confirmed(ctx: Context, event: ActionClicked, action: ReturnCustomer) -> Reply:
    """
    确认退回.
    """
    chosen = event.form.get("return_reason") or action.reason
    if chosen not in set(ReturnReason):
        return toast(cards.choose_reason(), "warning")
    detail = event.form.get("detail")
    outcome = give_back(ctx, action.customer, ReturnReason(str(chosen)), detail if isinstance(detail, str) else "")
    return toast(outcome, "warning") if isinstance(outcome, str) else Reply(card=outcome)


ROUTES = (
    Command("pool", on_pool, usage="公海", reads=True),
    Command("claim", on_claim, usage="领取 云途科技"),
    Command("return_to_pool", on_return, usage="退回 云途 联系不上"),
    Click(ListPool, on_pool_page, reads=True),
    Click(Claim, on_claim_clicked),
    Click(OpenReturn, on_open_return),
    Click(ReturnCustomer, on_return_confirmed),
)

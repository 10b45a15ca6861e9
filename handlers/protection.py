"""
The clocks of owned customers: reminders before a protection ends, its extension, and what happens at its end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.jobs import Batch, Held
from bot.reply import Reply, say, say_text, toast
from bot.router import Click, Command
from cards import approval as approval_cards
from cards import pool as pool_cards
from cards import protection as cards
from cards.actions import Extend
from cards.model import Card
from domain.access import Actor
from domain.approval import ApprovalKind, RejectByTimeout, next_timer, open_approval
from domain.approver import NoApprover
from domain.errors import UserError
from domain.pool import Release
from domain.protection import (
    AwaitsExtension,
    ExtensionClaim,
    ExtensionNeedsApproval,
    ExtensionRefused,
    KeepOwner,
    NotDue,
    decide_expiry,
    decide_extension,
    due_reminders,
    extend,
)
from handlers import approval
from handlers.approval import Outcome
from handlers.finding import one_customer
from store import approvals, chats, customer_changes, customers, follow_ups, jobs, members, pools
from store.approvals import ApprovalRecord
from store.customers import CustomerRecord
from store.transaction import Transaction

SYSTEM = Actor.system("protection clock")
SWEEP_BATCH = 100
GUARD_FLOOR = 20
GUARD_SHARE = 0.02
LOOK_AGAIN = timedelta(hours=1)


def ask_extension(ctx: Context, customer_id: int) -> Card | str:
    """
    Ask the manager for more protection: the owner's card, or the sentence that says why not.
    """
    record = customers.lock(ctx.tx, ctx.actor, customer_id)
    if record is None:
        raise UserError("customer_not_found")
    decision = decide_extension(record.facts, ctx.actor, _claim(ctx, record), ctx.now, ctx.policy.protection)
    match decision:
        case ExtensionRefused(code=code, needed=needed, present=present):
            until = record.facts.protection.end if record.facts.protection else None
            return cards.extension_refused(str(code), name=record.name, until=until, needed=needed, present=present)
        case ExtensionNeedsApproval():
            return _request(ctx, record, decision)
        case _:
            assert_never(decision)


def _claim(ctx: Context, record: CustomerRecord) -> ExtensionClaim:
    protection = record.facts.protection
    since = protection.start if protection else ctx.now
    return ExtensionClaim(
        effective_follow_ups=follow_ups.effective_since(ctx.tx, record.id, since),
        is_requested=approvals.pending_for(ctx.tx, "customer", record.id) is not None,
    )


def _request(ctx: Context, record: CustomerRecord, asked: ExtensionNeedsApproval) -> Card:
    chosen = approval.choose(ctx, ApprovalKind.EXTENSION, ctx.member_id)
    if isinstance(chosen, NoApprover):
        raise UserError("no_approver")
    answer_by = _answer_by(ctx, chosen.member_id)
    names = members.names(ctx.tx, {chosen.member_id, ctx.member_id})
    approval.request(
        ctx,
        ApprovalKind.EXTENSION,
        chosen.member_id,
        object_type="customer",
        object_id=record.id,
        context={"days": asked.days},
        card=lambda number: approval_cards.extension_request(
            number,
            applicant=names[ctx.member_id],
            customer=record.name,
            until=record.facts.protection.end if record.facts.protection else ctx.now,
            extended=asked.extended.end,
            effective=_claim(ctx, record).effective_follow_ups,
            colleagues=[(str(i), n) for i, n in approval.colleagues(ctx, chosen.member_id, ctx.member_id)],
            answer_by=answer_by,
        ),
    )
    return cards.extension_waiting(record.name, names[chosen.member_id], asked.extended.end, answer_by)


def _answer_by(ctx: Context, approver_id: int) -> datetime:
    value = open_approval(ApprovalKind.EXTENSION, ctx.member_id, [(approver_id,)], ctx.now)
    timer = next_timer(value, ctx.calendar, approval.policy_of(ctx, ApprovalKind.EXTENSION))
    return timer.due_at if isinstance(timer, RejectByTimeout) else ctx.now + timedelta(days=1)


class ExtensionOutcome:
    """
    What a decided extension (F5) does.
    """

    title = cards.title()

    def approve(self, ctx: Context, record: ApprovalRecord, destination: str) -> Card:
        """
        Move the end of the protection.
        """
        del destination
        customer = self._customer(ctx, record)
        protection = customer.facts.protection
        if protection is None or customer.facts.owner_id != record.value.requester_id:
            raise UserError("card_outdated")
        longer = extend(protection, ctx.policy.protection)
        customer_changes.set_protection(
            ctx.tx, ctx.actor, customer.id, longer, reason="extension approved", now=ctx.now
        )
        by = approval.decider(ctx)
        ctx.post.to_member(
            record.value.requester_id, cards.extended(customer.id, customer.name, longer.end, ctx.now, by=by)
        )
        rows = [(approval_cards.label_outcome(), cards.extended_line(longer.end))]
        return approval.result_face(ctx, record, self.title, customer.name, rows, approved=True)

    def reject(self, ctx: Context, record: ApprovalRecord, reason: str) -> Card:
        """
        The protection stays as it is; when it has ended meanwhile, the clock settles it now.
        """
        customer = self._customer(ctx, record)
        until = customer.facts.protection.end if customer.facts.protection else None
        told = cards.extension_rejected(customer.name, until, reason, by=approval.decider(ctx))
        ctx.post.to_member(record.value.requester_id, told)
        pools.rewind(ctx.tx, customer.id)
        rows = [(approval_cards.label_reason(), reason)]
        return approval.result_face(ctx, record, self.title, customer.name, rows, approved=False)

    def _customer(self, ctx: Context, record: ApprovalRecord) -> CustomerRecord:
        found = customers.lock(ctx.tx, SYSTEM, record.object_id)
        if found is None:
            raise UserError("card_outdated")
        return found


OUTCOME: Outcome = ExtensionOutcome()


def on_extend(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    延保 客户
    """
    outcome = ask_extension(ctx, one_customer(ctx, argument, example="延保 云途").id)
    return say_text(outcome) if isinstance(outcome, str) else say(outcome)


def on_extend_clicked(ctx: Context, _event: ActionClicked, action: Extend) -> Reply:
    """
    延保 on a card.
    """
    outcome = ask_extension(ctx, action.customer)
    return toast(outcome, "warning") if isinstance(outcome, str) else Reply(card=outcome)


def send_reminders(ctx: Context, _slot: datetime) -> Batch:
    """
    T-7, T-3 and T-1 for every running protection.
    """
    policy = ctx.policy.protection
    horizon = ctx.now + timedelta(days=max(policy.reminder_days) + 1)
    sent = 0
    for record in pools.protected_until_between(ctx.tx, ctx.now, horizon):
        for due in due_reminders(record.facts, frozenset(), ctx.now, policy):
            first = jobs.remind_once(ctx.tx, "protection", "customer", record.id, due.due_at, ctx.now)
            if first and not due.is_superseded:
                sent += _remind(ctx, record, due.days_before, releases=due.releases)
    return Batch(sent)


def _remind(ctx: Context, record: CustomerRecord, days: int, *, releases: bool) -> bool:
    facts = record.facts
    if facts.owner_id is None or facts.protection is None:
        return False
    card = cards.reminder(
        record.id,
        record.name,
        facts.protection.end,
        ctx.now,
        days=days,
        releases=releases,
        effective=follow_ups.effective_since(ctx.tx, record.id, facts.protection.start),
    )
    return ctx.post.to_member(facts.owner_id, card)


def run_clocks(ctx: Context, _slot: datetime) -> Batch | Held:
    """
    Settle every customer whose clock has run down: release it, or tell its owner that it stays.

    Above max(20, 2 %) of all customers a person has to confirm.
    """
    due, active = pools.due_count(ctx.tx, ctx.now)
    limit = max(GUARD_FLOOR, int(active * GUARD_SHARE))
    if due > limit and not ctx.is_confirmed:
        return Held(due, limit)
    released: dict[int | None, list[tuple[str, str, datetime]]] = {}
    ids = pools.due_ids(ctx.tx, ctx.now, SWEEP_BATCH)
    for customer_id in ids:
        moved = _settle(ctx, customer_id)
        if moved is not None:
            record, release = moved
            line = (record.name, str(release.pool), release.claimable_from)
            released.setdefault(record.facts.department_id, []).append(line)
    _tell_groups(ctx, released)
    return Batch(len(ids), more=len(ids) == SWEEP_BATCH)


def _settle(ctx: Context, customer_id: int) -> tuple[CustomerRecord, Release] | None:
    record = customers.lock(ctx.tx, SYSTEM, customer_id)
    if record is None:
        return None
    is_asked = approvals.pending_for(ctx.tx, "customer", customer_id) is not None
    decision = decide_expiry(record.facts, ctx.now, ctx.policy, is_extension_pending=is_asked)
    match decision:
        case Release():
            _release(ctx, record, decision)
            return record, decision
        case KeepOwner(clock=clock):
            pools.look_again(ctx.tx, customer_id, clock.due_at)
            _tell_kept(ctx, record, clock.due_at)
        case AwaitsExtension():
            pools.look_again(ctx.tx, customer_id, ctx.now + LOOK_AGAIN)
        case NotDue():
            pools.rewind(ctx.tx, customer_id)
        case _:
            assert_never(decision)
    return None


def _tell_kept(ctx: Context, record: CustomerRecord, keep_until: datetime) -> None:
    owner_id, protection = record.facts.owner_id, record.facts.protection
    if owner_id is None or protection is None:
        return
    if jobs.remind_once(ctx.tx, "kept", "customer", record.id, protection.end, ctx.now):
        ctx.post.to_member(owner_id, cards.kept(record.name, keep_until))


def _release(ctx: Context, record: CustomerRecord, release: Release) -> None:
    customer_changes.put_into_pool(
        ctx.tx,
        ctx.actor,
        record.id,
        release.pool,
        claimable_from=release.claimable_from,
        cooldown_until=release.cooldown_until,
        reason=str(release.reason),
        now=ctx.now,
    )
    if record.facts.owner_id is not None:
        card = pool_cards.released(record.name, str(release.pool), release.claimable_from, why=str(release.reason))
        ctx.post.to_member(record.facts.owner_id, card)
    ctx.record("customer.released", "customer", record.id, reason=str(release.reason))


def _tell_groups(ctx: Context, released: dict[int | None, list[tuple[str, str, datetime]]]) -> None:
    """
    Each department's group learns what came into its pool.
    """
    for chat in chats.digest_chats(ctx.tx):
        lines = released.get(chat.department_id, [])
        if lines and chat.department_id is not None:
            ctx.post.to_group(chat.platform, chat.account, chat.chat_id, pool_cards.group_notice(lines))


def next_deadline(tx: Transaction, _now: datetime) -> datetime | None:
    """
    When the next clock runs down.
    """
    return pools.next_deadline(tx)


ROUTES = (
    Command("extend", on_extend, usage="延保 云途"),
    Click(Extend, on_extend_clicked),
)

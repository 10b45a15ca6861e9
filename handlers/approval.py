"""
Approvals in general: asking, reminding, and what every kind has in common.

Deciding is in `handlers/approval_decision.py`; what an approved object becomes is in its topic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from bot.context import Context
from bot.post import About
from cards import approval as cards
from cards import model
from cards.model import Card
from domain.access import Role
from domain.approval import (
    Approval,
    ApprovalKind,
    Escalate,
    Nudge,
    RejectByTimeout,
    escalated,
    next_timer,
    nudged,
    open_approval,
)
from domain.approver import ApproverChosen, NoApprover, choose_approver, next_superior, superiors
from domain.policy import ApprovalPolicy
from store import approvals, members, outbox
from store.approvals import ApprovalRecord

MAX_COLLEAGUES = 8


class Outcome(Protocol):
    """
    What a decided approval of one kind does; both return the result face of the request's card.

    `title` is what the kind is called on result cards.
    """

    title: str

    def approve(self, ctx: Context, record: ApprovalRecord, destination: str) -> Card:
        """
        Carry out the approval.
        """

    def reject(self, ctx: Context, record: ApprovalRecord, reason: str) -> Card:
        """
        Carry out the rejection; the acting member may be the clock.
        """


def policy_of(ctx: Context, kind: ApprovalKind) -> ApprovalPolicy:
    """
    The rules of one kind of approval.
    """
    policies = ctx.policy.approvals
    match kind:
        case ApprovalKind.REGISTRATION:
            return policies.registration
        case ApprovalKind.EXTENSION:
            return policies.extension
        case ApprovalKind.POOL_RETURN:
            return policies.pool_return


def choose(ctx: Context, kind: ApprovalKind, requester_id: int) -> ApproverChosen | NoApprover:
    """
    Who decides for this requester.
    """
    people = {member.id: member for member in members.active_members(ctx.tx)}
    return choose_approver(requester_id, superiors(requester_id, people), policy_of(ctx, kind).approver)


def request(
    ctx: Context,
    kind: ApprovalKind,
    approver_id: int,
    *,
    object_type: str,
    object_id: int,
    card: Callable[[int], Card],
    copied_to: tuple[int, ...] = (),
    context: Mapping[str, Any] | None = None,
) -> int:
    """
    Open an approval by the acting member and send its card to the approver; `card` draws it for the approval's id.
    """
    value = open_approval(kind, ctx.member_id, [(approver_id,)], ctx.now, copied_to=copied_to)
    approval_id = approvals.create(
        ctx.tx,
        ctx.actor,
        value,
        object_type=object_type,
        object_id=object_id,
        context=context,
        timer=next_timer(value, ctx.calendar, policy_of(ctx, kind)),
        now=ctx.now,
    )
    ctx.post.to_member(approver_id, card(approval_id), about(approval_id))
    return approval_id


def about(approval_id: int) -> About:
    """
    What the request's cards are filed under.
    """
    return About(f"approval:{approval_id}", "request")


def copies(approval_id: int) -> About:
    """
    What the copies of a request for reading are filed under.
    """
    return About(f"approval:{approval_id}", "copy")


def colleagues(ctx: Context, approver_id: int, requester_id: int) -> list[tuple[int, str]]:
    """
    To whom an approver may pass a request on: other superiors and directors first, a short list.
    """
    superior_roles = {Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE}
    people = [p for p in members.active_members(ctx.tx) if p.id not in {approver_id, requester_id}]
    people.sort(key=lambda person: (not person.roles & superior_roles, person.id))
    return [(person.id, person.name) for person in people[:MAX_COLLEAGUES]]


def executives(ctx: Context) -> tuple[int, ...]:
    """
    Whom large registrations are copied to.
    """
    return tuple(person.id for person in members.active_members(ctx.tx) if Role.EXECUTIVE in person.roles)


def card_of(ctx: Context, approval_id: int) -> Card | None:
    """
    The request's card as it was sent.
    """
    where = about(approval_id)
    rows = outbox.copies(ctx.tx, where.subject, where.purpose)
    return model.from_json(rows[0].card) if rows and rows[0].card else None


def send_copy(ctx: Context, record: ApprovalRecord, member_id: int) -> None:
    """
    The request's card for one more approver.
    """
    card = card_of(ctx, record.id)
    if card is not None:
        ctx.post.to_member(member_id, card, about(record.id))


def decider(ctx: Context) -> str:
    """
    Who decides now, by name: the acting member, or the clock.
    """
    member_id = ctx.actor.member_id
    return members.names(ctx.tx, {member_id})[member_id] if member_id is not None else cards.clock_name()


def result_face(
    ctx: Context, record: ApprovalRecord, title: str, subtitle: str, rows: list[tuple[str, str]], *, approved: bool
) -> Card:
    """
    The result on every copy of a request's card; who asked comes first.
    """
    requester = record.value.requester_id
    applicant = (cards.label_applicant(), members.names(ctx.tx, {requester}).get(requester, ""))
    return cards.decided(title, subtitle, [applicant, *rows], approved=approved, by=decider(ctx), at=ctx.now)


def save(ctx: Context, record: ApprovalRecord, value: Approval) -> bool:
    """
    Write an approval's new value with its next timer; False when somebody was faster.
    """
    timer = next_timer(value, ctx.calendar, policy_of(ctx, value.kind))
    return approvals.save(ctx.tx, ctx.actor, record, value, timer=timer, now=ctx.now)


def run_timer(ctx: Context, record: ApprovalRecord) -> RejectByTimeout | None:
    """
    Do what the clock demands of one approval now; a time-out is returned for its topic to carry out.
    """
    timer = next_timer(record.value, ctx.calendar, policy_of(ctx, record.value.kind))
    if timer is None or timer.due_at > ctx.now:
        save(ctx, record, record.value)
        return None
    match timer:
        case Nudge():
            _nudge(ctx, record)
        case Escalate():
            _escalate(ctx, record)
        case RejectByTimeout():
            return timer
    return None


def _nudge(ctx: Context, record: ApprovalRecord) -> None:
    step, card = record.value.open_step, card_of(ctx, record.id)
    if not save(ctx, record, nudged(record.value, ctx.now)) or step is None or card is None:
        return
    text = cards.nudge(card.title, card.subtitle or "", waiting_since=step.opened_at or record.created_at)
    for member_id in step.approver_ids:
        write_line(ctx, member_id, text)


def _escalate(ctx: Context, record: ApprovalRecord) -> None:
    step, card = record.value.open_step, card_of(ctx, record.id)
    people = {member.id: member for member in members.active_members(ctx.tx)}
    chain = superiors(record.value.requester_id, people)
    higher = next_superior(record.value, chain)
    if not save(ctx, record, escalated(record.value, higher, ctx.now)) or step is None or card is None:
        return
    if higher is None:
        return
    send_copy(ctx, record, higher)
    first = "、".join(members.names(ctx.tx, set(step.approver_ids)).values())
    write_line(ctx, higher, cards.escalated_note(card.title, card.subtitle or "", first=first))


def write_line(ctx: Context, member_id: int, text: str) -> None:
    """
    A line of text to a member; one who cannot be reached does not get it.
    """
    address = ctx.post.address_of(member_id)
    if address is not None:
        ctx.post.to_address(address, text=text, member_id=member_id)

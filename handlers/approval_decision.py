"""
Deciding approvals on the card: 同意, 驳回, 转交, and the questions in between. The first decision wins.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.jobs import Batch
from bot.reply import Reply, Say, say, say_text, toast
from bot.router import Click, Command, Talk
from bot.typed import spoken
from cards import approval as cards
from cards.actions import Approve, Delegate, Reject
from cards.approval import WaitingApproval
from domain.approval import (
    AlreadyDecided,
    ApprovalKind,
    ApprovalState,
    Decided,
    Decision,
    Delegated,
    DelegateRefused,
    NotEntitled,
    ReasonMissing,
    decide,
    delegate,
    timed_out,
)
from domain.errors import UserError
from domain.member import MemberFacts
from domain.text import FIELD_LIMITS, clean_text
from handlers import approval, pool, protection, registration_outcome
from handlers.approval import Outcome
from store import approvals, members, outbox
from store.approvals import ApprovalRecord
from store.transaction import Transaction

REASON_TOPIC = "reject_reason"
DELEGATE_TOPIC = "delegate"
TIMER_BATCH = 50

OUTCOMES: dict[ApprovalKind, Outcome] = {
    ApprovalKind.REGISTRATION: registration_outcome.OUTCOME,
    ApprovalKind.EXTENSION: protection.OUTCOME,
    ApprovalKind.POOL_RETURN: pool.OUTCOME,
}


def on_approve(ctx: Context, event: ActionClicked, action: Approve) -> Reply:
    """
    同意, with the destination the card's form says.
    """
    choice = event.form.get("destination")
    return _decide(ctx, action.approval, Decision.APPROVE, "", destination=choice if isinstance(choice, str) else "")


def on_reject(ctx: Context, event: ActionClicked, action: Reject) -> Reply:
    """
    驳回, with the reason the card's form says; without one the reason is asked for.
    """
    reason = event.form.get("reason")
    return _decide(ctx, action.approval, Decision.REJECT, reason if isinstance(reason, str) else "")


def _decide(ctx: Context, approval_id: int, decision: Decision, said: str, *, destination: str = "") -> Reply:
    record = _locked(ctx, approval_id)
    reason = clean_text(said, limit=FIELD_LIMITS["reason"])
    made = decide(
        record.value, ctx.member_id, decision, ctx.now, reason=reason if isinstance(reason, str) else said[:200]
    )
    match made:
        case AlreadyDecided():
            return _too_late(ctx, record, made)
        case NotEntitled():
            raise UserError("not_entitled")
        case ReasonMissing():
            return _ask_reason(ctx, record)
        case Decided(approval=value):
            if not approval.save(ctx, record, value):
                raise UserError("too_busy")
            last = value.last_decision
            return _carried_out(ctx, record, decision, last.reason if last else "", destination)
        case _:
            assert_never(made)


def _carried_out(ctx: Context, record: ApprovalRecord, decision: Decision, reason: str, destination: str) -> Reply:
    """
    Do what was decided and turn every copy of the card to its result.
    """
    outcome = OUTCOMES[record.value.kind]
    if decision is Decision.APPROVE:
        face = outcome.approve(ctx, record, destination)
    else:
        face = outcome.reject(ctx, record, reason)
    ctx.post.change_face(approval.about(record.id), face, clicked=ctx.clicked)
    if ctx.dialogue is not None and ctx.dialogue.topic == REASON_TOPIC:
        ctx.end_dialogue()
    return Reply(card=face) if ctx.clicked is not None else say(face)


def _locked(ctx: Context, approval_id: int) -> ApprovalRecord:
    record = approvals.lock(ctx.tx, approval_id)
    if record is None:
        raise UserError("card_outdated")
    return record


def _too_late(ctx: Context, record: ApprovalRecord, made: AlreadyDecided) -> Reply:
    """
    Explain, and show the card's result face.
    """
    text = late_line(ctx, made)
    if ctx.clicked is None or made.state is ApprovalState.CANCELLED:
        return toast(text, "info")
    last, requester = record.value.last_decision, record.value.requester_id
    rows = [(cards.label_applicant(), members.names(ctx.tx, {requester}).get(requester, ""))]
    if last is not None and last.reason:
        rows.append((cards.label_reason(), last.reason))
    title = OUTCOMES[record.value.kind].title
    at = made.at or ctx.now
    return toast(
        text,
        "info",
        card=cards.decided(
            title,
            _subtitle(ctx, record),
            rows,
            approved=made.state is ApprovalState.APPROVED,
            by=_decided_by(ctx, made),
            at=at,
        ),
    )


def late_line(ctx: Context, made: AlreadyDecided) -> str:
    """
    Who was faster and what they decided.
    """
    if made.state is ApprovalState.CANCELLED:
        return cards.already_withdrawn()
    is_approved = made.state is ApprovalState.APPROVED
    by, is_click = _decided_by(ctx, made), ctx.clicked is not None
    return cards.already_decided(approved=is_approved, by=by, at=made.at, is_click=is_click)


def _decided_by(ctx: Context, made: AlreadyDecided) -> str:
    return members.names(ctx.tx, {made.by}).get(made.by, "") if made.by is not None else cards.clock_name()


def _ask_reason(ctx: Context, record: ApprovalRecord) -> Reply:
    ctx.begin_dialogue(REASON_TOPIC, approval=record.id)
    if ctx.has_forms:
        return toast(cards.reason_missing(), "warning")
    return Reply(messages=(Say(card=cards.ask_reason(_subtitle(ctx, record))),))


def on_reason(ctx: Context, event: MessageReceived) -> Reply:
    """
    The reason for a rejection, typed into the chat.
    """
    data = ctx.dialogue.data if ctx.dialogue else {}
    ctx.end_dialogue()
    return spoken(_decide(ctx, int(data["approval"]), Decision.REJECT, event.text))


def on_delegate(ctx: Context, event: ActionClicked, action: Delegate) -> Reply:
    """
    转交: to whom the form says, else to whom the answer says.
    """
    record = _locked(ctx, action.approval)
    chosen = event.form.get("colleague")
    if isinstance(chosen, str) and chosen.isdigit():
        member = members.get_member(ctx.tx, int(chosen))
        if member is not None:
            return _delegate(ctx, record, member)
    _check_may_decide(ctx, record)
    names = [name for _, name in approval.colleagues(ctx, ctx.member_id, record.value.requester_id)]
    ctx.begin_dialogue(DELEGATE_TOPIC, approval=record.id)
    return Reply(messages=(Say(card=cards.ask_colleague(_subtitle(ctx, record), names)),))


def _check_may_decide(ctx: Context, record: ApprovalRecord) -> None:
    step = record.value.open_step
    if step is None or ctx.member_id not in step.approver_ids:
        raise UserError("not_entitled")


def on_colleague(ctx: Context, event: MessageReceived) -> Reply:
    """
    The answer to 转交给谁: a number of the list or a name.
    """
    data = ctx.dialogue.data if ctx.dialogue else {}
    record = _locked(ctx, int(data["approval"]))
    said = event.text.strip()
    listed = approval.colleagues(ctx, ctx.member_id, record.value.requester_id)
    if said.isdigit() and 1 <= int(said) <= len(listed):
        member = members.get_member(ctx.tx, listed[int(said) - 1][0])
    else:
        found = members.find_members(ctx.tx, said)
        member = found[0] if len(found) == 1 else None
    if member is None:
        raise UserError("member_not_found", name=said[:20])
    ctx.end_dialogue()
    return spoken(_delegate(ctx, record, member))


def _delegate(ctx: Context, record: ApprovalRecord, to: MemberFacts) -> Reply:
    made = delegate(record.value, ctx.member_id, to)
    match made:
        case AlreadyDecided():
            return _too_late(ctx, record, made)
        case NotEntitled():
            raise UserError("not_entitled")
        case DelegateRefused(code=code):
            return _line(ctx, cards.delegate_refused(str(code), to.name))
        case Delegated(approval=value):
            if not approval.save(ctx, record, value):
                raise UserError("too_busy")
            return _passed_on(ctx, record, to)
        case _:
            assert_never(made)


def _passed_on(ctx: Context, record: ApprovalRecord, to: MemberFacts) -> Reply:
    card = approval.card_of(ctx, record.id)
    approval.send_copy(ctx, record, to.id)
    if card is None:
        raise UserError("card_outdated")
    face = cards.passed_on(card, to.name)
    where = approval.about(record.id)
    for row in outbox.copies(ctx.tx, where.subject, where.purpose):
        if row.member_id == ctx.member_id:
            outbox.file_under(ctx.tx, row.id, where.subject, "passed_on")
            if ctx.clicked is None or row.id != ctx.clicked.id:
                ctx.post.change_copy(row, face)
    return Reply(card=face) if ctx.clicked is not None else say(face)


def _line(ctx: Context, text: str) -> Reply:
    return toast(text, "warning") if ctx.clicked is not None else say_text(text)


def _subtitle(ctx: Context, record: ApprovalRecord) -> str:
    card = approval.card_of(ctx, record.id)
    return card.subtitle or "" if card else ""


def on_my_approvals(ctx: Context, _event: MessageReceived, _argument: str) -> Reply:
    """
    我的审批: what waits for me, each with its card again.
    """
    entries = waiting_entries(ctx)
    for record in approvals.waiting_for(ctx.tx, ctx.member_id):
        approval.send_copy(ctx, record, ctx.member_id)
    return say(cards.waiting_list(entries, is_sent_again=True))


def waiting_entries(ctx: Context) -> list[WaitingApproval]:
    """
    What waits for the acting member, oldest first.
    """
    entries = []
    for record in approvals.waiting_for(ctx.tx, ctx.member_id):
        card = approval.card_of(ctx, record.id)
        if card is not None:
            applicant = members.names(ctx.tx, {record.value.requester_id}).get(record.value.requester_id, "")
            entries.append(WaitingApproval(record.id, card.title, card.subtitle or "", applicant, record.created_at))
    return entries


def run_timers(ctx: Context, _slot: datetime) -> Batch:
    """
    The clock of undecided approvals: reminders, escalation, time-outs.
    """
    due = approvals.due(ctx.tx, ctx.now, TIMER_BATCH)
    for approval_id in due:
        record = approvals.lock(ctx.tx, approval_id)
        if record is not None and approval.run_timer(ctx, record) is not None:
            _time_out(ctx, record)
    return Batch(len(due), more=len(due) == TIMER_BATCH)


def _time_out(ctx: Context, record: ApprovalRecord) -> None:
    if approval.save(ctx, record, timed_out(record.value, ctx.now)):
        face = OUTCOMES[record.value.kind].reject(ctx, record, cards.timed_out_reason())
        ctx.post.change_face(approval.about(record.id), face)


def next_timer(tx: Transaction, _now: datetime) -> datetime | None:
    """
    When the next approval clock comes.
    """
    return approvals.next_timer_at(tx)


ROUTES = (
    Click(Approve, on_approve),
    Click(Reject, on_reject),
    Click(Delegate, on_delegate),
    Talk(REASON_TOPIC, on_reason, decides=True),
    Talk(DELEGATE_TOPIC, on_colleague, decides=True),
    Command("approvals", on_my_approvals, usage="我的审批"),
)

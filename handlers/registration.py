"""
Registering a customer (报备): from a draft to a pending registration, and what its approval makes of it.

Use cases for every door; the conversation around them is in `handlers/registration_chat.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.context import Context
from cards import approval as approval_cards
from cards import words
from cards.dedup import MatchView
from domain.approval import ApprovalKind
from domain.approver import NoApprover
from domain.dedup import Party
from domain.errors import UserError
from domain.pool import holding_cap
from domain.registration import (
    AlreadySubmitted,
    Blocked,
    CapReached,
    InPool,
    NeedsApproval,
    NeedsReview,
    OwnCustomer,
    RegistrationDraft,
    decide_registration,
    missing_fields,
)
from handlers import approval, duplicates, registration_outcome
from handlers.duplicates import Found
from store import customer_changes, customers, follow_ups, lookups, members, registrations
from store.customers import CustomerRecord, NewCustomer
from store.registrations import DraftRecord

DRAFT_FIELDS = tuple(RegistrationDraft.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class RegisterCustomer:
    """
    The command: the form as it stands. `insists`: submit although a customer is highly suspicious.
    """

    form: Mapping[str, Any]
    insists: bool = False


@dataclass(frozen=True)
class Incomplete:
    """
    Required fields are empty.
    """

    missing: tuple[str, ...]


@dataclass(frozen=True)
class Refused:
    """
    The duplicate check, or a limit, stands against it; `decision` says which and `matches` is what may be shown.
    """

    decision: Blocked | InPool | OwnCustomer | AlreadySubmitted | CapReached
    matches: tuple[MatchView, ...]


@dataclass(frozen=True)
class ReviewOffered:
    """
    Highly suspicious customers: the seller may insist.
    """

    matches: tuple[MatchView, ...]


@dataclass(frozen=True)
class NobodyApproves:
    """
    No superior can decide.
    """


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """
    The registration waits for its approver.
    """

    registration_id: int
    customer_id: int
    approval_id: int
    approvers: tuple[str, ...]
    notes: tuple[MatchView, ...]
    is_review: bool


Result = Incomplete | Refused | ReviewOffered | NobodyApproves | Submitted


def register(ctx: Context, command: RegisterCustomer) -> Result:
    """
    Submit a registration. The check and the insert are one serialised unit: of many at once one is the holder.
    """
    draft = draft_of(command.form)
    missing = missing_fields(draft, ctx.policy.registration.required_fields)
    if missing:
        return Incomplete(missing)
    ctx.tx.serialise_registrations()
    found = duplicates.check(ctx, party_of(command.form))
    decision = decide_registration(
        draft,
        ctx.member_id,
        found.for_rules(),
        ctx.policy.registration,
        holding=customers.holding_count(ctx.tx, ctx.member_id),
        cap=holding_cap(ctx.actor.roles, ctx.policy.holding),
    )
    match decision:
        case NeedsReview() if not command.insists:
            return ReviewOffered(tuple(duplicates.views(ctx, found, levels=("probable",))))
        case NeedsReview() | NeedsApproval():
            return _submit(ctx, command.form, found, decision)
        case _:
            _count_look(ctx, command.form)
            return Refused(decision, tuple(duplicates.views(ctx, found, levels=("certain",))))


def open_draft(ctx: Context, draft_id: int) -> DraftRecord:
    """
    A registration the acting member is filling in.

    Raises:
        UserError: it is somebody else's, or submitted or cancelled already.
    """
    draft = registrations.draft(ctx.tx, ctx.member_id, draft_id)
    if draft is None:
        raise UserError("not_for_you")
    if draft.state != "open":
        raise UserError("draft_closed")
    return draft


def draft_of(form: Mapping[str, Any]) -> RegistrationDraft:
    """
    The form as rules see it.
    """
    return RegistrationDraft(**{name: form.get(name) or None for name in DRAFT_FIELDS})


def party_of(form: Mapping[str, Any]) -> Party:
    """
    The form as the duplicate check compares it: every phone that was named counts.
    """
    phones = [form["phone"]] if form.get("phone") else []
    phones += [phone for phone in form.get("phones", ()) if phone not in phones]
    return Party(
        name=form["name"],
        phones=tuple(phones),
        region=form.get("region") or None,
        email=form.get("email") or None,
        contact=form.get("contact") or None,
    )


def _count_look(ctx: Context, form: Mapping[str, Any]) -> None:
    """
    A refused registration tells something about the base, so it counts as a look.
    """
    day = ctx.business_date
    lookups.add(ctx.tx, ctx.member_id, kind="registration", query=str(form["name"]), day=day, now=ctx.now)


def _submit(
    ctx: Context, form: Mapping[str, Any], found: Found, decision: NeedsReview | NeedsApproval
) -> Submitted | NobodyApproves:
    chosen = approval.choose(ctx, ApprovalKind.REGISTRATION, ctx.member_id)
    if isinstance(chosen, NoApprover):
        return NobodyApproves()
    suspicious = decision.matches if isinstance(decision, NeedsReview) else ()
    new = NewCustomer(
        **{
            name: form.get(name) or ""
            for name in NewCustomer.__dataclass_fields__
            if name in form and "fen" not in name
        },
        amount_fen=form.get("amount_fen"),
        amount_max_fen=form.get("amount_max_fen"),
    )
    customer_id = customer_changes.create_pending(ctx.tx, ctx.actor, new, ctx.now)
    registration_id = registrations.create(
        ctx.tx,
        ctx.actor,
        customer_id=customer_id,
        verdict=found.level,
        evidence=[_evidence(view) for view in duplicates.views(ctx, found)],
        form=form,
        now=ctx.now,
    )
    copied_to = approval.executives(ctx) if decision.is_copied_to_executive else ()
    approval_id = approval.request(
        ctx,
        ApprovalKind.REGISTRATION,
        chosen.member_id,
        object_type="registration",
        object_id=registration_id,
        copied_to=copied_to,
        context={"review": [match.customer_id for match in suspicious]},
        card=lambda number: _request_card(ctx, number, form, found, chosen.member_id),
    )
    approvers = tuple(members.names(ctx.tx, {chosen.member_id}).values())
    readers = set(copied_to) - {chosen.member_id, ctx.member_id}
    _send_copies(ctx, approval_id, sorted(readers), form, approvers)
    ctx.record("registration.submitted", "registration", registration_id, verdict=found.level)
    return Submitted(
        registration_id=registration_id,
        customer_id=customer_id,
        approval_id=approval_id,
        approvers=approvers,
        notes=tuple(duplicates.views(ctx, found, levels=("possible",))),
        is_review=bool(suspicious),
    )


def _evidence(view: MatchView) -> dict[str, Any]:
    return {
        "customer": view.customer_id,
        "level": view.level,
        "score": round(view.score, 4),
        "holder": view.holder,
        "reasons": list(view.reasons),
    }


def _send_copies(
    ctx: Context, approval_id: int, readers: Sequence[int], form: Mapping[str, Any], approvers: Sequence[str]
) -> None:
    card = approval_cards.copy_for_executive(form, applicant=_name(ctx, ctx.member_id), approvers=approvers)
    for member_id in readers:
        ctx.post.to_member(member_id, card, approval.copies(approval_id))


def _request_card(ctx: Context, approval_id: int, form: Mapping[str, Any], found: Found, approver_id: int) -> Any:
    suspicious = duplicates.views(ctx, found, levels=("probable",))
    return approval_cards.registration_request(
        approval_id,
        form,
        applicant=_name(ctx, ctx.member_id),
        destinations=registration_outcome.destinations(ctx, ctx.member_id),
        colleagues=[(str(i), name) for i, name in approval.colleagues(ctx, approver_id, ctx.member_id)],
        review=[(view, _their_side(ctx, found.record(view.customer_id), view)) for view in suspicious],
        notes=duplicates.views(ctx, found, levels=("possible",)),
        own_side=_own_side(ctx, form),
        asked_at=ctx.now,
    )


def _own_side(ctx: Context, form: Mapping[str, Any]) -> dict[str, str]:
    return approval_cards.evidence(
        name=str(form["name"]), holder=_name(ctx, ctx.member_id), since=ctx.now, effective=None, last=None, until=None
    )


def _their_side(ctx: Context, record: CustomerRecord, view: MatchView) -> dict[str, str]:
    effective, last = follow_ups.summary(ctx.tx, record.id)
    return approval_cards.evidence(
        name=record.name,
        holder=view.holder or words.pool_name(view.pool),
        since=record.created_at,
        effective=effective,
        last=last,
        until=view.protected_until,
    )


def _name(ctx: Context, member_id: int) -> str:
    return members.names(ctx.tx, {member_id}).get(member_id, "")

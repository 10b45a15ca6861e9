"""
What the approval of a registration offers and does: destinations, and protecting, assigning, pooling or refusing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from bot.context import Context
from bot.post import About
from cards import approval as approval_cards
from cards import destination as destination_cards
from cards import registration_result as results
from cards import words
from cards.model import Card
from domain.access import SELLERS, SUPERIORS, Actor
from domain.errors import UserError
from domain.member import MemberFacts
from domain.policy import PoolKey
from domain.registration import (
    AssignTo,
    BecomesOwned,
    BecomesPooled,
    Destination,
    ProtectRegistrant,
    ToPool,
    apply_approval,
    refuse_destination,
)
from handlers import approval
from store import customer_changes, customers, dedup, members, registrations
from store.approvals import ApprovalRecord
from store.customers import CustomerRecord
from store.registrations import RegistrationRecord

MAX_ASSIGNEES = 6


def destinations(ctx: Context, registrant_id: int) -> list[tuple[str, str]]:
    """
    Where an approved customer may go: (value, label), the default first.
    """
    registrant = members.get_member(ctx.tx, registrant_id)
    same_team = [
        person
        for person in members.active_members(ctx.tx)
        if registrant is not None
        and person.department_id == registrant.department_id
        and person.id != registrant_id
        and person.roles & {str(role) for role in SELLERS | SUPERIORS}
    ]
    choices = [destination_cards.to_registrant()]
    choices += [destination_cards.assign_to(person.id, person.name) for person in same_team[:MAX_ASSIGNEES]]
    return [*choices, destination_cards.to_pool(str(PoolKey.REGIONAL))]


def parse_destination(value: str) -> Destination:
    """
    The destination behind a choice of the approval card; unknown text means the default.
    """
    kind, _, rest = value.partition(":")
    if kind == "assign" and rest.isdigit():
        return AssignTo(int(rest))
    if kind == "pool" and rest in set(PoolKey):
        return ToPool(PoolKey(rest))
    return ProtectRegistrant()


def _approve(ctx: Context, registration: RegistrationRecord, destination: Destination, review: Sequence[int]) -> str:
    """
    The customer becomes active, and everybody concerned is told; returns what it became, in words.

    Raises:
        UserError: the customer cannot go where the approver chose.
    """
    receiver = _receiver(ctx, registration, destination)
    record = customers.lock(ctx.tx, Actor.system("approved registration"), registration.customer_id)
    if record is None:
        raise UserError("card_outdated")
    refused = refuse_destination(
        destination, receiver, customers.holding_count(ctx.tx, receiver.id), ctx.policy.holding
    )
    if refused is not None:
        raise UserError(f"destination_{refused.code}", name=receiver.name, limit=refused.limit or 0)
    for other in review:
        dedup.mark_not_same(ctx.tx.connection, record.id, other, by=ctx.member_id, at=ctx.now)
    outcome = apply_approval(registration.applicant_id, record.source or None, destination, ctx.now, ctx.policy)
    registrations.finish(
        ctx.tx, ctx.actor, registration.id, "approved", destination=type(destination).__name__, now=ctx.now
    )
    ctx.record("registration.approved", "registration", registration.id, customer=record.id)
    match outcome:
        case BecomesOwned(owner_id=owner_id, protection=protection):
            _become_owned(ctx, registration, record, outcome)
            return results.became_owned(_name(ctx, owner_id), protection.end)
        case BecomesPooled(pool=pool):
            _become_pooled(ctx, registration, record, outcome)
            return words.pool_name(str(pool))
        case _:
            assert_never(outcome)


def _become_pooled(
    ctx: Context, registration: RegistrationRecord, record: CustomerRecord, outcome: BecomesPooled
) -> None:
    customer_changes.put_into_pool(
        ctx.tx,
        ctx.actor,
        record.id,
        outcome.pool,
        claimable_from=outcome.claimable_from,
        cooldown_until=None,
        reason="registration",
        now=ctx.now,
    )
    face = results.pooled(record.name, str(outcome.pool), outcome.claimable_from, by=_name(ctx, ctx.member_id))
    tell_registrant(ctx, registration, face)


def _receiver(ctx: Context, registration: RegistrationRecord, destination: Destination) -> MemberFacts:
    member_id = destination.member_id if isinstance(destination, AssignTo) else registration.applicant_id
    members.lock(ctx.tx, member_id)
    receiver = members.get_member(ctx.tx, member_id)
    if receiver is None:
        raise UserError("member_not_found", name=str(member_id))
    return receiver


def _become_owned(
    ctx: Context, registration: RegistrationRecord, record: CustomerRecord, outcome: BecomesOwned
) -> None:
    owner_id, protection, basis = outcome.owner_id, outcome.protection, str(outcome.basis)
    reason = "registered" if owner_id == registration.applicant_id else "assigned"
    customer_changes.give_to_owner(
        ctx.tx, ctx.actor, record.id, owner_id, protection=protection, basis=basis, reason=reason, now=ctx.now
    )
    by, owner = _name(ctx, ctx.member_id), _name(ctx, owner_id)
    is_owner = owner_id == registration.applicant_id
    face = results.protected(record.name, record.id, owner, protection.end, ctx.now, by=by, is_owner=is_owner)
    tell_registrant(ctx, registration, face)
    if not is_owner:
        registrant = _name(ctx, registration.applicant_id)
        told = results.assigned(record.name, record.id, protection.end, ctx.now, registrant=registrant, by=by)
        ctx.post.to_member(owner_id, told)


def _reject(ctx: Context, registration: RegistrationRecord, reason: str) -> None:
    name, by = str(registration.form["name"]), approval.decider(ctx)
    customers.lock(ctx.tx, Actor.system("rejected registration"), registration.customer_id)
    customer_changes.reject(ctx.tx, ctx.actor, registration.customer_id, ctx.now, reason=reason)
    registrations.finish(ctx.tx, ctx.actor, registration.id, "rejected", reason=reason, now=ctx.now)
    tell_registrant(ctx, registration, results.rejected(name, reason, by=by))
    ctx.record("registration.rejected", "registration", registration.id)


def _tell_holders(ctx: Context, registration: RegistrationRecord, review: Sequence[int], *, approved: bool) -> None:
    """
    The other side of a ruling learns it too: whoever holds a customer that was highly suspicious.
    """
    for customer_id in review:
        record = customers.get(ctx.tx, Actor.system("holder of a ruled match"), customer_id)
        holder = (record.facts.owner_id or record.facts.registrant_id) if record else None
        if record is None or holder is None or holder == registration.applicant_id:
            continue
        told = results.ruling(
            record.name,
            str(registration.form["name"]),
            applicant=_name(ctx, registration.applicant_id),
            by=approval.decider(ctx),
            approved=approved,
        )
        ctx.post.to_member(holder, told)


class RegistrationOutcome:
    """
    What a decided registration approval (F1) does.
    """

    title = results.title()

    def approve(self, ctx: Context, record: ApprovalRecord, destination: str) -> Card:
        """
        Protect, assign or pool the customer.
        """
        registration = self._registration(ctx, record)
        review = record.context.get("review", [])
        became = _approve(ctx, registration, parse_destination(destination), review)
        _tell_holders(ctx, registration, review, approved=True)
        return self._face(ctx, record, registration, (approval_cards.label_outcome(), became), approved=True)

    def reject(self, ctx: Context, record: ApprovalRecord, reason: str) -> Card:
        """
        Tell the registrant why.
        """
        registration = self._registration(ctx, record)
        _reject(ctx, registration, reason)
        _tell_holders(ctx, registration, record.context.get("review", []), approved=False)
        return self._face(ctx, record, registration, (approval_cards.label_reason(), reason), approved=False)

    def _registration(self, ctx: Context, record: ApprovalRecord) -> RegistrationRecord:
        found = registrations.get(ctx.tx, Actor.system("decided registration"), record.object_id)
        if found is None:
            raise UserError("card_outdated")
        return found

    def _face(
        self,
        ctx: Context,
        record: ApprovalRecord,
        registration: RegistrationRecord,
        row: tuple[str, str],
        *,
        approved: bool,
    ) -> Card:
        subtitle = str(registration.form["name"])
        return approval.result_face(ctx, record, self.title, subtitle, [row], approved=approved)


OUTCOME: approval.Outcome = RegistrationOutcome()


def tell_registrant(ctx: Context, registration: RegistrationRecord, face: Card) -> None:
    """
    Turn the registrant's status card, wherever it is, and send a new one when there is none.
    """
    if ctx.post.change_face(about(registration.id), face) == 0:
        ctx.post.to_member(registration.applicant_id, face)


def about(registration_id: int) -> About:
    """
    What the registrant's status card is filed under.
    """
    return About(f"registration:{registration_id}", "status")


def _name(ctx: Context, member_id: int) -> str:
    return members.names(ctx.tx, {member_id}).get(member_id, "")

"""
Registrations (报备): what is missing, what a duplicate verdict means for this registrant, and what approval does.

Finding duplicates belongs to `dedup`; here its verdict is a value together with who holds each match. Steps, clicks
and time-outs of the approval belong to `approval`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, assert_never

from domain.access import SELLERS, SUPERIORS, Role
from domain.customer import CustomerState, Protection, StageBand
from domain.member import MemberFacts
from domain.policy import BusinessPolicy, HoldingPolicy, PoolKey, RegistrationPolicy
from domain.pool import holding_cap
from domain.protection import ProtectionBasis, protection_end

Level = Literal["certain", "probable", "possible", "none"]


class RegistrationState(StrEnum):
    """
    Pending until the approval is decided; the other three are final.
    """

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class RegistrationDraft:
    """
    What the registrant has said so far; None means nothing yet. Amounts are fen, a range has both ends.
    """

    name: str | None = None
    contact: str | None = None
    title: str | None = None
    phone: str | None = None
    email: str | None = None
    amount_fen: int | None = None
    amount_max_fen: int | None = None
    source: str | None = None
    region: str | None = None
    industry: str | None = None
    need: str | None = None


@dataclass(frozen=True, kw_only=True)
class Match:
    """
    One customer the duplicate check found, with who holds it.

    For a pending customer `owner_id` is its registrant. `protected_until` None: no protection runs.
    """

    customer_id: int
    level: Level
    score: float = 0.0
    state: CustomerState = CustomerState.ACTIVE
    owner_id: int | None = None
    pool: PoolKey | None = None
    stage_band: StageBand = StageBand.EARLY
    protected_until: datetime | None = None


@dataclass(frozen=True)
class OwnCustomer:
    """
    The registrant holds this customer already; the entry may be merged into it.
    """

    customer_id: int


@dataclass(frozen=True)
class AlreadySubmitted:
    """
    The registrant's own earlier registration of this customer is waiting for its approval.
    """

    customer_id: int


@dataclass(frozen=True)
class Blocked:
    """
    Certainly a duplicate (确定) that somebody else holds, owned or waiting for approval.
    """

    match: Match


@dataclass(frozen=True)
class InPool:
    """
    Certainly a duplicate (确定) of a customer nobody owns: it is claimed from its pool, not registered.
    """

    match: Match


@dataclass(frozen=True, kw_only=True)
class NeedsReview:
    """
    Highly suspicious (高度疑似): the approver rules with both sides' evidence; `notes` are the weaker matches.
    """

    matches: tuple[Match, ...]
    notes: tuple[Match, ...]
    is_copied_to_executive: bool


@dataclass(frozen=True, kw_only=True)
class NeedsApproval:
    """
    No serious suspicion: the approver decides; `notes` are the weak matches (疑似).
    """

    notes: tuple[Match, ...]
    is_copied_to_executive: bool


@dataclass(frozen=True)
class CapReached:
    """
    The registrant owns as many customers as allowed.
    """

    cap: int


@dataclass(frozen=True)
class ProtectRegistrant:
    """
    Destination: the registrant becomes owner under protection (the default).
    """


@dataclass(frozen=True)
class AssignTo:
    """
    Destination: this member becomes owner under protection (指派给…).
    """

    member_id: int


@dataclass(frozen=True)
class ToPool:
    """
    Destination: nobody owns it, it is claimed from this pool.
    """

    pool: PoolKey


Destination = ProtectRegistrant | AssignTo | ToPool


class DestinationRefusal(StrEnum):
    """
    Why a member cannot become the owner of an approved registration.
    """

    MEMBER_LEFT = "member_left"
    NOT_IN_SALES = "not_in_sales"
    HOLDING_CAP = "holding_cap"


@dataclass(frozen=True)
class DestinationRefused:
    """
    The approver has to choose another destination; `limit` is the cap that was reached.
    """

    code: DestinationRefusal
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class BecomesOwned:
    """
    The registration is approved: the customer is active under this owner and protection.
    """

    owner_id: int
    protection: Protection
    basis: ProtectionBasis


@dataclass(frozen=True, kw_only=True)
class BecomesPooled:
    """
    The registration is approved: the customer is active in this pool, claimable from this instant.
    """

    pool: PoolKey
    claimable_from: datetime


def missing_fields(draft: RegistrationDraft, required: Sequence[str]) -> tuple[str, ...]:
    """
    The required fields that are still empty, in the order they should be asked for.
    """
    return tuple(field for field in required if getattr(draft, field) in {None, ""})


def decide_registration(
    draft: RegistrationDraft,
    registrant_id: int,
    matches: Sequence[Match],
    policy: RegistrationPolicy,
    *,
    holding: int = 0,
    cap: int | None = None,
) -> OwnCustomer | AlreadySubmitted | Blocked | InPool | CapReached | NeedsReview | NeedsApproval:
    """
    What submitting the draft does, given the duplicate check's matches, best first.

    A certain match always wins over the rest; among several, the registrant's own is named first.
    `holding` is how many customers use the registrant's `cap` now (None: no cap).
    """
    certain = [match for match in matches if match.level == "certain"]
    if certain:
        own = next((match for match in certain if match.owner_id == registrant_id), None)
        return _found_own(own) if own is not None else _found_other(certain[0])
    if cap is not None and holding >= cap:
        return CapReached(cap)
    probable = tuple(match for match in matches if match.level == "probable")
    notes = tuple(match for match in matches if match.level == "possible")
    is_large = is_copied_to_executive(draft, policy)
    if probable:
        return NeedsReview(matches=probable, notes=notes, is_copied_to_executive=is_large)
    return NeedsApproval(notes=notes, is_copied_to_executive=is_large)


def is_copied_to_executive(draft: RegistrationDraft, policy: RegistrationPolicy) -> bool:
    """
    Whether the expected amount, at its upper end, is above the limit for a copy to the general manager.
    """
    amounts = [amount for amount in (draft.amount_fen, draft.amount_max_fen) if amount is not None]
    return max(amounts, default=0) > policy.executive_copy_above_fen


def refuse_destination(
    destination: Destination,
    receiver: MemberFacts,
    holding: int,
    policy: HoldingPolicy,
) -> DestinationRefused | None:
    """
    Why the customer cannot go where the approver wants it to, None when it can.

    `receiver` is who would own it (the registrant, or the member named) and `holding` what uses their cap now.
    """
    if isinstance(destination, ToPool):
        return None
    if not receiver.is_active:
        return DestinationRefused(DestinationRefusal.MEMBER_LEFT)
    roles = frozenset(role for role in Role if role in receiver.roles)
    if isinstance(destination, AssignTo) and not roles & (SELLERS | SUPERIORS):
        return DestinationRefused(DestinationRefusal.NOT_IN_SALES)
    cap = holding_cap(roles, policy)
    return DestinationRefused(DestinationRefusal.HOLDING_CAP, cap) if cap is not None and holding >= cap else None


def apply_approval(
    registrant_id: int,
    source: str | None,
    destination: Destination,
    now: datetime,
    policy: BusinessPolicy,
    *,
    is_gold_partner: bool = False,
) -> BecomesOwned | BecomesPooled:
    """
    What an approved registration's customer becomes at the moment of the decision.
    """
    match destination:
        case ToPool(pool):
            hold = timedelta(days=policy.pools.of(pool).hold_days)
            return BecomesPooled(pool=pool, claimable_from=now + hold)
        case AssignTo(member_id):
            owner_id = member_id
        case ProtectRegistrant():
            owner_id = registrant_id
        case _:
            assert_never(destination)
    end, basis = protection_end(now, source, policy, is_gold_partner=is_gold_partner)
    return BecomesOwned(owner_id=owner_id, protection=Protection(start=now, end=end), basis=basis)


def _found_own(match: Match) -> OwnCustomer | AlreadySubmitted:
    if match.state is CustomerState.PENDING:
        return AlreadySubmitted(match.customer_id)
    return OwnCustomer(match.customer_id)


def _found_other(match: Match) -> Blocked | InPool:
    return InPool(match) if match.owner_id is None and match.pool is not None else Blocked(match)

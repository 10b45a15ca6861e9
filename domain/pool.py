"""
The pools (公海): releasing a customer into one, giving it back, and claiming it.

These functions decide from facts that were loaded; that two claims cannot both win is the store's conditional
UPDATE. When protection or keep-alive run out is decided in `protection`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.access import SELLERS, SUPERIORS, Actor, Role, can_view, leads_department_of
from domain.customer import CustomerFacts, CustomerState, Lifecycle, Protection
from domain.policy import BusinessPolicy, HoldingPolicy, PoolKey, PoolPolicies
from domain.worktime import next_local_midnight

STRATEGIC_LEVEL = "A"


class ReleaseReason(StrEnum):
    """
    Why a customer lost its owner.
    """

    PROTECTION_LAPSED = "protection_lapsed"
    KEEP_ALIVE_LAPSED = "keep_alive_lapsed"
    CLEANSING = "cleansing"
    RETURNED = "returned"
    OWNER_LEFT = "owner_left"


class ReturnReason(StrEnum):
    """
    What a seller says when giving a customer back (退回原因); the report counts these.
    """

    NO_NEED = "no_need"
    NO_BUDGET = "no_budget"
    UNREACHABLE = "unreachable"
    LOST_TO_COMPETITOR = "lost_to_competitor"
    NOT_MY_REGION = "not_my_region"
    NO_CAPACITY = "no_capacity"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Release:
    """
    The customer goes to a pool.

    Nobody claims it before `claimable_from`, its former owner not before `cooldown_until`.
    """

    customer_id: int
    pool: PoolKey
    reason: ReleaseReason
    released_at: datetime
    claimable_from: datetime
    former_owner_id: int | None
    cooldown_until: datetime


@dataclass(frozen=True, kw_only=True)
class ClaimCounts:
    """
    What the claimant has already: claims from this pool on this business date, and customers that use the cap.
    """

    claimed_today: int = 0
    holding: int = 0


class ClaimRefusal(StrEnum):
    """
    Why a claim fails. NOT_VISIBLE must be said like a customer that does not exist.
    """

    NOT_VISIBLE = "not_visible"
    NOT_IN_POOL = "not_in_pool"
    NOT_ENTITLED = "not_entitled"
    ASSIGN_ONLY = "assign_only"
    COOLDOWN_UNTIL = "cooldown_until"
    HOLD_UNTIL = "hold_until"
    DAILY_LIMIT = "daily_limit"
    HOLDING_CAP = "holding_cap"


@dataclass(frozen=True, kw_only=True)
class Claimable:
    """
    The claim holds: the claimant becomes owner under a fresh protection.
    """

    customer_id: int
    pool: PoolKey
    owner_id: int
    protection: Protection


@dataclass(frozen=True, kw_only=True)
class ClaimRefused:
    """
    The claim fails; `opens_at` is when trying again may help (None: time does not help), `limit` the number reached.
    """

    code: ClaimRefusal
    opens_at: datetime | None = None
    limit: int | None = None


class ReturnRefusal(StrEnum):
    """
    Why giving a customer back fails.
    """

    NOT_VISIBLE = "not_visible"
    NOT_OWNED = "not_owned"
    NOT_ENTITLED = "not_entitled"
    DETAIL_MISSING = "detail_missing"
    WON = "won"


@dataclass(frozen=True)
class ReturnRefused:
    """
    The customer stays where it is.
    """

    code: ReturnRefusal


@dataclass(frozen=True)
class ReturnNeedsApproval:
    """
    A level-A customer leaves its owner only with the manager's consent; `release` is what happens then.
    """

    release: Release


def holding_cap(roles: frozenset[Role], holding: HoldingPolicy) -> int | None:
    """
    How many customers somebody with these roles may own; None means any number.
    """
    if roles & SUPERIORS:
        return None
    return holding.senior_sales if Role.SENIOR_SALES in roles else holding.sales


def release(
    customer: CustomerFacts,
    reason: ReleaseReason,
    now: datetime,
    pools: PoolPolicies,
) -> Release:
    """
    Where a customer goes that loses its owner now, and from when it may be claimed.
    """
    pool = _destination(customer, reason)
    rules = pools.of(pool)
    return Release(
        customer_id=customer.customer_id,
        pool=pool,
        reason=reason,
        released_at=now,
        claimable_from=now + timedelta(days=rules.hold_days),
        former_owner_id=customer.former_owner_id if customer.owner_id is None else customer.owner_id,
        cooldown_until=now + timedelta(days=rules.cooldown_days),
    )


def decide_claim(
    customer: CustomerFacts,
    claimant: Actor,
    counts: ClaimCounts,
    now: datetime,
    policy: BusinessPolicy,
) -> Claimable | ClaimRefused:
    """
    Whether this member may take the customer out of its pool now (领取).
    """
    if not can_view(claimant, customer, policy.pools):
        return ClaimRefused(code=ClaimRefusal.NOT_VISIBLE)
    if customer.state is not CustomerState.ACTIVE or customer.pool is None:
        return ClaimRefused(code=ClaimRefusal.NOT_IN_POOL)
    if claimant.member_id is None or not claimant.roles & (SELLERS | SUPERIORS):
        return ClaimRefused(code=ClaimRefusal.NOT_ENTITLED)
    refused = (
        _refused_by_pool(customer, customer.pool, claimant.member_id, now, policy.pools)
        or _refused_by_day(customer.pool, counts, now, policy.pools)
        or _refused_by_cap(claimant.roles, counts, policy.holding)
    )
    return refused or Claimable(
        customer_id=customer.customer_id,
        pool=customer.pool,
        owner_id=claimant.member_id,
        protection=Protection(start=now, end=now + timedelta(days=policy.protection.claim_days)),
    )


def decide_return(
    customer: CustomerFacts,
    actor: Actor,
    reason: ReturnReason,
    detail: str,
    now: datetime,
    pools: PoolPolicies,
) -> Release | ReturnNeedsApproval | ReturnRefused:
    """
    Whether this member may give the customer back (退回): its owner, or a superior leading its department.
    """
    if not can_view(actor, customer, pools):
        return ReturnRefused(ReturnRefusal.NOT_VISIBLE)
    if customer.state is not CustomerState.ACTIVE or customer.owner_id is None:
        return ReturnRefused(ReturnRefusal.NOT_OWNED)
    is_superior = leads_department_of(actor, customer)
    if actor.member_id != customer.owner_id and not is_superior:
        return ReturnRefused(ReturnRefusal.NOT_ENTITLED)
    if customer.lifecycle is Lifecycle.WON:
        return ReturnRefused(ReturnRefusal.WON)
    if reason is ReturnReason.OTHER and not detail.strip():
        return ReturnRefused(ReturnRefusal.DETAIL_MISSING)
    released = release(customer, ReleaseReason.RETURNED, now, pools)
    if customer.level == STRATEGIC_LEVEL and not is_superior:
        return ReturnNeedsApproval(released)
    return released


def _destination(customer: CustomerFacts, reason: ReleaseReason) -> PoolKey:
    match reason:
        case ReleaseReason.OWNER_LEFT:
            return PoolKey.HANDOVER
        case _ if customer.level == STRATEGIC_LEVEL:
            return PoolKey.STRATEGIC
        case ReleaseReason.CLEANSING:
            return PoolKey.SLEEPING
        case _:
            return PoolKey.REGIONAL


def _refused_by_pool(
    customer: CustomerFacts,
    pool: PoolKey,
    member_id: int,
    now: datetime,
    pools: PoolPolicies,
) -> ClaimRefused | None:
    rules = pools.of(pool)
    if rules.assign_only:
        return ClaimRefused(code=ClaimRefusal.ASSIGN_ONLY)
    is_cooling = customer.cooldown_until is not None and now < customer.cooldown_until
    if customer.former_owner_id == member_id and is_cooling:
        return ClaimRefused(code=ClaimRefusal.COOLDOWN_UNTIL, opens_at=customer.cooldown_until)
    if customer.claimable_from is not None and now < customer.claimable_from:
        return ClaimRefused(code=ClaimRefusal.HOLD_UNTIL, opens_at=customer.claimable_from)
    return None


def _refused_by_day(pool: PoolKey, counts: ClaimCounts, now: datetime, pools: PoolPolicies) -> ClaimRefused | None:
    limit = pools.of(pool).daily_claims
    if limit is None or counts.claimed_today < limit:
        return None
    return ClaimRefused(code=ClaimRefusal.DAILY_LIMIT, opens_at=next_local_midnight(now), limit=limit)


def _refused_by_cap(roles: frozenset[Role], counts: ClaimCounts, holding: HoldingPolicy) -> ClaimRefused | None:
    cap = holding_cap(roles, holding)
    if cap is None or counts.holding < cap:
        return None
    return ClaimRefused(code=ClaimRefusal.HOLDING_CAP, limit=cap)

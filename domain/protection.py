"""
The clocks of an owned customer: protection (保护期), its reminders, keep-alive, and the 180-day cleansing.

Everything is computed from stored instants, so a clock that was missed during downtime gives the same answer later.
The release itself (which pool, from when claimable) is made by `pool`; whether a note counts as effective is judged
by `follow_up`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.access import Actor
from domain.customer import CustomerFacts, CustomerState, Lifecycle, Protection
from domain.policy import BusinessPolicy, PoolKey, ProtectionPolicy, Temperature
from domain.pool import Release, ReleaseReason, release
from domain.worktime import at_local, local_date


class ProtectionBasis(StrEnum):
    """
    Which rule gave the length of a protection; stored beside it.
    """

    BASE = "base"
    HOT_SOURCE = "hot_source"
    GOLD_PARTNER = "gold_partner"
    CLAIM = "claim"


class ClockKind(StrEnum):
    """
    The clocks that can be shown as a countdown on a card.
    """

    REMINDER = "reminder"
    PROTECTION = "protection"
    KEEP_ALIVE = "keep_alive"
    CLEANSING = "cleansing"


@dataclass(frozen=True)
class Clock:
    """
    What happens next to an owned customer by itself, and when.
    """

    kind: ClockKind
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """
    A reminder that is due: at least `days_before` whole days were left at `due_at`.

    `is_superseded` when a later reminder is due as well (after downtime): it is marked as done and not said.
    `releases` tells whether the customer would be released at the end, as things stand.
    """

    days_before: int
    due_at: datetime
    is_superseded: bool
    releases: bool


@dataclass(frozen=True)
class NotDue:
    """
    Nothing happens yet; `clock` is what the owner should watch, None when no clock runs for this customer.
    """

    clock: Clock | None


@dataclass(frozen=True)
class KeepOwner:
    """
    The protection has ended, and the owner keeps the customer because of an effective follow-up.
    """

    clock: Clock


@dataclass(frozen=True)
class AwaitsExtension:
    """
    The protection has ended while a request to extend it is undecided; its decision or time-out settles the matter.
    """


class ExtensionRefusal(StrEnum):
    """
    Why an extension (延保) cannot be asked for.
    """

    NOT_OWNER = "not_owner"
    NOT_PROTECTED = "not_protected"
    ALREADY_EXTENDED = "already_extended"
    ALREADY_REQUESTED = "already_requested"
    TOO_FEW_FOLLOW_UPS = "too_few_follow_ups"


@dataclass(frozen=True, kw_only=True)
class ExtensionRefused:
    """
    The request is not sent; `needed` and `present` count effective follow-ups where that is the reason.
    """

    code: ExtensionRefusal
    needed: int | None = None
    present: int | None = None


@dataclass(frozen=True, kw_only=True)
class ExtensionNeedsApproval:
    """
    The request goes to the manager; `extended` is the protection once it is approved.
    """

    customer_id: int
    days: int
    extended: Protection


@dataclass(frozen=True, kw_only=True)
class ExtensionClaim:
    """
    What the requester can show for an extension since the protection began.
    """

    effective_follow_ups: int = 0
    has_sent_quote: bool = False
    is_requested: bool = False


def protection_end(
    start: datetime,
    source: str | None,
    policy: BusinessPolicy,
    *,
    is_gold_partner: bool = False,
) -> tuple[datetime, ProtectionBasis]:
    """
    Until when a registration approved at `start` is protected, to the second, and by which rule.
    """
    rules = policy.protection
    if is_gold_partner:
        return start + timedelta(days=rules.gold_partner_days), ProtectionBasis.GOLD_PARTNER
    if policy.sources.temperature(source) is Temperature.HOT:
        return start + timedelta(days=rules.hot_days), ProtectionBasis.HOT_SOURCE
    return start + timedelta(days=rules.base_days), ProtectionBasis.BASE


def reminder_due_at(protection: Protection, days_before: int, policy: ProtectionPolicy) -> datetime:
    """
    The latest 9:00 (Asia/Shanghai) that still leaves `days_before` whole days until the end.
    """
    latest = protection.end - timedelta(days=days_before)
    morning = at_local(local_date(latest), time(policy.reminder_hour))
    return morning if morning <= latest else morning - timedelta(days=1)


def due_reminders(
    customer: CustomerFacts,
    sent_days: frozenset[int],
    now: datetime,
    policy: ProtectionPolicy,
) -> tuple[Reminder, ...]:
    """
    The reminders of the running protection that are due and not in `sent_days`, in order of time.

    One whose moment lay before the protection began is never due, and none is once the protection has ended.
    """
    protection = customer.protection
    if not _is_clocked(customer) or protection is None or not protection.covers(now):
        return ()
    due = sorted(
        (due_at, days)
        for days in policy.reminder_days
        if days not in sent_days and protection.start <= (due_at := reminder_due_at(protection, days, policy)) <= now
    )
    releases = not _has_effective_follow_up(customer, protection)
    return tuple(
        Reminder(days_before=days, due_at=due_at, is_superseded=(due_at, days) != due[-1], releases=releases)
        for due_at, days in due
    )


def decide_expiry(
    customer: CustomerFacts,
    now: datetime,
    policy: BusinessPolicy,
    *,
    is_extension_pending: bool = False,
) -> Release | KeepOwner | AwaitsExtension | NotDue:
    """
    What the clocks do to this customer now.

    A protection that ended without an effective follow-up releases the customer; with one the owner keeps it as long
    as the keep-alive clock is fed. Won customers have no clock; those in a pool only move to the sleeping one.
    """
    clock = deadline(customer, policy.protection)
    if clock is None:
        return NotDue(None)
    if now < clock.due_at:
        has_ended = customer.protection is not None and customer.protection.end <= now
        return KeepOwner(clock) if has_ended else NotDue(nearest_clock(customer, now, policy.protection))
    if clock.kind is ClockKind.PROTECTION and is_extension_pending:
        return AwaitsExtension()
    return release(customer, _RELEASE_REASON[clock.kind], now, policy.pools)


def decide_extension(
    customer: CustomerFacts,
    requester: Actor,
    claim: ExtensionClaim,
    now: datetime,
    policy: ProtectionPolicy,
) -> ExtensionNeedsApproval | ExtensionRefused:
    """
    Whether the owner may ask the manager to extend the running protection now.
    """
    rules, protection = policy.extension, customer.protection
    if requester.member_id is None or requester.member_id != customer.owner_id:
        return ExtensionRefused(code=ExtensionRefusal.NOT_OWNER)
    if protection is None or not protection.covers(now):
        return ExtensionRefused(code=ExtensionRefusal.NOT_PROTECTED)
    if protection.extensions >= rules.times:
        return ExtensionRefused(code=ExtensionRefusal.ALREADY_EXTENDED)
    if claim.is_requested:
        return ExtensionRefused(code=ExtensionRefusal.ALREADY_REQUESTED)
    if claim.effective_follow_ups < rules.effective_follow_ups and not claim.has_sent_quote:
        return ExtensionRefused(
            code=ExtensionRefusal.TOO_FEW_FOLLOW_UPS,
            needed=rules.effective_follow_ups,
            present=claim.effective_follow_ups,
        )
    return ExtensionNeedsApproval(
        customer_id=customer.customer_id,
        days=rules.days,
        extended=extend(protection, policy),
    )


def extend(protection: Protection, policy: ProtectionPolicy) -> Protection:
    """
    The protection after one approved extension, counted from its present end.
    """
    end = protection.end + timedelta(days=policy.extension.days)
    return replace(protection, end=end, extensions=protection.extensions + 1)


def nearest_clock(customer: CustomerFacts, now: datetime, policy: ProtectionPolicy) -> Clock | None:
    """
    The next thing the clocks will do, for the countdown on a card; None where no clock runs.
    """
    end = deadline(customer, policy)
    if end is None:
        return None
    protection = customer.protection
    if protection is None or not protection.covers(now):
        return end
    ahead = [reminder_due_at(protection, days, policy) for days in policy.reminder_days]
    coming = [Clock(ClockKind.REMINDER, due_at) for due_at in ahead if max(now, protection.start) < due_at]
    return min([*coming, Clock(ClockKind.PROTECTION, protection.end)], key=lambda clock: clock.due_at)


_CLEANSED_POOLS = frozenset({PoolKey.NEW, PoolKey.REGIONAL})
_RELEASE_REASON = {
    ClockKind.PROTECTION: ReleaseReason.PROTECTION_LAPSED,
    ClockKind.KEEP_ALIVE: ReleaseReason.KEEP_ALIVE_LAPSED,
    ClockKind.CLEANSING: ReleaseReason.CLEANSING,
}


def _is_clocked(customer: CustomerFacts) -> bool:
    """
    Whether any clock runs: owned, or in a pool that is cleansed, and not won.
    """
    is_held = customer.owner_id is not None or customer.pool in _CLEANSED_POOLS
    return customer.state is CustomerState.ACTIVE and is_held and customer.lifecycle is not Lifecycle.WON


def _has_effective_follow_up(customer: CustomerFacts, protection: Protection) -> bool:
    return customer.last_effective_at is not None and customer.last_effective_at >= protection.start


def deadline(customer: CustomerFacts, policy: ProtectionPolicy) -> Clock | None:
    """
    When the customer moves to a pool if nothing more is done.

    Under a protection without an effective follow-up: its end. Otherwise keep-alive, which counts from the newest
    effective follow-up but never from before the protection's end. A customer that has no protection, owned or in a
    pool, only has the cleansing clock, from when it was last touched or entered its pool.
    """
    if not _is_clocked(customer):
        return None
    protection = customer.protection
    if protection is not None and not _has_effective_follow_up(customer, protection):
        return Clock(ClockKind.PROTECTION, protection.end)
    if protection is not None:
        fed_at = max(customer.last_effective_at or protection.end, protection.end)
        return Clock(ClockKind.KEEP_ALIVE, fed_at + timedelta(days=policy.keep_alive_days))
    touched = [instant for instant in (customer.pooled_at, customer.last_touched_at) if instant is not None]
    return Clock(ClockKind.CLEANSING, max(touched) + timedelta(days=policy.cleansing_days)) if touched else None

"""
Follow-ups (跟进): who may write one on a customer now, and whether it is effective (有效跟进).

Only effective follow-ups keep a customer; the codes here let the answer say why a note did not count. Understanding
the words of a message belongs to `domain.text`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rapidfuzz.distance import Indel

from domain.access import SELLERS, SUPERIORS, Actor, can_view, leads_department_of
from domain.customer import CustomerFacts, CustomerState
from domain.policy import FollowUpMethod, FollowUpPolicy, PoolPolicies
from domain.worktime import local_date


@dataclass(frozen=True, kw_only=True)
class FollowUpNote:
    """
    One follow-up as the rule sees it.

    `feedback` is what the customer said, `next_step` what comes next; a fixed next date counts as a next step. A
    private note (仅自己可见) never keeps a customer. `is_effective` is the judgement stored with an earlier note.
    """

    author_id: int
    method: FollowUpMethod
    content: str
    at: datetime
    feedback: str = ""
    next_step: str = ""
    next_at: datetime | date | None = None
    is_private: bool = False
    is_effective: bool = False


class Ineffective(StrEnum):
    """
    Why a follow-up does not count.
    """

    PRIVATE = "private"
    METHOD = "method"
    TOO_SHORT = "too_short"
    NO_FEEDBACK_OR_NEXT = "no_feedback_or_next"
    COPY_OF_PREVIOUS = "copy_of_previous"
    SAME_DAY = "same_day"


@dataclass(frozen=True)
class Effective:
    """
    The follow-up counts for protection, extension and keep-alive.
    """


@dataclass(frozen=True, kw_only=True)
class NotEffective:
    """
    The follow-up is stored but does not count; `needed` and `present` are characters where it was too short.
    """

    reason: Ineffective
    needed: int | None = None
    present: int | None = None


class FollowUpRefusal(StrEnum):
    """
    Why somebody may not write a follow-up. NOT_VISIBLE must be said like a customer that does not exist.
    """

    NOT_VISIBLE = "not_visible"
    NOT_ACTIVE = "not_active"
    IN_POOL = "in_pool"
    READ_ONLY = "read_only"


@dataclass(frozen=True)
class Allowed:
    """
    The actor may write the follow-up.
    """


@dataclass(frozen=True)
class ProtectedByOther:
    """
    The customer is another member's; `until` None when no protection runs, only ownership.
    """

    owner_id: int
    until: datetime | None


@dataclass(frozen=True)
class FollowUpRefused:
    """
    The actor may not write the follow-up, for a reason that is no protection.
    """

    code: FollowUpRefusal


def judge_effective(
    note: FollowUpNote,
    previous: Sequence[FollowUpNote],
    policy: FollowUpPolicy,
) -> Effective | NotEffective:
    """
    Whether the note counts, given the earlier notes on the same customer in any order.
    """
    if note.is_private:
        return NotEffective(reason=Ineffective.PRIVATE)
    if note.method not in policy.methods:
        return NotEffective(reason=Ineffective.METHOD)
    length = len(_squeezed(note.content))
    if length < policy.min_chars:
        return NotEffective(reason=Ineffective.TOO_SHORT, needed=policy.min_chars, present=length)
    if not (note.feedback.strip() or note.next_step.strip() or note.next_at):
        return NotEffective(reason=Ineffective.NO_FEEDBACK_OR_NEXT)
    if any(_is_copy(note, earlier, policy.copy_similarity) for earlier in previous):
        return NotEffective(reason=Ineffective.COPY_OF_PREVIOUS)
    if policy.one_per_day and any(_has_counted_that_day(note, earlier) for earlier in previous):
        return NotEffective(reason=Ineffective.SAME_DAY)
    return Effective()


def may_follow_up(
    actor: Actor,
    customer: CustomerFacts,
    now: datetime,
    pools: PoolPolicies,
) -> Allowed | ProtectedByOther | FollowUpRefused:
    """
    Whether the actor may write a follow-up now: the owner and the collaborators who may write.

    A superior who leads the customer's department may too, but only when no protection runs. Sales people who do not
    see the customer learn who holds it, as a duplicate check would tell them; the caller counts that as a look-up.
    """
    if not can_view(actor, customer, pools) and not _may_look_up(actor, customer):
        return FollowUpRefused(FollowUpRefusal.NOT_VISIBLE)
    if customer.state is not CustomerState.ACTIVE:
        return FollowUpRefused(FollowUpRefusal.NOT_ACTIVE)
    if customer.owner_id is None:
        return FollowUpRefused(FollowUpRefusal.IN_POOL)
    if actor.is_system or actor.member_id in {customer.owner_id} | customer.writers:
        return Allowed()
    if actor.member_id in customer.readers:
        return FollowUpRefused(FollowUpRefusal.READ_ONLY)
    protection = customer.protection
    if protection is not None and protection.covers(now):
        return ProtectedByOther(customer.owner_id, protection.end)
    return Allowed() if leads_department_of(actor, customer) else ProtectedByOther(customer.owner_id, None)


def _may_look_up(actor: Actor, customer: CustomerFacts) -> bool:
    is_held = customer.state is CustomerState.ACTIVE and customer.owner_id is not None
    return is_held and bool(actor.roles & (SELLERS | SUPERIORS))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _is_copy(note: FollowUpNote, earlier: FollowUpNote, similarity: float) -> bool:
    mine, theirs = _squeezed(note.content), _squeezed(earlier.content)
    return Indel.normalized_similarity(mine, theirs, score_cutoff=similarity) >= similarity


def _has_counted_that_day(note: FollowUpNote, earlier: FollowUpNote) -> bool:
    return earlier.is_effective and local_date(earlier.at) == local_date(note.at)

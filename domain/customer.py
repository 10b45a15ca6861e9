"""
What a customer (客户) is to the business decisions: its states, stages, protection, and the facts rules look at.

No rule about ownership lives here: claiming and returning are in `pool`, the clocks in `protection`. Choosing values
field by field when an entry is merged into an existing customer (合并到现有客户) is here, because it is about nothing
but the customer's own fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.policy import PoolKey

FieldValue = str | int | None


class CustomerState(StrEnum):
    """
    Whether the row counts: pending until its registration is approved; merged, erased and rejected are final.
    """

    PENDING = "pending"
    ACTIVE = "active"
    MERGED = "merged"
    ERASED = "erased"
    REJECTED = "rejected"


class Lifecycle(StrEnum):
    """
    The four states people speak of: 线索池, 跟进中, 已成交, 流失.
    """

    LEAD_POOL = "lead_pool"
    IN_PROGRESS = "in_progress"
    WON = "won"
    LOST = "lost"


class Stage(StrEnum):
    """
    The stage of the leading open opportunity: eight in order, and the two by-ways 流失/输单 and 暂缓.
    """

    LEAD = "lead"
    FIRST_CONTACT = "first_contact"
    NEEDS_ANALYSIS = "needs_analysis"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    CONTRACT = "contract"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    LOST = "lost"
    ON_HOLD = "on_hold"


class StageBand(StrEnum):
    """
    How far a customer is, as coarse as a competitor inside the firm may know: 早期, 推进, 签约, and 流失, 暂缓.
    """

    EARLY = "early"
    ADVANCING = "advancing"
    SIGNING = "signing"
    LOST = "lost"
    ON_HOLD = "on_hold"


@dataclass(frozen=True, kw_only=True)
class Protection:
    """
    The time (保护期) in which nobody but the owner and collaborators may work the customer: [start, end).
    """

    start: datetime
    end: datetime
    extensions: int = 0

    def covers(self, now: datetime) -> bool:
        """
        Whether the protection holds at this moment; at `end` it no longer does.
        """
        return self.start <= now < self.end


class CustomerLink(StrEnum):
    """
    What ties a customer to people outside sales: a contract, a service ticket, a partner who brought it.
    """

    CONTRACT = "contract"
    TICKET = "ticket"
    PARTNER = "partner"


@dataclass(frozen=True, kw_only=True)
class CustomerFacts:
    """
    One customer as the rules see it.

    An active customer has either `owner_id` or `pool`, never both; a pending one has neither, only a `registrant_id`.
    `department_id` is the owner's department, and for a customer in a pool the department it came from (None:
    belongs to no department). `readers` and `writers` are the collaborators by what they may do. `protection` is the
    last one under the present owner and outlives its end. `last_effective_at` is the newest effective follow-up,
    `last_touched_at` the newest follow-up of any kind or the moment it came to its present owner. `pooled_at` is when
    it entered its pool, `claimable_from` when a claim opens; `former_owner_id` lost it last and waits until
    `cooldown_until`.
    """

    customer_id: int
    state: CustomerState = CustomerState.ACTIVE
    stage: Stage = Stage.LEAD
    level: str | None = None
    source: str | None = None
    registrant_id: int | None = None
    owner_id: int | None = None
    department_id: int | None = None
    readers: frozenset[int] = frozenset()
    writers: frozenset[int] = frozenset()
    protection: Protection | None = None
    last_effective_at: datetime | None = None
    last_touched_at: datetime | None = None
    pool: PoolKey | None = None
    pooled_at: datetime | None = None
    claimable_from: datetime | None = None
    former_owner_id: int | None = None
    cooldown_until: datetime | None = None
    links: frozenset[CustomerLink] = frozenset()

    @property
    def lifecycle(self) -> Lifecycle:
        """
        The state of this customer as people speak of it.
        """
        return lifecycle(self.stage, is_owned=self.owner_id is not None)

    @property
    def collaborators(self) -> frozenset[int]:
        """
        Everybody who was let in beside the owner (协作人).
        """
        return self.readers | self.writers


class Choice(StrEnum):
    """
    Which side wins when both have a value for a field: the stored one or the incoming one.
    """

    KEEP = "keep"
    TAKE = "take"


@dataclass(frozen=True)
class FieldChange:
    """
    One field that gets another value; `before` None means it was empty.
    """

    field: str
    before: FieldValue
    after: FieldValue


def stage_band(stage: Stage) -> StageBand:
    """
    The band shown on conflict cards: stages 1-2 early, 3-5 advancing, 6-8 signing.
    """
    match stage:
        case Stage.LEAD | Stage.FIRST_CONTACT:
            return StageBand.EARLY
        case Stage.NEEDS_ANALYSIS | Stage.PROPOSAL | Stage.NEGOTIATION:
            return StageBand.ADVANCING
        case Stage.CONTRACT | Stage.DELIVERY | Stage.PAYMENT:
            return StageBand.SIGNING
        case Stage.LOST:
            return StageBand.LOST
        case Stage.ON_HOLD:
            return StageBand.ON_HOLD


def lifecycle(stage: Stage, *, is_owned: bool) -> Lifecycle:
    """
    The lifecycle that follows from the stage; only at the first stage does it depend on having an owner.
    """
    match stage:
        case Stage.PAYMENT:
            return Lifecycle.WON
        case Stage.LOST | Stage.ON_HOLD:
            return Lifecycle.LOST
        case Stage.LEAD:
            return Lifecycle.IN_PROGRESS if is_owned else Lifecycle.LEAD_POOL
        case _:
            return Lifecycle.IN_PROGRESS


def conflicting_fields(mine: Mapping[str, FieldValue], incoming: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """
    The fields somebody has to choose for, in the order of `incoming`: both sides have a value and they differ.
    """
    return tuple(
        field
        for field, value in incoming.items()
        if _is_filled(value) and _is_filled(mine.get(field)) and mine[field] != value
    )


def merge_fields(
    mine: Mapping[str, FieldValue],
    incoming: Mapping[str, FieldValue],
    choices: Mapping[str, Choice],
) -> tuple[FieldChange, ...]:
    """
    The changes to the existing customer: empty fields are filled, conflicting ones change only where TAKE was chosen.
    """
    contested = frozenset(conflicting_fields(mine, incoming))
    return tuple(
        FieldChange(field, mine.get(field), value)
        for field, value in incoming.items()
        if _is_filled(value)
        and (choices.get(field) is Choice.TAKE if field in contested else not _is_filled(mine.get(field)))
    )


def _is_filled(value: FieldValue) -> bool:
    return value is not None and value != ""

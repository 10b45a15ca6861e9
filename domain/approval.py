"""
Approvals (审批): who decides, what a click does, and what the clock does while nobody clicks.

An approval goes through its steps in order; any approver of the open step decides it, the first decision wins, a
rejection ends the whole. Whom to ask is found by `approver`; what an approved object then becomes is decided by its
own topic. All functions return new values; that two clicks cannot both win is the store's compare-and-set on state
and step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.member import MemberFacts
from domain.policy import ApprovalPolicy
from domain.worktime import WorkCalendar, add_working_hours


class ApprovalKind(StrEnum):
    """
    What is being approved: F1 客户报备, F5 延长保护, F11 退公海 (A 级).
    """

    REGISTRATION = "registration"
    EXTENSION = "extension"
    POOL_RETURN = "pool_return"


class ApprovalState(StrEnum):
    """
    Pending until decided; the other three are final.
    """

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """
    What an approver says: 同意 or 驳回.
    """

    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, kw_only=True)
class StepDecision:
    """
    How a step was decided; `decided_by` None means by its time-out.
    """

    decision: Decision
    decided_by: int | None
    decided_at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    One step: any of `approver_ids` decides it. `delegated_by` are those who passed it on and may no longer decide.

    `opened_at` None means an earlier step is still open.
    """

    approver_ids: tuple[int, ...]
    opened_at: datetime | None = None
    delegated_by: tuple[int, ...] = ()
    nudged_at: datetime | None = None
    escalated_at: datetime | None = None
    decided: StepDecision | None = None


@dataclass(frozen=True, kw_only=True)
class Approval:
    """
    One approval of one object; `steps` is never empty, `copied_to` only reads along (抄送).
    """

    kind: ApprovalKind
    requester_id: int
    state: ApprovalState
    steps: tuple[Step, ...]
    copied_to: tuple[int, ...] = ()

    @property
    def open_index(self) -> int | None:
        """
        The position of the step waiting for a decision, None when the approval is final.
        """
        if self.state is not ApprovalState.PENDING:
            return None
        return next(index for index, step in enumerate(self.steps) if step.decided is None)

    @property
    def open_step(self) -> Step | None:
        """
        The step waiting for a decision, None when the approval is final.
        """
        index = self.open_index
        return None if index is None else self.steps[index]

    @property
    def last_decision(self) -> StepDecision | None:
        """
        The newest decision of any step.
        """
        return next((step.decided for step in reversed(self.steps) if step.decided is not None), None)


@dataclass(frozen=True)
class Decided:
    """
    The decision counts; `approval.state` tells whether the whole is final or the next step is open now.
    """

    approval: Approval


@dataclass(frozen=True, kw_only=True)
class AlreadyDecided:
    """
    Somebody was faster, or the requester withdrew (`state` cancelled, `by` the requester where known).
    """

    state: ApprovalState
    by: int | None
    at: datetime | None


@dataclass(frozen=True)
class NotEntitled:
    """
    The member is no approver of the open step, or is the requester.
    """


@dataclass(frozen=True)
class ReasonMissing:
    """
    A rejection needs a reason.
    """


@dataclass(frozen=True)
class Delegated:
    """
    The step was passed on.
    """

    approval: Approval


@dataclass(frozen=True)
class Cancelled:
    """
    The requester withdrew the request (撤回).
    """

    approval: Approval


class DelegateRefusal(StrEnum):
    """
    Why a step cannot be passed on to somebody.
    """

    TO_REQUESTER = "to_requester"
    TO_APPROVER = "to_approver"
    TO_INACTIVE = "to_inactive"
    BACK_TO_DELEGATOR = "back_to_delegator"


@dataclass(frozen=True)
class DelegateRefused:
    """
    The step stays where it is.
    """

    code: DelegateRefusal


@dataclass(frozen=True)
class Nudge:
    """
    The approvers of the open step are reminded (催办).
    """

    due_at: datetime


@dataclass(frozen=True)
class Escalate:
    """
    The open step also goes to the next superior.
    """

    due_at: datetime


@dataclass(frozen=True)
class RejectByTimeout:
    """
    The open step is rejected because nobody decided in time.
    """

    due_at: datetime


Timer = Nudge | Escalate | RejectByTimeout
TIMEOUT = "timeout"


def open_approval(
    kind: ApprovalKind,
    requester_id: int,
    approvers: Sequence[tuple[int, ...]],
    now: datetime,
    *,
    copied_to: tuple[int, ...] = (),
) -> Approval:
    """
    A new approval with one step per element of `approvers`, the first one open.

    Raises: ValueError when a step has no approver or only the requester.
    """
    steps = tuple(Step(approver_ids=tuple(m for m in step if m != requester_id)) for step in approvers)
    if not steps or not all(step.approver_ids for step in steps):
        raise ValueError(
            f"approval: every step needs an approver other than the requester {requester_id}: {approvers!r}"
        )
    return Approval(
        kind=kind,
        requester_id=requester_id,
        state=ApprovalState.PENDING,
        steps=(replace(steps[0], opened_at=now), *steps[1:]),
        copied_to=copied_to,
    )


def decide(
    approval: Approval,
    actor_id: int,
    decision: Decision,
    now: datetime,
    *,
    reason: str = "",
) -> Decided | AlreadyDecided | NotEntitled | ReasonMissing:
    """
    What a click on 同意 or 驳回 does.
    """
    step = approval.open_step
    if step is None:
        return _already_decided(approval)
    if not _may_decide(approval, step, actor_id):
        return NotEntitled()
    if decision is Decision.REJECT and not reason.strip():
        return ReasonMissing()
    made = StepDecision(decision=decision, decided_by=actor_id, decided_at=now, reason=reason.strip())
    return Decided(_with_decision(approval, made))


def delegate(
    approval: Approval,
    actor_id: int,
    target: MemberFacts,
) -> Delegated | AlreadyDecided | NotEntitled | DelegateRefused:
    """
    What 转交 does: the target decides in the actor's place, and the actor no longer may.
    """
    step = approval.open_step
    if step is None:
        return _already_decided(approval)
    if not _may_decide(approval, step, actor_id):
        return NotEntitled()
    if refusal := _delegate_refusal(approval, step, target):
        return DelegateRefused(refusal)
    approvers = tuple(target.id if member == actor_id else member for member in step.approver_ids)
    passed_on = replace(step, approver_ids=approvers, delegated_by=(*step.delegated_by, actor_id))
    return Delegated(_with_open_step(approval, passed_on))


def cancel(approval: Approval, actor_id: int) -> Cancelled | AlreadyDecided | NotEntitled:
    """
    What 撤回 does; only the requester may, and only while the whole is pending.
    """
    if approval.state is not ApprovalState.PENDING:
        return _already_decided(approval)
    if actor_id != approval.requester_id:
        return NotEntitled()
    return Cancelled(replace(approval, state=ApprovalState.CANCELLED))


def next_timer(approval: Approval, calendar: WorkCalendar, policy: ApprovalPolicy) -> Timer | None:
    """
    What the clock does next to the open step, None when nothing more.

    A nudge and an escalation happen once each; one that was overtaken by the next is dropped.
    """
    step = approval.open_step
    if step is None or step.opened_at is None:
        return None
    timers: list[Timer] = []
    if policy.nudge_after_hours is not None and step.nudged_at is None and step.escalated_at is None:
        timers.append(Nudge(add_working_hours(step.opened_at, policy.nudge_after_hours, calendar)))
    if policy.escalate_after_hours is not None and step.escalated_at is None:
        timers.append(Escalate(add_working_hours(step.opened_at, policy.escalate_after_hours, calendar)))
    if policy.reject_after_hours is not None:
        timers.append(RejectByTimeout(add_working_hours(step.opened_at, policy.reject_after_hours, calendar)))
    return min(timers, key=lambda timer: timer.due_at, default=None)


def nudged(approval: Approval, now: datetime) -> Approval:
    """
    The approval after its open step's approvers were reminded; a final approval stays as it is.
    """
    step = approval.open_step
    return approval if step is None else _with_open_step(approval, replace(step, nudged_at=now))


def escalated(approval: Approval, superior_id: int | None, now: datetime) -> Approval:
    """
    The approval after its open step also went to this superior (`approver.next_superior`); None: nobody is higher.

    Those who could decide before still can. A final approval stays as it is.
    """
    step = approval.open_step
    if step is None:
        return approval
    may_join = superior_id not in {None, approval.requester_id, *step.approver_ids}
    approvers = (*step.approver_ids, superior_id) if superior_id is not None and may_join else step.approver_ids
    return _with_open_step(approval, replace(step, approver_ids=approvers, escalated_at=now))


def timed_out(approval: Approval, now: datetime) -> Approval:
    """
    The approval after its time-out rejected the open step; a final approval stays as it is.
    """
    if approval.state is not ApprovalState.PENDING:
        return approval
    made = StepDecision(decision=Decision.REJECT, decided_by=None, decided_at=now, reason=TIMEOUT)
    return _with_decision(approval, made)


def _may_decide(approval: Approval, step: Step, actor_id: int) -> bool:
    return actor_id in step.approver_ids and actor_id != approval.requester_id


def _delegate_refusal(approval: Approval, step: Step, target: MemberFacts) -> DelegateRefusal | None:
    if not target.is_active:
        return DelegateRefusal.TO_INACTIVE
    if target.id == approval.requester_id:
        return DelegateRefusal.TO_REQUESTER
    if target.id in step.approver_ids:
        return DelegateRefusal.TO_APPROVER
    return DelegateRefusal.BACK_TO_DELEGATOR if target.id in step.delegated_by else None


def _already_decided(approval: Approval) -> AlreadyDecided:
    last = approval.last_decision
    if approval.state is ApprovalState.CANCELLED or last is None:
        return AlreadyDecided(state=approval.state, by=approval.requester_id, at=None)
    return AlreadyDecided(state=approval.state, by=last.decided_by, at=last.decided_at)


def _with_open_step(approval: Approval, step: Step) -> Approval:
    index = approval.open_index
    return replace(approval, steps=tuple(step if n == index else old for n, old in enumerate(approval.steps)))


def _with_decision(approval: Approval, made: StepDecision) -> Approval:
    """
    The approval after its open step was decided: rejected, approved, or waiting at the next step, opened now.
    """
    index = approval.open_index
    steps = [replace(step, decided=made) if n == index else step for n, step in enumerate(approval.steps)]
    if made.decision is Decision.REJECT:
        return replace(approval, steps=tuple(steps), state=ApprovalState.REJECTED)
    following = next((n for n, step in enumerate(steps) if step.decided is None), None)
    if following is None:
        return replace(approval, steps=tuple(steps), state=ApprovalState.APPROVED)
    steps[following] = replace(steps[following], opened_at=made.decided_at)
    return replace(approval, steps=tuple(steps))

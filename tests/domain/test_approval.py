from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.approval import (
    TIMEOUT,
    AlreadyDecided,
    Approval,
    ApprovalKind,
    ApprovalState,
    Cancelled,
    Decided,
    Decision,
    Delegated,
    DelegateRefusal,
    DelegateRefused,
    Escalate,
    NotEntitled,
    Nudge,
    ReasonMissing,
    RejectByTimeout,
    Step,
    StepDecision,
    cancel,
    decide,
    delegate,
    escalated,
    next_timer,
    nudged,
    open_approval,
    timed_out,
)
from domain.member import MemberFacts
from domain.policy import ApprovalPolicy
from domain.worktime import WorkCalendar
from tests.domain.business_facts import LAOZHANG, POLICY, XIAOLI, XIAOWANG, ZHOUZONG, china

CALENDAR = WorkCalendar()
OPENED, NOW = china(9, 1, 10), china(9, 1, 11)
FRIDAY_AFTERNOON = china(9, 4, 16)


def asked_of(*approvers, opened_at=OPENED):
    return open_approval(ApprovalKind.REGISTRATION, XIAOLI, approvers, opened_at, copied_to=(ZHOUZONG,))


ONE_STEP = asked_of((LAOZHANG,))


def settled(answer) -> Approval:
    assert isinstance(answer, Decided | Cancelled | Delegated)
    return answer.approval


def approved() -> Approval:
    return settled(decide(ONE_STEP, LAOZHANG, Decision.APPROVE, NOW))


def member(member_id: int, *, is_active: bool = True) -> MemberFacts:
    return MemberFacts(id=member_id, name="某人", is_active=is_active)


def test_new_approval_waits_at_its_first_step():
    assert Approval(
        kind=ApprovalKind.REGISTRATION,
        requester_id=XIAOLI,
        state=ApprovalState.PENDING,
        steps=(Step(approver_ids=(LAOZHANG,), opened_at=OPENED), Step(approver_ids=(ZHOUZONG,))),
        copied_to=(ZHOUZONG,),
    ) == asked_of((LAOZHANG,), (ZHOUZONG,))


def test_requester_is_no_approver_even_when_named():
    assert (LAOZHANG,) == asked_of((XIAOLI, LAOZHANG)).steps[0].approver_ids


@pytest.mark.parametrize("approvers", [(), ((),), ((XIAOLI,),), ((LAOZHANG,), ())])
def test_step_without_approver_is_a_mistake(approvers):
    with pytest.raises(ValueError, match="every step needs an approver"):
        asked_of(*approvers)


def test_approving_the_only_step_approves_the_whole():
    approval = approved()

    assert ApprovalState.APPROVED is approval.state
    assert StepDecision(decision=Decision.APPROVE, decided_by=LAOZHANG, decided_at=NOW) == approval.last_decision


def test_approving_a_step_opens_the_next():
    approval = settled(decide(asked_of((LAOZHANG,), (ZHOUZONG,)), LAOZHANG, Decision.APPROVE, NOW))

    assert ApprovalState.PENDING is approval.state
    assert Step(approver_ids=(ZHOUZONG,), opened_at=NOW) == approval.open_step
    assert NotEntitled() == decide(approval, LAOZHANG, Decision.APPROVE, NOW)


def test_rejecting_any_step_rejects_the_whole_with_its_reason():
    approval = settled(decide(asked_of((LAOZHANG,), (ZHOUZONG,)), LAOZHANG, Decision.REJECT, NOW, reason=" 已有人跟 "))

    assert ApprovalState.REJECTED is approval.state
    assert "已有人跟" == approval.last_decision.reason
    assert approval.open_step is None


def test_rejecting_needs_a_reason():
    assert ReasonMissing() == decide(ONE_STEP, LAOZHANG, Decision.REJECT, NOW, reason=" ")


def test_only_an_approver_of_the_open_step_decides():
    approval = asked_of((LAOZHANG,), (ZHOUZONG,))

    assert NotEntitled() == decide(approval, ZHOUZONG, Decision.APPROVE, NOW)
    assert NotEntitled() == decide(approval, XIAOLI, Decision.APPROVE, NOW)


def test_requester_never_decides_even_when_stored_as_approver():
    tampered = replace(ONE_STEP, steps=(Step(approver_ids=(XIAOLI,), opened_at=OPENED),))

    assert NotEntitled() == decide(tampered, XIAOLI, Decision.APPROVE, NOW)


def test_first_decision_wins_and_the_second_learns_who_and_when():
    two = asked_of((LAOZHANG, ZHOUZONG))
    first = settled(decide(two, ZHOUZONG, Decision.APPROVE, NOW))

    late = decide(first, LAOZHANG, Decision.REJECT, NOW + timedelta(minutes=1), reason="不同意")

    assert AlreadyDecided(state=ApprovalState.APPROVED, by=ZHOUZONG, at=NOW) == late


def test_requester_withdraws_while_undecided():
    cancelled = settled(cancel(ONE_STEP, XIAOLI))

    assert ApprovalState.CANCELLED is cancelled.state
    late = AlreadyDecided(state=ApprovalState.CANCELLED, by=XIAOLI, at=None)
    assert late == decide(cancelled, LAOZHANG, Decision.APPROVE, NOW)


def test_only_the_requester_withdraws_and_only_before_the_end():
    assert NotEntitled() == cancel(ONE_STEP, LAOZHANG)
    assert AlreadyDecided(state=ApprovalState.APPROVED, by=LAOZHANG, at=NOW) == cancel(approved(), XIAOLI)


def test_passing_on_moves_the_right_to_decide():
    passed_on = settled(delegate(ONE_STEP, LAOZHANG, member(ZHOUZONG)))

    assert Step(approver_ids=(ZHOUZONG,), opened_at=OPENED, delegated_by=(LAOZHANG,)) == passed_on.open_step
    assert NotEntitled() == decide(passed_on, LAOZHANG, Decision.APPROVE, NOW)
    assert isinstance(decide(passed_on, ZHOUZONG, Decision.APPROVE, NOW), Decided)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(member(XIAOLI), DelegateRefusal.TO_REQUESTER, id="requester"),
        pytest.param(member(LAOZHANG), DelegateRefusal.TO_APPROVER, id="oneself"),
        pytest.param(member(33, is_active=False), DelegateRefusal.TO_INACTIVE, id="leaver"),
    ],
)
def test_passing_on_is_refused(target, expected):
    assert DelegateRefused(expected) == delegate(ONE_STEP, LAOZHANG, target)


def test_step_is_not_passed_back():
    passed_on = settled(delegate(ONE_STEP, LAOZHANG, member(ZHOUZONG)))

    assert DelegateRefused(DelegateRefusal.BACK_TO_DELEGATOR) == delegate(passed_on, ZHOUZONG, member(LAOZHANG))


def test_passing_on_needs_the_right_to_decide():
    assert NotEntitled() == delegate(ONE_STEP, XIAOWANG, member(ZHOUZONG))
    late = AlreadyDecided(state=ApprovalState.APPROVED, by=LAOZHANG, at=NOW)
    assert late == delegate(approved(), LAOZHANG, member(ZHOUZONG))


def test_nudge_after_four_and_escalation_after_eight_working_hours():
    approval, rules = asked_of((LAOZHANG,), opened_at=FRIDAY_AFTERNOON), POLICY.approvals.registration

    assert Nudge(china(9, 7, 11)) == next_timer(approval, CALENDAR, rules)
    reminded = nudged(approval, china(9, 7, 11))
    assert Escalate(china(9, 7, 16)) == next_timer(reminded, CALENDAR, rules)
    assert next_timer(escalated(reminded, ZHOUZONG, china(9, 7, 16)), CALENDAR, rules) is None


def test_nudge_that_was_overtaken_by_the_escalation_is_dropped():
    approval = escalated(ONE_STEP, ZHOUZONG, china(9, 2, 10))

    assert next_timer(approval, CALENDAR, POLICY.approvals.registration) is None


def test_make_up_saturday_counts_as_working_time():
    saturday = WorkCalendar(make_up_days=frozenset({china(9, 5, 12).date()}))
    approval = asked_of((LAOZHANG,), opened_at=FRIDAY_AFTERNOON)

    assert Nudge(china(9, 5, 11)) == next_timer(approval, saturday, POLICY.approvals.registration)


def test_extension_request_is_rejected_after_four_working_hours():
    approval = open_approval(ApprovalKind.EXTENSION, XIAOLI, [(LAOZHANG,)], OPENED)

    assert RejectByTimeout(china(9, 1, 15)) == next_timer(approval, CALENDAR, POLICY.approvals.extension)


def test_policy_without_times_sets_no_timer():
    never = ApprovalPolicy(nudge_after_hours=None, escalate_after_hours=None)

    assert next_timer(ONE_STEP, CALENDAR, never) is None


def test_timers_of_the_next_step_count_from_its_opening():
    approval = settled(decide(asked_of((LAOZHANG,), (ZHOUZONG,)), LAOZHANG, Decision.APPROVE, china(9, 2, 10)))

    assert Nudge(china(9, 2, 15)) == next_timer(approval, CALENDAR, POLICY.approvals.registration)


def test_time_out_rejects_in_nobodys_name():
    rejected = timed_out(ONE_STEP, NOW)

    assert ApprovalState.REJECTED is rejected.state
    expected = StepDecision(decision=Decision.REJECT, decided_by=None, decided_at=NOW, reason=TIMEOUT)
    assert expected == rejected.last_decision


def test_escalation_adds_the_superior_and_keeps_the_approver():
    approval = escalated(ONE_STEP, ZHOUZONG, NOW)

    assert (LAOZHANG, ZHOUZONG) == approval.open_step.approver_ids
    assert isinstance(decide(approval, LAOZHANG, Decision.APPROVE, NOW), Decided)


@pytest.mark.parametrize("superior_id", [None, XIAOLI, LAOZHANG])
def test_escalation_to_nobody_new_is_only_noted(superior_id):
    approval = escalated(ONE_STEP, superior_id, NOW)

    assert Step(approver_ids=(LAOZHANG,), opened_at=OPENED, escalated_at=NOW) == approval.open_step


def test_clock_leaves_a_final_approval_as_it_is():
    final = approved()

    assert (final,) * 3 == (nudged(final, NOW), escalated(final, ZHOUZONG, NOW), timed_out(final, NOW))
    assert next_timer(final, CALENDAR, POLICY.approvals.registration) is None


class ApprovalLife(RuleBasedStateMachine):
    """
    Anybody clicks anything in any order; the approval never leaves its states.
    """

    people = st.integers(1, 6)

    def __init__(self) -> None:
        super().__init__()
        self.approval = asked_of((LAOZHANG,), (ZHOUZONG, 6))
        self.now = OPENED

    def become(self, after: Approval) -> None:
        before = self.approval
        if before.state is not ApprovalState.PENDING:
            assert before == after
        assert before.requester_id == after.requester_id
        assert len(before.steps) == len(after.steps)
        for earlier, later in zip(before.steps, after.steps, strict=True):
            assert earlier.decided in {None, later.decided}
        self.approval = after
        self.now += timedelta(minutes=10)

    @rule(actor=people, decision=st.sampled_from(Decision), reason=st.sampled_from(["", "重复"]))
    def click(self, actor, decision, reason):
        step = self.approval.open_step
        match decide(self.approval, actor, decision, self.now, reason=reason):
            case Decided(approval):
                assert actor in step.approver_ids
                assert actor != XIAOLI
                self.become(approval)
            case AlreadyDecided(state=state):
                assert state is self.approval.state is not ApprovalState.PENDING
            case NotEntitled():
                assert actor not in step.approver_ids
            case ReasonMissing():
                assert (Decision.REJECT, "") == (decision, reason)

    @rule(actor=people, receiver=people, is_active=st.booleans())
    def pass_on(self, actor, receiver, is_active):
        answer = delegate(self.approval, actor, member(receiver, is_active=is_active))
        if isinstance(answer, Delegated):
            assert is_active
            self.become(answer.approval)

    @rule(actor=people)
    def withdraw(self, actor):
        answer = cancel(self.approval, actor)
        if isinstance(answer, Cancelled):
            assert XIAOLI == actor
            self.become(answer.approval)

    @rule(superior=st.one_of(st.none(), people))
    def escalate(self, superior):
        self.become(escalated(self.approval, superior, self.now))

    @rule()
    def nudge(self):
        self.become(nudged(self.approval, self.now))

    @rule()
    def run_out_of_time(self):
        self.become(timed_out(self.approval, self.now))

    @invariant()
    def state_agrees_with_decisions(self):
        decisions = [step.decided.decision for step in self.approval.steps if step.decided]
        match self.approval.state:
            case ApprovalState.APPROVED:
                assert [Decision.APPROVE] * len(self.approval.steps) == decisions
            case ApprovalState.REJECTED:
                assert Decision.REJECT is decisions[-1]
            case ApprovalState.PENDING | ApprovalState.CANCELLED:
                assert Decision.REJECT not in decisions
                assert len(decisions) < len(self.approval.steps)

    @invariant()
    def every_step_has_approvers_and_the_requester_is_none(self):
        for step in self.approval.steps:
            assert step.approver_ids
            assert XIAOLI not in step.approver_ids
            assert len(set(step.approver_ids)) == len(step.approver_ids)

    @invariant()
    def exactly_one_step_is_open_while_pending(self):
        opened = [step for step in self.approval.steps if step.opened_at is not None and step.decided is None]
        is_pending = self.approval.state is ApprovalState.PENDING
        assert (self.approval.open_step is not None) is is_pending
        if is_pending:
            assert [self.approval.open_step] == opened


TestApprovalLife = ApprovalLife.TestCase
TestApprovalLife.settings = settings(max_examples=40, stateful_step_count=25)

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.approval import ApprovalKind, ApprovalState, Decided, Decision, decide, delegate, escalated, open_approval
from domain.approver import ApproverChosen, NoApprover, choose_approver, next_superior, superiors
from domain.member import MemberFacts
from domain.policy import ApproverRule
from tests.domain.business_facts import LAOZHANG, XIAOLI, XIAOZHAO, ZHOUZONG, china

QIANZONG = 6
MEMBERS = {
    member.id: member
    for member in (
        MemberFacts(id=XIAOLI, name="小李", roles=frozenset({"sales"}), manager_id=LAOZHANG),
        MemberFacts(id=XIAOZHAO, name="小赵", roles=frozenset({"sales"}), manager_id=ZHOUZONG),
        MemberFacts(id=LAOZHANG, name="老张", roles=frozenset({"manager"}), manager_id=ZHOUZONG),
        MemberFacts(id=ZHOUZONG, name="周总", roles=frozenset({"director"}), manager_id=QIANZONG),
        MemberFacts(id=QIANZONG, name="钱总", roles=frozenset({"executive"})),
    )
}
CHAIN = superiors(XIAOLI, MEMBERS)
PEOPLE = st.builds(
    MemberFacts,
    id=st.integers(1, 6),
    name=st.just("某人"),
    roles=st.frozensets(st.sampled_from(["manager", "director"])),
    manager_id=st.one_of(st.none(), st.integers(1, 6)),
    is_active=st.booleans(),
)
RULES = st.sampled_from(ApproverRule)
SUBSTITUTES = st.dictionaries(st.integers(1, 6), st.integers(1, 6), max_size=3)


def left(member_id: int) -> list[MemberFacts]:
    return [
        MemberFacts(id=person.id, name=person.name, roles=person.roles, is_active=person.id != member_id)
        for person in CHAIN
    ]


def asked_of(*approvers):
    return open_approval(ApprovalKind.REGISTRATION, XIAOLI, approvers, china(9, 1, 10))


def test_way_up_begins_with_the_direct_manager():
    assert [LAOZHANG, ZHOUZONG, QIANZONG] == [person.id for person in CHAIN]
    assert () == superiors(QIANZONG, MEMBERS)
    assert () == superiors(404, MEMBERS)


def test_way_up_ends_where_managers_form_a_circle():
    circle = {
        1: MemberFacts(id=1, name="甲", manager_id=2),
        2: MemberFacts(id=2, name="乙", manager_id=3),
        3: MemberFacts(id=3, name="丙", manager_id=1),
    }

    assert [2, 3] == [person.id for person in superiors(1, circle)]


def test_way_up_ends_at_a_manager_who_is_unknown():
    assert () == superiors(1, {1: MemberFacts(id=1, name="甲", manager_id=404)})


def test_direct_manager_decides_by_rule():
    assert ApproverChosen(member_id=LAOZHANG) == choose_approver(XIAOLI, CHAIN, ApproverRule.DIRECT_MANAGER)


def test_sales_director_decides_by_rule_past_the_manager():
    assert ApproverChosen(member_id=ZHOUZONG) == choose_approver(XIAOLI, CHAIN, ApproverRule.SALES_DIRECTOR)


def test_member_without_group_manager_is_decided_by_the_next_superior():
    chain = superiors(XIAOZHAO, MEMBERS)

    assert ApproverChosen(member_id=ZHOUZONG) == choose_approver(XIAOZHAO, chain, ApproverRule.DIRECT_MANAGER)


def test_leaver_is_passed_over_and_recorded():
    expected = ApproverChosen(member_id=ZHOUZONG, passed_over=(LAOZHANG,))

    assert expected == choose_approver(XIAOLI, left(LAOZHANG), ApproverRule.DIRECT_MANAGER)


def test_missing_director_falls_back_to_the_nearest_superior():
    expected = ApproverChosen(member_id=LAOZHANG, passed_over=(ZHOUZONG,))

    assert expected == choose_approver(XIAOLI, left(ZHOUZONG), ApproverRule.SALES_DIRECTOR)


def test_substitute_decides_for_somebody_away():
    chosen = choose_approver(XIAOLI, CHAIN, ApproverRule.DIRECT_MANAGER, {LAOZHANG: 33})

    assert ApproverChosen(member_id=33) == chosen


def test_requester_never_stands_in_for_the_own_manager():
    chosen = choose_approver(XIAOLI, CHAIN, ApproverRule.DIRECT_MANAGER, {LAOZHANG: XIAOLI})

    assert ApproverChosen(member_id=ZHOUZONG, passed_over=(LAOZHANG,)) == chosen


def test_requester_at_the_top_has_no_approver():
    assert NoApprover() == choose_approver(QIANZONG, (), ApproverRule.SALES_DIRECTOR)


def test_escalation_goes_to_the_superior_above_the_approver():
    assert ZHOUZONG == next_superior(asked_of((LAOZHANG,)), CHAIN)
    assert QIANZONG == next_superior(escalated(asked_of((LAOZHANG,)), ZHOUZONG, china(9, 2)), CHAIN)


def test_escalation_after_passing_on_counts_from_the_one_who_passed_on():
    passed_on = delegate(asked_of((LAOZHANG,)), LAOZHANG, MemberFacts(id=33, name="代理"))

    assert ZHOUZONG == next_superior(passed_on.approval, CHAIN)


def test_escalation_from_somebody_outside_the_chain_begins_at_its_foot():
    assert LAOZHANG == next_superior(asked_of((33,)), CHAIN)


def test_nobody_is_above_the_top():
    assert next_superior(asked_of((QIANZONG,)), CHAIN) is None


def test_decided_approval_escalates_to_nobody():
    decided = decide(asked_of((LAOZHANG,)), LAOZHANG, Decision.APPROVE, china(9, 1, 11))

    assert isinstance(decided, Decided)
    assert ApprovalState.APPROVED is decided.approval.state
    assert next_superior(decided.approval, CHAIN) is None


@given(st.lists(PEOPLE, max_size=6), st.integers(1, 6), RULES, SUBSTITUTES)
def test_requester_and_leavers_without_substitute_never_decide(people, requester_id, rule, substitutes):
    members = {person.id: person for person in people}
    chain = superiors(requester_id, members)

    match choose_approver(requester_id, chain, rule, substitutes):
        case ApproverChosen(member_id=member_id):
            stands_for = [person for person in chain if substitutes.get(person.id, person.id) == member_id]
            assert requester_id != member_id
            assert any(person.is_active for person in stands_for)
        case NoApprover():
            assert all(
                not person.is_active or substitutes.get(person.id, person.id) == requester_id for person in chain
            )


@given(st.lists(PEOPLE, max_size=6), st.integers(1, 6))
def test_way_up_never_passes_the_same_person_twice_nor_the_member(people, member_id):
    ids = [person.id for person in superiors(member_id, {person.id: person for person in people})]

    assert len(set(ids)) == len(ids)
    assert member_id not in ids

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Actor, Role
from domain.customer import CustomerState
from domain.follow_up import (
    Allowed,
    Effective,
    FollowUpNote,
    FollowUpRefusal,
    FollowUpRefused,
    Ineffective,
    NotEffective,
    ProtectedByOther,
    judge_effective,
    may_follow_up,
)
from domain.policy import FollowUpMethod, FollowUpPolicy, PoolKey
from tests.domain.business_facts import (
    LAOZHANG,
    POLICY,
    SOUTH,
    XIAOLI,
    XIAOWANG,
    XIAOZHAO,
    china,
    colleague,
    manager_of_east,
    owned_customer,
    pooled_customer,
    seller,
)

RULES = FollowUpPolicy()
NOTE = FollowUpNote(
    author_id=XIAOLI,
    method=FollowUpMethod.CALL,
    content="和张总通了电话，确认了预算五十万和上线时间",
    feedback="希望下周看方案",
    at=china(9, 10, 15),
)
EARLIER = FollowUpNote(
    author_id=XIAOLI,
    method=FollowUpMethod.VISIT,
    content="上门拜访了采购部，介绍了公司和两个同行案例",
    next_step="发资料",
    at=china(9, 3, 11),
    is_effective=True,
)
NOTES = st.builds(
    FollowUpNote,
    author_id=st.integers(1, 3),
    method=st.sampled_from(FollowUpMethod),
    content=st.text(max_size=40),
    at=st.sampled_from([china(9, 10, 0), china(9, 10, 23), china(9, 11, 1)]),
    feedback=st.text(max_size=3),
    next_step=st.text(max_size=3),
    is_private=st.booleans(),
    is_effective=st.booleans(),
)
IN_PROTECTION, AFTER = china(9, 10), china(10, 2)


def judge(note, *previous):
    return judge_effective(note, previous, RULES)


def allowed(actor, customer, now=IN_PROTECTION):
    return may_follow_up(actor, customer, now, POLICY.pools)


def test_call_with_content_and_feedback_is_effective():
    assert Effective() == judge(NOTE, EARLIER)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(replace(NOTE, feedback="", next_step="发方案"), id="next step"),
        pytest.param(replace(NOTE, feedback="", next_at=china(9, 17, 15)), id="next moment"),
        pytest.param(replace(NOTE, feedback="", next_at=date(2026, 9, 17)), id="next date"),
    ],
)
def test_next_step_counts_as_well_as_feedback(note):
    assert Effective() == judge(note)


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        pytest.param(replace(NOTE, is_private=True), Ineffective.PRIVATE, id="private note"),
        pytest.param(replace(NOTE, method=FollowUpMethod.OTHER), Ineffective.METHOD, id="no contact with the customer"),
        pytest.param(replace(NOTE, feedback=" "), Ineffective.NO_FEEDBACK_OR_NEXT, id="neither feedback nor next step"),
    ],
)
def test_note_does_not_count(note, expected):
    assert NotEffective(reason=expected) == judge(note)


def test_short_note_tells_how_many_characters_it_has_without_blanks():
    short = replace(NOTE, content="打了 电话\n没 人 接 听")

    assert NotEffective(reason=Ineffective.TOO_SHORT, needed=15, present=8) == judge(short)


def test_fifteen_characters_are_enough():
    assert Effective() == judge(replace(NOTE, content="一二三四五六七八九十甲乙丙丁戊"))


def test_copy_of_an_earlier_note_does_not_count_even_slightly_changed():
    copied = replace(NOTE, content="上门拜访了采购部， 介绍了公司和两个同行案例！")

    assert NotEffective(reason=Ineffective.COPY_OF_PREVIOUS) == judge(copied, EARLIER)


def test_second_effective_note_of_a_day_does_not_count():
    same_day = replace(EARLIER, at=china(9, 10, 0, 1))

    assert NotEffective(reason=Ineffective.SAME_DAY) == judge(NOTE, same_day)


def test_ineffective_note_of_the_same_day_does_not_stand_in_the_way():
    same_day = replace(EARLIER, at=china(9, 10, 0, 1), is_effective=False)

    assert Effective() == judge(NOTE, same_day)


def test_day_ends_at_midnight_in_china():
    last_minute = replace(EARLIER, at=china(9, 9, 23, 59))

    assert Effective() == judge(replace(NOTE, at=china(9, 10, 0, 0)), last_minute)


def test_policy_may_count_every_note_of_a_day():
    same_day = replace(EARLIER, at=china(9, 10, 0, 1))

    assert Effective() == judge_effective(NOTE, [same_day], FollowUpPolicy(one_per_day=False))


@given(NOTES, st.lists(NOTES, max_size=4))
def test_more_earlier_notes_never_make_a_note_count(note, previous):
    if isinstance(judge(note, *previous), Effective):
        assert all(isinstance(judge(note, *previous[:n]), Effective) for n in range(len(previous)))


@given(NOTES, st.lists(NOTES, max_size=4), st.randoms(use_true_random=False))
def test_order_of_earlier_notes_does_not_matter(note, previous, random):
    shuffled = random.sample(previous, len(previous))

    assert judge(note, *previous) == judge(note, *shuffled)


@given(NOTES)
def test_repeating_a_note_never_counts_twice(note):
    assert isinstance(judge(note, replace(note, is_effective=True)), NotEffective)


def test_owner_and_writing_collaborator_follow_up_during_protection():
    shared = owned_customer(writers=frozenset({XIAOWANG}))

    assert Allowed() == allowed(seller(XIAOLI), shared)
    assert Allowed() == allowed(seller(XIAOWANG), shared)


def test_others_learn_who_protects_the_customer_and_until_when():
    assert ProtectedByOther(XIAOLI, china(10, 1, 10)) == allowed(seller(XIAOWANG), owned_customer())
    assert ProtectedByOther(XIAOLI, china(10, 1, 10)) == allowed(seller(XIAOZHAO, SOUTH), owned_customer())


def test_ownership_outlives_protection_without_an_end():
    assert ProtectedByOther(XIAOLI, None) == allowed(seller(XIAOWANG), owned_customer(), AFTER)


def test_manager_of_the_team_follows_up_only_when_no_protection_runs():
    assert ProtectedByOther(XIAOLI, china(10, 1, 10)) == allowed(manager_of_east(), owned_customer())
    assert Allowed() == allowed(manager_of_east(), owned_customer(), AFTER)


def test_product_itself_writes_on_owned_customers():
    assert Allowed() == allowed(Actor.system("import"), owned_customer())


@pytest.mark.parametrize(
    ("actor", "customer", "expected"),
    [
        pytest.param(
            seller(XIAOWANG),
            owned_customer(readers=frozenset({XIAOWANG})),
            FollowUpRefusal.READ_ONLY,
            id="reading collaborator",
        ),
        pytest.param(colleague(Role.LEGAL), owned_customer(), FollowUpRefusal.NOT_VISIBLE, id="legal without contract"),
        pytest.param(
            seller(XIAOZHAO, SOUTH), pooled_customer(), FollowUpRefusal.NOT_VISIBLE, id="pool of another department"
        ),
        pytest.param(seller(), pooled_customer(PoolKey.NEW), FollowUpRefusal.IN_POOL, id="in a pool"),
        pytest.param(
            seller(XIAOLI),
            owned_customer(state=CustomerState.PENDING, owner_id=None, registrant_id=XIAOLI),
            FollowUpRefusal.NOT_ACTIVE,
            id="not approved yet",
        ),
        pytest.param(
            seller(XIAOWANG),
            owned_customer(state=CustomerState.PENDING, owner_id=None, registrant_id=XIAOLI),
            FollowUpRefusal.NOT_VISIBLE,
            id="somebody else's registration",
        ),
    ],
)
def test_follow_up_is_refused(actor, customer, expected):
    assert FollowUpRefused(expected) == allowed(actor, customer)


@given(st.sampled_from([XIAOLI, XIAOWANG, LAOZHANG]), st.integers(1, 30))
def test_during_protection_only_owner_and_writers_are_allowed(member_id, day):
    customer = owned_customer(writers=frozenset({XIAOWANG}))

    answer = allowed(replace(manager_of_east(), member_id=member_id), customer, china(9, day, 11))

    assert (member_id in {XIAOLI, XIAOWANG}) is isinstance(answer, Allowed)

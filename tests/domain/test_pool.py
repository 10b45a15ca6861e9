from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Actor, Role
from domain.customer import CustomerState, Protection, Stage
from domain.policy import BusinessPolicy, HoldingPolicy, PoolKey
from domain.pool import (
    Claimable,
    ClaimCounts,
    ClaimRefusal,
    ClaimRefused,
    Release,
    ReleaseReason,
    ReturnNeedsApproval,
    ReturnReason,
    ReturnRefusal,
    ReturnRefused,
    decide_claim,
    decide_return,
    holding_cap,
    release,
)
from tests.domain.business_facts import (
    EAST,
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

NOW = china(9, 15, 14)
NOTHING_YET = ClaimCounts()


def claim(customer, claimant, counts=NOTHING_YET, now=NOW):
    return decide_claim(customer, claimant, counts, now, POLICY)


def give_back(customer, actor, reason=ReturnReason.NO_NEED, detail=""):
    return decide_return(customer, actor, reason, detail, NOW, POLICY.pools)


def test_claim_gives_the_customer_under_fresh_protection():
    assert Claimable(
        customer_id=8,
        pool=PoolKey.REGIONAL,
        owner_id=XIAOWANG,
        protection=Protection(start=NOW, end=china(10, 15, 14)),
    ) == claim(pooled_customer(), seller(XIAOWANG))


def test_customer_with_an_owner_cannot_be_claimed():
    assert ClaimRefused(code=ClaimRefusal.NOT_IN_POOL) == claim(owned_customer(), seller(XIAOLI))


def test_claim_of_a_customer_out_of_sight_is_refused_like_one_that_does_not_exist():
    refused = ClaimRefused(code=ClaimRefusal.NOT_VISIBLE)

    assert refused == claim(owned_customer(), seller(XIAOWANG))
    assert refused == claim(pooled_customer(), seller(XIAOZHAO, SOUTH))


def test_merged_customer_cannot_be_claimed():
    merged = pooled_customer(PoolKey.NEW, state=CustomerState.MERGED)

    assert ClaimRefused(code=ClaimRefusal.NOT_IN_POOL) == claim(merged, seller())


def test_only_the_sales_line_claims():
    assert ClaimRefused(code=ClaimRefusal.NOT_ENTITLED) == claim(pooled_customer(), colleague(Role.ADMIN))
    assert ClaimRefused(code=ClaimRefusal.NOT_ENTITLED) == claim(pooled_customer(), Actor.system("test"))


@pytest.mark.parametrize("pool", [PoolKey.STRATEGIC, PoolKey.HANDOVER])
def test_assign_only_pools_are_not_claimed_from(pool):
    assert ClaimRefused(code=ClaimRefusal.ASSIGN_ONLY) == claim(pooled_customer(pool), manager_of_east())


def test_hold_of_a_day_refuses_with_the_hour_it_opens():
    refused = claim(pooled_customer(), seller(XIAOWANG), now=china(9, 2, 9, 59))

    assert ClaimRefused(code=ClaimRefusal.HOLD_UNTIL, opens_at=china(9, 2, 10)) == refused
    assert isinstance(claim(pooled_customer(), seller(XIAOWANG), now=china(9, 2, 10)), Claimable)


def test_former_owner_waits_for_the_end_of_the_cool_down():
    refused = claim(pooled_customer(), seller(XIAOLI))

    assert ClaimRefused(code=ClaimRefusal.COOLDOWN_UNTIL, opens_at=china(10, 1, 10)) == refused
    assert isinstance(claim(pooled_customer(), seller(XIAOLI), now=china(10, 1, 10)), Claimable)


def test_daily_limit_opens_again_at_midnight_in_china():
    refused = claim(pooled_customer(), seller(XIAOWANG), ClaimCounts(claimed_today=5))

    assert ClaimRefused(code=ClaimRefusal.DAILY_LIMIT, opens_at=china(9, 16), limit=5) == refused
    assert isinstance(claim(pooled_customer(), seller(XIAOWANG), ClaimCounts(claimed_today=4)), Claimable)


def test_holding_cap_does_not_open_by_itself():
    refused = claim(pooled_customer(), seller(XIAOWANG), ClaimCounts(holding=150))

    assert ClaimRefused(code=ClaimRefusal.HOLDING_CAP, limit=150) == refused
    assert isinstance(claim(pooled_customer(), seller(XIAOWANG), ClaimCounts(holding=149)), Claimable)


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({Role.SALES}, 150),
        ({Role.SENIOR_SALES}, 250),
        ({Role.SALES, Role.SENIOR_SALES}, 250),
        ({Role.SALES, Role.MANAGER}, None),
        ({Role.DIRECTOR}, None),
    ],
)
def test_holding_cap_is_the_best_of_the_roles(roles, expected):
    assert expected == holding_cap(frozenset(roles), HoldingPolicy())


@pytest.mark.parametrize(
    ("reason", "level", "expected"),
    [
        (ReleaseReason.PROTECTION_LAPSED, None, PoolKey.REGIONAL),
        (ReleaseReason.KEEP_ALIVE_LAPSED, "B", PoolKey.REGIONAL),
        (ReleaseReason.RETURNED, None, PoolKey.REGIONAL),
        (ReleaseReason.CLEANSING, None, PoolKey.SLEEPING),
        (ReleaseReason.OWNER_LEFT, None, PoolKey.HANDOVER),
        (ReleaseReason.OWNER_LEFT, "A", PoolKey.HANDOVER),
        (ReleaseReason.PROTECTION_LAPSED, "A", PoolKey.STRATEGIC),
        (ReleaseReason.CLEANSING, "A", PoolKey.STRATEGIC),
    ],
)
def test_reason_and_level_choose_the_pool(reason, level, expected):
    assert expected == release(owned_customer(level=level), reason, NOW, POLICY.pools).pool


def test_release_to_the_regional_pool_holds_a_day_and_cools_down_for_thirty():
    assert Release(
        customer_id=7,
        pool=PoolKey.REGIONAL,
        reason=ReleaseReason.PROTECTION_LAPSED,
        released_at=NOW,
        claimable_from=china(9, 16, 14),
        former_owner_id=XIAOLI,
        cooldown_until=china(10, 15, 14),
    ) == release(owned_customer(), ReleaseReason.PROTECTION_LAPSED, NOW, POLICY.pools)


def test_moving_between_pools_remembers_the_former_owner():
    assert XIAOLI == release(pooled_customer(), ReleaseReason.CLEANSING, NOW, POLICY.pools).former_owner_id


def test_owner_gives_a_customer_back_to_the_regional_pool():
    assert release(owned_customer(), ReleaseReason.RETURNED, NOW, POLICY.pools) == give_back(owned_customer(), seller())


def test_manager_gives_back_a_customer_of_the_team():
    assert isinstance(give_back(owned_customer(), manager_of_east()), Release)


def test_level_a_customer_is_given_back_with_the_managers_consent():
    strategic = owned_customer(level="A")
    released = release(strategic, ReleaseReason.RETURNED, NOW, POLICY.pools)

    assert ReturnNeedsApproval(released) == give_back(strategic, seller())
    assert released == give_back(strategic, manager_of_east())


@pytest.mark.parametrize(
    ("customer", "actor", "expected"),
    [
        pytest.param(owned_customer(), seller(XIAOWANG), ReturnRefusal.NOT_VISIBLE, id="somebody else's"),
        pytest.param(
            owned_customer(writers=frozenset({XIAOWANG})),
            seller(XIAOWANG),
            ReturnRefusal.NOT_ENTITLED,
            id="collaborator",
        ),
        pytest.param(owned_customer(), colleague(Role.ADMIN), ReturnRefusal.NOT_ENTITLED, id="administrator"),
        pytest.param(pooled_customer(), seller(), ReturnRefusal.NOT_OWNED, id="in a pool already"),
        pytest.param(owned_customer(stage=Stage.PAYMENT), seller(), ReturnRefusal.WON, id="won"),
    ],
)
def test_giving_back_is_refused(customer, actor, expected):
    assert ReturnRefused(expected) == give_back(customer, actor)


def test_other_reason_needs_words():
    refused = give_back(owned_customer(), seller(), ReturnReason.OTHER, "  ")

    assert ReturnRefused(ReturnRefusal.DETAIL_MISSING) == refused
    assert isinstance(give_back(owned_customer(), seller(), ReturnReason.OTHER, "客户搬走了"), Release)


@given(
    st.sampled_from([PoolKey.NEW, PoolKey.REGIONAL, PoolKey.SLEEPING]),
    st.integers(0, 60),
    st.integers(0, 30),
    st.integers(0, 300),
    st.sampled_from([XIAOLI, XIAOWANG, LAOZHANG]),
)
def test_refusal_names_an_instant_at_which_its_own_obstacle_is_gone(pool, hours, claimed, holding, member_id):
    customer = pooled_customer(pool)
    now = china(9, 1, 10) + timedelta(hours=hours)
    counts = ClaimCounts(claimed_today=claimed, holding=holding)

    match claim(customer, seller(member_id, EAST), counts, now):
        case ClaimRefused(code=code, opens_at=opens_at) if opens_at is not None:
            later = claim(customer, seller(member_id, EAST), ClaimCounts(holding=holding), opens_at)
            assert opens_at > now
            assert getattr(later, "code", None) is not code
        case Claimable(owner_id=owner_id):
            assert member_id == owner_id


@given(st.sampled_from(ReleaseReason), st.sampled_from([None, "A", "B"]))
def test_released_customer_is_never_claimable_before_its_release(reason, level):
    released = release(owned_customer(level=level), reason, NOW, BusinessPolicy().pools)

    assert released.released_at <= min(released.claimable_from, released.cooldown_until)

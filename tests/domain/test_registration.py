from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Role
from domain.customer import CustomerState, Protection
from domain.member import MemberFacts
from domain.policy import HoldingPolicy, PoolKey, RegistrationPolicy
from domain.protection import ProtectionBasis
from domain.registration import (
    AlreadySubmitted,
    AssignTo,
    BecomesOwned,
    BecomesPooled,
    Blocked,
    CapReached,
    DestinationRefusal,
    DestinationRefused,
    InPool,
    Match,
    NeedsApproval,
    NeedsReview,
    OwnCustomer,
    ProtectRegistrant,
    RegistrationDraft,
    ToPool,
    apply_approval,
    decide_registration,
    missing_fields,
    refuse_destination,
)
from tests.domain.business_facts import POLICY, XIAOLI, XIAOWANG, china

RULES = RegistrationPolicy()
DRAFT = RegistrationDraft(name="杭州云途科技", contact="张伟", phone="13800001111", amount_fen=50_000_000)
NOW = china(9, 1, 10)
CERTAIN = Match(customer_id=70, level="certain", score=1.0, owner_id=XIAOWANG, protected_until=china(9, 20))
PROBABLE = Match(customer_id=71, level="probable", score=0.8, owner_id=XIAOWANG)
POSSIBLE = Match(customer_id=72, level="possible", score=0.4, owner_id=XIAOWANG)
MATCHES = st.lists(
    st.builds(
        Match,
        customer_id=st.integers(70, 99),
        level=st.sampled_from(["certain", "probable", "possible", "none"]),
        owner_id=st.sampled_from([None, XIAOLI, XIAOWANG]),
        pool=st.sampled_from([None, PoolKey.REGIONAL]),
        state=st.sampled_from([CustomerState.ACTIVE, CustomerState.PENDING]),
    ),
    max_size=5,
)


def submit(*matches, draft=DRAFT, holding=0, cap=150):
    return decide_registration(draft, XIAOLI, matches, RULES, holding=holding, cap=cap)


def test_missing_fields_come_in_the_order_they_are_asked():
    assert ("contact", "phone") == missing_fields(RegistrationDraft(name="云途", contact=""), RULES.required_fields)
    assert () == missing_fields(DRAFT, RULES.required_fields)


def test_amount_of_zero_is_an_answer():
    assert () == missing_fields(RegistrationDraft(amount_fen=0), ["amount_fen"])


def test_new_company_goes_to_the_approver():
    assert NeedsApproval(notes=(), is_copied_to_executive=False) == submit()


def test_weak_matches_are_only_a_note():
    assert NeedsApproval(notes=(POSSIBLE,), is_copied_to_executive=False) == submit(POSSIBLE)


def test_probable_match_is_ruled_by_the_approver_with_the_evidence():
    expected = NeedsReview(matches=(PROBABLE,), notes=(POSSIBLE,), is_copied_to_executive=False)

    assert expected == submit(PROBABLE, POSSIBLE)


def test_certain_match_of_another_member_blocks():
    assert Blocked(CERTAIN) == submit(CERTAIN, PROBABLE)


def test_certain_match_of_another_members_pending_registration_blocks():
    pending = replace(CERTAIN, state=CustomerState.PENDING, protected_until=None)

    assert Blocked(pending) == submit(pending)


def test_own_customer_is_offered_for_merging():
    assert OwnCustomer(70) == submit(replace(CERTAIN, owner_id=XIAOLI))


def test_own_customer_is_named_before_another_members_match():
    assert OwnCustomer(80) == submit(CERTAIN, replace(CERTAIN, customer_id=80, owner_id=XIAOLI))


def test_own_pending_registration_is_not_submitted_twice():
    assert AlreadySubmitted(70) == submit(replace(CERTAIN, owner_id=XIAOLI, state=CustomerState.PENDING))


def test_customer_in_a_pool_is_claimed_instead():
    pooled = replace(CERTAIN, owner_id=None, pool=PoolKey.REGIONAL)

    assert InPool(pooled) == submit(pooled)


def test_full_stock_refuses_a_new_registration():
    assert CapReached(150) == submit(holding=150)
    assert isinstance(submit(holding=149), NeedsApproval)
    assert isinstance(submit(holding=999, cap=None), NeedsApproval)


def test_full_stock_does_not_hide_a_conflict():
    assert Blocked(CERTAIN) == submit(CERTAIN, holding=150)


@pytest.mark.parametrize(
    ("amount_fen", "amount_max_fen", "expected"),
    [
        (None, None, False),
        (50_000_000, None, False),
        (50_000_001, None, True),
        (20_000_000, 60_000_000, True),
    ],
)
def test_amount_above_500k_yuan_is_copied_to_the_general_manager(amount_fen, amount_max_fen, expected):
    outcome = submit(draft=replace(DRAFT, amount_fen=amount_fen, amount_max_fen=amount_max_fen))

    assert isinstance(outcome, NeedsApproval)
    assert expected is outcome.is_copied_to_executive


@given(MATCHES, st.integers(0, 200))
def test_a_certain_match_never_reaches_the_approver(matches, holding):
    outcome = submit(*matches, holding=holding)

    is_certain = any(match.level == "certain" for match in matches)
    assert is_certain is isinstance(outcome, OwnCustomer | AlreadySubmitted | Blocked | InPool)


@given(MATCHES)
def test_the_approver_sees_every_match_that_is_any(matches):
    outcome = submit(*[match for match in matches if match.level != "certain"])

    shown = outcome.notes + (outcome.matches if isinstance(outcome, NeedsReview) else ())
    assert {match.customer_id for match in matches if match.level in {"probable", "possible"}} == {
        match.customer_id for match in shown
    }


@given(MATCHES)
def test_nobody_is_blocked_by_an_own_customer(matches):
    match submit(*matches):
        case Blocked(match=found) | InPool(match=found):
            assert XIAOLI != found.owner_id


@pytest.mark.parametrize(
    ("destination", "owner_id"),
    [(ProtectRegistrant(), XIAOLI), (AssignTo(XIAOWANG), XIAOWANG)],
)
def test_approval_protects_the_owner_from_the_moment_of_the_decision(destination, owner_id):
    assert BecomesOwned(
        owner_id=owner_id,
        protection=Protection(start=NOW, end=china(10, 1, 10)),
        basis=ProtectionBasis.BASE,
    ) == apply_approval(XIAOLI, "展会/活动", destination, NOW, POLICY)


def test_gold_partner_is_protected_longer():
    owned = apply_approval(XIAOLI, "代理商/伙伴报备", ProtectRegistrant(), NOW, POLICY, is_gold_partner=True)

    assert isinstance(owned, BecomesOwned)
    assert (china(10, 31, 10), ProtectionBasis.GOLD_PARTNER) == (owned.protection.end, owned.basis)


@pytest.mark.parametrize(
    ("pool", "claimable_from"),
    [(PoolKey.NEW, NOW), (PoolKey.REGIONAL, china(9, 2, 10))],
)
def test_approval_into_a_pool_keeps_that_pools_hold(pool, claimable_from):
    expected = BecomesPooled(pool=pool, claimable_from=claimable_from)

    assert expected == apply_approval(XIAOLI, None, ToPool(pool), NOW, POLICY)


@pytest.mark.parametrize(
    ("destination", "receiver", "holding", "expected"),
    [
        pytest.param(ToPool(PoolKey.NEW), MemberFacts(id=1, name="小李", is_active=False), 999, None, id="pool"),
        pytest.param(
            ProtectRegistrant(),
            MemberFacts(id=1, name="小李", roles=frozenset({"sales"}), is_active=False),
            0,
            DestinationRefused(DestinationRefusal.MEMBER_LEFT),
            id="registrant left",
        ),
        pytest.param(
            AssignTo(2),
            MemberFacts(id=2, name="吴法务", roles=frozenset({Role.LEGAL})),
            0,
            DestinationRefused(DestinationRefusal.NOT_IN_SALES),
            id="assigned outside sales",
        ),
        pytest.param(
            AssignTo(2),
            MemberFacts(id=2, name="小王", roles=frozenset({"sales"})),
            150,
            DestinationRefused(DestinationRefusal.HOLDING_CAP, 150),
            id="assigned to a full stock",
        ),
        pytest.param(
            ProtectRegistrant(),
            MemberFacts(id=3, name="林渠道", roles=frozenset({"channel_manager"})),
            0,
            None,
            id="registrant outside sales",
        ),
        pytest.param(
            AssignTo(4), MemberFacts(id=4, name="老张", roles=frozenset({"manager"})), 999, None, id="manager"
        ),
    ],
)
def test_destination_needs_somebody_who_can_own_the_customer(destination, receiver, holding, expected):
    assert expected == refuse_destination(destination, receiver, holding, HoldingPolicy())

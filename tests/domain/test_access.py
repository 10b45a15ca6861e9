from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import (
    AMOUNT_FIELDS,
    CONTACT_FIELDS,
    Actor,
    FieldRight,
    Reach,
    Role,
    Scope,
    can_edit,
    can_view,
    customer_scope,
    field_right,
    leads_department_of,
)
from domain.customer import CustomerLink, CustomerState
from domain.policy import PoolKey
from tests.domain.business_facts import (
    EAST,
    POLICY,
    SOUTH,
    XIAOLI,
    XIAOWANG,
    colleague,
    manager_of_east,
    owned_customer,
    pooled_customer,
    seller,
)

POOLS = POLICY.pools
ACTORS = st.builds(
    Actor,
    member_id=st.integers(1, 4),
    roles=st.frozensets(st.sampled_from(Role)),
    department_id=st.sampled_from([EAST, SOUTH]),
    leads=st.frozensets(st.sampled_from([EAST, SOUTH])),
    via=st.just("feishu"),
)
LINKS = st.frozensets(st.sampled_from(CustomerLink))
MEMBERS = st.frozensets(st.integers(1, 4))
CUSTOMERS = st.one_of(
    st.builds(
        owned_customer,
        owner_id=st.integers(1, 4),
        department_id=st.sampled_from([EAST, SOUTH]),
        readers=MEMBERS,
        writers=MEMBERS,
        links=LINKS,
    ),
    st.builds(
        pooled_customer, st.sampled_from(PoolKey), department_id=st.sampled_from([None, EAST, SOUTH]), links=LINKS
    ),
    st.builds(
        owned_customer,
        state=st.just(CustomerState.PENDING),
        owner_id=st.none(),
        protection=st.none(),
        registrant_id=st.integers(1, 4),
    ),
)
FIELDS = st.sampled_from(["name", "phone", "amount_fen"])


def rights(actor, customer):
    return tuple(field_right(actor, field, customer, POOLS) for field in ("phone", "amount_fen", "name"))


def test_system_actor_needs_a_reason():
    with pytest.raises(ValueError, match=r"Actor\.system"):
        Actor.system("  ")


def test_system_actor_reaches_and_changes_everything():
    clock = Actor.system("protection clock")

    assert Scope(everything=True) == customer_scope(clock, POOLS)
    assert can_view(clock, owned_customer(), POOLS)
    assert can_edit(clock, owned_customer())
    assert FieldRight.WRITE is field_right(clock, "phone", owned_customer(), POOLS)


def test_actor_without_member_and_reason_is_not_the_system():
    nobody = Actor(member_id=None, via="api")

    assert not nobody.is_system
    assert not can_view(nobody, owned_customer(), POOLS)
    assert not can_edit(nobody, owned_customer())


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        pytest.param(seller(), Reach.OWN, id="seller"),
        pytest.param(manager_of_east(), Reach.TEAM, id="manager"),
        pytest.param(colleague(Role.EXECUTIVE), Reach.ALL, id="executive"),
        pytest.param(colleague(Role.ADMIN), Reach.ALL, id="administrator"),
        pytest.param(colleague(Role.SERVICE_DIRECTOR), Reach.OWN, id="service director leads no sales team"),
    ],
)
def test_scope_in_one_word(actor, expected):
    assert expected == customer_scope(actor, POOLS).reach


def test_seller_sees_own_customers_and_those_of_nobody_else():
    assert can_view(seller(XIAOLI), owned_customer(), POOLS)
    assert not can_view(seller(XIAOWANG), owned_customer(), POOLS)


def test_collaborators_see_the_customer_and_only_writers_change_it():
    customer = owned_customer(readers=frozenset({XIAOWANG}), writers=frozenset({33}))

    assert can_view(seller(XIAOWANG), customer, POOLS)
    assert not can_edit(seller(XIAOWANG), customer)
    assert can_edit(seller(33), customer)
    assert (FieldRight.READ,) * 3 == rights(seller(XIAOWANG), customer)


def test_registrant_sees_the_pending_customer_until_it_is_rejected():
    pending = owned_customer(state=CustomerState.PENDING, owner_id=None, registrant_id=XIAOLI)
    rejected = owned_customer(state=CustomerState.REJECTED, owner_id=None, registrant_id=XIAOLI)

    assert can_view(seller(XIAOLI), pending, POOLS)
    assert not can_view(seller(XIAOLI), rejected, POOLS)


def test_manager_works_the_customers_of_the_own_team_only():
    assert (FieldRight.WRITE,) * 3 == rights(manager_of_east(), owned_customer())
    assert not can_view(manager_of_east(), owned_customer(department_id=SOUTH), POOLS)


def test_leading_a_department_counts_only_in_the_sales_line():
    assert leads_department_of(manager_of_east(), owned_customer())
    assert not leads_department_of(colleague(Role.SERVICE_DIRECTOR), owned_customer(department_id=30))


@pytest.mark.parametrize(
    ("role", "link", "expected"),
    [
        (Role.LEGAL, CustomerLink.CONTRACT, (FieldRight.MASKED, FieldRight.READ, FieldRight.READ)),
        (Role.FINANCE, CustomerLink.CONTRACT, (FieldRight.MASKED, FieldRight.READ, FieldRight.READ)),
        (Role.ENGINEER, CustomerLink.TICKET, (FieldRight.READ, FieldRight.HIDDEN, FieldRight.READ)),
        (Role.SERVICE_DIRECTOR, CustomerLink.TICKET, (FieldRight.READ, FieldRight.HIDDEN, FieldRight.READ)),
        (Role.CHANNEL_MANAGER, CustomerLink.PARTNER, (FieldRight.READ, FieldRight.READ, FieldRight.READ)),
    ],
)
def test_roles_outside_sales_see_linked_customers_by_their_rights(role, link, expected):
    assert expected == rights(colleague(role), owned_customer(links=frozenset({link})))
    assert (FieldRight.HIDDEN,) * 3 == rights(colleague(role), owned_customer())


def test_executive_reads_everything_with_masked_contacts():
    assert (FieldRight.MASKED, FieldRight.READ, FieldRight.READ) == rights(colleague(Role.EXECUTIVE), owned_customer())
    assert not can_edit(colleague(Role.EXECUTIVE), owned_customer())


def test_administrator_changes_plain_fields_with_masked_contacts():
    assert (FieldRight.MASKED, FieldRight.READ, FieldRight.WRITE) == rights(colleague(Role.ADMIN), owned_customer())
    assert can_edit(colleague(Role.ADMIN), owned_customer())


def test_pool_shows_customers_with_masked_contacts_and_amounts():
    expected = (FieldRight.MASKED, FieldRight.MASKED, FieldRight.READ)

    assert expected == rights(seller(XIAOWANG), pooled_customer(PoolKey.NEW))


@pytest.mark.parametrize(
    ("pool", "department_id", "expected"),
    [
        pytest.param(PoolKey.NEW, SOUTH, True, id="new pool is for everyone"),
        pytest.param(PoolKey.SLEEPING, SOUTH, True, id="sleeping pool is for everyone"),
        pytest.param(PoolKey.REGIONAL, EAST, True, id="regional pool of the own department"),
        pytest.param(PoolKey.REGIONAL, None, True, id="regional pool without department"),
        pytest.param(PoolKey.REGIONAL, SOUTH, False, id="regional pool of another department"),
        pytest.param(PoolKey.STRATEGIC, EAST, False, id="strategic pool is for superiors"),
        pytest.param(PoolKey.HANDOVER, EAST, False, id="handover pool is for superiors"),
    ],
)
def test_seller_sees_pools_by_their_visibility(pool, department_id, expected):
    assert expected == can_view(seller(), pooled_customer(pool, department_id=department_id), POOLS)


@pytest.mark.parametrize("pool", PoolKey)
def test_manager_sees_every_pool_of_the_own_team(pool):
    assert can_view(manager_of_east(), pooled_customer(pool), POOLS)


@pytest.mark.parametrize("role", [Role.LEGAL, Role.FINANCE, Role.ENGINEER, Role.CHANNEL_MANAGER])
def test_pools_are_for_the_sales_line_only(role):
    assert not can_view(colleague(role), pooled_customer(PoolKey.NEW), POOLS)


@pytest.mark.parametrize("state", [CustomerState.MERGED, CustomerState.ERASED, CustomerState.REJECTED])
def test_final_rows_are_never_changed(state):
    final = owned_customer(state=state, owner_id=None, protection=None)

    assert not can_edit(Actor.system("repair"), final)
    assert not can_edit(colleague(Role.ADMIN), final)


def test_two_roles_grant_the_better_right_of_each_field():
    both = Actor(member_id=90, roles=frozenset({Role.FINANCE, Role.ENGINEER}), via="feishu")
    customer = owned_customer(links=frozenset(CustomerLink))

    assert (FieldRight.READ, FieldRight.READ, FieldRight.READ) == rights(both, customer)


def test_contact_and_amount_fields_are_different_fields():
    assert frozenset() == CONTACT_FIELDS & AMOUNT_FIELDS


@given(ACTORS, CUSTOMERS, FIELDS)
def test_fields_are_hidden_exactly_where_the_customer_may_not_be_seen(actor, customer, field):
    right = field_right(actor, field, customer, POOLS)

    if not can_view(actor, customer, POOLS):
        assert FieldRight.HIDDEN is right
    elif field == "name":
        assert FieldRight.READ <= right


@given(ACTORS, CUSTOMERS)
def test_who_may_edit_may_see(actor, customer):
    assert can_view(actor, customer, POOLS) or not can_edit(actor, customer)


@given(ACTORS, st.sampled_from(Role), CUSTOMERS, FIELDS)
def test_one_more_role_never_takes_a_right_away(actor, role, customer, field):
    promoted = Actor(
        member_id=actor.member_id,
        roles=actor.roles | {role},
        department_id=actor.department_id,
        leads=actor.leads,
        via=actor.via,
    )

    assert field_right(actor, field, customer, POOLS) <= field_right(promoted, field, customer, POOLS)

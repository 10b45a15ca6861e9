import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import FieldRight, Role, can_view, field_right
from domain.audience import Audience, Clearance, may_show_contacts, right_of, sees
from tests.domain.business_facts import (
    POLICY,
    SOUTH,
    XIAOWANG,
    colleague,
    manager_of_east,
    owned_customer,
    pooled_customer,
    seller,
)

POOLS = POLICY.pools
OWNER, MANAGER = seller(), manager_of_east()
COLLEAGUE, AFAR = seller(XIAOWANG), seller(9, SOUTH)
EXECUTIVE, LEGAL = colleague(Role.EXECUTIVE), colleague(Role.LEGAL)
PEOPLE = (OWNER, MANAGER, COLLEAGUE, AFAR, EXECUTIVE, LEGAL)
CUSTOMERS = (owned_customer(), owned_customer(readers=frozenset({XIAOWANG})), pooled_customer())
FIELDS = ("name", "region", "amount_fen", "contact", "phone")

audiences = st.builds(
    Audience,
    clearance=st.sampled_from(Clearance),
    actors=st.none() | st.lists(st.sampled_from(PEOPLE), unique=True).map(tuple),
    has_strangers=st.booleans(),
    is_external=st.booleans(),
    is_old=st.booleans(),
)


def of(*actors, **facts):
    return Audience(actors=actors, **facts)


def rights(audience, customer=CUSTOMERS[0]):
    return [right_of(audience, field, customer, POOLS) for field in FIELDS]


def test_a_group_of_those_who_may_read_everything_reads_everything():
    assert [FieldRight.READ] * 5 == rights(of(OWNER, MANAGER))


def test_one_person_who_may_see_less_makes_the_group_see_less():
    assert [FieldRight.READ, FieldRight.READ, FieldRight.READ, FieldRight.MASKED, FieldRight.MASKED] == rights(
        of(OWNER, MANAGER, EXECUTIVE)
    )


def test_one_colleague_who_may_not_know_the_customer_hides_it():
    assert not sees(of(OWNER, MANAGER, COLLEAGUE), CUSTOMERS[0], POOLS)
    assert sees(of(OWNER, MANAGER, COLLEAGUE), CUSTOMERS[1], POOLS)


def test_where_nobody_says_who_is_there_the_clearance_decides():
    hidden, masked, read = FieldRight.HIDDEN, FieldRight.MASKED, FieldRight.READ

    assert [hidden] * 5 == rights(Audience(clearance=Clearance.NOTHING))
    assert [read, read, masked, hidden, hidden] == rights(Audience())
    assert [read] * 5 == rights(Audience(clearance=Clearance.CONTACTS))


def test_an_old_list_shows_no_more_than_the_clearance():
    assert FieldRight.READ == right_of(of(OWNER), "phone", CUSTOMERS[0], POOLS)
    assert FieldRight.HIDDEN == right_of(of(OWNER, is_old=True), "phone", CUSTOMERS[0], POOLS)


@pytest.mark.parametrize("facts", [{"has_strangers": True}, {"is_external": True}])
def test_people_from_outside_see_nothing_whatever_the_group_is_cleared_for(facts):
    audience = of(OWNER, clearance=Clearance.CONTACTS, **facts)

    assert [FieldRight.HIDDEN] * 5 == rights(audience)
    assert not may_show_contacts(audience)


def test_texts_with_contacts_need_a_group_that_is_cleared_for_them():
    assert may_show_contacts(Audience(clearance=Clearance.CONTACTS))
    assert not may_show_contacts(Audience())
    assert not may_show_contacts(of(OWNER))


@given(audiences, st.sampled_from(CUSTOMERS), st.sampled_from(FIELDS))
def test_nobody_in_a_group_is_shown_more_than_alone(audience, customer, field):
    shown = right_of(audience, field, customer, POOLS)

    for actor in audience.actors or ():
        assert shown <= field_right(actor, field, customer, POOLS)
        assert can_view(actor, customer, POOLS) or not sees(audience, customer, POOLS)


@given(audiences, st.sampled_from(PEOPLE), st.sampled_from(CUSTOMERS), st.sampled_from(FIELDS))
def test_one_more_in_the_group_never_shows_more(audience, newcomer, customer, field):
    if audience.actors:
        larger = Audience(**{**vars(audience), "actors": (*audience.actors, newcomer)})

        assert right_of(larger, field, customer, POOLS) <= right_of(audience, field, customer, POOLS)

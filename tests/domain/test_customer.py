from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.customer import (
    Choice,
    FieldChange,
    Lifecycle,
    Protection,
    Stage,
    StageBand,
    conflicting_fields,
    lifecycle,
    merge_fields,
    stage_band,
)
from tests.domain.business_facts import china, owned_customer, pooled_customer

FIELDS = st.dictionaries(
    st.sampled_from(["name", "phone", "region", "amount_fen"]),
    st.one_of(st.none(), st.text(max_size=3), st.integers(0, 3)),
)


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (Stage.LEAD, StageBand.EARLY),
        (Stage.FIRST_CONTACT, StageBand.EARLY),
        (Stage.NEEDS_ANALYSIS, StageBand.ADVANCING),
        (Stage.PROPOSAL, StageBand.ADVANCING),
        (Stage.NEGOTIATION, StageBand.ADVANCING),
        (Stage.CONTRACT, StageBand.SIGNING),
        (Stage.DELIVERY, StageBand.SIGNING),
        (Stage.PAYMENT, StageBand.SIGNING),
        (Stage.LOST, StageBand.LOST),
        (Stage.ON_HOLD, StageBand.ON_HOLD),
    ],
)
def test_conflict_card_shows_only_the_band_of_a_stage(stage, expected):
    assert expected == stage_band(stage)


@pytest.mark.parametrize(
    ("stage", "is_owned", "expected"),
    [
        (Stage.LEAD, False, Lifecycle.LEAD_POOL),
        (Stage.LEAD, True, Lifecycle.IN_PROGRESS),
        (Stage.NEGOTIATION, False, Lifecycle.IN_PROGRESS),
        (Stage.PAYMENT, True, Lifecycle.WON),
        (Stage.LOST, True, Lifecycle.LOST),
        (Stage.ON_HOLD, True, Lifecycle.LOST),
    ],
)
def test_lifecycle_follows_from_stage_and_ownership(stage, is_owned, expected):
    assert expected == lifecycle(stage, is_owned=is_owned)


def test_customer_tells_its_lifecycle():
    assert Lifecycle.IN_PROGRESS is owned_customer().lifecycle
    assert Lifecycle.LEAD_POOL is pooled_customer().lifecycle


def test_protection_holds_from_its_start_until_just_before_its_end():
    protection = Protection(start=china(9, 1, 10), end=china(10, 1, 10))

    assert [False, True, True, False] == [
        protection.covers(now) for now in (china(9, 1, 9, 59), china(9, 1, 10), china(10, 1, 9, 59), china(10, 1, 10))
    ]


def test_merging_fills_what_is_empty_without_asking():
    changes = merge_fields({"name": "云途", "region": ""}, {"region": "杭州", "phone": "13800001111"}, {})

    assert (FieldChange("region", "", "杭州"), FieldChange("phone", None, "13800001111")) == changes


def test_conflicting_field_changes_only_where_taking_was_chosen():
    mine = {"name": "云途", "contact": "张伟", "amount_fen": 100}
    incoming = {"name": "云途科技", "contact": "李雷", "amount_fen": 200}

    changes = merge_fields(mine, incoming, {"name": Choice.TAKE, "contact": Choice.KEEP})

    assert ("name", "contact", "amount_fen") == conflicting_fields(mine, incoming)
    assert (FieldChange("name", "云途", "云途科技"),) == changes


def test_zero_is_a_value_of_its_own():
    assert ("amount_fen",) == conflicting_fields({"amount_fen": 0}, {"amount_fen": 5})


@given(FIELDS)
def test_merging_a_customer_with_itself_changes_nothing(fields):
    assert () == merge_fields(fields, fields, dict.fromkeys(fields, Choice.TAKE))


@given(FIELDS, FIELDS, st.dictionaries(st.sampled_from(["name", "phone"]), st.sampled_from(Choice)))
def test_merging_never_empties_a_field_and_done_twice_changes_nothing_more(mine, incoming, choices):
    changes = merge_fields(mine, incoming, choices)
    merged = mine | {change.field: change.after for change in changes}

    assert all(change.after not in {None, ""} for change in changes)
    assert () == merge_fields(merged, incoming, choices)

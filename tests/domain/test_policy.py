from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy import (
    ApprovalPolicy,
    ApproverRule,
    BusinessPolicy,
    FollowUpMethod,
    FollowUpPolicy,
    PoolKey,
    PoolPolicy,
    PoolVisibility,
    ProtectionPolicy,
    RegistrationPolicy,
    SourcePolicy,
    Temperature,
)
from domain.policy_mapping import FaultCode, PolicyFault, PolicyFaults

COUNTS = st.integers(0, 1000)
POLICIES = st.builds(
    BusinessPolicy,
    protection=st.builds(ProtectionPolicy, base_days=COUNTS, reminder_days=st.lists(COUNTS).map(tuple)),
    sources=st.builds(
        SourcePolicy,
        temperatures=st.dictionaries(st.text(min_size=1), st.sampled_from(Temperature)),
    ),
    follow_up=st.builds(
        FollowUpPolicy,
        methods=st.frozensets(st.sampled_from(FollowUpMethod)),
        copy_similarity=st.floats(0, 1),
    ),
    registration=st.builds(RegistrationPolicy, required_fields=st.lists(st.text(min_size=1)).map(tuple)),
)


@given(POLICIES)
def test_policy_survives_a_round_trip_through_json(policy):
    assert policy == BusinessPolicy.from_mapping(json.loads(json.dumps(policy.to_mapping())))


def test_empty_configuration_is_the_shipped_policy():
    assert BusinessPolicy() == BusinessPolicy.from_mapping({})


def test_configured_values_replace_defaults_and_leave_their_neighbours():
    policy = BusinessPolicy.from_mapping(
        {
            "approvals": {"registration": {"approver": "direct_manager"}},
            "pools": {"regional": {"visibility": "everyone", "daily_claims": None}},
        },
    )

    assert isinstance(policy, BusinessPolicy)
    assert ApprovalPolicy(approver=ApproverRule.DIRECT_MANAGER) == policy.approvals.registration
    assert PoolPolicy(visibility=PoolVisibility.EVERYONE) == policy.pools.regional
    assert BusinessPolicy().pools.sleeping == policy.pools.sleeping


def test_nested_defaults_of_a_partly_configured_group_are_its_class_defaults():
    policy = BusinessPolicy.from_mapping({"protection": {"extension": {"days": 10}}})

    assert isinstance(policy, BusinessPolicy)
    assert (10, 1) == (policy.protection.extension.days, policy.protection.extension.times)


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        pytest.param({"protektion": {}}, "protektion", FaultCode.UNKNOWN_KEY, id="misspelt group"),
        pytest.param({"holding": {"sales": "150"}}, "holding.sales", FaultCode.WRONG_TYPE, id="text for a number"),
        pytest.param({"holding": {"sales": True}}, "holding.sales", FaultCode.WRONG_TYPE, id="yes for a number"),
        pytest.param({"holding": {"sales": None}}, "holding.sales", FaultCode.WRONG_TYPE, id="nothing for a number"),
        pytest.param({"holding": {"sales": -1}}, "holding.sales", FaultCode.NEGATIVE, id="negative number"),
        pytest.param({"holding": 150}, "holding", FaultCode.WRONG_TYPE, id="number for a group"),
        pytest.param(
            {"follow_up": {"methods": ["call", "fax"]}},
            "follow_up.methods.1",
            FaultCode.UNKNOWN_CHOICE,
            id="unknown method",
        ),
        pytest.param(
            {"follow_up": {"copy_similarity": -0.5}},
            "follow_up.copy_similarity",
            FaultCode.NEGATIVE,
            id="negative share",
        ),
        pytest.param(
            {"sources": {"temperatures": {"官网表单": "boiling"}}},
            "sources.temperatures.官网表单",
            FaultCode.UNKNOWN_CHOICE,
            id="unknown temperature",
        ),
        pytest.param(
            {"protection": {"reminder_days": 7}},
            "protection.reminder_days",
            FaultCode.WRONG_TYPE,
            id="number for a list",
        ),
    ],
)
def test_fault_names_its_path_and_kind(data, path, code):
    faults = BusinessPolicy.from_mapping(data)

    assert isinstance(faults, PolicyFaults)
    assert [(path, code)] == [(fault.path, fault.code) for fault in faults.faults]


def test_all_faults_are_found_in_one_pass():
    faults = BusinessPolicy.from_mapping({"holding": {"sales": -1, "seller": 2}, "colour": "red"})

    assert isinstance(faults, PolicyFaults)
    assert {
        PolicyFault("holding.sales", FaultCode.NEGATIVE, -1),
        PolicyFault("holding.seller", FaultCode.UNKNOWN_KEY, 2),
        PolicyFault("colour", FaultCode.UNKNOWN_KEY, "red"),
    } == set(faults.faults)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("官网表单", Temperature.HOT),
        ("展会/活动", Temperature.WARM),
        ("员工自拓", Temperature.COLD),
        ("没听说过", Temperature.COLD),
        ("", Temperature.COLD),
        (None, Temperature.COLD),
    ],
)
def test_unknown_sources_are_cold(source, expected):
    assert expected == SourcePolicy().temperature(source)


@pytest.mark.parametrize("key", PoolKey)
def test_every_pool_has_its_own_rules(key):
    pools = BusinessPolicy().pools

    assert getattr(pools, key.value) is pools.of(key)

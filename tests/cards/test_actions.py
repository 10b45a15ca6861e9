"""
Button payloads: what was sealed opens again, and nothing that anybody else made ever does.
"""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.actions import ACTIONS, ActionSeal, Approve, ReturnCustomer, SubmitRegistration, typed
from cards.model import CardAction

SEAL = ActionSeal(b"the secret of this installation")
VALUES = {"int": st.integers(0, 2**53), "str": st.text(max_size=40)}
PAYLOAD = re.compile(r"[A-Za-z0-9_.-]+")


def any_action():
    def build(cls):
        fields = {field.name: VALUES[str(field.type)] for field in dataclasses.fields(cls)}
        return st.builds(cls, **fields)

    return st.sampled_from(sorted(ACTIONS.values(), key=lambda cls: cls.NAME)).flatmap(build)


@given(any_action())
def test_a_sealed_action_opens_as_it_was(action):
    assert action == typed(SEAL.open(SEAL.seal(action.card_action())))


@given(any_action())
def test_a_sealed_action_is_short_and_plain_enough_for_every_platform(action):
    sealed = SEAL.seal(action.card_action())

    assert PAYLOAD.fullmatch(sealed)
    assert len(sealed) <= 1024


@given(st.text(max_size=200))
def test_no_text_of_somebody_else_opens(text):
    assert SEAL.open(text) is None


@given(st.data())
def test_a_payload_with_one_character_changed_does_not_open(data):
    sealed = SEAL.seal(Approve(42).card_action())
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters().filter(lambda character: character != sealed[place]))

    assert SEAL.open(sealed[:place] + other + sealed[place + 1 :]) is None


def test_the_seal_of_another_installation_does_not_open():
    assert SEAL.open(ActionSeal(b"another secret").seal(Approve(42).card_action())) is None


def test_a_payload_of_another_version_does_not_open():
    sealed = SEAL.seal(Approve(42).card_action())

    assert SEAL.open(f"2{sealed[1:]}") is None


@pytest.mark.parametrize(
    "action",
    [
        CardAction("approval.approve", {}),
        CardAction("approval.approve", {"approval": "42"}),
        CardAction("approval.approve", {"approval": 42, "more": 1}),
        CardAction("approval.no_such_thing", {"approval": 42}),
    ],
    ids=["argument missing", "wrong type", "argument too many", "unknown action"],
)
def test_arguments_of_another_shape_are_no_action(action):
    assert typed(action) is None


def test_every_action_is_found_by_its_own_name():
    assert {name: cls.NAME for name, cls in ACTIONS.items()} == {name: name for name in ACTIONS}


def test_actions_of_different_kinds_with_the_same_arguments_do_not_stand_for_each_other():
    assert SEAL.seal(SubmitRegistration(7).card_action()) != SEAL.seal(Approve(7).card_action())
    assert ReturnCustomer(7, "no_need") == typed(SEAL.open(SEAL.seal(ReturnCustomer(7, "no_need").card_action())))

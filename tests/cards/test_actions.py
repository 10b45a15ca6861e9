"""
Button payloads: what was sealed comes back, anything else is no button of ours.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.actions import ActionSeal, Claim, typed
from cards.model import CardAction

SEAL = ActionSeal(b"the installation's secret")
ARGUMENTS = st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=20), max_size=4)


@given(st.text(max_size=20), ARGUMENTS)
def test_what_was_sealed_comes_back(name, arguments):
    assert CardAction(name, arguments) == SEAL.open(SEAL.seal(CardAction(name, arguments)))


@given(st.data())
def test_no_changed_character_is_accepted(data):
    sealed = SEAL.seal(Claim(17).card_action())
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.characters().filter(lambda character: character != sealed[place]))

    assert SEAL.open(sealed[:place] + other + sealed[place + 1 :]) is None


@given(st.text())
def test_no_text_of_somebody_else_is_a_button(text):
    assert SEAL.open(text) is None


def test_the_seal_of_another_installation_is_refused():
    assert SEAL.open(ActionSeal(b"another secret").seal(Claim(17).card_action())) is None


@pytest.mark.parametrize("arguments", [{}, {"customer": "17"}, {"customer": 17, "more": 1}])
def test_arguments_of_another_version_make_no_action(arguments):
    assert typed(CardAction(Claim.NAME, arguments)) is None


def test_an_action_that_is_gone_is_none():
    assert typed(CardAction("pool.unheard_of", {})) is None

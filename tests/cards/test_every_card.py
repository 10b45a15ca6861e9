"""
The collection of all cards is complete, and each makes sense where nothing but text can be shown.
"""

import inspect
import pathlib
from importlib import import_module

import pytest

import cards
from cards.model import Card, from_json, to_json
from cards.text import card_text
from tests.cards.every_card import EVERY_CARD

MODULES = sorted(path.stem for path in pathlib.Path(cards.__path__[0]).glob("[a-z]*.py"))
# These make a card of a card that is there already.
NOT_SHOWN = {"model.from_json", "group.without_contacts"}


def builders():
    for name in MODULES:
        module = import_module(f"cards.{name}")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == module.__name__ and not function_name.startswith("_")
            if is_own and function.__annotations__.get("return") in {"Card", Card}:
                yield f"{name}.{function_name}"


def test_every_builder_has_a_card_in_the_collection():
    shown = {".".join(name.split(".")[:2]) for name in EVERY_CARD}

    assert set(builders()) - NOT_SHOWN == shown


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_card_survives_the_outbox(name):
    card = EVERY_CARD[name]

    assert card == from_json(to_json(card))


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_closed_card_offers_links_only(name):
    card = EVERY_CARD[name]

    assert not card.closed or not [button for button in card.all_buttons() if button.action]


@pytest.mark.parametrize("name", EVERY_CARD)
def test_a_card_as_text_says_its_title_and_leaves_no_gap(name):
    lines = card_text(EVERY_CARD[name]).split("\n")

    assert lines[0].startswith(EVERY_CARD[name].title)
    assert all(line.strip() for line in lines)

"""
Whatever a platform cannot show is reachable by text: each button of each card names the command that does the same.
"""

import pytest

from bot import parse
from bot.router import Command
from cards.actions import (
    ACTIONS,
    AnswerJoin,
    ApplyMerge,
    Approve,
    AssignHandover,
    CancelRegistration,
    Claim,
    ConfirmDepartures,
    Delegate,
    DismissDepartures,
    EditRegistration,
    Extend,
    FinishTask,
    KeepDialogue,
    LinkAll,
    ListMine,
    ListPool,
    OpenMerge,
    OpenReturn,
    Reject,
    RequestJoin,
    ReturnCustomer,
    RunCommand,
    SaveFollowUp,
    ShowCustomer,
    SubmitForReview,
    SubmitRegistration,
    SwitchDialogue,
    WithdrawRequest,
    WriteFollowUp,
    typed,
)
from cards.people_actions import AnswerLink
from cards.text import card_text
from handlers.routes import ROUTES
from tests.cards.every_card import EVERY_CARD

DOES = {
    SubmitRegistration: "submit_draft",
    EditRegistration: "edit_draft",
    CancelRegistration: "cancel",
    SubmitForReview: "review_draft",
    OpenMerge: "merge_draft",
    ApplyMerge: "merge_draft",
    RequestJoin: "collaborate",
    Approve: "approve",
    Reject: "reject",
    Delegate: "delegate",
    WithdrawRequest: "withdraw",
    ShowCustomer: "find_customer",
    ListMine: "my_customers",
    WriteFollowUp: "follow_up",
    SaveFollowUp: "follow_up",
    Extend: "extend",
    OpenReturn: "return_to_pool",
    ReturnCustomer: "return_to_pool",
    Claim: "claim",
    ListPool: "pool",
    FinishTask: "finish_task",
    ConfirmDepartures: "confirm_departures",
    DismissDepartures: "dismiss_departures",
    AnswerLink: "link",
    LinkAll: "link",
    AssignHandover: "handover",
    SwitchDialogue: "cancel",
}
# What is said instead of a command: the next message of the open dialogue does it.
SAID = {KeepDialogue: "直接回复上一个问题", SaveFollowUp: "回复“保存”"}


def pressable():
    for name, card in EVERY_CARD.items():
        for button in card.all_buttons():
            action = typed(button.action) if button.action else None
            if action is not None:
                yield pytest.param(card, button, action, id=f"{name} {button.label}")


def key_of(action):
    match action:
        case AnswerJoin(answer="accept"):
            return "accept_join"
        case AnswerJoin():
            return "decline_join"
        case RunCommand(key=key):
            return key
        case _:
            return DOES[type(action)]


@pytest.mark.parametrize(("card", "button", "action"), list(pressable()))
def test_the_text_of_a_card_says_how_to_do_what_a_button_does(card, button, action):
    text = card_text(card)

    if button.command is None:
        assert SAID[type(action)] in text
    else:
        assert button.command in text
        assert key_of(action) == parse.command(button.command).key


def test_every_action_has_a_command_that_is_answered():
    answered = {route.key for route in ROUTES if isinstance(route, Command)}

    assert set(ACTIONS.values()) == {*DOES, *SAID, AnswerJoin, RunCommand}
    assert {*DOES.values(), "accept_join", "decline_join"} <= answered


def test_every_action_is_on_a_card_of_the_collection():
    shown = {type(param.values[2]) for param in pressable()}

    assert set(ACTIONS.values()) == shown

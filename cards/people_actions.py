"""
What buttons about the people of the company mean: who left, who is the same person, who takes customers over.
"""

from __future__ import annotations

from dataclasses import dataclass

from cards.action import Action


@dataclass(frozen=True)
class ConfirmDepartures(Action):
    """
    确认离职: those of an account's list up to departure `newest` have left.
    """

    NAME = "people.confirm_departures"
    platform: str
    account: str
    newest: int


@dataclass(frozen=True)
class DismissDepartures(Action):
    """
    都还在职: those of an account's list up to departure `newest` are still here.
    """

    NAME = "people.dismiss_departures"
    platform: str
    account: str
    newest: int


@dataclass(frozen=True)
class AnswerLink(Action):
    """
    是同一人 / 不是: whether two ids are one person's; `answer` is same or different.
    """

    NAME = "people.answer_link"
    proposal: int
    answer: str


@dataclass(frozen=True)
class LinkAll(Action):
    """
    全部关联: those whose phone or e-mail agrees, up to proposal `newest`.
    """

    NAME = "people.link_all"
    newest: int


@dataclass(frozen=True)
class AssignHandover(Action):
    """
    分配给: the leaver's customers in the 交接池 go to a colleague.
    """

    NAME = "handover.assign"
    leaver: int
    heir: int

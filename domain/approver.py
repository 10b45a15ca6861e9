"""
Whom to ask for a decision: the way up from a member through the superiors (审批人, 主管, 代理人).

What the chosen person may then do with the approval belongs to `approval`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.access import Role
from domain.approval import Approval
from domain.member import MemberFacts
from domain.policy import ApproverRule

NO_SUBSTITUTES: Mapping[int, int] = {}


@dataclass(frozen=True, kw_only=True)
class ApproverChosen:
    """
    Who decides, and who was passed over on the way up (to be recorded).
    """

    member_id: int
    passed_over: tuple[int, ...] = ()


@dataclass(frozen=True)
class NoApprover:
    """
    Nobody above the requester may decide; an administrator has to be told.
    """


def superiors(member_id: int, members: Mapping[int, MemberFacts]) -> tuple[MemberFacts, ...]:
    """
    Everybody above a member, the direct manager first; a circle of managers ends where it closes.
    """
    chain: list[MemberFacts] = []
    seen = {member_id}
    person = members.get(member_id)
    while person is not None and person.manager_id is not None and person.manager_id not in seen:
        seen.add(person.manager_id)
        person = members.get(person.manager_id)
        if person is not None:
            chain.append(person)
    return tuple(chain)


def choose_approver(
    requester_id: int,
    chain: Sequence[MemberFacts],
    rule: ApproverRule,
    substitutes: Mapping[int, int] = NO_SUBSTITUTES,
) -> ApproverChosen | NoApprover:
    """
    The first in the chain of superiors (nearest first) who may decide for this requester.

    Leavers and the requester are passed over. `substitutes` names who stands in for each person away now; where that
    would be the requester, the person is passed over too. Where the rule asks for a director and no director can
    decide, the nearest superior who can does.
    """
    fitting = [person for person in chain if _fits(person, rule)]
    passed_over: list[int] = []
    for person in [*fitting, *(other for other in chain if other not in fitting)]:
        decider = _decider(person, requester_id, substitutes)
        if decider is not None:
            return ApproverChosen(member_id=decider, passed_over=tuple(passed_over))
        passed_over.append(person.id)
    return NoApprover()


def next_superior(
    approval: Approval,
    chain: Sequence[MemberFacts],
    substitutes: Mapping[int, int] = NO_SUBSTITUTES,
) -> int | None:
    """
    Who is asked too when the open step escalates: the nearest above all who were asked; `chain` is the requester's.

    None when nobody is left or the approval is final.
    """
    step = approval.open_step
    if step is None:
        return None
    asked = frozenset(step.approver_ids) | frozenset(step.delegated_by)
    highest = max((index for index, person in enumerate(chain) if person.id in asked), default=-1)
    deciders = (_decider(person, approval.requester_id, substitutes) for person in chain[highest + 1 :])
    return next((decider for decider in deciders if decider is not None and decider not in asked), None)


def _fits(person: MemberFacts, rule: ApproverRule) -> bool:
    match rule:
        case ApproverRule.DIRECT_MANAGER:
            return True
        case ApproverRule.SALES_DIRECTOR:
            return Role.DIRECTOR in person.roles


def _decider(person: MemberFacts, requester_id: int, substitutes: Mapping[int, int]) -> int | None:
    """
    Who decides when this person is asked: the person, the substitute, or nobody.
    """
    if not person.is_active:
        return None
    decider = substitutes.get(person.id, person.id)
    return None if decider == requester_id else decider

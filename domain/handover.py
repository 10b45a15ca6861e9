"""
Handing over what a leaver held (交接): who could take the customers on, and how many fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.access import SELLERS, Role
from domain.member import MemberFacts
from domain.policy import HoldingPolicy
from domain.pool import holding_cap

MOST_HEIRS = 3


@dataclass(frozen=True, kw_only=True)
class Heir:
    """
    Somebody who could take a leaver's customers on; `room` is how many still fit under the cap, None: any number.
    """

    member_id: int
    name: str
    holding: int
    room: int | None


def propose_heirs(
    leaver: MemberFacts, colleagues: Iterable[MemberFacts], holdings: Mapping[int, int], policy: HoldingPolicy
) -> list[Heir]:
    """
    The sellers of the leaver's own team with the fewest customers and room for more, the best first.
    """
    team = [one for one in colleagues if one.department_id == leaver.department_id and one.id != leaver.id]
    heirs = [heir_of(one, holdings.get(one.id, 0), policy) for one in team if one.is_active and sells(one)]
    fitting = [heir for heir in heirs if heir.room is None or heir.room > 0]
    return sorted(fitting, key=lambda heir: (heir.holding, heir.member_id))[:MOST_HEIRS]


def heir_of(member: MemberFacts, holding: int, policy: HoldingPolicy) -> Heir:
    """
    A member with the room they have left.
    """
    cap = holding_cap(frozenset(Role(role) for role in member.roles), policy)
    room = None if cap is None else max(0, cap - holding)
    return Heir(member_id=member.id, name=member.name, holding=holding, room=room)


def sells(member: MemberFacts) -> bool:
    """
    Whether somebody looks after customers of their own.
    """
    return bool(member.roles & SELLERS)

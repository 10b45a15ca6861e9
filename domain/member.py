"""
A member (成员) as decisions see one: who they are, whom they report to, whom they lead.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MemberFacts:
    """
    A person of the company. `manager_id` is the direct superior, None at the top; `is_active` False for a leaver.
    """

    id: int
    name: str
    title: str = ""
    roles: frozenset[str] = frozenset()
    department_id: int | None = None
    manager_id: int | None = None
    is_active: bool = True

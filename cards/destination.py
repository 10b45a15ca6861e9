"""
Where an approved customer may go, as the approver's choice: (value, label).
"""

from __future__ import annotations

from cards import words
from cards.translation import _

TO_REGISTRANT = "registrant"


def to_registrant() -> tuple[str, str]:
    """
    The default destination.
    """
    return TO_REGISTRANT, _("保护给报备人")


def assign_to(member_id: int, name: str) -> tuple[str, str]:
    """
    The destination 指派给….
    """
    return f"assign:{member_id}", _("指派给{name}").format(name=name)


def to_pool(pool: str) -> tuple[str, str]:
    """
    The destination 公海.
    """
    return f"pool:{pool}", words.pool_name(pool)


def no_choice() -> str:
    """
    A request whose approval needs no destination.
    """
    return _("这份申请没有去向可选，直接同意即可")

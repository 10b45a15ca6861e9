"""
Who reads what is posted in a group (群), and what the least entitled of them may see of a customer.

A group may see what the person in it who may see least may see. Where the platform tells who is there, that is worked
out from everybody's rights; where it does not, the group's clearance says what may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.access import AMOUNT_FIELDS, CONTACT_FIELDS, Actor, FieldRight, field_right
from domain.customer import CustomerFacts
from domain.policy import PoolPolicies


class Clearance(StrEnum):
    """
    What may be shown in a group whose people are not known.

    Nothing of a customer; its business facts, amounts as bands; or its contacts too.
    """

    NOTHING = "nothing"
    BUSINESS = "business"
    CONTACTS = "contacts"


@dataclass(frozen=True, kw_only=True)
class Audience:
    """
    The readers of a group.

    `actors` are the members in it, None when the platform does not tell. `has_strangers`: somebody in it is no member.
    `is_external`: it holds people of other companies. An old list (`is_old`) only ever shows less, since somebody may
    have come since.
    """

    clearance: Clearance = Clearance.BUSINESS
    actors: tuple[Actor, ...] | None = None
    has_strangers: bool = False
    is_external: bool = False
    is_old: bool = False


def sees(audience: Audience, customer: CustomerFacts, pools: PoolPolicies) -> bool:
    """
    Whether everybody in the group may know that the customer exists.
    """
    return right_of(audience, "name", customer, pools) > FieldRight.HIDDEN


def right_of(audience: Audience, field: str, customer: CustomerFacts, pools: PoolPolicies) -> FieldRight:
    """
    What the least entitled in the group may see of one field: never more than reading.
    """
    if audience.is_external or audience.has_strangers or audience.clearance is Clearance.NOTHING:
        return FieldRight.HIDDEN
    cleared = _cleared(audience.clearance, field)
    if audience.actors is None:
        return cleared
    rights = (field_right(actor, field, customer, pools) for actor in audience.actors)
    least = min(rights, default=FieldRight.HIDDEN)
    return min(least, cleared) if audience.is_old else min(least, FieldRight.READ)


def may_show_contacts(audience: Audience) -> bool:
    """
    Whether a text of which nobody knows whose contacts it holds may be posted as it is.
    """
    return audience.clearance is Clearance.CONTACTS and not (audience.is_external or audience.has_strangers)


def _cleared(clearance: Clearance, field: str) -> FieldRight:
    if clearance is Clearance.CONTACTS:
        return FieldRight.READ
    if field in CONTACT_FIELDS:
        return FieldRight.HIDDEN
    return FieldRight.MASKED if field in AMOUNT_FIELDS else FieldRight.READ

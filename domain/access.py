"""
Who may see and change which customer, and which of its fields (权限).

`Actor` is the first argument of every store query; `customer_scope` says which rows it reaches, in a form the store
turns into SQL and `can_view` answers for one customer. Deciding whether a business step is allowed at this moment
(protection, cool-down, approval) belongs to the topic modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from domain.customer import CustomerFacts, CustomerLink, CustomerState
from domain.policy import PoolKey, PoolPolicies, PoolVisibility


class Role(StrEnum):
    """
    The job a member does in the product; one member may have several.
    """

    SALES = "sales"
    SENIOR_SALES = "senior_sales"
    MANAGER = "manager"
    DIRECTOR = "director"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    LEGAL = "legal"
    FINANCE = "finance"
    ENGINEER = "engineer"
    SERVICE_DIRECTOR = "service_director"
    CHANNEL_MANAGER = "channel_manager"


SELLERS = frozenset({Role.SALES, Role.SENIOR_SALES})
SUPERIORS = frozenset({Role.MANAGER, Role.DIRECTOR})
EVERYTHING = frozenset({Role.EXECUTIVE, Role.ADMIN})
LINK_OF_ROLE = {
    Role.LEGAL: CustomerLink.CONTRACT,
    Role.FINANCE: CustomerLink.CONTRACT,
    Role.ENGINEER: CustomerLink.TICKET,
    Role.SERVICE_DIRECTOR: CustomerLink.TICKET,
    Role.CHANNEL_MANAGER: CustomerLink.PARTNER,
}

CONTACT_FIELDS = frozenset({"contact", "contact_name", "phone", "phones", "mobile", "tel", "email", "wechat_id"})
AMOUNT_FIELDS = frozenset({"amount_fen", "amount_max_fen", "est_amount_fen", "budget", "spend_band"})
SYSTEM_CHANNEL = "system"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """
    Whoever does something: a member through a channel, or the product itself.

    `department_id` is the member's own department; `leads` are the departments the member heads with everything
    below them, resolved. `via` names the channel (`feishu`, `wecom`, `api`, `console`, …) for the audit. A system
    actor has no member and says in `reason` why it acts.
    """

    member_id: int | None
    roles: frozenset[Role] = frozenset()
    department_id: int | None = None
    leads: frozenset[int] = frozenset()
    via: str
    reason: str | None = None

    @classmethod
    def system(cls, reason: str) -> Actor:
        """
        The product acting by itself; the only way around row rights, so `reason` is required and audited.
        """
        if not reason.strip():
            raise ValueError("access: Actor.system needs a reason, for example 'protection clock'")
        return cls(member_id=None, via=SYSTEM_CHANNEL, reason=reason)

    @property
    def is_system(self) -> bool:
        """
        Whether this is the product itself.
        """
        return self.member_id is None and self.reason is not None

    @property
    def departments(self) -> frozenset[int]:
        """
        The departments whose pool this actor sees: the own one and those led.
        """
        return self.leads if self.department_id is None else self.leads | {self.department_id}


class Reach(StrEnum):
    """
    How far a scope goes, as people say it: own (本人), team (本组) or all (全部).
    """

    OWN = "own"
    TEAM = "team"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Scope:
    """
    Which customers an actor reaches; a customer is in scope when any part says so.

    `everything` outdoes the rest. `member_id`: customers this member owns, collaborates on, or has registered while
    that registration is undecided. `departments`: customers that belong to these departments, owned or pooled.
    `links`: customers tied by one of these. `pools`: customers lying in these pools; `department_pools`: those lying
    there and coming from one of `pool_departments` or from none.
    """

    everything: bool = False
    member_id: int | None = None
    departments: frozenset[int] = frozenset()
    links: frozenset[CustomerLink] = frozenset()
    pools: frozenset[PoolKey] = frozenset()
    department_pools: frozenset[PoolKey] = frozenset()
    pool_departments: frozenset[int] = frozenset()

    @property
    def reach(self) -> Reach:
        """
        The scope in one word.
        """
        if self.everything:
            return Reach.ALL
        return Reach.TEAM if self.departments else Reach.OWN


class FieldRight(IntEnum):
    """
    What an actor may do with one field, ordered: more includes less.
    """

    HIDDEN = 0
    MASKED = 1
    READ = 2
    WRITE = 3


@dataclass(frozen=True)
class _Rights:
    contact: FieldRight
    amount: FieldRight
    other: FieldRight

    def of(self, field: str) -> FieldRight:
        if field in CONTACT_FIELDS:
            return self.contact
        return self.amount if field in AMOUNT_FIELDS else self.other


_WRITES = _Rights(FieldRight.WRITE, FieldRight.WRITE, FieldRight.WRITE)
_READS = _Rights(FieldRight.READ, FieldRight.READ, FieldRight.READ)
_SEES_POOL = _Rights(FieldRight.MASKED, FieldRight.MASKED, FieldRight.READ)
_RIGHTS_OF_ROLE = {
    Role.EXECUTIVE: _Rights(FieldRight.MASKED, FieldRight.READ, FieldRight.READ),
    Role.ADMIN: _Rights(FieldRight.MASKED, FieldRight.READ, FieldRight.WRITE),
    Role.LEGAL: _Rights(FieldRight.MASKED, FieldRight.READ, FieldRight.READ),
    Role.FINANCE: _Rights(FieldRight.MASKED, FieldRight.READ, FieldRight.READ),
    Role.ENGINEER: _Rights(FieldRight.READ, FieldRight.HIDDEN, FieldRight.READ),
    Role.SERVICE_DIRECTOR: _Rights(FieldRight.READ, FieldRight.HIDDEN, FieldRight.READ),
    Role.CHANNEL_MANAGER: _READS,
}


def customer_scope(actor: Actor, pools: PoolPolicies) -> Scope:
    """
    Which customers this actor reaches at all.
    """
    if actor.is_system or actor.roles & EVERYTHING:
        return Scope(everything=True)
    leads = actor.leads if actor.roles & SUPERIORS else frozenset[int]()
    return Scope(
        member_id=actor.member_id,
        departments=leads,
        links=frozenset(LINK_OF_ROLE[role] for role in actor.roles if role in LINK_OF_ROLE),
        pools=_pools_seen(actor, pools, PoolVisibility.EVERYONE),
        department_pools=_pools_seen(actor, pools, PoolVisibility.DEPARTMENT),
        pool_departments=actor.departments if actor.roles & (SELLERS | SUPERIORS) else frozenset(),
    )


def can_view(actor: Actor, customer: CustomerFacts, pools: PoolPolicies) -> bool:
    """
    Whether this actor may know that the customer exists.
    """
    scope = customer_scope(actor, pools)
    if scope.everything:
        return True
    return (
        _is_own(actor, customer)
        or customer.department_id in scope.departments
        or bool(scope.links & customer.links)
        or _is_in_visible_pool(scope, customer)
    )


def can_edit(actor: Actor, customer: CustomerFacts) -> bool:
    """
    Whether this actor may change the customer's plain fields; final rows are never changed.
    """
    if customer.state not in {CustomerState.ACTIVE, CustomerState.PENDING}:
        return False
    return actor.is_system or _rights(actor, customer).other is FieldRight.WRITE


def field_right(actor: Actor, field: str, customer: CustomerFacts, pools: PoolPolicies) -> FieldRight:
    """
    What this actor may do with one field of this customer; HIDDEN for everything when it may not be viewed.
    """
    if actor.is_system:
        return FieldRight.WRITE
    if not can_view(actor, customer, pools):
        return FieldRight.HIDDEN
    return _rights(actor, customer).of(field)


def leads_department_of(actor: Actor, customer: CustomerFacts) -> bool:
    """
    Whether the actor is a superior in the sales line above the customer's department.
    """
    return bool(actor.roles & SUPERIORS) and customer.department_id in actor.leads


def _pools_seen(actor: Actor, pools: PoolPolicies, visibility: PoolVisibility) -> frozenset[PoolKey]:
    """
    The pools of this visibility the actor sees; those for superiors are reached through the departments they lead.
    """
    if not actor.roles & (SELLERS | SUPERIORS):
        return frozenset()
    return frozenset(key for key in PoolKey if pools.of(key).visibility is visibility)


def _is_own(actor: Actor, customer: CustomerFacts) -> bool:
    member = actor.member_id
    return member is not None and (
        member == customer.owner_id or member in customer.collaborators or _has_registered(member, customer)
    )


def _has_registered(member: int, customer: CustomerFacts) -> bool:
    """
    Whether the customer is this member's registration that nobody has decided yet.
    """
    return customer.state is CustomerState.PENDING and member == customer.registrant_id


def _is_in_visible_pool(scope: Scope, customer: CustomerFacts) -> bool:
    if customer.pool is None:
        return False
    if customer.pool in scope.pools:
        return True
    is_near = customer.department_id is None or customer.department_id in scope.pool_departments
    return customer.pool in scope.department_pools and is_near


def _rights(actor: Actor, customer: CustomerFacts) -> _Rights:
    """
    The best of what each way to this customer grants, field class by field class.
    """
    granted = [*_rights_in_sales(actor, customer), *_rights_by_role(actor, customer)]
    return _Rights(
        max((right.contact for right in granted), default=FieldRight.HIDDEN),
        max((right.amount for right in granted), default=FieldRight.HIDDEN),
        max((right.other for right in granted), default=FieldRight.HIDDEN),
    )


def _rights_in_sales(actor: Actor, customer: CustomerFacts) -> list[_Rights]:
    """
    What owning, helping, leading the department or seeing the pool grants.
    """
    member = actor.member_id
    if member is None:
        return []
    granted = []
    if member in {customer.owner_id} | customer.writers or _has_registered(member, customer):
        granted.append(_WRITES)
    if member in customer.readers:
        granted.append(_READS)
    if leads_department_of(actor, customer):
        granted.append(_WRITES)
    if actor.roles & (SELLERS | SUPERIORS) and customer.pool is not None:
        granted.append(_SEES_POOL)
    return granted


def _rights_by_role(actor: Actor, customer: CustomerFacts) -> list[_Rights]:
    """
    What the roles outside the sales line grant, where their link to the customer exists.
    """
    return [
        _RIGHTS_OF_ROLE[role]
        for role in actor.roles
        if role in EVERYTHING or (role in LINK_OF_ROLE and LINK_OF_ROLE[role] in customer.links)
    ]

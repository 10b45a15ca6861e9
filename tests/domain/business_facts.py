"""
The people, customers and moments the tests of business decisions speak about.
"""

from __future__ import annotations

from datetime import UTC, datetime

from domain.access import Actor, Role
from domain.customer import CustomerFacts, Protection
from domain.policy import BusinessPolicy, PoolKey

EAST, SOUTH, SALES = 11, 12, 10
XIAOLI, XIAOWANG, XIAOZHAO, LAOZHANG, ZHOUZONG = 1, 2, 3, 4, 5
POLICY = BusinessPolicy()


def china(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """
    A moment of 2026 as clocks in China show it, in UTC.
    """
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00").astimezone(UTC)


def seller(member_id: int = XIAOLI, department_id: int = EAST, role: Role = Role.SALES) -> Actor:
    return Actor(member_id=member_id, roles=frozenset({role}), department_id=department_id, via="feishu")


def manager_of_east() -> Actor:
    return Actor(
        member_id=LAOZHANG,
        roles=frozenset({Role.MANAGER}),
        department_id=EAST,
        leads=frozenset({EAST}),
        via="wecom",
    )


def colleague(role: Role) -> Actor:
    return Actor(member_id=90, roles=frozenset({role}), department_id=30, leads=frozenset({30}), via="feishu")


def owned_customer(**facts: object) -> CustomerFacts:
    given: dict[str, object] = {
        "customer_id": 7,
        "owner_id": XIAOLI,
        "department_id": EAST,
        "protection": Protection(start=china(9, 1, 10), end=china(10, 1, 10)),
        "last_touched_at": china(9, 1, 10),
    }
    return CustomerFacts(**(given | facts))


def pooled_customer(pool: PoolKey = PoolKey.REGIONAL, **facts: object) -> CustomerFacts:
    given: dict[str, object] = {
        "customer_id": 8,
        "pool": pool,
        "department_id": EAST,
        "pooled_at": china(9, 1, 10),
        "former_owner_id": XIAOLI,
        "claimable_from": china(9, 2, 10),
        "cooldown_until": china(10, 1, 10),
    }
    return CustomerFacts(**(given | facts))

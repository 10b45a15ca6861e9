"""
Configuration kept as data: versioned, newest in force. The business policy is one such setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from domain.access import Actor
from domain.policy import BusinessPolicy
from store import audit
from store.base import table_of
from store.models import Setting
from store.transaction import Transaction

POLICY = "business_policy"
_table = table_of(Setting)
_VERSION = select(func.max(_table.c.version)).where(_table.c.key == bindparam("of_key"))


def newest(tx: Transaction, key: str) -> Setting | None:
    """
    The version of a setting in force.
    """
    statement = select(Setting).where(Setting.key == key).order_by(Setting.version.desc()).limit(1)
    return tx.session.scalars(statement).first()


@dataclass(frozen=True)
class StoredPolicy:
    """
    A business policy with the version it was read from, 0 for the shipped one.
    """

    version: int
    policy: BusinessPolicy


SHIPPED = StoredPolicy(0, BusinessPolicy())


def business_policy(tx: Transaction, known: StoredPolicy = SHIPPED) -> StoredPolicy:
    """
    The business policy in force. `known` is what the caller read last: it is read anew only when it has changed.
    """
    version = tx.connection.execute(_VERSION, {"of_key": POLICY}).scalar() or 0
    return known if version == known.version else _read_policy(tx)


def _read_policy(tx: Transaction) -> StoredPolicy:
    row = newest(tx, POLICY)
    if row is None:
        return SHIPPED
    policy = BusinessPolicy.from_mapping(row.value)
    if not isinstance(policy, BusinessPolicy):
        msg = f"store: stored business policy version {row.version} is invalid: {policy}"
        raise TypeError(msg)
    return StoredPolicy(row.version, policy)


def change(tx: Transaction, actor: Actor, key: str, value: Mapping[str, Any], now: datetime) -> int:
    """
    Store a new version of a setting; returns its number. The caller has validated the value.
    """
    version = (tx.connection.execute(_VERSION, {"of_key": key}).scalar() or 0) + 1
    row = Setting(key=key, version=version, value=dict(value), changed_by=actor.member_id, created_at=now)
    tx.add(row)
    audit.record(tx, actor, "setting.change", "setting", row.id, at=now, changes={"key": key, "version": version})
    return version

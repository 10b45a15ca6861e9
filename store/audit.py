"""
The audit log: one row for every change, with who, through which channel, why, before and after.

A row carries the hash of its own content; `seal` chains rows in order afterwards, so writers never queue for the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from domain.access import Actor
from store import members
from store.base import table_of, to_millis
from store.models import AuditEntry
from store.transaction import Transaction

_table = table_of(AuditEntry)
_SEAL = (
    update(_table)
    .where(_table.c.id == bindparam("row_id"))
    .values(sealed_seq=bindparam("sequence"), chain_hash=bindparam("chained"))
)


def record(
    tx: Transaction,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: int,
    *,
    at: datetime,
    from_state: str | None = None,
    to_state: str | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """
    Write one audit row; `version` is worked out (last + 1) unless the caller knows it.
    """
    content = {
        "at": to_millis(at),
        "actor_id": actor.member_id,
        "actor": actor_name(tx, actor),
        "via": actor.via,
        "action": action,
        "object_type": object_type,
        "object_id": object_id,
        "version": _next_version(tx, object_type, object_id) if version is None else version,
        "from_state": from_state,
        "to_state": to_state,
        "changes": dict(changes or {}),
        "reason": reason[:500],
    }
    tx.add_later(_table, {**content, "at": at, "hash": content_hash(content)})


def actor_name(tx: Transaction, actor: Actor) -> str:
    """
    The member's name, or the reason why the product acted by itself.
    """
    if actor.member_id is None:
        return f"system: {actor.reason}"[:60]
    record = members.get_record(tx, actor.member_id)
    return record.name if record else str(actor.member_id)


def content_hash(content: Mapping[str, Any]) -> str:
    """
    SHA-256 over the canonical JSON of a row's content.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _next_version(tx: Transaction, object_type: str, object_id: int) -> int:
    waiting = [
        row["version"]
        for row in tx.waiting(_table)
        if row["object_type"] == object_type and row["object_id"] == object_id
    ]
    if waiting:
        return int(max(waiting)) + 1
    newest = select(func.max(_table.c.version)).where(
        _table.c.object_type == object_type, _table.c.object_id == object_id
    )
    return (tx.session.execute(newest).scalar() or 0) + 1


def seal(tx: Transaction, limit: int = 1000) -> int:
    """
    Chain the rows that are not chained yet, in id order; returns how many.
    """
    tx.write_waiting()
    head = tx.session.execute(
        select(_table.c.sealed_seq, _table.c.chain_hash)
        .where(_table.c.sealed_seq.is_not(None))
        .order_by(_table.c.sealed_seq.desc())
        .limit(1)
    ).first()
    sequence, previous = (head.sealed_seq, head.chain_hash) if head else (0, "")
    open_rows = tx.session.execute(
        select(_table.c.id, _table.c.hash).where(_table.c.sealed_seq.is_(None)).order_by(_table.c.id).limit(limit)
    ).all()
    sealed = []
    for row in open_rows:
        sequence += 1
        previous = link(previous, row.hash)
        sealed.append({"row_id": row.id, "sequence": sequence, "chained": previous})
    if sealed:
        tx.connection.execute(_SEAL, sealed)
    return len(open_rows)


def link(previous: str, row_hash: str) -> str:
    """
    The chain hash of a row: its own hash after the chain so far.
    """
    return hashlib.sha256(f"{previous}{row_hash}".encode()).hexdigest()

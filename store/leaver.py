"""
A member leaves the company: the row stays, marked. What they held is handed over by `handlers/leaver.py`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from domain.access import Actor
from store import audit, members
from store.base import table_of
from store.models import Member
from store.transaction import Transaction

_table = table_of(Member)


def mark_left(tx: Transaction, actor: Actor, member_id: int, now: datetime) -> None:
    """
    From here on nobody writes to this member, and nothing they send is heard.
    """
    tx.connection.execute(update(_table).where(_table.c.id == member_id).values(status="left", left_at=now))
    members.forget(tx)
    audit.record(tx, actor, "member.leave", "member", member_id, at=now, from_state="active", to_state="left")

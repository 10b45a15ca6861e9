"""
Dialogue state: one row per member and chat, so that a conversation survives a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update

from store.base import insert_new, table_of
from store.models import DialogueState
from store.transaction import Transaction

LIFETIME = timedelta(hours=24)
MEANWHILE = "meanwhile"
_table = table_of(DialogueState)
_HERE = and_(
    _table.c.member_id == bindparam("of_member"),
    _table.c.platform == bindparam("on_platform"),
    _table.c.chat_key == bindparam("in_chat"),
)
_OPEN = select(_table.c.topic, _table.c.data, _table.c.updated_at).where(_HERE)


@dataclass(frozen=True)
class Dialogue:
    """
    Where the member is: `topic` names the conversation, `data` what it has gathered so far.
    """

    topic: str
    data: Mapping[str, Any]

    def interrupted_by(self, argument: str) -> Dialogue:
        """
        The same conversation, remembering what a command said that came in between: too long for a button to carry.
        """
        return Dialogue(self.topic, {**self.data, MEANWHILE: argument})

    @property
    def meanwhile(self) -> str:
        """
        What the last command in between said, empty when there was none.
        """
        return str(self.data.get(MEANWHILE, ""))


def load(tx: Transaction, member_id: int, platform: str, chat_key: str, now: datetime) -> Dialogue | None:
    """
    The open dialogue, None when there is none or it is older than a day.
    """
    place = {"of_member": member_id, "on_platform": platform, "in_chat": chat_key}
    row = tx.connection.execute(_OPEN, place).first()
    if row is None or row.updated_at < now - LIFETIME:
        return None
    return Dialogue(row.topic, row.data)


def save(
    tx: Transaction, member_id: int, platform: str, chat_key: str, dialogue: Dialogue | None, now: datetime
) -> None:
    """
    Replace the dialogue; None ends it.
    """
    place = {"of_member": member_id, "on_platform": platform, "in_chat": chat_key}
    if dialogue is None:
        tx.connection.execute(delete(_table).where(_HERE), place)
        return
    state = {"topic": dialogue.topic, "data": dict(dialogue.data), "updated_at": now}
    if tx.connection.execute(update(_table).where(_HERE).values(state), place).rowcount == 0:
        insert_new(tx.connection, _table, member_id=member_id, platform=platform, chat_key=chat_key, **state)


def purge(tx: Transaction, now: datetime) -> None:
    """
    Forget dialogues older than a day.
    """
    tx.connection.execute(delete(_table).where(_table.c.updated_at < now - LIFETIME))

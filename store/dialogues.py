"""
Dialogue state: one row per member and chat, so that a conversation survives a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from store.models import DialogueState
from store.transaction import Transaction

LIFETIME = timedelta(hours=24)
MEANWHILE = "meanwhile"


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
    row = _row(tx, member_id, platform, chat_key)
    if row is None or row.updated_at < now - LIFETIME:
        return None
    return Dialogue(row.topic, dict(row.data))


def save(
    tx: Transaction, member_id: int, platform: str, chat_key: str, dialogue: Dialogue | None, now: datetime
) -> None:
    """
    Replace the dialogue; None ends it.
    """
    row = _row(tx, member_id, platform, chat_key)
    if dialogue is None:
        if row is not None:
            tx.session.delete(row)
        return
    if row is None:
        row = DialogueState(member_id=member_id, platform=platform, chat_key=chat_key, topic="", updated_at=now)
        tx.session.add(row)
    row.topic, row.data, row.updated_at = dialogue.topic, dict(dialogue.data), now


def purge(tx: Transaction, now: datetime) -> None:
    """
    Forget dialogues older than a day.
    """
    tx.session.execute(delete(DialogueState).where(DialogueState.updated_at < now - LIFETIME))


def _row(tx: Transaction, member_id: int, platform: str, chat_key: str) -> DialogueState | None:
    return tx.session.scalars(
        select(DialogueState).where(
            DialogueState.member_id == member_id,
            DialogueState.platform == platform,
            DialogueState.chat_key == chat_key,
        )
    ).first()

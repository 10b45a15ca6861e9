"""
Pictures and files to be sent: written with the messages that carry them, gone when none carries them any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, insert, select

from store.base import table_of
from store.models import MediaContent, OutboxMessage
from store.transaction import Transaction

MAX_BYTES = 20 * 1024 * 1024
"""What every platform takes as a file; a picture may be smaller still, which the adapter knows."""
YOUNG = timedelta(hours=1)
_table = table_of(MediaContent)
_outbox = table_of(OutboxMessage)


@dataclass(frozen=True)
class StoredMedia:
    """
    A picture (`image`) or `file`: its name with ending, and its bytes.
    """

    kind: str
    name: str
    content: bytes


def keep(tx: Transaction, kind: str, name: str, content: bytes, now: datetime) -> int:
    """
    Keep it for messages of this transaction; returns its id.

    Raises:
        ValueError: it is empty or larger than any platform takes.
    """
    if not 0 < len(content) <= MAX_BYTES:
        msg = f"media {name!r}: {len(content)} bytes; a platform takes 1 to {MAX_BYTES}"
        raise ValueError(msg)
    values = {"kind": kind, "name": name, "content": content, "created_at": now}
    key = tx.connection.execute(insert(_table).values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def load(tx: Transaction, media_id: int) -> StoredMedia:
    """
    What a message carries; it is there as long as a message refers to it.
    """
    columns = select(_table.c.kind, _table.c.name, _table.c.content)
    return StoredMedia(*tx.connection.execute(columns.where(_table.c.id == media_id)).one())


def purge(tx: Transaction, now: datetime) -> int:
    """
    Delete what no message carries any more.
    """
    is_carried = exists().where(_outbox.c.media_id == _table.c.id)
    statement = delete(_table).where(~is_carried, _table.c.created_at < now - YOUNG)
    return tx.connection.execute(statement).rowcount

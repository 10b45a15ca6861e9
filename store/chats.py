"""
Groups the bot can post to.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from store.models import Chat
from store.transaction import Transaction


def remember(  # the key has three parts
    tx: Transaction, platform: str, account: str, chat_id: str, *, name: str, external: bool, now: datetime
) -> Chat:
    """
    Note that the bot is in this group (again).
    """
    row = find(tx, platform, account, chat_id)
    if row is None:
        row = Chat(platform=platform, account=account, chat_id=chat_id, created_at=now)
        row.digest = not external
        tx.session.add(row)
    row.name, row.external, row.active = name or row.name or "", external, True
    row.members_due = now
    tx.session.flush()
    return row


def find(tx: Transaction, platform: str, account: str, chat_id: str) -> Chat | None:
    """
    The group by its platform id.
    """
    statement = select(Chat).where(Chat.platform == platform, Chat.account == account, Chat.chat_id == chat_id)
    return tx.session.scalars(statement).first()


def forget(tx: Transaction, platform: str, account: str, chat_id: str) -> None:
    """
    The bot is no longer in this group.
    """
    row = find(tx, platform, account, chat_id)
    if row is not None:
        row.active = False


def digest_chats(tx: Transaction) -> list[Chat]:
    """
    Groups that get the daily digest; groups with people of other companies never do.
    """
    statement = select(Chat).where(Chat.active, Chat.digest, Chat.external.is_(False)).order_by(Chat.id)
    return list(tx.session.scalars(statement))

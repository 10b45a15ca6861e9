"""
Groups the bot can post to.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.access import Actor
from store import audit
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


def everywhere(tx: Transaction) -> list[Chat]:
    """
    Every group the bot is or was in.
    """
    return list(tx.session.scalars(select(Chat).order_by(Chat.id)))


def change(
    tx: Transaction, actor: Actor, row_id: int, *, clearance: str | None, digest: bool | None, now: datetime
) -> bool:
    """
    Set what may be shown in a group and whether it gets the digest; None leaves it. False when there is no such group.
    """
    row = tx.session.get(Chat, row_id)
    if row is None:
        return False
    before = {"clearance": row.clearance, "digest": row.digest}
    row.clearance = clearance or row.clearance
    row.digest = row.digest if digest is None else digest
    after = {"clearance": row.clearance, "digest": row.digest}
    changes = {name: [before[name], value] for name, value in after.items() if value != before[name]}
    if changes:
        audit.record(tx, actor, "group.change", "chat", row_id, at=now, changes=changes)
    return True


def digest_chats(tx: Transaction) -> list[Chat]:
    """
    Groups that get the daily digest; groups with people of other companies never do.
    """
    statement = select(Chat).where(Chat.active, Chat.digest, Chat.external.is_(False)).order_by(Chat.id)
    return list(tx.session.scalars(statement))

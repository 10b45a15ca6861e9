"""
Who is in which group, as the platforms said when last asked, and what that means for what may be posted there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from domain.audience import Audience, Clearance
from store import members
from store.base import insert_new, table_of
from store.models import Chat, ChatMember, Identity
from store.transaction import Transaction

EVERY = timedelta(hours=24)
"""How often each list is read without anybody asking."""
FRESH = timedelta(hours=1)
"""A group somebody talks in has its list read again when it is older than this."""
OLD = timedelta(hours=26)
VIA = "group"
_chats = table_of(Chat)
_people = table_of(ChatMember)
_identities = table_of(Identity)
_FACTS = select(_chats.c.id, _chats.c.external, _chats.c.clearance, _chats.c.members_at).where(
    _chats.c.platform == bindparam("on_platform"),
    _chats.c.account == bindparam("by_account"),
    _chats.c.chat_id == bindparam("group_id"),
)


@dataclass(frozen=True)
class Group:
    """
    A group whose list is to be read: its row and the platform's name for it.
    """

    row_id: int
    platform: str
    account: str
    chat_id: str


def due(tx: Transaction, now: datetime, limit: int) -> Sequence[Group]:
    """
    The groups whose list is to be read now.
    """
    statement = select(_chats.c.id, _chats.c.platform, _chats.c.account, _chats.c.chat_id).where(
        _chats.c.active, or_(_chats.c.members_due.is_(None), _chats.c.members_due <= now)
    )
    rows = tx.connection.execute(statement.order_by(_chats.c.members_due, _chats.c.id).limit(limit))
    return [Group(row.id, row.platform, row.account, row.chat_id) for row in rows]


def ask_now(tx: Transaction, platform: str, account: str, chat_id: str, now: datetime) -> None:
    """
    Somebody came or left: what is known of this group is old from now on, until its list is read again.
    """
    is_group = and_(_chats.c.platform == platform, _chats.c.account == account, _chats.c.chat_id == chat_id)
    tx.connection.execute(update(_chats).where(is_group).values(members_due=now))
    is_known = and_(is_group, _chats.c.members_at.is_not(None))
    tx.connection.execute(update(_chats).where(is_known).values(members_at=now - OLD - FRESH))


def ask_soon(tx: Transaction, platform: str, account: str, chat_id: str, now: datetime) -> None:
    """
    Somebody talks in this group: have its list read again unless it is fresh or the platform does not give it.
    """
    is_group = and_(_chats.c.platform == platform, _chats.c.account == account, _chats.c.chat_id == chat_id)
    is_stale = and_(_chats.c.members_at < now - FRESH, _chats.c.members_due > now)
    tx.connection.execute(update(_chats).where(is_group, is_stale).values(members_due=now))


def keep(tx: Transaction, row_id: int, user_ids: Iterable[str], now: datetime) -> None:
    """
    The platform said who is in the group.
    """
    tx.connection.execute(delete(_people).where(_people.c.chat_id == row_id))
    rows = [{"chat_id": row_id, "user_id": user_id} for user_id in sorted(set(user_ids))]
    if rows:
        tx.connection.execute(insert(_people), rows)
    tx.connection.execute(update(_chats).where(_chats.c.id == row_id).values(members_at=now, members_due=now + EVERY))


def keep_nothing(tx: Transaction, row_id: int, now: datetime) -> None:
    """
    The platform does not tell who is in the group; whom we met there stays known.
    """
    tx.connection.execute(update(_chats).where(_chats.c.id == row_id).values(members_at=None, members_due=now + EVERY))


def ask_again(tx: Transaction, row_id: int, at: datetime) -> None:
    """
    The platform could not be asked: what was known stays known and grows old.
    """
    tx.connection.execute(update(_chats).where(_chats.c.id == row_id).values(members_due=at))


def meet(tx: Transaction, platform: str, account: str, chat_id: str, user_id: str) -> None:
    """
    Somebody who is no member spoke in this group: from now on it has a stranger, whether or not there is a list.
    """
    row = tx.connection.execute(_FACTS, _key(platform, account, chat_id)).first()
    if row is not None:
        insert_new(tx.connection, _people, chat_id=row.id, user_id=user_id)


def is_external(tx: Transaction, platform: str, account: str, chat_id: str) -> bool:
    """
    Whether this group holds people of other companies.
    """
    row = tx.connection.execute(_FACTS, _key(platform, account, chat_id)).first()
    return row is not None and bool(row.external)


def audience(tx: Transaction, platform: str, account: str, chat_id: str, *, corp_id: str, now: datetime) -> Audience:
    """
    Who reads what is posted in this group. Of a group nobody told us about only the usual clearance is known.
    """
    row = tx.connection.execute(_FACTS, _key(platform, account, chat_id)).first()
    if row is None:
        return Audience()
    known = Audience(clearance=Clearance(row.clearance), is_external=row.external)
    if row.external:
        return known
    ids = _member_ids(tx, row.id, platform, corp_id)
    if row.members_at is None:
        return replace(known, has_strangers=None in ids)
    members.active_members(tx)  # read once for all of them
    actors = [members.actor_by_id(tx, member_id, VIA) for member_id in ids if member_id is not None]
    return Audience(
        clearance=known.clearance,
        actors=tuple(actor for actor in actors if actor is not None),
        has_strangers=None in ids or None in actors,
        is_old=row.members_at < now - OLD,
    )


def _member_ids(tx: Transaction, row_id: int, platform: str, corp_id: str) -> list[int | None]:
    """
    The members in the group, None for each person who is none.
    """
    is_theirs = and_(
        _identities.c.user_id == _people.c.user_id,
        _identities.c.platform == platform,
        _identities.c.corp_id == corp_id,
    )
    statement = select(_identities.c.member_id).select_from(_people).outerjoin(_identities, is_theirs)
    return list(tx.connection.execute(statement.where(_people.c.chat_id == row_id)).scalars())


def _key(platform: str, account: str, chat_id: str) -> dict[str, str]:
    return {"on_platform": platform, "by_account": account, "group_id": chat_id}

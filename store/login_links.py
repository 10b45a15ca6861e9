"""
Links that sign a member in once: asked for in the chat, whose platform vouches for who asked.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from domain.access import Actor
from domain.login import LINK_LIFE
from store import audit
from store.base import insert_row, table_of
from store.models import LoginLink
from store.transaction import Transaction

KEPT: Final = timedelta(days=1)
_table = table_of(LoginLink)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """
    A link that still works: whose it is, and in which chat app it was asked for.
    """

    id: int
    member_id: int
    platform: str
    account: str


def create(tx: Transaction, actor: Actor, member_id: int, *, platform: str, account: str, now: datetime) -> str:
    """
    A new link, ending those made before; this is the only time its token exists here.
    """
    token = secrets.token_urlsafe(32)
    tx.session.execute(delete(_table).where(_table.c.member_id == member_id))
    link = insert_row(
        tx.connection,
        _table,
        member_id=member_id,
        token_hash=_hash(token),
        platform=platform,
        account=account,
        expires_at=now + LINK_LIFE,
    )
    audit.record(tx, actor, "login_link.create", "login_link", link, at=now, changes={"member": member_id})
    return token


def find(tx: Transaction, token: str, now: datetime) -> OpenLink | None:
    """
    The link with this token, while it works.
    """
    row = tx.session.execute(
        select(_table).where(_table.c.token_hash == _hash(token), _table.c.used_at.is_(None), _table.c.expires_at > now)
    ).first()
    return OpenLink(row.id, row.member_id, row.platform, row.account) if row else None


def use(tx: Transaction, link: OpenLink, now: datetime) -> bool:
    """
    Use a link up; False when somebody else has just used it.
    """
    unused = update(_table).where(_table.c.id == link.id, _table.c.used_at.is_(None)).values(used_at=now)
    return tx.connection.execute(unused).rowcount == 1


def purge(tx: Transaction, now: datetime) -> int:
    """
    Forget links that ended long ago.
    """
    return tx.connection.execute(delete(_table).where(_table.c.expires_at < now - KEPT)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""
API tokens: random, stored as hashes, acting with their member's rights.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from domain.access import Actor
from store import audit, members
from store.models import ApiToken
from store.transaction import Transaction

PREFIX = "ld_"
ALL_SCOPES = ("api", "metrics")


@dataclass(frozen=True)
class TokenOwner:
    """
    Who calls with a token, and for what it may be used.
    """

    actor: Actor
    scopes: frozenset[str]


def create(tx: Transaction, actor: Actor, member_id: int, scopes: Sequence[str], now: datetime) -> str:
    """
    A new token for a member; this is the only time its text exists.
    """
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(member_id=member_id, token_hash=_hash(token), scopes=list(scopes), created_at=now)
    tx.add(row)
    audit.record(
        tx, actor, "token.create", "token", row.id, at=now, changes={"member": member_id, "scopes": list(scopes)}
    )
    return token


def check(tx: Transaction, token: str, now: datetime) -> TokenOwner | None:
    """
    The owner of a live token, None for any other text.
    """
    row = tx.session.scalars(
        select(ApiToken).where(
            ApiToken.token_hash == _hash(token),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
    ).first()
    actor = members.actor_by_id(tx, row.member_id, "api") if row is not None else None
    return TokenOwner(actor, frozenset(row.scopes)) if row is not None and actor is not None else None


def revoke_all(tx: Transaction, member_id: int, now: datetime) -> None:
    """
    End all tokens of a member.
    """
    tx.session.execute(
        update(ApiToken).where(ApiToken.member_id == member_id, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

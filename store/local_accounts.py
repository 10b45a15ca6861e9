"""
The administrators' own sign-in: name, password hash, second factor, recovery codes, and links to set them up.

Hashing passwords and reading one-time codes is the business of `handlers/local_login.py`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from domain.access import Actor
from domain.login import SETUP_LIFE
from store import audit
from store.base import insert_row, table_of
from store.models import LocalAccount, SetupLink
from store.transaction import Transaction

_table = table_of(LocalAccount)
_links = table_of(SetupLink)


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """
    An account as read. `totp_secret` is encrypted; `last_step` is the newest one-time code that was used.
    """

    id: int
    member_id: int
    name: str
    password_hash: str
    totp_secret: str
    last_step: int
    recovery: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """
    A set-up link that still works: for whom, and the name to sign in with.
    """

    id: int
    member_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """
    What a set-up ends in: everything as it is stored.
    """

    password_hash: str
    totp_secret: str
    step: int
    recovery: Sequence[str]


def folded(name: str) -> str:
    """
    The name as it is compared: capitals, blanks around it and characters nobody sees do not count.
    """
    return "".join(filter(str.isprintable, name)).strip().casefold()


def named(tx: Transaction, name: str) -> AccountRecord | None:
    """
    The account of this name.
    """
    row = tx.session.execute(select(_table).where(_table.c.name == folded(name))).first()
    return _record(row) if row else None


def of_member(tx: Transaction, member_id: int) -> AccountRecord | None:
    """
    The account of a member.
    """
    row = tx.session.execute(select(_table).where(_table.c.member_id == member_id)).first()
    return _record(row) if row else None


def invite(tx: Transaction, actor: Actor, member_id: int, name: str, now: datetime) -> str:
    """
    A new set-up link for a member, ending those made before; this is the only time its token exists.
    """
    token = secrets.token_urlsafe(32)
    tx.session.execute(delete(_links).where(_links.c.member_id == member_id))
    ends = now + SETUP_LIFE
    link = insert_row(
        tx.connection, _links, member_id=member_id, name=folded(name), token_hash=_hash(token), expires_at=ends
    )
    audit.record(tx, actor, "setup_link.create", "setup_link", link, at=now, changes={"member": member_id})
    return token


def invitation(tx: Transaction, token: str, now: datetime) -> LinkRecord | None:
    """
    The link with this token, while it works.
    """
    row = tx.session.execute(
        select(_links).where(_links.c.token_hash == _hash(token), _links.c.used_at.is_(None), _links.c.expires_at > now)
    ).first()
    return LinkRecord(row.id, row.member_id, row.name) if row else None


def accept(tx: Transaction, actor: Actor, link: LinkRecord, made: Credentials, now: datetime) -> bool:
    """
    Use a link up and store what was set; False when somebody else has just used it.
    """
    unused = update(_links).where(_links.c.id == link.id, _links.c.used_at.is_(None)).values(used_at=now)
    if tx.connection.execute(unused).rowcount != 1:
        return False
    tx.session.execute(delete(_table).where(_table.c.member_id == link.member_id))
    account = insert_row(
        tx.connection,
        _table,
        member_id=link.member_id,
        name=link.name,
        password_hash=made.password_hash,
        totp_secret=made.totp_secret,
        last_step=made.step,
        recovery=list(made.recovery),
        changed_at=now,
    )
    audit.record(tx, actor, "local_account.set", "local_account", account, at=now, changes={"member": link.member_id})
    return True


def use_step(tx: Transaction, account_id: int, step: int) -> bool:
    """
    Use up a one-time code and all older ones; False when this one was used before.
    """
    newer = update(_table).where(_table.c.id == account_id, _table.c.last_step < step).values(last_step=step)
    return tx.connection.execute(newer).rowcount == 1


def use_recovery(tx: Transaction, account_id: int, code_hash: str) -> bool:
    """
    Use up a recovery code; False when it is none of those left.
    """
    row = tx.session.execute(select(_table.c.recovery).where(_table.c.id == account_id).with_for_update()).first()
    if row is None or code_hash not in row.recovery:
        return False
    left = [code for code in row.recovery if code != code_hash]
    tx.session.execute(update(_table).where(_table.c.id == account_id).values(recovery=left))
    return True


def rehash(tx: Transaction, account_id: int, password_hash: str) -> None:
    """
    Keep the password under newer parameters of the hash.
    """
    tx.session.execute(update(_table).where(_table.c.id == account_id).values(password_hash=password_hash))


def remove(tx: Transaction, actor: Actor, member_id: int, now: datetime) -> bool:
    """
    Take away a member's own sign-in and open links; False when there was nothing.
    """
    account = of_member(tx, member_id)
    links = tx.connection.execute(delete(_links).where(_links.c.member_id == member_id)).rowcount
    tx.session.execute(delete(_table).where(_table.c.member_id == member_id))
    if account is not None:
        changes = {"member": member_id}
        audit.record(tx, actor, "local_account.remove", "local_account", account.id, at=now, changes=changes)
    return account is not None or links > 0


def _record(row: Row[*tuple[Any, ...]]) -> AccountRecord:
    return AccountRecord(
        id=row.id,
        member_id=row.member_id,
        name=row.name,
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        last_step=row.last_step,
        recovery=tuple(row.recovery),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

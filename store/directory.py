"""
The platforms' directories as rows: when each is to be read, and whom and which departments it showed last.

What a reading means is decided in `domain/directory.py`; who may have left and who may be the same person are in
`store/departures.py` and `store/links.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, or_, select, true, update

from domain.directory import Person, SeenBefore
from store.base import insert_new, table_of
from store.models import DirectoryEntry, DirectorySource, Identity, Member
from store.transaction import Transaction

LEASE = timedelta(minutes=30)
_sources = table_of(DirectorySource)
_entries = table_of(DirectoryEntry)
_identities = table_of(Identity)


@dataclass(frozen=True)
class Claimed:
    """
    A directory that is to be read now, and how often it was tried in a row.
    """

    platform: str
    account: str
    attempts: int


def want(tx: Transaction, platform: str, account: str, at: datetime) -> None:
    """
    Read this account's directory at `at`, or earlier where that was asked before.
    """
    insert_new(tx.connection, _sources, platform=platform, account=account, attempts=0, people=0, error="")
    is_source = and_(_sources.c.platform == platform, _sources.c.account == account)
    is_later = or_(_sources.c.wanted_at.is_(None), _sources.c.wanted_at > at)
    tx.connection.execute(update(_sources).where(is_source, is_later).values(wanted_at=at))


def is_due(tx: Transaction, now: datetime) -> bool:
    """
    Whether a directory may have to be read.
    """
    statement = select(_sources.c.id).where(or_(_sources.c.wanted_at <= now, _sources.c.lease_until < now))
    return tx.connection.execute(statement.limit(1)).first() is not None


def claim(tx: Transaction, now: datetime) -> Claimed | None:
    """
    Take one directory that is due; None when there is none. A reader that died gives it back after half an hour.
    """
    is_free = or_(_sources.c.lease_until.is_(None), _sources.c.lease_until < now)
    is_due = or_(_sources.c.wanted_at <= now, _sources.c.lease_until < now)
    statement = select(_sources).where(is_free, is_due).order_by(_sources.c.id).limit(1)
    row = tx.connection.execute(statement.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    values = {"wanted_at": None, "lease_until": now + LEASE, "attempts": row.attempts + 1}
    tx.connection.execute(update(_sources).where(_sources.c.id == row.id).values(values))
    return Claimed(row.platform, row.account, row.attempts + 1)


def finish(tx: Transaction, claimed: Claimed, *, people: int, now: datetime) -> None:
    """
    The directory was read and its news written.
    """
    values = {"lease_until": None, "attempts": 0, "read_at": now, "people": people, "error": ""}
    _change_source(tx, claimed, values)


def fail(tx: Transaction, claimed: Claimed, *, error: str, retry_at: datetime | None) -> None:
    """
    The directory could not be read; nothing else is concluded. None: not before it is wanted again.
    """
    _change_source(tx, claimed, {"lease_until": None, "error": error[:300]})
    if retry_at is not None:
        want(tx, claimed.platform, claimed.account, retry_at)
    else:
        _change_source(tx, claimed, {"attempts": 0})


def _change_source(tx: Transaction, claimed: Claimed, values: Mapping[str, object]) -> None:
    is_source = and_(_sources.c.platform == claimed.platform, _sources.c.account == claimed.account)
    tx.connection.execute(update(_sources).where(is_source).values(values))


def source(tx: Transaction, platform: str, account: str) -> DirectorySource | None:
    """
    The state of one account's directory, None when it was never asked for.
    """
    statement = select(DirectorySource).where(DirectorySource.platform == platform, DirectorySource.account == account)
    return tx.session.scalars(statement.execution_options(populate_existing=True)).first()


def sources(tx: Transaction) -> list[DirectorySource]:
    """
    The state of every directory that was ever asked for.
    """
    return list(tx.session.scalars(select(DirectorySource).order_by(DirectorySource.id)))


def note_left(tx: Transaction, platform: str, account: str, user_id: str, now: datetime) -> None:
    """
    The platform sent word that this person left: being missing once is enough then.
    """
    is_person = and_(_entries.c.platform == platform, _entries.c.account == account, _entries.c.user_id == user_id)
    tx.connection.execute(update(_entries).where(is_person).values(said_left_at=now))


def seen(tx: Transaction, platform: str, account: str) -> dict[str, SeenBefore]:
    """
    Everybody the account's readings have shown and who is not settled since, by the platform's id.
    """
    rows = tx.connection.execute(_of_account(platform, account))
    return {
        row.user_id: SeenBefore(
            department_ids=tuple(row.department_ids),
            is_missing=row.missing_since is not None,
            said_left=row.said_left_at is not None,
        )
        for row in rows
    }


def keep(
    tx: Transaction, platform: str, account: str, corp_id: str, people: Iterable[Person], *, now: datetime
) -> None:
    """
    Note whom a reading shows, where that is news; what was said or missed of them before is settled.
    """
    known = {row.user_id: row for row in tx.connection.execute(_of_account(platform, account))}
    added, changed = [], []
    for person in people:
        shown = {
            "corp_id": corp_id,
            "name": (person.name or "")[:60],
            "mobile": (person.mobile or "")[:30],
            "email": (person.email or "")[:120].lower(),
            "department_ids": list(person.department_ids),
            "missing_since": None,
            "said_left_at": None,
        }
        before = known.get(person.user_id)
        if before is None:
            added.append({"platform": platform, "account": account, "user_id": person.user_id, "seen_at": now, **shown})
        elif any(getattr(before, name) != value for name, value in shown.items()):
            changed.append({"id": before.id, "seen_at": now, **shown})
    tx.session.bulk_update_mappings(DirectoryEntry.__mapper__, changed)
    tx.session.bulk_insert_mappings(DirectoryEntry.__mapper__, added)
    tx.session.expire_all()


def mark_missing(tx: Transaction, platform: str, account: str, user_ids: Collection[str], now: datetime) -> None:
    """
    A reading did not show these people for the first time.
    """
    tx.connection.execute(update(_entries).where(_are(platform, account, user_ids)).values(missing_since=now))


def forget(tx: Transaction, platform: str, account: str, user_ids: Collection[str]) -> None:
    """
    These people's absence means nothing any more, until a reading shows them again.
    """
    tx.connection.execute(delete(_entries).where(_are(platform, account, user_ids)))


def _of_account(platform: str, account: str) -> Select[*tuple[Any, ...]]:
    return select(_entries).where(_entries.c.platform == platform, _entries.c.account == account)


def _are(platform: str, account: str, user_ids: Collection[str]) -> ColumnElement[bool]:
    return and_(
        _entries.c.platform == platform, _entries.c.account == account, _entries.c.user_id.in_(sorted(user_ids))
    )


def members_at(tx: Transaction, platform: str, corp_id: str) -> tuple[dict[str, int], dict[str, int]]:
    """
    Members and leavers with an id at this company of a platform, by that id.
    """
    statement = (
        select(Identity.user_id, Member.id, Member.status)
        .join(Member, Member.id == Identity.member_id)
        .where(Identity.platform == platform, Identity.corp_id == corp_id)
    )
    rows = tx.session.execute(statement).all()
    active = {row.user_id: row.id for row in rows if row.status == "active"}
    return active, {row.user_id: row.id for row in rows if row.status != "active"}


def shown_elsewhere(tx: Transaction, platform: str, account: str, corp_id: str) -> frozenset[str]:
    """
    People with an id here whom the last reading of another account, or of another platform, still shows.
    """
    is_other = or_(_entries.c.platform != platform, _entries.c.account != account)
    shown, identities = _shown(tx, is_other), _all_identities(tx)
    there = {row.member_id for row in identities if (row.platform, row.corp_id, row.user_id) in shown}
    here = (row for row in identities if (row.platform, row.corp_id) == (platform, corp_id))
    return frozenset(row.user_id for row in here if row.member_id in there)


def shown_by_sibling(tx: Transaction, platform: str, account: str, corp_id: str) -> frozenset[str]:
    """
    People whom another account of the same company on the same platform shows.
    """
    statement = select(DirectoryEntry.user_id).where(
        DirectoryEntry.platform == platform,
        DirectoryEntry.corp_id == corp_id,
        DirectoryEntry.account != account,
        DirectoryEntry.missing_since.is_(None),
    )
    return frozenset(tx.session.scalars(statement))


def led_from(tx: Transaction, platform: str, corp_id: str) -> frozenset[int]:
    """
    Members whose name, place and manager this platform decides.

    Of the platforms that show somebody it is the one they were known on first.
    """
    shown = _shown(tx, true())
    first: dict[int, tuple[str, str]] = {}
    for row in _all_identities(tx):
        place = (row.platform, row.corp_id)
        if place == (platform, corp_id) or (*place, row.user_id) in shown:
            first.setdefault(row.member_id, place)
    return frozenset(member_id for member_id, place in first.items() if place == (platform, corp_id))


def _shown(tx: Transaction, where: ColumnElement[bool]) -> set[tuple[str, str, str]]:
    """
    Whom the last readings showed: platform, company and id.
    """
    statement = select(_entries.c.platform, _entries.c.corp_id, _entries.c.user_id)
    rows = tx.connection.execute(statement.where(_entries.c.missing_since.is_(None), where))
    return {(row.platform, row.corp_id, row.user_id) for row in rows}


def _all_identities(tx: Transaction) -> Sequence[Row[*tuple[Any, ...]]]:
    """
    Everybody's ids, the oldest first.
    """
    return tx.connection.execute(select(_identities).order_by(_identities.c.id)).all()

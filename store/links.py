"""
One person on several platforms: the ids linked to a member, and the proposals an administrator decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update

from domain.access import Actor
from domain.directory import Person
from store import audit, members
from store.base import insert_new, table_of
from store.models import DirectoryEntry, Identity, LinkProposal, Member
from store.transaction import Transaction

_identities = table_of(Identity)
_proposals = table_of(LinkProposal)


@dataclass(frozen=True)
class Candidate:
    """
    A member who may be the person, and why: `mobile`, `email` or only `name`.
    """

    member_id: int
    basis: str


@dataclass(frozen=True, kw_only=True)
class ProposalRecord:
    """
    A proposal as read: `name` and where the person was seen, and the member they may be.
    """

    id: int
    platform: str
    account: str
    corp_id: str
    user_id: str
    name: str
    member_id: int
    member: str
    department_id: int | None
    basis: str
    state: str


def member_of(tx: Transaction, platform: str, corp_id: str, user_id: str) -> int | None:
    """
    The member, leavers included, this id belongs to.
    """
    statement = select(Identity.member_id).where(
        Identity.platform == platform, Identity.corp_id == corp_id, Identity.user_id == user_id
    )
    return tx.session.scalars(statement).first()


def candidates(tx: Transaction, platform: str, corp_id: str, person: Person) -> list[Candidate]:
    """
    The active member without an id here who may be this person, none for nobody or for several.

    The same name with an equal phone or e-mail, else the only one of that name. Whom an administrator refused is out.
    """
    if not person.name:
        return []
    refused = exists().where(
        LinkProposal.member_id == Member.id,
        LinkProposal.platform == platform,
        LinkProposal.corp_id == corp_id,
        LinkProposal.user_id == person.user_id,
        LinkProposal.state == "refused",
    )
    is_here = exists().where(
        Identity.member_id == Member.id, Identity.platform == platform, Identity.corp_id == corp_id
    )
    statement = select(Member.id).where(Member.status == "active", Member.name == person.name, ~refused, ~is_here)
    namesakes = list(tx.session.scalars(statement.order_by(Member.id)))
    sure = [Candidate(one, basis) for one in namesakes if (basis := _shared(tx, one, person))]
    if sure:
        return sure[:1] if len(sure) == 1 else []
    return [Candidate(namesakes[0], "name")] if len(namesakes) == 1 else []


def _shared(tx: Transaction, member_id: int, person: Person) -> str:
    """
    What the directories of the member's other places say that is the person's too.
    """
    statement = (
        select(DirectoryEntry.mobile, DirectoryEntry.email)
        .join(
            Identity,
            (Identity.platform == DirectoryEntry.platform)
            & (Identity.corp_id == DirectoryEntry.corp_id)
            & (Identity.user_id == DirectoryEntry.user_id),
        )
        .where(Identity.member_id == member_id)
    )
    known = tx.session.execute(statement).all()
    mobile, email = _digits(person.mobile), (person.email or "").lower()
    if mobile and mobile in {_digits(row.mobile) for row in known}:
        return "mobile"
    return "email" if email and email in {row.email for row in known} else ""


def _digits(mobile: str | None) -> str:
    """
    The number without the country's prefix: +86 138… and 138… are one.
    """
    return "".join(character for character in mobile or "" if character.isdigit())[-11:]


def propose(
    tx: Transaction, platform: str, account: str, corp_id: str, person: Person, candidate: Candidate, now: datetime
) -> bool:
    """
    Ask an administrator; False when that was asked before.
    """
    row_id = insert_new(
        tx.connection,
        _proposals,
        platform=platform,
        account=account,
        corp_id=corp_id,
        user_id=person.user_id,
        name=(person.name or "")[:60],
        member_id=candidate.member_id,
        basis=candidate.basis,
        state="open",
        created_at=now,
    )
    return row_id is not None


def open_proposals(tx: Transaction) -> list[ProposalRecord]:
    """
    Undecided proposals whose person and member are still apart, the surest first.
    """
    is_linked = exists().where(
        Identity.platform == LinkProposal.platform,
        Identity.corp_id == LinkProposal.corp_id,
        Identity.user_id == LinkProposal.user_id,
    )
    statement = (
        select(LinkProposal, Member.name, Member.department_id)
        .join(Member, Member.id == LinkProposal.member_id)
        .where(LinkProposal.state == "open", Member.status == "active", ~is_linked)
        .order_by(LinkProposal.basis == "name", LinkProposal.id)
    )
    return [_record(*row) for row in tx.session.execute(statement)]


def lock_proposal(tx: Transaction, proposal_id: int) -> ProposalRecord | None:
    """
    A proposal with its row locked.
    """
    statement = (
        select(LinkProposal, Member.name, Member.department_id)
        .join(Member, Member.id == LinkProposal.member_id)
        .where(LinkProposal.id == proposal_id)
        .with_for_update(of=LinkProposal)
    )
    row = tx.session.execute(statement.execution_options(populate_existing=True)).first()
    return _record(*row) if row else None


def newest(tx: Transaction) -> int:
    """
    The newest proposal's number, 0 when there never was one.
    """
    return tx.session.scalar(select(func.max(LinkProposal.id))) or 0


def refuse(tx: Transaction, place: tuple[str, str, str], member_id: int, now: datetime) -> None:
    """
    This id and this member are not the same person: it is not proposed again.
    """
    platform, corp_id, user_id = place
    key = {"platform": platform, "corp_id": corp_id, "user_id": user_id, "member_id": member_id}
    insert_new(tx.connection, _proposals, **key, account="", name="", basis="name", state="refused", created_at=now)
    is_pair = and_(*(_proposals.c[name] == value for name, value in key.items()))
    tx.connection.execute(update(_proposals).where(is_pair).values(state="refused", decided_at=now))


def decide(tx: Transaction, actor: Actor, proposal_id: int, state: str, now: datetime) -> None:
    """
    An administrator said whether they are the same person.
    """
    values = {"state": state, "decided_by": actor.member_id, "decided_at": now}
    tx.connection.execute(update(_proposals).where(_proposals.c.id == proposal_id).values(values))
    audit.record(tx, actor, f"link.{state}", "link", proposal_id, at=now)


def add(tx: Transaction, actor: Actor, member_id: int, place: tuple[str, str, str], now: datetime) -> None:
    """
    An id at a platform (platform, company, id) belongs to this member from now on, whoever it belonged to.
    """
    platform, corp_id, user_id = place
    was = member_of(tx, *place)
    is_it = _is(place)
    if was is None:
        linked = {"member_id": member_id, "platform": platform, "corp_id": corp_id, "user_id": user_id}
        tx.connection.execute(insert(_identities), linked)
    else:
        tx.connection.execute(update(_identities).where(is_it).values(member_id=member_id))
    members.note_change(tx)
    changes = {"id": [None, f"{platform}:{user_id}"], "from_member": was}
    audit.record(tx, actor, "member.link", "member", member_id, at=now, changes=changes)


def remove(tx: Transaction, actor: Actor, place: tuple[str, str, str], *, reason: str, now: datetime) -> int | None:
    """
    An id at a platform belongs to nobody any more; returns whose it was.
    """
    platform, _, user_id = place
    was = member_of(tx, *place)
    if was is not None:
        tx.connection.execute(delete(_identities).where(_is(place)))
        members.note_change(tx)
        changes = {"id": [f"{platform}:{user_id}", None]}
        audit.record(tx, actor, "member.unlink", "member", was, at=now, changes=changes, reason=reason)
    return was


def places_of(tx: Transaction, member_id: int) -> Sequence[tuple[str, str, str]]:
    """
    A member's ids: platform, company, id.
    """
    statement = select(Identity.platform, Identity.corp_id, Identity.user_id).where(Identity.member_id == member_id)
    return [(row.platform, row.corp_id, row.user_id) for row in tx.session.execute(statement.order_by(Identity.id))]


def _is(place: tuple[str, str, str]) -> ColumnElement[bool]:
    platform, corp_id, user_id = place
    return (
        (_identities.c.platform == platform) & (_identities.c.corp_id == corp_id) & (_identities.c.user_id == user_id)
    )


def _record(row: LinkProposal, member: str, department_id: int | None) -> ProposalRecord:
    return ProposalRecord(
        id=row.id,
        platform=row.platform,
        account=row.account,
        corp_id=row.corp_id,
        user_id=row.user_id,
        name=row.name,
        member_id=row.member_id,
        member=member,
        department_id=department_id,
        basis=row.basis,
        state=row.state,
    )

"""
One person on several platforms (成员关联): proposed by equal phone, e-mail or name, decided by an administrator.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.context import Context
from bot.directory import Origin
from bot.events import ActionClicked, MessageReceived
from bot.post import About
from bot.reply import Reply, Say, say, toast
from bot.router import Click, Command
from cards import people as cards
from cards.model import Card
from cards.people import ProposalLine
from cards.people_actions import AnswerLink, LinkAll
from domain.directory import Person
from domain.errors import UserError
from domain.member import MemberFacts
from handlers import departures, handover
from store import approvals, customers, directory, links, members
from store import leaver as leavers
from store.links import ProposalRecord

EXAMPLE = "关联成员 3"
EVERY = {"全部", "所有", "全部关联"}
NOT = {"不是", "不是同一人", "不"}
QUESTION = About("links", "request")

Place = tuple[str, str, str]
"""An id at a platform: platform, company, id."""


@dataclass(frozen=True)
class Linked:
    """
    The id is this member's now.
    """

    member: MemberFacts


@dataclass(frozen=True)
class AlreadyDecided:
    """
    Somebody was faster.
    """


def propose(ctx: Context, origin: Origin, person: Person) -> bool:
    """
    Whether an administrator has to say first whether this person is a member we know.
    """
    found = links.candidates(ctx.tx, origin.platform, origin.corp_id, person)
    for candidate in found:
        links.propose(ctx.tx, origin.platform, origin.account, origin.corp_id, person, candidate, ctx.now)
    return bool(found)


def ask(ctx: Context, *, since: int) -> None:
    """
    Show the administrators everything proposed, when some of it is newer than proposal `since`.
    """
    waiting = links.open_proposals(ctx.tx)
    if any(one.id > since for one in waiting):
        card = _card(ctx, waiting)
        ctx.post.change_face(QUESTION, cards.proposals_over())
        for administrator in handover.administrators(ctx):
            ctx.post.to_member(administrator.id, card, QUESTION)


def _card(ctx: Context, waiting: list[ProposalRecord]) -> Card:
    names = members.department_names(ctx.tx)
    return cards.proposals(
        [
            ProposalLine(one.id, one.platform, one.name, names.get(one.department_id or 0, ""), one.basis)
            for one in waiting
        ]
    )


def answer(ctx: Context, proposal_id: int, *, same: bool) -> tuple[ProposalRecord, Linked | AlreadyDecided | None]:
    """
    An administrator's word; None for 不是: the person becomes a member of their own with the next reading, soon.

    Raises:
        UserError: the actor is no administrator, there is no such proposal, or both sides have open work.
    """
    departures.check_administrator(ctx)
    proposal = links.lock_proposal(ctx.tx, proposal_id)
    if proposal is None:
        raise UserError("card_outdated")
    if proposal.state != "open":
        return proposal, AlreadyDecided()
    if not same:
        links.decide(ctx.tx, ctx.actor, proposal.id, "refused", ctx.now)
        directory.want(ctx.tx, proposal.platform, proposal.account, ctx.now)
        return proposal, None
    place = (proposal.platform, proposal.corp_id, proposal.user_id)
    linked = link(ctx, proposal.member_id, place)
    links.decide(ctx.tx, ctx.actor, proposal.id, "linked", ctx.now)
    return proposal, linked


def link(ctx: Context, member_id: int, place: Place) -> Linked:
    """
    Make an id at a platform this member's. A second member it belonged to is one and the same and ends.

    Raises:
        UserError: the actor is no administrator, there is no such member, or the second member has open work.
    """
    departures.check_administrator(ctx)
    member = members.get_member(ctx.tx, member_id)
    if member is None or not member.is_active:
        raise UserError("member_not_found", name=member.name if member else str(member_id))
    other_id = links.member_of(ctx.tx, *place)
    if other_id == member_id:
        return Linked(member)
    other = members.get_member(ctx.tx, other_id) if other_id is not None else None
    if other is not None and other.is_active:
        _merge(ctx, other, member)
    links.add(ctx.tx, ctx.actor, member_id, place, ctx.now)
    return Linked(member)


def _merge(ctx: Context, other: MemberFacts, member: MemberFacts) -> None:
    """
    All ids of the second member become the first one's; open work is not moved behind anybody's back.
    """
    if _has_work(ctx, other.id):
        raise UserError("link_holds_work", name=other.name)
    for place in links.places_of(ctx.tx, other.id):
        links.add(ctx.tx, ctx.actor, member.id, place, ctx.now)
    for report in members.reports_of(ctx.tx, other.id):
        members.set_manager(ctx.tx, report, member.id if report != member.id else other.manager_id)
    leavers.mark_left(ctx.tx, ctx.actor, other.id, ctx.now)


def _has_work(ctx: Context, member_id: int) -> bool:
    return bool(
        customers.owned_ids(ctx.tx, leavers.HANDED_OVER, member_id)
        or approvals.pending_by(ctx.tx, member_id)
        or approvals.waiting_for(ctx.tx, member_id)
    )


def unlink(ctx: Context, place: Place) -> MemberFacts | None:
    """
    The id is not this member's after all; returns whose it was. It is not proposed for them again.

    Raises:
        UserError: the actor is no administrator.
    """
    departures.check_administrator(ctx)
    member_id = links.remove(ctx.tx, ctx.actor, place, reason="unlinked", now=ctx.now)
    if member_id is None:
        return None
    links.refuse(ctx.tx, place, member_id, ctx.now)
    return members.get_member(ctx.tx, member_id)


def link_all(ctx: Context, newest: int) -> int:
    """
    Link everybody whose phone or e-mail agrees, up to proposal `newest`; returns how many.

    Raises:
        UserError: the actor is no administrator.
    """
    departures.check_administrator(ctx)
    sure = [one for one in links.open_proposals(ctx.tx) if one.basis != "name" and one.id <= newest]
    for one in sure:
        answer(ctx, one.id, same=True)
    return len(sure)


def on_answer(ctx: Context, _event: ActionClicked, action: AnswerLink) -> Reply:
    """
    是同一人 / 不是: the card turns to what is left.
    """
    line = _said(*answer(ctx, action.proposal, same=action.answer == "same"))
    return toast(line, card=_refreshed(ctx))


def _said(proposal: ProposalRecord, made: Linked | AlreadyDecided | None) -> str:
    match made:
        case Linked(member=member):
            return cards.linked(member.name, proposal.platform)
        case AlreadyDecided():
            return cards.already_answered()
        case None:
            return cards.kept_apart(proposal.name)


def _refreshed(ctx: Context) -> Card:
    card = _card(ctx, links.open_proposals(ctx.tx))
    ctx.post.change_face(QUESTION, card, clicked=ctx.clicked)
    return card


def on_link_all(ctx: Context, _event: ActionClicked, action: LinkAll) -> Reply:
    """
    全部关联.
    """
    return toast(cards.linked_all(link_all(ctx, action.newest)), card=_refreshed(ctx))


def on_link(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    关联成员: the list. 关联成员 3: they are the same. 关联成员 3 不是. 关联成员 全部.
    """
    departures.check_administrator(ctx)
    match argument.split():
        case []:
            return say(_card(ctx, links.open_proposals(ctx.tx)))
        case _ if not event.is_signed:
            raise UserError("decide_on_card")
        case [word] if word in EVERY:
            newest = max((one.id for one in links.open_proposals(ctx.tx)), default=0)
            line = cards.linked_all(link_all(ctx, newest))
        case [number] if number.isascii() and number.isdecimal():
            line = _said(*answer(ctx, int(number), same=True))
        case [number, word] if number.isascii() and number.isdecimal() and word in NOT:
            line = _said(*answer(ctx, int(number), same=False))
        case _:
            raise UserError("link_number_missing", example=EXAMPLE)
    return Reply(messages=(Say(text=line), Say(card=_refreshed(ctx))))


ROUTES = (
    Command("link", on_link, usage=EXAMPLE),
    Click(AnswerLink, on_answer),
    Click(LinkAll, on_link_all),
)

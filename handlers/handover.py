"""
Handing a leaver's customers over (交接): the superior's card, assigning on it or by text, and what the heir is told.

Leaving itself is in `handlers/leaver.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.post import About
from bot.reply import Reply, say
from bot.router import Click, Command
from cards import handover as cards
from cards.handover import HeirLine, HeldCustomer, LeaverLine
from cards.model import Card
from cards.people_actions import AssignHandover
from domain.access import EVERYTHING, SUPERIORS, Role
from domain.approver import superiors
from domain.customer import Protection
from domain.errors import UserError
from domain.handover import heir_of, propose_heirs, sells
from domain.member import MemberFacts
from store import customer_changes, customers, members, tasks
from store import leaver as leavers
from store.customers import CustomerRecord
from store.leaver import HANDED_OVER, Estate

EXAMPLE = "交接 小李 小王"
REASON = "assigned"
MOST_AT_ONCE = 200
BETWEEN = {"给", "交给", "分配给", "转给", "移交给"}


@dataclass(frozen=True)
class Assigned:
    """
    How many customers the heir got, and how many of the leaver's still wait.
    """

    leaver: MemberFacts
    heir: MemberFacts
    records: list[CustomerRecord]
    waiting: int


def about(leaver_id: int) -> About:
    """
    What the superior's card is filed under.
    """
    return About(f"handover:{leaver_id}", "request")


def administrators(ctx: Context) -> list[MemberFacts]:
    """
    The active administrators, by id.
    """
    return [person for person in members.active_members(ctx.tx) if Role.ADMIN in person.roles]


def ask_superior(ctx: Context, leaver: MemberFacts) -> None:
    """
    The card to assign from, to whoever is above the leaver, else to the administrators.
    """
    people = {member.id: member for member in members.everybody(ctx.tx)}
    above = [person for person in superiors(leaver.id, people) if person.is_active]
    for person in above[:1] or administrators(ctx):
        ctx.post.to_member(person.id, _card(ctx, leaver), about(leaver.id))


def _card(ctx: Context, leaver: MemberFacts, *, note: str = "") -> Card:
    held, total = leavers.waiting(ctx.tx, leaver.id, cards.MOST_LISTED)
    colleagues = members.active_members(ctx.tx)
    team = [one.id for one in colleagues if one.department_id == leaver.department_id and sells(one)]
    heirs = propose_heirs(leaver, colleagues, leavers.holdings(ctx.tx, team), ctx.policy.holding)
    lines = [HeirLine(heir.member_id, heir.name, heir.holding) for heir in heirs]
    return cards.handover(leaver.id, leaver.name, _lines(held), total, lines, note=note)


def _lines(records: list[CustomerRecord]) -> list[HeldCustomer]:
    return [HeldCustomer(record.name, str(record.facts.stage)) for record in records]


def assign(ctx: Context, leaver_id: int, heir_id: int) -> Assigned:
    """
    Give a leaver's waiting customers to a colleague, as many as their cap allows, each under a fresh protection.

    Raises:
        UserError: the actor is not above the leaver, nothing waits, or the colleague can take none.
    """
    members.lock(ctx.tx, heir_id)
    leaver, heir = members.get_member(ctx.tx, leaver_id), members.get_member(ctx.tx, heir_id)
    if leaver is None or heir is None or not heir.is_active:
        raise UserError("card_outdated")
    if not _may_assign(ctx, leaver.department_id, leaver.manager_id):
        raise UserError("superiors_only")
    if not (sells(heir) or heir.roles & SUPERIORS):
        raise UserError("heir_is_no_seller", name=heir.name)
    room = heir_of(heir, customers.holding_count(ctx.tx, heir.id), ctx.policy.holding).room
    if room == 0:
        raise UserError("heir_is_full", name=heir.name, limit=customers.holding_count(ctx.tx, heir.id))
    found, total = leavers.waiting(ctx.tx, leaver.id, MOST_AT_ONCE if room is None else min(room, MOST_AT_ONCE))
    given = [record for one in found if (record := _give(ctx, one.id, leaver, heir)) is not None]
    if not given:
        raise UserError("nothing_to_hand_over", name=leaver.name)
    return Assigned(leaver, heir, given, total - len(given))


def _may_assign(ctx: Context, department_id: int | None, manager_id: int | None) -> bool:
    """
    Whether the acting member leads the leaver's department, was their manager, or sees everything.
    """
    leads = bool(ctx.actor.roles & SUPERIORS) and department_id in ctx.actor.leads
    return ctx.actor.is_system or leads or manager_id == ctx.actor.member_id or bool(ctx.actor.roles & EVERYTHING)


def _give(ctx: Context, customer_id: int, leaver: MemberFacts, heir: MemberFacts) -> CustomerRecord | None:
    """
    One customer to the heir, with what was still to be done for it; None when it is no longer the leaver's.
    """
    record = customers.lock(ctx.tx, HANDED_OVER, customer_id)
    if record is None or record.facts.pool is None or record.facts.former_owner_id != leaver.id:
        return None
    days = timedelta(days=ctx.policy.protection.claim_days)
    customer_changes.give_to_owner(
        ctx.tx,
        ctx.actor,
        record.id,
        heir.id,
        protection=Protection(start=ctx.now, end=ctx.now + days),
        basis=REASON,
        reason=REASON,
        now=ctx.now,
        note=leaver.name,
    )
    if record.facts.pooled_at is not None:
        tasks.inherit(ctx.tx, ctx.actor, record.id, heir.id, since=record.facts.pooled_at, now=ctx.now)
    ctx.record("customer.assigned", "customer", record.id, heir=heir.id, leaver=leaver.id)
    return record


def _carried_out(ctx: Context, made: Assigned) -> Card:
    """
    Tell the heir, and turn every copy of the superior's card to what is left.
    """
    days = ctx.policy.protection.claim_days
    lines = _lines(made.records[: cards.MOST_LISTED])
    ctx.post.to_member(made.heir.id, cards.received(made.leaver.name, lines, len(made.records), days))
    if made.waiting:
        face = _card(ctx, made.leaver, note=cards.assigned_note(len(made.records), made.heir.name))
    else:
        face = cards.finished(made.leaver.name, [(made.heir.name, len(made.records))])
    ctx.post.change_face(about(made.leaver.id), face, clicked=ctx.clicked)
    return face


def on_assign(ctx: Context, _event: ActionClicked, action: AssignHandover) -> Reply:
    """
    分配给….
    """
    return Reply(card=_carried_out(ctx, assign(ctx, action.leaver, action.heir)))


def on_handover(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    交接: whose customers wait. 交接 小李: the card again. 交接 小李 小王: assign.
    """
    words = [word for word in argument.split() if word not in BETWEEN]
    mine = [one for one in leavers.estates(ctx.tx) if _may_assign(ctx, one.department_id, one.manager_id)]
    match words:
        case []:
            return say(cards.waiting([LeaverLine(one.name, one.customers) for one in mine]))
        case [name]:
            return say(_card(ctx, _leaver(ctx, mine, name)))
        case [_, _] if not event.is_signed:
            raise UserError("decide_on_card")
        case [name, heir]:
            made = assign(ctx, _leaver(ctx, mine, name).id, _colleague(ctx, heir.removeprefix("给")).id)
            return say(_carried_out(ctx, made))
        case _:
            raise UserError("handover_names_missing", example=EXAMPLE)


def _leaver(ctx: Context, mine: list[Estate], name: str) -> MemberFacts:
    found = [one for one in mine if one.name == name]
    leaver = members.get_member(ctx.tx, found[0].member_id) if found else None
    if leaver is None:
        raise UserError("nothing_to_hand_over", name=name[:20])
    return leaver


def _colleague(ctx: Context, name: str) -> MemberFacts:
    found = members.find_members(ctx.tx, name)
    if len(found) != 1:
        raise UserError("member_not_found", name=name[:20])
    return found[0]


ROUTES = (
    Command("handover", on_handover, usage=EXAMPLE),
    Click(AssignHandover, on_assign),
)

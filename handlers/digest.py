"""
The daily digest to groups (18:00) and the morning card to each seller (8:45), on business days.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.context import Context
from bot.events import MessageReceived
from bot.jobs import Batch
from bot.post import Address
from bot.reply import Reply, say
from bot.router import Command
from cards import digest as cards
from cards.digest import EndingCustomer, GroupFigures
from cards.task import AgendaView
from domain.access import SELLERS, SUPERIORS, Actor, FieldRight
from domain.audience import Audience, right_of, sees
from domain.customer import Protection, stage_band
from domain.masking import amount_band
from domain.member import MemberFacts
from domain.worktime import at_local, is_business_day, local_date, next_local_midnight
from handlers.task import agenda
from store import chats, digest, members
from store.customers import CustomerRecord
from store.digest import DepartmentFigures

ENDING_DAYS = 3
ENDING_LISTED = 5
ENDING_LIMIT = 200
VIA = "digest"
IN_SALES = SELLERS | SUPERIORS


def send_group_digest(ctx: Context, slot: datetime) -> Batch:
    """
    日报 to every group that gets one, about its department. One per group and day, however often the slot runs.
    """
    day = local_date(slot)
    if not is_business_day(day, ctx.calendar):
        return Batch(0)
    departments = members.department_names(ctx.tx)
    groups = chats.digest_chats(ctx.tx)
    for chat in groups:
        audience = ctx.post.audience_of(Address(chat.platform, chat.account, "group", chat.chat_id))
        figures = _group_figures(ctx, chat.department_id, slot, audience)
        department = departments.get(chat.department_id, "") if chat.department_id else ""
        card = cards.group(department, day, figures, ctx.now)
        ctx.post.to_group(chat.platform, chat.account, chat.chat_id, card, key=f"digest:{chat.id}:{day:%Y-%m-%d}")
    return Batch(len(groups))


def _group_figures(ctx: Context, department_id: int | None, slot: datetime, audience: Audience) -> GroupFigures:
    """
    The department's day. Customers are named that everybody in the group may know; the others are counted.
    """
    start = at_local(local_date(slot), time(0))
    department = DepartmentFigures(ctx.tx, department_id, start, slot)
    figures = department.all()
    ending = department.ending(ctx.now, ctx.now + timedelta(days=ENDING_DAYS + 1), ENDING_LIMIT)
    named = [one for one in ending if sees(audience, one.facts, ctx.policy.pools)]
    return GroupFigures(
        registered=figures.registered,
        approved=figures.approved,
        claimed=figures.claimed,
        effective_follow_ups=figures.effective_follow_ups,
        released=figures.released,
        ending=[
            _ending(ctx, one, one.facts.protection, audience) for one in named[:ENDING_LISTED] if one.facts.protection
        ],
        ending_total=len(ending),
    )


def _ending(ctx: Context, record: CustomerRecord, protection: Protection, audience: Audience) -> EndingCustomer:
    knows_amount = right_of(audience, "amount_fen", record.facts, ctx.policy.pools) > FieldRight.HIDDEN
    return EndingCustomer(
        name=record.name,
        stage_band=str(stage_band(record.facts.stage)),
        amount_band=str(amount_band(record.amount_fen if knows_amount else None)),
        protected_until=protection.end,
    )


def send_morning_cards(ctx: Context, slot: datetime) -> Batch:
    """
    今日简报 to everybody in sales. Whom nothing waits for gets it only if they ever used the bot.
    """
    day = local_date(slot)
    if not is_business_day(day, ctx.calendar):
        return Batch(0)
    sent = 0
    for member in members.active_members(ctx.tx):
        if member.roles & IN_SALES:
            sent += _send_morning_card(ctx, member, slot)
    return Batch(sent)


def _send_morning_card(ctx: Context, member: MemberFacts, slot: datetime) -> bool:
    record = members.get_record(ctx.tx, member.id)
    if record is None:
        return False
    view = _morning(ctx, members.actor_for(ctx.tx, record, VIA), member.id, slot)
    if view.is_empty and members.last_seen(ctx.tx, member.id) is None:
        return False
    day = local_date(slot)
    card = cards.morning(member.name, day, view, ctx.now)
    return ctx.post.to_member(member.id, card, key=f"morning:{member.id}:{day:%Y-%m-%d}")


def _morning(ctx: Context, actor: Actor, member_id: int, slot: datetime) -> AgendaView:
    """
    What waits for a member today, with what came into the pool since yesterday.
    """
    view = agenda(ctx, actor, member_id, until=next_local_midnight(slot))
    yesterday = at_local(local_date(slot) - timedelta(days=1), time(0))
    return replace(view, pool_news=digest.pooled_since(ctx.tx, actor, yesterday))


def on_digest(ctx: Context, _event: MessageReceived, _argument: str) -> Reply:
    """
    日报: today's card at any time.
    """
    name = ctx.member.name if ctx.member else ""
    view = _morning(ctx, ctx.actor, ctx.member_id, ctx.now)
    return say(cards.morning(name, ctx.business_date, view, ctx.now))


ROUTES = (Command("digest", on_digest, usage="日报", reads=True),)

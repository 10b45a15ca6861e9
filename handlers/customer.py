"""
Looking at customers in chat: 查客户, the customer's card, 我的客户.

Everything here goes through row rights and field rights: a customer the member may not see is answered like one that
does not exist. Looking at other members' customers by a counted question is `handlers/duplicates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.reply import NOTHING, Reply, say, toast
from bot.router import Click, Command
from cards import common, words
from cards import customer as cards
from cards.actions import ListMine, ShowCustomer
from cards.customer import CustomerView, FollowUpLine, FoundLine, MineLine
from cards.model import Card
from domain.access import SELLERS, SUPERIORS, FieldRight, field_right, leads_department_of
from domain.audience import Audience, right_of, sees
from domain.customer import CustomerFacts, CustomerState, Lifecycle
from domain.errors import UserError
from domain.follow_up import Allowed, may_follow_up
from domain.masking import amount_band, mask_contacts, mask_email, mask_name, mask_phone
from domain.protection import nearest_clock
from domain.text.horizon import days_ahead
from handlers.finding import page_of
from store import customer_search, customers, follow_ups, members
from store.customers import CustomerRecord

PAGE_SIZE = 8
FOUND_LIMIT = 20
FOLLOW_UPS_SHOWN = 3
Mask = Callable[[str], str]


def card_of(ctx: Context, record: CustomerRecord) -> Card:
    """
    The card of a customer the acting member may see.
    """
    return cards.customer(view_of(ctx, record), ctx.now)


def view_of(ctx: Context, record: CustomerRecord) -> CustomerView:
    """
    The customer cut to what the acting member may see of it.
    """
    facts = record.facts
    people = members.names(ctx.tx, {*facts.collaborators, *((facts.owner_id,) if facts.owner_id else ())})
    clock = nearest_clock(facts, ctx.now, ctx.policy.protection)
    return CustomerView(
        customer_id=record.id,
        name=record.name,
        lifecycle=str(facts.lifecycle),
        stage=str(facts.stage),
        owner=people.get(facts.owner_id, "") if facts.owner_id else "",
        is_own=_is_own(ctx, facts),
        pool=str(facts.pool) if facts.pool else "",
        protected_until=facts.protection.end if facts.protection else None,
        clock=(str(clock.kind), clock.due_at) if clock and facts.owner_id else None,
        contact=_contact(ctx, record),
        phone=_shown(ctx, record, "phone", record.contact.phone if record.contact else "", mask_phone),
        email=_shown(ctx, record, "email", (record.contact and record.contact.email) or record.email, mask_email),
        amount=_amount(ctx, record),
        need=record.need if _knows_contacts(ctx, record) else mask_contacts(record.need),
        region=record.region,
        industry=record.industry,
        source=record.source,
        collaborators=tuple(people[member] for member in sorted(facts.collaborators) if member in people),
        next_action_on=record.next_action_on,
        follow_ups=_follow_ups(ctx, record),
        offers=_offers(ctx, record),
    )


def _is_own(ctx: Context, facts: CustomerFacts) -> bool:
    """
    Whether the card may say 你: in a group that would be nobody in particular.
    """
    return ctx.audience is None and facts.owner_id == ctx.actor.member_id


def _right(ctx: Context, record: CustomerRecord, field: str) -> FieldRight:
    """
    What the asking member may see of a field; said in a group, no more than everybody there may.
    """
    own = field_right(ctx.actor, field, record.facts, ctx.policy.pools)
    return own if ctx.audience is None else min(own, right_of(ctx.audience, field, record.facts, ctx.policy.pools))


def _knows_contacts(ctx: Context, record: CustomerRecord) -> bool:
    return _right(ctx, record, "contact") >= FieldRight.READ


def _shown(ctx: Context, record: CustomerRecord, field: str, value: str, mask: Mask) -> str:
    match _right(ctx, record, field):
        case FieldRight.HIDDEN:
            return ""
        case FieldRight.MASKED:
            return mask(value) if value else ""
        case _:
            return value


def _contact(ctx: Context, record: CustomerRecord) -> str:
    if record.contact is None:
        return ""
    name = _shown(ctx, record, "contact", record.contact.name, mask_name)
    title = record.contact.title if _knows_contacts(ctx, record) else ""
    return f"{name} {title}".strip()


def _amount(ctx: Context, record: CustomerRecord) -> str:
    match _right(ctx, record, "amount_fen"):
        case FieldRight.HIDDEN:
            return ""
        case FieldRight.MASKED:
            return words.amount_band(str(amount_band(record.amount_fen)))
        case _:
            return words.amount(record.amount_fen, record.amount_max_fen)


def _follow_ups(ctx: Context, record: CustomerRecord) -> tuple[FollowUpLine, ...]:
    """
    The newest follow-ups; their text may hold a contact's number, so it is for those who may read contacts.
    """
    reads = _knows_contacts(ctx, record)
    if ctx.audience is not None and not reads:
        return ()
    recent = follow_ups.recent(ctx.tx, ctx.actor, record.id, FOLLOW_UPS_SHOWN)
    names = members.names(ctx.tx, {one.author_id for one in recent})
    return tuple(
        FollowUpLine(
            at=one.note.at,
            author=names.get(one.author_id, ""),
            method=str(one.note.method),
            content=one.note.content if reads else "",
            is_effective=one.note.is_effective,
        )
        for one in recent
    )


def _offers(ctx: Context, record: CustomerRecord) -> frozenset[str]:
    """
    What the acting member can do with this customer now; buttons in a group would be pressed by others.
    """
    if ctx.audience is not None:
        return frozenset()
    facts = record.facts
    is_own = facts.owner_id is not None and facts.owner_id == ctx.actor.member_id
    is_in_sales = bool(ctx.actor.roles & (SELLERS | SUPERIORS))
    if facts.state is not CustomerState.ACTIVE:
        return frozenset()
    if facts.pool is not None:
        can_claim = is_in_sales and not ctx.policy.pools.of(facts.pool).assign_only
        return frozenset({"claim"}) if can_claim else frozenset()
    offers = set()
    if isinstance(may_follow_up(ctx.actor, facts, ctx.now, ctx.policy.pools), Allowed):
        offers.add("follow_up")
    if is_own and facts.protection is not None and facts.protection.covers(ctx.now):
        offers.add("extend")
    if is_own and facts.lifecycle is not Lifecycle.WON:
        offers.add("return")
    if is_in_sales and not is_own and ctx.actor.member_id not in facts.collaborators:
        offers |= set() if leads_department_of(ctx.actor, facts) else {"join"}
    return frozenset(offers)


def on_find(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    查客户 云途
    """
    query = argument.strip().strip("“”\"'「」")
    if not query:
        raise UserError("name_missing", example="查客户 云途")
    return say(_found(ctx, query)) if ctx.audience is None else _found_together(ctx, query, ctx.audience)


def _found_together(ctx: Context, query: str, audience: Audience) -> Reply:
    """
    What a group reads of the answer: the customers everybody there may know, nothing when there are none.
    """
    records = customer_search.search(ctx.tx, ctx.actor, query, FOUND_LIMIT)
    known = [record for record in records if sees(audience, record.facts, ctx.policy.pools)]
    return say(_listed(ctx, query, known)) if known else NOTHING


def _found(ctx: Context, query: str) -> Card:
    records = customer_search.search(ctx.tx, ctx.actor, query, FOUND_LIMIT)
    return _listed(ctx, query, records) if records else cards.not_found(query)


def _listed(ctx: Context, query: str, records: Sequence[CustomerRecord]) -> Card:
    exact = [record for record in records if query in {record.name, record.short_name}]
    if len(records) == 1 or len(exact) == 1:
        return card_of(ctx, (exact or records)[0])
    lines = [_line(ctx, record) for record in records[:PAGE_SIZE]]
    return cards.found(query, lines, total=len(records), is_more=len(records) == FOUND_LIMIT)


def _line(ctx: Context, record: CustomerRecord) -> FoundLine:
    facts = record.facts
    owner = members.names(ctx.tx, {facts.owner_id}).get(facts.owner_id, "") if facts.owner_id else ""
    return FoundLine(
        customer_id=record.id,
        name=record.name,
        lifecycle=str(facts.lifecycle),
        stage=str(facts.stage),
        owner=owner,
        is_own=_is_own(ctx, facts),
        pool=str(facts.pool) if facts.pool else "",
        region=record.region,
    )


def on_show(ctx: Context, _event: ActionClicked, action: ShowCustomer) -> Reply:
    """
    查看 on any card: a new message in the same chat, or in the direct chat when the card hangs in a group.
    """
    record = customers.get(ctx.tx, ctx.actor, action.customer)
    if record is None:
        raise UserError("customer_not_found")
    return privately(ctx, card_of(ctx, record))


def privately(ctx: Context, card: Card) -> Reply:
    """
    The answer to a click that holds customer data: into the direct chat, wherever the click came from.
    """
    if not ctx.is_group:
        return say(card)
    ctx.post.to_member(ctx.member_id, card)
    return toast(common.sent_privately(), "info")


def on_mine(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    我的客户, 我的客户 7天内到期, 我的客户 第2页; with a name behind it, it is a search.
    """
    condition = re.sub(r"\s", "", argument)
    page, rest = page_of(condition)
    if not rest:
        return say(mine_card(ctx, page, 0))
    within_days = days_ahead(rest, ctx.business_date)
    return on_find(ctx, event, argument) if within_days is None else say(mine_card(ctx, page, within_days))


def mine_card(ctx: Context, page: int, within_days: int) -> Card:
    """
    A page of the acting member's customers; `within_days` 0 means all.
    """
    records, total = customer_search.mine(
        ctx.tx,
        ctx.actor,
        ctx.member_id,
        ending=(ctx.now, ctx.now + timedelta(days=within_days + 1)) if within_days else None,
        limit=PAGE_SIZE,
        offset=(page - 1) * PAGE_SIZE,
    )
    if not records and page > 1:
        return mine_card(ctx, 1, within_days)
    lines = [_mine_line(record) for record in records]
    return cards.mine(lines, total=total, page=page, page_size=PAGE_SIZE, within_days=within_days, now=ctx.now)


def _mine_line(record: CustomerRecord) -> MineLine:
    facts = record.facts
    return MineLine(
        customer_id=record.id,
        name=record.name,
        stage=str(facts.stage),
        protected_until=facts.protection.end if facts.protection else None,
        last_effective_at=facts.last_effective_at,
    )


def on_page(ctx: Context, _event: ActionClicked, action: ListMine) -> Reply:
    """
    上一页 / 下一页: the card turns to that page.
    """
    return Reply(card=mine_card(ctx, action.page, action.within_days))


ROUTES = (
    Command("find_customer", on_find, usage="查客户 云途", reads=True, shared=True),
    Command("my_customers", on_mine, usage="我的客户 7天内到期", reads=True),
    Click(ShowCustomer, on_show, reads=True),
    Click(ListMine, on_page, reads=True),
)

"""
The duplicate check (查重): what is like this company, who holds it, and what the asking member may know of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.context import Context
from bot.events import MessageReceived
from bot.reply import Reply, say
from bot.router import Command
from cards import dedup as cards
from cards.dedup import MatchView
from domain.access import Actor, can_view, customer_scope
from domain.customer import CustomerState, stage_band
from domain.dedup import Match as NameMatch
from domain.dedup import Party, judge, profile
from domain.errors import UserError
from domain.registration import Match
from domain.text import understand
from domain.worktime import local_date
from store import customers, dedup, lookups, members
from store.customers import CustomerRecord

SYSTEM = Actor.system("duplicate check: facts of matches, masked before anybody sees them")


@dataclass(frozen=True)
class Found:
    """
    What the check found, best first: the names' verdict beside the facts of each holder.
    """

    level: str
    matches: tuple[tuple[NameMatch, CustomerRecord], ...]

    def for_rules(self) -> tuple[Match, ...]:
        """
        The matches as `domain.registration` decides on them.
        """
        return tuple(_for_rules(match, record) for match, record in self.matches)

    def record(self, customer_id: int) -> CustomerRecord:
        """
        The record of a match.
        """
        return next(record for _, record in self.matches if record.id == customer_id)


def check(ctx: Context, party: Party) -> Found:
    """
    Compare a company with the whole base; counts nothing and shows nothing.
    """
    subject = profile(party)
    verdict = judge(subject, dedup.find_candidates(ctx.tx.connection, subject))
    records = customers.get_many(ctx.tx, SYSTEM, [match.customer_id for match in verdict.matches])
    pairs = [(match, records[match.customer_id]) for match in verdict.matches if match.customer_id in records]
    found = [pair for pair in pairs if pair[1].facts.state in {CustomerState.ACTIVE, CustomerState.PENDING}]
    return Found(str(found[0][0].level) if found else "none", tuple(found))


def _for_rules(match: NameMatch, record: CustomerRecord) -> Match:
    facts = record.facts
    return Match(
        customer_id=record.id,
        level=match.level.value,
        score=match.score,
        state=facts.state,
        owner_id=facts.registrant_id if facts.state is CustomerState.PENDING else facts.owner_id,
        pool=facts.pool,
        stage_band=stage_band(facts.stage),
        protected_until=facts.protection.end if facts.protection else None,
    )


def views(
    ctx: Context, found: Found, *, levels: Sequence[str] = ("certain", "probable", "possible")
) -> list[MatchView]:
    """
    What the acting member may see of the matches: names and holders, never contacts.
    """
    chosen = [(match, record) for match, record in found.matches if match.level in levels]
    holders = {m.owner_id for m, _ in ((_for_rules(*pair), pair) for pair in chosen) if m.owner_id is not None}
    names = members.names(ctx.tx, holders)
    return [_view(ctx, match, record, names) for match, record in chosen]


def _view(ctx: Context, match: NameMatch, record: CustomerRecord, names: dict[int, str]) -> MatchView:
    rules = _for_rules(match, record)
    return MatchView(
        customer_id=record.id,
        name=record.name,
        level=rules.level,
        score=match.score,
        reasons=tuple(cards.reason(reason.code, reason.values) for reason in match.reasons),
        state=str(record.facts.state),
        holder=names.get(rules.owner_id, "") if rules.owner_id is not None else "",
        pool=str(rules.pool) if rules.pool else "",
        stage_band=str(rules.stage_band),
        protected_until=rules.protected_until,
        is_own=rules.owner_id is not None and rules.owner_id == ctx.actor.member_id,
        is_visible=can_view(ctx.actor, record.facts, ctx.policy.pools),
    )


def look_up(ctx: Context, party: Party) -> tuple[Found, list[MatchView], int]:
    """
    The check as a counted question: what was found, what may be shown, and how many questions are left today.

    Raises:
        UserError: the member's look-ups of this day are used up.
    """
    left = count_look(ctx, party.name)
    found = check(ctx, party)
    return found, views(ctx, found), left


def count_look(ctx: Context, query: str) -> int:
    """
    Count one look beyond the member's own customers; returns how many are left today.

    Whoever sees every customer anyway is counted but never refused.

    Raises:
        UserError: the member's look-ups of this day are used up.
    """
    limit = ctx.policy.registration.look_ups_per_day
    day = local_date(ctx.now)
    used = lookups.count_on(ctx.tx, ctx.member_id, day)
    if used >= limit and not customer_scope(ctx.actor, ctx.policy.pools).everything:
        raise UserError("lookup_limit", limit=limit)
    lookups.add(ctx.tx, ctx.member_id, kind="check", query=query, day=day, now=ctx.now)
    return max(0, limit - used - 1)


def on_check(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    查重 云途科技 13800001111
    """
    said = understand(argument, now=event.sent_at, kind="registration").registration if argument.strip() else None
    name = (said.name if said else None) or argument.strip()
    if not name:
        raise UserError("name_missing", example="查重 云途科技")
    party = Party(name=name, phones=said.phones if said else (), region=said.region if said else None)
    _, shown, left = look_up(ctx, party)
    return say(cards.check_result(name, shown, ctx.now, left=left))


ROUTES = (Command("dedup_check", on_check, usage="查重 云途科技"),)

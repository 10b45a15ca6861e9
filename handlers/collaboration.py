"""
Working on a customer together (申请协作): a member asks, the owner answers on the card.

Who asks may not see the customer; they learn what a conflict card shows and nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.post import About
from bot.reply import Reply, say, say_text, toast
from bot.router import Click, Command
from bot.typed import numbered, pressed, spoken
from cards import collaboration as cards
from cards import errors
from cards.actions import AnswerJoin, RequestJoin
from cards.model import Card
from domain.access import SELLERS, SUPERIORS, Actor, can_view
from domain.customer import CustomerState
from domain.dedup import Party
from domain.errors import UserError
from domain.text import FIELD_LIMITS, clean_text
from handlers import duplicates
from store import collaboration, customer_changes, customer_search, customers, members
from store.collaboration import JoinRecord
from store.customers import CustomerRecord

SYSTEM = Actor.system("collaboration: the customer asked for, of which only name and owner are said")
EXAMPLE = "申请协作 云途"
ACCEPT_EXAMPLE = "同意协作 3"
DECLINE_EXAMPLE = "谢绝 3"


@dataclass(frozen=True)
class Requested:
    """
    The owner was asked.
    """

    record: CustomerRecord
    owner_id: int


@dataclass(frozen=True)
class NothingToAsk:
    """
    There is nothing to ask for: `code` is own, already_in or pending.
    """

    record: CustomerRecord
    owner_id: int
    code: str


@dataclass(frozen=True)
class Unowned:
    """
    The customer lies in a pool the member sees.
    """

    record: CustomerRecord


@dataclass(frozen=True)
class Answered:
    """
    The request is decided now, or was before (`is_late`).
    """

    request: JoinRecord
    record: CustomerRecord
    accepted: bool
    is_late: bool = False


def request_join(ctx: Context, customer_id: int, reason: str) -> Requested | NothingToAsk | Unowned:
    """
    Ask the owner of a customer to let the acting member in.

    Raises:
        UserError: no such customer, as far as this member may know.
    """
    record = customers.lock(ctx.tx, SYSTEM, customer_id)
    if record is None or not _may_know(ctx, record):
        raise UserError("customer_not_found")
    owner_id = record.facts.owner_id
    if owner_id is None:
        return Unowned(record)
    if owner_id == ctx.member_id:
        return NothingToAsk(record, owner_id, "own")
    if ctx.member_id in record.facts.writers:
        return NothingToAsk(record, owner_id, "already_in")
    if collaboration.pending(ctx.tx, customer_id=record.id, member_id=ctx.member_id) is not None:
        return NothingToAsk(record, owner_id, "pending")
    _ask_owner(ctx, record, owner_id, reason)
    return Requested(record, owner_id)


def _may_know(ctx: Context, record: CustomerRecord) -> bool:
    """
    Whether the member may hear of the customer: by rights, or as a seller who met it in a duplicate check.
    """
    if record.facts.state is not CustomerState.ACTIVE:
        return False
    is_held = record.facts.owner_id is not None
    is_in_sales = bool(ctx.actor.roles & (SELLERS | SUPERIORS))
    return can_view(ctx.actor, record.facts, ctx.policy.pools) or (is_held and is_in_sales)


def _ask_owner(ctx: Context, record: CustomerRecord, owner_id: int, reason: str) -> None:
    request_id = collaboration.create(
        ctx.tx,
        ctx.actor,
        customer_id=record.id,
        member_id=ctx.member_id,
        owner_id=owner_id,
        reason=reason,
        now=ctx.now,
    )
    member = members.get_member(ctx.tx, ctx.member_id)
    card = cards.request(
        request_id,
        name=record.name,
        applicant=member.name if member else "",
        title=member.title if member else "",
        reason=reason,
    )
    ctx.post.to_member(owner_id, card, about(request_id))
    ctx.record("collaboration.requested", "customer", record.id, member=ctx.member_id)


def about(request_id: int) -> About:
    """
    What the owner's card is filed under.
    """
    return About(f"join:{request_id}", "request")


def answer_join(ctx: Context, request_id: int, *, accepted: bool) -> Answered:
    """
    The owner's answer; the first one counts.

    Raises:
        UserError: the acting member is not the owner, or the customer has another owner by now.
    """
    request = collaboration.lock(ctx.tx, request_id)
    if request is None:
        raise UserError("card_outdated")
    if request.owner_id != ctx.member_id:
        raise UserError("not_for_you")
    record = customers.lock(ctx.tx, SYSTEM, request.customer_id)
    if record is None:
        raise UserError("card_outdated")
    if request.state != "pending":
        return Answered(request, record, request.state == "accepted", is_late=True)
    if record.facts.owner_id != ctx.member_id:
        raise UserError("card_outdated")
    collaboration.answer(ctx.tx, ctx.actor, request.id, accepted=accepted, now=ctx.now)
    if accepted:
        customer_changes.add_collaborator(ctx.tx, ctx.actor, record.id, request.member_id, can_write=True, now=ctx.now)
    ctx.record("collaboration.answered", "customer", record.id, member=request.member_id, accepted=accepted)
    return Answered(request, record, accepted)


def on_collaborate(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    申请协作 云途 [原因]
    """
    query, _, reason = argument.strip().partition(" ")
    query = query.strip("“”\"'「」，,")
    if not query:
        raise UserError("name_missing", example=EXAMPLE)
    customer_id = _meant(ctx, query)
    if customer_id is None:
        return say(errors.refusal("customer_not_found", {}))
    said = _said(ctx, request_join(ctx, customer_id, _reason(reason)))
    return say_text(said) if isinstance(said, str) else say(said)


def _meant(ctx: Context, query: str) -> int | None:
    """
    The customer a name means: one the member sees, else by a counted look what the duplicate check finds.

    Finding nothing is None, not raised: the look has been spent and stays counted.
    """
    visible = customer_search.search(ctx.tx, ctx.actor, query)
    exact = [record for record in visible if query in {record.name, record.short_name}]
    if len(visible) == 1 or len(exact) == 1:
        return (exact or visible)[0].id
    if visible:
        names = "、".join(record.name for record in visible[:5])
        raise UserError("customer_ambiguous", query=query, names=names)
    found, _, _ = duplicates.look_up(ctx, Party(name=query))
    likely = (record for match, record in found.matches if str(match.level) in {"certain", "probable"})
    return next((record.id for record in likely if _may_know(ctx, record)), None)


def _reason(text: str) -> str:
    cleaned = clean_text(text, limit=FIELD_LIMITS["reason"])
    return cleaned if isinstance(cleaned, str) else text[: FIELD_LIMITS["reason"]]


def on_request(ctx: Context, event: ActionClicked, action: RequestJoin) -> Reply:
    """
    申请协作 on a card. A card in a group stays as it is: it is not only this member's.
    """
    reason = event.form.get("reason")
    result = request_join(ctx, action.customer, _reason(reason) if isinstance(reason, str) else "")
    said = _said(ctx, result)
    if isinstance(said, str):
        return toast(said, "info")
    if ctx.is_group and isinstance(result, Requested):
        return toast(cards.sent(_name(ctx, result.owner_id)))
    return Reply(card=said)


def _said(ctx: Context, result: Requested | NothingToAsk | Unowned) -> Card | str:
    match result:
        case Requested(record=record, owner_id=owner_id):
            return cards.requested(record.name, _name(ctx, owner_id))
        case NothingToAsk(record=record, owner_id=owner_id, code=code):
            return cards.refused(code, name=record.name, owner=_name(ctx, owner_id))
        case Unowned(record=record):
            return cards.in_pool(record.id, record.name)
        case _:
            assert_never(result)


def on_answer(ctx: Context, _event: ActionClicked, action: AnswerJoin) -> Reply:
    """
    同意协作 / 谢绝.
    """
    result = answer_join(ctx, action.request, accepted=action.answer == "accept")
    applicant_id = result.request.member_id
    at = result.request.decided_at if result.is_late else ctx.now
    face = cards.answered(result.record.name, _name(ctx, applicant_id), accepted=result.accepted, at=at)
    if result.is_late:
        return toast(cards.already_answered(accepted=result.accepted), "info", card=face)
    owner = _name(ctx, ctx.member_id)
    told = (
        cards.told_accepted(result.record.id, result.record.name, owner)
        if result.accepted
        else cards.told_declined(result.record.name, owner)
    )
    ctx.post.to_member(applicant_id, told)
    ctx.post.change_face(about(result.request.id), face, clicked=ctx.clicked)
    return Reply(card=face)


def on_accept(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    同意协作 3
    """
    return _answered(ctx, event, argument, "accept", ACCEPT_EXAMPLE)


def on_decline(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    谢绝 3
    """
    return _answered(ctx, event, argument, "decline", DECLINE_EXAMPLE)


def _answered(ctx: Context, event: MessageReceived, argument: str, answer: str, example: str) -> Reply:
    request_id, _ = numbered(argument, example=example)
    request = collaboration.lock(ctx.tx, request_id)
    if request is None or request.owner_id != ctx.member_id:
        raise UserError("join_not_found", number=request_id)
    return spoken(on_answer(ctx, pressed(event), AnswerJoin(request_id, answer)))


def _name(ctx: Context, member_id: int) -> str:
    return members.names(ctx.tx, {member_id}).get(member_id, "")


ROUTES = (
    Command("collaborate", on_collaborate, usage=EXAMPLE),
    Click(RequestJoin, on_request),
    Click(AnswerJoin, on_answer),
    Command("accept_join", on_accept, usage=ACCEPT_EXAMPLE, on_card=True, decides=True),
    Command("decline_join", on_decline, usage=DECLINE_EXAMPLE, on_card=True, decides=True),
)

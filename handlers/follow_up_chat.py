"""
The conversation about a follow-up: finding whose it is, the form or the questions, the echo.

Nothing is stored from a text that only reads like a follow-up before the person agrees. What a follow-up does is in
`handlers/follow_up.py`, what a text says `handlers/follow_up_text.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, assert_never

from bot.context import Context
from bot.events import ActionClicked, FormValue, MessageReceived
from bot.reply import Reply, say, toast
from bot.router import Click, Command, Quoted, Talk
from cards import errors
from cards import follow_up as cards
from cards.actions import SaveFollowUp, WriteFollowUp
from cards.follow_up import FormValues, WrittenView
from cards.model import Card
from domain.dedup import Party
from domain.errors import UserError
from domain.follow_up import NotEffective
from domain.protection import ClockKind, deadline
from domain.text import find_command, find_time, understand
from domain.worktime import local_date
from handlers import duplicates, follow_up
from handlers.customer import privately
from handlers.follow_up import HeldByOther, NotWritten, Written, moment
from handlers.follow_up_text import Told, checked, told_about, told_by_form, told_by_text
from store import customer_search, customers, members
from store.customers import CustomerRecord

TOPIC = "follow_up"
CHOICES = 8
YES = frozenset({"保存", "是", "是的", "好", "好的", "确认", "对", "1", "ok", "OK"})
NO_NEXT = frozenset({"没有", "无", "不用", "暂无", "跳过", "没"})
EXAMPLE = "跟进 云途 电话沟通，客户要报价，下周三下午3点前给"


def on_follow_up(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    跟进 云途 …, or a text that tells of a contact with a customer.
    """
    said = understand(argument, now=event.sent_at, kind="follow_up")
    query = said.follow_up.customer if said.follow_up else None
    if not query:
        raise UserError("name_missing", example=EXAMPLE)
    told = told_by_text(said, event.sent_at)
    checked(told.content)
    is_offer = bool(event.text) and not understand(event.text, now=event.sent_at).explicit
    found = _writable(ctx, query)
    if not found:
        return say(_beyond(ctx, query))
    if len(found) > 1:
        return _ask_which(ctx, query, found, told, event.sent_at, is_offer=is_offer)
    is_sure = query in found[0].name or query in found[0].short_name
    return _proceed(ctx, found[0], told, event.sent_at, asks=is_offer or not is_sure)


def on_quoted(ctx: Context, event: MessageReceived, customer_id: int) -> Reply:
    """
    A text that quotes the card of a customer: 跟进 before it is enough to store it, without it the person is asked.
    """
    record = _customer(ctx, customer_id)
    command = find_command(event.text)
    told = told_about(record.name, command.argument if command else event.text, event.sent_at)
    return _proceed(ctx, record, told, event.sent_at, asks=command is None)


def _writable(ctx: Context, query: str) -> list[CustomerRecord]:
    """
    Whom the text can mean among the customers the member sees: those they work on first.
    """
    visible = customer_search.search(ctx.tx, ctx.actor, query)
    mine = [one for one in visible if ctx.member_id in {one.facts.owner_id} | one.facts.writers]
    exact = [one for one in mine or visible if query in {one.name, one.short_name}]
    return exact if len(exact) == 1 else mine or visible


def _beyond(ctx: Context, query: str) -> Card:
    """
    No customer of this name that the member sees: a counted look tells who holds it, as 查重 would.

    Finding nothing is answered, not raised: the look has been spent and stays counted.
    """
    found, _, _ = duplicates.look_up(ctx, Party(name=query))
    for match, record in found.matches:
        if str(match.level) in {"certain", "probable"} and (held := follow_up.held_by_other(ctx, record)):
            return _refusal(ctx, held)
    return errors.refusal("customer_not_found", {})


def _proceed(ctx: Context, record: CustomerRecord, told: Told, sent_at: datetime, *, asks: bool) -> Reply:
    """
    The customer is known: refuse, ask for what is missing, or store.
    """
    refusal = follow_up.refusal_of(ctx, record)
    if refusal is not None:
        ctx.end_dialogue()
        return say(_refusal(ctx, refusal))
    if told.content and not told.past and not asks:
        return say(_write(ctx, record.id, told))
    if ctx.has_forms:
        return say(cards.form(record.id, record.name, _form_values(told, is_offer=asks)))
    return _ask(ctx, record, told, sent_at)


def _ask(ctx: Context, record: CustomerRecord, told: Told, sent_at: datetime) -> Reply:
    """
    One question where no form can be shown; what was told is kept in the dialogue.
    """
    if not told.content:
        ctx.begin_dialogue(TOPIC, ask="content", customer=record.id)
        return say(cards.ask_content(record.name))
    kept = {"customer": record.id, "content": told.content, "sent_at": sent_at.isoformat()}
    if told.past:
        ctx.begin_dialogue(TOPIC, ask="when", **kept)
        return say(cards.ask_when(record.name, cards.past_date(told.past)))
    ctx.begin_dialogue(TOPIC, ask="confirm", **kept)
    return say(_confirmation(record, told))


def _confirmation(record: CustomerRecord, told: Told) -> Card:
    return cards.confirm(
        record.id,
        record.name,
        method=str(told.method),
        content=told.content,
        feedback=told.feedback,
        due_at=moment(told.next_at),
    )


def _ask_which(
    ctx: Context, query: str, found: Sequence[CustomerRecord], told: Told, sent_at: datetime, *, is_offer: bool
) -> Reply:
    """
    Several fit. In a group the answer would go elsewhere, so there the names are only said.
    """
    listed = found[:CHOICES]
    if ctx.is_group:
        raise UserError("customer_ambiguous", query=query, names="、".join(one.name for one in listed[:5]))
    ids = [one.id for one in listed]
    ctx.begin_dialogue(
        TOPIC, ask="which", customers=ids, content=told.content, sent_at=sent_at.isoformat(), is_offer=is_offer
    )
    return say(cards.ask_which([one.name for one in listed]))


def on_answer(ctx: Context, event: MessageReceived) -> Reply:
    """
    The answer to the question the dialogue stands at.
    """
    data = ctx.dialogue.data if ctx.dialogue else {}
    match data.get("ask"):
        case "which":
            return _on_which(ctx, event, data)
        case "when":
            return _on_when(ctx, event, data)
        case "confirm":
            return _on_confirm(ctx, event, data)
        case _:
            record = _customer(ctx, int(data["customer"]))
            ctx.end_dialogue()
            return _proceed(ctx, record, told_about(record.name, event.text, event.sent_at), event.sent_at, asks=False)


def _on_which(ctx: Context, event: MessageReceived, data: Mapping[str, Any]) -> Reply:
    ids = [int(one) for one in data["customers"]]
    said = event.text.strip()
    records = [_customer(ctx, one) for one in ids]
    named = [one for one in records if said and said in one.name]
    if said.isdigit() and 1 <= int(said) <= len(ids):
        chosen = records[int(said) - 1]
    elif len(named) == 1:
        chosen = named[0]
    else:
        return say(cards.ask_which([one.name for one in records]))
    ctx.end_dialogue()
    sent_at = datetime.fromisoformat(data["sent_at"])
    told = told_about(chosen.name, data["content"], sent_at)
    return _proceed(ctx, chosen, told, sent_at, asks=bool(data["is_offer"]))


def _on_when(ctx: Context, event: MessageReceived, data: Mapping[str, Any]) -> Reply:
    record, told = _kept(ctx, data)
    said = event.text.strip()
    told = replace(told, past="", vague="")
    if said not in NO_NEXT:
        found = find_time(said, event.sent_at)
        if found is None:
            return say(cards.ask_when(record.name, cards.unknown_time(said[:20])))
        if _is_past(found.at, event.sent_at):
            return say(cards.ask_when(record.name, cards.past_date(said[:20])))
        told = replace(told, next_at=found.at)
    ctx.end_dialogue()
    return say(_write(ctx, record.id, told))


def _is_past(at: datetime | date, now: datetime) -> bool:
    return at < now if isinstance(at, datetime) else at < local_date(now)


def _on_confirm(ctx: Context, event: MessageReceived, data: Mapping[str, Any]) -> Reply:
    record, told = _kept(ctx, data)
    if event.text.strip() not in YES:
        return say(_confirmation(record, told))
    ctx.end_dialogue()
    return say(_write(ctx, record.id, told))


def _kept(ctx: Context, data: Mapping[str, Any]) -> tuple[CustomerRecord, Told]:
    """
    The customer and the content the dialogue remembers, the times in it counted from when it was said.
    """
    record = _customer(ctx, int(data["customer"]))
    return record, told_about(record.name, data["content"], datetime.fromisoformat(data["sent_at"]))


def _customer(ctx: Context, customer_id: int) -> CustomerRecord:
    record = customers.get(ctx.tx, ctx.actor, customer_id)
    if record is None:
        raise UserError("customer_not_found")
    return record


def on_write(ctx: Context, _event: ActionClicked, action: WriteFollowUp) -> Reply:
    """
    写跟进 on any card: the form, or the question for the content.
    """
    record = _customer(ctx, action.customer)
    refusal = follow_up.refusal_of(ctx, record)
    if refusal is not None:
        return privately(ctx, _refusal(ctx, refusal))
    if ctx.has_forms:
        return privately(ctx, cards.form(record.id, record.name, FormValues()))
    return _ask(ctx, record, Told(), ctx.now)


def on_save(ctx: Context, event: ActionClicked, action: SaveFollowUp) -> Reply:
    """
    保存跟进 on the form, or on the card that shows what a text would become.
    """
    if not event.form:
        return _save_confirmed(ctx, action.customer)
    record = _customer(ctx, action.customer)
    values = FormValues(
        method=_value(event.form, "method"),
        content=_value(event.form, "content"),
        feedback=_value(event.form, "feedback"),
        next_on=_value(event.form, "next_on")[:10],
    )
    told = told_by_form(values, record.name, ctx.now)
    if isinstance(told, str):
        face = cards.form(record.id, record.name, replace(values, fault=told))
        return toast(told, "warning", card=face)
    return Reply(card=_write(ctx, record.id, told))


def _save_confirmed(ctx: Context, customer_id: int) -> Reply:
    data = ctx.dialogue.data if ctx.dialogue and ctx.dialogue.topic == TOPIC else {}
    if data.get("ask") != "confirm" or data.get("customer") != customer_id:
        raise UserError("card_outdated")
    record, told = _kept(ctx, data)
    ctx.end_dialogue()
    return Reply(card=_write(ctx, record.id, told))


def _value(form: Mapping[str, FormValue], name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def _form_values(told: Told, *, is_offer: bool) -> FormValues:
    due_at = moment(told.next_at)
    return FormValues(
        method=str(told.method) if told.content else "call",
        content=told.content,
        feedback=told.feedback,
        next_on=local_date(due_at).isoformat() if due_at else "",
        fault=cards.past_date(told.past) if told.past else "",
        is_offer=is_offer,
    )


def _write(ctx: Context, customer_id: int, told: Told) -> Card:
    result = follow_up.write(ctx, told.about(customer_id))
    match result:
        case Written():
            return cards.written(_written_view(ctx, result, told.vague), ctx.now)
        case HeldByOther() | NotWritten():
            return _refusal(ctx, result)
        case _:
            assert_never(result)


def _written_view(ctx: Context, result: Written, vague: str) -> WrittenView:
    facts, verdict = result.record.facts, result.verdict
    lacking = verdict if isinstance(verdict, NotEffective) else None
    clock = deadline(facts, ctx.policy.protection)
    return WrittenView(
        customer_id=result.record.id,
        name=result.record.name,
        method=str(result.note.method),
        content=result.note.content,
        feedback=result.note.feedback,
        next_step=result.note.next_step,
        due_at=result.due_at,
        vague=vague,
        complaint=result.complaint,
        reason=str(lacking.reason) if lacking else "",
        needed=lacking.needed if lacking else None,
        present=lacking.present if lacking else None,
        protected_until=facts.protection.end if facts.protection else None,
        keep_until=clock.due_at if clock and clock.kind is ClockKind.KEEP_ALIVE else None,
        finished=result.finished,
    )


def _refusal(ctx: Context, refused: HeldByOther | NotWritten) -> Card:
    record = refused.record
    match refused:
        case HeldByOther(owner_id=owner_id, until=until):
            owner = members.names(ctx.tx, {owner_id}).get(owner_id, "")
            return cards.held(record.id, record.name, owner, until, ctx.now)
        case NotWritten(code="in_pool"):
            return cards.in_pool(record.id, record.name)
        case NotWritten(code=code):
            return cards.refused(str(code), record.name)
        case _:
            assert_never(refused)


ROUTES = (
    Command("follow_up", on_follow_up, usage=EXAMPLE),
    Talk(TOPIC, on_answer),
    Quoted(on_quoted),
    Click(WriteFollowUp, on_write),
    Click(SaveFollowUp, on_save),
)

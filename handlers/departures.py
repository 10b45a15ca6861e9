"""
Members who seem to have left in a way that a person has to judge: too many at once, or out of sight with a department.

Nothing happens to them before an administrator says 确认离职; then each is let go in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.context import Context
from bot.directory import Origin
from bot.events import ActionClicked, MessageReceived
from bot.jobs import Batch
from bot.post import About
from bot.reply import Reply, toast
from bot.router import Click, Command
from bot.typed import numbered, pressed, spoken
from cards import people as cards
from cards.model import Card
from cards.people import DepartureLine
from cards.people_actions import ConfirmDepartures, DismissDepartures
from domain.access import Role
from domain.directory import Gone
from domain.errors import UserError
from handlers import handover, leaver
from store import alarms, departures, directory, members
from store.departures import DepartureRecord
from store.transaction import Transaction

ALARM = "departures"
CONFIRM_EXAMPLE = "确认离职 31"
DISMISS_EXAMPLE = "都还在职 31"


def about(platform: str, account: str) -> About:
    """
    What the question about an account's people is filed under.
    """
    return About(f"departures:{platform}:{account}", "request")


def ask(ctx: Context, origin: Origin, doubtful: Iterable[Gone]) -> None:
    """
    Ask the administrators about everybody new on the list; the list they have is replaced by a whole one.
    """
    platform, account = origin.platform, origin.account
    news = [departures.notice(ctx.tx, platform, account, gone, "asked", ctx.now) for gone in doubtful]
    if not any(news):
        return
    waiting = departures.asked(ctx.tx, platform, account)
    where = about(platform, account)
    ctx.post.change_face(where, cards.departures_over())
    card = cards.departures(platform, account, waiting[-1].id, _lines(ctx, waiting))
    for administrator in handover.administrators(ctx):
        ctx.post.to_member(administrator.id, card, where)
    message = f"{platform}/{account}: {len(waiting)} members seem to have left; an administrator has to say"
    alarms.raise_alarm(ctx.tx, ALARM, f"{_alarm_id(platform, account)}{waiting[-1].id}", message, ctx.now)


def _alarm_id(platform: str, account: str) -> str:
    return f"{platform}/{account} "


def _lines(ctx: Context, waiting: list[DepartureRecord]) -> list[DepartureLine]:
    names = members.department_names(ctx.tx)
    people = [(members.get_member(ctx.tx, one.member_id), one.sign) for one in waiting]
    return [
        DepartureLine(person.name, names.get(person.department_id or 0, ""), sign)
        for person, sign in people
        if person is not None
    ]


def drop(ctx: Context, origin: Origin, shown: set[str]) -> None:
    """
    A reading shows people again that were asked about: nobody has to say anything about them.
    """
    if not departures.still_here(ctx.tx, origin.platform, origin.account, shown, ctx.now):
        return
    waiting = departures.asked(ctx.tx, origin.platform, origin.account)
    where = about(origin.platform, origin.account)
    if waiting:
        newest = waiting[-1].id
        face = cards.departures(origin.platform, origin.account, newest, _lines(ctx, waiting))
    else:
        face = cards.departures_over()
        alarms.settle(ctx.tx, ALARM, _alarm_id(origin.platform, origin.account), ctx.now)
    ctx.post.change_face(where, face)


def confirm(ctx: Context, platform: str, account: str, newest: int) -> int:
    """
    These people have left; returns how many. They are let go one by one, soon.

    Raises:
        UserError: the actor is no administrator.
    """
    return _decide(ctx, platform, account, newest, "due")


def dismiss(ctx: Context, platform: str, account: str, newest: int) -> int:
    """
    These people are still here; returns how many. They are not asked about again until a reading shows them.

    Raises:
        UserError: the actor is no administrator.
    """
    return _decide(ctx, platform, account, newest, "dismissed")


def _decide(ctx: Context, platform: str, account: str, newest: int, state: str) -> int:
    check_administrator(ctx)
    listed = [one for one in departures.asked(ctx.tx, platform, account) if one.id <= newest]
    for record in listed:
        departures.decide(ctx.tx, ctx.actor, record, state, ctx.now)
    directory.forget(ctx.tx, platform, account, [record.user_id for record in listed])
    if listed:
        alarms.settle(ctx.tx, ALARM, _alarm_id(platform, account), ctx.now)
    return len(listed)


def check_administrator(ctx: Context) -> None:
    """
    Only administrators decide about people.

    Raises:
        UserError: the actor is none.
    """
    if not ctx.actor.is_system and Role.ADMIN not in ctx.actor.roles:
        raise UserError("administrators_only")


def let_go(ctx: Context, origin: Origin, left: Iterable[Gone]) -> None:
    """
    These people have left for sure: they are let go one by one, each in a transaction of its own.
    """
    for gone in left:
        departures.notice(ctx.tx, origin.platform, origin.account, gone, "due", ctx.now)


def carry_out(ctx: Context, _slot: datetime) -> Batch:
    """
    Let one member go whose leaving is certain.
    """
    record = departures.due(ctx.tx)
    if record is None:
        return Batch(0)
    leaver.leave(ctx, record.member_id)
    return Batch(1, more=True)


def next_leaver(tx: Transaction, _now: datetime) -> datetime | None:
    """
    Since when somebody waits to be let go.
    """
    return departures.next_due(tx)


def on_confirm(ctx: Context, _event: ActionClicked, action: ConfirmDepartures) -> Reply:
    """
    确认离职.
    """
    count = confirm(ctx, action.platform, action.account, action.newest)
    by = ctx.member.name if ctx.member else ""
    return _decided(ctx, action.platform, action.account, count, cards.departures_confirmed(count, by))


def on_dismiss(ctx: Context, _event: ActionClicked, action: DismissDepartures) -> Reply:
    """
    都还在职.
    """
    count = dismiss(ctx, action.platform, action.account, action.newest)
    by = ctx.member.name if ctx.member else ""
    return _decided(ctx, action.platform, action.account, count, cards.departures_dismissed(count, by))


def on_confirm_said(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    确认离职 31
    """
    question = _question(ctx, argument, CONFIRM_EXAMPLE)
    action = ConfirmDepartures(question.platform, question.account, question.id)
    return spoken(on_confirm(ctx, pressed(event), action))


def on_dismiss_said(ctx: Context, event: MessageReceived, argument: str) -> Reply:
    """
    都还在职 31
    """
    question = _question(ctx, argument, DISMISS_EXAMPLE)
    action = DismissDepartures(question.platform, question.account, question.id)
    return spoken(on_dismiss(ctx, pressed(event), action))


def _question(ctx: Context, argument: str, example: str) -> DepartureRecord:
    """
    The newest departure of the list that a text names by its number.
    """
    check_administrator(ctx)
    number, _ = numbered(argument, example=example)
    record = departures.get(ctx.tx, number)
    if record is None:
        raise UserError("departures_not_found", number=number)
    return record


def _decided(ctx: Context, platform: str, account: str, count: int, face: Card) -> Reply:
    if not count:
        return toast(cards.nothing_to_decide(), "info", card=cards.departures_over())
    ctx.post.change_face(about(platform, account), face, clicked=ctx.clicked)
    return Reply(card=face)


ROUTES = (
    Click(ConfirmDepartures, on_confirm),
    Click(DismissDepartures, on_dismiss),
    Command("confirm_departures", on_confirm_said, usage=CONFIRM_EXAMPLE, on_card=True, decides=True),
    Command("dismiss_departures", on_dismiss_said, usage=DISMISS_EXAMPLE, on_card=True, decides=True),
)

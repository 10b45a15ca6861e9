"""
One inbound event, one transaction: claim, identify, route, answer, commit.

Bugs of handlers are caught here and nowhere else. Whatever happens, the person gets an answer and a redelivery gets
the same one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from bot import directory, parse
from bot.clock import Clock
from bot.context import Context
from bot.events import (
    ActionClicked,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatEntered,
    Event,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    OtherEvent,
)
from bot.ports import Adapter
from bot.post import Account, Address, Post
from bot.reply import Reply, Say, say, say_text, toast
from bot.router import Router
from bot.units import Units
from cards import common, errors
from cards.actions import ActionSeal, typed
from domain.errors import UserError
from store import chats, dialogues, inbox, members, outbox
from store.engine import Database
from store.members import MemberRecord
from store.outbox import ClickedCard
from store.transaction import Transaction

log = structlog.get_logger()

SERIALIZATION_RETRIES = 3
NOTHING = Reply()


@dataclass(frozen=True)
class Sender:
    """
    The member behind an event, and where their answers go.
    """

    member: MemberRecord
    direct: Address
    chat: Address


@dataclass(frozen=True)
class Prepared:
    """
    An answer worked out without the write lock: what is said at once, and the letters to put into the outbox.
    """

    member: MemberRecord
    reply: Reply
    letters: tuple[outbox.Draft, ...]


class Bot:
    """
    Handles events. `wake` is called after each commit so that the delivery loop looks at the outbox at once.
    """

    def __init__(
        self,
        database: Database,
        units: Units,
        router: Router,
        adapters: Mapping[tuple[str, str], Adapter],
        seal: ActionSeal,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._units = units
        self._router = router
        self._adapters = adapters
        self._seal = seal
        self._clock = clock
        self._wake = wake

    def handle(self, event: Event) -> Reply:
        """
        The synchronous answer to a verified event. Never raises.
        """
        now = self._clock.now()
        try:
            reply = self._with_retries(event, now)
        except Exception as bug:  # noqa: BLE001 - boundary: a handler's bug must not lose the event
            reply = self._report(event, bug, now)
        self._wake()
        return reply

    def _with_retries(self, event: Event, now: datetime) -> Reply:
        for attempt in range(1, SERIALIZATION_RETRIES + 1):
            try:
                return self._once(event, now)
            except OperationalError:
                if attempt == SERIALIZATION_RETRIES:
                    raise
                log.info("event.retried", platform=event.platform, attempt=attempt)
        raise AssertionError("unreachable")

    def _once(self, event: Event, now: datetime) -> Reply:
        prepared = self._prepared(event, now) if self._only_reads(event) else None
        with self._database.write() as tx:
            match inbox.claim(tx, event.platform, event.account, event.key, now):
                case inbox.Seen(reply=stored):
                    return Reply.from_json(stored)
                case inbox.Parked():
                    return NOTHING
                case inbox.Fresh(inbox_id=inbox_id):
                    post = self._post(tx, event, now, cause=f"in:{inbox_id}", inbox_id=inbox_id)
                    if prepared is None:
                        reply = self._answer(tx, event, post, now)
                    else:
                        reply = _write_down(tx, event, prepared, inbox_id, now)
                    inbox.finish(tx, inbox_id, reply.to_json(), now)
                    return reply

    def _only_reads(self, event: Event) -> bool:
        command = parse.command(event.text) if isinstance(event, MessageReceived) else None
        route = self._router.commands.get(command.key) if command is not None else None
        return route is not None and route.reads

    def _prepared(self, event: Event, now: datetime) -> Prepared | None:
        """
        The answer to a command that only reads, worked out without the write lock.

        None when an open dialogue or an unknown sender makes it more than a look.
        """
        letters: list[outbox.Draft] = []
        with self._database.read() as tx:
            post = self._post(tx, event, now, cause=f"read:{_short(event)}", letters=letters)
            member = self._member(tx, event)
            if member is None or dialogues.load(tx, member.id, event.platform, _chat_key(event), now) is not None:
                return None
            reply = self._answer(tx, event, post, now)
            return Prepared(member, reply, tuple(letters))

    def _answer(self, tx: Transaction, event: Event, post: Post, now: datetime) -> Reply:
        self._units.prepare(tx)
        if isinstance(event, MemberChanged):
            directory.hear(tx, event.platform, event.account, event.sender.user_id, event.change, now)
            return NOTHING
        member = self._member(tx, event)
        if member is None:
            return self._to_stranger(event, post)
        members.note_seen(tx, member, event.platform, event.account)
        sender = Sender(member, _direct(event), _chat(event))
        ctx = self._context(tx, event, sender, post, now)
        reply = self._routed(ctx, event, sender)
        return self._say(self._adapters[event.platform, event.account], post, sender, reply)

    def _member(self, tx: Transaction, event: Event) -> MemberRecord | None:
        corp_id = self._adapters[event.platform, event.account].corp_id
        return members.member_by_identity(tx, event.platform, corp_id, event.sender.user_id)

    def _post(
        self,
        tx: Transaction,
        event: Event,
        now: datetime,
        *,
        cause: str,
        inbox_id: int | None = None,
        letters: list[outbox.Draft] | None = None,
    ) -> Post:
        origin = (event.platform, event.account)
        return Post(tx, self._accounts, now, cause=cause, origin=origin, inbox_id=inbox_id, letters=letters)

    @property
    def _accounts(self) -> Sequence[Account]:
        return [Account(a.platform, a.account, a.corp_id) for a in self._adapters.values()]

    def _context(self, tx: Transaction, event: Event, sender: Sender, post: Post, now: datetime) -> Context:
        actor = members.actor_for(tx, sender.member, event.platform)
        ctx = self._units.context(tx, actor, post, now, member=sender.member.facts)
        ctx.platform = event.platform
        ctx.is_group = event.chat.kind == "group"
        ctx.has_forms = self._adapters[event.platform, event.account].capabilities.forms
        ctx.dialogue = dialogues.load(tx, sender.member.id, event.platform, _chat_key(event), now)
        if isinstance(event, ActionClicked):
            ctx.clicked = self._clicked_card(tx, event)
        return ctx

    def _clicked_card(self, tx: Transaction, event: ActionClicked) -> ClickedCard | None:
        row = outbox.by_card_ref(tx, event.platform, event.card_ref)
        if row is not None and event.update_token:
            outbox.set_update_token(tx, row.id, event.update_token, event.update_token_expires_at)
        return row

    def _routed(self, ctx: Context, event: Event, sender: Sender) -> Reply:
        before = ctx.dialogue
        try:
            with ctx.tx.savepoint():
                reply = self._route(ctx, event, sender)
                self._units.after(ctx)
        except UserError as refusal:
            ctx.dialogue = before
            reply = _refused(event, refusal)
            if ctx.is_group and isinstance(event, MessageReceived):  # a refusal may name customers
                reply = _privately(ctx, sender, reply)
        if ctx.dialogue != before:
            dialogues.save(ctx.tx, sender.member.id, event.platform, _chat_key(event), ctx.dialogue, ctx.now)
        return reply

    def _route(self, ctx: Context, event: Event, sender: Sender) -> Reply:
        match event:
            case MessageReceived():
                return self._on_message(ctx, event, sender)
            case ActionClicked():
                return self._on_click(ctx, event)
            case MenuClicked(menu_key=key):
                return self._command(ctx, _as_message(event), key, "", sender)
            case ChatEntered():
                return say(common.greeting(sender.member.name)) if self._is_new_here(ctx, sender) else NOTHING
            case BotAddedToGroup(group_name=name, external=external):
                chats.remember(
                    ctx.tx, event.platform, event.account, event.chat.id, name=name, external=external, now=ctx.now
                )
                return say(common.group_greeting(external=external))
            case BotRemovedFromGroup():
                _forget_group(ctx.tx, event)
                return NOTHING
            case OtherEvent(kind=kind):
                log.info("event.ignored", platform=event.platform, kind=kind)
                return NOTHING
            case _:
                log.info("event.ignored", platform=event.platform, kind=type(event).__name__)
                return NOTHING

    def _on_message(self, ctx: Context, event: MessageReceived, sender: Sender) -> Reply:
        if not event.text.strip():
            return say(common.only_text()) if event.attachments else self._command(ctx, event, "help", "", sender)
        command = parse.command(event.text)
        if command is not None and command.key == "cancel":
            return _cancel(ctx)
        if ctx.dialogue is not None and ctx.dialogue.topic in self._router.talks:
            if command is None:
                return self._router.talks[ctx.dialogue.topic].handler(ctx, event)
            ctx.dialogue = ctx.dialogue.interrupted_by(command.argument)
            doing = common.doing(ctx.dialogue.topic)
            return say(common.leave_dialogue(doing, event.text.strip()[:20], command.key))
        if command is not None:
            return self._command(ctx, event, command.key, command.argument, sender)
        key = parse.implied_command(event.text, ctx.now)
        if key is None:
            return say(common.not_understood(event.text))
        return self._command(ctx, event, key, event.text, sender)

    def _command(self, ctx: Context, event: MessageReceived, key: str, argument: str, sender: Sender) -> Reply:
        route = self._router.commands.get(key)
        if route is None:
            return say(common.not_understood(event.text))
        reply = route.handler(ctx, event, argument)
        return _privately(ctx, sender, reply) if ctx.is_group and route.private else reply

    def _on_click(self, ctx: Context, event: ActionClicked) -> Reply:
        action = self._seal.open(event.payload) if event.payload else parse.stored_action(ctx.clicked, event.button)
        known = typed(action) if action is not None else None
        route = self._router.clicks.get(known.NAME) if known is not None else None
        if known is None or route is None:
            log.warning("click.unknown", platform=event.platform)
            return toast(common.old_button(), "warning")
        if ctx.clicked is not None and ctx.clicked.member_id not in {None, ctx.member_id}:
            raise UserError("not_for_you")
        return route.handler(ctx, event, known)

    def _is_new_here(self, ctx: Context, sender: Sender) -> bool:
        """
        Whether the member never got a message in this direct chat: greet once, not on every opening.
        """
        return not outbox.has_written_to(ctx.tx, sender.direct.platform, sender.direct.account, sender.direct.id)

    def _to_stranger(self, event: Event, post: Post) -> Reply:
        match event:
            case MessageReceived():
                post.to_address(_chat(event), card=common.stranger())
                return NOTHING
            case ActionClicked():
                return toast(errors.sentence("not_for_you", {}), "error")
            case _:
                return NOTHING

    def _say(self, adapter: Adapter, post: Post, sender: Sender, reply: Reply) -> Reply:
        """
        Put the reply's messages, and a toast the platform cannot show, into the outbox.

        A card's new face says what was done; why something was not done is said beside it.
        """
        said, line = list(reply.messages), reply.toast
        is_news = line is not None and (reply.card is None or line.level != "success")
        if line is not None and is_news and not adapter.capabilities.toasts:
            said.append(Say(text=line.text))
        for message in said:
            member_id = sender.member.id if sender.chat.kind == "person" else None
            post.to_address(sender.chat, card=message.card, text=message.text, member_id=member_id)
        return reply

    def _report(self, event: Event, bug: Exception, now: datetime) -> Reply:
        """
        Everything was rolled back: count the attempt, tell the person a number, keep the trace in the log.
        """
        number = secrets.token_hex(2).upper()
        log.error("event.failed", platform=event.platform, number=number, exc_info=bug)
        with self._database.write() as tx:
            parked = inbox.count_failure(tx, event.platform, event.account, event.key, f"{number} {bug!r}", now)
            if parked is not None:
                self._units.alarm(tx, "inbox", str(parked), f"event parked after {inbox.MAX_ATTEMPTS} attempts", now)
            if isinstance(event, MessageReceived):
                post = Post(tx, self._accounts, now, cause=f"err:{event.platform}:{event.key}")
                post.to_address(_chat(event), card=errors.internal(number))
        return toast(errors.internal_line(number), "error") if isinstance(event, ActionClicked) else NOTHING


def _write_down(tx: Transaction, event: Event, prepared: Prepared, inbox_id: int, now: datetime) -> Reply:
    members.note_seen(tx, prepared.member, event.platform, event.account)
    for letter in prepared.letters:
        outbox.enqueue(tx, replace(letter, cause_inbox_id=inbox_id), now)
    return prepared.reply


def _short(event: Event) -> str:
    """
    A short name for an event, for the keys of what it causes.
    """
    return hashlib.sha256(f"{event.platform}:{event.account}:{event.key}".encode()).hexdigest()[:32]


def _cancel(ctx: Context) -> Reply:
    if ctx.dialogue is None:
        return say_text(common.nothing_to_cancel())
    doing = common.doing(ctx.dialogue.topic)
    ctx.end_dialogue()
    return say_text(common.cancelled(doing))


def _privately(ctx: Context, sender: Sender, reply: Reply) -> Reply:
    """
    The messages go to the direct chat; the group only learns that they did.
    """
    for message in reply.messages:
        ctx.post.to_address(sender.direct, card=message.card, text=message.text, member_id=sender.member.id)
    return say_text(common.sent_privately())


def _refused(event: Event, refusal: UserError) -> Reply:
    if isinstance(event, ActionClicked):
        return toast(errors.sentence(refusal.code, refusal.values), "warning")
    return say(errors.refusal(refusal.code, refusal.values))


def _forget_group(tx: Transaction, event: Event) -> None:
    row = chats.find(tx, event.platform, event.account, event.chat.id)
    if row is not None:
        row.active = False


def _as_message(event: Event) -> MessageReceived:
    return MessageReceived(
        platform=event.platform,
        account=event.account,
        key=event.key,
        sender=event.sender,
        chat=event.chat,
        sent_at=event.sent_at,
    )


def _direct(event: Event) -> Address:
    return Address(event.platform, event.account, "person", event.sender.user_id)


def _chat(event: Event) -> Address:
    if event.chat.kind == "group":
        return Address(event.platform, event.account, "group", event.chat.id)
    return _direct(event)


def _chat_key(event: Event) -> str:
    return event.chat.id if event.chat.kind == "group" else "direct"

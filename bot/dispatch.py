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

from bot import directory, groups, parse
from bot.clock import Clock
from bot.context import Context
from bot.conversation import DIRECT, Conversation, Sender, chat_address, chat_key, direct_address, privately, refused
from bot.events import ActionClicked, BotAddedToGroup, Event, MemberChanged, MessageReceived
from bot.ports import Adapter
from bot.post import Account, Post
from bot.reply import NOTHING, Reply, Say, toast
from bot.router import Router
from bot.units import Units
from cards import common, errors
from cards.actions import ActionSeal
from domain.errors import UserError
from store import dialogues, inbox, members, outbox, rosters
from store.engine import Database
from store.members import SpeakingMember
from store.outbox import ClickedCard
from store.transaction import Transaction

log = structlog.get_logger()

SERIALIZATION_RETRIES = 3


@dataclass(frozen=True)
class Prepared:
    """
    An answer worked out without the write lock: what is said at once, and the letters to put into the outbox.
    """

    member: SpeakingMember
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
        self._conversation = Conversation(router, seal)
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
        return self._database.unit(lambda tx: self._take(tx, event, prepared, now))

    def _take(self, tx: Transaction, event: Event, prepared: Prepared | None, now: datetime) -> Reply:
        match inbox.claim(tx, event.platform, event.account, event.key, now):
            case inbox.Seen(reply=stored):
                return Reply.from_json(stored)
            case inbox.Parked():
                return NOTHING
            case inbox.Fresh(inbox_id=inbox_id):
                post = self._post(tx, event, now, cause=f"in:{inbox_id}", inbox_id=inbox_id)
                if event.chat.kind == "group":
                    groups.note(tx, event, now)
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
            if member is None or dialogues.load(tx, member.id, event.platform, chat_key(event), now) is not None:
                return None
            reply = self._answer(tx, event, post, now)
            return Prepared(member, reply, tuple(letters))

    def _answer(self, tx: Transaction, event: Event, post: Post, now: datetime) -> Reply:
        self._units.prepare(tx)
        if isinstance(event, MemberChanged):
            directory.hear(tx, event.platform, event.account, event.sender.user_id, event.change, now)
            return NOTHING
        if event.chat.kind == "group" and rosters.is_external(tx, event.platform, event.account, event.chat.id):
            return _to_outsiders(event, post)
        member = self._member(tx, event)
        if member is None:
            return self._to_stranger(tx, event, post)
        if not post.is_draft:
            members.note_seen(tx, member, event.platform, event.account)
        sender = Sender(member, direct_address(event), chat_address(event))
        ctx = self._context(tx, event, sender, post, now)
        reply = self._routed(ctx, event, sender)
        adapter = self._adapters[event.platform, event.account]
        said = self._say(adapter, post, sender, reply)
        if ctx.is_group and ctx.clicked and said.card is not None and adapter.capabilities.answers_clicker_only:
            post.change_clicked(ctx.clicked, said.card)
        return said

    def _member(self, tx: Transaction, event: Event) -> SpeakingMember | None:
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
        ctx.dialogue = dialogues.load(tx, sender.member.id, event.platform, chat_key(event), now)
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
                reply = self._conversation.answer(ctx, event, sender)
                self._units.after(ctx)
        except UserError as refusal:
            ctx.dialogue = before
            reply = refused(event, refusal)
            if ctx.is_group and isinstance(event, MessageReceived):  # a refusal may name customers
                reply = privately(ctx, sender, reply)
        if ctx.dialogue != before:
            key = DIRECT if ctx.is_answered_alone and ctx.dialogue is not None else chat_key(event)
            dialogues.save(ctx.tx, sender.member.id, event.platform, key, ctx.dialogue, ctx.now)
        return reply

    def _to_stranger(self, tx: Transaction, event: Event, post: Post) -> Reply:
        match event:
            case MessageReceived():
                if event.chat.kind == "group":
                    rosters.meet(tx, event.platform, event.account, event.chat.id, event.sender.user_id)
                post.to_address(chat_address(event), card=common.stranger())
                return NOTHING
            case BotAddedToGroup():
                post.to_address(chat_address(event), card=common.group_greeting(external=False))
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
            # among many people a line says with @ whom it answers; a card says what it is about
            called = (sender.direct.id,) if sender.chat.kind == "group" and message.card is None else ()
            post.to_address(sender.chat, card=message.card, text=message.text, member_id=member_id, calling=called)
        if reply.card is not None and sender.chat.kind == "group":
            return replace(reply, card=post.for_group(sender.chat, reply.card))
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
                post.to_address(chat_address(event), card=errors.internal(number))
        return toast(errors.internal_line(number), "error") if isinstance(event, ActionClicked) else NOTHING


def _to_outsiders(event: Event, post: Post) -> Reply:
    """
    In a group with people of other companies nothing is done and nothing told.
    """
    if isinstance(event, MessageReceived | BotAddedToGroup):
        post.to_address(chat_address(event), card=common.group_greeting(external=True))
    return toast(common.not_in_external_groups(), "warning") if isinstance(event, ActionClicked) else NOTHING


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

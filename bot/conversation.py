"""
What a member's event leads to: the command, the open dialogue or the button that answers it.

The transaction around it, who the member is and what becomes of the reply is the business of `dispatch.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from bot import parse
from bot.context import Context
from bot.events import (
    ActionClicked,
    BotAddedToGroup,
    ChatEntered,
    Event,
    MenuClicked,
    MessageReceived,
    OtherEvent,
    TextWithheld,
)
from bot.post import Address
from bot.reply import NOTHING, Reply, say, say_text, toast
from bot.router import DialogueHandler, Router
from bot.typed import as_message
from cards import business_card, common, errors
from cards.actions import ActionSeal, typed
from domain.errors import UserError
from domain.text import Command
from store import alarms, outbox
from store.members import SpeakingMember

log = structlog.get_logger()

DIRECT = "direct"
"""The name of every direct chat for the dialogues in it."""


@dataclass(frozen=True)
class Sender:
    """
    The member behind an event, and where their answers go.
    """

    member: SpeakingMember
    direct: Address
    chat: Address


class Conversation:
    """
    The routes at work. `seal` opens the buttons' payloads.
    """

    def __init__(self, router: Router, seal: ActionSeal) -> None:
        self._router = router
        self._seal = seal

    def answer(self, ctx: Context, event: Event, sender: Sender) -> Reply:
        """
        What is said and done about the event.

        Raises:
            UserError: it cannot be done; the sentence belongs to the code.
        """
        match event:
            case MessageReceived():
                return self._on_message(ctx, event, sender)
            case ActionClicked():
                return self._on_click(ctx, event)
            case MenuClicked(menu_key=key):
                return self._command(ctx, as_message(event), key, "", sender)
            case ChatEntered():
                return say(common.greeting(sender.member.name)) if self._is_new_here(ctx, sender) else NOTHING
            case BotAddedToGroup(external=external):
                return say(common.group_greeting(external=external))
            case TextWithheld():
                return self._withheld(ctx, event)
            case OtherEvent(kind=kind):
                log.info("event.ignored", platform=event.platform, kind=kind)
                return NOTHING
            case _ if route := self._router.happenings.get(type(event).__name__):
                return route.handler(ctx, event)
            case _:
                log.info("event.ignored", platform=event.platform, kind=type(event).__name__)
                return NOTHING

    def _on_message(self, ctx: Context, event: MessageReceived, sender: Sender) -> Reply:
        event = self._heard(ctx, event)
        taker = self._taker(event)
        if not event.text.strip():
            return taker(ctx, event) if taker else self._command(ctx, event, "help", "", sender)
        command = parse.command(event.text)
        if command is not None and command.key == "cancel" and not command.argument:
            return _cancel(ctx)
        self._check_proof(event, command)
        if ctx.dialogue is not None and ctx.dialogue.topic in self._router.talks:
            if command is None:
                return self._talk(ctx, event, ctx.dialogue.topic)
            ctx.dialogue = ctx.dialogue.interrupted_by(command.argument)
            doing = common.doing(ctx.dialogue.topic)
            return say(common.leave_dialogue(doing, event.text.strip()[:20], command.key))
        if taker and command is not None and command.key == "register" and not command.argument.strip():
            return taker(ctx, event)
        if command is not None and not (command.key == "follow_up" and event.reply_to):
            return self._command(ctx, event, command.key, command.argument, sender)
        key = command.key if command else parse.implied_command(event.text, ctx.now)
        if event.reply_to and key in {None, "follow_up"} and (quoted := self._about_quoted(ctx, event)):
            return privately(ctx, sender, quoted) if ctx.is_group else quoted
        if command is not None:
            return self._command(ctx, event, command.key, command.argument, sender)
        if key is None:
            return taker(ctx, event) if taker else say(common.not_understood(event.text))
        return self._command(ctx, event, key, event.text, sender)

    def _check_proof(self, event: MessageReceived, command: Command | None) -> None:
        """
        A command that settles something for others needs a proof of who wrote it, before anything else is asked.
        """
        route = self._router.commands.get(command.key) if command is not None else None
        if route is not None and route.decides and not event.is_signed:
            raise UserError("decide_on_card")

    def _about_quoted(self, ctx: Context, event: MessageReceived) -> Reply | None:
        """
        What a text says about the customer of the card it quotes; None when that card is about no single customer.
        """
        route = self._router.quotes.get("customer")
        customer_id = parse.quoted_customer(outbox.by_card_ref(ctx.tx, event.platform, event.reply_to or ""))
        return route.handler(ctx, event, customer_id) if route and customer_id is not None else None

    def _talk(self, ctx: Context, event: MessageReceived, topic: str) -> Reply:
        """
        The next text of an open dialogue; a decision needs a proof of who wrote it.
        """
        route = self._router.talks[topic]
        if route.decides and not event.is_signed:
            raise UserError("decide_on_card")
        return route.handler(ctx, event)

    def _heard(self, ctx: Context, event: MessageReceived) -> MessageReceived:
        """
        Speech the platform has read counts as typed, and so does a place where a dialogue waits for words.
        """
        if event.text.strip() or not event.attachments:
            return event
        first = event.attachments[0]
        if first.kind == "voice":
            return replace(event, text=first.text)
        is_asked = ctx.dialogue is not None and ctx.dialogue.topic in self._router.talks
        if first.kind == "location" and is_asked and (first.name or first.text):
            return replace(event, text=business_card.at_place(first.name or first.text))
        return event

    def _taker(self, event: MessageReceived) -> DialogueHandler | None:
        """
        Who takes the attachment; of one that comes with words only a picture or file says something of its own.
        """
        kind = event.attachments[0].kind if event.attachments else None
        if kind is None or (event.text.strip() and kind not in {"image", "file"}):
            return None
        route = self._router.attached.get(kind)
        return route.handler if route else None

    def _command(self, ctx: Context, event: MessageReceived, key: str, argument: str, sender: Sender) -> Reply:
        route = self._router.commands.get(key)
        if route is None:
            return say(common.not_understood(event.text))
        reply = route.handler(ctx, event, argument)
        if not (ctx.is_group and route.private):
            return reply
        if route.shared:
            ctx.audience = ctx.post.audience_of(sender.chat)
            for message in route.handler(ctx, event, argument).messages:
                if message.card is not None:
                    ctx.post.to_group(event.platform, event.account, event.chat.id, message.card)
            ctx.audience = None
        return privately(ctx, sender, reply)

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

    def _withheld(self, ctx: Context, event: TextWithheld) -> Reply:
        """
        Somebody wrote and we shall never know what: they and an administrator have to.
        """
        place = f"{event.platform}/{event.account}"
        message = f"{place}: the messages of this month are used up, what people write no longer arrives"
        alarms.raise_alarm(ctx.tx, "account", f"{place}:{ctx.now:%Y-%m}:withheld"[:80], message, ctx.now)
        return say_text(common.text_withheld())

    def _is_new_here(self, ctx: Context, sender: Sender) -> bool:
        """
        Whether the member never got a message in this direct chat: greet once, not on every opening.
        """
        return not outbox.has_written_to(ctx.tx, sender.direct.platform, sender.direct.account, sender.direct.id)


def _cancel(ctx: Context) -> Reply:
    if ctx.dialogue is None:
        return say_text(common.nothing_to_cancel())
    doing = common.doing(ctx.dialogue.topic)
    ctx.end_dialogue()
    return say_text(common.cancelled(doing))


def privately(ctx: Context, sender: Sender, reply: Reply) -> Reply:
    """
    The messages go to the direct chat; the group only learns that they did.
    """
    ctx.is_answered_alone = True
    for message in reply.messages:
        ctx.post.to_address(sender.direct, card=message.card, text=message.text, member_id=sender.member.id)
    return say_text(common.sent_privately())


def refused(event: Event, refusal: UserError) -> Reply:
    """
    The refusal in the shape the event is answered in.
    """
    if isinstance(event, ActionClicked):
        return toast(errors.sentence(refusal.code, refusal.values), "warning")
    return say(errors.refusal(refusal.code, refusal.values))


def direct_address(event: Event) -> Address:
    """
    Where the person behind the event is reached alone.
    """
    return Address(event.platform, event.account, "person", event.sender.user_id)


def chat_address(event: Event) -> Address:
    """
    Where the event happened.
    """
    if event.chat.kind == "group":
        return Address(event.platform, event.account, "group", event.chat.id)
    return direct_address(event)


def chat_key(event: Event) -> str:
    """
    The chat's name for the dialogues in it.
    """
    return event.chat.id if event.chat.kind == "group" else DIRECT

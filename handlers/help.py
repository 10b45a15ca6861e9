"""
帮助, and the buttons that do what typing a command does. Knows all topics; no topic knows it.
"""

from __future__ import annotations

from bot.context import Context
from bot.events import ActionClicked, MessageReceived
from bot.post import Address
from bot.reply import Reply, say, toast
from bot.router import Click, Command
from bot.typed import as_message
from cards import common
from cards import help as cards
from cards.actions import KeepDialogue, RunCommand, SwitchDialogue
from domain.errors import UserError
from domain.text import find_command
from handlers import (
    approval_decision,
    approval_text,
    collaboration,
    customer,
    departures,
    digest,
    duplicates,
    follow_up_chat,
    handover,
    linking,
    login,
    pool,
    protection,
    registration_chat,
    registration_text,
    task,
    withdrawal,
)

TOPICS = (
    registration_chat,
    registration_text,
    duplicates,
    customer,
    follow_up_chat,
    collaboration,
    pool,
    protection,
    task,
    approval_decision,
    approval_text,
    withdrawal,
    departures,
    digest,
    handover,
    linking,
    login,
)


def on_help(ctx: Context, _event: MessageReceived, argument: str) -> Reply:
    """
    帮助, 帮助 报备
    """
    asked = find_command(argument) if argument.strip() else None
    if asked is not None and asked.key in cards.TOPICS:
        return say(cards.one(asked.key))
    return say(cards.overview() if ctx.has_forms else cards.brief())


def on_run(ctx: Context, event: ActionClicked, action: RunCommand) -> Reply:
    """
    A button that does what a command does.
    """
    return _run(ctx, event, action.key, action.argument)


def on_switch(ctx: Context, event: ActionClicked, action: SwitchDialogue) -> Reply:
    """
    放弃并继续: the dialogue ends, the command that was typed meanwhile is done.
    """
    if ctx.dialogue is None:
        return toast(cards.nothing_open(), "info")
    argument = ctx.dialogue.meanwhile
    ctx.end_dialogue()
    reply = _run(ctx, event, action.key, argument)
    return Reply(toast=reply.toast, card=cards.switched(), messages=reply.messages)


def on_keep(ctx: Context, _event: ActionClicked, _action: KeepDialogue) -> Reply:
    """
    继续填写.
    """
    if ctx.dialogue is None:
        return toast(cards.nothing_open(), "info")
    doing = common.doing(ctx.dialogue.topic)
    return toast(cards.keep_on(doing), "info", card=cards.kept(doing))


def _run(ctx: Context, event: ActionClicked, key: str, argument: str) -> Reply:
    """
    Do the command as if it had been typed; a private one never answers into a group.
    """
    command = COMMANDS.get(key)
    if command is None:
        raise UserError("card_outdated")
    clicked, ctx.clicked = ctx.clicked, None
    reply = command.handler(ctx, as_message(event), argument)
    ctx.clicked = clicked
    if not (ctx.is_group and command.private):
        return reply
    direct = Address(event.platform, event.account, "person", event.sender.user_id)
    for message in reply.messages:
        ctx.post.to_address(direct, card=message.card, text=message.text, member_id=ctx.member_id)
    return toast(common.sent_privately(), "info")


HELP = Command("help", on_help, usage="帮助", reads=True, private=False)
COMMANDS: dict[str, Command] = {
    route.key: route for topic in TOPICS for route in topic.ROUTES if isinstance(route, Command)
} | {HELP.key: HELP}
ROUTES = (HELP, Click(RunCommand, on_run), Click(SwitchDialogue, on_switch), Click(KeepDialogue, on_keep))

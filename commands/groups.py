"""
`group …`: the groups the bot is in, what may be shown there, and who gets the daily digest.
"""

from __future__ import annotations

import argparse

from commands.errors import CommandError
from commands.opening import OPERATOR, settings_of, units
from commands.people import PLATFORMS
from store import chats
from store.models import Chat


def list_groups(options: argparse.Namespace) -> int:
    """
    Every group, with its settings and how much is known about who is in it.
    """
    with units(settings_of(options)) as work, work.database.read() as tx:
        for row in chats.everywhere(tx):
            digest = "digest" if row.digest and not row.external else "no digest"
            print(f"{row.id}\t{row.platform}/{row.account}\t{row.name or row.chat_id}\t{_who(row)}\t{digest}")
    return 0


def add_group(options: argparse.Namespace) -> int:
    """
    Note a group that no platform tells of: one the app created, or one behind a WeCom webhook (`webhook:NAME`).
    """
    settings = settings_of(options)
    platform, _, account = options.place.partition("/")
    if account not in (getattr(settings, platform) if platform in PLATFORMS else {}):
        raise CommandError(f"account {options.place!r}: none of this name is configured", "write PLATFORM/ACCOUNT")
    name = options.name or options.chat.rpartition(":")[2]
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        row = chats.remember(ctx.tx, platform, account, options.chat, name=name, external=False, now=ctx.now)
    print(f"group {row.id} is known; it gets the daily digest")
    return 0


def change_group(options: argparse.Namespace) -> int:
    """
    Set what may be shown in a group, and whether it gets the digest.
    """
    digest = None if options.digest is None else options.digest == "on"
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        if not chats.change(ctx.tx, OPERATOR, options.id, clearance=options.clearance, digest=digest, now=ctx.now):
            raise CommandError(f"group {options.id}: there is none of this number", "see 'liaodan group list'")
    print(f"group {options.id} is changed")
    return 0


def _who(row: Chat) -> str:
    """
    By what it is decided what may be shown there.
    """
    if not row.active:
        return "left"
    if row.external:
        return "with outsiders: nothing is said there"
    by_list = row.members_at is not None and row.clearance != "nothing"
    return "by its members' rights" if by_list else f"clearance {row.clearance}"

"""
`member role`, `sync`, `departures`, `links`, `link`, `unlink`: directories, what they raise and what they leave open.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.context import Context
from bot.settings import Settings
from commands.errors import CommandError
from commands.opening import OPERATOR, settings_of, units
from commands.people import PLATFORMS, identity_at, one_member
from domain.access import Role
from domain.errors import SettingsError, UserError
from handlers import departures, linking, people
from store import departures as open_departures
from store import directory, links


def sync(options: argparse.Namespace) -> int:
    """
    Have every directory read soon by the server, and say how each was read last.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        people.ask_for_readings(ctx, ctx.now)
        for state in directory.sources(ctx.tx):
            read = state.read_at.isoformat(timespec="seconds") if state.read_at else "never read"
            columns = [f"{state.platform}/{state.account}", read, f"{state.people} people", state.error]
            print("\t".join(columns).rstrip())
    print("the server reads them now")
    return 0


def change_roles(options: argparse.Namespace) -> int:
    """
    Give a member roles, and take roles away.
    """
    added, removed = (frozenset(Role(role) for role in given or ()) for given in (options.add, options.remove))
    if not added | removed:
        raise SettingsError(["say which role: --add ROLE or --remove ROLE"])
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        roles = people.change_roles(ctx, member.id, added=added, removed=removed)
    print(f"{member.name}: {', '.join(sorted(roles)) or 'no role'}")
    return 0


def list_departures(options: argparse.Namespace) -> int:
    """
    Who seems to have left; with --confirm or --dismiss the answer for one account's list.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        if options.confirm:
            print(f"{_answer(ctx, departures.confirm, options.confirm)} confirmed; the server lets them go now")
        elif options.dismiss:
            print(f"{_answer(ctx, departures.dismiss, options.dismiss)} stay members")
        else:
            for record, name in open_departures.open_members(ctx.tx):
                print(f"{record.platform}/{record.account}\t{record.member_id}\t{name}\t{record.sign}\t{record.state}")
    return 0


def _answer(ctx: Context, decide: Callable[[Context, str, str, int], int], place: str) -> int:
    platform, _, account = place.partition("/")
    asked = open_departures.asked(ctx.tx, platform, account)
    if not asked:
        raise CommandError(f"account {place!r}: nothing is asked about its people", "see 'liaodan member departures'")
    return decide(ctx, platform, account, asked[-1].id)


def list_links(options: argparse.Namespace) -> int:
    """
    Which ids may be members we know; with --accept or --refuse the answer to one proposal.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        number = options.accept or options.refuse
        if number:
            with _refusals(f"proposal {number}"):
                proposal, _ = linking.answer(ctx, number, same=bool(options.accept))
            print(f"{proposal.platform}:{proposal.user_id} is {'' if options.accept else 'not '}{proposal.member}")
        else:
            for one in links.open_proposals(ctx.tx):
                print(f"{one.id}\t{one.platform}:{one.user_id}\t{one.name}\tmember {one.member_id}\tsame {one.basis}")
    return 0


def link(options: argparse.Namespace) -> int:
    """
    Ids at the platforms are this member's from now on.
    """
    settings = settings_of(options)
    places = _places(settings, options)
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        for place in places:
            with _refusals(f"{place[0]}:{place[2]}"):
                linking.link(ctx, member.id, place)
            print(f"{place[0]}:{place[2]} is {member.name}")
    return 0


def unlink(options: argparse.Namespace) -> int:
    """
    Ids at the platforms are nobody's from now on.
    """
    settings = settings_of(options)
    places = _places(settings, options)
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        for place in places:
            member = linking.unlink(ctx, place)
            if member is None:
                raise CommandError(f"{place[0]}:{place[2]}: no member has this id", "see 'liaodan member list'")
            print(f"{place[0]}:{place[2]} is {member.name} no longer")
    return 0


def _places(settings: Settings, options: argparse.Namespace) -> list[linking.Place]:
    given = [identity_at(settings, platform, getattr(options, platform)) for platform in PLATFORMS]
    places = [(one["platform"], one["corp_id"], one["user_id"]) for one in given if one is not None]
    if not places:
        raise SettingsError(["say which id: --wecom, --dingtalk or --feishu"])
    return places


@contextmanager
def _refusals(what: str) -> Iterator[None]:
    """
    A refusal of the use case inside is the failure of the command.
    """
    try:
        yield
    except UserError as refusal:
        match refusal.code:
            case "link_holds_work":
                reason = f"{refusal.values['name']} has customers, requests or approvals as a member of their own"
                raise CommandError(f"{what}: {reason}", "hand one side's work over first") from refusal
            case "member_not_found":
                reason = f"{refusal.values['name']} has left"
                raise CommandError(f"{what}: {reason}", "see 'liaodan member list'") from refusal
            case _:
                raise CommandError(f"{what}: there is none", "see 'liaodan member links'") from refusal

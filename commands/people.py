"""
`token …` and `member …`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from bot.context import Context
from bot.settings import Settings
from commands.errors import CommandError
from commands.opening import OPERATOR, accounts_of, settings_of, units
from domain.errors import SettingsError
from domain.member import MemberFacts
from handlers import leaver
from handlers.leaver import HadLeft, Left
from store import audit, members, tokens

PLATFORMS = ("wecom", "dingtalk", "feishu")


def create_token(options: argparse.Namespace) -> int:
    """
    A new token, alone on the last line.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        token = tokens.create(ctx.tx, OPERATOR, member.id, options.scopes, ctx.now)
    print(f"{member.name} ({', '.join(options.scopes)}); it is shown only this once:")
    print(token)
    return 0


def revoke_tokens(options: argparse.Namespace) -> int:
    """
    All tokens of a member end, of a leaver too.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_person(ctx, options.member)
        tokens.revoke_all(ctx.tx, member.id, ctx.now)
    print(f"{member.name} has no valid token any more")
    return 0


def list_members(options: argparse.Namespace) -> int:
    """
    Everybody with roles, department and ids at the platforms.
    """
    with units(settings_of(options)) as work, work.database.read() as tx:
        departments = members.department_names(tx)
        for member in members.everybody(tx):
            places = [f"{each.platform}:{each.user_id}" for each in members.addresses(tx, member.id)]
            columns = [
                str(member.id),
                member.name,
                "active" if member.is_active else "left",
                ",".join(sorted(member.roles)),
                departments.get(member.department_id or 0, ""),
                " ".join(places),
            ]
            print("\t".join(columns))
    return 0


def add_member(options: argparse.Namespace) -> int:
    """
    A new member, with the department where it is new, and the ids at the platforms.
    """
    settings = settings_of(options)
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        identities = [identity_at(settings, platform, getattr(options, platform)) for platform in PLATFORMS]
        department = _department(ctx, options.department) if options.department else None
        manager = one_member(ctx, options.manager) if options.manager else None
        member_id = members.add_member(
            ctx.tx,
            name=options.name,
            title=options.title,
            roles=options.role or ["sales"],
            department_id=department,
            leads_department_id=department if options.leads else None,
            now=ctx.now,
        )
        members.set_manager(ctx.tx, member_id, manager.id if manager else None)
        for identity in filter(None, identities):
            members.add_identity(ctx.tx, member_id, **identity)
        audit.record(ctx.tx, OPERATOR, "member.add", "member", member_id, at=ctx.now, to_state="active")
    print(f"{options.name} is member {member_id}")
    return 0


def let_member_leave(options: argparse.Namespace) -> int:
    """
    Hand over what the member holds, and end their tokens.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        match leaver.leave(ctx, member.id):
            case Left() as left:
                print(
                    f"{member.name} left: {left.customers} customers to the handover pool, {left.requests} requests"
                    f" withdrawn, {left.approvals} approvals and {left.tasks} tasks passed on, {left.joins} requests to"
                    f" join ended, {left.messages} messages cancelled"
                )
            case HadLeft():
                print(f"{member.name} had left before")
    return 0


def _department(ctx: Context, name: str) -> int:
    found = members.department_named(ctx.tx, name)
    return members.add_department(ctx.tx, name, None) if found is None else found


def identity_at(settings: Settings, platform: str, user_id: str | None) -> dict[str, str] | None:
    """
    An id is unique within the company at that platform, so an account there has to be configured.
    """
    if user_id is None:
        return None
    corps = {account.corp_id for account in accounts_of(settings) if account.platform == platform}
    if len(corps) != 1:
        raise SettingsError([f"{platform}: --{platform} needs accounts of exactly one company configured"])
    return {"platform": platform, "corp_id": corps.pop(), "user_id": user_id}


def one_member(ctx: Context, wanted: str) -> MemberFacts:
    """
    The active member of this name or id.
    """
    by_id = _by_id(ctx, wanted)
    found = [by_id] if by_id is not None and by_id.is_active else members.find_members(ctx.tx, wanted)
    return _only(found, wanted, "nobody active has this name or id")


def one_person(ctx: Context, wanted: str) -> MemberFacts:
    """
    The member or, where no member has this name or id, the leaver.
    """
    by_id = _by_id(ctx, wanted)
    namesakes = members.find_members(ctx.tx, wanted)
    found = [by_id] if by_id is not None else namesakes
    leavers = [person for person in members.everybody(ctx.tx) if person.name == wanted]
    return _only(found or leavers, wanted, "nobody has this name or id")


def _by_id(ctx: Context, wanted: str) -> MemberFacts | None:
    return members.get_member(ctx.tx, int(wanted)) if wanted.isascii() and wanted.isdecimal() else None


def _only(found: Sequence[MemberFacts], wanted: str, nobody: str) -> MemberFacts:
    match found:
        case [member]:
            return member
        case []:
            raise CommandError(f"member {wanted!r}: {nobody}", "see 'liaodan member list'")
        case _:
            ids = ", ".join(str(member.id) for member in found)
            raise CommandError(f"member {wanted!r}: several have this name", f"say which by id: {ids}")

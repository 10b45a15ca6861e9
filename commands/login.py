"""
`admin …` and `member logout`: the administrators' own passwords, and ending web sessions.
"""

from __future__ import annotations

import argparse

from bot.context import Context
from bot.settings import Settings
from commands.errors import CommandError
from commands.opening import OPERATOR, settings_of, units
from commands.people import one_member
from domain.access import Role
from domain.login import SETUP_LIFE
from domain.member import MemberFacts
from handlers import login
from store import audit, local_accounts, members

LONGEST_NAME = 60


def create_admin(options: argparse.Namespace) -> int:
    """
    A new administrator who belongs to no platform, and the link for their password.
    """
    settings = settings_of(options)
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        member_id = members.add_member(
            ctx.tx,
            name=options.name,
            title="",
            roles=[str(Role.ADMIN)],
            department_id=None,
            leads_department_id=None,
            now=ctx.now,
        )
        audit.record(ctx.tx, OPERATOR, "member.add", "member", member_id, at=ctx.now, to_state="active")
        token = _invite(ctx, member_id, options.login or options.name)
    print(f"{options.name} is member {member_id} and administrator")
    _show(settings, token, options.login or options.name)
    return 0


def link_admin(options: argparse.Namespace) -> int:
    """
    A link with which an administrator sets a new password and second factor; the old ones work until it is used.
    """
    settings = settings_of(options)
    with units(settings) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        if Role.ADMIN not in member.roles:
            raise CommandError(
                f"member {member.name!r}: only administrators have a password of their own",
                "everybody else signs in with a chat platform",
            )
        account = local_accounts.of_member(ctx.tx, member.id)
        name = options.login or (account.name if account else member.name)
        token = _invite(ctx, member.id, name)
    _show(settings, token, name)
    return 0


def remove_admin(options: argparse.Namespace) -> int:
    """
    Take the own password away and end all sessions; the member stays.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member = one_member(ctx, options.member)
        if not local_accounts.remove(ctx.tx, OPERATOR, member.id, ctx.now):
            raise CommandError(f"member {member.name!r}: there is no password to remove", "see 'liaodan member list'")
        ended = login.end_for(ctx, member.id)
    print(f"{member.name} cannot sign in with a password any more; {_sessions(ended)} ended")
    return 0


def log_out(options: argparse.Namespace) -> int:
    """
    End every web session of a member.
    """
    with units(settings_of(options)) as work, work.write(OPERATOR, cause="command") as ctx:
        member: MemberFacts = one_member(ctx, options.member)
        ended = login.end_for(ctx, member.id)
    print(f"{member.name}: {_sessions(ended)} ended")
    return 0


def _invite(ctx: Context, member_id: int, name: str) -> str:
    if not local_accounts.folded(name) or len(name) > LONGEST_NAME:
        raise CommandError(f"--login {name!r}: a sign-in name has 1 to {LONGEST_NAME} characters", "choose another")
    taken = local_accounts.named(ctx.tx, name)
    if taken is not None and taken.member_id != member_id:
        raise CommandError(f"--login {name!r}: another administrator signs in with this name", "choose another")
    return local_accounts.invite(ctx.tx, OPERATOR, member_id, name, ctx.now)


def _show(settings: Settings, token: str, name: str) -> None:
    hours = int(SETUP_LIFE.total_seconds() // 3600)
    print(f"open this within {hours} hours to set the password of {local_accounts.folded(name)!r}; it works once:")
    print(f"{settings.public_url.rstrip('/')}/login/setup/{token}")


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"

"""
Signing in and out (登录, 退出): a proof of who somebody is becomes a session, with the member's rights and no others.

Passwords are in `handlers/local_login.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.context import Context
from bot.events import MessageReceived
from bot.reply import Reply, say
from bot.router import Command
from cards import login as cards
from domain.access import Actor
from domain.errors import UserError
from domain.login import ADDRESS_LIMIT, SessionLimits, network_key
from store import guesses, login_links, members, sessions
from store.sessions import Proof, SessionRecord

CHANNEL = "console"


@dataclass(frozen=True)
class SignedIn:
    """
    The browser's new token, and who it now speaks for.
    """

    token: str = field(repr=False)
    name: str


@dataclass(frozen=True)
class NotAMember:
    """
    The platform knows this person, the product does not (or not any more).
    """


@dataclass(frozen=True)
class Admitted:
    """
    The platform may be asked whom the code stands for.
    """


@dataclass(frozen=True)
class StateSpent:
    """
    This way back was gone before.
    """


@dataclass(frozen=True)
class TooManyTries:
    """
    Nothing may be tried before this instant.
    """

    until: datetime


def admit(ctx: Context, state: str, address: str) -> Admitted | StateSpent | TooManyTries:
    """
    Use up the `state` of a way back from a platform. Strangers cannot make us ask about made-up codes without end.
    """
    until = guesses.take(ctx.tx, {_codes_from(address): ADDRESS_LIMIT}, ctx.now)
    if until is not None:
        return TooManyTries(until)
    return Admitted() if sessions.spend(ctx.tx, state, ctx.now) else StateSpent()


def by_platform(
    ctx: Context, proof: Proof, *, corp_id: str, user_id: str, limits: SessionLimits
) -> SignedIn | NotAMember:
    """
    Sign in the member whom a platform has named.
    """
    guesses.forgive(ctx.tx, frozenset({_codes_from(proof.address)}))
    member = members.member_by_identity(ctx.tx, proof.platform, corp_id, user_id)
    return NotAMember() if member is None else begin(ctx, member.id, proof, limits)


def as_demo_member(ctx: Context, member_id: int, proof: Proof, limits: SessionLimits) -> SignedIn | NotAMember:
    """
    Demo mode: sign in whoever was picked from the list.
    """
    return begin(ctx, member_id, proof, limits)


def begin(ctx: Context, member_id: int, proof: Proof, limits: SessionLimits) -> SignedIn | NotAMember:
    """
    A new session for a member who has proved who they are.

    The member is locked: somebody who leaves at this moment either is seen to have left, or has the new session ended.
    """
    members.lock(ctx.tx, member_id)
    member = members.read_anew(ctx.tx, member_id)
    if member is None or not member.facts.is_active:
        return NotAMember()
    actor = members.actor_for(ctx.tx, member, CHANNEL)
    return SignedIn(sessions.begin(ctx.tx, actor, member.id, proof, ctx.now, limits), member.name)


def link_owner(ctx: Context, token: str) -> str | None:
    """
    Whom a link from the chat would sign in, None when it no longer works.
    """
    link = login_links.find(ctx.tx, token, ctx.now)
    member = members.get_member(ctx.tx, link.member_id) if link else None
    return member.name if member is not None and member.is_active else None


def by_link(ctx: Context, token: str, proof: Proof, limits: SessionLimits) -> SignedIn | NotAMember:
    """
    Sign in whoever asked for this link in the chat: the platform has vouched for them there.
    """
    link = login_links.find(ctx.tx, token, ctx.now)
    if link is None or not login_links.use(ctx.tx, link, ctx.now):
        return NotAMember()
    return begin(ctx, link.member_id, replace(proof, platform=link.platform, account=link.account), limits)


def on_login(ctx: Context, event: MessageReceived, _argument: str) -> Reply:
    """
    登录: a link to the web pages, for where the platform's own sign-in is not set up.

    Raises:
        UserError: the platform does not prove who wrote this, so the link could end up with somebody else.
    """
    if not event.is_signed:
        raise UserError("login_unproved", address=_page(ctx, "/login"))
    token = login_links.create(
        ctx.tx, ctx.actor, ctx.member_id, platform=event.platform, account=event.account, now=ctx.now
    )
    return say(cards.sign_in_link(ctx.member.name if ctx.member else "", _page(ctx, f"/login/link/{token}")))


def _codes_from(address: str) -> str:
    return f"codes from {network_key(address)}"


def _page(ctx: Context, path: str) -> str:
    return ctx.public_url.rstrip("/") + path


def sign_out(ctx: Context, token: str) -> bool:
    """
    End the session of a browser; False when it had ended.
    """
    return sessions.end(ctx.tx, ctx.actor, token, ctx.now)


def sign_out_elsewhere(ctx: Context, session_id: int) -> int:
    """
    End all own sessions but this one; returns how many.
    """
    return sessions.end_all(ctx.tx, ctx.actor, ctx.member_id, ctx.now, reason="signed out elsewhere", but=session_id)


def end_for(ctx: Context, member_id: int) -> int:
    """
    End every session of a member, as the command line asks; returns how many.
    """
    return sessions.end_all(ctx.tx, ctx.actor, member_id, ctx.now, reason="ended by an administrator")


@dataclass(frozen=True)
class OwnPage:
    """
    What the page about oneself shows.
    """

    name: str
    title: str
    roles: Sequence[str]
    department: str
    manager: str
    sessions: Sequence[SessionRecord]


def own_page(ctx: Context, limits: SessionLimits) -> OwnPage:
    """
    The acting member with the own sessions.
    """
    member = members.get_member(ctx.tx, ctx.member_id)
    if member is None:
        msg = f"login: no member {ctx.member_id} although there is a session"
        raise RuntimeError(msg)
    manager = members.get_member(ctx.tx, member.manager_id) if member.manager_id else None
    return OwnPage(
        name=member.name,
        title=member.title,
        roles=sorted(member.roles),
        department=members.department_names(ctx.tx).get(member.department_id or 0, ""),
        manager=manager.name if manager else "",
        sessions=sessions.listing(ctx.tx, ctx.actor, ctx.now, limits),
    )


def demo_members(ctx: Context) -> Sequence[tuple[int, str, str]]:
    """
    Whom the demo's login page offers: id, name and title.
    """
    return [(member.id, member.name, member.title) for member in members.active_members(ctx.tx)]


SIGNING_IN = Actor.system("somebody signs in")

ROUTES = (Command("login", on_login, usage="登录"),)

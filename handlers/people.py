"""
Keeping members in step with the directories (通讯录): who joined, moved, was renamed, came back or left.

The comparison is in `domain/directory.py`. What a person has to decide is asked in `handlers/departures.py` (who left)
and `handlers/linking.py` (who is the same person).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.context import Context
from bot.directory import Origin
from bot.jobs import Batch
from domain.access import SUPERIORS, Role
from domain.directory import Implausible, Person, Plan, Reading, Roster, compare, leaders, manager_of
from domain.errors import UserError
from handlers import departments, departures, leaver, linking
from store import audit, directory, links, members
from store import departments as places
from store import departures as gone
from store import leaver as leavers

LEADING = SUPERIORS | {Role.EXECUTIVE}
LOOK_AGAIN_AFTER = timedelta(minutes=5)


def ask_for_readings(ctx: Context, _slot: datetime) -> Batch:
    """
    The nightly comparison: every account's directory is read now, whatever events were heard.
    """
    for account in ctx.post.accounts:
        directory.want(ctx.tx, account.platform, account.account, ctx.now)
    return Batch(len(ctx.post.accounts))


def take(ctx: Context, origin: Origin, reading: Reading, *, newcomer_role: str) -> bool:
    """
    Write down what a reading means; False when it means nothing because it shows nobody.

    `newcomer_role` is what somebody becomes who leads no department; empty: a member without rights.
    """
    plan = compare(reading, _roster(ctx, origin))
    if isinstance(plan, Implausible):
        return False
    newest = links.newest(ctx.tx)
    ours = departments.keep_in_step(ctx, origin, reading)
    arrived = _welcome(ctx, origin, plan, _leads(reading, ours), newcomer_role)
    _keep_in_step(ctx, origin, reading, ours, [*plan.present, *arrived])
    _note(ctx, origin, plan, reading)
    for one in plan.left:
        leaver.leave(ctx, one.member_id)
    departures.ask(ctx, origin, plan.doubtful)
    linking.ask(ctx, since=newest)
    return True


def change_roles(ctx: Context, member_id: int, *, added: frozenset[Role], removed: frozenset[Role]) -> frozenset[str]:
    """
    Give a member roles and take others away; returns those they have then. Directories never take roles away.

    Raises:
        UserError: the actor is no administrator, or there is no such member.
    """
    departures.check_administrator(ctx)
    record = members.get_record(ctx.tx, member_id)
    if record is None or not record.facts.is_active:
        raise UserError("member_not_found", name=record.name if record else str(member_id))
    roles = (record.facts.roles | {str(role) for role in added}) - {str(role) for role in removed}
    if roles != record.facts.roles:
        places.change_member(ctx.tx, ctx.actor, record, {"roles": sorted(roles)}, ctx.now)
    return roles


def _roster(ctx: Context, origin: Origin) -> Roster:
    platform, account, corp_id = origin.platform, origin.account, origin.corp_id
    known, left = directory.members_at(ctx.tx, platform, corp_id)
    state, seen = directory.source(ctx.tx, platform, account), directory.seen(ctx.tx, platform, account)
    return Roster(
        seen=seen,
        members=known,
        leavers=left,
        shown_elsewhere=directory.shown_elsewhere(ctx.tx, platform, account, corp_id),
        kept=frozenset(gone.kept(ctx.tx, platform, account) - seen.keys()),
        is_first=state is None or state.read_at is None,
    )


def _leads(reading: Reading, ours: Mapping[str, int]) -> dict[str, int]:
    """
    Which of our departments somebody leads, by the platform's id of the person.
    """
    return {user_id: ours[one] for user_id, one in leaders(reading.departments).items() if one in ours}


def _welcome(
    ctx: Context, origin: Origin, plan: Plan, leads: Mapping[str, int], newcomer_role: str
) -> list[tuple[int, Person]]:
    """
    New members, and leavers who are back; somebody who may be a known member waits for an administrator's word.
    """
    unknown = [person for person in plan.joined if not linking.propose(ctx, origin, person)]
    arrived = [(_add(ctx, origin, one, _first_roles(one, leads, newcomer_role)), one) for one in unknown]
    for member_id, person in plan.returned:
        roles = _first_roles(person, leads, newcomer_role)
        before = members.get_member(ctx.tx, member_id)
        if before is not None and person.name in {None, before.name}:
            leavers.mark_returned(ctx.tx, ctx.actor, member_id, roles, ctx.now)
            arrived.append((member_id, person))
        else:  # the platform gave a leaver's id to somebody else
            arrived.append((_add(ctx, origin, person, roles), person))
    return arrived


def _first_roles(person: Person, leads: Mapping[str, int], newcomer_role: str) -> list[str]:
    if person.user_id in leads:
        return [str(Role.MANAGER)]
    return [newcomer_role] if newcomer_role else []


def _add(ctx: Context, origin: Origin, person: Person, roles: list[str]) -> int:
    member_id = members.add_member(
        ctx.tx,
        name=(person.name or person.user_id)[:60],
        title="",
        roles=roles,
        department_id=None,
        leads_department_id=None,
        now=ctx.now,
    )
    audit.record(ctx.tx, ctx.actor, "member.add", "member", member_id, at=ctx.now, to_state="active")
    links.add(ctx.tx, ctx.actor, member_id, (origin.platform, origin.corp_id, person.user_id), ctx.now)
    return member_id


def _keep_in_step(
    ctx: Context, origin: Origin, reading: Reading, ours: Mapping[str, int], people: Iterable[tuple[int, Person]]
) -> None:
    """
    Names, titles, departments, managers and who leads what, for the members this platform decides about.
    """
    decided = directory.led_from(ctx.tx, origin.platform, origin.corp_id)
    by_user, _ = directory.members_at(ctx.tx, origin.platform, origin.corp_id)
    by_id = {department.id: department for department in reading.departments}
    led = {ours[one.id]: one.leader_id for one in reading.departments if one.leader_id is not None}
    leads = _leads(reading, ours)
    for member_id, person in people:
        record = members.get_record(ctx.tx, member_id)
        if member_id not in decided or record is None:
            continue
        shown = _shown(person, ours) | _reporting(member_id, by_user.get(manager_of(person, by_id) or ""))
        lead = _lead(record.leads_department_id, person.user_id, leads, led)
        shown["leads_department_id"] = lead
        is_new_leader = lead is not None and lead != record.leads_department_id
        if is_new_leader and not record.facts.roles & LEADING:
            shown["roles"] = sorted({*record.facts.roles, str(Role.MANAGER)})
        news = {name: value for name, value in shown.items() if value != _present(record, name)}
        if news:
            places.change_member(ctx.tx, ctx.actor, record, news, ctx.now)


def _shown(person: Person, ours: Mapping[str, int]) -> dict[str, Any]:
    """
    What the directory shows; what the app may not see stays as it is.
    """
    department = next((ours[one] for one in person.department_ids if one in ours), None)
    shown: dict[str, Any] = {
        "name": person.name[:60] if person.name else None,
        "title": person.job_title[:60] if person.job_title else None,
        "department_id": department,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _reporting(member_id: int, manager_id: int | None) -> dict[str, Any]:
    return {"manager_id": manager_id} if manager_id not in {None, member_id} else {}


def _lead(current: int | None, user_id: str, leads: Mapping[str, int], led: Mapping[int, str]) -> int | None:
    """
    The department somebody leads now: as shown, else the one they led, unless somebody else is shown there.
    """
    shown = leads.get(user_id)
    if shown is not None or current is None:
        return shown
    return current if led.get(current, user_id) == user_id else None


def _present(record: members.MemberRecord, name: str) -> object:
    match name:
        case "leads_department_id":
            return record.leads_department_id
        case "roles":
            return sorted(record.facts.roles)
        case _:
            return getattr(record.facts, name)


def _note(ctx: Context, origin: Origin, plan: Plan, reading: Reading) -> None:
    """
    Remember whom the reading showed, and whom it missed, for the next one.
    """
    platform, account = origin.platform, origin.account
    active = [person for person in reading.people if person.is_active]
    before = directory.seen(ctx.tx, platform, account)
    directory.keep(ctx.tx, platform, account, origin.corp_id, active, now=ctx.now)
    departures.drop(ctx, origin, {person.user_id for person in active})
    if plan.look_again:
        directory.mark_missing(ctx.tx, platform, account, plan.look_again, ctx.now)
        directory.want(ctx.tx, platform, account, ctx.now + LOOK_AGAIN_AFTER)
    _unlink_moved(ctx, origin, plan.moved_away)
    open_questions = {*plan.look_again, *plan.asked_for, *(person.user_id for person in active)}
    directory.forget(ctx.tx, platform, account, before.keys() - open_questions)


def _unlink_moved(ctx: Context, origin: Origin, user_ids: Iterable[str]) -> None:
    """
    Who is gone here and shown on another platform keeps their work, but the id here may be given to somebody else.
    """
    siblings = directory.shown_by_sibling(ctx.tx, origin.platform, origin.account, origin.corp_id)
    for user_id in user_ids:
        if user_id not in siblings:
            place = (origin.platform, origin.corp_id, user_id)
            links.remove(ctx.tx, ctx.actor, place, reason="no longer on this platform", now=ctx.now)

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
AT_ONCE = 3
"""So many leave in the transaction of the reading; more would hold up everybody else, and leave one by one."""
LOOK_AGAIN_AFTER = timedelta(minutes=5)


def ask_for_readings(ctx: Context, _slot: datetime) -> Batch:
    """
    The nightly comparison: every account's directory is read now, whatever events were heard.
    """
    known = {(state.platform, state.account) for state in directory.sources(ctx.tx)}
    asked = known | {(account.platform, account.account) for account in ctx.post.accounts}
    for platform, account in sorted(asked):
        directory.want(ctx.tx, platform, account, ctx.now)
    return Batch(len(asked))


def take(ctx: Context, origin: Origin, reading: Reading, *, newcomer_role: str) -> bool:
    """
    Write down what a reading means; False when it means nothing because it shows nobody.

    `newcomer_role` is what somebody becomes who leads no department; empty: a member without rights.
    """
    plan = compare(reading, _roster(ctx, origin))
    if isinstance(plan, Implausible):
        return False
    newest = links.newest(ctx.tx)
    company = _Company(reading, departments.keep_in_step(ctx, origin, reading))
    known = members.active_members(ctx.tx)
    arrived = _welcome(ctx, origin, plan, company, newcomer_role, names={one.name for one in known})
    back = _bring_back(ctx, origin, plan, company, newcomer_role)
    _keep_in_step(ctx, origin, company, [*plan.present, *back])
    _place(ctx, origin, company, arrived)
    _note(ctx, origin, plan, reading)
    if len(plan.left) <= AT_ONCE:
        for one in plan.left:
            leaver.leave(ctx, one.member_id)
    else:
        departures.let_go(ctx, origin, plan.left)
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


class _Company:
    """
    The departments as a reading shows them: which are ours, who leads which of them.

    `leads` is the department somebody leads, by the platform's id of the person; `led` the leader of each department.
    """

    def __init__(self, reading: Reading, ours: Mapping[str, int]) -> None:
        self.by_id = {department.id: department for department in reading.departments}
        self.ours = ours
        self.leads = {user_id: ours[one] for user_id, one in leaders(reading.departments).items()}
        self.led = {ours[one.id]: one.leader_id for one in reading.departments if one.leader_id is not None}

    def first_roles(self, person: Person, newcomer_role: str) -> list[str]:
        if person.user_id in self.leads:
            return [str(Role.MANAGER)]
        return [newcomer_role] if newcomer_role else []

    def lead(self, current: int | None, user_id: str) -> int | None:
        """
        The department somebody leads now: as shown, else the one they led, unless somebody else is shown there.
        """
        shown = self.leads.get(user_id)
        if shown is not None or current is None:
            return shown
        return current if self.led.get(current, user_id) == user_id else None


def _welcome(
    ctx: Context, origin: Origin, plan: Plan, company: _Company, newcomer_role: str, *, names: set[str]
) -> list[tuple[int, Person]]:
    """
    New members; somebody who may be a known member (of these names) waits for an administrator's word.
    """
    unknown = [one for one in plan.joined if one.name not in names or not linking.propose(ctx, origin, one)]
    arrived = [(_add(ctx, origin, one, company, company.first_roles(one, newcomer_role)), one) for one in unknown]
    for member_id, person in arrived:
        identity = {"platform": origin.platform, "corp_id": origin.corp_id, "user_id": person.user_id}
        members.add_identity(ctx.tx, member_id, **identity)
    return arrived


def _bring_back(
    ctx: Context, origin: Origin, plan: Plan, company: _Company, newcomer_role: str
) -> list[tuple[int, Person]]:
    """
    Leavers who are shown again; under another name it is somebody new who got a leaver's id.
    """
    back: list[tuple[int, Person]] = []
    for leaver_id, person in plan.returned:
        roles = company.first_roles(person, newcomer_role)
        before, member_id = members.get_member(ctx.tx, leaver_id), leaver_id
        if before is not None and person.name in {None, before.name}:
            leavers.mark_returned(ctx.tx, ctx.actor, leaver_id, roles, ctx.now)
        else:
            member_id = _add(ctx, origin, person, company, roles)
            links.add(ctx.tx, ctx.actor, member_id, (origin.platform, origin.corp_id, person.user_id), ctx.now)
        back.append((member_id, person))
    return back


def _add(ctx: Context, origin: Origin, person: Person, company: _Company, roles: list[str]) -> int:
    """
    A new member as the reading shows them; the caller gives them the id and the manager.
    """
    shown = _shown(person, company.ours)
    member_id = members.add_member(
        ctx.tx,
        name=shown.get("name", person.user_id[:60]),
        title=shown.get("title", ""),
        roles=roles,
        department_id=shown.get("department_id"),
        leads_department_id=company.leads.get(person.user_id),
        now=ctx.now,
    )
    seen = {"id": f"{origin.platform}:{person.user_id}", "roles": roles}
    audit.record(
        ctx.tx, ctx.actor, "member.add", "member", member_id, at=ctx.now, to_state="active", changes=seen, version=1
    )
    return member_id


def _place(ctx: Context, origin: Origin, company: _Company, arrived: Iterable[tuple[int, Person]]) -> None:
    """
    Whom the new members report to: somebody of the same reading, perhaps new as well.
    """
    by_user, _ = directory.members_at(ctx.tx, origin.platform, origin.corp_id)
    asked = ((member_id, by_user.get(manager_of(person, company.by_id) or "")) for member_id, person in arrived)
    places.report_to(ctx.tx, {one: manager for one, manager in asked if manager is not None and manager != one})


def _keep_in_step(ctx: Context, origin: Origin, company: _Company, people: Iterable[tuple[int, Person]]) -> None:
    """
    Names, titles, departments, managers and who leads what, for the members this platform decides about.
    """
    decided = directory.led_from(ctx.tx, origin.platform, origin.corp_id)
    by_user, _ = directory.members_at(ctx.tx, origin.platform, origin.corp_id)
    members.everybody(ctx.tx)  # remembered: reading them one by one would take a statement each
    for member_id, person in people:
        record = members.get_record(ctx.tx, member_id)
        if member_id not in decided or record is None:
            continue
        shown = _shown(person, company.ours) | _reporting(
            member_id, by_user.get(manager_of(person, company.by_id) or "")
        )
        lead = shown["leads_department_id"] = company.lead(record.leads_department_id, person.user_id)
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

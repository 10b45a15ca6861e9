"""
The demo company: people, groups and customers from `demo/company.yaml`, with dates counted back from today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.post import Account
from bot.units import Units
from domain.access import Actor
from domain.customer import Protection
from domain.follow_up import Effective, FollowUpNote, judge_effective
from domain.policy import ApproverRule, BusinessPolicy, FollowUpMethod
from domain.text import parse_phone
from store import chats, history, members, meta, settings
from store.customers import NewCustomer
from store.history import PastCustomer
from store.transaction import Transaction

COMPANY = Path(__file__).resolve().parent.parent / "demo" / "company.yaml"
SYSTEM = Actor.system("demo company")
FEN_PER_YUAN = 100
POOL_COOLDOWN = timedelta(days=2)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class _People:
    """
    Ids of members and departments by their key in the file.
    """

    members: Mapping[str, int]
    departments: Mapping[str, int]
    department_of: Mapping[str, int]


def load_demo_company(units: Units, accounts: Sequence[Account]) -> bool:
    """
    Load the demo company into an empty database; False when there already are members.
    """
    company = yaml.load(COMPANY.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    with units.write(SYSTEM, cause="demo") as ctx:
        if members.active_members(ctx.tx):
            return False
        meta.mark_demo(ctx.tx)
        _use_demo_policy(ctx.tx, ctx.now)
        people = _load_people(ctx.tx, company, ctx.now)
        for account in accounts:
            _load_platform(ctx.tx, company, people, account, ctx.now)
        for entry in company["customers"]:
            history.add(ctx.tx, SYSTEM, _past(entry, people, ctx.now, ctx.policy))
    return True


def _use_demo_policy(tx: Transaction, now: datetime) -> None:
    """
    In the demo registrations go to the direct manager; the shipped policy asks the sales director.
    """
    shipped = BusinessPolicy()
    registration = replace(shipped.approvals.registration, approver=ApproverRule.DIRECT_MANAGER)
    policy = replace(shipped, approvals=replace(shipped.approvals, registration=registration))
    settings.change(tx, SYSTEM, settings.POLICY, policy.to_mapping(), now)


def _load_people(tx: Transaction, company: Mapping[str, Any], now: datetime) -> _People:
    departments: dict[str, int] = {}
    for entry in company["departments"]:
        departments[entry["key"]] = members.add_department(tx, entry["name"], departments.get(entry.get("parent")))
    insiders = [entry for entry in company["people"] if not entry.get("outsider")]
    ids: dict[str, int] = {}
    for entry in insiders:
        ids[entry["key"]] = members.add_member(
            tx,
            name=entry["name"],
            title=entry["title"],
            roles=entry["roles"],
            department_id=departments[entry["department"]],
            leads_department_id=departments.get(entry.get("leads")),
            now=now,
        )
    for entry in insiders:
        members.set_manager(tx, ids[entry["key"]], ids.get(entry.get("manager")))
    department_of = {entry["key"]: departments[entry["department"]] for entry in insiders}
    return _People(ids, departments, department_of)


def _load_platform(
    tx: Transaction, company: Mapping[str, Any], people: _People, account: Account, now: datetime
) -> None:
    for entry in company["people"]:
        user_id = entry.get(account.platform)
        if user_id and entry["key"] in people.members:
            members.add_identity(
                tx,
                people.members[entry["key"]],
                platform=account.platform,
                corp_id=account.corp_id,
                user_id=user_id,
            )
    for group in company["groups"]:
        chat_id = group.get(account.platform)
        if chat_id:
            chat = chats.remember(
                tx, account.platform, account.account, chat_id, name=group["name"], external=False, now=now
            )
            chat.department_id = people.departments[group["department"]]


def _past(entry: Mapping[str, Any], people: _People, now: datetime, policy: BusinessPolicy) -> PastCustomer:
    owner, former = entry.get("owner"), entry.get("former")
    created_at = now - timedelta(days=entry["created_days_ago"])
    pooled_at = now - timedelta(days=entry.get("pooled_days_ago", POOL_COOLDOWN.days)) if entry.get("pool") else None
    author = people.members[owner or former or "laozhang"]
    return PastCustomer(
        new=_new(entry),
        created_at=created_at,
        owner_id=people.members[owner] if owner else None,
        pool=entry.get("pool"),
        department_id=_department(entry, people),
        former_owner_id=people.members.get(former) if former else None,
        pooled_at=max(pooled_at, created_at) if pooled_at else None,
        stage="lost" if entry.get("lost") else entry["stage"],
        level=entry.get("level", ""),
        protection=_protection(entry, now, policy),
        follow_ups=_notes(entry.get("follow_ups", ()), author, now, policy),
    )


def _department(entry: Mapping[str, Any], people: _People) -> int | None:
    if entry.get("department"):
        return people.departments[entry["department"]]
    return people.department_of.get(entry.get("owner") or entry.get("former") or "")


def _new(entry: Mapping[str, Any]) -> NewCustomer:
    phone = parse_phone(str(entry.get("mobile") or entry.get("tel") or ""))
    amount = entry.get("amount_yuan")
    return NewCustomer(
        name=entry["name"],
        contact=entry.get("contact", ""),
        title=entry.get("title", ""),
        phone=phone if isinstance(phone, str) else "",
        email=entry.get("email", ""),
        amount_fen=amount * FEN_PER_YUAN if amount else None,
        source=entry.get("source", ""),
        region=entry.get("region", ""),
        industry=entry.get("industry", ""),
        need=entry.get("need", ""),
    )


def _protection(entry: Mapping[str, Any], now: datetime, policy: BusinessPolicy) -> Protection | None:
    left = entry.get("protected_days_left")
    if left is None:
        return None
    end = now + timedelta(days=left)
    start = min(end - timedelta(days=policy.protection.base_days), now - timedelta(days=entry["created_days_ago"]))
    return Protection(start=start, end=end)


def _notes(
    entries: Sequence[Mapping[str, Any]], author_id: int, now: datetime, policy: BusinessPolicy
) -> tuple[FollowUpNote, ...]:
    notes: list[FollowUpNote] = []
    for entry in sorted(entries, key=lambda entry: -entry["days_ago"]):
        note = FollowUpNote(
            author_id=author_id,
            method=FollowUpMethod(entry["method"]),
            content=entry["content"],
            at=now - timedelta(days=entry["days_ago"], hours=1),
            feedback=entry.get("feedback", ""),
            next_step=entry.get("next_step", ""),
        )
        verdict = judge_effective(note, notes, policy.follow_up)
        notes.append(replace(note, is_effective=isinstance(verdict, Effective)))
    return tuple(notes)

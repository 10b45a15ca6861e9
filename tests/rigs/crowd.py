"""
A company of many sellers whose events arrive at the same instant at several processes.

A "process" is a Bot with a database handle of its own, so that nothing but the database itself keeps two of them apart.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from sqlalchemy import select, text

from bot.clock import Clock
from bot.dispatch import Bot
from bot.events import ActionClicked, ChatRef, MessageReceived, Person
from bot.ports import Capabilities, Outbound, SendResult
from bot.post import Account
from bot.reply import Reply
from bot.router import Router
from bot.units import Units
from cards.action import Action
from cards.actions import ActionSeal
from domain.access import Actor
from domain.customer import Protection
from domain.policy import ApproverRule, BusinessPolicy
from handlers import approval_decision, pool, protection, registration_chat
from store import history, members, migrate, scope, settings
from store.customers import NewCustomer
from store.engine import Database
from store.history import PastCustomer
from store.models import Member, RegistrationDraft

SYSTEM = Actor.system("race rig")
ROUTES = (*registration_chat.ROUTES, *approval_decision.ROUTES, *pool.ROUTES, *protection.ROUTES)
PROCESSES = 4
SELLERS = 16


class RecordingAdapter:
    """
    A platform that takes everything and remembers what it was sent.
    """

    platform, account, corp_id = "feishu", "demo", "demo-tenant"
    capabilities = Capabilities(
        group_inbound=True, group_cards=True, forms=True, selects=3, buttons=10, rows=50, update_by_id=True
    )

    def __init__(self):
        self.sent: list[Outbound] = []
        self._lock = threading.Lock()

    def render(self, message: Outbound) -> str:
        return message.text

    def send(self, message: Outbound, rendered: str) -> SendResult:
        with self._lock:
            self.sent.append(message)
            return SendResult(f"om_{len(self.sent)}", f"om_{len(self.sent)}")


class Process:
    def __init__(self, url: str, clock: Clock, seal: ActionSeal, adapter: RecordingAdapter):
        self.database = Database(url)
        account = Account(adapter.platform, adapter.account, adapter.corp_id)
        self.units = Units(self.database, clock, [account], public_url="http://127.0.0.1")
        adapters = {(adapter.platform, adapter.account): adapter}
        self.bot = Bot(self.database, self.units, Router.of(ROUTES), adapters, seal, clock, wake=lambda: None)


class Crowd:
    """
    Sixteen sellers, their manager 老张 and the director 周总.
    """

    def __init__(self, url: str):
        scope.install()
        self.clock, self.seal, self.adapter = Clock(), ActionSeal(b"race rig"), RecordingAdapter()
        self.processes = [Process(url, self.clock, self.seal, self.adapter) for _ in range(PROCESSES)]
        self._keys = count(1)
        migrate.upgrade(self.database.engine)
        self.sellers = [f"seller{number}" for number in range(1, SELLERS + 1)]
        self.ids = self._hire()
        self.change_policy(ask_direct_manager)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.database.close()

    @property
    def database(self) -> Database:
        return self.processes[0].database

    def _hire(self) -> dict[str, int]:
        now = self.clock.now()
        with self.database.write() as tx:
            east = members.add_department(tx, "华东一组", None)

            def hire(user: str, name: str, role: str, boss: int | None = None) -> int:
                leads = None if role == "sales" else east
                member = members.add_member(
                    tx, name=name, title="", roles=[role], department_id=east, leads_department_id=leads, now=now
                )
                members.set_manager(tx, member, boss)
                members.add_identity(tx, member, platform="feishu", corp_id=self.adapter.corp_id, user_id=f"ou_{user}")
                return member

            director = hire("zhouzong", "周总", "director")
            manager = hire("laozhang", "老张", "manager", director)
            sellers = {user: hire(user, f"销售{user[6:]}", "sales", manager) for user in self.sellers}
            return {"zhouzong": director, "laozhang": manager, **sellers}

    def without_forms(self) -> None:
        """
        From now on the platform shows no form: registrations are a guided dialogue.
        """
        self.adapter.capabilities = replace(self.adapter.capabilities, forms=False)

    def change_policy(self, change: Callable) -> None:
        with self.database.write() as tx:
            policy = change(settings.business_policy(tx).policy)
            settings.change(tx, SYSTEM, settings.POLICY, policy.to_mapping(), self.clock.now())

    def customer(self, name: str, **past) -> int:
        """
        A customer with a past: `owner` with `protected_for`, or `pool` since `pooled_at`.
        """
        now = self.clock.now()
        owner, former = past.get("owner"), past.get("former")
        protected_for = past.get("protected_for")
        entry = PastCustomer(
            new=NewCustomer(name=name, phone=past.get("phone", "")),
            created_at=past.get("created_at", now),
            owner_id=self.ids[owner] if owner else None,
            pool=past.get("pool"),
            department_id=self._department(),
            former_owner_id=self.ids[former] if former else None,
            pooled_at=past.get("pooled_at"),
            stage="lead",
            level="",
            protection=Protection(start=now, end=now + protected_for) if protected_for else None,
            follow_ups=(),
        )
        with self.database.write() as tx:
            tx.policy = settings.business_policy(tx).policy
            return history.add(tx, SYSTEM, entry)

    def _department(self) -> int:
        with self.database.read() as tx:
            return tx.session.get(Member, self.ids["laozhang"]).department_id

    def message(self, user: str, words: str) -> MessageReceived:
        key = f"om_in_{next(self._keys)}"
        return MessageReceived(
            **self._common(user, key), chat=ChatRef("direct", f"oc_{user}"), message_id=key, text=words
        )

    def click(self, user: str, action: Action, **form: str) -> ActionClicked:
        payload = self.seal.seal(action.card_action())
        key = f"click_{next(self._keys)}"
        return ActionClicked(**self._common(user, key), chat=ChatRef("direct", ""), payload=payload, form=form)

    def _common(self, user: str, key: str) -> dict:
        return {
            "platform": "feishu",
            "account": "demo",
            "key": key,
            "sender": Person(f"ou_{user}"),
            "sent_at": self.clock.now(),
        }

    def handle(self, event: MessageReceived | ActionClicked) -> Reply:
        return self.processes[0].bot.handle(event)

    def at_once(self, events: Sequence[MessageReceived | ActionClicked]) -> list[Reply]:
        """
        All events at the same instant, each at the next process in turn; the answers in the order of the events.
        """
        bots = [self.processes[number % PROCESSES].bot for number in range(len(events))]
        return together(
            [lambda bot=bot, event=event: bot.handle(event) for bot, event in zip(bots, events, strict=True)]
        )

    def drafts(self) -> dict[str, int]:
        """
        The newest draft of each seller.
        """
        users = {member: user for user, member in self.ids.items()}
        with self.database.read() as tx:
            rows = tx.session.execute(select(RegistrationDraft.member_id, RegistrationDraft.id).order_by("id")).all()
        return {users[row.member_id]: row.id for row in rows}

    def rows(self, statement: str, **values) -> list[tuple]:
        with self.database.read() as tx:
            return [tuple(row) for row in tx.session.execute(text(statement), values)]


def ask_direct_manager(policy: BusinessPolicy) -> BusinessPolicy:
    registration = replace(policy.approvals.registration, approver=ApproverRule.DIRECT_MANAGER)
    return replace(policy, approvals=replace(policy.approvals, registration=registration))


def together(calls: Sequence[Callable]) -> list:
    """
    Start all calls at the same instant, each in a thread; the results in order.
    """
    barrier = threading.Barrier(len(calls))

    def run(call: Callable):
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))

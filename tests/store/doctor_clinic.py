"""
A healthy little database for the doctor, and the means to make it ill where the schema would not allow it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.access import Actor, Role
from domain.approval import ApprovalKind, Decided, Decision, decide, open_approval
from domain.policy import PoolKey
from domain.protection import Protection
from store import (
    approvals,
    audit,
    customer_changes,
    history,
    jobs,
    leaver,
    members,
    outbox,
    registrations,
    tasks,
    tokens,
)
from store.customers import NewCustomer
from store.engine import Database
from store.history import PastCustomer
from store.inbox import claim, finish
from store.outbox import Draft, Sent
from store.transaction import Transaction

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
YESTERDAY = NOW - timedelta(days=1)
SYSTEM = Actor.system("clinic")


class Clinic:
    """
    Members 1 boss, 2 ann, 3 bob, 4 gone. Registrations 1 approved, 2 rejected, 3 pending, each with its approval.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)

    def fill(self) -> None:
        with self.database.write() as tx:
            _people(tx)
            _customers(tx)
            for number, decision in enumerate((Decision.APPROVE, Decision.REJECT, None), start=1):
                _registration(tx, f"南京测试{'甲乙丙'[number - 1]}信息技术有限公司", decision)
            _traffic(tx)
            leaver.mark_left(tx, SYSTEM, 4, YESTERDAY)
            audit.seal(tx)

    @contextmanager
    def ill(self, *statements: str, tables: tuple[str, ...] = ()) -> Iterator[Transaction]:
        """
        A transaction in which the statements were run, with the constraints of `tables` lifted; nothing of it stays.
        """
        engine = self.database.engine
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            if self.database.is_sqlite:
                driver.execute("PRAGMA foreign_keys=OFF")
            try:
                for table in tables:
                    _lift_constraints(connection, table)
                for statement in statements:
                    connection.exec_driver_sql(statement)
                yield Transaction(connection)
            finally:
                connection.rollback()
                if self.database.is_sqlite:
                    driver.execute("PRAGMA foreign_keys=ON")


def _lift_constraints(connection, table: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"CREATE TABLE loose AS SELECT * FROM {table}"))
        connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text(f"ALTER TABLE loose RENAME TO {table}"))
        return
    found = connection.execute(
        text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype <> 'n'"),
        {"table": table},
    )
    for (name,) in found.all():
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE'))
    unique = connection.execute(
        text(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = CAST(:table AS regclass) AND indisunique"
        ),
        {"table": table},
    )
    for (name,) in unique.all():
        connection.execute(text(f"DROP INDEX {name}"))
    columns = connection.execute(
        text(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND attnotnull"
        ),
        {"table": table},
    )
    for (name,) in columns.all():
        connection.execute(text(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP NOT NULL'))


def _people(tx: Transaction) -> None:
    department = members.add_department(tx, "华东一组", None)
    for name, role in (("老张", "manager"), ("小安", "sales"), ("小博", "sales"), ("小离", "sales")):
        members.add_member(
            tx,
            name=name,
            title="",
            roles=[role],
            department_id=department,
            leads_department_id=None,
            now=YESTERDAY - timedelta(days=60),
        )
    tokens.create(tx, SYSTEM, 2, ["api"], YESTERDAY)


def _customers(tx: Transaction) -> None:
    for name, owner, pool in (("杭州测试一号机械有限公司", 2, None), ("杭州测试二号食品有限公司", None, "regional")):
        protection = Protection(start=YESTERDAY, end=YESTERDAY + timedelta(days=30)) if owner else None
        history.add(
            tx,
            SYSTEM,
            PastCustomer(
                new=NewCustomer(name=name, contact="王芳", phone="13900001111" if owner else "13900002222"),
                created_at=YESTERDAY,
                owner_id=owner,
                pool=pool,
                department_id=1,
                former_owner_id=None,
                pooled_at=YESTERDAY if pool else None,
                stage="lead",
                level="",
                protection=protection,
                follow_ups=(),
            ),
        )
    tasks.add(tx, SYSTEM, 2, kind="note", title="回电话", customer_id=1, due_at=None, now=YESTERDAY)


def _registration(tx: Transaction, name: str, decision: Decision | None) -> None:
    ann = Actor(member_id=2, roles=frozenset({Role.SALES}), via="feishu")
    boss = Actor(member_id=1, roles=frozenset({Role.MANAGER}), via="feishu")
    customer_id = customer_changes.create_pending(tx, ann, NewCustomer(name=name), YESTERDAY)
    registration_id = registrations.create(
        tx, ann, customer_id=customer_id, verdict="none", evidence=[], form={"name": name}, now=YESTERDAY
    )
    approval_id = approvals.create(
        tx,
        ann,
        open_approval(ApprovalKind.REGISTRATION, 2, [(1,)], YESTERDAY),
        object_type="registration",
        object_id=registration_id,
        timer=None,
        now=YESTERDAY,
    )
    _card(tx, f"ask:{approval_id}", member_id=1, subject=f"approval:{approval_id}")
    if decision is None:
        return
    record = approvals.lock(tx, approval_id)
    made = decide(record.value, 1, decision, YESTERDAY, reason="不符合要求")
    assert isinstance(made, Decided)
    assert approvals.save(tx, boss, record, made.approval, timer=None, now=YESTERDAY)
    state = "approved" if decision is Decision.APPROVE else "rejected"
    registrations.finish(tx, boss, registration_id, state, now=YESTERDAY)
    if decision is Decision.APPROVE:
        protection = Protection(start=YESTERDAY, end=YESTERDAY + timedelta(days=30))
        customer_changes.give_to_owner(
            tx, boss, customer_id, 2, protection=protection, basis="base", reason="registered", now=YESTERDAY
        )
        customer_changes.put_into_pool(
            tx,
            boss,
            customer_id,
            PoolKey.REGIONAL,
            claimable_from=NOW,
            cooldown_until=NOW,
            reason="returned",
            now=YESTERDAY,
        )
        customer_changes.give_to_owner(
            tx, boss, customer_id, 2, protection=protection, basis="base", reason="assigned", now=YESTERDAY
        )
    else:
        customer_changes.reject(tx, boss, customer_id, YESTERDAY, reason="不符合要求")


def _card(tx: Transaction, key: str, *, member_id: int, subject: str) -> None:
    draft = Draft(
        key=key,
        platform="feishu",
        account="demo",
        recipient_kind="person",
        recipient_id=f"ou_{member_id}",
        member_id=member_id,
        text="卡片",
        subject=subject,
        purpose="request",
        due_at=YESTERDAY,
    )
    row_id = outbox.enqueue(tx, draft, YESTERDAY)
    [leased] = outbox.claim_due(tx, YESTERDAY, limit=1, lease="clinic")
    assert leased.id == row_id
    tx.session.flush()
    sent = Sent(message_id=f"om_{key}", card_ref=f"om_{key}", update_token=None, update_token_expires_at=None)
    outbox.mark_sent(tx, row_id, "clinic", sent, YESTERDAY)
    tx.session.expire_all()


def _traffic(tx: Transaction) -> None:
    fresh = claim(tx, "feishu", "demo", "event-1", YESTERDAY)
    finish(tx, fresh.inbox_id, "{}", YESTERDAY)
    run_id = jobs.claim_slot(tx, "purge", YESTERDAY, YESTERDAY)
    jobs.finish_slot(tx, run_id, "done", "0", YESTERDAY)
    assert jobs.remind_once(tx, "protection_7", "customer", 1, YESTERDAY, YESTERDAY)
    _card(tx, "to-the-leaver", member_id=4, subject="")

"""
The outbox's queues: one message to a recipient after the other, whatever holds the first one up.
"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from store import outbox
from store.outbox import Draft

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
LATER = MONDAY + timedelta(seconds=30)


def put(database, key, to="ou_1", due_at=MONDAY):
    draft = Draft(
        key=key,
        platform="feishu",
        account="demo",
        recipient_kind="person",
        recipient_id=to,
        member_id=None,
        text=key,
        due_at=due_at,
    )
    with database.write() as tx:
        outbox.enqueue(tx, draft, MONDAY)


def claim(database, now=MONDAY, limit=20):
    with database.write() as tx:
        return {row.text: row.id for row in outbox.claim_due(tx, now, limit=limit, lease="mine")}


def change(database, function, *arguments, **options):
    with database.write() as tx:
        function(tx, *arguments, **options)


def test_each_recipient_gets_one_message_after_the_other(database):
    for key, to in (("a1", "ou_a"), ("a2", "ou_a"), ("b1", "ou_b")):
        put(database, key, to)

    assert {"a1", "b1"} == claim(database).keys()
    assert {} == claim(database)


def test_what_a_rate_limit_holds_back_keeps_its_place(database):
    put(database, "first")
    put(database, "second")
    row_id = claim(database)["first"]

    change(database, outbox.postpone, row_id, "mine", at=LATER)

    assert {} == claim(database)
    assert {"first"} == claim(database, LATER).keys()


def test_a_message_that_is_tried_again_keeps_its_place(database):
    put(database, "first")
    put(database, "second")
    row_id = claim(database)["first"]

    change(database, outbox.mark_again, row_id, "mine", at=LATER, error="busy")

    assert {} == claim(database)


def test_a_message_planned_for_later_lets_others_pass(database):
    put(database, "tomorrow", due_at=MONDAY + timedelta(days=1))
    put(database, "now")

    assert {"now"} == claim(database).keys()


def test_a_lease_that_nobody_ended_is_taken_over(database):
    put(database, "left behind")
    claim(database)

    assert {} == claim(database, MONDAY + outbox.LEASE - timedelta(seconds=1))
    assert {"left behind"} == claim(database, MONDAY + outbox.LEASE).keys()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_sent_costs_the_next_round_nothing(database):
    """
    The questions of every round are answered from the small indexes of open rows, however many rows were ever sent.
    """
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with database.read() as tx:
        outbox.claim_due(tx, MONDAY, limit=20, lease="mine")
        outbox.next_due(tx)
        questions = [call for call in asked if call[0].startswith("SELECT")]
        plans = [
            row.detail
            for statement, values in questions
            for row in tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    assert len(questions) == 2
    assert [plan for plan in plans if "outbox" in plan and "ix_outbox_" not in plan and "PRIMARY KEY" not in plan] == []

"""
Several processes at one outbox and one calendar: each message goes out once, in order, and each slot runs once.
"""

from collections import Counter
from datetime import timedelta

from crowd import SYSTEM, together
from sqlalchemy import select

from bot.delivery import Delivery
from bot.jobs import Batch, JobSpec
from bot.post import Address
from cards.model import Card, to_json
from scheduler.runner import Runner
from store import outbox
from store.models import OutboxMessage


def write(crowd, wanted, people):
    with crowd.processes[0].units.write(SYSTEM, cause="outbox race") as ctx:
        for number in range(wanted):
            recipient = f"ou_{number % people}"
            ctx.post.to_address(Address("feishu", "demo", "person", recipient), text=f"第 {number} 条")


def deliver_together(crowd):
    adapters = {("feishu", "demo"): crowd.adapter}
    loops = [Delivery(process.database, adapters, crowd.clock) for process in crowd.processes]
    together([loop.drain for loop in loops])
    for loop in loops:
        loop.stop()


def test_delivery_loops_side_by_side_send_each_message_once_and_in_order(crowd):
    write(crowd, 40, people=5)

    deliver_together(crowd)
    deliver_together(crowd)

    assert Counter({"sent": 40}) == Counter(state for (state,) in crowd.rows("SELECT state FROM outbox"))
    assert Counter(f"第 {number} 条" for number in range(40)) == Counter(sent.text for sent in crowd.adapter.sent)
    for person in range(5):
        numbers = [int(s.text.split()[1]) for s in crowd.adapter.sent if s.recipient.id == f"ou_{person}"]
        assert sorted(numbers) == numbers


def test_a_card_on_its_way_is_not_replaced_behind_the_senders_back(crowd):
    write(crowd, 1, people=1)
    changing, sending = crowd.processes[:2]
    with changing.database.read() as tx:
        row = tx.session.scalars(select(OutboxMessage)).one()
    with sending.database.write() as tx:
        assert [row.id] == [each.id for each in outbox.claim_due(tx, crowd.clock.now(), limit=5, lease="other")]

    with changing.database.write() as tx:
        tx.session.add(row)
        replaced = outbox.replace_card(tx, row, to_json(Card("新的一面")))

    assert not replaced
    assert [(None,)] == crowd.rows("SELECT card FROM outbox")


def test_a_due_slot_runs_in_one_of_four_processes(crowd):
    ran = []

    def run(ctx, slot):
        ran.append(slot)
        return Batch(1)

    daily = JobSpec("daily", "0 18 * * *", run, "latest")
    runners = [Runner(process.units, [daily], drain=lambda: 0) for process in crowd.processes]
    crowd.clock.set(crowd.clock.now() + timedelta(days=1))

    together([runner.tick for runner in runners])

    assert 1 == len(ran)
    assert [("daily", "done")] == crowd.rows("SELECT job, state FROM job_run")

"""
What nobody came back to: stuck events raise an alarm, old words are forgotten while their keys stay.
"""

from datetime import timedelta

from sqlalchemy import select

from domain.access import Actor
from handlers import housekeeping
from store import alarms, inbox
from store.models import InboxEvent

SYSTEM = Actor.system("test of housekeeping")


def _run(product, job, now):
    with product.units.write(SYSTEM, cause="test", now=now) as ctx:
        return job(ctx, now)


def test_an_event_that_failed_and_never_came_again_becomes_dead_with_an_alarm(product):
    now = product.clock.now()
    with product.database.write() as tx:
        inbox.count_failure(tx, "feishu", "demo", "e1", "7F3A ValueError", now)

    early = _run(product, housekeeping.give_up_stuck_events, now + timedelta(minutes=9))
    late = _run(product, housekeeping.give_up_stuck_events, now + timedelta(minutes=11))

    with product.database.read() as tx:
        raised = [(alarm.source, alarm.message) for alarm in alarms.open_alarms(tx)]
        due = housekeeping.next_stuck_event(tx, now)
    assert (early.done, late.done) == (0, 1)
    assert raised == [("inbox", "an event failed and was not delivered again")]
    assert due is None


def test_a_dead_event_that_is_delivered_again_is_tried_again(product):
    now = product.clock.now()
    with product.database.write() as tx:
        inbox.count_failure(tx, "feishu", "demo", "e1", "7F3A ValueError", now)
    _run(product, housekeeping.give_up_stuck_events, now + timedelta(hours=1))

    with product.database.write() as tx:
        claimed = inbox.claim(tx, "feishu", "demo", "e1", now + timedelta(hours=1))

    assert isinstance(claimed, inbox.Fresh)


def test_answers_older_than_thirty_days_are_forgotten_and_their_keys_stay(product):
    now = product.clock.now()
    with product.database.write() as tx:
        claimed = inbox.claim(tx, "feishu", "demo", "e1", now)
        inbox.finish(tx, claimed.inbox_id, '{"toast":{"text":"张伟 13800001111","level":"info"},"card":null}', now)

    _run(product, housekeeping.purge, now + timedelta(days=31))

    with product.database.read() as tx:
        row = tx.session.scalars(select(InboxEvent)).one()
    assert (row.event_key, row.reply, row.state) == ("e1", None, "done")

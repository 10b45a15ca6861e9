"""
Slots of jobs: each runs once, what was missed is caught up by the job's rule, one broken job does not stop the others.
"""

from datetime import timedelta

import pytest

from bot.jobs import Batch, Held, JobSpec
from scheduler.runner import Runner

HOURLY = "0 * * * *"


class Diary:
    """
    A job that writes down its slots, and what the clock showed.
    """

    def __init__(self):
        self.slots = []
        self.shown = []

    def run(self, ctx, slot):
        self.slots.append(slot)
        self.shown.append(ctx.now)
        return Batch(1)


@pytest.fixture
def diary():
    return Diary()


def runner(product, *specs):
    return Runner(product.units, specs, drain=lambda: None)


def stop_for(product, **time):
    product.clock.set(product.clock.now() + timedelta(**time))


@pytest.mark.parametrize(("rule", "hours"), [("all", [1, 2, 3]), ("latest", [3]), ("none", [])])
def test_slots_missed_while_nothing_ran_are_caught_up_by_the_jobs_rule(product, diary, rule, hours):
    began = product.clock.now()
    jobs = runner(product, JobSpec("hourly", HOURLY, diary.run, rule))

    stop_for(product, hours=3, minutes=10)
    jobs.tick()

    assert [began + timedelta(hours=hour) for hour in hours] == diary.slots


def test_what_a_restarted_process_missed_counts_from_the_last_slot_that_ran(product, diary):
    hourly = JobSpec("hourly", HOURLY, diary.run, "all")
    began = product.clock.now()
    before = runner(product, hourly)
    stop_for(product, hours=1)
    before.tick()

    stop_for(product, hours=2)
    runner(product, hourly).tick()

    assert [began + timedelta(hours=hour) for hour in (1, 2, 3)] == diary.slots


def test_a_slot_runs_once_however_many_processes_look(product, diary):
    hourly = JobSpec("hourly", HOURLY, diary.run, "latest")
    processes = [runner(product, hourly) for _ in range(3)]
    stop_for(product, hours=1)

    for process in processes * 2:
        process.tick()

    assert 1 == len(diary.slots)


def test_a_broken_job_raises_an_alarm_and_does_not_stop_the_others(product, diary):
    def broken(ctx, slot):
        raise ZeroDivisionError

    jobs = runner(product, JobSpec("broken", HOURLY, broken, "latest"), JobSpec("hourly", HOURLY, diary.run, "latest"))
    stop_for(product, hours=1)

    ran = jobs.tick()

    assert [("broken", "failed"), ("hourly", "done")] == [(each.job, each.state) for each in ran]
    with product.database.read() as tx:
        assert 1 == tx.connection.exec_driver_sql("SELECT count(*) FROM alarm").scalar()


def test_a_sweep_that_would_touch_too_much_is_held_until_a_person_confirms(product):
    def sweep(ctx, slot):
        return Batch(500) if ctx.is_confirmed else Held(count=500, limit=20)

    jobs = runner(product, JobSpec("sweep", HOURLY, sweep, "latest"))

    assert "held" == jobs.run_now("sweep").state
    assert ("done", "500") == ((done := jobs.run_now("sweep", confirmed=True)).state, done.result)


def test_moving_the_clock_stops_at_every_slot_on_the_way(product, diary):
    began = product.clock.now()
    jobs = runner(product, JobSpec("hourly", HOURLY, diary.run, "latest"))

    jobs.advance(began + timedelta(hours=3, minutes=30))

    assert [began + timedelta(hours=hour) for hour in (1, 2, 3)] == diary.slots == diary.shown
    assert began + timedelta(hours=3, minutes=30) == product.clock.now()


def test_what_jobs_asked_for_is_done_once_at_the_end_of_a_jump(product, diary):
    began, polled, sent = product.clock.now(), [], []
    specs = [JobSpec("hourly", HOURLY, diary.run, "all")]
    jobs = Runner(
        product.units, specs, drain=lambda: sent.append(len(polled)), poll=lambda: polled.append(product.clock.now())
    )

    jobs.advance(began + timedelta(hours=2, minutes=30))
    jobs.advance(began + timedelta(hours=2, minutes=40))

    assert [began + timedelta(hours=2, minutes=minutes) for minutes in (30, 40)] == polled
    assert [0, 0, 1, 2] == sent

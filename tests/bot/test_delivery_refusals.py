"""
What the delivery loop makes of what platforms answer: tried again, given up, left to an operator, told to administrators.
"""

from datetime import timedelta

import pytest

from bot.ports import NotWorthACall, SendResult
from bot.post import Address
from domain.errors import PlatformError
from store import alarms
from tests.bot.test_delivery import CARD, Office, person


@pytest.fixture
def office(database):
    office = Office(database)
    yield office
    office.talk.close()


def told(office):
    with office.talk.database.read() as tx:
        return [(each.source, each.source_id, each.message) for each in alarms.open_alarms(tx)]


def send(office, refusal, times=1):
    office.platform.refuses = refusal
    for _ in range(times):
        office.write(lambda post: post.to_address(person(office), card=CARD))
    office.deliver()


@pytest.mark.parametrize(
    ("refusal", "state"),
    [
        (PlatformError("x", permanent=True), "dead"),
        (PlatformError("x", permanent=True, unknown_outcome=True), "uncertain"),
        (PlatformError("x", unknown_outcome=True), "pending"),
        (PlatformError("x", retry_after=5.0), "pending"),
        (PlatformError("x", retry_after=5.0, tried=False), "pending"),
    ],
)
def test_what_may_have_been_said_and_would_not_be_recognised_is_left_to_an_operator(office, refusal, state):
    send(office, refusal)

    assert [state] == office.states()


@pytest.mark.parametrize("tried", [True, False])
def test_trouble_with_the_account_is_one_alarm_however_many_messages_meet_it(office, tried):
    send(office, PlatformError("quota", "gone", retry_after=3600.0, tried=tried, about_account=True), times=3)

    expected = ("account", "feishu/demo:2026-11:quota", "feishu/demo: quota: gone")
    assert [expected] == told(office)


def test_an_update_that_is_not_worth_a_call_is_left_out_and_said_to_be_so(office):
    send(office, NotWorthACall("the month's calls run out"))

    assert (["cancelled"], 1) == (office.states(), len(office.platform.asked))
    assert [("account", "feishu/demo:2026-11:saving", "feishu/demo: the month's calls run out")] == told(office)


def test_a_warning_with_a_success_reaches_the_administrators(office):
    office.talk.platform.send = lambda message, rendered: SendResult(message.ref, warning="850 of 1000")
    office.write(lambda post: post.to_address(Address("feishu", "demo", "group", "oc_1"), text="日报"))
    office.deliver()

    assert ["sent"] == office.states()
    assert [("account", "feishu/demo:2026-11:warning", "feishu/demo: 850 of 1000")] == told(office)


AWAY = PlatformError("http_unreachable", "https://platform.example ConnectTimeout")


def hours_pass(office, hours):
    """
    Rounds of the delivery loop, one every five minutes.
    """
    for _ in range(int(hours * 12)):
        office.talk.pass_time(minutes=5)
        office.deliver()


@pytest.mark.parametrize("trouble", [AWAY, PlatformError("slow_down", retry_after=60.0)])
def test_a_platform_that_is_away_for_hours_loses_nothing_and_is_one_alarm(office, trouble):
    send(office, trouble, times=3)
    hours_pass(office, hours=12)
    alarm, *others = told(office)

    office.platform.refuses = None
    hours_pass(office, hours=1)

    assert ([], "outage") == (others, alarm[0])
    assert alarm[1].startswith("feishu/demo@20261123T")
    assert ["sent"] * 3 == office.states()
    assert [] == told(office)


def test_when_a_platform_comes_back_nobody_waits_for_a_turn_of_their_own(office):
    office.platform.refuses = AWAY
    for name in ("小李", "小王", "老张"):
        office.write(lambda post, name=name: post.to_address(person(office, name), card=CARD))
        hours_pass(office, hours=1)
    asked = len(office.platform.asked)
    office.platform.refuses = None
    while len(office.platform.asked) == asked:
        hours_pass(office, hours=1 / 12)

    assert ["sent"] * 3 == office.states()


def test_what_a_platform_never_takes_while_it_takes_others_is_given_up(office):
    office.platform.refuses = PlatformError("busy", retry_after=5.0)
    office.write(lambda post: post.to_address(person(office), card=CARD))
    office.deliver()
    office.platform.only = office.platform.asked[0].ref
    for _ in range(24):
        office.write(lambda post: post.to_address(person(office, "小王"), card=CARD))
        hours_pass(office, hours=1)

    assert ["dead"] + ["sent"] * 24 == office.states()
    assert [("outbox", "dead: busy")] == [(source, message) for source, _, message in told(office)]


def test_waiting_grows_whatever_the_platform_says(office):
    send(office, PlatformError("busy", retry_after=1.0))
    hours_pass(office, hours=1)

    assert len(office.platform.asked) <= 12


def test_a_short_failure_is_no_alarm(office):
    send(office, AWAY)
    office.platform.refuses = None
    hours_pass(office, hours=1)

    assert (["sent"], []) == (office.states(), told(office))


LOST = PlatformError("http_no_answer", unknown_outcome=True)


def test_what_may_have_been_said_is_not_said_again_when_the_platform_may_have_forgotten(office):
    send(office, LOST)
    hours_pass(office, hours=2)

    said_at = [at - office.platform.asked_at[0] for at in office.platform.asked_at]
    assert ["uncertain"] == office.states()
    assert len(said_at) > 2
    assert max(said_at) < timedelta(minutes=30)


def test_a_queue_of_hours_takes_no_chance_away(office):
    send(office, PlatformError("wait", retry_after=1800.0, tried=False))
    hours_pass(office, hours=3)
    office.platform.refuses = LOST
    hours_pass(office, hours=1 / 3)
    office.platform.refuses = None
    hours_pass(office, hours=1)

    assert ["sent"] == office.states()


def test_what_was_on_its_way_when_the_process_ended_is_left_to_an_operator_after_a_while(office):
    def kill(message, rendered):
        raise KeyboardInterrupt

    office.talk.platform.send = kill
    office.write(lambda post: post.to_address(person(office), card=CARD))
    with pytest.raises(KeyboardInterrupt):
        office.deliver()
    office.talk.platform.send = office.platform.send
    office.talk.pass_time(minutes=40)
    office.deliver()

    assert (["uncertain"], []) == (office.states(), office.platform.asked)


def test_what_was_on_its_way_a_moment_ago_is_said_with_the_same_bytes(office):
    send(office, LOST)
    office.platform.refuses = None
    hours_pass(office, hours=1 / 4)

    assert ["sent"] == office.states()
    assert 1 == len({message.ref for message in office.platform.asked})

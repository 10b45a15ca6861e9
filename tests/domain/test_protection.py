from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Actor, Role
from domain.customer import CustomerState, Protection, Stage
from domain.policy import PoolKey
from domain.pool import Release, ReleaseReason
from domain.protection import (
    AwaitsExtension,
    Clock,
    ClockKind,
    ExtensionClaim,
    ExtensionNeedsApproval,
    ExtensionRefusal,
    ExtensionRefused,
    KeepOwner,
    NotDue,
    ProtectionBasis,
    Reminder,
    decide_expiry,
    decide_extension,
    due_reminders,
    extend,
    nearest_clock,
    protection_end,
    reminder_due_at,
)
from domain.worktime import SHANGHAI
from tests.domain.business_facts import POLICY, XIAOLI, XIAOWANG, china, owned_customer, pooled_customer, seller

RULES = POLICY.protection
START, MIDWAY, END = china(9, 1, 10), china(9, 20), china(10, 1, 10)
TWO_FOLLOW_UPS = ExtensionClaim(effective_follow_ups=2)
INSTANTS = st.datetimes(datetime(2026, 8, 1), datetime(2027, 8, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def reminders(customer, now, sent=frozenset()):
    return due_reminders(customer, sent, now, RULES)


def extension(customer=None, requester=None, claim=TWO_FOLLOW_UPS, now=MIDWAY):
    return decide_extension(customer or owned_customer(), requester or seller(XIAOLI), claim, now, RULES)


@pytest.mark.parametrize(
    ("source", "is_gold_partner", "end", "basis"),
    [
        ("展会/活动", False, china(10, 1, 10), ProtectionBasis.BASE),
        (None, False, china(10, 1, 10), ProtectionBasis.BASE),
        ("官网表单", False, china(10, 16, 10), ProtectionBasis.HOT_SOURCE),
        ("官网表单", True, china(10, 31, 10), ProtectionBasis.GOLD_PARTNER),
    ],
)
def test_source_and_partner_set_the_length_of_a_protection(source, is_gold_partner, end, basis):
    assert (end, basis) == protection_end(START, source, POLICY, is_gold_partner=is_gold_partner)


@pytest.mark.parametrize(
    ("end", "days", "expected"),
    [
        pytest.param(china(10, 1, 10), 7, china(9, 24, 9), id="same day when the end is later than nine"),
        pytest.param(china(10, 1, 10), 1, china(9, 30, 9), id="the day before"),
        pytest.param(china(10, 1, 6), 7, china(9, 23, 9), id="one day earlier when the end is before nine"),
        pytest.param(china(10, 1, 9), 3, china(9, 28, 9), id="exactly nine"),
    ],
)
def test_reminder_comes_at_nine_with_that_many_whole_days_left(end, days, expected):
    assert expected == reminder_due_at(Protection(start=START, end=end), days, RULES)


def test_each_reminder_is_due_from_its_morning_on():
    customer = owned_customer()

    assert () == reminders(customer, china(9, 24, 8, 59))
    assert (Reminder(days_before=7, due_at=china(9, 24, 9), is_superseded=False, releases=True),) == reminders(
        customer, china(9, 24, 9)
    )
    assert () == reminders(customer, china(9, 24, 9), frozenset({7}))
    assert [3] == [reminder.days_before for reminder in reminders(customer, china(9, 28, 9), frozenset({7}))]


def test_reminders_missed_during_downtime_are_superseded_by_the_newest():
    assert [(7, True), (3, True), (1, False)] == [
        (reminder.days_before, reminder.is_superseded) for reminder in reminders(owned_customer(), china(10, 1, 9, 59))
    ]


def test_reminder_says_that_an_effective_follow_up_has_saved_the_customer():
    saved = owned_customer(last_effective_at=china(9, 10))

    assert [False] == [reminder.releases for reminder in reminders(saved, china(9, 24, 9))]


@pytest.mark.parametrize(
    "customer",
    [
        pytest.param(owned_customer(protection=None), id="never protected"),
        pytest.param(owned_customer(protection=Protection(start=START, end=china(9, 29))), id="protection over"),
        pytest.param(owned_customer(stage=Stage.PAYMENT), id="won"),
        pytest.param(pooled_customer(), id="in a pool"),
    ],
)
def test_nobody_is_reminded_where_no_protection_runs(customer):
    assert () == reminders(customer, china(9, 30, 10))


def test_reminder_from_before_the_protection_began_is_not_due():
    short = owned_customer(protection=Protection(start=china(9, 28, 10), end=END))

    assert [1] == [reminder.days_before for reminder in reminders(short, china(9, 30, 10))]


def test_protection_without_effective_follow_up_releases_to_the_regional_pool():
    assert Release(
        customer_id=7,
        pool=PoolKey.REGIONAL,
        reason=ReleaseReason.PROTECTION_LAPSED,
        released_at=END,
        claimable_from=china(10, 2, 10),
        former_owner_id=XIAOLI,
        cooldown_until=china(10, 31, 10),
    ) == decide_expiry(owned_customer(), END, POLICY)


def test_follow_up_from_before_the_protection_does_not_save_the_customer():
    before = owned_customer(last_effective_at=china(8, 31))

    assert isinstance(decide_expiry(before, END, POLICY), Release)


def test_nothing_is_due_while_the_protection_runs():
    assert NotDue(Clock(ClockKind.REMINDER, china(9, 24, 9))) == decide_expiry(owned_customer(), china(9, 2), POLICY)


def test_effective_follow_up_keeps_the_owner_beyond_the_protection():
    saved = owned_customer(last_effective_at=china(9, 10))

    assert KeepOwner(Clock(ClockKind.KEEP_ALIVE, china(10, 31, 10))) == decide_expiry(saved, END, POLICY)


def test_keep_alive_is_fed_by_the_newest_effective_follow_up_and_lapses_without():
    fed = owned_customer(last_effective_at=china(10, 20, 15))

    assert KeepOwner(Clock(ClockKind.KEEP_ALIVE, china(11, 19, 15))) == decide_expiry(fed, china(11, 1), POLICY)
    released = decide_expiry(fed, china(11, 19, 15), POLICY)
    assert isinstance(released, Release)
    assert ReleaseReason.KEEP_ALIVE_LAPSED is released.reason


def test_release_waits_for_a_pending_extension():
    assert AwaitsExtension() == decide_expiry(owned_customer(), END, POLICY, is_extension_pending=True)


def test_pending_extension_does_not_stop_the_keep_alive_clock():
    saved = owned_customer(last_effective_at=china(9, 10))

    assert isinstance(decide_expiry(saved, china(11, 1), POLICY, is_extension_pending=True), Release)


def test_untouched_customer_without_protection_goes_to_the_sleeping_pool_after_180_days():
    idle = owned_customer(protection=None, last_touched_at=china(1, 1, 9))
    due_at = china(1, 1, 9) + timedelta(days=180)

    assert NotDue(Clock(ClockKind.CLEANSING, due_at)) == decide_expiry(idle, due_at - timedelta(hours=1), POLICY)
    released = decide_expiry(idle, due_at, POLICY)
    assert isinstance(released, Release)
    assert (PoolKey.SLEEPING, ReleaseReason.CLEANSING) == (released.pool, released.reason)


@pytest.mark.parametrize(
    ("pool", "expected"),
    [(PoolKey.NEW, True), (PoolKey.REGIONAL, True), (PoolKey.SLEEPING, False), (PoolKey.HANDOVER, False)],
)
def test_cleansing_empties_the_busy_pools_only(pool, expected):
    moved = decide_expiry(pooled_customer(pool), china(9, 1, 10) + timedelta(days=180), POLICY)

    assert expected is isinstance(moved, Release)


@pytest.mark.parametrize(
    "customer",
    [
        pytest.param(owned_customer(stage=Stage.PAYMENT), id="won"),
        pytest.param(owned_customer(state=CustomerState.MERGED, owner_id=None), id="merged"),
        pytest.param(owned_customer(protection=None, last_touched_at=None), id="never touched"),
        pytest.param(pooled_customer(PoolKey.STRATEGIC), id="strategic pool"),
    ],
)
def test_customer_without_clock_is_left_alone(customer):
    assert NotDue(None) == decide_expiry(customer, china(12, 31), POLICY)
    assert nearest_clock(customer, china(12, 31), RULES) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (china(9, 1, 10), Clock(ClockKind.REMINDER, china(9, 24, 9))),
        (china(9, 24, 9), Clock(ClockKind.REMINDER, china(9, 28, 9))),
        (china(9, 30, 9), Clock(ClockKind.PROTECTION, END)),
        (china(10, 1, 11), Clock(ClockKind.PROTECTION, END)),
    ],
)
def test_countdown_shows_the_nearest_clock(now, expected):
    assert expected == nearest_clock(owned_customer(), now, RULES)


def test_countdown_shows_the_end_of_a_protection_that_will_be_survived():
    saved = owned_customer(last_effective_at=china(9, 10))

    assert Clock(ClockKind.PROTECTION, END) == nearest_clock(saved, china(9, 30, 9), RULES)
    assert Clock(ClockKind.KEEP_ALIVE, china(10, 31, 10)) == nearest_clock(saved, END, RULES)


@pytest.mark.parametrize("claim", [TWO_FOLLOW_UPS, ExtensionClaim(has_sent_quote=True)])
def test_follow_ups_or_a_sent_quote_entitle_to_one_extension(claim):
    extended = Protection(start=START, end=china(10, 16, 10), extensions=1)

    assert ExtensionNeedsApproval(customer_id=7, days=15, extended=extended) == extension(claim=claim)


@pytest.mark.parametrize(
    ("customer", "requester", "claim", "now", "expected"),
    [
        pytest.param(None, seller(XIAOWANG), TWO_FOLLOW_UPS, MIDWAY, ExtensionRefusal.NOT_OWNER, id="not owner"),
        pytest.param(
            pooled_customer(),
            Actor.system("test"),
            TWO_FOLLOW_UPS,
            MIDWAY,
            ExtensionRefusal.NOT_OWNER,
            id="nobody owns it",
        ),
        pytest.param(None, None, TWO_FOLLOW_UPS, END, ExtensionRefusal.NOT_PROTECTED, id="protection over"),
        pytest.param(
            owned_customer(protection=None),
            None,
            TWO_FOLLOW_UPS,
            MIDWAY,
            ExtensionRefusal.NOT_PROTECTED,
            id="never protected",
        ),
        pytest.param(
            owned_customer(protection=Protection(start=START, end=END, extensions=1)),
            None,
            TWO_FOLLOW_UPS,
            MIDWAY,
            ExtensionRefusal.ALREADY_EXTENDED,
            id="extended once",
        ),
        pytest.param(
            None,
            None,
            ExtensionClaim(effective_follow_ups=2, is_requested=True),
            MIDWAY,
            ExtensionRefusal.ALREADY_REQUESTED,
            id="asked already",
        ),
    ],
)
def test_extension_is_refused(customer, requester, claim, now, expected):
    assert ExtensionRefused(code=expected) == extension(customer, requester, claim, now)


def test_refused_extension_tells_how_many_follow_ups_are_missing():
    refused = extension(claim=ExtensionClaim(effective_follow_ups=1))

    assert ExtensionRefused(code=ExtensionRefusal.TOO_FEW_FOLLOW_UPS, needed=2, present=1) == refused


@given(INSTANTS, st.integers(0, 40))
def test_reminder_leaves_whole_days_and_never_comes_on_another_hour(end, days):
    due_at = reminder_due_at(Protection(start=START, end=end), days, RULES)

    assert timedelta(days=days) <= end - due_at < timedelta(days=days + 1)
    assert time(9) == due_at.astimezone(SHANGHAI).time()


@given(INSTANTS, st.one_of(st.none(), INSTANTS))
def test_owner_is_lost_only_after_the_clock_shown_before_has_run_out(now, last_effective_at):
    customer = owned_customer(last_effective_at=last_effective_at)
    clock = nearest_clock(customer, now, RULES)
    assert clock is not None

    assert (clock.due_at <= now) is isinstance(decide_expiry(customer, now, POLICY), Release)


@given(INSTANTS, INSTANTS)
def test_effective_follow_up_during_protection_never_shortens_ownership(now, last_effective_at):
    without, fed = owned_customer(), owned_customer(last_effective_at=last_effective_at)

    if isinstance(decide_expiry(fed, now, POLICY), Release):
        assert isinstance(decide_expiry(without, now, POLICY), Release)


@given(INSTANTS)
def test_extension_is_counted_from_the_present_end(end):
    protection = Protection(start=START, end=end)

    assert Protection(start=START, end=end + timedelta(days=15), extensions=1) == extend(protection, RULES)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_nobody_extends_for_the_owner(role):
    other = Actor(member_id=XIAOWANG, roles=frozenset({role}), via="feishu")

    assert ExtensionRefused(code=ExtensionRefusal.NOT_OWNER) == extension(requester=other)

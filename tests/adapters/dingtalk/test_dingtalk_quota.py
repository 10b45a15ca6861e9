"""
The month's calls: counted, forecast, saved before they are gone, and said so by errors an administrator gets to see.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.dingtalk.quota import QuotaMeter, Usage
from bot.ports import NotWorthACall, Outbound
from domain.errors import PlatformError
from tests.adapters.dingtalk.dingtalk_rig import (
    CLIENT,
    CONFIG,
    GROUP,
    NOW,
    PERSON,
    Platform,
    Shared,
    build,
    message,
    refusal,
    robot_post,
)
from tests.adapters.dingtalk.test_dingtalk_send import CARD, DELIVERED, REGISTER, SENT, SESSION, TO_PEOPLE, UPDATE
from tests.adapters.sample_cards import APPROVAL, DECIDED, NOTICE

STREAM = replace(CONFIG, mode="stream", api_quota=1000)
MONTH = f"dingtalk:{CLIENT}:2026-11"
NEWS = Outbound("o1", PERSON, NOTICE, "")
QUESTION = Outbound("o2", PERSON, APPROVAL, "")


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {
        CARD: DELIVERED,
        UPDATE: {"success": True, "result": True},
        TO_PEOPLE: {"processQueryKey": "key-2"},
        SESSION: {"errcode": 0},
        REGISTER: {"success": True},
        "/topapi/v2/department/listsub": {"errcode": 0, "result": []},
        "/topapi/v2/department/listsubid": {"errcode": 0, "result": {"dept_id_list": []}},
        "/topapi/v2/user/list": {"errcode": 0, "result": {"has_more": False, "list": []}},
    }
    return platform


@pytest.fixture
def shared():
    return Shared()


def send(adapter, said):
    return adapter.send(said, adapter.render(said))


def meter(shared, *, used=0, quota=1000, now=NOW):
    shared.counts[f"dingtalk:app:{now + timedelta(hours=8):%Y-%m}"] = used
    return QuotaMeter("app", quota, shared=shared, clock=lambda: now)


def test_sending_is_counted_and_reading_the_directory_is_not(platform, shared):
    adapter = build(STREAM, platform=platform, shared=shared)

    send(adapter, NEWS)
    send(adapter, replace(NEWS, card=None, text="你好"))
    list(adapter.people())

    assert {MONTH: 2} == shared.counts


def test_what_dingtalk_refused_is_not_counted(platform, shared):
    platform.answers[TO_PEOPLE] = refusal("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403)

    with pytest.raises(PlatformError):
        send(build(STREAM, platform=platform, shared=shared), replace(NEWS, card=None, text="你好"))

    assert 0 == shared.counts.get(MONTH, 0)


@pytest.mark.parametrize(
    ("now", "used", "forecast"),
    [
        # the first morning: less than a day has gone, a day is assumed
        (datetime(2026, 12, 1, 1, tzinfo=UTC), 50, 1150),
        # Tuesday the 24th at ten: 16 business days and five twelfths are over, of 21
        (NOW, 500, 640),
        # a Sunday adds nothing to the days that are over
        (datetime(2026, 11, 29, 8, tzinfo=UTC), 500, 525),
        # in China the next month has begun
        (datetime(2026, 11, 30, 16, 30, tzinfo=UTC), 10, 230),
    ],
)
def test_the_forecast_counts_business_days(shared, now, used, forecast):
    assert forecast == meter(shared, used=used, now=now).usage().forecast


@pytest.mark.parametrize(
    ("used", "now", "spending"),
    [
        (0, NOW, "normal"),
        (700, NOW, "normal"),
        (799, datetime(2026, 11, 30, 8, tzinfo=UTC), "normal"),
        (800, datetime(2026, 11, 30, 8, tzinfo=UTC), "saving"),
        (785, NOW, "saving"),
        (99, datetime(2026, 12, 1, 1, tzinfo=UTC), "normal"),
        (100, datetime(2026, 12, 1, 1, tzinfo=UTC), "saving"),
        (950, NOW, "reserve"),
        (5000, NOW, "reserve"),
    ],
)
def test_saving_begins_with_the_forecast_and_the_reserve_with_the_count(shared, used, now, spending):
    assert spending == meter(shared, used=used, now=now).usage().spending


def test_dingtalks_refusal_counts_more_than_ours_and_is_asked_again(shared):
    now = [NOW]
    mine = QuotaMeter("app", 1000, shared=shared, clock=lambda: now[0])

    mine.note_refusal()
    gone = mine.usage()
    now[0] += timedelta(hours=1)

    assert (Usage(0, 1000, 0, "gone"), "normal") == (gone, mine.usage().spending)


def test_a_new_month_starts_from_nothing(shared):
    now = [NOW]
    mine = QuotaMeter("app", 1000, shared=shared, clock=lambda: now[0])
    shared.counts["dingtalk:app:2026-11"] = 990
    assert "reserve" == mine.usage().spending

    now[0] = datetime(2026, 11, 30, 16, 1, tzinfo=UTC)

    assert Usage(0, 1000, 0, "normal") == mine.usage()


def test_what_other_processes_spend_is_seen_within_a_minute(shared):
    now = [NOW]
    mine = QuotaMeter("app", 1000, shared=shared, clock=lambda: now[0])
    mine.note(CARD)
    shared.counts["dingtalk:app:2026-11"] = 960

    assert 1 == mine.usage().used
    now[0] += timedelta(minutes=1)

    assert 960 == mine.usage().used


def test_who_sends_while_saving_is_warned_with_the_figures(platform, shared):
    shared.counts[MONTH] = 849
    adapter = build(STREAM, platform=platform, shared=shared)

    warning = send(adapter, QUESTION).warning

    assert "850 of this month's 1000 calls are made, 1087 by its end at this pace" == warning
    shared.counts[MONTH] = 5
    assert "" == send(build(STREAM, platform=platform, shared=shared), QUESTION).warning


def test_while_saving_updates_are_left_out(platform, shared):
    shared.counts[MONTH] = 850

    with pytest.raises(NotWorthACall):
        send(build(STREAM, platform=platform, shared=shared), Outbound("o3", PERSON, DECIDED, "", update=SENT))

    assert [] == platform.calls()


def test_while_saving_an_answer_goes_where_it_costs_nothing(platform, shared):
    shared.counts[MONTH] = 850
    adapter = build(replace(STREAM, mode="http"), platform=platform, shared=shared)
    adapter.receive(robot_post(message()))

    send(adapter, NEWS)

    assert [f"POST {SESSION}"] == platform.calls()


@pytest.mark.parametrize("said", [QUESTION, NEWS])
def test_while_saving_a_card_still_goes_where_nobody_wrote_and_where_something_is_asked(platform, shared, said):
    shared.counts[MONTH] = 850
    adapter = build(STREAM, platform=platform, shared=shared)

    send(adapter, said)

    assert [f"POST {CARD}"] == platform.calls()


def test_the_last_calls_are_for_what_asks_for_a_decision(platform, shared):
    shared.counts[MONTH] = 960
    adapter = build(STREAM, platform=platform, shared=shared)

    send(adapter, QUESTION)
    with pytest.raises(PlatformError) as held:
        send(adapter, replace(NEWS, recipient=GROUP))

    assert [f"POST {CARD}"] == platform.calls()
    assert ("dingtalk_quota_reserve", False, True) == (held.value.code, held.value.tried, held.value.about_account)


def test_when_the_calls_are_gone_messages_wait_and_sessions_still_answer(platform, shared):
    adapter = build(replace(STREAM, mode="http"), platform=platform, shared=shared)
    platform.answers[CARD] = refusal("Forbidden.AccessDenied.ApiCountLimitForOrg", 403)

    with pytest.raises(PlatformError) as gone:
        send(adapter, QUESTION)
    adapter.receive(robot_post(message()))
    send(adapter, NEWS)

    assert (False, 3600.0, True) == (gone.value.tried, gone.value.retry_after, gone.value.about_account)
    assert (f"POST {SESSION}", "gone") == (platform.calls()[-1], adapter.usage().spending)

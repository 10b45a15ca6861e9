"""
Stream mode of the emulated DingTalk: opening, frames, acknowledgements, repetitions, pings and partings.
"""

import json
import time
from urllib.parse import quote

import pytest
from dingtalk_app import EVERYTHING, DingTalkApp, StreamClient
from sandbox_bench import DINGTALK
from websockets.exceptions import InvalidStatus

ROBOT, CARD = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"


@pytest.fixture
def dingtalk(bench):
    bench.post("/dingtalk/switches", name="receive_mode", value="stream")
    return DingTalkApp(bench)


@pytest.fixture
def connected(dingtalk):
    """
    Opens connections and closes them after the test.
    """
    lines = []

    def open_line(answer=None, **changed) -> StreamClient:
        lines.append(dingtalk.stream(answer, **changed))
        return lines[-1]

    yield open_line
    for line in lines:
        line.close()


def fire(bench, **span):
    bench.pass_time(**span)
    bench.sandbox.platforms["dingtalk"].fire_due()


def say(bench, **more):
    return bench.post("/dingtalk/messages", user="小李", text="报备", **more)["deliveries"]


def eventually(holds):
    """
    What another thread is about to do.
    """
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_message_comes_as_a_frame_and_its_acknowledgement_is_the_delivery(bench, connected):
    line = connected()

    deliveries = say(bench)

    frame = line.next()
    headers, data = frame["headers"], json.loads(frame["data"])
    assert ("1.0", "CALLBACK", ROBOT) == (frame["specVersion"], frame["type"], headers["topic"])
    assert {"appId", "connectionId", "contentType", "messageId", "time", "topic"} == set(headers)
    assert ("dt_xiaoli", {"content": "报备"}) == (data["senderStaffId"], data["text"])
    assert [200] == [delivery["status"] for delivery in deliveries]
    assert [] == bench.product.callbacks("dingtalk")


def test_duplicates_are_the_same_frame(bench, connected):
    line = connected()

    say(bench, times=2)

    first, second = line.next(), line.next()
    assert first["headers"]["messageId"] == second["headers"]["messageId"]
    assert first["data"] == second["data"]


def test_events_carry_their_facts_in_the_headers(bench, connected):
    line = connected()

    deliveries = bench.post("/dingtalk/members", op="leave", user="小李")["deliveries"]

    frame = line.next()
    assert ("EVENT", "*", "user_leave_org", DINGTALK.corp_id) == (
        frame["type"],
        *(frame["headers"][name] for name in ("topic", "eventType", "eventCorpId")),
    )
    assert ["dt_xiaoli"] == json.loads(frame["data"])["userId"]
    assert [200] == [delivery["status"] for delivery in deliveries]


def test_an_event_may_come_twice_under_one_id(bench, connected):
    line = connected()

    bench.post("/dingtalk/members", op="leave", user="小李", times=2)

    first, second = line.next(), line.next()
    assert first["headers"]["eventId"] == second["headers"]["eventId"]
    assert first["headers"]["messageId"] != second["headers"]["messageId"]


def test_card_is_answered_inside_the_acknowledgement(bench, dingtalk, connected):
    response = {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": {"status": "agree"}}}
    line = connected(lambda frame: (200, {"response": response}))
    dingtalk.show(callbackType="STREAM")
    message = bench.get("/dingtalk/chats/p2p/messages", user="老张")[-1]

    outcome = bench.post("/dingtalk/clicks", user="老张", message_id=message["id"], button="同意")

    frame = line.next()
    assert (CARD, "card-1") == (frame["headers"]["topic"], json.loads(frame["data"])["outTrackId"])
    assert (200, True, None) == (outcome["status"], outcome["card_changed"], outcome["client_error"])


def test_card_without_a_connection_fails_at_the_click(bench, dingtalk):
    dingtalk.show(callbackType="STREAM")
    message = bench.get("/dingtalk/chats/p2p/messages", user="老张")[-1]

    outcome = bench.post("/dingtalk/clicks", user="老张", message_id=message["id"], button="同意")

    assert "请求失败，请稍后重试" == outcome["client_error"]


@pytest.mark.parametrize("answer", [lambda frame: None, lambda frame: (500, {}), lambda frame: (404, {})])
def test_frame_without_a_good_acknowledgement_comes_again_twice(bench, connected, answer):
    line = connected(lambda frame: (200, {}) if frame["type"] == "SYSTEM" else answer(frame))
    bench.post("/dingtalk/switches", name="answer_seconds", value=0.05)
    say(bench)

    for _ in range(4):
        fire(bench, seconds=30)
        fire(bench, seconds=30)

    frames = [frame for frame in line.drained() if frame["type"] != "SYSTEM"]
    assert 3 == len(frames)
    assert 1 == len({frame["headers"]["messageId"] for frame in frames})


def test_late_acknowledgement_still_ends_the_repetitions(bench, connected):
    line = connected(lambda frame: None if frame["type"] == "CALLBACK" else (200, {}))
    bench.post("/dingtalk/switches", name="answer_seconds", value=0.05)
    say(bench)
    line.acknowledge(line.next(), 200, {"response": None})
    pending = bench.sandbox.platforms["dingtalk"].stream._unacknowledged

    eventually(lambda: not pending)


def test_event_answered_later_comes_again(bench, connected):
    answers = iter([{"status": "LATER", "message": "busy"}, {"status": "SUCCESS"}])
    line = connected(lambda frame: (200, next(answers)) if frame["type"] == "EVENT" else (200, {}))
    bench.post("/dingtalk/members", op="leave", user="小李")

    for _ in range(3):
        fire(bench, seconds=30)

    events = [frame for frame in line.drained() if frame["type"] == "EVENT"]
    assert 2 == len(events)
    assert 1 == len({event["headers"]["eventId"] for event in events})


def test_what_came_while_nobody_was_connected_comes_later(bench, dingtalk, connected):
    assert [0] == [delivery["status"] for delivery in say(bench)]
    line = connected()

    fire(bench, seconds=60)

    frames = [line.next(), line.next()]
    assert ROBOT in [frame["headers"]["topic"] for frame in frames]


def test_only_subscribed_topics_are_pushed(bench, connected):
    line = connected(subscriptions=EVERYTHING[:1])

    say(bench)
    bench.post("/dingtalk/members", op="leave", user="小王")

    assert "EVENT" == line.next()["type"]
    assert 0 == line.frames.qsize()


def test_each_message_goes_to_one_of_several_connections(bench, connected):
    lines = [connected(), connected()]

    say(bench, times=20)

    counts = [line.frames.qsize() for line in lines]
    assert 20 == sum(counts)
    assert 0 not in counts


def test_ping_is_echoed_or_the_line_is_cut(bench, connected):
    bench.post("/dingtalk/switches", name="echo_seconds", value=0.0)
    echoing, silent = connected(), connected(lambda frame: None)

    fire(bench, seconds=60)
    pings = [echoing.next(), silent.next()]
    eventually(lambda: None in [line.open_ping for line in bench.sandbox.platforms["dingtalk"].stream._lines])
    fire(bench, seconds=61)

    assert ["ping", "ping"] == [frame["headers"]["topic"] for frame in pings]
    assert "opaque" in json.loads(pings[0]["data"])
    assert None is silent.next()
    assert "ping" == echoing.next()["headers"]["topic"]


def test_jumps_of_the_clock_cut_no_line_that_had_no_time_to_echo(bench, connected):
    line = connected(lambda frame: None if frame["type"] == "SYSTEM" else (200, {"response": None}))

    for _ in range(5):
        fire(bench, days=1)

    assert [200] == [delivery["status"] for delivery in say(bench)]
    assert "ping" == line.next()["headers"]["topic"]


def test_disconnect_asks_to_go_pushes_nothing_more_and_cuts_after_ten_seconds(bench, connected):
    old = connected()

    bench.post("/dingtalk/console", op="disconnect")
    new = connected()
    say(bench)
    parting = old.next()
    fire(bench, seconds=10)

    assert ("SYSTEM", "disconnect") == (parting["type"], parting["headers"]["topic"])
    assert "messageId" not in parting["headers"]
    assert ROBOT == new.next()["headers"]["topic"]
    assert None is old.next()


def test_broken_network_ends_every_line_without_a_word(bench, connected):
    line = connected()

    bench.post("/dingtalk/console", op="cut")

    assert None is line.next()


def test_ticket_opens_one_connection_within_ninety_seconds(bench, dingtalk):
    def address():
        opened = dingtalk.open_stream().json()
        return f"{opened['endpoint']}?ticket={quote(opened['ticket'])}"

    first, late = address(), address()
    StreamClient(first).close()
    with pytest.raises(InvalidStatus, match="401"):
        StreamClient(first)
    bench.pass_time(seconds=91)
    with pytest.raises(InvalidStatus, match="401"):
        StreamClient(late)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"clientSecret": "wrong"}, "authFailed"),
        ({"clientId": ""}, "MissingclientId"),
        ({"subscriptions": [{"type": "EVENT", "topic": "user_add_org"}]}, "InvalidSubscriptions"),
        ({"subscriptions": ["*"]}, "InvalidSubscriptions"),
    ],
)
def test_opening_is_refused_with_a_reason(dingtalk, changed, code):
    assert code == dingtalk.open_stream(**changed).json()["code"]


def test_who_does_not_accept_json_gets_xml(bench, dingtalk):
    body = {"clientId": DINGTALK.client_id, "clientSecret": DINGTALK.client_secret, "subscriptions": EVERYTHING}
    path = "/dingtalk/v1.0/gateway/connections/open"

    answer = bench.call("POST", path, json=body, headers={"Accept": "text/plain"})

    assert answer.text.startswith("<result><endpoint>ws://")


@pytest.mark.parametrize("text", ["no json", "[]", '{"code": 200}', '{"code": 200, "headers": {"messageId": "other"}}'])
def test_unknown_answers_are_ignored(bench, connected, text):
    line = connected()

    line.say(text)

    assert [200] == [delivery["status"] for delivery in say(bench)]


def test_frames_stand_in_the_record_of_the_wire(bench, connected):
    connected()
    say(bench)

    entry = next(one for one in bench.get("/dingtalk/wire") if one["method"] == "STREAM")

    assert ("out", ROBOT, 200, '{"response": null}') == tuple(
        entry[name] for name in ("direction", "path", "status", "response")
    )

"""
The Stream connection against a WebSocket server on this machine: what is taken, when it is acknowledged, what survives.
"""

import contextlib
import json
import queue
import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from adapters.dingtalk.stream import _hosts
from bot.events import ActionClicked, MemberChanged, MessageReceived, TextWithheld
from bot.reply import Reply, toast
from domain.errors import PlatformError
from tests.adapters.dingtalk.dingtalk_rig import (
    CLIENT,
    CONFIG,
    CORP,
    MILLIS,
    SECRET,
    Platform,
    Shared,
    build,
    click,
    message,
    payload,
    refusal,
)
from tests.adapters.sample_cards import DECIDED

OPEN = "/v1.0/gateway/connections/open"
MESSAGES, CARDS = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
STREAM = replace(CONFIG, mode="stream", token="", aes_key="")
DONE = {"status": "SUCCESS", "message": "success"}


class Gateway:
    """
    DingTalk's end: gives out addresses, pushes frames, keeps acknowledgements. `sockets` are the connections so far.
    """

    def __init__(self):
        self.platform = Platform()
        self.sockets = []
        self.acks = queue.Queue()
        self.came = queue.Queue()
        self.server = serve(self._serve, "127.0.0.1", 0)
        self.port = self.server.socket.getsockname()[1]
        self.platform.answers[OPEN] = {"endpoint": f"ws://127.0.0.1:{self.port}/connect", "ticket": "secret+ticket/1"}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _serve(self, socket):
        self.sockets.append(socket)
        self.came.put(parse_qs(urlsplit(socket.request.path).query))
        try:
            for text in socket:
                self.acks.put((self.sockets.index(socket), json.loads(text)))
        except ConnectionClosed:
            pass

    def push(self, kind, data, *, message_id="m1", topic="", raw=None, number=-1, **headers):
        head = {
            "appId": "a",
            "connectionId": "c",
            "contentType": "application/json",
            "messageId": message_id,
            "time": MILLIS,
            "topic": topic,
        }
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        frame = {"specVersion": "1.0", "type": kind, "headers": {**head, **headers}, "data": text}
        self.sockets[number].send(raw or json.dumps(frame))

    def say(self, body, **more):
        self.push("CALLBACK", body, topic=MESSAGES, **more)

    def press(self, body, **more):
        self.push("CALLBACK", body, topic=CARDS, **more)

    def ack(self):
        number, ack = self.acks.get(timeout=5)
        return number, ack["code"], ack["headers"]["messageId"], json.loads(ack["data"])

    def close(self):
        self.server.shutdown()


class Taking:
    """
    The product's side: keeps events, answers with `reply`, and does `meanwhile` before it returns.
    """

    def __init__(self):
        self.events = queue.Queue()
        self.reply = Reply()
        self.meanwhile = lambda event: None

    def __call__(self, event):
        self.events.put(event)
        self.meanwhile(event)
        return self.reply

    def event(self):
        return self.events.get(timeout=5)


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch):
    monkeypatch.setattr("adapters.dingtalk.stream.LISTEN_S", 0.02)


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.close()


@pytest.fixture
def take():
    return Taking()


@pytest.fixture
def connect(gateway, take):
    """
    Runs a connection in a thread; returns it when it is up, with what became of the thread.
    """
    stop, threads, outcomes = threading.Event(), [], []

    def start(*, shared=None, quick=True):
        adapter = build(STREAM, platform=gateway.platform, shared=shared)
        connection = adapter.connection
        if quick:
            connection._random_share = lambda: 0.0

        def run():
            try:
                connection.run(take, stop)
                outcomes.append(None)
            except Exception as error:  # noqa: BLE001 - what became of the thread is what is tested
                outcomes.append(error)

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        gateway.came.get(timeout=5)
        until(lambda: connection.is_up)
        return adapter

    start.outcomes, start.stop, start.threads = outcomes, stop, threads
    yield start
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def until(holds, seconds=5):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_the_connection_proves_itself_with_the_secret_and_uses_the_ticket(gateway, take):
    stop = threading.Event()
    adapter = build(STREAM, platform=gateway.platform)
    thread = threading.Thread(target=adapter.connection.run, args=(take, stop))
    thread.start()

    query = gateway.came.get(timeout=5)
    stop.set()
    thread.join(5)

    asked = gateway.platform.body()
    assert {"ticket": ["secret+ticket/1"]} == query
    assert (CLIENT, SECRET) == (asked["clientId"], asked["clientSecret"])
    assert [("EVENT", "*"), ("CALLBACK", MESSAGES), ("CALLBACK", CARDS)] == [
        (each["type"], each["topic"]) for each in asked["subscriptions"]
    ]
    assert "application/json" == gateway.platform.requests[-1].headers["accept"]
    assert not adapter.connection.is_up


def test_a_message_is_acknowledged_when_it_is_taken_and_not_before(gateway, take, connect):
    may_commit = threading.Event()
    take.meanwhile = lambda event: may_commit.wait(5)
    connect()

    gateway.say(message())

    said = take.event()
    assert (MessageReceived, "报备 上海某公司", True) == (type(said), said.text, said.is_signed)
    assert gateway.acks.empty()
    may_commit.set()
    assert (0, 200, "m1", {"response": None}) == gateway.ack()


def test_the_chats_address_for_answers_is_known_when_the_message_is_taken(gateway, take, connect):
    shared = Shared()
    connect(shared=shared)
    known = []
    take.meanwhile = lambda event: known.append([value for value, _ in shared.tokens.values()])

    gateway.say(message())
    gateway.ack()

    assert [["http://127.0.0.1:8010/dingtalk/oapi/robot/sendBySession?session=abc"]] == known


def test_a_click_is_acknowledged_with_the_cards_new_face(gateway, take, connect):
    take.reply = toast("已同意", card=DECIDED)
    connect()

    gateway.press(click({"_a": payload()}), message_id="m7")

    pressed = take.event()
    _, code, _, data = gateway.ack()
    face = data["response"]["cardData"]["cardParamMap"]
    assert (ActionClicked, "click:m7", 200) == (type(pressed), pressed.key, code)
    assert "报备审批" in face["head"]
    assert {str} == {type(value) for value in face.values()}
    assert data["response"]["cardUpdateOptions"]["updateCardDataByKey"]


def test_why_nothing_was_done_stands_at_the_cards_foot(gateway, take, connect):
    take.reply = toast("这张卡片是发给老张的", "warning")
    connect()

    gateway.press(click({"_a": payload()}))

    face = gateway.ack()[3]["response"]["cardData"]["cardParamMap"]
    assert ["foot"] == list(face)
    assert "这张卡片是发给老张的" in face["foot"]


def test_a_click_without_news_gets_an_empty_answer(gateway, take, connect):
    connect()

    gateway.press(click({"_a": payload()}))

    assert {"response": {}} == gateway.ack()[3]


def test_each_person_of_a_change_is_taken_before_the_acknowledgement(gateway, take, connect):
    connect()

    gateway.push(
        "EVENT",
        {"timeStamp": MILLIS, "userId": ["u1", "u2"]},
        eventType="user_leave_org",
        eventId="e1",
        eventCorpId=CORP,
        eventBornTime=MILLIS,
        topic="*",
    )

    assert (0, 200, "m1", DONE) == gateway.ack()
    assert [(MemberChanged, "u1"), (MemberChanged, "u2")] == [
        (type(each), each.sender.user_id) for each in (take.event(), take.event())
    ]


def test_a_withheld_text_is_recognised(gateway, take, connect):
    connect()
    body = message({"errorCode": 20001, "errorMessage": "quota"})
    del body["text"]

    gateway.say(body)

    assert isinstance(take.event(), TextWithheld)


def test_a_ping_gets_its_data_back_while_events_are_waiting(gateway, take, connect):
    release = threading.Event()
    take.meanwhile = lambda event: release.wait(5)
    connect()
    gateway.say(message())
    take.event()

    gateway.push("SYSTEM", {"opaque": "x1"}, topic="ping", message_id="p1")

    assert (0, 200, "p1", {"opaque": "x1"}) == gateway.ack()
    release.set()


def test_unknown_topics_of_the_system_are_acknowledged(gateway, take, connect):
    connect()

    gateway.push("SYSTEM", "not json", topic="KEEPALIVE", message_id="k1")

    assert (0, 200, "k1", {}) == gateway.ack()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"kind": "CALLBACK", "data": "no json", "topic": MESSAGES}, 400),
        ({"kind": "CALLBACK", "data": [1], "topic": MESSAGES}, 400),
        ({"kind": "CALLBACK", "data": message({"msgId": ""}), "topic": MESSAGES}, 400),
        ({"kind": "CALLBACK", "data": message({"chatbotCorpId": "x"}), "topic": MESSAGES}, 400),
        ({"kind": "CALLBACK", "data": click({"_a": payload()}, user="u9"), "topic": CARDS}, 400),
        ({"kind": "CALLBACK", "data": {}, "topic": "/v1.0/graph/api/invoke"}, 404),
        ({"kind": "EVENT", "data": {}, "eventType": "x", "eventId": "e", "eventCorpId": "other"}, 400),
        ({"kind": "EVENT", "data": {}, "eventType": "x", "eventId": "e", "time": "never"}, 400),
        ({"kind": "EVENT", "data": {}}, 400),
    ],
)
def test_what_cannot_be_read_is_said_to_be_so_and_not_taken(gateway, take, connect, frame, code):
    connect()

    gateway.push(frame.pop("kind"), frame.pop("data"), **frame)

    assert (code, True) == (gateway.ack()[1], take.events.empty())


@pytest.mark.parametrize("raw", ["", "[]", "{", '{"headers": 5}', '{"type":"CALLBACK","headers":{}}', b"\xff\xfe"])
def test_frames_that_cannot_even_be_answered_are_passed_over(gateway, take, connect, raw):
    connect()

    gateway.sockets[-1].send(raw)
    gateway.say(message())

    assert 200 == gateway.ack()[1]


def test_one_person_is_heard_in_order_and_nobody_waits_for_another(gateway, take, connect):
    release, order = threading.Event(), []

    def slow(event):
        if event.text == "first":
            release.wait(5)
        order.append(event.text)

    take.meanwhile = slow
    connect()
    for number, (user, text) in enumerate([("u1", "first"), ("u1", "second"), ("u2", "other")]):
        said = {"msgId": f"m{number}", "senderStaffId": user, "text": {"content": text}}
        gateway.say(message(said), message_id=f"f{number}")

    assert "f2" == gateway.ack()[2]
    release.set()
    assert ["f0", "f1"] == [gateway.ack()[2], gateway.ack()[2]]
    assert ["other", "first", "second"] == order


def test_on_notice_the_new_connection_is_there_before_the_old_one_goes(gateway, take, connect):
    release = threading.Event()
    take.meanwhile = lambda event: release.wait(5)
    adapter = connect()
    gateway.say(message())
    take.event()

    gateway.push("SYSTEM", {"reason": "connection is expired"}, topic="disconnect")
    gateway.came.get(timeout=5)
    until(lambda: adapter.connection.is_up)
    release.set()

    assert (0, 200, "m1", {"response": None}) == gateway.ack()
    until(lambda: gateway.sockets[0].close_code is not None)
    gateway.say(message({"msgId": "m2"}), message_id="f2")
    assert (1, 200, "f2", {"response": None}) == gateway.ack()
    assert 2 == gateway.platform.calls().count(f"POST {OPEN}")


def test_a_lost_connection_is_opened_again(gateway, take, connect, monkeypatch):
    monkeypatch.setattr("adapters.dingtalk.stream.FIRST_RETRY_S", 0.01)
    adapter = connect()

    for number in range(5):
        gateway.sockets[-1].socket.shutdown(2)
        gateway.came.get(timeout=5)
        gateway.say(message({"msgId": f"m{number}"}), message_id=f"f{number}")
        assert f"f{number}" == gateway.ack()[2]

    assert adapter.connection.is_up


def test_nothing_is_lost_while_the_line_keeps_breaking(gateway, take, connect, monkeypatch):
    monkeypatch.setattr("adapters.dingtalk.stream.FIRST_RETRY_S", 0.01)
    connect()
    waiting = {f"f{number}": message({"msgId": f"m{number}"}) for number in range(40)}
    rounds = 0

    while waiting and rounds < 40:
        rounds += 1
        for message_id, body in list(waiting.items())[:10]:
            gateway.say(body, message_id=message_id)
        with contextlib.suppress(queue.Empty):
            for _ in range(5):
                waiting.pop(gateway.ack()[2], None)
        gateway.sockets[-1].socket.shutdown(2)
        gateway.came.get(timeout=5)

    keys = {take.events.get_nowait().key for _ in range(take.events.qsize())}
    assert ({}, {f"message:m{number}" for number in range(40)}) == (waiting, keys)


def test_a_gateway_that_fails_is_asked_again(gateway, take, connect, monkeypatch):
    monkeypatch.setattr("adapters.dingtalk.stream.FIRST_RETRY_S", 0.01)
    good = gateway.platform.answers[OPEN]
    gateway.platform.answers[OPEN] = [
        httpx.ConnectError("x"),
        httpx.Response(502, content=b"<html>"),
        {"endpoint": 5, "ticket": "t"},
        good,
    ]

    connect()
    gateway.say(message())

    assert 200 == gateway.ack()[1]


@pytest.mark.parametrize(
    "endpoint", ["wss://evil.example/connect", "ws://10.0.0.1/connect", "https://api.dingtalk.com"]
)
def test_only_dingtalks_hosts_are_connected_to(gateway, take, endpoint):
    gateway.platform.answers[OPEN] = {"endpoint": endpoint, "ticket": "t"}

    with pytest.raises(PlatformError, match="websocket_refused"):
        build(STREAM, platform=gateway.platform).connection.run(take, threading.Event())


@pytest.mark.parametrize(
    ("api_base", "hosts"),
    [
        ("https://api.dingtalk.com", {".dingtalk.com", "api.dingtalk.com"}),
        ("https://openapi.ding.example.com", {".dingtalk.com", "openapi.ding.example.com", ".ding.example.com"}),
        ("https://example.com", {".dingtalk.com", "example.com"}),
        ("http://127.0.0.1:8010/dingtalk", {".dingtalk.com", "127.0.0.1"}),
    ],
)
def test_a_dingtalk_of_ones_own_has_its_own_domain(api_base, hosts):
    assert hosts == set(_hosts(api_base))


def test_refused_credentials_end_the_run_for_good_and_are_never_shown(gateway, take):
    gateway.platform.answers[OPEN] = refusal("invalidClientIdOrSecret", 401)

    with pytest.raises(PlatformError) as refused:
        build(STREAM, platform=gateway.platform).connection.run(take, threading.Event())

    assert refused.value.permanent
    assert SECRET not in repr(refused.value)


def test_a_bug_is_not_acknowledged_and_not_hidden(gateway, take, connect):
    def stumble(event):
        raise ZeroDivisionError

    take.meanwhile = stumble
    connect()

    gateway.say(message())

    until(lambda: connect.outcomes)
    assert isinstance(connect.outcomes[0], ZeroDivisionError)
    assert gateway.acks.empty()


def test_stopping_lets_what_is_being_taken_finish(gateway, take, connect):
    release = threading.Event()
    take.meanwhile = lambda event: release.wait(5)
    connect()
    gateway.say(message())
    take.event()

    connect.stop.set()
    release.set()

    assert 200 == gateway.ack()[1]
    connect.threads[0].join(5)
    assert [None] == connect.outcomes


def test_neither_the_ticket_nor_what_people_write_is_logged(gateway, take, connect):
    with structlog.testing.capture_logs() as logs:
        connect()
        gateway.say(message({"msgId": ""}))
        gateway.ack()
        gateway.sockets[-1].close()
        until(lambda: any(entry["event"] == "dingtalk.connection_lost" for entry in logs))

    shown = repr(logs)
    assert not [secret for secret in ("secret+ticket", SECRET, "上海某公司", "小李") if secret in shown]

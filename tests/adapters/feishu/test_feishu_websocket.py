"""
The long connection against a scripted server: what is sent when, what is acknowledged, and how losses are survived.

The server speaks in the vectors' frames, made by other implementations.
"""

import base64
import contextlib
import dataclasses
import json
import queue
import threading

import httpx
import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from adapters.feishu import websocket
from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.frames import CONTROL, DATA, Frame, read_frame, write_frame
from adapters.feishu.websocket import FeishuConnection
from adapters.http import Transport
from bot.events import ActionClicked, MessageReceived
from bot.ports import Refused
from bot.reply import Reply, toast
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import BASE, CONFIG, NOW, VECTORS, Shared, envelope, message, post, seal

FRAMES = {frame["name"]: bytes.fromhex(frame["hex"]) for frame in VECTORS["ws_frames"]}
SOCKET = dataclasses.replace(CONFIG, mode="websocket")
ENDPOINT = "/feishu/callback/ws/endpoint"
QUICK = {"PingInterval": 60, "ReconnectInterval": 1, "ReconnectNonce": 0}
WAIT_S = 60


class Feishu:
    """
    Hands out its WebSocket's address and keeps what clients send; `answers` are endpoint answers to give before.
    """

    def __init__(self):
        self.answers = []
        self.asked = []
        self.frames = queue.Queue()
        self.clients = queue.Queue()
        self._server = serve(self._meet, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/?device_id=d1&service_id=33554678&ticket=x"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __call__(self, request):
        assert ENDPOINT == request.url.path
        self.asked.append(json.loads(request.content))
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return httpx.Response(200, json=answer)
        return httpx.Response(200, json={"code": 0, "msg": "", "data": {"URL": self.url, "ClientConfig": QUICK}})

    def _meet(self, client):
        self.clients.put(client)
        with contextlib.suppress(ConnectionClosed):
            for raw in client:
                self.frames.put(read_frame(raw))

    def client(self):
        return self.clients.get(timeout=WAIT_S)

    def frame(self):
        return self.frames.get(timeout=WAIT_S)

    def close(self):
        self._server.shutdown()


class Running:
    """
    An adapter whose connection runs in a thread; every event is kept and answered with `reply`, once `during` is set.
    """

    def __init__(self, feishu, *, during=None):
        self.during = during
        self.events = queue.Queue()
        self.reply = Reply()
        self.stop = threading.Event()
        self.error = None
        http = Transport([BASE], network=httpx.MockTransport(feishu))
        self.adapter = FeishuAdapter(SOCKET, http=http, shared=Shared(), seal=seal, clock=lambda: NOW)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        try:
            self.adapter.connection.run(self.take, self.stop)
        except PlatformError as error:
            self.error = error

    def take(self, event):
        self.events.put(event)
        if self.during:
            assert self.during.wait(WAIT_S)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def event(self):
        return self.events.get(timeout=WAIT_S)

    def end(self):
        self.stop.set()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(websocket, "LISTEN_S", 0.02)
    monkeypatch.setattr(websocket, "FIRST_RETRY_S", 0.01)


@pytest.fixture
def feishu():
    feishu = Feishu()
    yield feishu
    feishu.close()


@pytest.fixture
def running(feishu):
    running = Running(feishu)
    yield running
    running.end()


def pushed(payload, **headers):
    told = {"type": "event", "message_id": "m1", "sum": "1", "seq": "0", "trace_id": "t1", **headers}
    raw = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    return write_frame(Frame(DATA, 33554678, told, raw, seq_id=7, log_id=9))


def test_the_first_frame_is_a_ping_in_the_vectors_bytes(feishu, running):
    ping = feishu.frame()

    assert FRAMES["client_ping"] == write_frame(ping)
    assert [{"AppID": CONFIG.app_id, "AppSecret": CONFIG.app_secret}] == feishu.asked
    assert running.adapter.connection.is_up


def test_a_message_is_taken_and_then_acknowledged_in_its_own_frame(feishu, running):
    feishu.client().send(pushed(message("text", {"text": "公海"})))

    assert (MessageReceived, "公海") == (type(event := running.event()), event.text)
    assert CONTROL == feishu.frame().method
    answer = feishu.frame()
    assert {"code": 200} == json.loads(answer.payload)
    assert (7, 9, "m1", "t1") == (
        answer.seq_id,
        answer.log_id,
        answer.headers["message_id"],
        answer.headers["trace_id"],
    )
    assert answer.headers["biz_rt"].isdigit()


def test_a_click_is_answered_with_its_toast_in_base64(feishu, running):
    running.reply = toast("已同意")
    feishu.client().send(FRAMES["server_event_card_action_trigger"])

    assert (ActionClicked, "ou_84aad35d084aa403a838cf73ee18467") == (
        type(event := running.event()),
        event.sender.user_id,
    )
    feishu.frame()
    answer = json.loads(feishu.frame().payload)
    assert 200 == answer["code"]
    assert {"toast": {"type": "success", "content": "已同意"}} == json.loads(base64.b64decode(answer["data"]))


def test_parts_of_a_long_event_become_one_event_in_any_order(feishu, running):
    client = feishu.client()
    client.send(FRAMES["server_event_fragment_1"])
    client.send(FRAMES["server_event_fragment_0"])

    assert "om_574d639e4a44e4dd646eaf628e2" == running.event().card_ref
    feishu.frame()
    assert 200 == json.loads(feishu.frame().payload)["code"]
    assert running.events.empty()


def test_an_event_that_was_not_stored_is_asked_for_again_and_logged(feishu):
    with capture_logs() as logged:
        running = Running(feishu)
        running.reply = RuntimeError("the database is gone")
        feishu.client().send(pushed(message("text", {"text": "公海"})))
        running.event()
        feishu.frame()
        answer = feishu.frame()
        running.end()

    assert {"code": 500} == json.loads(answer.payload)
    assert [running.reply] == [entry["exc_info"] for entry in logged if entry["event"] == "feishu.event_failed"]


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b"[]",
        {"schema": "2.0"},
        envelope("im.message.receive_v1", {}),
        envelope("im.message.receive_v1", {}, app_id="cli_other"),
        envelope("im.message.receive_v1", {}, tenant_key="other"),
    ],
)
def test_what_is_no_event_of_ours_is_not_taken(feishu, running, payload):
    feishu.client().send(pushed(payload))

    feishu.frame()
    assert {"code": 500} == json.loads(feishu.frame().payload)
    assert running.events.empty()


def test_the_token_in_a_pushed_event_may_be_empty(feishu, running):
    payload = message("text", {"text": "公海"})
    payload["header"]["token"] = ""
    feishu.client().send(pushed(payload))

    assert "公海" == running.event().text


def test_frames_of_other_kinds_and_damaged_ones_are_passed_over(feishu, running):
    client = feishu.client()
    for raw in (b"\xff\xff", "text", pushed(b"{}", type="card"), pushed(b"{}", sum="nine"), FRAMES["client_ping"]):
        client.send(raw)
    client.send(pushed(message("text", {"text": "公海"})))

    assert "公海" == running.event().text


def test_after_a_loss_a_new_address_is_asked_for(feishu, running):
    feishu.client().close()
    second = feishu.client()
    second.send(pushed(message("text", {"text": "公海"})))

    assert "公海" == running.event().text
    assert 2 == len(feishu.asked)


def test_a_silent_connection_is_given_up(feishu, running, monkeypatch):
    feishu.client()

    monkeypatch.setattr(websocket, "SILENT_PINGS", 0.0)

    feishu.client()


def test_feishu_sets_the_pace_with_its_pong(feishu, running):
    client = feishu.client()
    feishu.frame()

    client.send(write_frame(Frame(CONTROL, 1, {"type": "pong"}, json.dumps({"PingInterval": 1}).encode())))
    client.send(write_frame(Frame(CONTROL, 1, {"type": "pong"}, b"")))

    assert "ping" == feishu.frame().headers["type"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"code": 1, "msg": "system busy"},
        {"code": 1000040350, "msg": "too many connections"},
        {"code": 0, "data": {}},
        {"code": 0, "data": {"URL": "ws://127.0.0.1:9/"}},
        httpx.ConnectError("down"),
    ],
)
def test_trouble_before_the_connection_is_tried_again(trouble):
    feishu = Feishu()
    feishu.answers = [trouble, trouble]
    running = Running(feishu)

    feishu.client()
    running.end()
    feishu.close()
    assert 3 == len(feishu.asked)


@pytest.mark.parametrize("code", [403, 514])
def test_refused_credentials_end_the_run(feishu, code):
    feishu.answers = [{"code": code, "msg": "no"}]
    running = Running(feishu)

    running.thread.join(WAIT_S)

    assert (f"feishu_ws_{code}", True) == (running.error.code, running.error.permanent)
    assert CONFIG.app_secret not in str(running.error)


def test_a_connection_to_another_host_is_refused_for_good(feishu):
    feishu.answers = [{"code": 0, "data": {"URL": "wss://evil.example/?service_id=1"}}]
    running = Running(feishu)

    running.thread.join(WAIT_S)

    assert "websocket_refused" == running.error.code


def test_when_told_to_stop_what_is_in_work_is_still_acknowledged(feishu):
    running = Running(feishu, during=threading.Event())
    feishu.client().send(pushed(message("text", {"text": "公海"})))
    running.event()

    running.stop.set()
    running.during.set()
    running.end()

    feishu.frame()
    assert {"code": 200} == json.loads(feishu.frame().payload)


def test_more_than_can_wait_is_sent_back_at_once(feishu, monkeypatch):
    monkeypatch.setattr(websocket, "MOST_WAITING", 1)
    running = Running(feishu, during=threading.Event())
    client = feishu.client()
    feishu.frame()

    client.send(pushed(message("text", {"text": "一"}), message_id="m1"))
    client.send(pushed(message("text", {"text": "二"}), message_id="m2"))
    refused = feishu.frame()
    running.during.set()
    taken = feishu.frame()
    running.end()

    assert ("m2", {"code": 500}) == (refused.headers["message_id"], json.loads(refused.payload))
    assert ("m1", {"code": 200}) == (taken.headers["message_id"], json.loads(taken.payload))


def test_without_keys_an_account_with_a_long_connection_takes_nothing_over_http(feishu):
    bare = dataclasses.replace(SOCKET, encrypt_key="", verification_token="")
    adapter = FeishuAdapter(bare, http=Transport([BASE]), shared=Shared(), seal=seal, clock=lambda: NOW)

    assert () == bare.faults()
    assert Refused("no_http") == adapter.receive(post(message("text", {"text": "公海"})))


def test_an_account_called_over_http_opens_no_connection():
    http = dataclasses.replace(SOCKET, mode="http", encrypt_key="", verification_token="")
    adapter = FeishuAdapter(CONFIG, http=Transport([BASE]), shared=Shared(), seal=seal, clock=lambda: NOW)

    assert adapter.connection is None
    assert ("encrypt_key", "verification_token") == http.faults()
    assert ("mode",) == dataclasses.replace(CONFIG, mode="stream").faults()


def test_is_up_follows_the_connection(feishu):
    connection = FeishuConnection(SOCKET, http=Transport([BASE]), read=lambda raw: Refused("x"), encode=lambda *_: b"")

    assert not connection.is_up

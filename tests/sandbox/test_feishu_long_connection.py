"""
The emulated long connection: who gets an address, what comes over it, and what counts as delivered.

The frames are held against bytes which two other implementations made; the values are copied, not computed.
"""

import base64
import json
import threading
from dataclasses import replace

import pytest
from feishu_app import APPROVAL, FeishuApp
from sandbox_bench import FEISHU
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sandbox.feishu.frames import CONTROL, DATA, Frame, unpack

PING = "0800100018f681801020002a0c0a0474797065120470696e67"
ACKNOWLEDGED = (
    "0800100018f681801020012a0d0a047479706512056576656e742a190a0a6d6573736167655f6964120b77732d6d73672d303030312a080a"
    "0373756d1201312a080a037365711201302a160a0874726163655f6964120a74726163652d303030312a0b0a0662697a5f7274120133420d"
    "7b22636f6465223a203230307d"
)
HEADERS = {
    "type": "event",
    "message_id": "ws-msg-0001",
    "sum": "1",
    "seq": "0",
    "trace_id": "trace-0001",
    "biz_rt": "3",
}


class App:
    """
    An app on the other end: answers every event with `code` and, to clicks, `answer`; None answers nothing.
    """

    def __init__(self, bench, code=200, answer=None):
        self.frames = []
        self.code, self.answer = code, answer
        self.socket = connect(ask(bench)["data"]["URL"], ping_interval=None)
        self.socket.send(bytes.fromhex(PING))
        self.pong = unpack(self.socket.recv(20))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        for raw in self.socket:
            frame = unpack(raw)
            self.frames.append(frame)
            if self.code is not None and frame.headers["seq"] == str(int(frame.headers["sum"]) - 1):
                said = {"code": self.code}
                if self.answer is not None:
                    said["data"] = base64.b64encode(json.dumps(self.answer).encode()).decode()
                self.socket.send(replace(frame, payload=json.dumps(said).encode()).pack())

    def close(self):
        self.socket.close()
        self._thread.join(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def ask(bench, **changed):
    body = {"AppID": FEISHU.app_id, "AppSecret": FEISHU.app_secret} | changed
    return bench.call("POST", "/feishu/callback/ws/endpoint", json=body).json()


@pytest.fixture(autouse=True)
def _back_to_http(bench):
    yield
    bench.sandbox.platforms["feishu"].long_connection.is_chosen = False


@pytest.mark.parametrize(
    ("packed", "frame"),
    [
        (PING, Frame(CONTROL, {"type": "ping"}, service=33554678)),
        (ACKNOWLEDGED, Frame(DATA, HEADERS, b'{"code": 200}', service=33554678)),
    ],
)
def test_frames_are_the_bytes_of_other_implementations(packed, frame):
    assert frame == unpack(bytes.fromhex(packed))
    assert packed == frame.pack().hex()


@pytest.mark.parametrize("raw", [b"", b"\x08", b"\x2a\x05ab", b"\x2a\x02\x0a\x00", b"\x0b\x01", b"\x20\x07"])
def test_other_bytes_are_no_frame(raw):
    with pytest.raises(ValueError, match=r"frame|header"):
        unpack(raw)


@pytest.mark.parametrize("changed", [{"AppID": "cli_other"}, {"AppSecret": "guessed"}])
def test_only_the_app_gets_an_address(bench, changed):
    assert {"code": 514, "msg": "auth failed"} == ask(bench, **changed)


def test_the_gateway_may_be_busy(bench):
    bench.post("/feishu/switches", name="ws_endpoint_code", value=1)

    assert {"code": 1, "msg": "system busy"} == ask(bench)


def test_an_address_opens_one_connection(bench):
    url = ask(bench)["data"]["URL"]
    connect(url).close()

    with pytest.raises(InvalidStatus) as refused:
        connect(url)

    assert "514" == refused.value.response.headers["handshake-status"]


def test_a_ping_is_answered_with_the_pace(bench):
    with App(bench) as app:
        config = json.loads(app.pong.payload)

    assert ("pong", 120, -1) == (app.pong.headers["type"], config["PingInterval"], config["ReconnectCount"])


def test_once_connected_events_come_plain_and_without_a_token(bench):
    with App(bench) as app:
        sent = bench.post("/feishu/messages", user="小李", text="报备")

    event = json.loads(app.frames[0].payload)
    assert ([200], []) == ([one["status"] for one in sent["deliveries"]], bench.product.callbacks("feishu"))
    assert ("im.message.receive_v1", "") == (event["header"]["event_type"], event["header"]["token"])


def test_a_long_event_is_cut_into_parts(bench):
    bench.post("/feishu/switches", name="ws_fragment_bytes", value=200)
    with App(bench) as app:
        sent = bench.post("/feishu/messages", user="小李", text="报备")

    parts = [frame.headers["seq"] for frame in app.frames]
    assert [str(place) for place in range(int(app.frames[0].headers["sum"]))] == parts
    assert 200 == sent["deliveries"][0]["status"]


def test_a_click_takes_its_answer_from_the_frame(bench):
    FeishuApp(bench).send("ou_demo_laozhang", "interactive", APPROVAL)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[-1]

    with App(bench, answer={"toast": {"type": "success", "content": "已同意"}}):
        outcome = bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="同意")

    assert {"type": "success", "text": "已同意"} == outcome["toast"]


@pytest.mark.parametrize("code", [500, None])
def test_an_event_without_a_good_answer_is_repeated(bench, code):
    bench.post("/feishu/switches", name="answer_seconds", value=0.2)
    with App(bench, code=code) as app:
        bench.post("/feishu/messages", user="小李", text="报备")
        app.code = 200
        bench.pass_time(seconds=15)
        bench.sandbox.platforms["feishu"].fire_due()
        bench.pass_time(hours=8)
        bench.sandbox.platforms["feishu"].fire_due()

    events = [json.loads(frame.payload) for frame in app.frames]
    assert [events[0]["header"]["event_id"]] * 2 == [event["header"]["event_id"] for event in events]


def test_with_no_connection_left_an_event_waits_for_the_next(bench):
    App(bench).close()
    lost = bench.post("/feishu/messages", user="小李", text="报备")["deliveries"]

    with App(bench) as app:
        bench.pass_time(seconds=15)
        bench.sandbox.platforms["feishu"].fire_due()

    assert ([0], 1) == ([one["status"] for one in lost], len(app.frames))


def test_each_event_takes_one_of_the_connections(bench):
    with App(bench) as one, App(bench) as other:
        for _ in range(20):
            bench.post("/feishu/messages", user="小李", text="报备")

    assert 20 == len(one.frames) + len(other.frames)
    assert one.frames
    assert other.frames


def test_saving_the_callback_address_ends_the_long_connection_mode(bench):
    with App(bench) as app:
        bench.product.during = lambda seen: bench.product.will_answer(
            {"challenge": seen.feishu(FEISHU.encrypt_key)["challenge"]}
        )
        assert bench.post("/feishu/verify")["verified"]
        bench.product.during = None

        bench.post("/feishu/messages", user="小李", text="报备")

    assert ([], 2) == (app.frames, len(bench.product.callbacks("feishu")))


def test_switched_off_every_connection_ends_and_none_is_admitted(bench):
    app = App(bench)
    url = ask(bench)["data"]["URL"]
    bench.post("/feishu/switches", name="ws_online", value=False)
    app._thread.join(20)

    with pytest.raises(InvalidStatus) as refused:
        connect(url)

    assert "403" == refused.value.response.headers["handshake-status"]
    app.close()

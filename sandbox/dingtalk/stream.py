"""
Stream mode: the app opens a WebSocket, and robot messages, card callbacks and events come over it as frames.

Every frame wants an acknowledgement; one that gets none comes again with the same messageId. Of several connections
each frame takes one at random.
Source: https://open.dingtalk.com/document/development/protocol-description-for-stream-mode (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, jsonify, request
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, serve

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.errors import UNAUTHORIZED, ApiError, missing
from sandbox.dingtalk.state import TICKET_LIFE, Ticket
from sandbox.wire import Delivery

if TYPE_CHECKING:
    from websockets.http11 import Request
    from websockets.http11 import Response as Handshake
    from websockets.sync.server import ServerConnection

    from sandbox.dingtalk.platform import DingTalkPlatform

ROBOT_TOPIC = "/v1.0/im/bot/messages/get"
CARD_TOPIC = "/v1.0/card/instances/callback"
KNOWN_TOPICS = frozenset({ROBOT_TOPIC, CARD_TOPIC, "/v1.0/im/bot/messages/delegate", "/v1.0/graph/api/invoke"})
CLOSES_AFTER = timedelta(seconds=10)
OK = 200
LATER = "LATER"


@dataclass
class Frame:
    """
    What is pushed; `attempts` counts how often it was.
    """

    type: str
    topic: str
    data: str
    headers: dict[str, str] = field(default_factory=dict)
    message_id: str = field(default_factory=lambda: f"{secrets.token_hex(4)}_{uuid.uuid4().hex[:16]}")
    attempts: int = 0
    due_at: datetime | None = None


@dataclass
class Acknowledgement:
    came: threading.Event = field(default_factory=threading.Event)
    code: int = 0
    data: str = ""


class Line:
    """
    One open connection of the app.
    """

    def __init__(self, connection: ServerConnection, topics: frozenset[tuple[str, str]], now: datetime) -> None:
        self.connection = connection
        self.topics = topics
        self.id = uuid.uuid4().hex
        self.pinged_at = now
        # The ping not echoed yet, and when it was sent in real time: a jump of the clock gives nobody time to echo.
        self.open_ping: str | None = None
        self.pinged_really_at = 0.0
        self.closes_at: datetime | None = None

    def takes(self, frame: Frame) -> bool:
        wanted = ("EVENT", "*") if frame.type == "EVENT" else (frame.type, frame.topic)
        return self.closes_at is None and wanted in self.topics

    def write(self, type_: str, headers: dict[str, str], data: str) -> str:
        """
        Raises: ConnectionClosed when the app is gone.
        """
        text = json.dumps({"specVersion": "1.0", "type": type_, "headers": headers, "data": data}, ensure_ascii=False)
        self.connection.send(text)
        return text


class Stream:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._server: Server | None = None
        self._lock = threading.Lock()
        self._admitted: dict[uuid.UUID, Ticket] = {}
        self._lines: list[Line] = []
        self._awaited: dict[str, Acknowledgement] = {}
        self._unacknowledged: dict[str, Frame] = {}

    def routes(self) -> list[Route]:
        return [Route("POST", "/v1.0/gateway/connections/open", self.open, billed=False, token=False)]

    def open(self, call: Call) -> Response:
        """
        Credentials in the body, no token; who does not accept JSON gets the answer as XML.
        """
        body = call.body()
        account = self._platform.account
        for name in ("clientId", "clientSecret", "subscriptions"):
            if not body.get(name):
                raise missing(name)
        if (body["clientId"], body["clientSecret"]) != (account.client_id, account.client_secret):
            raise ApiError("authFailed", "鉴权失败", status=UNAUTHORIZED)
        ticket = str(uuid.uuid4())
        now = self._platform.world.clock.now()
        self._platform.state.tickets[ticket] = Ticket(now, _topics(body["subscriptions"]))
        answer = {"endpoint": self._endpoint(), "ticket": ticket}
        if self._platform.switches["xml_without_accept"] and "json" not in request.headers.get("Accept", ""):
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in answer.items())
            return Response(f"<result>{inner}</result>", content_type="text/xml; charset=utf-8")
        return jsonify(answer)

    def is_connected(self) -> bool:
        with self._lock:
            return any(line.closes_at is None for line in self._lines)

    def push(self, frame: Frame, seconds: float) -> Delivery:
        """
        Deliver once and wait for the acknowledgement; without a good one the frame is repeated later.
        """
        frame.attempts += 1
        started = time.monotonic()
        line = self._choose(frame)
        answer = self._expect(frame)
        sent = self._write(line, frame)
        if sent is None:
            return self._unheard(frame, "refused", started)
        came = answer.came.wait(seconds)
        delivery = Delivery(answer.code, _ms_since(started), answer.data.encode(), None if came else "timeout")
        self._platform.wire.record("out", "STREAM", frame.topic, sent.encode(), answer.code, delivery.body)
        if self._is_settled(frame, answer):
            self._forget(frame)
        else:
            self._repeat_later(frame)
        return delivery

    def fire_due(self) -> None:
        now = self._platform.world.clock.now()
        self._keep_lines(now)
        with self._lock:
            due = [frame for frame in self._unacknowledged.values() if frame.due_at and frame.due_at <= now]
            for frame in due:
                frame.due_at = None
        for frame in due:
            self.push(frame, self._platform.switches["answer_seconds"])

    def disconnect(self) -> None:
        """
        The platform asks every connection to come again: nothing is pushed any more, ten seconds later it is cut.
        """
        now = self._platform.world.clock.now()
        with self._lock:
            lines = [line for line in self._lines if line.closes_at is None]
        for line in lines:
            line.closes_at = now + CLOSES_AFTER
            self._say(line, "disconnect", {"reason": "connection is expired"})

    def cut(self) -> None:
        """
        The network breaks: every connection ends without a word.
        """
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            line.connection.close_socket()

    def clear(self) -> None:
        with self._lock:
            self._unacknowledged.clear()
            self._awaited.clear()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()

    def _endpoint(self) -> str:
        if self._server is None:
            self._server = serve(self._serve, "127.0.0.1", 0, process_request=self._admit, ping_interval=None)
            threading.Thread(target=self._server.serve_forever, name="dingtalk-stream", daemon=True).start()
        port = self._server.socket.getsockname()[1]
        return f"ws://127.0.0.1:{port}/connect"

    def _admit(self, connection: ServerConnection, asked: Request) -> Handshake | None:
        ticket = self._ticket(asked.path)
        now = self._platform.world.clock.now()
        if ticket is None or now - ticket.issued_at > TICKET_LIFE:
            return connection.respond(UNAUTHORIZED, "invalid ticket\n")
        with self._lock:
            self._admitted[connection.id] = ticket
        return None

    def _ticket(self, path: str) -> Ticket | None:
        """
        A ticket opens one connection.
        """
        text = parse_qs(urlsplit(path).query).get("ticket", [""])[0]
        with self._platform.world.lock:
            return self._platform.state.tickets.pop(text, None)

    def _serve(self, connection: ServerConnection) -> None:
        now = self._platform.world.clock.now()
        with self._lock:
            line = Line(connection, self._admitted.pop(connection.id).topics, now)
            self._lines.append(line)
        try:
            for text in connection:
                self._hear(line, text)
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._lines.remove(line)

    def _hear(self, line: Line, text: str | bytes) -> None:
        """
        An acknowledgement, or a ping's echo; what is none, or belongs to no frame, is only recorded.
        """
        try:
            said = json.loads(text)
            message_id, code = str(said["headers"]["messageId"]), int(said["code"])
        except (ValueError, KeyError, TypeError):
            raw = text if isinstance(text, bytes) else text.encode()
            self._platform.wire.record("in", "STREAM", "not understood", raw, 0, b"")
            return
        if message_id == line.open_ping:
            line.open_ping = None
        with self._lock:
            answer = self._awaited.get(message_id)
            frame = self._unacknowledged.get(message_id)
        if answer is None:
            return
        answer.code, answer.data = code, str(said.get("data") or "")
        answer.came.set()
        if frame is not None and self._is_settled(frame, answer):
            self._forget(frame)

    def _choose(self, frame: Frame) -> Line | None:
        with self._lock:
            lines = [line for line in self._lines if line.takes(frame)]
        return secrets.choice(lines) if lines else None

    def _expect(self, frame: Frame) -> Acknowledgement:
        answer = Acknowledgement()
        with self._lock:
            self._awaited[frame.message_id] = answer
        return answer

    def _write(self, line: Line | None, frame: Frame) -> str | None:
        if line is None:
            return None
        headers = {
            "appId": self._platform.app_id,
            "connectionId": line.id,
            "contentType": "application/json",
            "messageId": frame.message_id,
            "time": self._milliseconds(),
            "topic": frame.topic,
            **frame.headers,
        }
        try:
            return line.write(frame.type, headers, frame.data)
        except ConnectionClosed:
            return None

    def _unheard(self, frame: Frame, failure: str, started: float) -> Delivery:
        self._platform.wire.record("out", "STREAM", frame.topic, frame.data.encode(), 0, b"")
        self._repeat_later(frame)
        return Delivery(0, _ms_since(started), failure=failure)

    def _is_settled(self, frame: Frame, answer: Acknowledgement) -> bool:
        if answer.code != OK:
            return False
        return frame.type != "EVENT" or _json_object(answer.data).get("status") != LATER

    def _forget(self, frame: Frame) -> None:
        with self._lock:
            self._awaited.pop(frame.message_id, None)
            self._unacknowledged.pop(frame.message_id, None)

    def _repeat_later(self, frame: Frame) -> None:
        switches = self._platform.switches
        with self._lock:
            if frame.attempts > switches["stream_redeliveries"]:
                self._unacknowledged.pop(frame.message_id, None)
                return
            wait = timedelta(seconds=switches["stream_redelivery_seconds"])
            frame.due_at = self._platform.world.clock.now() + wait
            self._unacknowledged[frame.message_id] = frame

    def _keep_lines(self, now: datetime) -> None:
        """
        Ping every line in its turn; cut those that were asked to go, and those that never echoed the last ping.
        """
        every = timedelta(seconds=self._platform.switches["ping_seconds"])
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            if line.closes_at is not None:
                if line.closes_at <= now:
                    line.connection.close()
            elif now - line.pinged_at >= every:
                self._ping(line, now)

    def _ping(self, line: Line, now: datetime) -> None:
        if line.open_ping is None:
            line.pinged_at, line.open_ping, line.pinged_really_at = now, uuid.uuid4().hex, time.monotonic()
            self._say(line, "ping", {"opaque": uuid.uuid4().hex}, messageId=line.open_ping)
        elif time.monotonic() - line.pinged_really_at >= self._platform.switches["echo_seconds"]:
            line.connection.close()

    def _say(self, line: Line, topic: str, data: dict[str, str], **headers: str) -> None:
        common = {"contentType": "application/json", "topic": topic, "time": self._milliseconds()}
        try:
            line.write("SYSTEM", common | headers, json.dumps(data))
        except ConnectionClosed:
            return

    def _milliseconds(self) -> str:
        return str(round(self._platform.world.clock.now().timestamp() * 1000))


def _topics(subscriptions: object) -> frozenset[tuple[str, str]]:
    """
    Raises: ApiError when a subscription is none: events only as a whole, callbacks by a known topic.
    """
    topics = set()
    for one in subscriptions if isinstance(subscriptions, list) else [None]:
        kind, topic = (one.get("type"), one.get("topic")) if isinstance(one, dict) else (None, None)
        if not ((kind == "EVENT" and topic == "*") or (kind == "CALLBACK" and topic in KNOWN_TOPICS)):
            raise ApiError("InvalidSubscriptions", f"unknown subscription {kind} {topic}")
        topics.add((str(kind), str(topic)))
    return frozenset(topics)


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)

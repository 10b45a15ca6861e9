"""
The long connection 长连接: the app asks for an address, opens a WebSocket there, and events and clicks come over it.

Each event takes one of the app's connections at random; it is plain, and answered in its own frame within 3 seconds.
Source: https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/request-url-configuration-case
(read 2026-08)
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, jsonify, request
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, serve

from sandbox.feishu.frames import CONTROL, DATA, Frame, unpack
from sandbox.wire import Delivery

if TYPE_CHECKING:
    from flask import Blueprint
    from websockets.http11 import Request
    from websockets.http11 import Response as Handshake
    from websockets.sync.server import ServerConnection

    from sandbox.feishu.platform import FeishuPlatform

ENDPOINT = "/callback/ws/endpoint"
MOST_CONNECTIONS = 50
SERVICE = 33554678
LOOK_SECONDS = 0.1
OK, FORBIDDEN, AUTH_FAILED, TOO_MANY = 0, 403, 514, 1000040350
TEXTS = {OK: "", 1: "system busy", FORBIDDEN: "forbidden", AUTH_FAILED: "auth failed", TOO_MANY: "exceed conn limit"}


@dataclass
class Answer:
    """
    What the app says to one event: `code` 200 means that it took it.
    """

    came: threading.Event = field(default_factory=threading.Event)
    code: int = 0
    data: bytes = b""


class LongConnection:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._server: Server | None = None
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._open: list[ServerConnection] = []
        self._awaited: dict[str, Answer] = {}
        # An administrator can save 使用长连接接收 only while a connection is up: here the first one saves it.
        self.is_chosen = False

    def add_to(self, blueprint: Blueprint) -> None:
        blueprint.add_url_rule(ENDPOINT, "long_connection", self.endpoint, methods=["POST"])

    def endpoint(self) -> Response:
        body = request.get_json(force=True, silent=True)
        code = self._refusal(body if isinstance(body, dict) else {})
        if code != OK:
            return jsonify(code=code, msg=TEXTS.get(code, "internal error"))
        ticket = secrets.token_hex(16)
        with self._lock:
            self._tickets.add(ticket)
        query = f"device_id={uuid.uuid4().hex}&service_id={SERVICE}&ticket={ticket}"
        data = {"URL": f"ws://127.0.0.1:{self._port()}/ws/v2?{query}", "ClientConfig": self._client_config()}
        return jsonify(code=OK, msg="", data=data)

    def push(self, payload: bytes, seconds: float) -> Delivery:
        """
        One event to one connection; without an answer in time it counts as not delivered.
        """
        started, message_id = time.monotonic(), uuid.uuid4().hex
        answer = Answer()
        with self._lock:
            self._awaited[message_id] = answer
            connection = secrets.choice(self._open) if self._open else None
        try:
            failure = self._send(connection, message_id, payload)
            if failure is None and not answer.came.wait(seconds):
                failure = "timeout"
        finally:
            with self._lock:
                del self._awaited[message_id]
        delivery = Delivery(answer.code, round((time.monotonic() - started) * 1000), answer.data, failure)
        self._platform.wire.record("out", "WS", "long connection", payload, delivery.status, delivery.body)
        return delivery

    def clear(self) -> None:
        """
        A fresh company: events come over whatever connection there is, else to the callback address.
        """
        with self._lock:
            self.is_chosen = bool(self._open)

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()

    def _refusal(self, body: dict[str, Any]) -> int:
        account = self._platform.account
        if (body.get("AppID"), body.get("AppSecret")) != (account.app_id, account.app_secret):
            return AUTH_FAILED
        with self._lock:
            is_full = len(self._open) >= MOST_CONNECTIONS
        return TOO_MANY if is_full else int(self._platform.switches["ws_endpoint_code"])

    def _client_config(self) -> dict[str, int]:
        switches = self._platform.switches
        return {
            "ReconnectCount": -1,
            "ReconnectInterval": switches["ws_reconnect_seconds"],
            "ReconnectNonce": switches["ws_reconnect_nonce"],
            "PingInterval": switches["ws_ping_seconds"],
        }

    def _port(self) -> int:
        with self._lock:
            if self._server is None:
                self._server = serve(self._meet, "127.0.0.1", 0, process_request=self._admit, ping_interval=None)
                threading.Thread(target=self._server.serve_forever, name="feishu-ws", daemon=True).start()
            return int(self._server.socket.getsockname()[1])

    def _admit(self, connection: ServerConnection, asked: Request) -> Handshake | None:
        """
        An address opens one connection; the reason of a refusal stands in the headers of the handshake.
        """
        ticket = parse_qs(urlsplit(asked.path).query).get("ticket", [""])[0]
        with self._lock:
            is_known = ticket in self._tickets
            self._tickets.discard(ticket)
        if is_known and self._platform.switches["ws_online"]:
            return None
        refused = connection.respond(FORBIDDEN, "")
        refused.headers["handshake-status"] = str(FORBIDDEN if is_known else AUTH_FAILED)
        refused.headers["handshake-msg"] = TEXTS[FORBIDDEN if is_known else AUTH_FAILED]
        return refused

    def _meet(self, connection: ServerConnection) -> None:
        with self._lock:
            self._open.append(connection)
            self.is_chosen = True
        try:
            self._listen(connection)
        except ConnectionClosed:
            pass
        finally:
            with self._lock:
                self._open.remove(connection)

    def _listen(self, connection: ServerConnection) -> None:
        """
        Raises: ConnectionClosed when the app goes; returns when the sandbox goes offline.
        """
        while self._platform.switches["ws_online"]:
            with contextlib.suppress(TimeoutError, ValueError):
                raw = connection.recv(LOOK_SECONDS)
                self._hear(connection, unpack(raw if isinstance(raw, bytes) else raw.encode()))

    def _hear(self, connection: ServerConnection, frame: Frame) -> None:
        if frame.method == CONTROL and frame.headers.get("type") == "ping":
            config = json.dumps(self._client_config()).encode()
            connection.send(Frame(CONTROL, {"type": "pong"}, config, service=SERVICE).pack())
        elif frame.method == DATA:
            with self._lock:
                answer = self._awaited.get(frame.headers.get("message_id", ""))
            if answer is not None:
                answer.code, answer.data = _said(frame.payload)
                answer.came.set()

    def _send(self, connection: ServerConnection | None, message_id: str, payload: bytes) -> str | None:
        """
        Returns what went wrong.
        """
        size = self._platform.switches["ws_fragment_bytes"] or len(payload)
        parts = [payload[at : at + size] for at in range(0, len(payload), size)]
        trace = uuid.uuid4().hex
        try:
            for place, part in enumerate(parts):
                headers = {"type": "event", "message_id": message_id, "sum": str(len(parts)), "seq": str(place)}
                frame = Frame(DATA, headers | {"trace_id": trace}, part, service=SERVICE)
                if connection is None:
                    return "refused"
                connection.send(frame.pack())
        except ConnectionClosed:
            return "refused"
        return None


def _said(payload: bytes) -> tuple[int, bytes]:
    """
    The code and, for a click, the answer; what cannot be read is a failure.
    """
    try:
        said = json.loads(payload)
        return int(said["code"]), base64.b64decode(said.get("data") or "", validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return 500, b""

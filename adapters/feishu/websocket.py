"""
Feishu's long connection: events and clicks over a WebSocket that we open, so that nobody must reach us from outside.

An event is acknowledged when it is committed, a click with its answer, in the very frame that brought it; what was not
acknowledged Feishu pushes again. Frames are read in `frames.py`, events in `inbound.py`.
Source: lark-oapi 1.7.5, `lark_oapi/ws/client.py` (read 2026-05).
"""

from __future__ import annotations

import base64
import json
import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from adapters.feishu.config import FeishuConfig
from adapters.feishu.errors import error_code
from adapters.feishu.fragments import Fragments
from adapters.feishu.frames import CONTROL, DATA, BadFrame, Frame, read_frame, write_frame
from adapters.http import Transport
from adapters.websocket import Channel, open_channel
from bot.events import ActionClicked, Event
from bot.ports import Accepted, Received
from bot.reply import Reply
from domain.errors import PlatformError

log = structlog.get_logger()

ENDPOINT: Final = "/callback/ws/endpoint"
WORKERS: Final = 4
MOST_WAITING: Final = 200
LISTEN_S: Final = 0.5
FIRST_RETRY_S: Final = 1.0
SILENT_PINGS: Final = 2.5
OK, FAILED = 200, 500

_REFUSED_FOR_GOOD: Final = frozenset({403, 514, 10003, 10014, 10015})
_VENDOR_HOSTS: Final = (".feishu.cn", ".larksuite.com")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Read = Callable[[bytes], Received]
Encode = Callable[[Event, Reply], bytes]
Take = Callable[[Event], Reply]


@dataclass(frozen=True)
class Pace:
    """
    How often to ping and how long to wait before a new connection, in seconds; Feishu says it with every pong.

    `nonce` spreads the reconnections of many clients after an outage.
    """

    ping: float = 120.0
    reconnect: float = 120.0
    nonce: float = 30.0

    def told(self, config: object) -> Pace:
        """
        The pace of a ClientConfig; what it leaves out or says wrongly stays.
        """
        known = config if isinstance(config, dict) else {}
        names = {"ping": "PingInterval", "reconnect": "ReconnectInterval", "nonce": "ReconnectNonce"}
        said = {ours: known.get(theirs) for ours, theirs in names.items()}
        lowest = {"ping": 1, "reconnect": 1, "nonce": 0}
        return replace(self, **{n: float(v) for n, v in said.items() if isinstance(v, int) and lowest[n] <= v <= 3600})


@dataclass(frozen=True)
class Endpoint:
    """
    Where to connect. The address carries a ticket: it is used once and never logged.
    """

    url: str
    service: int
    pace: Pace


class FeishuConnection:
    """
    One app's long connection. `read` verifies and parses a payload, `encode` makes the answer to a click.
    """

    def __init__(
        self,
        config: FeishuConfig,
        *,
        http: Transport,
        read: Read,
        encode: Encode,
        random_share: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._http = http
        self._read = read
        self._encode = encode
        self._random_share = random_share
        self._pace = Pace()
        self._up = threading.Event()

    @property
    def is_up(self) -> bool:
        """
        Whether the WebSocket is open.
        """
        return self._up.is_set()

    def run(self, take: Take, stop: threading.Event) -> None:
        """
        Stay connected until `stop`: after a loss Feishu wants a random wait, after failures a growing one.

        Raises:
            PlatformError: (permanent) Feishu refuses app id or secret.
        """
        wait = FIRST_RETRY_S
        while not stop.is_set():
            try:
                endpoint = self._endpoint()
                channel = open_channel(endpoint.url, hosts=_hosts(self._config.api_base))
            except PlatformError as error:
                if error.permanent:
                    raise
                log.warning("feishu.connection_failed", account=self._config.account, code=error.code, retry_s=wait)
                stop.wait(wait)
                wait = min(2 * wait, self._pace.reconnect)
                continue
            wait = FIRST_RETRY_S
            self._pace = endpoint.pace
            self._stay(channel, endpoint.service, take, stop)
            stop.wait(self._random_share() * self._pace.nonce)

    def _endpoint(self) -> Endpoint:
        config = self._config
        answer = self._http.request(
            "POST",
            config.api_base.rstrip("/") + ENDPOINT,
            json={"AppID": config.app_id, "AppSecret": config.app_secret},
            headers={"locale": "zh"},
        ).json_object()
        code = error_code(answer)
        if code != 0:
            raise PlatformError(f"feishu_ws_{code}", "no address to connect to", permanent=code in _REFUSED_FOR_GOOD)
        data = answer.get("data")
        url = data.get("URL") if isinstance(data, dict) else None
        if not isinstance(url, str):
            raise PlatformError("feishu_ws_no_address", "the answer carries no address")
        service = parse_qs(urlsplit(url).query).get("service_id", ["0"])[0]
        told = data.get("ClientConfig") if isinstance(data, dict) else None
        return Endpoint(url, int(service) if service.isascii() and service.isdigit() else 0, self._pace.told(told))

    def _stay(self, channel: Channel, service: int, take: Take, stop: threading.Event) -> None:
        """
        Use one connection until it is lost or `stop`; what is being worked on is still acknowledged.
        """
        session = _Session(channel, service, self._read, self._encode, take)
        self._up.set()
        log.info("feishu.connected", account=self._config.account)
        try:
            with ThreadPoolExecutor(WORKERS, thread_name_prefix="feishu-events") as workers:
                self._pace = session.listen(self._pace, workers, stop)
        finally:
            self._up.clear()
            channel.close()
            log.info("feishu.disconnected", account=self._config.account)


class _Session:
    """
    One open connection. One thread listens and pings; workers take events and write their acknowledgements.
    """

    def __init__(self, channel: Channel, service: int, read: Read, encode: Encode, take: Take) -> None:
        self._channel = channel
        self._service = service
        self._read = read
        self._encode = encode
        self._take = take
        self._fragments = Fragments()
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    def listen(self, pace: Pace, workers: ThreadPoolExecutor, stop: threading.Event) -> Pace:
        """
        Pass events to the workers until the connection ends or falls silent; returns the pace as last told.
        """
        heard_at, pinged_at = time.monotonic(), -math.inf
        try:
            while not stop.is_set() and time.monotonic() - heard_at <= SILENT_PINGS * pace.ping:
                if time.monotonic() - pinged_at >= pace.ping:
                    self._channel.send(write_frame(Frame(CONTROL, self._service, {"type": "ping"})))
                    pinged_at = time.monotonic()
                raw = self._channel.receive(LISTEN_S)
                if raw is not None:
                    heard_at = time.monotonic()
                    pace = self._heard(raw, pace, workers)
        except PlatformError as error:
            log.warning("feishu.connection_lost", code=error.code)
        return pace

    def _heard(self, raw: str | bytes, pace: Pace, workers: ThreadPoolExecutor) -> Pace:
        try:
            frame = read_frame(raw if isinstance(raw, bytes) else b"")
        except BadFrame as fault:
            log.warning("feishu.bad_frame", fault=str(fault))
            return pace
        kind = frame.headers.get("type")
        if frame.method == CONTROL:
            return pace.told(_json(frame.payload)) if kind == "pong" else pace
        if frame.method == DATA and kind == "event":
            payload = self._fragments.whole(frame, time.monotonic())
            if payload is not None:
                self._pass_on(frame, payload, workers)
        return pace

    def _pass_on(self, frame: Frame, payload: bytes, workers: ThreadPoolExecutor) -> None:
        """
        To a worker; with too many waiting Feishu is asked to push the event again later.
        """
        if self._waiting.acquire(blocking=False):
            workers.submit(self._work, frame, payload).add_done_callback(_report)
        else:
            self._acknowledge(frame, {"code": FAILED}, 0.0)

    def _work(self, frame: Frame, payload: bytes) -> None:
        """
        Whatever happens to the event, its frame is answered: with failure when it was not taken.
        """
        started = time.monotonic()
        answer: Mapping[str, object] = {"code": FAILED}
        try:
            answer = self._taken(payload)
        finally:
            self._waiting.release()
            self._acknowledge(frame, answer, time.monotonic() - started)

    def _taken(self, payload: bytes) -> Mapping[str, object]:
        received = self._read(payload)
        if not isinstance(received, Accepted):
            log.warning("feishu.event_refused", reason=getattr(received, "reason", "not_an_event"))
            return {"code": FAILED}
        reply = self._take(received.event)
        if not isinstance(received.event, ActionClicked):
            return {"code": OK}
        return {"code": OK, "data": base64.b64encode(self._encode(received.event, reply)).decode()}

    def _acknowledge(self, frame: Frame, answer: Mapping[str, object], seconds: float) -> None:
        headers = {**frame.headers, "biz_rt": str(round(seconds * 1000))}
        try:
            self._channel.send(write_frame(replace(frame, headers=headers, payload=json.dumps(answer).encode())))
        except PlatformError as error:
            # the event is committed: pushed again, it gets the stored answer
            log.warning("feishu.not_acknowledged", code=error.code)


def _report(work: Future[None]) -> None:
    """
    An event that could not be taken has been answered with failure; why is for the log.
    """
    fault = work.exception()
    if fault is not None:
        log.error("feishu.event_failed", exc_info=fault)


def _hosts(api_base: str) -> tuple[str, ...]:
    """
    Where the platform may send us: the vendor's domains, and this machine when the API is here.
    """
    host = urlsplit(api_base).hostname or ""
    return (*_VENDOR_HOSTS, host) if host in _LOOPBACK else _VENDOR_HOSTS


def _json(payload: bytes) -> object:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None

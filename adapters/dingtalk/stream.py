"""
DingTalk's Stream connection: messages, clicks and events over a WebSocket that we open.

A frame is acknowledged when its event is committed, a click with its answer; what was not acknowledged comes again.
Frames are the models of dingtalk-stream, of whose client nothing runs: it cannot be stopped, acknowledges before the
work is done, and writes the ticket of the connection into the log.
Source: https://open.dingtalk.com/document/development/protocol-overview (Stream) and dingtalk-stream 0.24.3 (read
2026-08).
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import structlog

from adapters.dingtalk.client import DingTalkClient
from adapters.dingtalk.frames import CARDS, MESSAGES, Arrived, FrameReader, Told, acknowledgement
from adapters.dingtalk.lanes import Lanes
from adapters.dingtalk.sessions import Sessions
from adapters.websocket import Channel, open_channel
from bot.events import ActionClicked, Event
from bot.reply import Reply
from domain.errors import PlatformError

log = structlog.get_logger()

SUBSCRIPTIONS: Final = (
    {"type": "EVENT", "topic": "*"},
    {"type": "CALLBACK", "topic": MESSAGES},
    {"type": "CALLBACK", "topic": CARDS},
)
LISTEN_S: Final = 0.5
PING_S: Final = 60.0
HAND_OVER_S: Final = 8.0
"""DingTalk keeps a connection it has given notice to for ten seconds: time to acknowledge what came over it."""
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 60.0
STEADY_S: Final = 1.0

_VENDOR_HOSTS: Final = (".dingtalk.com",)
Take = Callable[[Event], Reply]
Answer = Callable[[ActionClicked, Reply], Mapping[str, Any]]


class StreamConnection:
    """
    One app's connection. `answer` makes what a click is answered with; `random_share` spreads reconnections.
    """

    def __init__(
        self,
        client: DingTalkClient,
        *,
        api_base: str,
        reader: FrameReader,
        sessions: Sessions,
        answer: Answer,
        random_share: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._hosts = _hosts(api_base)
        self._reader = reader
        self._sessions = sessions
        self._answer = answer
        self._random_share = random_share
        self._up = threading.Event()

    @property
    def is_up(self) -> bool:
        """
        Whether the WebSocket is open, and DingTalk sends on it.
        """
        return self._up.is_set()

    def run(self, take: Take, stop: threading.Event) -> None:
        """
        Stay connected until `stop`; the wait before a new connection grows while none holds.

        Raises:
            PlatformError: (permanent) DingTalk refuses client id or secret.
        """
        lanes = Lanes("dingtalk-events")
        failures = 0
        try:
            while not stop.is_set():
                try:
                    channel = self._open()
                except PlatformError as error:
                    if error.permanent:
                        raise
                    failures += 1
                    self._rest(stop, failures, error)
                    continue
                began = time.monotonic()
                lost = self._stay(channel, take, stop, lanes)
                failures = 0 if time.monotonic() - began >= STEADY_S else failures + 1
                if lost is not None:
                    self._rest(stop, failures, lost)
        finally:
            lanes.close()

    def _stay(self, channel: Channel, take: Take, stop: threading.Event, lanes: Lanes) -> PlatformError | None:
        """
        Use connections, one after the other as DingTalk asks for it, until one is lost (returns how) or `stop`.
        """
        self._up.set()
        log.info("dingtalk.connected")
        try:
            while not stop.is_set():
                if self._is_told_to_leave(channel, take, lanes):
                    # first the new one: from now on messages go to whoever is connected, or to nobody
                    self._up.clear()
                    following = self._open()
                    self._up.set()
                    lanes.drain(HAND_OVER_S)
                    channel.close()
                    channel = following
        except PlatformError as error:
            return error
        else:
            return None
        finally:
            self._up.clear()
            lanes.drain(HAND_OVER_S)
            channel.close()

    def _open(self) -> Channel:
        told = self._client.open_connection({"subscriptions": list(SUBSCRIPTIONS), "ua": "liaodan"})
        endpoint, ticket = told.get("endpoint"), told.get("ticket")
        if not isinstance(endpoint, str) or not isinstance(ticket, str):
            raise PlatformError("dingtalk_no_endpoint", "the answer carries no address")
        return open_channel(f"{endpoint}?ticket={quote(ticket, safe='')}", hosts=self._hosts, ping_seconds=PING_S)

    def _is_told_to_leave(self, channel: Channel, take: Take, lanes: Lanes) -> bool:
        """
        Hear what comes next, if anything; True when DingTalk gives notice to this connection.
        """
        raw = channel.receive(LISTEN_S)
        lanes.check()
        frame = self._reader.read(raw) if raw is not None else None
        match frame:
            case Told(topic="disconnect"):
                return True
            case Told(message_id=message_id, data=data):
                # a ping wants its data back; other topics of the system are merely acknowledged
                self._acknowledge(channel, acknowledgement(message_id, data))
            case Arrived():
                lanes.put(frame.sender_id, lambda: self._pass_on(frame, channel, take))
            case _:
                pass
        return False

    def _pass_on(self, frame: Arrived, channel: Channel, take: Take) -> None:
        """
        Commit, then acknowledge: with the answer where the frame was a click.
        """
        if frame.session is not None:
            self._sessions.note(frame.session)
        data = frame.success
        for event in frame.events:
            reply = take(event)
            if isinstance(event, ActionClicked):
                data = {"response": self._answer(event, reply)}
        if frame.fault:
            log.warning("dingtalk.frame_refused", reason=frame.fault)
        self._acknowledge(channel, acknowledgement(frame.message_id, data, code=frame.code))

    def _acknowledge(self, channel: Channel, ack: str) -> None:
        try:
            channel.send(ack)
        except PlatformError as error:
            # the event is committed: when it comes again it gets the stored answer
            log.warning("dingtalk.not_acknowledged", code=error.code)

    def _rest(self, stop: threading.Event, failures: int, error: PlatformError) -> None:
        doubled: float = FIRST_RETRY_S * 2 ** min(failures, 6)
        pause = max(min(LONGEST_RETRY_S, doubled), error.retry_after or 0.0) + self._random_share()
        log.warning("dingtalk.connection_lost", code=error.code, retry_s=round(pause, 1))
        stop.wait(pause)


def _hosts(api_base: str) -> tuple[str, ...]:
    """
    Where the platform may send us: the vendor's domains, and those of a DingTalk that a company runs by itself.
    """
    host = urlsplit(api_base).hostname or ""
    domain = host.partition(".")[2]
    return (
        *_VENDOR_HOSTS,
        host,
        *([f".{domain}"] if domain.count(".") and not host.replace(".", "").isdigit() else []),
    )

"""
The long connection of the 智能机器人: events and clicks over a WebSocket we open, and the requests that answer them.

Every request waits for its acknowledgement; one chat's answer to a message goes back under that message's number
(`req_id`), so that WeCom shows what is answered. There is one live connection per bot: a newer one ends ours, and then
coming back would only end the other. What a frame means is read in `aibot_inbound.py`.
Source: https://developer.work.weixin.qq.com/document/path/101463 and @wecom/aibot-node-sdk 1.0.7 (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final
from urllib.parse import urlsplit

import structlog

from adapters.websocket import Channel, open_channel
from adapters.wecom.aibot_turns import Turn, Turns
from adapters.wecom.config import WeComConfig
from adapters.wecom.errors import PASSING, platform_error
from bot.events import ActionClicked, Event, MessageReceived
from bot.ports import Accepted, Received
from bot.reply import Reply
from cards.text import ANSWERED_IN_APP
from domain.errors import LineDown, PlatformError

log = structlog.get_logger()

WORKERS: Final = 4
LISTEN_S: Final = 0.5
ACK_S: Final = 5.0
PING_S: Final = 30.0
SILENT_PINGS: Final = 2.5
FIRST_RETRY_S: Final = 1.0
LONGEST_RETRY_S: Final = 30.0
OFFLINE_PAUSE: Final = 3.0

Json = Mapping[str, object]
Read = Callable[[Json], Received]
Face = Callable[[ActionClicked, Reply], Json | None]
Take = Callable[[Event], Reply]


class BotConnection:
    """
    One bot's long connection. `read` makes events of bodies, `face` the new face of a clicked card.
    """

    def __init__(self, config: WeComConfig, *, read: Read, face: Face) -> None:
        self.turns = Turns()
        self._config = config
        self._read = read
        self._face = face
        self._session: _Session | None = None

    @property
    def is_up(self) -> bool:
        """
        Whether the bot is subscribed.
        """
        return self._session is not None

    def request(self, command: str, body: Json, *, req_id: str = "") -> Json:
        """
        Ask something of WeCom; `req_id` is that of the message this answers.

        Raises:
            PlatformError: the connection is down, WeCom refuses, or does not say whether it did it.
        """
        session = self._session
        if session is None:
            text = "the bot is not connected"
            raise LineDown("wecom_bot_offline", text, retry_after=OFFLINE_PAUSE, tried=False)
        return session.request(command, body, req_id or _new_number(command))

    def run(self, take: Take, stop: threading.Event) -> None:
        """
        Stay connected until `stop`; after a loss wait a little, longer after each failure.

        Raises:
            PlatformError: (permanent) WeCom refuses bot id or secret, or a newer connection has taken over.
        """
        wait = FIRST_RETRY_S
        while not stop.is_set():
            began_at = time.monotonic()
            try:
                with ThreadPoolExecutor(WORKERS, thread_name_prefix="aibot-events") as workers:
                    self._stay(take, stop, workers)
            except PlatformError as error:
                if error.permanent:
                    raise
                if time.monotonic() - began_at > LONGEST_RETRY_S:
                    wait = FIRST_RETRY_S
                log.warning("wecom.bot_connection_lost", account=self._config.account, code=error.code, retry_s=wait)
                stop.wait(wait)
                wait = min(2 * wait, LONGEST_RETRY_S)

    def _stay(self, take: Take, stop: threading.Event, workers: ThreadPoolExecutor) -> None:
        """
        Use one connection until it is lost or `stop`.
        """
        channel = open_channel(self._config.socket_base, hosts=[urlsplit(self._config.socket_base).hostname or ""])

        def pass_on(frame: Json) -> None:
            workers.submit(self._work, frame, take).add_done_callback(_report_bug)

        session = _Session(channel, pass_on)
        try:
            session.subscribe({"bot_id": self._config.bot_id, "secret": self._config.bot_secret})
            self._session = session
            log.info("wecom.bot_connected", account=self._config.account)
            session.listen(stop)
        finally:
            self._session = None
            channel.close()
            session.end()

    def _work(self, frame: Json, take: Take) -> None:
        match self._read(_part(frame, "body")):
            case Accepted(event=event):
                self._handle(event, _number(frame), take)
            case refused:
                log.warning("wecom.bot_frame_refused", account=self._config.account, fault=repr(refused))

    def _handle(self, event: Event, req_id: str, take: Take) -> None:
        """
        Commit the event, then give its answer; WeCom brings a frame once, and an answer it refuses is only noted.
        """
        chat = event.chat.id or event.sender.user_id
        is_told_here = event.chat.kind == "group" or self._config.mode == "aibot"
        turn = Turn.of(event, req_id) if is_told_here else None
        if turn is not None:
            self.turns.open(chat, turn)
        reply = take(event)
        if turn is not None and not reply.messages:
            self.turns.close(chat, turn)
        try:
            self._answer(event, reply, req_id, is_told_here=is_told_here)
        except PlatformError as error:
            log.warning("wecom.bot_answer_failed", account=self._config.account, code=error.code)

    def _answer(self, event: Event, reply: Reply, req_id: str, *, is_told_here: bool) -> None:
        match event:
            case ActionClicked() if (face := self._face(event, reply)) is not None:
                self.request("aibot_respond_update_msg", face, req_id=req_id)
            case MessageReceived() if not is_told_here and reply.messages:
                self.request("aibot_respond_msg", stream(ANSWERED_IN_APP, req_id), req_id=req_id)
            case _:
                pass


class _Session:
    """
    One open connection: the listening thread reads, any thread asks.
    """

    def __init__(self, channel: Channel, pass_on: Callable[[Json], None]) -> None:
        self._channel = channel
        self._pass_on = pass_on
        self._lock = threading.Lock()
        self._waiting: dict[str, Future[Json]] = {}

    def subscribe(self, credentials: Json) -> None:
        """
        Say which bot we are.

        Raises:
            PlatformError: permanent when it is refused.
        """
        number = _new_number("aibot_subscribe")
        self._send("aibot_subscribe", number, credentials)
        until = time.monotonic() + ACK_S
        while time.monotonic() < until:
            frame = _frame(self._channel.receive(LISTEN_S))
            if _number(frame) == number:
                code = _code(frame)
                if code:
                    text = "the subscription is refused; are bot id and secret right?"
                    raise PlatformError(f"wecom_{code}", text, permanent=code not in PASSING)
                return
        raise PlatformError("wecom_bot_silent", "no answer to the subscription")

    def listen(self, stop: threading.Event) -> None:
        """
        Take what comes and keep the connection alive, until `stop`.

        Raises:
            PlatformError: the connection is lost or silent; permanent when a newer one took over.
        """
        heard_at = pinged_at = time.monotonic()
        while not stop.is_set():
            if time.monotonic() - pinged_at >= PING_S:
                self._send("ping", _new_number("ping"), None)
                pinged_at = time.monotonic()
            raw = self._channel.receive(LISTEN_S)
            if raw is not None:
                heard_at = time.monotonic()
                self._heard(_frame(raw))
            elif time.monotonic() - heard_at > SILENT_PINGS * PING_S:
                raise PlatformError("wecom_bot_silent", "no answer to pings")

    def request(self, command: str, body: Json, number: str) -> Json:
        """
        Send and wait for the acknowledgement.
        """
        future: Future[Json] = Future()
        with self._lock:
            self._waiting[number] = future
        try:
            self._send(command, number, body)
            answer = future.result(ACK_S)
        except TimeoutError:
            raise PlatformError("wecom_bot_silent", f"no answer to {command}", unknown_outcome=True) from None
        finally:
            with self._lock:
                self._waiting.pop(number, None)
        if code := _code(answer):
            raise platform_error(code, str(answer.get("errmsg", "")))
        return _part(answer, "body")

    def end(self) -> None:
        """
        Nothing more will be acknowledged.
        """
        lost = PlatformError("websocket_closed", "the connection ended before the answer", unknown_outcome=True)
        with self._lock:
            for future in self._waiting.values():
                future.set_exception(lost)
            self._waiting.clear()

    def _heard(self, frame: Json) -> None:
        command = frame.get("cmd")
        if not command:
            with self._lock:
                future = self._waiting.pop(_number(frame), None)
            if future is not None:
                future.set_result(frame)
        elif _part(_part(frame, "body"), "event").get("eventtype") == "disconnected_event":
            text = "another connection of this bot took over; end the other program, or restart this one later"
            raise PlatformError("wecom_bot_taken_over", text, permanent=True)
        elif command in {"aibot_msg_callback", "aibot_event_callback"}:
            self._pass_on(frame)
        else:
            log.warning("wecom.bot_frame_unknown", command=str(command)[:40])

    def _send(self, command: str, number: str, body: Json | None) -> None:
        frame: dict[str, object] = {"cmd": command, "headers": {"req_id": number}}
        if body is not None:
            frame["body"] = body
        self._channel.send(json.dumps(frame, ensure_ascii=False))


def _report_bug(work: Future[None]) -> None:
    """
    Nobody waits for a worker: what went wrong there would be lost.
    """
    bug = work.exception()
    if bug is not None:
        log.error("wecom.bot_worker_failed", exc_info=bug)


def stream(content: str, stream_id: str) -> Json:
    """
    A text answer. WeCom streams answers; ours are complete when they come, so the first part is the last.
    """
    return {"msgtype": "stream", "stream": {"id": stream_id, "finish": True, "content": content}}


def _frame(raw: str | bytes | None) -> Json:
    """
    The object in a text frame, empty for anything else.
    """
    try:
        value = json.loads(raw) if isinstance(raw, str) else None
    except (ValueError, RecursionError):
        value = None
    return value if isinstance(value, dict) else {}


def _part(frame: Json, name: str) -> Json:
    value = frame.get(name)
    return value if isinstance(value, dict) else {}


def _number(frame: Json) -> str:
    return str(_part(frame, "headers").get("req_id") or "")


def _code(frame: Json) -> int:
    code = frame.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _new_number(command: str) -> str:
    return f"{command}_{secrets.token_hex(8)}"

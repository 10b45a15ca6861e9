"""
Pushing by HTTP: robot messages signed by time stamp, encrypted events with two repetitions, card callbacks by route.

The signatures of robot messages and cards cover the time stamp alone, not the body: that is the vendor's design.
Source: https://open.dingtalk.com/document/development/receive-message (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.dingtalk.crypto import card_sign, robot_sign
from sandbox.envelope import Envelope, EnvelopeError
from sandbox.wire import Delivery

if TYPE_CHECKING:
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.dingtalk.state import CallbackRoute

RETRY_AFTER = (timedelta(seconds=10), timedelta(seconds=30))
STALE = timedelta(hours=2)
OK = 200
MOST_FAILED = 200


@dataclass
class Retry:
    event: dict[str, Any]
    failures: int
    due_at: datetime


class Callbacks:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        account = platform.account
        self._envelope = Envelope(account.token, account.aes_key, account.client_id)
        self._retries: list[Retry] = []
        self._failed: list[dict[str, Any]] = []
        self._last_milliseconds = 0

    def robot(self, data: dict[str, Any]) -> Delivery:
        timestamp = self._timestamp()
        sign = robot_sign(self._platform.account.client_secret, timestamp)
        tamper = self._platform.switches["tamper"]
        body = _compact(data)
        return self._platform.wire.post(
            self._platform.callback_url,
            body=body[:-8] if tamper == "truncated" else body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "timestamp": timestamp,
                "sign": sign[::-1] if tamper == "signature" else sign,
            },
            seconds=self._platform.switches["answer_seconds"],
        )

    def event(self, event: dict[str, Any]) -> Delivery:
        """
        Deliver once; what is not confirmed by the encrypted "success" is repeated after 10 and 30 seconds.
        """
        delivery = self._post_event(event)
        if not self._confirms(delivery):
            self._plan(Retry(event, 0, self._platform.world.clock.now()))
        return delivery

    def card(self, route: CallbackRoute, payload: dict[str, Any]) -> Delivery:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if route.api_secret:
            timestamp = self._timestamp()
            sign = card_sign(route.api_secret, timestamp)
            headers |= {
                "x-ddpaas-signature-timestamp": timestamp,
                "x-ddpaas-signature": sign[::-1] if self._platform.switches["tamper"] == "signature" else sign,
            }
        seconds = self._platform.switches["card_seconds"]
        return self._platform.wire.post(route.url, body=_compact(payload), headers=headers, seconds=seconds)

    def verify(self) -> bool:
        """
        What the console does when the address of the event subscription is saved.
        """
        return self._confirms(self._post_event({"EventType": "check_url"}))

    def failed(self) -> dict[str, Any]:
        """
        Events whose repetitions failed too; each is handed out once.
        """
        with self._platform.world.lock:
            handed, self._failed = self._failed[:MOST_FAILED], self._failed[MOST_FAILED:]
        return {"has_more": bool(self._failed), "failed_list": handed}

    def fire_due(self) -> None:
        now = self._platform.world.clock.now()
        with self._platform.world.lock:
            due = sorted((r for r in self._retries if r.due_at <= now), key=lambda retry: retry.due_at)
            self._retries = [retry for retry in self._retries if retry.due_at > now]
        for retry in due:
            if not self._confirms(self._post_event(retry.event)):
                self._plan(retry)

    def clear(self) -> None:
        self._retries.clear()
        self._failed.clear()

    def _plan(self, failed: Retry) -> None:
        now = self._platform.world.clock.now()
        with self._platform.world.lock:
            if failed.failures == len(RETRY_AFTER):
                self._failed.append(_listed(failed.event))
            else:
                self._retries.append(Retry(failed.event, failed.failures + 1, now + RETRY_AFTER[failed.failures]))

    def _post_event(self, event: dict[str, Any]) -> Delivery:
        encrypted, timestamp, nonce = self._sealed(_compact(event).decode()), self._timestamp(), secrets.token_hex(8)
        signature = self._envelope.signature(timestamp, nonce, encrypted)
        if self._platform.switches["tamper"] == "signature":
            signature = signature[::-1]
        query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
        return self._platform.wire.post(
            f"{self._platform.callback_url}/event?{urlencode(query)}",
            body=_compact({"encrypt": encrypted}),
            headers={"Content-Type": "application/json"},
            seconds=self._platform.switches["event_seconds"],
        )

    def _sealed(self, plaintext: str) -> str:
        account = self._platform.account
        match self._platform.switches["tamper"]:
            case "receiver":
                return Envelope(account.token, account.aes_key, account.corp_id).seal(plaintext)
            case "truncated":
                return self._envelope.seal(plaintext)[:-4]
            case _:
                return self._envelope.seal(plaintext)

    def _confirms(self, delivery: Delivery) -> bool:
        """
        The answer is the word "success", sealed and signed as the request was.
        """
        if delivery.status != OK:
            return False
        try:
            answer = json.loads(delivery.body)
            parts = [str(answer[name]) for name in ("msg_signature", "timeStamp", "nonce", "encrypt")]
            return self._envelope.open(parts[0], parts[1], parts[2], parts[3]) == "success"
        except (ValueError, KeyError, TypeError, EnvelopeError):
            return False

    def _timestamp(self) -> str:
        """
        Milliseconds, never the same twice: no two callbacks carry the same signature.
        """
        now = self._platform.world.clock.now()
        if self._platform.switches["tamper"] == "stale":
            return str(round((now - STALE).timestamp() * 1000))
        with self._platform.world.lock:
            self._last_milliseconds = max(self._last_milliseconds + 1, round(now.timestamp() * 1000))
            return str(self._last_milliseconds)


def _listed(event: dict[str, Any]) -> dict[str, Any]:
    """
    An event in the failed list: another shape, and no event id.
    """
    own = {"EventType", "EventTime", "CorpId", "BizId", "eventId", "timeStamp", "userId"}
    content = {key: value for key, value in event.items() if key not in own}
    people = {"userid": event["userId"]} if "userId" in event else {}
    kind = event["EventType"]
    return {
        "call_back_tag": kind,
        "event_time": event["EventTime"],
        kind: people | content | {"corpid": event["CorpId"]},
    }


def _compact(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()

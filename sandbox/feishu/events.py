"""
Pushing events to the product: envelope, encryption, signature, three seconds to answer, four repetitions.

How they travel over the long connection is long_connection.py.

Card clicks are answered in the response and are never repeated; they use `push` without `Retry`.
Source: https://open.feishu.cn/document/server-docs/event-subscription-guide/overview (read 2026-08)
"""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.feishu import crypto
from sandbox.feishu.messages import milliseconds

if TYPE_CHECKING:
    from sandbox.feishu.platform import FeishuPlatform
    from sandbox.wire import Delivery

RETRY_AFTER = (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))
OK = 200
VERIFY_SECONDS = 1.0


@dataclass
class Retry:
    envelope: dict[str, Any]
    failures: int
    due_at: datetime


class Events:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._retries: list[Retry] = []

    def emit(self, event_type: str, event: dict[str, Any], times: int = 1) -> list[Delivery]:
        """
        Deliver an event, `times` copies of the very same one; a refusal of the first is repeated later.
        """
        envelope = self.envelope(event_type, event, milliseconds(self._platform.world.clock.now()))
        if self._retries and self._platform.switches["ordered_events"]:
            # behind one that failed: it keeps its place and comes when that one's time has come
            with self._platform.world.lock:
                self._retries.append(replace(self._retries[-1], envelope=envelope, failures=0))
            return []
        deliveries = [self.push(envelope) for _ in range(times)]
        if deliveries[0].status != OK:
            self._plan(Retry(envelope, 0, self._platform.world.clock.now()))
        return deliveries

    def envelope(self, event_type: str, event: dict[str, Any], create_time: str) -> dict[str, Any]:
        account = self._platform.account
        header = {
            "event_id": uuid.uuid4().hex,
            "event_type": event_type,
            "create_time": create_time,
            "token": account.verification_token,
            "app_id": account.app_id,
            "tenant_key": account.tenant_key,
        }
        return {"schema": "2.0", "header": header, "event": event}

    def push(self, payload: dict[str, Any]) -> Delivery:
        """
        By the long connection once there was one, else to the callback address.
        """
        seconds = self._platform.switches["answer_seconds"]
        if self._platform.long_connection.is_chosen:
            return self._platform.long_connection.push(_compact(_with_token(payload, "")), seconds)
        return self._post(payload, seconds)

    def _post(self, payload: dict[str, Any], seconds: float) -> Delivery:
        body, headers = self.sealed(payload)
        return self._platform.wire.post(self._platform.callback_url, body=body, headers=headers, seconds=seconds)

    def sealed(self, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """
        The bytes and headers of a push: compact JSON, encrypted and signed where the app has an Encrypt Key.
        """
        headers = {"Content-Type": "application/json;charset=utf-8"}
        tamper = self._platform.switches["tamper"]
        if tamper == "token":
            payload = _with_token(payload, "wrong")
        plaintext = _compact(payload)
        key = self._platform.account.encrypt_key
        if not key:
            return plaintext, headers
        encrypted = crypto.encrypt(key, plaintext)
        body = _compact({"encrypt": encrypted[:-8] if tamper == "truncated" else encrypted})
        timestamp, nonce = str(int(self._platform.world.clock.now().timestamp())), str(secrets.randbelow(10**10))
        signature = crypto.signature(timestamp, nonce, key, body)
        return body, {
            **headers,
            "X-Lark-Request-Timestamp": timestamp,
            "X-Lark-Request-Nonce": nonce,
            "X-Lark-Signature": signature[::-1] if tamper == "signature" else signature,
        }

    def verify(self) -> bool:
        """
        What saving the callback address in the console does; from then on events go there.
        """
        challenge = uuid.uuid4().hex
        token = self._platform.account.verification_token
        delivery = self._post({"challenge": challenge, "token": token, "type": "url_verification"}, VERIFY_SECONDS)
        try:
            is_saved = delivery.status == OK and bool(json.loads(delivery.body)["challenge"] == challenge)
        except (ValueError, KeyError, TypeError):
            is_saved = False
        if is_saved:
            self._platform.long_connection.is_chosen = False
        return is_saved

    def fire_due(self) -> None:
        now = self._platform.world.clock.now()
        with self._platform.world.lock:
            due = sorted((r for r in self._retries if r.due_at <= now), key=lambda retry: retry.due_at)
            self._retries = [retry for retry in self._retries if retry.due_at > now]
        for place, retry in enumerate(due):
            if self.push(retry.envelope).status == OK:
                continue
            again_at = self._plan(retry)
            if again_at is not None and self._platform.switches["ordered_events"]:
                with self._platform.world.lock:
                    self._retries += [replace(behind, due_at=again_at) for behind in due[place + 1 :]]
                return

    def clear(self) -> None:
        self._retries.clear()

    def _plan(self, failed: Retry) -> datetime | None:
        """
        When it comes again; None when it came often enough.
        """
        if failed.failures == len(RETRY_AFTER):
            return None
        again_at = self._platform.world.clock.now() + RETRY_AFTER[failed.failures]
        with self._platform.world.lock:
            self._retries.append(Retry(failed.envelope, failed.failures + 1, again_at))
        return again_at


def _with_token(payload: dict[str, Any], token: str) -> dict[str, Any]:
    header = payload.get("header")
    return {**payload, "header": {**header, "token": token}} if header else {**payload, "token": token}


def _compact(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()

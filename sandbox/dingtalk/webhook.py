"""
The send-only robot that a group's owner adds by hand: an address with a token, a signature, twenty messages a minute.

Source: https://open.dingtalk.com/document/development/custom-robots-send-group-messages (read 2026-08)
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.bodies import read_webhook
from sandbox.dingtalk.crypto import robot_sign
from sandbox.dingtalk.errors import QUOTA, OapiError

if TYPE_CHECKING:
    from sandbox.dingtalk.platform import DingTalkPlatform

PER_MINUTE = 20
BLOCKED_FOR = timedelta(minutes=10)
SIGNED_FOR = timedelta(hours=1)
MOST_CALLED = 50
REFUSED, TOO_FAST, NO_TOKEN = 310000, 410100, 400101


class Webhook:
    """
    Every group has one; its token and secret follow from the group, so that tests need not create it.
    """

    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._blocked: dict[str, datetime] = {}
        self._seen: set[str] = set()

    def routes(self) -> list[Route]:
        return [Route("POST", "/robot/send", self.send, billed=False, token=False)]

    def clear(self) -> None:
        self._blocked.clear()
        self._seen.clear()

    def send(self, call: Call) -> dict[str, Any]:
        group = next(
            (key for key in self._platform.world.groups if token_of(key) == call.query.get("access_token")), None
        )
        if group is None:
            raise OapiError(NO_TOKEN)
        self._check_sign(call, group)
        body = call.body()
        content = read_webhook(body)
        keyword = self._platform.switches["webhook_keyword"]
        if keyword and keyword not in content.text:
            raise OapiError(REFUSED)
        if len((body.get("at") or {}).get("atUserIds") or ()) > MOST_CALLED:
            raise OapiError(40035)
        self._check_rate(group)
        if not self._platform.take_message_quota():
            raise OapiError(QUOTA)
        repeated = str(body.get("msgUuid") or "")
        if not repeated or repeated not in self._seen:
            self._platform.robot.add(group, content, at=body.get("at"))
        self._seen.add(repeated)
        return {}

    def _check_sign(self, call: Call, group: str) -> None:
        timestamp = call.query.get("timestamp", "")
        now = self._platform.world.clock.now().timestamp() * 1000
        if not timestamp.isdigit() or abs(now - int(timestamp)) > SIGNED_FOR.total_seconds() * 1000:
            raise OapiError(REFUSED, "invalid timestamp")
        if call.query.get("sign") != robot_sign(secret_of(group), timestamp):
            raise OapiError(REFUSED, "sign not match")

    def _check_rate(self, group: str) -> None:
        """
        The twenty-first message within a minute blocks the robot for ten.
        """
        now = self._platform.world.clock.now()
        until = self._blocked.get(group)
        if until is not None and until > now:
            raise OapiError(TOO_FAST)
        if not self._platform.allow(f"webhook {group}", limit=PER_MINUTE, seconds=60):
            self._blocked[group] = now + BLOCKED_FOR
            raise OapiError(TOO_FAST)


def token_of(group: str) -> str:
    return hashlib.sha256(f"token {group}".encode()).hexdigest()


def secret_of(group: str) -> str:
    return "SEC" + hashlib.sha256(f"secret {group}".encode()).hexdigest()

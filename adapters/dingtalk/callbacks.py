"""
DingTalk calling over HTTP: robot messages, card clicks (`card`) and events (`event`), each proved in its own way.

Events are signed and encrypted as a whole. The signature of messages and clicks covers a time stamp only: whoever sees
one could send any body with it. So it counts for a minute and for one body; a click must carry the mark of that card
and person (`binding`); and a message says of itself that nothing may be decided by it. The Stream connection has none
of these weaknesses and is the default.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.crypto import EnvelopeError, EventCrypto, card_secret, card_signature, robot_signature, same
from adapters.dingtalk.inbound import (
    Change,
    Malformed,
    Origin,
    identifier,
    instant,
    json_object,
    milliseconds,
    read_change,
    read_click,
    read_message,
    read_session,
)
from adapters.dingtalk.sessions import Sessions
from bot.ports import Accepted, Answered, RawRequest, RawResponse, Received, Refused, Seal, SharedState

MAX_BYTES: Final = 256 * 1024
SIGNATURE_LIFE_S: Final = 60.0
"""DingTalk allows an hour; a signature that does not cover the body is worth a minute."""
_REMEMBERED: Final = timedelta(seconds=3 * SIGNATURE_LIFE_S)
_LONGEST_NAME: Final = 70


class Callbacks:
    """
    Verifies and reads what DingTalk posts for one account in mode `http`.
    """

    def __init__(
        self,
        config: DingTalkConfig,
        origin: Origin,
        *,
        seal: Seal,
        shared: SharedState,
        sessions: Sessions,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._origin = origin
        self._seal = seal
        self._shared = shared
        self._sessions = sessions
        self._clock = clock
        self._card_secret = card_secret(config.client_secret)
        self._crypto = EventCrypto(token=config.token, aes_key=config.aes_key, receiver=config.client_id)
        self._readers = {"": self._message, "card": self._click, "event": self._change}

    def receive(self, request: RawRequest) -> Received:
        """
        Size, signature, age, body: whatever is wrong is refused with a code.
        """
        reader = self._readers.get(request.part)
        if reader is None:
            return Refused("no_such_part")
        if request.method != "POST":
            return Refused("method")
        if len(request.body) > MAX_BYTES:
            return Refused("oversize")
        try:
            return reader(request)
        except (EnvelopeError, Malformed) as fault:
            return Refused(str(fault))

    def success(self) -> RawResponse:
        """
        The answer DingTalk wants to an event: the word success in an envelope of ours.
        """
        timestamp = str(int(self._clock().timestamp() * 1000))
        sealed = self._crypto.seal("success", timestamp=timestamp, nonce=secrets.token_hex(8))
        return RawResponse(body=json.dumps(sealed).encode())

    def _message(self, request: RawRequest) -> Received:
        timestamp, signature = request.headers.get("timestamp", ""), request.headers.get("sign", "")
        if not same(robot_signature(timestamp, self._config.client_secret), signature):
            return Refused("signature")
        if not self._is_fresh(timestamp):
            return Refused("stale")
        body = json_object(request.body)
        event = read_message(self._origin, body, is_signed=False)
        if not self._is_only_body("message", timestamp, _digest(request.body)):
            return Refused("reused_signature")
        session = read_session(event, body)
        if session is not None:
            self._sessions.note(session)
        return Accepted(event)

    def _click(self, request: RawRequest) -> Received:
        timestamp = request.headers.get("x-ddpaas-signature-timestamp", "")
        signature = request.headers.get("x-ddpaas-signature", "")
        if not same(card_signature(timestamp, self._card_secret), signature):
            return Refused("signature")
        if not self._is_fresh(timestamp):
            return Refused("stale")
        digest = _digest(request.body)
        key = f"click:{timestamp}:{digest}"
        body = json_object(request.body)
        event = read_click(self._origin, body, key=key, sent_at=instant(timestamp), seal=self._seal)
        if not self._is_only_body("click", timestamp, digest):
            return Refused("reused_signature")
        return Accepted(event)

    def _change(self, request: RawRequest) -> Received:
        query, ciphertext = request.query, json_object(request.body).get("encrypt")
        plain = self._crypto.open(
            signature=query.get("msg_signature") or query.get("signature", ""),
            timestamp=query.get("timestamp") or query.get("timeStamp", ""),
            nonce=query.get("nonce", ""),
            ciphertext=ciphertext if isinstance(ciphertext, str) else "",
        )
        data = json_object(plain)
        event_type = identifier(data.get("EventType"))
        if event_type.startswith("check_"):
            return Answered(self.success())
        if self._origin.is_other(data.get("CorpId")):
            return Refused("receiver")
        change = Change(
            event_id=identifier(data.get("eventId") or data.get("BizId")),
            event_type=event_type,
            sent_at=instant(data.get("EventTime") or data.get("timeStamp")),
            data=data,
        )
        first, *others = read_change(self._origin, change)
        return Accepted(first, tuple(others))

    def _is_fresh(self, timestamp: str) -> bool:
        try:
            age = self._clock().timestamp() - milliseconds(timestamp) / 1000
        except Malformed:
            return False
        return abs(age) <= SIGNATURE_LIFE_S

    def _is_only_body(self, kind: str, timestamp: str, digest: str) -> bool:
        """
        Whether no other body came with this signature; the same one may come again.
        """
        now = self._clock()
        name = f"{self._config.client_id}:{kind}:{timestamp}"[-_LONGEST_NAME:]
        return self._shared.first_use(name, digest, until=now + _REMEMBERED, now=now) == digest


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:40]

"""
What the Feishu emulator remembers beside the messages: tokens, uploads, sent uuids and card update tokens.

Everything is measured with the virtual clock.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.platform import Attachment
    from sandbox.world import Message

TOKEN_LIFE = timedelta(seconds=7200)
SAME_TOKEN_FROM = timedelta(minutes=30)
UUID_LIFE = timedelta(hours=1)
UPDATE_TOKEN_LIFE = timedelta(minutes=30)
UPDATE_TOKEN_USES = 2


class Tokens:
    """
    Tenant tokens: a call with thirty minutes left returns the same one, later a new one while the old stays valid.
    """

    def __init__(self) -> None:
        self._expiry: dict[str, datetime] = {}
        self._latest = ""

    def issue(self, now: datetime) -> tuple[str, int]:
        left = self._expiry.get(self._latest, now) - now
        if left < SAME_TOKEN_FROM:
            self._latest = f"t-{secrets.token_hex(18)}"
            self._expiry[self._latest] = now + TOKEN_LIFE
            left = TOKEN_LIFE
        return self._latest, int(left.total_seconds())

    def is_valid(self, token: str, now: datetime) -> bool:
        return self._expiry.get(token, now) > now

    def expire_all(self) -> None:
        self._expiry.clear()
        self._latest = ""


@dataclass
class UpdateToken:
    """
    The `c-` token of one click; it works only after the click was answered.
    """

    message: Message
    issued_at: datetime
    uses: int = 0
    answered: bool = False


@dataclass
class FeishuState:
    tokens: Tokens = field(default_factory=Tokens)
    uploads: dict[str, Attachment] = field(default_factory=dict)
    own_uploads: set[str] = field(default_factory=set)
    sent_uuids: dict[str, tuple[datetime, Message]] = field(default_factory=dict)
    update_tokens: dict[str, UpdateToken] = field(default_factory=dict)
    # How many clicks on a message are being answered right now: its card is locked meanwhile.
    locks: dict[int, int] = field(default_factory=dict)

    def is_locked(self, message: Message) -> bool:
        return self.locks.get(message.id, 0) > 0

    def lock(self, message: Message, by: int) -> None:
        self.locks[message.id] = self.locks.get(message.id, 0) + by

    def earlier_send(self, uuid: str, now: datetime) -> Message | None:
        sent = self.sent_uuids.get(uuid)
        return sent[1] if sent and now - sent[0] < UUID_LIFE else None

    def clear(self) -> None:
        self.tokens.expire_all()
        for kept in (self.uploads, self.own_uploads, self.sent_uuids, self.update_tokens, self.locks):
            kept.clear()

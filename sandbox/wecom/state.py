"""
What the WeCom emulator remembers beside the messages: the token, sends, response codes, media and suppressed doubles.

Everything is measured with the virtual clock.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.platform import Attachment
    from sandbox.world import Message

TOKEN_LIFE = timedelta(seconds=7200)
CODE_LIFE = timedelta(hours=72)
MEDIA_LIFE = timedelta(days=3)
SECRET_LOCK = timedelta(hours=1)
WRONG_SECRETS = 5


@dataclass
class Token:
    """
    One token at a time: asking again returns it and does not lengthen its life.
    """

    text: str = ""
    expires_at: datetime | None = None
    ended: set[str] = field(default_factory=set)

    def issue(self, now: datetime) -> tuple[str, int]:
        if not self.text or self.expires_at is None or self.expires_at <= now:
            self.end()
            self.text = secrets.token_urlsafe(160)
            self.expires_at = now + TOKEN_LIFE
        return self.text, int((self.expires_at - now).total_seconds())

    def end(self) -> None:
        if self.text:
            self.ended.add(self.text)
        self.text = ""

    def is_valid(self, text: str, now: datetime) -> bool:
        return bool(self.text) and text == self.text and self.expires_at is not None and self.expires_at > now

    def was_valid(self, text: str) -> bool:
        return text in self.ended or bool(self.text and text == self.text)


@dataclass
class Sent:
    """
    One call of message/send: every receiver has an own copy, all share the message id and the response code.
    """

    msgid: str
    sent_at: datetime
    copies: dict[str, Message]
    card_type: str = ""


@dataclass
class ResponseCode:
    sent: Sent
    issued_at: datetime
    used: bool = False


@dataclass(frozen=True)
class Medium:
    kind: str
    attachment: Attachment
    kept_at: datetime


@dataclass
class WeComState:
    token: Token = field(default_factory=Token)
    wrong_secrets: int = 0
    locked_until: datetime | None = None
    sent: dict[str, Sent] = field(default_factory=dict)
    sent_by_message: dict[int, Sent] = field(default_factory=dict)
    codes: dict[str, ResponseCode] = field(default_factory=dict)
    task_ids: set[str] = field(default_factory=set)
    media: dict[str, Medium] = field(default_factory=dict)
    recent: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    made_groups: set[str] = field(default_factory=set)

    def clear(self) -> None:
        self.token.end()
        self.token.ended.clear()
        self.wrong_secrets = 0
        self.locked_until = None
        sends = (self.sent, self.sent_by_message, self.codes, self.task_ids, self.recent)
        for kept in (*sends, self.media, self.made_groups):
            kept.clear()

    def new_code(self, sent: Sent, now: datetime) -> str:
        code = secrets.token_urlsafe(32)
        self.codes[code] = ResponseCode(sent, now)
        return code

    def medium(self, media_id: str, now: datetime) -> Medium | None:
        medium = self.media.get(media_id)
        return medium if medium and now - medium.kept_at < MEDIA_LIFE else None

    def keep(self, kind: str, attachment: Attachment, now: datetime) -> str:
        media_id = secrets.token_urlsafe(48)
        self.media[media_id] = Medium(kind, attachment, now)
        return media_id

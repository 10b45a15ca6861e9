"""
What the DingTalk emulator remembers beside the messages: tokens, tickets, sessions, sends, uploads and cards.

Everything is measured with the virtual clock.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.dingtalk.template import Template
    from sandbox.platform import Attachment
    from sandbox.world import Message

TICKET_LIFE = timedelta(seconds=90)
SESSION_LIFE = timedelta(minutes=90)


@dataclass
class Token:
    """
    One token at a time: asking again while it is valid returns it and lengthens its life.
    """

    text: str = ""
    expires_at: datetime | None = None

    def issue(self, now: datetime, life: timedelta) -> str:
        if not self.is_valid(self.text, now):
            self.text = secrets.token_hex(16)
        self.expires_at = now + life
        return self.text

    def is_valid(self, text: str, now: datetime) -> bool:
        return bool(text) and text == self.text and self.expires_at is not None and self.expires_at > now

    def end(self) -> None:
        self.text = ""


@dataclass(frozen=True)
class Ticket:
    """
    The right to open one WebSocket, for the topics named when it was asked for.
    """

    issued_at: datetime
    topics: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Session:
    """
    A sessionWebhook: where it answers and until when.
    """

    chat: str
    expires_at: datetime


@dataclass
class Sent:
    """
    One robot send under its processQueryKey: a message in each receiver's chat, or one in a group.
    """

    messages: list[Message]
    sent_at: datetime
    in_group: bool
    recalled: bool = False


@dataclass(frozen=True)
class Upload:
    kind: str
    attachment: Attachment


@dataclass(frozen=True)
class Download:
    """
    A file of a person's message, under its download code or, later, its temporary address.
    """

    attachment: Attachment
    expires_at: datetime


@dataclass(frozen=True)
class CallbackRoute:
    url: str
    api_secret: str


@dataclass
class CardInstance:
    """
    One card under its outTrackId, shown by a message in each of its spaces.

    `shown_to` holds what the answer to a click changed for the clicker alone, until the card is updated for everybody.
    """

    out_track_id: str
    template: Template
    public: dict[str, str]
    private: dict[str, dict[str, str]]
    callback_type: str
    route_key: str
    ids_are_union: bool
    messages: list[Message] = field(default_factory=list)
    spaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    shown_to: dict[str, dict[str, str]] = field(default_factory=dict)
    clicks_in_flight: int = 0


@dataclass
class DingTalkState:
    # By host: `api` for api.dingtalk.com, `oapi` for oapi.dingtalk.com.
    tokens: dict[str, Token] = field(default_factory=lambda: {"api": Token(), "oapi": Token()})
    tickets: dict[str, Ticket] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    codes: dict[str, Download] = field(default_factory=dict)
    links: dict[str, Download] = field(default_factory=dict)
    cards: dict[str, CardInstance] = field(default_factory=dict)
    card_of_message: dict[int, CardInstance] = field(default_factory=dict)
    routes: dict[str, CallbackRoute] = field(default_factory=dict)

    def clear(self) -> None:
        for token in self.tokens.values():
            token.end()
        sends = (self.tickets, self.sessions, self.sent, self.cards, self.card_of_message, self.routes)
        for kept in (*sends, self.uploads, self.codes, self.links):
            kept.clear()

    def keep_upload(self, kind: str, attachment: Attachment) -> str:
        media_id = f"@lA{secrets.token_urlsafe(24)}"
        self.uploads[media_id] = Upload(kind, attachment)
        return media_id

    def keep_file(self, attachment: Attachment, expires_at: datetime) -> str:
        code = secrets.token_urlsafe(48)
        self.codes[code] = Download(attachment, expires_at)
        return code

    def open_session(self, chat: str, now: datetime) -> tuple[str, datetime]:
        session = secrets.token_hex(16)
        self.sessions[session] = Session(chat, now + SESSION_LIFE)
        return session, now + SESSION_LIFE

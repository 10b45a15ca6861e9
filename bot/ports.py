"""
What the engine room needs from its neighbours: a platform adapter and shared state. Imports nothing of ours but values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.events import Event
from bot.reply import Reply
from cards.model import Card, CardAction

Seal = Callable[[CardAction], str]
"""Turns a button's action into the signed text the platform hands back on a click (≤ 512 bytes, `[A-Za-z0-9_.-]`)."""


@dataclass(frozen=True)
class RawRequest:
    """
    An HTTP request as it came: header names in lower case, query values decoded, body untouched.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class RawResponse:
    """
    An HTTP answer for the platform.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Accepted:
    """
    The request is authentic and is this event.
    """

    event: Event


@dataclass(frozen=True)
class Answered:
    """
    The request is authentic and concerns only the transport (address verification): answer it as given.
    """

    response: RawResponse


@dataclass(frozen=True)
class Refused:
    """
    The request is not authentic or not readable. `reason` is a code for the counter; the sender learns nothing.
    """

    reason: str


Received = Accepted | Answered | Refused


@dataclass(frozen=True)
class Capabilities:
    """
    What a platform can show; rendering degrades by these facts, never by exception.

    Without `toasts` a reply that is only a toast has no place in the answer to a click: it is sent as a message.
    """

    group_inbound: bool
    group_cards: bool
    forms: bool
    selects: int
    buttons: int
    rows: int
    update_by_id: bool
    toasts: bool = True


@dataclass(frozen=True)
class Recipient:
    """
    Who gets a message: a person's direct chat or a group, by the platform's own id.
    """

    kind: Literal["person", "group"]
    id: str


@dataclass(frozen=True)
class SentCard:
    """
    What is known of a card that was sent: enough to change it later.
    """

    message_id: str
    card_ref: str
    recipient: Recipient
    sent_at: datetime
    update_token: str | None = None
    update_token_expires_at: datetime | None = None


@dataclass(frozen=True)
class Outbound:
    """
    One thing to do on a platform.

    `update` set: give that sent card this new face, else send a new message. `ref` is unique per outbox row and stable
    over retries (`[A-Za-z0-9_@-]`, ≤ 60): Feishu `uuid`, WeCom `task_id`.
    """

    ref: str
    recipient: Recipient
    card: Card | None
    text: str
    update: SentCard | None = None


@dataclass(frozen=True)
class SendResult:
    """
    What the platform said: its message id, its name for the card copy, and how to change it later.
    """

    message_id: str
    card_ref: str = ""
    update_token: str | None = None
    update_token_expires_at: datetime | None = None


class CannotUpdate(Exception):  # noqa: N818 - names a platform fact, not a fault
    """
    The sent card can no longer be changed (too old, code spent, withdrawn): a new message must say the result.
    """


class Adapter(Protocol):
    """
    A platform account. All methods are safe to call from several threads.
    """

    @property
    def platform(self) -> str:
        """
        `wecom`, `dingtalk` or `feishu`.
        """

    @property
    def account(self) -> str:
        """
        The account's name in the settings.
        """

    @property
    def corp_id(self) -> str:
        """
        The company's id on the platform (WeCom corp id, Feishu tenant key); identities are unique within it.
        """

    @property
    def capabilities(self) -> Capabilities:
        """
        What this platform can show.
        """

    def receive(self, request: RawRequest) -> Received:
        """
        Verify, then parse. Never raises for bad input: it is `Refused`.
        """

    def encode(self, event: Event, reply: Reply, now: datetime) -> RawResponse:
        """
        The HTTP answer to `event`: the toast and the clicked card's new face where the platform can show them.
        """

    def render(self, message: Outbound) -> str:
        """
        The exact text to send, stored before the first attempt so that retries send the same bytes.

        Raises:
            PlatformError: (permanent) the card breaks a platform limit.
        """

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        Do it on the platform (network).

        Raises:
            PlatformError: see `domain.errors`.
            CannotUpdate: `message.update` is beyond change.
        """


class SharedState(Protocol):
    """
    Tokens and rate buckets shared by all processes of an installation.
    """

    def token(self, name: str, now: datetime) -> str | None:
        """
        The stored access token, None when there is none or it expires within five minutes.
        """

    def store_token(self, name: str, value: str, expires_at: datetime) -> None:
        """
        Keep a fetched token for the other processes.
        """

    def forget_token(self, name: str, value: str) -> None:
        """
        Drop exactly this token (the platform said it is invalid); a newer one stays.
        """

    def take(self, bucket: str, *, capacity: int, per_seconds: float, now: datetime) -> float:
        """
        Take one unit from a token bucket: 0.0 when allowed, else the seconds to wait (nothing is taken).
        """

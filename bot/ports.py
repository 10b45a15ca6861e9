"""
What the engine room needs from its neighbours: a platform adapter and shared state. Imports nothing of ours but values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.events import Attachment, Event
from bot.reply import Reply
from cards.model import Card, CardAction
from domain import directory

Seal = Callable[[CardAction], str]
"""Turns a button's action into the signed text the platform hands back on a click (≤ 512 bytes, `[A-Za-z0-9_.-]`)."""


@dataclass(frozen=True)
class RawRequest:
    """
    An HTTP request as it came: header names in lower case, query values decoded, body untouched.

    `part` is what the address says behind the account (`card`, `event`, `contacts`), mostly nothing.
    """

    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    part: str = ""


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
    The request is authentic and is this event; `others` came with it and are answered with it.
    """

    event: Event
    others: tuple[Event, ...] = ()


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
    `answers_clicker_only`: a new face in that answer is seen by who clicked; in a group the others need an update.
    """

    group_inbound: bool
    group_cards: bool
    forms: bool
    selects: int
    buttons: int
    rows: int
    update_by_id: bool
    toasts: bool = True
    answers_clicker_only: bool = False


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
class Media:
    """
    A picture or file: its name with ending, and its bytes.
    """

    kind: Literal["image", "file"]
    name: str
    content: bytes


@dataclass(frozen=True)
class Outbound:
    """
    One thing to do on a platform.

    `update` set: give that sent card this new face, else send a new message. `ref` is unique per outbox row and stable
    over retries (`[A-Za-z0-9_@-]`, ≤ 60): Feishu `uuid`, WeCom `task_id`, DingTalk `outTrackId`. `media` set: send
    this picture or file; `text` is then its caption where the platform has captions. `mentions` are the platform's ids
    of people to call with @ in a group.
    """

    ref: str
    recipient: Recipient
    card: Card | None
    text: str
    update: SentCard | None = None
    media: Media | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True)
class SendResult:
    """
    What the platform said: its message id, its name for the card copy, and how to change it later.

    `warning` is what an administrator should know about the account although this message went out.
    """

    message_id: str
    card_ref: str = ""
    update_token: str | None = None
    update_token_expires_at: datetime | None = None
    warning: str = ""


class CannotUpdate(Exception):  # noqa: N818 - names a platform fact, not a fault
    """
    The sent card can no longer be changed (too old, code spent, withdrawn): a new message must say the result.
    """


class NotWorthACall(Exception):  # noqa: N818 - names a decision, not a fault
    """
    Nothing was sent on purpose: the account's calls of this month run out, and a card explains itself when pressed.
    """


class LongConnection(Protocol):
    """
    A connection the product opens to the platform, so that nobody has to reach the product from outside.
    """

    @property
    def is_up(self) -> bool:
        """
        Whether events would arrive now.
        """

    def run(self, take: Callable[[Event], Reply], stop: threading.Event) -> None:
        """
        Connect and pass on every event until `stop` is set, reconnecting by the platform's own rules.

        `take` returns when the event is committed; only then the platform gets its acknowledgement, with the reply
        where the connection carries one. Called in a thread of its own; `take` may be called from several threads.

        Raises:
            PlatformError: (permanent) the platform refuses these credentials; trying again is no use.
        """


DirectoryDepartment = directory.Department
DirectoryPerson = directory.Person


@dataclass(frozen=True)
class PageScript:
    """
    The script of a platform that hands codes to pages inside its app instead of redirecting, and what to tell it.
    """

    url: str
    corp_id: str
    client_id: str


class Login(Protocol):
    """
    How people of a platform prove to our web pages who they are, and what the platform's script in a page needs.
    """

    @property
    def script(self) -> PageScript | None:
        """
        Set where people inside the app are signed in by a script, None where a redirect does it.
        """

    def authorize_url(self, state: str, redirect: str, *, verifier: str = "", in_app: bool = False) -> str:
        """
        The platform's page that sends the person back to `redirect` with a code and this `state`.

        `state` is letters and digits only. `verifier` is the secret of PKCE (RFC 7636) where the platform knows it.
        `in_app`: the person is inside the platform's own app, else they scan a QR code or are signed in already.
        """

    def person_of(self, code: str, *, redirect: str = "", verifier: str = "", in_app: bool = False) -> str | None:
        """
        Whom a code stands for (network), by the platform's user id; None for somebody outside the company.

        `in_app`: the code came from the platform's script in a page of ours.

        Raises:
            PlatformError: see `domain.errors`; permanent when the code is spent, expired or not ours.
        """

    def js_config(self, url: str) -> Mapping[str, object]:
        """
        The signed configuration with which the platform's script runs in the page at `url` (network, once in a while).

        Raises:
            PlatformError: see `domain.errors`.
        """


class Adapter(Protocol):
    """
    A platform account. All methods are safe to call from several threads; the network ones may raise `PlatformError`.
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

    @property
    def connection(self) -> LongConnection | None:
        """
        The long connection this account is configured to use, None when the platform calls us over HTTP.
        """

    @property
    def login(self) -> Login | None:
        """
        How this account's people sign in to web pages, None where that is not set up.
        """

    def authenticate(self) -> None:
        """
        Ask for a token (network), which shows that the platform accepts the credentials; a bot alone has none.
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
            NotWorthACall: `message.update` is left out to save calls.
        """

    def recall(self, sent: SentCard) -> None:
        """
        Withdraw a sent message (network).

        Raises:
            PlatformError: see `domain.errors`; permanent where the platform, or the message's age, does not allow it.
        """

    def download(self, attachment: Attachment) -> Media:
        """
        The picture or file that came with a message (network). Its `ref` says all that is needed.

        Raises:
            PlatformError: see `domain.errors`; permanent when it is too large or no longer kept.
        """

    def group_member_ids(self, group_id: str) -> frozenset[str] | None:
        """
        Who is in a group, by the platform's ids (network); None when the platform does not tell.
        """

    def departments(self) -> Iterable[DirectoryDepartment]:
        """
        Every department the app may see (network).
        """

    def people(self) -> Iterable[DirectoryPerson]:
        """
        Everybody the app may see (network).
        """


class SharedState(Protocol):
    """
    Tokens, rate buckets and counters shared by all processes of an installation.
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

    def count(self, counter: str, amount: int, now: datetime) -> int:
        """
        Add to a counter that starts at 0 and never resets; returns the total. An amount of 0 only looks.
        """

    def first_use(self, name: str, value: str, *, until: datetime, now: datetime) -> str:
        """
        What this name was used with first: `value`, unless it is remembered from before. Forgotten after `until`.
        """

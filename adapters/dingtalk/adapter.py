"""
DingTalk as the engine room sees it: receive, encode, render, send. Thin; the work is done by the modules beside it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.dingtalk import limits, template
from adapters.dingtalk.binding import bound
from adapters.dingtalk.callbacks import Callbacks
from adapters.dingtalk.client import DingTalkClient
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.directory import read_departments, read_people
from adapters.dingtalk.frames import FrameReader
from adapters.dingtalk.inbound import Origin
from adapters.dingtalk.login import DingTalkLogin
from adapters.dingtalk.markup import Colour, coloured, one_line
from adapters.dingtalk.quota import QuotaMeter, Usage
from adapters.dingtalk.render import card_face, render_message
from adapters.dingtalk.sdk import part
from adapters.dingtalk.sendable import from_json
from adapters.dingtalk.sender import OPAQUE, Sender, is_asking
from adapters.dingtalk.sending import BY_KEY
from adapters.dingtalk.sessions import Sessions
from adapters.dingtalk.stream import StreamConnection
from adapters.http import HttpResponse, Transport
from bot.events import ActionClicked, Attachment, Event, MessageReceived, TextWithheld
from bot.ports import (
    Capabilities,
    DirectoryDepartment,
    DirectoryPerson,
    Media,
    Outbound,
    RawRequest,
    RawResponse,
    Received,
    Recipient,
    Refused,
    Seal,
    SendResult,
    SentCard,
    SharedState,
)
from bot.reply import Reply, Toast, ToastLevel
from domain.errors import PlatformError

FILE_HOSTS: Final = (".aliyuncs.com", ".dingtalk.com")
"""Where DingTalk keeps what people send: its own hosts and Alibaba's object store."""
MAX_NOTICE: Final = 100

_NOTICE_COLOURS: Final[Mapping[ToastLevel, Colour]] = {
    "success": "green",
    "info": "grey",
    "warning": "orange",
    "error": "red",
}


class DingTalkAdapter:
    """
    One DingTalk app, reached by its Stream connection or by signed HTTP callbacks.
    """

    platform: Final = "dingtalk"

    def __init__(
        self,
        config: DingTalkConfig,
        *,
        http: Transport,
        shared: SharedState,
        seal: Seal,
        clock: Callable[[], datetime],
    ) -> None:
        origin = Origin(config.account, config.corp_id)
        self._config = config
        self._http = http
        self._seal = seal
        self._meter = QuotaMeter(config.client_id, config.api_quota, shared=shared, clock=clock)
        self.client = DingTalkClient(config, http=http, shared=shared, meter=self._meter, clock=clock)
        self.login = DingTalkLogin(config, self.client, http=http, shared=shared, clock=clock)
        self._sessions = Sessions(config.client_id, origin=config.oapi_base, shared=shared, clock=clock)
        self._sender = Sender(
            config, self.client, sessions=self._sessions, meter=self._meter, shared=shared, clock=clock
        )
        self.connection = self._stream(origin) if config.mode == "stream" else None
        self._callbacks = (
            Callbacks(config, origin, seal=seal, shared=shared, sessions=self._sessions, clock=clock)
            if config.mode == "http"
            else None
        )

    @property
    def account(self) -> str:
        """
        The account's name in the settings.
        """
        return self._config.account

    @property
    def corp_id(self) -> str:
        """
        The company's id.
        """
        return self._config.corp_id

    @property
    def capabilities(self) -> Capabilities:
        """
        With our card template nearly everything; without it messages with links and commands.
        """
        has_cards = self._has_cards
        return Capabilities(
            group_inbound=True,
            group_cards=has_cards,
            forms=has_cards,
            selects=20 if has_cards else 0,
            buttons=limits.BUTTONS if has_cards else 0,
            rows=60,
            update_by_id=has_cards,
            toasts=has_cards,
            answers_clicker_only=True,
        )

    def warm_up(self) -> None:
        """
        Load the SDK's models before the first frame.
        """
        for name in ("frames", "card_callback"):
            part(name)

    def authenticate(self) -> None:
        """
        Ask for a token of the app.
        """
        self.client.authenticate()

    def usage(self) -> Usage:
        """
        The API calls of this month: made, allowed, forecast, and whether they are being saved.
        """
        return self._meter.usage()

    def receive(self, request: RawRequest) -> Received:
        """
        Nothing comes by HTTP while the account uses Stream: the weaker door stays shut.
        """
        return self._callbacks.receive(request) if self._callbacks else Refused("stream_only")

    def encode(self, event: Event, reply: Reply, now: datetime) -> RawResponse:
        """
        A click is answered with the card's new face for who clicked, an event with success, a message with nothing.
        """
        del now  # the answer to an event carries the time at which it is sealed
        if isinstance(event, ActionClicked):
            return _json_response(self._answer(event, reply))
        if self._callbacks is None or isinstance(event, MessageReceived | TextWithheld):
            return _json_response({"msgtype": "empty"})
        return self._callbacks.success()

    def render(self, message: Outbound) -> str:
        """
        Our name for the card on the first line, the content below.
        """
        # one name is one card for ever, also when a database is made anew and counts its rows from 1 again
        track = message.update.card_ref if message.update else f"{message.ref}-{secrets.token_hex(6)}"
        recipient = message.update.recipient if message.update else message.recipient
        seal = bound(self._seal, track, recipient)
        return f"{track}\n{render_message(message, seal, is_interactive=self._is_worth_a_card(message))}"

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        Send it, or give the sent card its new face.
        """
        track, _, content = rendered.partition("\n")
        return self._sender.send(message, track, from_json(content))

    def recall(self, sent: SentCard) -> None:
        """
        Withdraw a message within 24 hours.
        """
        self._sender.recall(sent)

    def download(self, attachment: Attachment) -> Media:
        """
        What a person sent to the robot: its code becomes an address that works for a short time.
        """
        asked = {"downloadCode": attachment.ref, "robotCode": self._config.robot}
        url = self.client.api("POST", "/v1.0/robot/messageFiles/download", asked).get("downloadUrl")
        if not isinstance(url, str):
            raise PlatformError("dingtalk_no_download_url", "the answer carries no address")
        content = _file_of(self._http.download(url, hosts=FILE_HOSTS))
        name = attachment.name or urlsplit(url).path.rpartition("/")[2] or attachment.kind
        return Media("image" if attachment.kind == "image" else "file", name, content)

    def group_member_ids(self, group_id: str) -> frozenset[str] | None:
        """
        Not told: DingTalk lists the members of groups that an app made itself, and of no others.
        """
        del group_id
        return None

    def departments(self) -> Iterable[DirectoryDepartment]:
        """
        Every department the app may see.
        """
        return read_departments(self.client)

    def people(self) -> Iterable[DirectoryPerson]:
        """
        Everybody the app may see.
        """
        return read_people(self.client)

    @property
    def _has_cards(self) -> bool:
        return bool(self._config.card_template_id)

    def _is_worth_a_card(self, message: Outbound) -> bool:
        """
        While calls are saved, what asks nothing goes as a message where a session takes it for free.

        People outside the company are reached by a session alone, and no session takes a card.
        """
        if message.recipient.id.startswith(OPAQUE):
            return False
        if not self._has_cards or message.update is not None or is_asking(message):
            return self._has_cards
        saving = self._meter.usage().spending != "normal"
        return not (saving and self._sessions.url(message.recipient.id))

    def _answer(self, event: ActionClicked, reply: Reply) -> Mapping[str, Any]:
        """
        The clicked card's new face, and why something was not done as a line at its foot: DingTalk shows no toasts.
        """
        params: dict[str, str] = {}
        if reply.card is not None:
            is_group = event.chat.kind == "group"
            owner = Recipient("group", event.chat.id) if is_group else Recipient("person", event.sender.user_id)
            params |= card_face(reply.card, bound(self._seal, event.card_ref, owner)).params
        if reply.toast is not None and (reply.card is None or reply.toast.level != "success"):
            params[template.FOOT] = _notice(reply.toast)
        return {"cardUpdateOptions": BY_KEY, "cardData": {"cardParamMap": params}} if params else {}

    def _stream(self, origin: Origin) -> StreamConnection:
        return StreamConnection(
            self.client,
            api_base=self._config.api_base,
            reader=FrameReader(origin, self._seal),
            sessions=self._sessions,
            answer=self._answer,
        )


def _notice(toast: Toast) -> str:
    return coloured(one_line(toast.text, MAX_NOTICE), _NOTICE_COLOURS[toast.level])


def _file_of(response: HttpResponse) -> bytes:
    if response.status != 200:
        message = f"http {response.status}: the address has expired or the file is gone"
        raise PlatformError("dingtalk_download", message, permanent=400 <= response.status < 500)
    return response.body


def _json_response(answer: Mapping[str, Any]) -> RawResponse:
    return RawResponse(body=json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))

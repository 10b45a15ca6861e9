"""
One WeCom account behind the adapter port: verify and read callbacks, answer clicks, draw and send messages.

Thin on purpose: what a callback means is in `inbound.py` and `aibot_inbound.py`, what a card looks like in `render.py`,
and how things are sent in `app_sender.py` and `bot_sender.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from adapters.http import Transport
from adapters.wecom import aibot_inbound, inbound, limits, passive
from adapters.wecom.aibot import BotConnection
from adapters.wecom.app_sender import AppSender
from adapters.wecom.attachments import Attachments
from adapters.wecom.bot_sender import BotSender
from adapters.wecom.client import WeComClient
from adapters.wecom.config import WeComConfig
from adapters.wecom.crypto import EnvelopeError, WeComCrypto
from adapters.wecom.directory import read_departments, read_people
from adapters.wecom.inbound import UnreadableError
from adapters.wecom.login import WeComLogin
from adapters.wecom.menu import ensure_menu
from adapters.wecom.render import Renderer, grey_text
from adapters.wecom.routes import way_to
from bot.events import ActionClicked, Attachment, Event
from bot.ports import (
    Accepted,
    Answered,
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
from bot.reply import Reply
from cards.model import Card
from domain.errors import NotSetUpFor, PlatformError

log = structlog.get_logger()

_APP = Capabilities(
    group_inbound=False,
    group_cards=False,
    forms=False,
    selects=limits.SELECTS,
    buttons=limits.BUTTONS,
    rows=limits.ROWS,
    update_by_id=False,
    toasts=False,
)
_WITH_BOT = replace(_APP, group_inbound=True, group_cards=True)

CONTACTS = "contacts"
"""The part of the callback address at which the directory (通讯录同步) reports its changes."""


class WeComAdapter:
    """
    The adapter of one self-built app, one 智能机器人, or both.
    """

    platform = "wecom"

    def __init__(
        self,
        config: WeComConfig,
        *,
        http: Transport,
        shared: SharedState,
        seal: Seal,
        clock: Callable[[], datetime],
    ) -> None:
        self.account = config.account
        self.corp_id = config.corp_id
        self.capabilities = _WITH_BOT if config.has_bot else _APP
        self.client = WeComClient(config, http=http, shared=shared, clock=clock)
        self.login = WeComLogin(config, self.client, shared=shared, clock=clock) if config.has_app else None
        self.connection = BotConnection(config, read=self._read_frame, face=self._bot_face) if config.has_bot else None
        self._config = config
        self._clock = clock
        self._doors = _doors(config)
        self._renderer = Renderer(config, seal=seal)
        self._app = AppSender(config, self.client, shared=shared, clock=clock)
        self._bot = BotSender(config.bot_id, self.connection, self.client.take) if self.connection else None
        self._attachments = Attachments(self.client, http)

    def warm_up(self) -> None:
        """
        Give the app its menu once the process is ready; without one everything can still be typed.
        """
        if self._config.mode == "aibot":
            return
        try:
            ensure_menu(self.client, self._config.agent_id)
        except PlatformError as error:
            log.warning("wecom.no_menu", account=self.account, code=error.code)

    def authenticate(self) -> None:
        """
        Ask for a token of the app; a bot has none.
        """
        self._must_have_app()
        self.client.authenticate()

    def receive(self, request: RawRequest) -> Received:
        """
        Signature, receiver and form are checked in this order; whatever is wrong is refused with a code.
        """
        door = self._doors.get(request.part)
        if door is None:
            return Refused("no_http" if request.part in {"", CONTACTS} else "no_such_part")
        if len(request.body) > limits.CALLBACK_BYTES:
            return Refused("oversize")
        try:
            match request.method:
                case "GET":
                    return Answered(_text_answer(_open(door, request.query, request.query.get("echostr", ""))))
                case "POST":
                    return Accepted(self._event(_open(door, request.query, inbound.ciphertext_of(request.body))))
                case _:
                    return Refused("method")
        except (EnvelopeError, UnreadableError) as error:
            return Refused(str(error))

    def encode(self, event: Event, reply: Reply, now: datetime) -> RawResponse:
        """
        A click is answered with the card's new face for the person who clicked, everything else with an empty body.

        WeCom shows no toasts, and a card that cannot be drawn at least loses its buttons.
        """
        if not isinstance(event, ActionClicked) or reply.card is None:
            return RawResponse(content_type="text/plain; charset=utf-8")
        text = self._passive_text(reply.card, event.sender.user_id, now)
        sealed = passive.envelope(text, crypto=self._doors[""], nonce=f"{int(now.timestamp())}", now=now)
        return RawResponse(body=sealed, content_type="text/xml; charset=utf-8")

    def render(self, message: Outbound) -> str:
        """
        The JSON body of the API call or frame with which `send` sends.
        """
        return self._renderer.body(message)

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        By the way that leads to the recipient.
        """
        if way_to(message.recipient, self._config) == "bot":
            if self._bot is None:
                raise PlatformError("wecom_no_bot", "this account has no bot any more", permanent=True)
            return self._bot.send(message, rendered)
        return self._app.send(message, rendered)

    def recall(self, sent: SentCard) -> None:
        """
        Within 24 hours, and only what the app sent to a person: nothing else has a number to name it by.
        """
        if not sent.message_id:
            raise PlatformError("wecom_no_recall", "WeCom cannot withdraw what was sent to a group", permanent=True)
        self.client.recall(sent.message_id)

    def download(self, attachment: Attachment) -> Media:
        """
        What the app got is kept for three days, what the bot got for five minutes.
        """
        return self._attachments.fetch(attachment)

    def group_member_ids(self, group_id: str) -> frozenset[str] | None:
        """
        Only of groups that the app created.
        """
        if way_to(Recipient("group", group_id), self._config) != "appchat":
            return None
        members = self.client.group(group_id).get("userlist")
        return frozenset(map(str, members)) if isinstance(members, list) else None

    def departments(self) -> Iterable[DirectoryDepartment]:
        """
        The departments in the app's visible range.
        """
        self._must_have_app()
        return read_departments(self.client)

    def people(self) -> Iterable[DirectoryPerson]:
        """
        The people in the app's visible range.
        """
        self._must_have_app()
        return read_people(self.client)

    def _must_have_app(self) -> None:
        if not self._config.has_app:
            text = "only a self-built app may read the directory; set AGENT_ID and SECRET"
            raise NotSetUpFor("wecom_no_app", text, permanent=True)

    def _event(self, text: bytes) -> Event:
        return inbound.event_of(text, account=self.account, corp_id=self.corp_id, agent_id=self._config.agent_id)

    def _read_frame(self, body: Mapping[str, object]) -> Received:
        """
        Frames are plain: we opened the connection, to WeCom's host, with the bot's own secret.
        """
        try:
            return Accepted(aibot_inbound.event_of(body, account=self.account, now=self._clock()))
        except UnreadableError as error:
            return Refused(str(error))

    def _bot_face(self, event: ActionClicked, reply: Reply) -> Mapping[str, object] | None:
        """
        The answer to a click on a bot's card: everybody who sees the card gets its new face.
        """
        if reply.card is None:
            return None
        try:
            face = self._renderer.face(reply.card, sizes=limits.BOT, task_id=event.card_ref)
        except PlatformError:
            bare = Card(reply.card.title, status=reply.card.status, tone=reply.card.tone, closed=True)
            face = self._renderer.face(bare, sizes=limits.BOT, task_id=event.card_ref)
        return {"response_type": "update_template_card", "template_card": {**face, "task_id": event.card_ref}}

    def _passive_text(self, card: Card, user_id: str, now: datetime) -> str:
        try:
            face = self._renderer.face(card)
        except PlatformError:
            return passive.grey_button(grey_text(card), user_id=user_id, corp_id=self.corp_id, now=now)
        return passive.new_face(face, user_id=user_id, corp_id=self.corp_id, now=now)


def _doors(config: WeComConfig) -> Mapping[str, WeComCrypto]:
    """
    The addresses at which WeCom may call, by the part of the address, each with keys of its own.
    """
    doors = {}
    if config.mode != "aibot":
        doors[""] = WeComCrypto(token=config.token, aes_key=config.aes_key, receiver=config.corp_id)
    if config.contact_token:
        doors[CONTACTS] = WeComCrypto(
            token=config.contact_token, aes_key=config.contact_aes_key, receiver=config.corp_id
        )
    return doors


def _open(door: WeComCrypto, query: Mapping[str, str], ciphertext: str) -> bytes:
    return door.open(
        signature=query.get("msg_signature", ""),
        timestamp=query.get("timestamp", ""),
        nonce=query.get("nonce", ""),
        ciphertext=ciphertext,
    )


def _text_answer(text: bytes) -> RawResponse:
    return RawResponse(body=text, content_type="text/plain; charset=utf-8")

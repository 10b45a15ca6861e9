"""
One WeCom account behind the adapter port: verify and read callbacks, answer clicks, draw and send messages.

Thin on purpose: what a callback means is in `inbound.py`, what a card looks like in `render.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from adapters.http import Transport
from adapters.wecom import limits, passive
from adapters.wecom.client import WeComClient
from adapters.wecom.config import WeComConfig
from adapters.wecom.crypto import EnvelopeError, WeComCrypto
from adapters.wecom.errors import CARD_BEYOND_CHANGE
from adapters.wecom.inbound import UnreadableError, ciphertext_of, event_of
from adapters.wecom.login import WeComLogin
from adapters.wecom.markup import cut, one_line
from adapters.wecom.render import Renderer
from bot.events import ActionClicked, Event
from bot.ports import (
    Accepted,
    Answered,
    CannotUpdate,
    Capabilities,
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
from domain.errors import PlatformError

_CAPABILITIES = Capabilities(
    group_inbound=False,
    group_cards=False,
    forms=False,
    selects=limits.SELECTS,
    buttons=limits.BUTTONS,
    rows=limits.ROWS,
    update_by_id=False,
    toasts=False,
)


class WeComAdapter:
    """
    The adapter of one self-built app.
    """

    platform = "wecom"
    capabilities = _CAPABILITIES
    connection = None

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
        self.client = WeComClient(config, http=http, shared=shared, clock=clock)
        self.login = WeComLogin(config, self.client, shared=shared, clock=clock)
        self._agent_id = config.agent_id
        self._clock = clock
        self._crypto = WeComCrypto(token=config.token, aes_key=config.aes_key, receiver=config.corp_id)
        self._renderer = Renderer(agent_id=config.agent_id, start_url=config.start_url, seal=seal)

    def receive(self, request: RawRequest) -> Received:
        """
        Signature, receiver and form are checked in this order; whatever is wrong is refused with a code.
        """
        if request.part:
            return Refused("no_such_part")
        if len(request.body) > limits.CALLBACK_BYTES:
            return Refused("oversize")
        try:
            match request.method:
                case "GET":
                    return Answered(_text_answer(self._open(request.query, request.query.get("echostr", ""))))
                case "POST":
                    text = self._open(request.query, ciphertext_of(request.body))
                    event = event_of(text, account=self.account, corp_id=self.corp_id, agent_id=self._agent_id)
                    return Accepted(event)
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
        sealed = passive.envelope(text, crypto=self._crypto, nonce=f"{int(now.timestamp())}", now=now)
        return RawResponse(body=sealed, content_type="text/xml; charset=utf-8")

    def render(self, message: Outbound) -> str:
        """
        The JSON body of the one API call that `send` makes.
        """
        return self._renderer.body(message)

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        One API call.
        """
        body = rendered.encode()
        if message.update is not None:
            return self._change(message.update, body)
        if message.recipient.kind == "group":
            self.client.take(f"wecom:{self.corp_id}:chat:{message.recipient.id}", limits.CHAT_RATE)
            return SendResult(message_id=_name(self.client.send_to_group(body), "msgid"))
        member = message.recipient.id.casefold()
        self.client.take(f"wecom:{self.corp_id}:{self._agent_id}:member:{member}", limits.MEMBER_RATE)
        answer = self.client.send_message(body)
        _must_reach(message.recipient, answer)
        return self._sent(answer, card_ref=_task_id(rendered))

    def _open(self, query: Mapping[str, str], ciphertext: str) -> bytes:
        return self._crypto.open(
            signature=query.get("msg_signature", ""),
            timestamp=query.get("timestamp", ""),
            nonce=query.get("nonce", ""),
            ciphertext=ciphertext,
        )

    def _passive_text(self, card: Card, user_id: str, now: datetime) -> str:
        try:
            face = self._renderer.face(card)
        except PlatformError:
            text = cut(one_line(card.status or card.title) or "—", limits.BUTTON_CHARS)
            return passive.grey_button(text, user_id=user_id, corp_id=self.corp_id, now=now)
        return passive.new_face(face, user_id=user_id, corp_id=self.corp_id, now=now)

    def _sent(self, answer: Mapping[str, object], *, card_ref: str) -> SendResult:
        code = _name(answer, "response_code") or None
        expires_at = self._clock() + timedelta(seconds=limits.RESPONSE_CODE_LIFE) if code else None
        return SendResult(_name(answer, "msgid"), card_ref, code, expires_at)

    def _change(self, sent: SentCard, body: bytes) -> SendResult:
        """
        A response code works once and for 72 hours; without one the card stays as it is.
        """
        expires_at = sent.update_token_expires_at
        if not sent.update_token or (expires_at is not None and expires_at <= self._clock()):
            raise CannotUpdate("no response code or an expired one")
        try:
            answer = self.client.update_card(body)
        except PlatformError as error:
            if error.code in {f"wecom_{code}" for code in CARD_BEYOND_CHANGE}:
                raise CannotUpdate(error.code) from error
            raise
        if _has(answer.get("invaliduser"), sent.recipient.id):
            raise CannotUpdate("the person never got the card")
        return SendResult(sent.message_id, sent.card_ref)


def _must_reach(recipient: Recipient, answer: Mapping[str, object]) -> None:
    """
    WeCom reports a person who gets nothing inside an answer that says success.
    """
    for field in ("invaliduser", "unlicenseduser"):
        if _has(answer.get(field), recipient.id):
            raise PlatformError("wecom_81013", f"{field}: the member cannot get messages of this app", permanent=True)


def _has(listed: object, user_id: str) -> bool:
    """
    Lists of members come as an array or joined by "|", always in lower case.
    """
    names = listed if isinstance(listed, list) else str(listed or "").split("|")
    return user_id.casefold() in {str(name).casefold() for name in names}


def _task_id(rendered: str) -> str:
    card = json.loads(rendered).get("template_card") or {}
    return str(card.get("task_id", ""))


def _name(answer: Mapping[str, object], field: str) -> str:
    return str(answer.get(field) or "")


def _text_answer(text: bytes) -> RawResponse:
    return RawResponse(body=text, content_type="text/plain; charset=utf-8")

"""
Feishu as the engine room sees it: receive, encode, render, send. Thin; the work is done by the modules beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import structlog

from adapters.feishu import crypto
from adapters.feishu.client import FeishuClient
from adapters.feishu.config import FeishuConfig
from adapters.feishu.directory import read_departments, read_group_members, read_people
from adapters.feishu.inbound import Malformed, open_envelope, read_event
from adapters.feishu.limits import MAX_CALLBACK_BYTES
from adapters.feishu.login import FeishuLogin
from adapters.feishu.markup import one_line
from adapters.feishu.render import render_card, render_plain
from adapters.feishu.resource import file_name, resource_of
from adapters.feishu.sender import FeishuSender
from adapters.feishu.websocket import FeishuConnection
from adapters.http import Transport
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
    Refused,
    Seal,
    SendResult,
    SentCard,
    SharedState,
)
from bot.reply import Reply
from cards.model import Card
from domain.errors import PlatformError

log = structlog.get_logger()

MAX_TOAST: Final = 100
MAX_CHALLENGE: Final = 256

_CAPABILITIES: Final = Capabilities(
    group_inbound=True, group_cards=True, forms=True, selects=20, buttons=20, rows=60, update_by_id=True
)


class FeishuAdapter:
    """
    One Feishu app, reached by its long connection or by signed HTTP callbacks.
    """

    platform: Final = "feishu"
    capabilities: Final = _CAPABILITIES

    def __init__(
        self,
        config: FeishuConfig,
        *,
        http: Transport,
        shared: SharedState,
        seal: Seal,
        clock: Callable[[], datetime],
    ) -> None:
        self.client = FeishuClient(config, http=http, shared=shared, clock=clock)
        self.login = FeishuLogin(config, self.client, http=http, shared=shared, clock=clock)
        self._config = config
        self._seal = seal
        self._clock = clock
        self._own_id = ""
        self._sender = FeishuSender(config.app_id, self.client, shared=shared, seal=seal, clock=clock)
        self._connection = FeishuConnection(config, http=http, read=self._read_pushed, encode=self._encoded)

    @property
    def account(self) -> str:
        """
        The account's name in the settings.
        """
        return self._config.account

    @property
    def corp_id(self) -> str:
        """
        The tenant key; where it is not configured the app id, which belongs to exactly one company.
        """
        return self._config.tenant_key or self._config.app_id

    @property
    def connection(self) -> FeishuConnection | None:
        """
        The long connection, unless Feishu is to call us over HTTP.
        """
        return self._connection if self._config.mode == "websocket" else None

    def warm_up(self) -> None:
        """
        Load the SDK and ask who we are, in the background after the process is ready.

        Neither is needed for callbacks: until our own id is known, every bot that is mentioned is taken for ours.
        """
        self.client.warm_up()
        try:
            self._own_id = self.client.own_open_id()
        except PlatformError as error:
            log.warning("feishu.own_id_unknown", account=self.account, code=error.code)

    def authenticate(self) -> None:
        """
        Ask for a token of the app.
        """
        self.client.authenticate()

    def receive(self, request: RawRequest) -> Received:
        """
        Size, signature, decryption, tokens: only then is the event read.

        Events and clicks are subscribed to apart, so an account with a long connection may still get one of them here;
        without its keys it refuses everything.
        """
        if request.part:
            return Refused("no_such_part")
        if not (self._config.encrypt_key and self._config.verification_token):
            return Refused("no_http")
        if len(request.body) > MAX_CALLBACK_BYTES:
            return Refused("oversize")
        signed = crypto.has_signature(request.headers)
        if signed and not crypto.is_signed(request.headers, request.body, self._config.encrypt_key):
            return Refused("signature")
        payload = self._decrypted(request.body)
        if payload is None:
            return Refused("ciphertext")
        if payload.get("type") == "url_verification":
            return self._challenge(payload)
        if not signed:
            return Refused("unsigned")
        return self._accepted(payload) if self._has_token(payload) else Refused("token")

    def encode(self, event: Event, reply: Reply, now: datetime) -> RawResponse:
        """
        A click is answered with its toast and the card's new face; other events only with success.
        """
        del now  # Feishu's answer carries no time
        answer: dict[str, object] = {}
        if isinstance(event, ActionClicked):
            if reply.toast:
                answer["toast"] = {"type": reply.toast.level, "content": one_line(reply.toast.text, MAX_TOAST)}
            if reply.card:
                answer["card"] = {"type": "raw", "data": self._new_face(reply.card, event)}
        return _json_response(answer)

    def render(self, message: Outbound) -> str:
        """
        Message type and content as Feishu wants them, in one JSON text.
        """
        return self._sender.render(message)

    def send(self, message: Outbound, rendered: str) -> SendResult:
        """
        Create the message, or give the sent card its new face.
        """
        return self._sender.send(message, rendered)

    def recall(self, sent: SentCard) -> None:
        """
        Withdraw a message of ours.
        """
        self._sender.recall(sent)

    def download(self, attachment: Attachment) -> Media:
        """
        The picture or file that came with a message; a voice message is a file.
        """
        resource = resource_of(attachment.ref)
        if resource is None:
            raise PlatformError("feishu_nothing_to_download", attachment.kind, permanent=True)
        answer = self.client.fetch(resource)
        return Media(resource.kind, file_name(answer.headers, attachment.name, resource.key), answer.body)

    def group_member_ids(self, group_id: str) -> frozenset[str] | None:
        """
        The people in a group by open_id, None when Feishu does not show them to us.
        """
        return read_group_members(self.client, group_id)

    def departments(self) -> Iterator[DirectoryDepartment]:
        """
        Every department within the app's 通讯录权限范围.
        """
        return read_departments(self.client)

    def people(self) -> Iterator[DirectoryPerson]:
        """
        Everybody within the app's 通讯录权限范围.
        """
        return read_people(self.client)

    def _new_face(self, card: Card, event: ActionClicked) -> dict[str, Any]:
        """
        What the click led to is already stored, so its answer must not fail: better a plain card than an error.
        """
        in_group = event.chat.kind == "group"
        try:
            return render_card(card, self._seal, in_group=in_group)
        except PlatformError:
            return render_plain(card, self._seal, in_group=in_group)

    def _decrypted(self, body: bytes) -> dict[str, Any] | None:
        encrypted = (_json_object(body) or {}).get("encrypt")
        if not isinstance(encrypted, str):
            return None
        try:
            return _json_object(crypto.decrypt(encrypted, self._config.encrypt_key))
        except crypto.CannotDecrypt:
            return None

    def _challenge(self, payload: dict[str, Any]) -> Received:
        """
        Feishu checks a newly configured address without signing; knowing Encrypt Key and token proves it is Feishu.
        """
        challenge = payload.get("challenge")
        if not self._is_ours(payload.get("token")) or not isinstance(challenge, str):
            return Refused("token")
        if len(challenge) > MAX_CHALLENGE:
            return Refused("malformed")
        return Answered(_json_response({"challenge": challenge}))

    def _has_token(self, payload: dict[str, Any]) -> bool:
        header = payload.get("header")
        return isinstance(header, dict) and self._is_ours(header.get("token"))

    def _read_pushed(self, payload: bytes) -> Received:
        """
        What comes over the long connection is plain: we opened it, to Feishu's host, with the app's own secret.
        """
        opened = _json_object(payload)
        return Refused("malformed") if opened is None else self._accepted(opened)

    def _encoded(self, event: Event, reply: Reply) -> bytes:
        return self.encode(event, reply, self._clock()).body

    def _accepted(self, payload: dict[str, Any]) -> Received:
        header = payload.get("header")
        if not isinstance(header, dict):
            return Refused("malformed")
        if header.get("app_id") != self._config.app_id:
            return Refused("receiver")
        if self._config.tenant_key and header.get("tenant_key") != self._config.tenant_key:
            return Refused("receiver")
        try:
            return Accepted(read_event(open_envelope(self._config.account, payload, self._own_id)))
        except Malformed:
            return Refused("malformed")

    def _is_ours(self, token: object) -> bool:
        return isinstance(token, str) and crypto.same(self._config.verification_token, token)


def _json_object(text: bytes) -> dict[str, Any] | None:
    try:
        # bytes are UTF-8: what else they could be need not be found out
        value = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _json_response(answer: dict[str, object]) -> RawResponse:
    return RawResponse(body=json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))

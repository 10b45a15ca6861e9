"""
Pushing encrypted XML to the product and reading its passive reply: five seconds, three attempts in all.

Source: https://developer.work.weixin.qq.com/document/path/90238 and 90241 (read 2026-08)
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.envelope import Envelope, EnvelopeError
from sandbox.wecom import xml
from sandbox.wecom.bodies import cut
from sandbox.wecom.card_xml import read_card
from sandbox.world import direct_chat

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only the type

    from sandbox.company import Person
    from sandbox.wecom.platform import WeComPlatform
    from sandbox.wire import Delivery

ATTEMPTS = 3
VERIFY_SECONDS = 1.0
OK = 200
CARD_REPLIES = frozenset({"update_button", "update_template_card"})


class BadReplyError(ValueError):
    """
    A passive reply which the platform cannot use; it is ignored.
    """


class Callbacks:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        account = platform.account
        self._envelope = Envelope(account.token, account.aes_key, account.corp_id)
        self._contacts = Envelope(account.contact_token, account.contact_aes_key or account.aes_key, account.corp_id)

    def push(self, person: Person, fields: dict[str, Any], times: int = 1) -> list[Delivery]:
        """
        Deliver one message or event.

        A failed delivery is repeated at once, with the same content in a new envelope; `times` asks for that many
        deliveries although the first succeeded.
        """
        plaintext = xml.write(self._head(person) | fields)
        deliveries: list[Delivery] = []
        while len(deliveries) < ATTEMPTS and not any(d.status == OK for d in deliveries):
            deliveries.append(self._post(plaintext))
        return deliveries + [self._post(plaintext) for _ in range(times - 1)]

    def tell_change(self, fields: dict[str, Any]) -> list[Delivery]:
        """
        A change of the company's directory, to the address of 通讯录同步; nothing where there is none.
        """
        if not self._platform.account.contact_token:
            return []
        head = {
            "ToUserName": self._platform.account.corp_id,
            "FromUserName": "sys",
            "CreateTime": int(self._platform.world.clock.now().timestamp()),
            "MsgType": "event",
            "Event": "change_contact",
        }
        encrypted = self._contacts.seal(xml.write(head | fields))
        outer = {"ToUserName": self._platform.account.corp_id, "AgentID": "", "Encrypt": encrypted}
        parts = self._signed(self._contacts, encrypted)
        deliveries: list[Delivery] = []
        while len(deliveries) < ATTEMPTS and not any(d.status == OK for d in deliveries):
            url = f"{self._platform.callback_url}/contacts?{urlencode(parts)}"
            deliveries.append(
                self._platform.wire.post(
                    url,
                    body=xml.write(outer).encode(),
                    headers={"Content-Type": "text/xml"},
                    seconds=self._platform.switches["answer_seconds"],
                )
            )
        return deliveries

    def reply(self, delivery: Delivery) -> Element | None:
        """
        The opened passive reply; None when there is none.

        Raises: BadReplyError when it is damaged or not signed as agreed.
        """
        if delivery.status != OK or delivery.body.strip() in {b"", b"success"}:
            return None
        try:
            outer = xml.read(delivery.body)
            parts = [xml.child_text(outer, name) for name in ("MsgSignature", "TimeStamp", "Nonce", "Encrypt")]
            return xml.read(self._envelope.open(parts[0], parts[1], parts[2], parts[3]))
        except (xml.BadXmlError, EnvelopeError) as error:
            raise BadReplyError(str(error)) from error

    def say(self, person: Person, reply: Element) -> None:
        """
        A passive text answer appears in the member's chat; a card answer to what was no card is ignored.

        Raises: BadReplyError when the reply cannot be an answer to a message.
        """
        kind = xml.child_text(reply, "MsgType")
        if kind != "text":
            raise BadReplyError(f"MsgType {kind}")
        text = cut(reply.findtext("Content") or "")
        payload = {"msgtype": "text", "content": text}
        with self._platform.world.lock:
            self._platform.book.add(
                chat=direct_chat(person.key),
                sender=None,
                kind="text",
                text=text,
                vendor_id=secrets.token_hex(16),
                payload=payload,
            )

    def card_face(self, reply: Element) -> dict[str, Any]:
        """
        What a passive reply wants to show instead of the clicked card.

        Raises: BadReplyError when it is none of the two card replies.
        """
        kind = xml.child_text(reply, "MsgType")
        if kind == "update_button":
            return {"replace_name": (reply.findtext("Button/ReplaceName") or "").strip()}
        card = reply.find("TemplateCard")
        if kind != "update_template_card" or card is None:
            raise BadReplyError(f"MsgType {kind}")
        try:
            return read_card(card)
        except ValueError as error:
            raise BadReplyError(str(error)) from error

    def verify(self) -> bool:
        echo = str(secrets.randbelow(10**19))
        sealed = self._envelope.seal(echo)
        url = self._signed_url(sealed, echostr=sealed)
        delivery = self._platform.wire.request("GET", url, seconds=VERIFY_SECONDS)
        return delivery.status == OK and delivery.body == echo.encode()

    def _head(self, person: Person) -> dict[str, Any]:
        account = self._platform.account
        return {
            "ToUserName": account.corp_id,
            "FromUserName": person.ids["wecom"],
            "CreateTime": int(self._platform.world.clock.now().timestamp()),
            "AgentID": account.agent_id,
        }

    def _post(self, plaintext: str) -> Delivery:
        account = self._platform.account
        encrypted = self._sealed(plaintext)
        outer = {"ToUserName": account.corp_id, "AgentID": str(account.agent_id), "Encrypt": encrypted}
        return self._platform.wire.post(
            self._signed_url(encrypted),
            body=xml.write(outer).encode(),
            headers={"Content-Type": "text/xml"},
            seconds=self._platform.switches["answer_seconds"],
        )

    def _sealed(self, plaintext: str) -> str:
        match self._platform.switches["tamper"]:
            case "receiver":
                account = self._platform.account
                return Envelope(account.token, account.aes_key, "wwffffffffffffffff").seal(plaintext)
            case "truncated":
                return self._envelope.seal(plaintext)[:-4]
            case _:
                return self._envelope.seal(plaintext)

    def _signed_url(self, encrypted: str, **query: str) -> str:
        parts = self._signed(self._envelope, encrypted)
        if self._platform.switches["tamper"] == "signature":
            parts["msg_signature"] = parts["msg_signature"][::-1]
        return f"{self._platform.callback_url}?{urlencode({**parts, **query})}"

    def _signed(self, envelope: Envelope, encrypted: str) -> dict[str, str]:
        timestamp = str(int(self._platform.world.clock.now().timestamp()))
        nonce = str(secrets.randbelow(10**10))
        signature = envelope.signature(timestamp, nonce, encrypted)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}

"""
A person uses a card or a link: the client's own checks, the callback within two seconds, and what the answer shows.

Source: https://open.dingtalk.com/document/development/event-callback-card (read 2026-08)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.answers import apply_answer, read_answer
from sandbox.dingtalk.card_view import CardButton, CardFace
from sandbox.dingtalk.form import ClientRefusalError, submitted
from sandbox.dingtalk.markdown import sent_text, text_links
from sandbox.platform import ClickOutcome, Utterance
from sandbox.world import UnknownThingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.company import Person
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.dingtalk.state import CardInstance
    from sandbox.wire import Delivery
    from sandbox.world import Message


class Clicks:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform

    def click(self, person: Person, message: Message, button: str, form: Mapping[str, Any]) -> ClickOutcome:
        if message.recalled:
            return ClickOutcome(client_error="消息已被撤回")
        card = self._platform.state.card_of_message.get(message.id)
        if card is None:
            return self._follow_link(person, message, button)
        face = self._platform.cards.face(card, person)
        pressed = _find(face, button)
        try:
            payload = self._payload(card, person, message, self._content(pressed, form))
        except ClientRefusalError as refusal:
            return ClickOutcome(client_error=str(refusal))
        if pressed.requests:
            return self._call_back(card, person, payload)
        sent = sent_text(pressed.url)
        return self._send_text(person, message, sent) if sent else ClickOutcome(url=pressed.url or None)

    def links(self, message: Message) -> list[dict[str, Any]]:
        """
        What can be pressed on a message that is no interactive card.
        """
        return [{"label": label, "id": f"link{n}", "url": url} for n, (label, url, _) in enumerate(_links(message))]

    def _content(self, pressed: CardButton, form: Mapping[str, Any]) -> dict[str, Any]:
        """
        What the card itself sends.

        Raises: ClientRefusalError when the client does not let it be pressed.
        """
        if pressed.disabled:
            raise ClientRefusalError("按钮不可用")
        params = dict(pressed.params)
        if pressed.form is not None:
            numbers = bool(self._platform.switches["numbers_as_numbers"])
            params["form"] = submitted(pressed.form, form, numbers=numbers)
        switches = self._platform.switches
        if pressed.is_dynamic and switches["dynamic_buttons"] == "action_data":
            return {"actionData": {"cardPrivateData": {"actionIds": [pressed.action_id], "params": params}}}
        if pressed.is_dynamic and switches["dynamic_buttons"] == "top_level":
            return {"actionId": pressed.action_id, "content": {"cardPrivateData": {"params": params}}}
        if switches["params_beside"]:
            return {"value": {"cardPrivateData": {"actionIds": [pressed.action_id]}, "params": params}}
        return {"content": {"cardPrivateData": {"actionIds": [pressed.action_id], "params": params}}}

    def _payload(self, card: CardInstance, person: Person, message: Message, content: dict[str, Any]) -> dict[str, Any]:
        platform = self._platform
        as_text = {"content", "value"}
        given = {key: _compact(value) if key in as_text else value for key, value in content.items()}
        return {
            "type": "actionCallback",
            "outTrackId": card.out_track_id,
            "corpId": platform.account.corp_id,
            "userId": platform.union_id(person) if card.ids_are_union else person.ids["dingtalk"],
            "userIdType": 2 if card.ids_are_union else 1,
            "spaceId": platform.conversation_id(message.chat),
            "spaceType": platform.switches["space_type"],
            "extension": "{}",
            **given,
        }

    def _call_back(self, card: CardInstance, person: Person, payload: dict[str, Any]) -> ClickOutcome:
        platform = self._platform
        if not card.callback_type:
            return ClickOutcome()
        with platform.world.lock:
            card.clicks_in_flight += 1
        try:
            delivery = platform.pushes.card(card, payload)
        finally:
            with platform.world.lock:
                card.clicks_in_flight -= 1
        with platform.world.lock:
            return self._apply(card, person, delivery)

    def _apply(self, card: CardInstance, person: Person, delivery: Delivery | None) -> ClickOutcome:
        before = self._platform.cards.values(card, person)
        status, ms = (delivery.status, delivery.ms) if delivery else (0, 0)
        try:
            ignored = apply_answer(card, person, read_answer(delivery))
        except ClientRefusalError as refusal:
            return ClickOutcome(status=status, ms=ms, client_error=str(refusal))
        for message in card.messages:
            message.flags += [f"answer_ignored:{name}" for name in ignored]
        changed = before != self._platform.cards.values(card, person)
        if changed:
            self._platform.cards.show(card)
        return ClickOutcome(status=status, ms=ms, card_changed=changed)

    def _follow_link(self, person: Person, message: Message, button: str) -> ClickOutcome:
        links = _links(message)
        if not links:
            raise UnknownThingError("这条消息不是卡片")
        found = next((link for n, link in enumerate(links) if button in {f"link{n}", link[0]}), None)
        if found is None:
            raise UnknownThingError(f"卡片上没有“{button}”，有：{'、'.join(label for label, _, _ in links)}")
        _, url, in_text = found
        text = sent_text(url)
        if text is None:
            return ClickOutcome(url=url or None)
        if not in_text and not self._platform.switches["dtmd_in_action_cards"]:
            return ClickOutcome(client_error="无法打开此链接")
        return self._send_text(person, message, text)

    def _send_text(self, person: Person, message: Message, text: str) -> ClickOutcome:
        """
        The person's own client writes the text into the conversation.
        """
        if message.chat in self._platform.world.groups and not self._platform.switches["dtmd_in_groups"]:
            return ClickOutcome(client_error="无法打开此链接")
        _, deliveries = self._platform.send(person, message.chat, Utterance(text=text), 1)
        first = deliveries[0] if deliveries else None
        return ClickOutcome(status=first.status if first else 0, ms=first.ms if first else 0)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _links(message: Message) -> list[tuple[str, str, bool]]:
    """
    Label and address of every link, and whether it stands in a text: there, only what sends a text is pressed.
    """
    part = message.payload.get(message.payload["msgtype"]) or {}
    links = [(link.label, link.url, True) for link in text_links(part.get("text"))]
    given = [(b.get("title"), b.get("actionURL")) for b in part.get("btns") or ()]
    if part.get("singleTitle"):
        given.append((part["singleTitle"], part.get("singleURL")))
    if message.payload["msgtype"] == "link":
        given.append((part.get("title"), part.get("messageUrl")))
    given += [(one.get("title"), one.get("messageURL")) for one in part.get("links") or ()]
    return links + [(str(label or ""), str(url or ""), False) for label, url in given]


def _find(face: CardFace, button: str) -> CardButton:
    by_id = next((one for one in face.buttons if one.id == button), None)
    found = by_id or next((one for one in face.buttons if one.label == button), None)
    if found is None:
        raise UnknownThingError(f"卡片上没有“{button}”，有：{'、'.join(one.label for one in face.buttons)}")
    return found

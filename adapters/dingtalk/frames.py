"""
The frames of a Stream connection: which events one carries, and how it is acknowledged.

The models are those of dingtalk-stream (`sdk.py`); what a payload means is read in `inbound.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.dingtalk.inbound import (
    Change,
    Malformed,
    Origin,
    Session,
    event_key,
    identifier,
    instant,
    json_object,
    read_change,
    read_click,
    read_message,
    read_session,
)
from adapters.dingtalk.sdk import part
from bot.events import Event
from bot.ports import Seal

MESSAGES: Final = "/v1.0/im/bot/messages/get"
CARDS: Final = "/v1.0/card/instances/callback"

OK, BAD_REQUEST, NOT_FOUND = 200, 400, 404

_DONE: Final[Mapping[str, Any]] = {"status": "SUCCESS", "message": "success"}


@dataclass(frozen=True)
class Told:
    """
    Something about the connection itself: `ping`, `disconnect` and topics we need not know.
    """

    topic: str
    message_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Arrived:
    """
    Events to take; `success` is what the acknowledgement then says. `fault` set: there are none, for that reason.
    """

    message_id: str
    sender_id: str = ""
    events: tuple[Event, ...] = ()
    session: Session | None = None
    success: Mapping[str, Any] | None = None
    code: int = OK
    fault: str = ""


class FrameReader:
    """
    Reads the frames of one account's connection.
    """

    def __init__(self, origin: Origin, seal: Seal) -> None:
        self._origin = origin
        self._seal = seal

    def read(self, raw: str | bytes) -> Told | Arrived | None:
        """
        What a frame says; None when it cannot even be acknowledged.
        """
        try:
            frame = json_object(raw)
        except Malformed:
            return None
        headers = frame.get("headers")
        if not isinstance(headers, dict):
            return None
        message_id = headers.get("messageId")
        topic = str(headers.get("topic", ""))
        message_id = message_id if isinstance(message_id, str) else ""
        if frame.get("type") == "SYSTEM":
            return self._told(frame, topic, message_id)
        if not message_id:
            return None
        try:
            return self._arrived(frame, topic, message_id)
        except Malformed as fault:
            return Arrived(message_id, code=BAD_REQUEST, fault=str(fault))

    def _told(self, frame: Mapping[str, Any], topic: str, message_id: str) -> Told:
        try:
            data = _model("SystemMessage", frame).data
        except Malformed:
            data = {}
        return Told(topic, message_id, data if isinstance(data, dict) else {})

    def _arrived(self, frame: Mapping[str, Any], topic: str, message_id: str) -> Arrived:
        if frame.get("type") == "EVENT":
            return self._event(_model("EventMessage", frame), message_id)
        message = _model("CallbackMessage", frame)
        body = message.data if isinstance(message.data, dict) else {}
        if topic == MESSAGES:
            event = read_message(self._origin, body)
            session = read_session(event, body)
            return Arrived(message_id, event.sender.user_id, (event,), session, {"response": None})
        if topic == CARDS:
            sent_at = instant(message.headers.time)
            click = read_click(self._origin, body, key=event_key("click", message_id), sent_at=sent_at, seal=self._seal)
            return Arrived(message_id, click.sender.user_id, (click,))
        return Arrived(message_id, code=NOT_FOUND, fault="topic")

    def _event(self, message: Any, message_id: str) -> Arrived:
        headers = message.headers
        if self._origin.is_other(headers.event_corp_id):
            raise Malformed("receiver")
        change = Change(
            event_id=identifier(headers.event_id),
            event_type=identifier(headers.event_type),
            sent_at=instant(headers.event_born_time or headers.time),
            data=message.data if isinstance(message.data, dict) else {},
        )
        return Arrived(message_id, change.event_type, read_change(self._origin, change), success=_DONE)


def acknowledgement(message_id: str, data: Mapping[str, Any] | None, *, code: int = OK) -> str:
    """
    The frame that answers a frame.
    """
    frames = part("frames")
    ack = frames.AckMessage()
    ack.code = code
    ack.message = "OK" if code == OK else "not taken"
    ack.headers.message_id = message_id
    ack.headers.content_type = frames.Headers.CONTENT_TYPE_APPLICATION_JSON
    ack.data = data if data is not None else {}
    return json.dumps(ack.to_dict())


def _model(name: str, frame: Mapping[str, Any]) -> Any:
    """
    A frame as the SDK's model, which reads its data as JSON and its times as numbers.
    """
    try:
        return getattr(part("frames"), name).from_dict(frame)
    except (TypeError, ValueError, AttributeError, RecursionError):
        raise Malformed("frame") from None

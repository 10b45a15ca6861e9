"""
What the app hears, by whichever way its console is set: Stream or HTTP.

Card callbacks go the way which the card itself names.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.quota import is_exempt
from sandbox.dingtalk.stream import CARD_TOPIC, ROBOT_TOPIC, Frame
from sandbox.wire import Delivery

if TYPE_CHECKING:
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.dingtalk.state import CardInstance


class Pushes:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform

    def robot(self, data: dict[str, Any], times: int = 1) -> list[Delivery]:
        """
        A message to the robot, `times` copies of the very same one; past the month's quota without its content.
        """
        if not self._platform.take_message_quota():
            data = self._without_content(data)
        if not self._platform.uses_stream:
            return [self._platform.callbacks.robot(data) for _ in range(times)]
        frame = Frame("CALLBACK", ROBOT_TOPIC, _text(data))
        return [self._platform.stream.push(frame, self._seconds("answer_seconds")) for _ in range(times)]

    def event(self, event_type: str, data: dict[str, Any], times: int = 1) -> list[Delivery]:
        if not is_exempt(event_type):
            self._platform.take_message_quota()
        milliseconds = str(round(self._platform.world.clock.now().timestamp() * 1000))
        event_id, corp_id = uuid.uuid4().hex, self._platform.account.corp_id
        if not self._platform.uses_stream:
            head = {"EventType": event_type, "EventTime": int(milliseconds), "CorpId": corp_id, "BizId": event_id[:16]}
            event = {**head, "eventId": event_id, "timeStamp": milliseconds, **data}
            return [self._platform.callbacks.event(event) for _ in range(times)]
        headers = {
            "eventType": event_type,
            "eventId": event_id,
            "eventCorpId": corp_id,
            "eventBornTime": milliseconds,
            "eventUnifiedAppId": self._platform.app_id,
        }
        frames = [Frame("EVENT", "*", _text({"timeStamp": milliseconds, **data}), headers) for _ in range(times)]
        return [self._platform.stream.push(frame, self._seconds("event_seconds")) for frame in frames]

    def card(self, card: CardInstance, payload: dict[str, Any]) -> Delivery | None:
        """
        None when the card names no way back, or one that nobody has registered.

        A Stream delivery's body is the response inside the acknowledgement, so that both ways read alike.
        """
        self._platform.take_message_quota()
        if card.callback_type == "HTTP":
            route = self._platform.state.routes.get(card.route_key)
            return self._platform.callbacks.card(route, payload) if route else None
        if card.callback_type != "STREAM":
            return None
        delivery = self._platform.stream.push(
            Frame("CALLBACK", CARD_TOPIC, _text(payload)), self._seconds("card_seconds")
        )
        return Delivery(delivery.status, delivery.ms, _response(delivery.body), delivery.failure)

    def _seconds(self, switch: str) -> float:
        seconds: float = self._platform.switches[switch]
        return seconds

    def _without_content(self, data: dict[str, Any]) -> dict[str, Any]:
        code, message = self._platform.switches["quota_error_names"].split(",")
        kept = {key: value for key, value in data.items() if key not in {"text", "content"}}
        return kept | {code: 20001, message: "本月Webhook和Stream消息调用量已用尽"}


def _response(acknowledged: bytes) -> bytes:
    try:
        response = json.loads(acknowledged or b"{}")["response"]
    except (ValueError, KeyError, TypeError):
        return b"{}"
    return json.dumps(response, ensure_ascii=False).encode() if isinstance(response, dict) else b"{}"


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

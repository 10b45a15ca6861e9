"""
Which calls send a message: the session of the chat where it is alive, else the robot; cards by their own interface.

Only cards carry a key against duplicates. What the robot may have said is not said again (`at_most_once`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from adapters.dingtalk.client import DingTalkClient
from adapters.dingtalk.config import DingTalkConfig
from adapters.dingtalk.crypto import card_secret
from adapters.dingtalk.errors import (
    CARD_BEYOND_CHANGE,
    CARD_EXISTS,
    NO_ROBOT,
    SESSION_GONE,
    vendor_code,
)
from adapters.dingtalk.quota import QuotaMeter
from adapters.dingtalk.rates import GROUP_RATE
from adapters.dingtalk.sendable import CardContent, Content, MediaContent, RobotContent
from adapters.dingtalk.sending import (
    CARD,
    NEW_CARD,
    NOTICE,
    card_change,
    carrier_of,
    media_message,
    new_card,
    packed,
    query_key_of,
    recall_of,
    robot_message,
    work_notice,
)
from adapters.dingtalk.sessions import Sessions
from adapters.http import at_most_once, preparing
from bot.ports import CannotUpdate, NotWorthACall, Outbound, SendResult, SentCard, SharedState
from domain.errors import PlatformError

OPAQUE: Final = "$:"
"""How DingTalk's ids of people outside the company begin: only a session reaches them."""
_ROUTE_LIFE: Final = timedelta(days=30)
_CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


class Sender:
    """
    Sends what was drawn, for one account.
    """

    def __init__(
        self,
        config: DingTalkConfig,
        client: DingTalkClient,
        *,
        sessions: Sessions,
        meter: QuotaMeter,
        shared: SharedState,
        clock: Callable[[], datetime],
    ) -> None:
        self._config = config
        self._client = client
        self._sessions = sessions
        self._meter = meter
        self._shared = shared
        self._clock = clock

    def send(self, message: Outbound, track: str, content: Content) -> SendResult:
        """
        Send a new message, or give a sent card its new face; `track` is our name for the card.

        Raises:
            PlatformError: see `errors.py`.
            CannotUpdate: the sent message is no card, or DingTalk no longer has it.
            NotWorthACall: an update while the month's calls run out.
        """
        if message.update is not None:
            return self._change(message.update, content)
        self._hold_back(message)
        return replace(self._send_new(message, track, content), warning=self._warning())

    def recall(self, sent: SentCard) -> None:
        """
        Withdraw a message of the robot or the one that carries a card, within 24 hours.

        Raises:
            PlatformError: see `errors.py`; permanent where the message went by a session, which names no message.
        """
        if not sent.message_id:
            raise PlatformError("dingtalk_no_query_key", "a reply to a session cannot be recalled", permanent=True)
        path, body = recall_of(sent, robot=self._config.robot)
        answer = self._client.api("POST", path, body)
        failed = answer.get("failedResult")
        if isinstance(failed, dict) and sent.message_id in failed:
            raise PlatformError("dingtalk_not_recalled", "too old, or recalled before", permanent=True)

    def _send_new(self, message: Outbound, track: str, content: Content) -> SendResult:
        match content:
            case CardContent():
                return self._card(message, track, content)
            case RobotContent():
                return self._say(message, content)
            case MediaContent():
                return self._show(message)

    def _warning(self) -> str:
        usage = self._meter.usage()
        if usage.spending == "normal":
            return ""
        return f"{usage.used} of this month's {usage.quota} calls are made, {usage.forecast} by its end at this pace"

    def _hold_back(self, message: Outbound) -> None:
        """
        The last calls of the month are for what asks somebody to decide; the rest waits for the next.
        """
        if self._meter.usage().spending != "reserve" or is_asking(message) or self._session(message):
            return
        raise PlatformError(
            "dingtalk_quota_reserve", "kept for decisions", retry_after=6 * 3600.0, tried=False, about_account=True
        )

    def _card(self, message: Outbound, track: str, content: CardContent) -> SendResult:
        self._govern(message)
        body = {
            "cardTemplateId": self._config.card_template_id,
            "outTrackId": track,
            **self._clicks_go_to(),
            **new_card(content, message.recipient, message.mentions, robot=self._config.robot),
        }
        try:
            answer = self._client.api("POST", NEW_CARD, body)
        except PlatformError as error:
            if vendor_code(error) == CARD_EXISTS:
                # the first try got through although its answer did not
                return SendResult(message_id="", card_ref=track)
            raise
        return SendResult(message_id=carrier_of(answer), card_ref=track)

    def _change(self, sent: SentCard, content: Content) -> SendResult:
        if not sent.card_ref or not isinstance(content, CardContent):
            raise CannotUpdate("the message is no interactive card")
        if self._meter.usage().spending != "normal":
            raise NotWorthACall("the month's calls run out")
        try:
            self._client.api("PUT", CARD, {"outTrackId": sent.card_ref, **card_change(content)})
        except PlatformError as error:
            if vendor_code(error) in CARD_BEYOND_CHANGE:
                raise CannotUpdate(error.code) from error
            raise
        return SendResult(sent.message_id, sent.card_ref)

    def _say(self, message: Outbound, content: RobotContent) -> SendResult:
        session = self._session(message)
        if session is not None and content.webhook and self._is_answered(message, session, content):
            return SendResult(message_id="")
        return self._by_robot(message, content)

    def _is_answered(self, message: Outbound, session: str, content: RobotContent) -> bool:
        """
        Whether the session took it; one that ended early is forgotten.
        """
        self._govern(message)
        try:
            with at_most_once():
                self._client.reply(session, content.webhook)
        except PlatformError as error:
            if vendor_code(error) in SESSION_GONE:
                self._sessions.forget(message.recipient.id, session)
                return False
            raise
        return True

    def _by_robot(self, message: Outbound, content: RobotContent) -> SendResult:
        recipient = message.recipient
        if recipient.id.startswith(OPAQUE):
            raise PlatformError("dingtalk_outsider", "only a session reaches this person", permanent=True)
        self._govern(message)
        path, body = robot_message(content, recipient, robot=self._config.robot)
        try:
            with at_most_once():
                answer = self._client.api("POST", path, body)
                return SendResult(message_id=query_key_of(answer, recipient.id))
        except PlatformError as error:
            if recipient.kind == "person" and vendor_code(error) in NO_ROBOT and self._config.agent_id:
                return self._notify(recipient.id, content)
            raise

    def _notify(self, user_id: str, content: RobotContent) -> SendResult:
        """
        A work notice instead; it cannot be recalled by the robot.
        """
        at = f"{self._clock().astimezone(_CHINA):%H:%M:%S}"
        with at_most_once():
            self._client.post(NOTICE, work_notice(content, user_id, agent_id=self._config.agent_id, at=at))
        return SendResult(message_id="")

    def _show(self, message: Outbound) -> SendResult:
        if message.media is None:
            raise PlatformError("dingtalk_no_media", "the picture or file is gone", permanent=True)
        media = packed(message.media)
        with preparing():
            media_id = self._client.upload(media.kind, media.name, media.content)
        return self._by_robot(message, media_message(media, media_id))

    def _session(self, message: Outbound) -> str | None:
        return self._sessions.url(message.recipient.id)

    def _govern(self, message: Outbound) -> None:
        if message.recipient.kind == "group":
            self._client.take(f"dingtalk:{self._config.client_id}:group:{message.recipient.id}"[:120], GROUP_RATE)

    def _clicks_go_to(self) -> dict[str, Any]:
        """
        Where clicks on a new card arrive; an address of ours is registered with DingTalk before the first card.
        """
        config = self._config
        if config.mode == "stream":
            return {"callbackType": "STREAM"}
        route = f"liaodan-{config.account}"
        url = f"{config.start_url.rstrip('/')}/cb/dingtalk/{config.account}/card"
        known, now = f"dingtalk-route:{config.client_id}:{config.account}"[:80], self._clock()
        if self._shared.token(known, now) != url:
            secret = card_secret(config.client_secret)
            body = {"callbackRouteKey": route, "callbackUrl": url, "apiSecret": secret, "forceUpdate": True}
            with preparing():
                self._client.api("POST", "/v1.0/card/callbacks/register", body)
            self._shared.store_token(known, url, now + _ROUTE_LIFE)
        return {"callbackType": "HTTP", "callbackRouteKey": route}


def is_asking(message: Outbound) -> bool:
    """
    Whether the message offers something to press or to fill in.
    """
    card = message.card
    return card is not None and not card.closed and any(button.action for button in card.all_buttons())

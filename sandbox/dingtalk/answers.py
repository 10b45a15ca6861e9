"""
What the answer to a card callback does: it changes the card for the person who clicked, and for nobody else.

Source: https://open.dingtalk.com/document/development/event-callback-card (read 2026-08)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.cards import variables
from sandbox.dingtalk.errors import ApiError
from sandbox.dingtalk.form import ClientRefusalError

if TYPE_CHECKING:
    from sandbox.company import Person
    from sandbox.dingtalk.state import CardInstance
    from sandbox.wire import Delivery

OK = 200
FAILED = "请求失败，请稍后重试"
TIMED_OUT = "请求超时，请稍后重试"
KNOWN = frozenset({"cardUpdateOptions", "cardData", "userPrivateData"})


def read_answer(delivery: Delivery | None) -> dict[str, Any]:
    """
    Raises: ClientRefusalError where the client shows its failure toast instead.
    """
    if delivery is None or delivery.failure == "refused":
        raise ClientRefusalError(FAILED)
    if delivery.failure == "timeout":
        raise ClientRefusalError(TIMED_OUT)
    if delivery.status != OK:
        raise ClientRefusalError(FAILED)
    try:
        answer = json.loads(delivery.body or b"{}")
    except ValueError as error:
        raise ClientRefusalError(FAILED) from error
    if not isinstance(answer, dict):
        raise ClientRefusalError(FAILED)
    return answer


def apply_answer(card: CardInstance, person: Person, answer: dict[str, Any]) -> list[str]:
    """
    Change what this person sees; the names of what the platform does not know are returned.

    Raises: ClientRefusalError when the variables are not texts.
    """
    options = answer.get("cardUpdateOptions") or {}
    try:
        public = variables(answer["cardData"]) if answer.get("cardData") else None
        private = variables(answer["userPrivateData"]) if answer.get("userPrivateData") else None
    except ApiError as error:
        raise ClientRefusalError(FAILED) from error
    if public is not None:
        by_key = options.get("updateCardDataByKey") is True
        gone = {} if by_key else dict.fromkeys(card.public, "")
        card.shown_to[person.key] = (card.shown_to.get(person.key, {}) if by_key else gone) | public
    if private is not None:
        known = card.private.get(person.key, {}) if options.get("updatePrivateDataByKey") is True else {}
        card.private[person.key] = known | private
    return sorted(set(answer) - KNOWN)

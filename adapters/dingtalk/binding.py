"""
A button belongs to one card, and on a card in a direct chat to one person.

Card callbacks over HTTP are signed without their body, so whoever holds one signature could name any person and card.
The payload of each button therefore ends in a mark only we can make: it is on that person's card and nowhere else. For
a group the mark names the card only, because everybody there has the same copy; it also tells that a click is from a
group, which the callback says in three spellings.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, Literal

from bot.ports import Recipient, Seal
from cards.model import CardAction

_JOINT: Final = "~"
_LENGTH: Final = 20


def bound(seal: Seal, out_track_id: str, recipient: Recipient) -> Seal:
    """
    A seal for the buttons of one card: the sealed action, and the mark of the card and its recipient.
    """
    mark = _mark(seal, out_track_id, recipient.id if recipient.kind == "person" else "")
    return lambda action: f"{seal(action)}{_JOINT}{mark}"


def opened(seal: Seal, payload: str, out_track_id: str, user_id: str) -> tuple[str, Literal["direct", "group"]] | None:
    """
    The sealed action and where the card is; None when this person cannot have pressed that button on that card.
    """
    sealed, _, mark = payload.rpartition(_JOINT)
    for owner, chat in ((user_id, "direct"), ("", "group")):
        if sealed and hmac.compare_digest(_mark(seal, out_track_id, owner).encode(), mark.encode("utf-8", "replace")):
            return sealed, "group" if chat == "group" else "direct"
    return None


def _mark(seal: Seal, out_track_id: str, owner: str) -> str:
    secret = seal(CardAction("dingtalk.card", {"card": out_track_id, "owner": owner}))
    return hashlib.sha256(secret.encode()).hexdigest()[:_LENGTH]

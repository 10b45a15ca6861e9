"""
What drawing hands to sending: the content of one DingTalk message, stored with the outbox row as JSON.

`render.py` makes it, `adapter.py` puts addresses around it and chooses the call. Nothing here is drawn or sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True)
class CardContent:
    """
    An interactive card of our template: its variables by name, all of them texts (structures as JSON texts).

    `preview` is the line in the list of chats.
    """

    params: Mapping[str, str]
    preview: str = ""


@dataclass(frozen=True)
class RobotContent:
    """
    A message of the robot without callbacks: as the robot API wants it, and the same as a reply to a session.

    Source: https://open.dingtalk.com/document/development/robot-message-type (read 2026-08)
    """

    msg_key: str
    msg_param: Mapping[str, str]
    webhook: Mapping[str, Any]


@dataclass(frozen=True)
class MediaContent:
    """
    The picture or file of the outbox row; its bytes are uploaded when it is sent.
    """

    caption: str = ""


Content = CardContent | RobotContent | MediaContent

_KINDS: Final[Mapping[str, type[CardContent | RobotContent | MediaContent]]] = {
    "card": CardContent,
    "robot": RobotContent,
    "media": MediaContent,
}


def to_json(content: Content) -> str:
    """
    The content as the outbox stores it.
    """
    kind = next(name for name, cls in _KINDS.items() if isinstance(content, cls))
    return json.dumps({"kind": kind, **asdict(content)}, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Content:
    """
    The content stored by `to_json`.
    """
    stored = json.loads(text)
    return _KINDS[stored.pop("kind")](**stored)

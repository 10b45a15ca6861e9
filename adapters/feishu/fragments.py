"""
Long events arrive in several frames: their parts wait here for each other, for a few seconds and up to a size.

Source: lark-oapi 1.7.5, `lark_oapi/ws/client.py` (parts are kept for five seconds; read 2026-05).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from adapters.feishu.frames import Frame
from adapters.feishu.limits import MAX_CALLBACK_BYTES

KEPT_S: Final = 5.0
MOST_PARTS: Final = 64
MOST_MESSAGES: Final = 32


@dataclass
class _Parts:
    since: float
    count: int
    by_place: dict[int, bytes] = field(default_factory=dict)

    def size(self) -> int:
        return sum(map(len, self.by_place.values()))


class Fragments:
    """
    The messages of which some part is still missing. Used by one thread.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, _Parts] = {}

    def whole(self, frame: Frame, now: float) -> bytes | None:
        """
        The payload when this frame completes it, else None: the rest is waited for, or the frame makes no sense.
        """
        count, place = _number(frame, "sum", 1), _number(frame, "seq", 0)
        if count is None or place is None or not 1 <= count <= MOST_PARTS or place >= count:
            return None
        if count == 1:
            return frame.payload
        self._forget(now)
        key = frame.headers.get("message_id", "")
        parts = self._waiting.setdefault(key, _Parts(now, count))
        parts.by_place[place] = frame.payload
        if parts.count != count or parts.size() > MAX_CALLBACK_BYTES:
            del self._waiting[key]
            return None
        if len(parts.by_place) < count:
            return None
        del self._waiting[key]
        return b"".join(parts.by_place[n] for n in range(count))

    def _forget(self, now: float) -> None:
        """
        Feishu pushes the whole message again when it was not acknowledged, so old parts are of no use.
        """
        self._waiting = {key: parts for key, parts in self._waiting.items() if now - parts.since < KEPT_S}
        while len(self._waiting) >= MOST_MESSAGES:
            del self._waiting[next(iter(self._waiting))]


def _number(frame: Frame, name: str, default: int) -> int | None:
    text = frame.headers.get(name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PARTS)) else None

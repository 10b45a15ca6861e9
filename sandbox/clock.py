"""
Virtual time: real time plus an offset that the control API moves.

Tokens, signatures, response codes, card ages and retries are all measured with this clock. Stored state does not
belong here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")

_DURATION = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


def parse_duration(text: str) -> timedelta:
    """
    An ISO 8601 duration such as P1DT2H, without months and years, whose length is not fixed.

    Raises: ValueError when the text is none.
    """
    match = _DURATION.match(text)
    if match is None or not any(match.groupdict().values()):
        raise ValueError(f"not a duration: {text!r}, write for example P1DT2H")
    return timedelta(**{unit: int(count) for unit, count in match.groupdict().items() if count})


def parse_instant(text: str) -> datetime:
    """
    An ISO 8601 instant; without an offset it is meant in China.

    Raises: ValueError when the text is none.
    """
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=CHINA)


def in_china(instant: datetime) -> str:
    return instant.astimezone(CHINA).isoformat(timespec="milliseconds")


class Clock:
    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._real = real
        self._offset = timedelta()

    @property
    def offset_seconds(self) -> int:
        return round(self._offset.total_seconds())

    def now(self) -> datetime:
        return self._real() + self._offset

    def advance(self, by: timedelta) -> None:
        self._offset += by

    def set(self, instant: datetime) -> None:
        self._offset = instant - self._real()

    def reset(self) -> None:
        self._offset = timedelta()

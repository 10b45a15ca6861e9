"""
What a platform must bring to be proved by the conformance suite, and what may be heard from people on any of them.

A new platform is a line in `adapters.registry` and a module here of its name that says `PLATFORM = Platform(…)`. The
benchmarks `envelopes` and `callback --platform` and the page of platforms read the same modules.
"""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from adapters.registry import PLATFORMS
from bot.events import Event
from bot.ports import Adapter, RawRequest
from cards.model import Card
from domain.errors import PlatformError

KINDS = {
    "text": "私聊里的文字",
    "group_text": "群里 @ 机器人的文字",
    "reply": "引用回复",
    "image": "图片",
    "file": "文件",
    "voice": "语音",
    "location": "位置",
    "contact": "联系人名片",
    "click": "卡片按钮",
    "form": "卡片上填写或选择",
    "menu": "机器人菜单",
    "entered": "打开和机器人的会话",
    "bot_added": "机器人进群",
    "bot_removed": "机器人离群、群解散",
    "group_members": "群成员进出",
    "joined": "入职",
    "updated": "成员资料变化",
    "left": "离职",
}
"""Every kind of thing that can be heard, with what the page of platforms calls it."""


@dataclass(frozen=True)
class Heard:
    """
    What came, as a signed request or as what a long connection carries, and exactly the event it is.
    """

    raw: Any
    event: Event


class Line(Protocol):
    """
    The platform's end of a long connection, with our adapter connected to it.
    """

    def push(self) -> None:
        """
        Push an event that is acknowledged or answered.
        """

    def acknowledged(self, seconds: float) -> bool:
        """
        Whether the acknowledgement comes within so many seconds.
        """


@dataclass(frozen=True, kw_only=True)
class Platform:
    """
    One platform's samples. `account` makes an adapter that takes callbacks; `requests` and `pushed` are by `KINDS`.

    `again` are one event in two envelopes, `twins` two events that hardly differ. `said` is all of a request that the
    platform's signature vouches for: what says the same may be accepted however it is written. `minimal` verifies,
    decrypts and parses a request with the least that is safe, for the benchmark, which measures `measured`. `tell`
    writes a text to a person on a platform that answers what it is given, `unprepared` on one that answers so to
    whoever asks for a token; `success` is the answer when all is well, `odd` are those that only look so. `codes` are
    all that `errors.py` names. `line` connects an adapter to a platform that hands each event to `take`.
    """

    account: Callable[[], Adapter]
    vectors: Mapping[str, RawRequest]
    requests: Mapping[str, Heard]
    forged: Mapping[str, RawRequest]
    again: Mapping[str, tuple[RawRequest, RawRequest]]
    twins: Mapping[str, tuple[RawRequest, RawRequest]]
    said: Callable[[RawRequest], object]
    minimal: Callable[[RawRequest], object]
    measured: Mapping[str, RawRequest]
    pushed: Mapping[str, Heard]
    read_pushed: Callable[[Any], Event]
    tell: Callable[[Callable[[], Any]], Any]
    unprepared: Callable[[Callable[[], Any]], Any]
    success: Mapping[str, Any]
    odd: Mapping[str, Mapping[str, Any]]
    codes: Iterable[str | int]
    failure: Callable[[str | int, int], PlatformError]
    faults: Callable[[Card], Iterable[str]]
    line: Callable[[Callable[[Event], Any]], AbstractContextManager[Line]]


def hardened_json(text: bytes | str) -> dict[str, Any] | None:
    """
    A JSON object of any origin, None when it is none: for the minimal readers of the benchmark.
    """
    if len(text) > 1024 * 1024:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def samples_of(platform: str) -> Platform:
    """
    The samples of a platform of the registry.
    """
    found: Platform = importlib.import_module(f"tests.adapters.conformance.{platform}").PLATFORM
    return found


def every_platform() -> dict[str, Platform]:
    """
    The samples of all of them.
    """
    return {name: samples_of(name) for name in PLATFORMS}


def codes_in(errors: object) -> set[str | int]:
    """
    Every vendor code that a module `errors.py` names in one of its sets and tables.
    """
    tables = (value for name, value in vars(errors).items() if not name.startswith("__"))
    return {code for table in tables if isinstance(table, frozenset | dict) for code in table}


@contextmanager
def running(adapter: Adapter, take: Callable[[Event], Any]) -> Iterator[None]:
    """
    The adapter's long connection in a thread of its own.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(adapter.connection.run, take, stop)
        try:
            yield
        finally:
            stop.set()
            ended.result(10)

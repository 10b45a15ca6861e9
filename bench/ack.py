"""
How long a platform waits for its acknowledgement while all three are connected and 50 things a second happen on them.

    python -m bench.ack --rate 50 --seconds 20 --modes http,connection

The product runs as one process on SQLite, and the emulated platforms speak their own protocols to it. In mode `http`
they call its address; in mode `connection` Feishu and DingTalk use the connections it has opened, and people write to
the 智能机器人 of WeCom, which acknowledges nothing: there its first answer is measured. People ask, register customers
and press 提交. Measured from the moment something was due, whether or not what came before it had been answered.
Exits with 1 when one was not acknowledged, or when a platform's p99 is above 100 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from unittest import mock

from flask.ctx import RequestContext

from bench.processes import clean, free_port, running, until, until_ready
from devtools.demo import product_env
from sandbox.company import Person
from sandbox.config import read_config
from sandbox.dingtalk.platform import DingTalkPlatform
from sandbox.feishu.platform import FeishuPlatform
from sandbox.platform import Platform, Utterance
from sandbox.server import Sandbox
from sandbox.wecom.platform import WeComPlatform
from sandbox.wire import Wire
from sandbox.world import Message, direct_chat

OK = 200
LONGEST_MS = 100.0
ANSWER_SECONDS = 10.0
AT_ONCE = 64
NEWEST = 6
SUBMIT = "提交"
PLACES = ("杭州", "苏州", "宁波", "无锡", "合肥", "佛山", "东莞", "长沙", "武汉", "成都")
BRAND = "云锐鼎海朗亿沪斐瓯婺柯木辰拓嘉泽恒益盛达"
TRADES = ("机械厂", "纺织公司", "物流公司", "化工厂", "电子科技", "医疗器械公司", "灯具厂", "印刷公司")
MODES: Final[Mapping[str, Mapping[str, str]]] = {
    "http": {},
    "connection": {"LIAODAN_FEISHU__demo__MODE": "websocket", "LIAODAN_DINGTALK__demo__MODE": "stream"},
}


class AnswersHeard(Wire):
    """
    The wire of WeCom, which also hears when the product answers what was pushed over its connection.
    """

    def __init__(self) -> None:
        super().__init__()
        self._answered: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self._pushed = threading.local()

    def record(self, direction: str, method: str, path: str, body: bytes, status: int, response: bytes) -> None:
        """
        As every wire does; a pushed frame and its answer carry the same number.
        """
        super().record(direction, method, path, body, status, response)
        if method != "WS":
            return
        number = json.loads(body)["headers"]["req_id"]
        if direction == "out":
            self._pushed.number = number
        else:
            self._answered[number].set()

    def is_answered(self, seconds: float) -> bool:
        """
        Whether what this thread has pushed last is answered in time; True where it pushed nothing.
        """
        number = self._pushed.__dict__.pop("number", None)
        return number is None or self._answered[number].wait(seconds)


@dataclass
class Measured:
    """
    Milliseconds of what was acknowledged on one platform, and how much was not or was a click.
    """

    times: list[float] = field(default_factory=list)
    clicks: int = 0
    unacknowledged: int = 0


class Crowd:
    """
    The people of the demo company, on all platforms at once.
    """

    def __init__(self, sandbox: Sandbox, address: str, seed: int) -> None:
        self._app, self._address = sandbox.app, address
        self._platforms = tuple(sandbox.platforms.values())
        self._people = [person for person in sandbox.world.people.values() if not person.outsider]
        self._chance = random.Random(seed)
        self._pressed: set[int] = set()
        self._lock = threading.Lock()
        self.measured = {platform.id: Measured() for platform in self._platforms}

    def greet(self) -> None:
        """
        Everybody is heard on each platform and somebody is answered, after which nothing is done for the first time.
        """
        for platform in self._platforms:
            for person in self._people:
                self._say(platform, person, "帮助")
            chat = direct_chat(self._people[0].key)
            until(partial(_has_answer, platform, chat), f"an answer on {platform.id}")

    def do(self, number: int, due: float) -> None:
        """
        What happens as number `number`, due at that instant of `time.perf_counter`.
        """
        platform = self._platforms[number % len(self._platforms)]
        person = self._people[number // len(self._platforms) % len(self._people)]
        is_taken, is_click = self._act(platform, person, number // len(self._platforms))
        milliseconds = (time.perf_counter() - due) * 1000
        measured = self.measured[platform.id]
        with self._lock:
            measured.clicks += is_click
            measured.unacknowledged += not is_taken
            if is_taken:
                measured.times.append(milliseconds)

    def _act(self, platform: Platform, person: Person, number: int) -> tuple[bool, bool]:
        """
        Whether it was acknowledged, and whether it was a click.
        """
        card = self._card(platform, person) if number % 2 else None
        if card is not None:
            with self._acting():
                return platform.click(person, card, SUBMIT, {}).status == OK, True
        return self._say(platform, person, self._words(number)), False

    def _say(self, platform: Platform, person: Person, words: str) -> bool:
        with self._acting():
            _, deliveries = platform.send(person, direct_chat(person.key), Utterance(text=words), 1)
        is_taken = all(delivery.status == OK for delivery in deliveries)
        wire = platform.wire
        return is_taken and (not isinstance(wire, AnswersHeard) or wire.is_answered(ANSWER_SECONDS))

    def _acting(self) -> RequestContext:
        """
        The emulators are told of their own address by the request that makes somebody act.
        """
        return self._app.test_request_context(base_url=self._address)

    def _words(self, number: int) -> str:
        with self._lock:
            brand = "".join(self._chance.sample(BRAND, 3))
            company = f"{self._chance.choice(PLACES)}{brand}{self._chance.choice(TRADES)}"
            phone = f"139{self._chance.randrange(10**8):08d}"
        return ("公海", "我的客户", f"查重 {company}", f"报备 {company} 张伟 {phone}")[number % 4]

    def _card(self, platform: Platform, person: Person) -> Message | None:
        """
        The newest card of this person that can be submitted and was not yet.
        """
        for message in reversed(platform.book.in_chat(direct_chat(person.key))[-NEWEST:]):
            seen = platform.seen_by(message, person) if message.sender is None else None
            card = platform.card(seen) if seen else None
            if card and any(button["label"] == SUBMIT for button in card["buttons"]):
                with self._lock:
                    is_new = message.id not in self._pressed
                    self._pressed.add(message.id)
                if is_new:
                    return message
        return None


def main(argv: Sequence[str] | None = None) -> int:
    """
    Measure each mode with a product of its own and print the metrics.
    """
    arguments = argparse.ArgumentParser(prog="bench ack", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument(
        "--rate", type=float, default=50.0, help="things that happen in a second, over all platforms"
    )
    arguments.add_argument("--seconds", type=float, default=20.0, help="length of each run")
    arguments.add_argument("--modes", default=",".join(MODES), help="http, connection, or both with a comma between")
    arguments.add_argument("--seed", type=int, default=11)
    chosen = arguments.parse_args(argv)
    modes = chosen.modes.split(",")
    if unknown := [mode for mode in modes if mode not in MODES]:
        arguments.error(f"no mode {', '.join(unknown)}; there are: {', '.join(MODES)}")
    return max(_measure(mode, chosen.rate, round(chosen.rate * chosen.seconds), chosen.seed) for mode in modes)


def _measure(mode: str, rate: float, count: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder, _connected(mode, Path(folder)) as (sandbox, address):
        crowd = Crowd(sandbox, address, seed)
        crowd.greet()
        begin = time.perf_counter() + 0.2
        with ThreadPoolExecutor(AT_ONCE) as pool:
            done = []
            for number in range(count):
                due = begin + number / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                done.append(pool.submit(crowd.do, number, due))
        for each in done:
            each.result()
    return max([_tell(f"{mode}.{platform}", measured) for platform, measured in crowd.measured.items()])


@contextmanager
def _connected(mode: str, data: Path) -> Iterator[tuple[Sandbox, str]]:
    """
    The platforms in this process with their address, and the product in another, connected to all of them.
    """
    port, sandbox_port = free_port(), free_port()
    with mock.patch.dict(os.environ, clean() | {"LIAODAN_SANDBOX_PORT": str(sandbox_port)}, clear=True):
        env = {**product_env(data, port, demo=True), **MODES[mode]}
    config = read_config(data / "sandbox.json")
    sandbox = Sandbox(config)
    server = sandbox.listen(config.host, config.port)
    work = [threading.Thread(target=each, daemon=True) for each in (server.serve_forever, sandbox.tick)]
    for thread in work:
        thread.start()
    try:
        with running([sys.executable, "app.py", "serve", "--port", str(port)], env, data / "product.log"):
            until_ready(port)
            if mode == "connection":
                _use_connections(sandbox)
            yield sandbox, f"http://{config.host}:{config.port}"
    finally:
        server.shutdown()
        server.server_close()
        sandbox.stop()


def _use_connections(sandbox: Sandbox) -> None:
    """
    What an administrator sets in the consoles, once the product has connected.
    """
    feishu, wecom, dingtalk = (sandbox.platforms[name] for name in ("feishu", "wecom", "dingtalk"))
    dingtalk.switches.set("receive_mode", "stream")
    wecom.switches.set("chat_with_bot", True)
    wecom.wire.close()
    wecom.wire = AnswersHeard()
    for platform in (feishu, wecom, dingtalk):
        until(partial(_is_connected, platform), f"the connection to {platform.id}")


def _is_connected(platform: Platform) -> bool:
    match platform:
        case FeishuPlatform():
            return platform.long_connection.is_chosen
        case DingTalkPlatform():
            return platform.stream.is_connected()
        case WeComPlatform():
            return platform.bot.is_connected
        case _:
            return False


def _has_answer(platform: Platform, chat: str) -> bool:
    return any(message.sender is None for message in platform.book.in_chat(chat))


def _tell(name: str, measured: Measured) -> int:
    """
    Print one platform's figures; 1 when they are not good enough.
    """
    ordered, count = sorted(measured.times), len(measured.times)
    p99 = ordered[count * 99 // 100] if count else 0.0
    if count:
        _print(f"{name}.p50_ms", ordered[count // 2], "ms", count)
        _print(f"{name}.p99_ms", p99, "ms", count, baseline=LONGEST_MS)
        _print(f"{name}.max_ms", ordered[-1], "ms", count)
    _print(f"{name}.clicks", measured.clicks, "clicks", count + measured.unacknowledged)
    _print(f"{name}.unacknowledged", measured.unacknowledged, "events", count + measured.unacknowledged)
    return int(not count or p99 > LONGEST_MS or measured.unacknowledged > 0)


def _print(metric: str, value: float, unit: str, n: int, baseline: float | None = None) -> None:
    line = {"bench": "ack", "metric": metric, "value": round(value, 2), "unit": unit, "n": n}
    ratio = round(value / baseline, 4) if baseline else None
    sys.stdout.write(json.dumps(line | {"baseline": baseline, "ratio": ratio}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

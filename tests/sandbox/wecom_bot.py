"""
The program of a 智能机器人, as bare as the tests need it.
"""

from __future__ import annotations

import itertools
import json

from sandbox_bench import WECOM
from websockets.sync.client import connect

SECONDS = 5.0


class BotProgram:
    """
    One connection. What is pushed while an answer is awaited is kept in `pushed`.
    """

    def __init__(self, bench):
        address = f"{bench.url.replace('http', 'ws')}/wecom/ws"
        self._bench = bench
        self._socket = connect(address, proxy=None, close_timeout=1)
        self._numbers = itertools.count(1)
        self.pushed: list[dict] = []

    def __enter__(self) -> BotProgram:  # noqa: PYI034  # never subclassed
        return self

    def __exit__(self, *_):
        self._socket.close()
        while self._bench.sandbox.platforms["wecom"].group_inbound:
            self._bench.sandbox.world.wait_after(self._bench.sandbox.world.seq, 0.05)

    def ask(self, command: str, body: dict | None = None, number: str = "") -> dict:
        number = number or f"n-{next(self._numbers)}"
        frame = {"cmd": command, "headers": {"req_id": number}} | ({"body": body} if body is not None else {})
        self._socket.send(json.dumps(frame))
        while True:
            answer = json.loads(self._socket.recv(SECONDS))
            if "cmd" not in answer and answer["headers"]["req_id"] == number:
                return answer
            self.pushed.append(answer)

    def subscribe(self, **changes) -> dict:
        return self.ask("aibot_subscribe", {"bot_id": WECOM.bot_id, "secret": WECOM.bot_secret} | changes)

    def next_push(self) -> dict:
        return self.pushed.pop(0) if self.pushed else json.loads(self._socket.recv(SECONDS))

    def stream(self, number: str, content: str, *, finish: bool, name: str = "s1") -> dict:
        stream = {"id": name, "finish": finish, "content": content}
        return self.ask("aibot_respond_msg", {"msgtype": "stream", "stream": stream}, number)

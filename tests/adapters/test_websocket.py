"""
The WebSocket way out: what it may reach, and what a lost connection looks like.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from websockets.sync.server import ServerConnection, serve

from adapters.websocket import open_channel
from domain.errors import PlatformError


@pytest.fixture
def echo() -> Iterator[int]:
    def answer(connection: ServerConnection) -> None:
        for message in connection:
            if message == "bye":
                return
            connection.send(message)

    with serve(answer, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.socket.getsockname()[1]


def test_messages_go_both_ways_and_silence_is_none(echo: int) -> None:
    channel = open_channel(f"ws://127.0.0.1:{echo}/", hosts=["127.0.0.1"])
    channel.send("你好")
    assert channel.receive(5) == "你好"
    assert channel.receive(0.01) is None
    channel.close()


def test_a_lost_connection_is_a_platform_error(echo: int) -> None:
    channel = open_channel(f"ws://127.0.0.1:{echo}/", hosts=["127.0.0.1"])
    channel.send("bye")
    with pytest.raises(PlatformError, match="websocket_closed"):
        channel.receive(5)


@pytest.mark.parametrize(
    "url",
    [
        "ws://platform.example/",
        "wss://evil.example/",
        "wss://notplatform.example.evil/",
        "wss://user@sub.platform.example/",
        "http://127.0.0.1/",
        "not an address",
    ],
)
def test_other_addresses_are_refused_for_good(url: str) -> None:
    with pytest.raises(PlatformError, match="websocket_refused") as error:
        open_channel(url, hosts=[".platform.example", "platform.example", "127.0.0.1"])
    assert error.value.permanent


def test_an_address_where_nobody_listens_may_be_tried_again() -> None:
    with pytest.raises(PlatformError, match="websocket_unreachable") as error:
        open_channel("ws://127.0.0.1:9/", hosts=["127.0.0.1"])
    assert not error.value.permanent

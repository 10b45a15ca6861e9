"""
The one way out by WebSocket: time limits, a size cap and an allow-list of hosts, as `http.py` is for HTTP.

Which address to open comes from the platform's answer to a signed call; that it lies with the platform is checked here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidURI, WebSocketException
from websockets.sync.client import ClientConnection, connect

from domain.errors import PlatformError

OPEN_S: Final = 10.0
CLOSE_S: Final = 3.0
MAX_FRAME_BYTES: Final = 1024 * 1024

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Channel:
    """
    An open WebSocket. One thread reads, any thread writes.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def receive(self, timeout: float) -> str | bytes | None:
        """
        The next message; None when none came within `timeout` seconds.

        Raises:
            PlatformError: the connection is over.
        """
        try:
            return self._connection.recv(timeout)
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            raise PlatformError("websocket_closed", str(closed)) from None

    def send(self, message: str | bytes) -> None:
        """
        Write one message.

        Raises:
            PlatformError: the connection is over.
        """
        try:
            self._connection.send(message)
        except (ConnectionClosed, OSError) as closed:
            raise PlatformError("websocket_closed", str(closed)) from None

    def close(self) -> None:
        """
        End the connection; a thread that waits in `receive` gets the error.
        """
        self._connection.close()


def open_channel(url: str, *, hosts: Iterable[str], ping_seconds: float | None = None) -> Channel:
    """
    Connect to a platform's address.

    `hosts` are exact host names, or `.example.com` for everything below one; plain ws only goes to loopback and only
    when loopback is among them. `ping_seconds` sends protocol pings where the platform wants them; platforms that count
    heartbeats of their own get those from the adapter.

    Raises:
        PlatformError: the address is not allowed (permanent), cannot be reached, or refuses the upgrade.
    """
    _check(url, tuple(hosts))
    is_plain = url.startswith("ws://")
    try:
        connection = connect(
            url,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            ping_interval=ping_seconds,
            max_size=MAX_FRAME_BYTES,
            proxy=None if is_plain else True,
        )
    except (OSError, TimeoutError, InvalidURI, WebSocketException) as error:
        raise PlatformError("websocket_unreachable", f"{urlsplit(url).hostname} {type(error).__name__}") from None
    return Channel(connection)


def _check(url: str, hosts: tuple[str, ...]) -> None:
    address = urlsplit(url)
    host = address.hostname or ""
    is_known = any(host == known or (known.startswith(".") and host.endswith(known)) for known in hosts)
    is_safe = address.scheme == "wss" or (address.scheme == "ws" and host in _LOOPBACK)
    if not is_known or not is_safe or address.username is not None:
        message = f"{address.scheme}://{host} is no WebSocket address of this platform"
        raise PlatformError("websocket_refused", message, permanent=True)

"""
A WebSocket on the sandbox's own port: the handshake is an HTTP request like any other, then the connection is ours.

The bot's address is a setting of the product, so it must be known before anything runs; a port of its own would not be.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from flask import Response, g
from websockets.datastructures import Headers
from websockets.frames import Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import State
from websockets.server import ServerProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Request

RECEIVE_BYTES = 64 * 1024


class Socket:
    """
    One open connection: the thread of its request reads, any thread writes.
    """

    def __init__(self, connection: socket.socket, asked: Request) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._protocol = ServerProtocol()
        handshake = Handshake(asked.full_path, Headers(list(asked.headers.items())))
        with self._lock:
            self._protocol.receive_data(handshake.serialize())
            self._protocol.events_received()
            self._protocol.send_response(self._protocol.accept(handshake))
            self._flush()

    def messages(self) -> Iterator[str]:
        """
        What the other side writes, until either side ends the connection.
        """
        while self._protocol.state is not State.CLOSED:
            try:
                data = self._connection.recv(RECEIVE_BYTES)
            except OSError:
                return
            with self._lock:
                if data:
                    self._protocol.receive_data(data)
                else:
                    self._protocol.receive_eof()
                frames = self._protocol.events_received()
                self._flush()
            yield from (frame.data.decode() for frame in frames if frame.opcode is Opcode.TEXT)  # type: ignore[union-attr]  # a server gets frames
            # once both have said goodbye, it is the server that hangs up
            if not data or self._protocol.close_expected():
                return

    def send(self, text: str) -> bool:
        """
        Whether the text could be written.
        """
        with self._lock:
            if self._protocol.state is not State.OPEN:
                return False
            self._protocol.send_text(text.encode())
            return self._flush()

    def close(self) -> None:
        with self._lock:
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(1000)
                self._flush()
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def _flush(self) -> bool:
        try:
            for data in self._protocol.data_to_send():
                if data:
                    self._connection.sendall(data)
        except OSError:
            return False
        return True


def serve_socket(asked: Request, work: Callable[[Socket], None]) -> Response:
    """
    Turn a request into a WebSocket and work with it until it ends.
    """
    connection = asked.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket) or asked.headers.get("Upgrade", "").lower() != "websocket":
        return Response("a WebSocket is spoken here", 426)
    opened = Socket(connection, asked)
    try:
        work(opened)
    finally:
        opened.close()
    # Nothing may follow on this connection: the answer to the request was the handshake.
    g.hang_up = True
    return Response()

"""
What happens around every call of a vendor's API: planned trouble before it, the record of the wire after it.

Each vendor's own rules stay in its package.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

if TYPE_CHECKING:
    from sandbox.faults import Fault
    from sandbox.platform import Platform


def vendor_blueprint(platform: Platform) -> Blueprint:
    blueprint = Blueprint(platform.id, __name__, url_prefix=f"/{platform.id}")

    @blueprint.before_request
    def trouble() -> Response | None:
        request.get_data()
        fault = platform.faults.take(request.method, request.path)
        return _suffer(platform, fault) if fault else None

    @blueprint.after_request
    def record(response: Response) -> Response:
        path = request.full_path.rstrip("?").removeprefix(f"/{platform.id}")
        answer = b"" if response.is_streamed else response.get_data()
        platform.wire.record("in", request.method, path, request.get_data(), response.status_code, answer)
        if g.get("hang_up", False):
            _hang_up()
        return response

    return blueprint


def _suffer(platform: Platform, fault: Fault) -> Response | None:
    match fault.kind:
        case "http500":
            return Response("Internal Server Error", 500)
        case "timeout":
            platform.faults.hold(fault)
            g.hang_up = True
            return Response(status=504)
        case "slow":
            platform.faults.hold(fault)
        case "token_expired":
            platform.expire_tokens()
        case "drop_after_accept":
            g.hang_up = True
        case _:
            return platform.refusal(fault.kind)
    return None


def _hang_up() -> None:
    """
    The work is done but the answer is lost: the connection ends without one byte.
    """
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        # who asked may have gone already
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

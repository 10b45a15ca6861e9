"""
What the web floor needs, built by `app.py` and reached from a request through the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, cast

from flask import current_app

from bot.arrivals import Arrivals
from bot.check_clicks import CheckClicks
from bot.connections import ConnectionState
from bot.keyring import Keyring
from bot.ports import Adapter
from bot.units import Units
from domain.login import SessionLimits
from handlers.local_login import LocalLogin

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Parts:
    """
    The running product as the web sees it. `advance` and `reset` exist in demo mode only.
    """

    door: CheckClicks
    arrivals: Arrivals
    units: Units
    adapters: Mapping[tuple[str, str], Adapter]
    is_demo: bool
    demo_secret: str = field(repr=False)
    secret: bytes = field(repr=False)
    sandbox_url: str
    version: str
    advance: Callable[[datetime], Sequence[Mapping[str, Any]]]
    reset: Callable[[], None]
    is_ready: Callable[[], bool]
    public_url: str
    keys: Keyring
    local_login: LocalLogin
    session_limits: SessionLimits
    trusted_proxies: Sequence[Network]
    connections: Callable[[], Sequence[ConnectionState]] = tuple


def parts() -> Parts:
    """
    The parts of the application serving this request.
    """
    return cast("Parts", current_app.extensions["liaodan"])

"""
What the web floor needs, built by `app.py` and reached from a request through the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Protocol, cast

from flask import current_app

from bot.arrivals import Arrivals
from bot.check_clicks import CheckClicks
from bot.connections import ConnectionState
from bot.keyring import Keyring
from bot.platform_checks import Trial
from bot.ports import Adapter
from bot.trials import Trials
from bot.units import Units
from domain.login import SessionLimits
from handlers.local_login import LocalLogin

Network = IPv4Network | IPv6Network


class SetupDesk(Protocol):
    """
    What the set-up page needs to know and do about platform accounts.
    """

    def fields(self, platform: str) -> Sequence[Mapping[str, Any]]:
        """
        The settings to fill in, each with its place in the vendor's console.
        """

    def faults(self, platform: str, account: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """
        What is wrong with the values: a code by the setting's name, empty when nothing is.
        """

    def save(self, platform: str, account: str, values: Mapping[str, str]) -> str:
        """
        Keep them in the settings file; returns its name.

        Raises:
            SettingsError: the file cannot be written.
        """

    def newcomer(self, platform: str, account: str, values: Mapping[str, str], me: str) -> Trial:
        """
        An account that no process serves yet, on trial.
        """

    def served(self, platform: str, account: str, me: str) -> Trial:
        """
        An account of this process on trial.
        """


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
    setup: SetupDesk
    connections: Callable[[], Sequence[ConnectionState]] = tuple
    trials: Trials = field(default_factory=Trials)


def parts() -> Parts:
    """
    The parts of the application serving this request.
    """
    return cast("Parts", current_app.extensions["liaodan"])

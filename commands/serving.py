"""
`serve`: a small supervising process, and one serving process with the request threads and the background loops.
"""

from __future__ import annotations

import argparse
import ipaddress
import sys
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from bot import settings as settings_module
from bot.settings import Settings
from commands.errors import CommandError
from domain.errors import SettingsError

if TYPE_CHECKING:
    from flask import Flask

MISCONFIGURED = 2


def serve(options: argparse.Namespace) -> int:
    """
    Serve until a signal ends it.
    """
    asked = {"host": options.host, "port": options.port}
    overrides = {name: value for name, value in asked.items() if value is not None}
    settings = settings_module.load(options.config, **overrides)
    _keep_demo_at_home(settings)
    server = Granian(
        "app:create_app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.threads,
        websockets=False,
        log_level=LogLevels.error,
    )
    try:
        server.serve(target_loader=partial(load_app, options.config, overrides), wrap_loader=False)
    except SystemExit:
        return _ended(server)
    except (OSError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise CommandError(
            f"port {settings.port} at {settings.host}: {reason}", "choose another with --port"
        ) from error
    return 0


def load_app(config: Path | None, overrides: dict[str, Any]) -> Flask:
    """
    In the serving process: build and start the product, and see that it is stopped in order.
    """
    from app import create_app

    try:
        server = create_app(settings_module.load(config, **overrides))
    except SettingsError as error:
        print("\n".join(error.faults), file=sys.stderr)
        raise SystemExit(MISCONFIGURED) from None
    product, _ = server.extensions["liaodan_product"]
    Finalize(None, product.stop, exitpriority=100)
    return server


def _ended(server: Any) -> int:
    """
    The exit code after the serving process ended by itself.
    """
    code = server.wrks[0].inner.exitcode if server.wrks else None
    if code == MISCONFIGURED:
        return MISCONFIGURED
    raise CommandError(f"the serving process ended by itself (exit code {code})", "see the log above")


def _keep_demo_at_home(settings: Settings) -> None:
    """
    The demo's secrets are weak by design: it listens on this machine only.
    """
    if settings.mode == "demo" and not _is_loopback(settings.host):
        fault = f"host (environment LIAODAN_HOST) {settings.host}: demo mode listens on 127.0.0.1 only"
        raise SettingsError([fault])


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

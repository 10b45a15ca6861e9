"""
`serve`: a small supervising process, and one serving process with the request threads and the background loops.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import sys
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
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
    _refuse_used_port(settings)
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
    told, tell = Pipe(duplex=False)
    try:
        server.serve(target_loader=partial(load_app, options.config, overrides, tell), wrap_loader=False)
    except SystemExit as ended:
        if told.poll():
            return MISCONFIGURED
        raise CommandError("the serving process ended by itself", "see the log above") from ended
    return 0


def load_app(config: Path | None, overrides: dict[str, Any], tell: Connection) -> Flask:
    """
    In the serving process: build and start the product, and see that it is stopped in order.

    A fault in the configuration is told to the supervising process, which ends with its exit code.
    """
    from app import create_app

    try:
        server = create_app(settings_module.load(config, **overrides), settings_file=config)
    except SettingsError as error:
        print("\n".join(error.faults), file=sys.stderr)
        tell.send(MISCONFIGURED)
        raise SystemExit(MISCONFIGURED) from None
    product, _ = server.extensions["liaodan_product"]
    Finalize(None, product.stop, exitpriority=100)
    return server


def _refuse_used_port(settings: Settings) -> None:
    """
    The server itself would share the port with another server, and each would get some of the requests.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        place = f"port {settings.port} at {settings.host}"
        raise CommandError(
            f"{place}: {os.strerror(error.errno or 0)}", "stop the program there or choose another with --port"
        ) from error


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

"""
``dev.py run``: the product and the sandbox as child processes, from the first port check to Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from devtools.demo import data_folder, product_env, sandbox_port
from devtools.environment import PYTHON, prepare
from devtools.pages import build_pages
from devtools.shell import ROOT, TAIL_LINES, Failure, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from pathlib import Path

START_SECONDS = 180
STOP_SECONDS = 10


@dataclass
class Service:
    """
    A child process whose output goes to a file, so that its last words can be shown when it dies.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]
    url: str
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("wb") as sink:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                cwd=ROOT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches dev.py alone, which then stops its children in order.
                start_new_session=True,
            )

    def check(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        last = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
        ended = f"{self.name} ended with exit code {self.process.returncode}; its log is {self.log}"
        raise Failure("\n".join([*last, ended]))

    def stop(self) -> None:
        """
        Ask it to end, wait, then end whatever it left behind: the product's workers are children of its process.
        """
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def run(options: argparse.Namespace) -> int:
    """
    Start the product and, unless refused, the sandbox; stay until Ctrl-C or until one of them dies.
    """
    with_sandbox = not (options.no_sandbox or options.no_demo)
    refuse_used_port(options.port, "choose another with --port N")
    if with_sandbox:
        refuse_used_port(sandbox_port(), "choose another with the environment variable LIAODAN_SANDBOX_PORT")
    prepare("run")
    build_pages()
    data = data_folder(options.data, fresh=options.fresh)
    env = product_env(data, options.port, demo=not options.no_demo)
    serve = [str(PYTHON), "app.py", "serve", "--port", str(options.port)]
    product = Service("the product", serve, data / "product.log", env, f"http://127.0.0.1:{options.port}/")
    emulate = [str(PYTHON), "-m", "sandbox", "--config", str(data / "sandbox.json")]
    sandbox = Service("the sandbox", emulate, data / "sandbox.log", env, f"http://127.0.0.1:{sandbox_port()}/")
    services = [sandbox, product] if with_sandbox else [product]
    try:
        start(services)
        announce(services, browser=not options.no_browser)
        while True:
            time.sleep(0.5)
            for service in services:
                service.check()
    except KeyboardInterrupt:
        say("stopping …")
    finally:
        # a second signal must not leave half of them running
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for service in reversed(services):
            service.stop()
    return 0


def start(services: Sequence[Service]) -> None:
    """
    Start the sandbox and the product, which migrates its database itself; return when all answer.
    """
    *others, product = services
    for service in services:
        service.start()
    for service in others:
        wait_for(f"{service.url}sandbox/api/world", services)
    wait_for(f"{product.url}readyz", services)


def announce(services: Sequence[Service], *, browser: bool) -> None:
    """
    Say where the product answers and where the chat page is, and show the page where there is a browser.
    """
    *others, product = services
    say(f"ready {product.url.rstrip('/')}")
    for service in others:
        say(f"chat {service.url}")
    # On Linux without a display `webbrowser` would find text browsers and wait for them.
    has_display = sys.platform != "linux" or {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)
    if browser and has_display:
        webbrowser.open(services[0].url)


def wait_for(url: str, services: Sequence[Service]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for service in services:
            service.check()
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise Failure(f"{url} did not answer within {START_SECONDS} s; see {', '.join(str(each.log) for each in services)}")


def refuse_used_port(port: int, remedy: str) -> None:
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"port {port} cannot be used ({error.strerror}): stop the program there or {remedy}"
            ) from error

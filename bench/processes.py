"""
The product and what belongs to it as processes of their own, on free ports.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
START_SECONDS = 300.0
T = TypeVar("T")
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of this machine, whatever proxy the environment names."""


@contextmanager
def running(command: Sequence[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """
    A process from the project's folder for the length of a block; if the block fails, the end of its log is shown.
    """
    with log.open("wb") as sink:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=sink, stderr=subprocess.STDOUT)
        try:
            yield process
        except BaseException:
            sys.stderr.write(log.read_text(errors="replace")[-3000:])
            raise
        finally:
            process.terminate()
            process.wait(60)


def clean() -> dict[str, str]:
    """
    The environment without settings of the product.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIAODAN_")}
    return kept | {"PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """
    A port of this machine that nobody listens on now.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_ready(port: int) -> None:
    """
    Wait until the product says that it is ready.
    """
    until(lambda: _answers(f"http://127.0.0.1:{port}/readyz"), "the product to be ready")


def until(look: Callable[[], T | None], what: str) -> T:
    """
    The first true value of `look`; the benchmark ends when there is none for minutes.
    """
    deadline = time.monotonic() + START_SECONDS
    while not (found := look()):
        if time.monotonic() > deadline:
            sys.exit(f"bench: waited {START_SECONDS:.0f} s for {what}")
        time.sleep(0.02)
    return found


def _answers(url: str) -> bool:
    try:
        with opener.open(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False

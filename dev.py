"""
The one door for newcomers, developers and the CI: ``python3 dev.py run | test | check | bench``.

Runs on a fresh machine with nothing but Python 3.11 or newer: it prepares what is missing, then starts other programs.
How is in ``devtools/``; what the product does belongs to ``app.py``, what the sandbox does to ``sandbox/``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NoReturn

from devtools.environment import BIN, PYTHON, create_venv, prepare, write_locks
from devtools.launch import run
from devtools.pages import build_pages, install_node_modules, node_env, npm
from devtools.shell import ROOT, Failure, call, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import FrameType

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Flows wait for other processes half of their time: three workers keep two cores busy.
WORKERS = ("-n", "3", "--dist", "worksteal")


def test(options: argparse.Namespace) -> int:
    prepare("dev")
    build_pages()
    if not any(shutil.which(name) for name in BROWSERS):
        install_browser()
    return call([PYTHON, "-m", "pytest", *(options.arguments or WORKERS)])


def install_browser() -> None:
    """
    Real-browser tests want Chromium: installed where that needs no questions, else those tests say they skip.
    """
    is_root_on_debian = shutil.which("apt-get") is not None and os.name == "posix" and os.geteuid() == 0
    if not is_root_on_debian:
        say("no Chromium here: the browser tests will be skipped")
        return
    say("installing Chromium for the browser tests …")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call(["apt-get", "update", "-qq"], env=quiet)
    if call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"], env=quiet):
        say("Chromium could not be installed: the browser tests will be skipped")


def check(_: argparse.Namespace) -> int:
    """
    Everything short of the tests; all of it runs, and what failed is named at the end.
    """
    prepare("dev")
    install_node_modules()
    failed = [name for name, command in checks().items() if report(name, command)]
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def checks() -> dict[str, list[str | Path]]:
    return {
        "ruff check": [BIN / "ruff", "check", "--quiet", "."],
        "ruff format": [BIN / "ruff", "format", "--check", "--quiet", "."],
        "mypy": [BIN / "mypy"],
        "import-linter": [BIN / "lint-imports"],
        "codespell": [BIN / "codespell"],
        "migrations": [PYTHON, "migrations/check.py"],
        "generated docs": [PYTHON, "docs/generate.py", "--check"],
        "page types": [*npm(), "run", "check", "--workspaces"],
    }


def report(name: str, command: Sequence[str | Path]) -> int:
    began = time.monotonic()
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=ROOT, env=node_env(), capture_output=True, text=True, errors="replace", check=False
    )
    say(f"{'FAILED' if done.returncode else 'ok':6} {name} ({time.monotonic() - began:.1f} s)")
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode


def bench(options: argparse.Namespace) -> int:
    prepare("dev")
    return call([PYTHON, "-m", "bench", *options.arguments])


def lock(_: argparse.Namespace) -> int:
    if not PYTHON.exists():
        create_venv()
    write_locks()
    return 0


PLAIN_COMMANDS: dict[Callable[[argparse.Namespace], int], str] = {
    test: "run the tests; what follows goes to pytest",
    check: "lint, types, floors, spelling, generated docs",
    bench: "run all benchmarks, or the one whose name follows",
    lock: "resolve pyproject.toml into the two lock files",
}
TAKE_ARGUMENTS = (test, bench)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description="聊单: run, test, check and measure it.")
    commands = top.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start the product and its sandbox; Ctrl-C stops both")
    running.set_defaults(handler=run)
    running.add_argument("--port", type=int, default=8000, help="the product's port (default 8000)")
    running.add_argument("--data", default=str(ROOT / "data"), help="folder of all data (default ./data)")
    running.add_argument("--fresh", action="store_true", help="start with a new demo company")
    running.add_argument("--no-demo", action="store_true", help="no demo company, no sandbox: your own settings only")
    running.add_argument("--no-browser", action="store_true", help="do not open the chat page")
    running.add_argument("--no-sandbox", action="store_true", help="the demo company without the emulated platforms")
    for handler, help_text in PLAIN_COMMANDS.items():
        # No character begins an option here: all that follows `test` or `bench` is handed on as it stands.
        command = commands.add_parser(handler.__name__, help=help_text, add_help=False, prefix_chars="\0")
        command.set_defaults(handler=handler)
    return top


def main(arguments: Sequence[str]) -> int:
    # SIGINT too: a shell starts background jobs with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    options, rest = parser().parse_known_args(arguments)
    if rest and options.handler not in TAKE_ARGUMENTS:
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.arguments = rest
    try:
        code: int = options.handler(options)
    except Failure as failure:
        print(f"dev.py: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the first thing an older Python meets
        sys.exit("dev.py needs Python 3.11 or newer; this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))

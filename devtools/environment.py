"""
The folder ``.venv`` and what is installed in it, done again only when a lock has changed.

Pages built with Node are in ``pages``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.shell import ROOT, Failure, call, must, say

if TYPE_CHECKING:
    from collections.abc import Iterator

VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
# Both hold the build backend, so that the project itself installs without reaching for anything else.
LOCK_CONTENTS = {
    "run": ("--group", "build"),
    "dev": ("--group", "build", "--group", "dev", "--extra", "postgres", "--constraint", LOCKS["run"].name),
}


@dataclass(frozen=True)
class Stamp:
    """
    A note in ``.venv`` that a piece of work was done for exactly these sources.
    """

    name: str
    sources: tuple[Path, ...]

    @property
    def path(self) -> Path:
        return VENV / f"liaodan-{self.name}.stamp"

    def state(self) -> str:
        total = hashlib.sha256(sys.version.encode())
        for path in sorted(each for top in self.sources for each in source_files(top)):
            total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return total.hexdigest()

    def is_current(self) -> bool:
        return self.path.is_file() and self.path.read_text(encoding="utf-8") == self.state()

    def write(self) -> None:
        self.path.write_text(self.state(), encoding="utf-8")


def source_files(top: Path) -> Iterator[Path]:
    if top.is_file():
        yield top
    for folder, names, files in os.walk(top):
        names[:] = [name for name in names if name not in {"node_modules", "dist"}]
        yield from (Path(folder) / name for name in files)


def prepare(kind: str) -> None:
    """
    Make ``.venv`` hold what the lock of this kind ("run" or "dev") names, and the project itself.
    """
    if not PYTHON.exists():
        create_venv()
    stamps = {name: Stamp(name, (lock, ROOT / "pyproject.toml")) for name, lock in LOCKS.items()}
    # The dev lock contains the run lock.
    if stamps["dev"].is_current() or stamps[kind].is_current():
        return
    say(f"installing the dependencies of {LOCKS[kind].name} …")
    install("--require-hashes", "-r", str(LOCKS[kind]))
    install("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    stamps[kind].write()


def write_locks() -> None:
    """
    Resolve pyproject.toml into both lock files, keeping the versions they hold unless pyproject.toml forbids them.
    """
    uv = find_uv()
    if uv is None:
        raise Failure("writing the locks needs uv, which could not be installed")
    for kind, wanted in LOCK_CONTENTS.items():
        # No file names a package index: people install through mirrors.
        command = [uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11"]
        layout = ["--no-header", "--no-emit-index-url", "--output-file", LOCKS[kind].name]
        must([*command, *layout, *wanted, "pyproject.toml"], f"{LOCKS[kind].name} could not be resolved", env=uv_env())


def create_venv() -> None:
    say("creating .venv …")
    uv = shutil.which("uv")
    if uv is not None:
        must([uv, "venv", "--seed", "--clear", "--python", sys.executable, VENV], "uv could not create .venv")
        return
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Failure("this Python cannot create virtual environments; on Debian: apt install python3-venv") from error


def install(*arguments: str) -> None:
    """
    Install with uv; where uv is not to be had or fails, with pip, which knows the machine's own settings.
    """
    uv = find_uv()
    if uv is not None and not call([uv, "pip", "install", "--quiet", "--python", PYTHON, *arguments], env=uv_env()):
        return
    must([*pip_install(), *arguments], "the dependencies could not be installed", env=pip_env())


def find_uv() -> str | None:
    known = shutil.which("uv", path=str(BIN)) or shutil.which("uv")
    if known is not None:
        return known
    call([*pip_install(), "uv"], env=pip_env())
    return shutil.which("uv", path=str(BIN))


def pip_install() -> list[str | Path]:
    return [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def pip_env() -> dict[str, str]:
    # The lock pins every version; a constraint in the machine's pip settings could only contradict it.
    return {**os.environ, "PIP_CONSTRAINT": os.devnull}


def uv_env() -> dict[str, str]:
    """
    The environment for uv: a mirror that was configured for pip alone serves uv as well.
    """
    if {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & set(os.environ):
        return dict(os.environ)
    ask = [str(PYTHON), "-m", "pip", "config", "get", "global.index-url"]
    index = os.environ.get("PIP_INDEX_URL") or subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    return {**os.environ, "UV_DEFAULT_INDEX": index.strip()} if index.strip() else dict(os.environ)

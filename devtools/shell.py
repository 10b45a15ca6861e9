"""
Saying something to the person at the terminal and running other programs for them.

Knows nothing of the project but where it lies.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
TAIL_LINES = 20


class Failure(Exception):  # noqa: N818 - what the person reads is no program error
    """
    Something asked for did not work; the text is one sentence for the person at the terminal.
    """


def say(text: str) -> None:
    print(text, flush=True)


def call(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode


def must(command: Sequence[str | Path], complaint: str, *, env: Mapping[str, str] | None = None) -> None:
    """
    Run quietly; when it fails, show what it said, then the complaint.
    """
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise Failure("\n".join([*(done.stdout + done.stderr).splitlines()[-TAIL_LINES:], complaint]))

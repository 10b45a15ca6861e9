"""
Reading a picture of a business card in a child process: what its codes and its lines of text say.

What the words mean is not decided here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger()

SECONDS: Final = 60.0
CODES_LIMIT: Final = 10
LINES_LIMIT: Final = 100
_CHILD: Final = Path(__file__).with_name("picture_child.py")
_NO_SECRETS: Final = None if os.name == "nt" else {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "2"}
"""The child's environment: what is set for us does not concern it. Windows starts no process without its own."""


@dataclass(frozen=True)
class Picture:
    """
    What stands on a picture: the contents of its QR codes and its lines of text, None when nothing reads text here.
    """

    codes: tuple[str, ...]
    lines: tuple[str, ...] | None


@dataclass(frozen=True)
class Unreadable:
    """
    No picture, too large to open, or the reader broke on it: `unsupported`, `too_large`, `failed`.
    """

    fault: str


@cache
def can_read_pictures() -> bool:
    """
    Whether this installation reads pictures at all (extra `ocr`).
    """
    return find_spec("PIL") is not None and find_spec("zxingcpp") is not None


def read_picture(content: bytes) -> Picture | Unreadable:
    """
    Read one picture in a child process.
    """
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env=_NO_SECRETS, check=True)
        return _picture(json.loads(done.stdout))
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        # what the child printed may quote the picture
        log.warning("picture.unreadable", size=len(content), error=type(error).__name__)
        return Unreadable("failed")


def _picture(answer: dict[str, object]) -> Picture | Unreadable:
    if fault := answer.get("fault"):
        return Unreadable(str(fault))
    lines = _texts(answer.get("lines"), LINES_LIMIT)
    return Picture(_texts(answer.get("codes"), CODES_LIMIT) or (), lines)


def _texts(value: object, limit: int) -> tuple[str, ...] | None:
    return tuple(str(one) for one in value[:limit]) if isinstance(value, list) else None

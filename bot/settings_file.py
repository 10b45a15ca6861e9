"""
Writes a platform account into the settings file: one table, the rest of the file stays as it is, letter by letter.

The file then holds secrets, so only its owner may read it.
"""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.errors import SettingsError

PRIVATE = 0o600


def save_account(path: Path, platform: str, account: str, values: Mapping[str, str]) -> None:
    """
    The account has exactly these settings from now on.

    Raises:
        SettingsError: the file cannot be read or written, or it holds the account in a form that is not ours to change.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        wanted = _with_account(tomllib.loads(before), platform, account, values)
        after = _edited(before, f"{platform}.{account}", values)
        if tomllib.loads(after) != wanted:
            raise SettingsError([_by_hand(path, platform, account)])
        _write(path, after)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise SettingsError([_by_hand(path, platform, account)]) from None
    except OSError as error:
        raise SettingsError([f"{path}: {os.strerror(error.errno or 0)}; choose another file with --config"]) from None


def _with_account(given: dict[str, Any], platform: str, account: str, values: Mapping[str, str]) -> dict[str, Any]:
    accounts = given.get(platform, {})
    return {**given, platform: {**accounts, account: dict(values)}}


def _edited(text: str, table: str, values: Mapping[str, str]) -> str:
    """
    The text with this table in the place of the old one, or at the end.
    """
    block = [f"[{table}]", *(f"{name} = {_quoted(value)}" for name, value in values.items())]
    lines = text.splitlines()
    start = next((number for number, line in enumerate(lines) if _heading(line) == table), None)
    if start is None:
        return "\n".join([*lines, *([""] if lines else []), *block]) + "\n"
    end = next((n for n in range(start + 1, len(lines)) if _heading(lines[n])), len(lines))
    return "\n".join([*lines[:start], *block, *([""] if end < len(lines) else []), *lines[end:]]) + "\n"


def _heading(line: str) -> str:
    """
    The name of the table that begins here, empty for any other line.
    """
    bare = line.partition("#")[0].strip()
    return bare.strip("[] ").replace(" ", "") if bare.startswith("[") and bare.endswith("]") else ""


def _quoted(value: str) -> str:
    # a JSON string is a TOML basic string too; DEL is the one letter JSON leaves alone and TOML forbids
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, text: str) -> None:
    """
    Put the file in place as a whole, readable by its owner only.
    """
    file, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            Path(name).chmod(PRIVATE)
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _by_hand(path: Path, platform: str, account: str) -> str:
    return f"{path}: [{platform}.{account}] cannot be changed by a program here; use --print and write it yourself"

"""
The `liaodan` command: arguments in, exit code out.

    arguments.py   every command with its arguments; imports nothing heavy
    errors.py      what becomes exit code 1
    opening.py     the settings and the database, as light as a command allows
    serving.py     serve
    connect.py     connect
    database.py    migrate, doctor
    platform_doctor.py, trials.py   doctor --platform, and what it shares with connect
    people.py      token, member
    directory.py   member role, sync, departures, links, link, unlink
    login.py       admin, member logout
    groups.py      group
    operating.py   schedule, outbox

Exit codes: 0 done; 1 the thing asked for failed, one line on stderr; 2 usage or configuration, every fault in one run.
A command's module is imported when it runs, so that `--help` and the light commands start at once.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

from commands.arguments import parser
from commands.errors import CommandError
from domain.errors import SettingsError

FAILED = 1
MISCONFIGURED = 2


def run(arguments: Sequence[str]) -> int:
    """
    Do one command; returns its exit code.
    """
    options = parser().parse_args(arguments)
    module, function = options.handler.split(":")
    try:
        return int(getattr(importlib.import_module(f"commands.{module}"), function)(options))
    except CommandError as error:
        print(error, file=sys.stderr)
        return FAILED
    except SettingsError as error:
        print("\n".join(error.faults), file=sys.stderr)
        return MISCONFIGURED


def main() -> int:
    """
    The console script.
    """
    return run(sys.argv[1:])

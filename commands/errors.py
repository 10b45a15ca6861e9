"""
The failure of a command, as opposed to a fault in its usage or in the configuration.
"""

from __future__ import annotations

from domain.errors import LiaodanError


class CommandError(LiaodanError):
    """
    The thing asked for failed. One line: what, its value, and what to do about it.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{' '.join(what.split())}; {remedy}")

"""
Tables the decisions read: one plain text file each, with its source in the first lines.

Only reading belongs here; what a table means is said by the module that uses it.
"""

from importlib.resources import files


def text(name: str) -> str:
    """
    A whole data file.
    """
    return files(__name__).joinpath(name).read_text(encoding="utf-8")


def lines(name: str) -> list[str]:
    """
    The lines of a table, without comments and blank lines.
    """
    return [line for line in text(name).splitlines() if line and not line.startswith("#")]


def words(name: str) -> frozenset[str]:
    """
    All words of a table, whatever line they stand on.
    """
    return frozenset(word for line in lines(name) for word in line.split())

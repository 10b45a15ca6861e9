"""
Each platform's signed samples: those by which the conformance suite proves the adapters.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from adapters.registry import PLATFORMS


def samples_of(platform: str) -> Any:
    """
    The samples of one platform, see `tests/adapters/conformance/samples.py`.
    """
    return importlib.import_module("tests.adapters.conformance.samples").samples_of(platform)


def chosen_platforms(names: str) -> Sequence[str]:
    """
    Platforms as named on the command line: `all`, or some of them with commas between.

    Raises:
        ValueError: there is no such platform.
    """
    chosen = list(PLATFORMS) if names == "all" else names.split(",")
    unknown = [name for name in chosen if name not in PLATFORMS]
    if unknown:
        msg = f"no platform {', '.join(unknown)}; there are: {', '.join(PLATFORMS)}"
        raise ValueError(msg)
    return chosen

"""
The vendor's SDK, loaded in parts.

Running the package file of `lark_oapi` imports ten thousand modules, all of Feishu's products: seconds of work and
140 MB. We use the typed models of three of them. So the two outer packages are made known to Python without running
their package files, and imports of single parts still find their way: a tenth of a second and 11 MB, measured with
1.7.5. Names of the outer package itself (`lark_oapi.Client`) do not exist afterwards.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any, Final

_OUTER: Final = ("lark_oapi", "lark_oapi.api")


def part(name: str) -> Any:
    """
    The module `lark_oapi.<name>`, imported at the first call.

    Raises:
        ModuleNotFoundError: the SDK is not installed, or has no such part.
    """
    for outer in _OUTER:
        if outer not in sys.modules:
            spec = importlib.util.find_spec(outer)
            if spec is None:
                raise ModuleNotFoundError(f"{outer} is not installed, run: python3 dev.py run", name=outer)
            sys.modules.setdefault(outer, importlib.util.module_from_spec(spec))
    return importlib.import_module(f"lark_oapi.{name}")

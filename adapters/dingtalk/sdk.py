"""
The vendor's Stream SDK, loaded in parts.

Running the package file of `dingtalk_stream` imports aiohttp, requests and an event loop's worth of client code: 0.2 s
and 30 MB, measured with 0.24.3. We use its frame and card models, which need none of that. So the outer package is made
known to Python without running its package file. Names of the package itself (`dingtalk_stream.Credential`) do not
exist afterwards.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from typing import Any, Final

_PACKAGE: Final = "dingtalk_stream"


@cache
def part(name: str) -> Any:
    """
    The module `dingtalk_stream.<name>`, imported at the first call.

    Raises:
        ModuleNotFoundError: the SDK is not installed, or has no such part.
    """
    if _PACKAGE not in sys.modules:
        spec = importlib.util.find_spec(_PACKAGE)
        if spec is None:
            raise ModuleNotFoundError(f"{_PACKAGE} is not installed, run: python3 dev.py run", name=_PACKAGE)
        sys.modules.setdefault(_PACKAGE, importlib.util.module_from_spec(spec))
    return importlib.import_module(f"{_PACKAGE}.{name}")

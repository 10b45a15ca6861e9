"""
``python3 dev.py bench [name]``: run one benchmark, or all of them in order.

Each benchmark is a module of this package with ``main(arguments)``; it prints one JSON object per metric and line.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# name on the command line → module in this package; the order is that of a full run
BENCHMARKS = {
    "understanding": "bench.understanding",
    "dedup": "bench.dedup",
    "callback": "bench.callback",
    "envelopes": "bench.envelopes",
    "ack": "bench.ack",
    "digests": "bench.digests",
    "startup": "bench.startup",
}


def main(arguments: Sequence[str]) -> int:
    name, *rest = arguments or ["all"]
    if name not in BENCHMARKS and name != "all":
        print(f"bench: {name!r} is no benchmark; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    chosen = list(BENCHMARKS) if name == "all" else [name]
    return max(importlib.import_module(BENCHMARKS[each]).main(rest) or 0 for each in chosen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""
The customer generator, which lives outside the repository, loaded as a module.

Set LIAODAN_GENERATOR to its path; without it `../shared/data/gen_customers.py` beside the repository is used.
"""

import os
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

BESIDE = Path(__file__).parents[2] / "shared" / "data" / "gen_customers.py"


@cache
def generator() -> ModuleType:
    """
    The generator's module: `base(n, seed)`, `queries(n, seed, m)` and its vocabulary.
    """
    path = Path(os.environ.get("LIAODAN_GENERATOR", BESIDE))
    if not path.is_file():
        sys.exit(f"bench: no customer generator at {path}; set LIAODAN_GENERATOR to the path of gen_customers.py")
    spec = spec_from_file_location("gen_customers", path)
    if spec is None or spec.loader is None:
        sys.exit(f"bench: {path} is no Python module")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module

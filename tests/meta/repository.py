"""
What the meta tests look at: the files git would commit, and the product's modules as syntax trees.
"""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = (
    "adapters",
    "bot",
    "cards",
    "devtools",
    "domain",
    "handlers",
    "rules",
    "sandbox",
    "scheduler",
    "store",
    "web",
)


@cache
def committed_files():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(path for path in paths if path.is_file())


@cache
def product_modules():
    names = {f"{package}/" for package in PRODUCT}
    python = (path for path in committed_files() if path.suffix == ".py")
    inside = (path for path in python if f"{path.relative_to(ROOT).parts[0]}/" in names or path.parent == ROOT)
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in inside}


def functions(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def code_lines(function):
    """
    How long a function is without its docstring.
    """
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = first.end_lineno - first.lineno + 1 if has_docstring else 0
    return function.end_lineno - function.lineno + 1 - docstring

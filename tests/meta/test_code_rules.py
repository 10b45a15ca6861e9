"""
Rules about the product's code that no linter knows.
"""

import ast
import re
import subprocess
import sys

import pytest

from tests.meta.repository import PRODUCT, ROOT, code_lines, functions, product_modules

FILE_LINES = 400
FUNCTION_LINES = 50
# path → why it may be longer
LONG_FILES = {}
# path:function → why it may be longer
LONG_FUNCTIONS = {}
# The only places where anything unexpected is caught: a bug in one event, message or job must not stop the others, and
# what a shared commit meets is raised in each thread that waits for it.
BOUNDARIES = {"bot/dispatch.py", "bot/delivery.py", "scheduler/runner.py", "store/turns.py"}
# The only places where the environment is read.
ENVIRONMENT_READERS = {"app.py", "bot/settings.py", "dev.py"}
# Chinese words around or before a mark that ends a clause.
SENTENCE = re.compile(r"[一-鿿]{2,}[，。！？]$|[一-鿿][，。！？][一-鿿].*[一-鿿]")
SILENT_PACKAGES = ("adapters/", "bot/", "domain/", "handlers/", "rules/", "scheduler/", "store/")


def test_no_file_is_longer_than_its_readers_patience():
    lengths = {name: line_count(tree) for name, tree in product_modules().items()}

    too_long = {name: length for name, length in lengths.items() if length > FILE_LINES and name not in LONG_FILES}

    assert {} == too_long


def line_count(tree):
    return max((node.end_lineno for node in ast.walk(tree) if hasattr(node, "end_lineno")), default=0)


def test_no_function_is_longer_than_a_screen():
    too_long = {
        f"{name}:{function.name}": code_lines(function)
        for name, tree in product_modules().items()
        for function in functions(tree)
        if code_lines(function) > FUNCTION_LINES and f"{name}:{function.name}" not in LONG_FUNCTIONS
    }

    assert {} == too_long


def test_anything_unexpected_is_caught_at_the_named_boundaries_only():
    catching = {
        f"{name}:{node.lineno}"
        for name, tree in product_modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and name not in BOUNDARIES
    }

    assert set() == catching


def is_broad(handler):
    """
    Bare, Exception or BaseException, unless it re-raises at its end.
    """
    caught = [handler.type] if not isinstance(handler.type, ast.Tuple) else handler.type.elts
    names = {None if kind is None else getattr(kind, "id", "") for kind in caught}
    reraises = isinstance(handler.body[-1], ast.Raise)
    return bool(names & {None, "Exception", "BaseException"}) and not reraises


@pytest.mark.parametrize(
    ("source", "broad"),
    [
        ("except Exception: pass", True),
        ("except: pass", True),
        ("except (ValueError, BaseException): pass", True),
        ("except ValueError: pass", False),
        ("except BaseException:\n    undo()\n    raise", False),
    ],
)
def test_what_counts_as_broad(source, broad):
    handler = ast.parse(f"try: work()\n{source}").body[0].handlers[0]

    assert broad == is_broad(handler)


def test_the_environment_is_read_in_one_place():
    outside = (name for name in product_modules() if not name.startswith(("devtools/", "sandbox/")))

    readers = {name for name in outside if reads_environment(product_modules()[name])}

    assert set() == readers - ENVIRONMENT_READERS


def reads_environment(tree):
    return any(isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} for node in ast.walk(tree))


def test_nobody_imports_the_composition_root_but_the_command_line():
    importers = {name for name, tree in product_modules().items() if "app" in imported_modules(tree)}

    assert set() == {name for name in importers if not name.startswith("commands/")}


def test_what_adapters_see_depends_on_nothing_but_decisions():
    surface = ("bot/events.py", "bot/reply.py", "bot/ports.py", "cards/model.py", "cards/text.py")
    allowed = {"domain", *(name.removesuffix(".py").replace("/", ".") for name in surface)}

    seen = {module for name in surface for module in imported_modules(product_modules()[name]) if is_ours(module)}

    assert set() == {module for module in seen if module not in allowed and not module.startswith("domain.")}


def is_ours(module):
    return module.partition(".")[0] in PRODUCT


def test_a_process_that_takes_callbacks_does_not_load_the_feishu_sdk():
    loaded = "import sys, app; print([name for name in sys.modules if name.partition('.')[0] == 'lark_oapi'])"

    said = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "[]\n" == said.stdout


def imported_modules(tree):
    plain = (alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names)
    named = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {*plain, *(full_name(node.module, alias.name) for node in named for alias in node.names)}


def full_name(module, name):
    """
    `from cards import model` means cards.model; `from cards.model import Card` means cards.model too.
    """
    inner = f"{module}.{name}".replace(".", "/")
    is_module = f"{inner}.py" in product_modules() or f"{inner}/__init__.py" in product_modules()
    return f"{module}.{name}" if is_module else module


def test_sentences_for_people_are_written_in_cards_only():
    sentences = {
        f"{name}:{line}": text
        for name, tree in product_modules().items()
        if name.startswith(SILENT_PACKAGES)
        for line, text in strings(tree)
        if SENTENCE.search(text)
    }

    assert {} == sentences


def strings(tree):
    """
    The string constants of a module that are not docstrings or examples, with their lines.
    """
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = [node.body[0] for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    docstrings = {id(statement.value) for statement in first if isinstance(statement, ast.Expr)}
    # An example message stands beside the command it belongs to: people type it, nobody is told it.
    usages = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "usage"}
    examples = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign) and names(node) == {"EXAMPLE"}
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [(node.lineno, node.value) for node in constants if id(node) not in docstrings | usages | examples]


def names(assignment):
    return {getattr(target, "id", "") for target in assignment.targets}

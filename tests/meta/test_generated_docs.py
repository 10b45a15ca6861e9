"""
The pages made from data are current, and the data they are made from is whole.
"""

import importlib.util
import re
import shlex

import pytest

from tests.meta.repository import ROOT


def load_generator():
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generator = load_generator()


def requirements():
    return {number: row for section in generator.read_requirements() for number, row in section["rows"].items()}


def proofs():
    return sorted({proof for row in requirements().values() for proof in row.get("proof", [])})


@pytest.mark.parametrize("name", generator.PAGES)
def test_generated_page_is_current(name):
    assert generator.PAGES[name]() == (ROOT / name).read_text(encoding="utf-8")


def test_all_267_requirements_are_there_once_and_in_order():
    numbers = [number for section in generator.read_requirements() for number in section["rows"]]

    assert list(range(1, 268)) == numbers


def test_every_requirement_has_its_seed_its_need_its_priority_and_its_step():
    incomplete = [number for number, row in requirements().items() if not is_complete(row)]

    assert [] == incomplete


def is_complete(row):
    known_seed = re.fullmatch(r"00[0-4]", row["seed"]) is not None
    return (
        known_seed
        and len(row["need"]) >= 4
        and row["priority"] in generator.PRIORITIES
        and row["step"] in generator.STEPS
    )


@pytest.mark.parametrize("proof", proofs())
def test_a_proof_exists(proof):
    path, _, name = proof.partition("::")

    if path.endswith(".py"):
        assert re.search(rf"def {re.escape(name)}\b" if name else ".", (ROOT / path).read_text(encoding="utf-8"))
    else:
        assert shlex.split(proof)[0] in {"python3", "liaodan"}

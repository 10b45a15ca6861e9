"""
The pages made from data are current, and the data they are made from is whole.
"""

import ast
import importlib.util
import re
import shlex

import pytest

import dev
from bench.__main__ import BENCHMARKS
from commands import arguments as liaodan
from store.doctor import CODE_INVARIANTS
from store.doctor_queries import INVARIANTS
from tests.meta.repository import ROOT, functions


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

    assert name in named_in(path) if path.endswith(".py") else is_command(proof)


def named_in(path):
    return {function.name for function in functions(ast.parse((ROOT / path).read_text(encoding="utf-8")))}


def is_command(proof):
    """
    Whether `dev.py` or `liaodan` takes these arguments, and the benchmark they name is there.
    """
    program, *words = shlex.split(proof)
    if program == "liaodan":
        return bool(liaodan.parser().parse_args(words).handler)
    options, rest = dev.parser().parse_known_args(words[1:])
    is_there = all((ROOT / f"{BENCHMARKS[name].replace('.', '/')}.py").is_file() for name in rest)
    return [program, words[0]] == ["python3", "dev.py"] and (is_there if options.command == "bench" else not rest)


@pytest.mark.parametrize(
    "proof", ["python3 dev.py fly", "liaodan fly", "python3 dev.py bench nothing", "python3 dev.py run --fly"]
)
def test_a_command_that_is_none_is_no_proof(proof):
    with pytest.raises((SystemExit, KeyError, AssertionError)):
        assert is_command(proof)


def test_what_is_missing_stands_beside_a_proof_and_is_not_counted_as_met():
    partly = [row for row in requirements().values() if row.get("missing")]

    assert [] == [row["need"] for row in partly if not row.get("proof") or generator.is_met(row)]


def test_every_finding_of_the_doctor_stands_in_one_group_and_remedies_name_findings():
    groups = generator.read_doctor()
    codes = {each.code for each in (*INVARIANTS, *CODE_INVARIANTS)}
    kinds = [kind for group in groups for kind in group["kinds"]]

    assert sorted({code.partition("-")[0] for code in codes}) == sorted(kinds)
    assert set() == {code for group in groups for code in group["remedies"]} - codes

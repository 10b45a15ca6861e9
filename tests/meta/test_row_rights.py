"""
Row rights cannot be forgotten: reads go through the filtered door, and every way around it is named.
"""

import re
from pathlib import Path

from store.unscoped import UNSCOPED

ROOT = Path(__file__).resolve().parents[2]
RAW_ACCESS = re.compile(r"\.connection\b|session\.(execute|scalars|scalar|get|get_one|connection|query)\(")
FLOORS_ABOVE = ("bot", "handlers", "cards", "web", "scheduler", "commands", "adapters", "rules")
LEDGERS = {"bot/delivery.py"}
"""The delivery loop reads and marks outbox rows, which the store lists as unscoped."""


def _modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)


def test_a_store_module_reads_without_an_actor_only_when_it_is_listed_with_a_reason():
    raw = {path.stem for path in _modules("store") if RAW_ACCESS.search(path.read_text(encoding="utf-8"))}

    assert raw - set(UNSCOPED) == set()


def test_the_list_of_unscoped_modules_names_no_module_that_keeps_to_the_door():
    raw = {path.stem for path in _modules("store") if RAW_ACCESS.search(path.read_text(encoding="utf-8"))}

    assert set(UNSCOPED) - raw - {"dedup"} == set()


def test_no_floor_above_the_store_touches_a_session():
    touching = {
        str(path.relative_to(ROOT))
        for folder in FLOORS_ABOVE
        for path in _modules(folder)
        if re.search(r"tx\.session\b|\.session\.", path.read_text(encoding="utf-8"))
    }

    assert touching - LEDGERS == set()


def test_every_bypass_of_row_rights_says_why():
    reasons = [
        reason
        for folder in ("store", *FLOORS_ABOVE)
        for path in _modules(folder)
        for reason in re.findall(r"Actor\.system\(\s*f?\"([^\"]*)\"", path.read_text(encoding="utf-8"))
    ]

    assert reasons
    assert [reason for reason in reasons if len(reason.split()) < 2] == []

"""
The examples of docs/dev/api.md are what the API answers.
"""

import json
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "dev" / "api.md").read_text(encoding="utf-8")
SECTION = re.compile(r"`POST /api/v1/(parse|compare)`(.*?)(?=^## )", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples():
    for path, section in SECTION.findall(PAGE):
        blocks = [json.loads(block) for block in BLOCK.findall(section)]
        yield from ((path, asked, answered) for asked, answered in zip(blocks[::2], blocks[1::2], strict=True))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("path", "asked", "answered"), list(examples()))
def test_an_example_of_the_page_is_answered_as_written(api, path, asked, answered):
    assert answered == api.post(path, asked).json


def test_the_page_has_an_example_of_both():
    assert {"parse", "compare"} == {path for path, _, _ in examples()}

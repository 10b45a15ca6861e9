"""
Rules about the files themselves that no linter knows.
"""

import re

import pytest

from tests.meta.repository import ROOT, committed_files

# Written in two halves, so that this file does not name them itself.
REGISTRY_HOSTS = tuple(
    f"{name}.{end}"
    for name, end in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("npmmirror", "com"),
        ("tuna.tsinghua", "edu"),
        ("mirrors.aliyun", "com"),
        ("mirrors.cloud.tencent", "com"),
        ("yarnpkg", "com"),
    ]
)
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_no_file_names_the_host_of_a_package_registry():
    pattern = re.compile("|".join(map(re.escape, REGISTRY_HOSTS)).encode())

    naming = [path.relative_to(ROOT).as_posix() for path in committed_files() if pattern.search(path.read_bytes())]

    assert [] == naming


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_version_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())

    bare = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]

    assert [] == bare
    assert "://" not in text
    assert len(entries) > 40


def test_both_locks_agree_on_every_version_that_runs():
    def versions(name):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        return {line.split(" \\")[0] for line in lines if re.match(r"[a-z0-9]", line)}

    missing = versions("requirements.lock") - versions("requirements-dev.lock")

    assert set() == missing


def fragments():
    return [path for path in sorted((ROOT / "changelog.d").glob("*.md")) if path.name != "README.md"]


@pytest.mark.parametrize("path", fragments(), ids=lambda path: path.stem)
def test_a_changelog_fragment_is_one_sentence(path):
    text = path.read_text(encoding="utf-8").strip()

    assert 1 == len(text.splitlines())
    assert text.endswith((".", "。"))
    assert not re.search(r"[.。]\s*[A-Z一-鿿]", text[:-1]), "that is more than one sentence"
    assert len(text) <= 240
    assert re.search("[一-鿿]", text), "the users read Chinese"

"""
What the pages say exists: the files they link to and name, the commands to type, and the messages to send.
"""

import re

import pytest

from bot import parse
from cards.errors import SENTENCES
from commands.arguments import parser
from docs.generate import command_rows
from handlers.routes import ROUTES
from tests.meta.repository import ROOT, committed_files

PAGES = [path.relative_to(ROOT).as_posix() for path in committed_files() if path.suffix == ".md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|<img src=\"([^\"]+)\"")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))
FILE = re.compile(rf"(?:{FOLDERS})/[\w./-]*\w(?:/|\.\w+)")
BUILT = ("data/", "web/dist/", "sandbox/dist/", "node_modules/", "bench/cache/")
LIAODAN = re.compile(r"liaodan(?: [a-z]+)+")
ARGUMENT = re.compile(r"^liaodan(?: [a-z]+)+ [A-Z]")


def text_of(page):
    return (ROOT / page).read_text(encoding="utf-8")


def codes(page):
    """
    Every code span, and every line of the fenced blocks of commands.
    """
    text = text_of(page)
    blocks = [block for language, block in FENCE.findall(text) if language in {"", "sh"}]
    return [*CODE.findall(FENCE.sub("", text)), *(line for block in blocks for line in block.splitlines())]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_links_to_is_there(page):
    targets = [first or second for first, second in LINK.findall(FENCE.sub("", text_of(page)))]
    inside = [target for target in targets if "://" not in target]

    assert [] == [target for target in inside if not (ROOT / page).parent.joinpath(target).exists()]


@pytest.mark.parametrize("page", PAGES)
def test_a_file_named_on_a_page_is_there(page):
    named = {code for code in codes(page) if FILE.fullmatch(code) and not code.startswith(BUILT)}

    assert set() == {name for name in named if not (ROOT / name).exists()}


@pytest.mark.parametrize("page", PAGES)
def test_a_liaodan_command_on_a_page_is_one(page):
    usages = [usage for usage, _ in command_rows("liaodan", "", parser())]
    commands = {LIAODAN.match(usage)[0] for usage in usages}
    with_arguments = tuple(f"{LIAODAN.match(usage)[0]} " for usage in usages if ARGUMENT.search(usage))
    said = {found[0] for code in codes(page) if (found := LIAODAN.search(code))}

    assert set() == {command for command in said - commands if not command.startswith(with_arguments)}


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/user/README.md", "docs/user/commands.md"])
def test_a_message_on_a_page_calls_its_command(page):
    words = {route.usage.split()[0] for route in ROUTES if hasattr(route, "usage")}
    messages = [code for code in codes(page) if code.split()[0] in words]

    assert len(messages) > 1
    assert [] == [message for message in messages if parse.command(message) is None]


def test_every_refusal_has_its_sentence():
    raised = {
        code
        for path in committed_files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"bot", "handlers"}
        for code in re.findall(r'UserError\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }

    assert raised
    assert set() == raised - set(SENTENCES)

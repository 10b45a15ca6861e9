"""
Starting: memory of an idle serving process, what it imports, the first click after a cold start, `dev.py run` again.

    python -m bench.startup

Memory is read from /proc, so that metric needs Linux. Prints one JSON object a metric.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

from bench.processes import clean, free_port, opener, running, until, until_ready
from devtools.demo import product_env

SETTLE_SECONDS = 10.0
HEAVY = "lark_oapi"
REPORT = "报备 杭州云途科技 张伟 13800001111"


def main(argv: Sequence[str] | None = None) -> int:
    """
    Measure in folders of its own and print the metrics.
    """
    argparse.ArgumentParser(prog="bench startup", description=(__doc__ or "").strip().splitlines()[0]).parse_args(argv)
    for measure in (without_feishu, first_click, second_start):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder))
    return 0


def without_feishu(data: Path) -> None:
    """
    An idle production process with one WeCom account: its memory, and whether Feishu's SDK was ever imported.
    """
    account = {
        "CORP_ID": "ww0000000000000001",
        "AGENT_ID": "1000002",
        "SECRET": "s" * 43,
        "TOKEN": "t" * 24,
        "AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    }
    env = {f"LIAODAN_WECOM__main__{key}": value for key, value in account.items()} | {"LIAODAN_DATA_DIR": str(data)}
    port, log = free_port(), data / "serve.log"
    serve = [sys.executable, "app.py", "serve", "--port", str(port)]
    with running(serve, clean() | env | {"PYTHONPROFILEIMPORTTIME": "1"}, log) as process:
        until_ready(port)
        time.sleep(SETTLE_SECONDS)
        memory = max(_resident_mb(pid) for pid in _descendants(process.pid)) if sys.platform == "linux" else None
    if memory is not None:
        _print("idle_memory_mb", memory, "MB")
    modules = [line.rpartition("|")[2].strip() for line in log.read_text(errors="replace").splitlines()]
    imported = modules.count(HEAVY)
    if "sqlalchemy" not in modules:
        sys.exit("bench: the serving process did not tell what it imports")
    _print("lark_oapi_imports_without_feishu", imported, "imports")


def first_click(data: Path) -> None:
    """
    How long the first Feishu click waits for its answer when the product has just started.
    """
    port, sandbox_port = free_port(), free_port()
    with mock.patch.dict(os.environ, clean() | {"LIAODAN_SANDBOX_PORT": str(sandbox_port)}, clear=True):
        env = product_env(data, port, demo=True)
    control = f"http://127.0.0.1:{sandbox_port}/sandbox/api"
    emulate = [sys.executable, "-m", "sandbox", "--config", str(data / "sandbox.json")]
    serve = [sys.executable, "app.py", "serve", "--port", str(port)]
    with running(emulate, env, data / "sandbox.log"):
        with running(serve, env, data / "product.log"):
            until_ready(port)
            _call(f"{control}/feishu/messages", {"user": "小李", "chat": "p2p", "text": REPORT})
            card = until(lambda: _card(control), "the registration card")
        started = time.perf_counter()
        with running(serve, env, data / "product.log"):
            until_ready(port)
            _print("demo_cold_start_s", time.perf_counter() - started, "s")
            answer = _call(f"{control}/feishu/clicks", {"user": "小李", "message_id": card, "button": "提交"})
    if not answer["card_changed"]:
        sys.exit(f"bench: the click changed nothing: {answer}")
    _print("first_click_ms", float(answer["ms"]), "ms")


def _card(control: str) -> str | None:
    messages: list[dict[str, Any]] = _call(f"{control}/feishu/chats/p2p/messages?user=xiaoli")
    return next((message["id"] for message in messages if message["kind"] == "card"), None)


def second_start(data: Path) -> None:
    """
    `dev.py run` on a prepared machine, for the second time on the same data.
    """
    for metric in ("dev_run_first_start_s", "dev_run_second_start_s"):
        port, sandbox_port = free_port(), free_port()
        command = [sys.executable, "dev.py", "run", "--no-browser", "--port", str(port), "--data", str(data / "demo")]
        started = time.perf_counter()
        with running(command, clean() | {"LIAODAN_SANDBOX_PORT": str(sandbox_port)}, data / "dev.log"):
            until(lambda: "\nchat http" in (data / "dev.log").read_text(errors="replace"), "dev.py run to say `chat`")
            _print(metric, time.perf_counter() - started, "s")


def _call(url: str, body: Mapping[str, object] | None = None) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})  # noqa: S310 - loopback
    with opener.open(asked, timeout=60) as answer:
        return json.load(answer)


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(below for child in children for below in _descendants(int(child)))]


def _resident_mb(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _print(metric: str, value: float, unit: str) -> None:
    line = {"bench": "startup", "metric": metric, "value": round(value, 2), "unit": unit, "n": 1}
    sys.stdout.write(json.dumps(line | {"baseline": None, "ratio": None}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""
A whole signed registration callback: a Feishu click on 提交, from its bytes to its answer, on SQLite with FULL.

    python -m bench.callback --n 1000000 --requests 2000 --seconds 30

Saturation is given as a share of a ceiling measured in the same run (same server, SQLAlchemy Core, FULL, verify and
decrypt, one insert), then the latency at 50 requests a second. Prints one JSON object a metric.

With `--platform all` (or names) only the adapters' own part is measured, see `callback_platforms.py`.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import callback_parts as parts
from bench.callback_platforms import measure
from bench.samples import chosen_platforms

CLIENTS = 8
RATE = 50.0
THREADS = "8"
START_SECONDS = 120.0
WARM_UP = 50
SETTLED = 10
"""So many messages have gone out when the vendor's SDK, which loads after the start, is there."""


def main(argv: Sequence[str] | None = None) -> int:
    """
    Build what is missing, run ceiling and product, print the metrics.
    """
    arguments = argparse.ArgumentParser(prog="bench callback", description=(__doc__ or "").strip().splitlines()[0])
    arguments.add_argument("--n", type=int, default=1_000_000, help="customers")
    arguments.add_argument("--requests", type=int, default=1_500, help="callbacks at saturation")
    arguments.add_argument("--seconds", type=int, default=30, help="length of the open loop")
    arguments.add_argument("--platform", help="only verify, decrypt and parse: all, or names with commas between")
    chosen = arguments.parse_args(argv)
    if chosen.platform:
        measure(chosen_platforms(chosen.platform))
        return 0
    filled = parts.filled_database(chosen.n)
    with tempfile.TemporaryDirectory(dir=filled.parent) as folder:
        work = Path(folder)
        ceiling = _ceiling(work, chosen.requests)
        shutil.copy(filled, work / "liaodan.db")
        _product(work, chosen.n, chosen.requests, int(RATE * chosen.seconds), ceiling)
    return 0


def _ceiling(work: Path, count: int) -> float:
    clicks = [parts.signed_click(1, parts.SELLERS[0], number) for number in range(count + WARM_UP)]
    environment = {"BENCH_DATABASE_URL": f"sqlite:///{work / 'ceiling.db'}"}
    port = _free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "bench.callback_ceiling:create",
        "--port", str(port), "--workers", "1", "--blocking-threads", THREADS, "--log-level", "error",
    ]  # fmt: skip
    with _running(command, environment, port):
        parts.closed_loop(port, "/", clicks[:WARM_UP], CLIENTS)
        rate, times = parts.closed_loop(port, "/", clicks[WARM_UP:], CLIENTS)
    _print("ceiling_rps", rate, "1/s", len(times))
    return rate


def _product(work: Path, n: int, count: int, open_count: int, ceiling: float) -> None:
    made = parts.drafts(work / "liaodan.db", n, count + open_count + WARM_UP)
    clicks = [parts.signed_click(draft, seller, number) for number, (draft, seller) in enumerate(made)]
    port, vendor = _free_port(), parts.Vendor()
    environment = {
        "LIAODAN_MODE": "demo",
        "LIAODAN_DATA_DIR": str(work),
        "LIAODAN_DATABASE_URL": f"sqlite:///{work / 'liaodan.db'}",
        "LIAODAN_SECRET_KEY": parts.SECRET_KEY,
        "LIAODAN_THREADS": THREADS,
        "LIAODAN_FEISHU__bench__APP_ID": parts.APP_ID,
        "LIAODAN_FEISHU__bench__APP_SECRET": parts.APP_SECRET,
        "LIAODAN_FEISHU__bench__ENCRYPT_KEY": parts.ENCRYPT_KEY,
        "LIAODAN_FEISHU__bench__VERIFICATION_TOKEN": parts.VERIFICATION,
        "LIAODAN_FEISHU__bench__TENANT_KEY": parts.TENANT,
        "LIAODAN_FEISHU__bench__API_BASE": vendor.address,
        "LIAODAN_FEISHU__bench__MODE": "http",
    }
    path = "/cb/feishu/bench"
    with _running([sys.executable, "app.py", "serve", "--port", str(port)], environment, port):
        parts.closed_loop(port, path, clicks[:WARM_UP], CLIENTS)
        vendor.wait_for_messages(SETTLED, START_SECONDS)
        rate, times = parts.closed_loop(port, path, clicks[WARM_UP : WARM_UP + count], CLIENTS)
        _print(f"saturation_rps.sqlite.{n}", rate, "1/s", len(times), baseline=ceiling)
        _print_times(f"closed_{CLIENTS}.sqlite.{n}", times)
        _print_times(f"open_50.sqlite.{n}", parts.open_loop(port, path, clicks[WARM_UP + count :], RATE, 32))


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=parts.ROOT, env=os.environ | dict(environment), stdout=log, stderr=log)
        try:
            _wait(process, port)
            yield
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            msg = f"bench: the server ended with {process.returncode}"
            raise RuntimeError(msg)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
            continue
        return
    msg = f"bench: nothing answers on port {port} after {START_SECONDS:.0f} s"
    raise RuntimeError(msg)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _print_times(name: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    _print(f"{name}_p50_ms", ordered[len(ordered) // 2], "ms", len(ordered))
    _print(f"{name}_p99_ms", ordered[len(ordered) * 99 // 100], "ms", len(ordered))


def _print(metric: str, value: float, unit: str, n: int, baseline: float | None = None) -> None:
    ratio = round(value / baseline, 4) if baseline else None
    line = {"bench": "callback", "metric": metric, "value": round(value, 3), "unit": unit, "n": n}
    shown = round(baseline, 3) if baseline else None
    sys.stdout.write(json.dumps(line | {"baseline": shown, "ratio": ratio}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

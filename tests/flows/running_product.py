"""
The product and the sandbox as two processes on free ports, configured as `dev.py run` configures them.

Nothing here reaches the product except through the emulated platforms; what it stored is read from its database.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import httpx
from platform_people import Platform, Sandbox, until
from sqlalchemy import create_engine, text

from devtools.demo import product_env

ROOT = Path(__file__).parents[2]
START_SECONDS = 300.0


class RunningProduct:
    def __init__(self, data: Path, database_url: str, **settings: str):
        self.data, self.database_url = data, database_url
        self.port, sandbox_port = _free_port(), _free_port()
        with mock.patch.dict(os.environ, LIAODAN_SANDBOX_PORT=str(sandbox_port)):
            env = product_env(data, self.port, demo=True)
        self.env = {**env, "LIAODAN_DATABASE_URL": database_url, **settings}
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox_port}")
        self._logs = {name: (data / f"{name}.log").open("wb") for name in ("sandbox", "product")}
        self._processes: list[subprocess.Popen] = []
        self._metrics_token: str | None = None

    def __enter__(self):
        self._start("sandbox", "-m", "sandbox", "--config", str(self.data / "sandbox.json"))
        self._start("product", "app.py", "serve", "--port", str(self.port))
        try:
            until(self._answers, f"product and sandbox to answer; their logs are in {self.data}", START_SECONDS)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self._processes):
            process.terminate()
            process.wait(60)
        for log in self._logs.values():
            log.close()
        self.sandbox.close()

    def _start(self, name: str, *arguments: str) -> None:
        self._processes.append(
            subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=self._logs[name],
                stderr=subprocess.STDOUT,
            )
        )

    def _answers(self) -> bool:
        for process in self._processes:
            assert process.poll() is None, f"{process.args} ended: {self.log()}"
        return self.sandbox.answers(f"{self.url}/readyz") and self.sandbox.answers(
            f"{self.sandbox.url}/sandbox/api/world"
        )

    def restart_sandbox(self) -> None:
        """
        The platforms are away for a moment and come back without any memory.
        """
        gone = self._processes.pop(0)
        gone.terminate()
        gone.wait(60)
        self._start("sandbox", "-m", "sandbox", "--config", str(self.data / "sandbox.json"))
        self._processes.insert(0, self._processes.pop())
        until(self._answers, "the sandbox to answer again", START_SECONDS)

    def wait_until_connected(self, platform: str) -> None:
        """
        Until the product's long connection to this platform is up, as its metrics say.
        """
        if self._metrics_token is None:
            said = self.command("token", "create", "--member", "陈姐", "--scopes", "metrics")
            self._metrics_token = said.splitlines()[-1]
        wanted = f'liaodan_connection_up{{account="demo",platform="{platform}"}} 1.0'
        bearer = {"Authorization": f"Bearer {self._metrics_token}"}
        until(
            lambda: wanted in httpx.get(f"{self.url}/metrics", headers=bearer, trust_env=False).text,
            f"the long connection to {platform}",
            pause=lambda: time.sleep(0.2),
        )

    def log(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-4000:] for path in sorted(self.data.glob("*.log")))

    def platform(self, name: str) -> Platform:
        return Platform(self.sandbox, name)

    def command(self, *arguments: str) -> str:
        """
        What a `liaodan` command prints beside the running server.
        """
        done = subprocess.run(
            [sys.executable, "app.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def rows(self, statement: str, **values) -> list[tuple]:
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement), values)]
        finally:
            engine.dispose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

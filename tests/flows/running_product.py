"""
The product and the sandbox as two processes on free ports, configured as `dev.py run` configures them.

Nothing here reaches the product except through the emulated platforms; what it stored is read from its database.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path
from unittest import mock

from platform_people import Platform, Sandbox, until
from sqlalchemy import create_engine, text

from devtools.demo import product_env

ROOT = Path(__file__).parents[2]
START_SECONDS = 300.0


class RunningProduct:
    def __init__(self, data: Path, database_url: str):
        self.data, self.database_url = data, database_url
        self.port, sandbox_port = _free_port(), _free_port()
        with mock.patch.dict(os.environ, LIAODAN_SANDBOX_PORT=str(sandbox_port)):
            env = product_env(data, self.port, demo=True)
        self.env = {**env, "LIAODAN_DATABASE_URL": database_url}
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox_port}")
        self._logs = {name: (data / f"{name}.log").open("wb") for name in ("sandbox", "product")}
        self._processes: list[subprocess.Popen] = []

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

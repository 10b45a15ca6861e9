"""
A new user connects a platform with `liaodan connect` alone: the emulated vendor console shows the values, the command
asks for them, and a person of the company gets a message and a card that they click.
"""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from unittest import mock

import pytest
from platform_people import Platform, Sandbox, until

from devtools.demo import CARD_TEMPLATE, product_env

ROOT = Path(__file__).parents[2]
BASES = {
    "feishu": {"API_BASE": "http://{at}/feishu", "ACCOUNTS_BASE": "http://{at}/feishu"},
    "dingtalk": {"API_BASE": "http://{at}/dingtalk", "OAPI_BASE": "http://{at}/dingtalk"},
    "wecom": {"API_BASE": "http://{at}/wecom", "SOCKET_BASE": "ws://{at}/wecom/ws"},
}


class Newcomer:
    """
    A machine with nothing but the program, beside the emulated platforms with their accounts.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.port, sandbox_port = free_port(), free_port()
        data = folder / "vendors"
        data.mkdir()
        with mock.patch.dict(os.environ, LIAODAN_SANDBOX_PORT=str(sandbox_port)):
            product_env(data, self.port, demo=True)
        self.accounts = json.loads((data / "demo-secrets.json").read_text())
        self.sandbox = Sandbox(f"http://127.0.0.1:{sandbox_port}")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LIAODAN_")}
        self.env = clean | {
            "PYTHONPATH": str(ROOT),
            "LIAODAN_DATA_DIR": str(folder / "data"),
            "LIAODAN_PORT": str(self.port),
            "LIAODAN_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        self.vendors = f"127.0.0.1:{sandbox_port}"
        command = [sys.executable, "-m", "sandbox", "--config", str(data / "sandbox.json")]
        self._sandbox = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        until(lambda: self.sandbox.answers(f"{self.sandbox.url}/sandbox/api/world"), "the sandbox")

    def close(self) -> None:
        self._sandbox.terminate()
        self._sandbox.wait(60)
        self.sandbox.close()

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "app.py"), *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def connect(self, *arguments: str, answers: list[str], meanwhile=lambda: None) -> tuple[int, str, str]:
        """
        What the command ends with when it is answered so, while somebody does something elsewhere.
        """
        for name, base in BASES[arguments[0]].items():
            self.env[f"LIAODAN_{arguments[0].upper()}__demo__{name}"] = base.format(at=self.vendors)
        running = self.start("connect", *arguments)
        trouble = []

        def act() -> None:
            try:
                meanwhile()
            except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
                trouble.append(error)

        other = threading.Thread(target=act)
        other.start()
        said, complained = running.communicate("".join(f"{answer}\n" for answer in answers), timeout=240)
        other.join()
        assert [] == trouble, (said, complained)
        return running.returncode, said, complained

    def platform(self, name: str) -> Platform:
        return Platform(self.sandbox, name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def newcomer(tmp_path):
    newcomer = Newcomer(tmp_path)
    yield newcomer
    newcomer.close()


def clicks_the_card(platform):
    def act():
        li = platform.person("小李")
        li.look_from_now()
        li.wait_for("我能给你发消息了")
        card = li.wait_for("试一下卡片")
        li.click(card, "收到了")
        li.wait_until(card, "卡片往返正常")

    return act


def test_feishu_is_connected_over_the_long_connection(newcomer):
    given = newcomer.accounts["feishu"]

    code, said, complained = newcomer.connect(
        "feishu",
        "--account",
        "demo",
        answers=["", given["app_id"], given["app_secret"], "小李"],
        meanwhile=clicks_the_card(newcomer.platform("feishu")),
    )

    file = newcomer.folder / "liaodan.toml"
    assert (0, "") == (code, complained), said
    assert 5 == said.count("✔")
    assert "基础信息 → 凭证与基础信息 → App Secret" in said
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert given["app_secret"] == tomllib.loads(file.read_text())["feishu"]["demo"]["app_secret"]


def test_dingtalk_is_connected_with_its_card_template(newcomer):
    given, dingtalk = newcomer.accounts["dingtalk"], newcomer.platform("dingtalk")
    dingtalk.switch("receive_mode", "stream")

    code, said, complained = newcomer.connect(
        "dingtalk",
        "--account",
        "demo",
        "--template",
        "card.json",
        answers=["", given["card_template_id"], given["client_id"], given["client_secret"], given["corp_id"], "小李"],
        meanwhile=clicks_the_card(dingtalk),
    )

    assert (0, "") == (code, complained), said
    assert 5 == said.count("✔")
    assert CARD_TEMPLATE.read_bytes() == (newcomer.folder / "card.json").read_bytes()


def test_wecom_is_connected_once_the_console_has_reached_the_address(newcomer):
    given, wecom = newcomer.accounts["wecom"], newcomer.platform("wecom")

    def console():
        until(lambda: newcomer.sandbox.post("/wecom/verify")["verified"], "the console to accept the address")
        clicks_the_card(wecom)()

    code, said, complained = newcomer.connect(
        "wecom",
        "--account",
        "demo",
        answers=[
            "",
            given["corp_id"],
            str(given["agent_id"]),
            given["secret"],
            given["token"],
            "too short",
            given["aes_key"],
            "小李",
        ],
        meanwhile=console,
    )

    assert (0, "") == (code, complained), said
    assert 5 == said.count("✔")
    assert "aes_key 的格式不对" in said
    assert f"http://127.0.0.1:{newcomer.port}/cb/wecom/demo" in said

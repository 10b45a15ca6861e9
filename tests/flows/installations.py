"""
How the product may be connected: called back over HTTP, or over connections it opens itself.

WeCom's app is called over HTTP and hears no groups, so that in both installations its groups talk to the 智能机器人; in
the second the direct chats do too. Each installation starts once in a process and is shared by the stories; stories
that last for days have one of their own, because they take everybody's customers away.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest
from running_product import RunningProduct
from scratch_databases import scratch_database

CALLBACKS, CONNECTIONS, DAYS, DAYS_CONNECTED, POSTGRESQL = (
    "callbacks",
    "connections",
    "days",
    "days connected",
    "postgresql",
)
CONNECTED = {
    "LIAODAN_FEISHU__demo__MODE": "websocket",
    "LIAODAN_WECOM__demo__MODE": "aibot",
    "LIAODAN_DINGTALK__demo__MODE": "stream",
}
PLATFORMS = ("feishu", "wecom", "dingtalk")
WAYS = {
    CALLBACKS: {"feishu": "http", "wecom": "http", "dingtalk": "http"},
    CONNECTIONS: {"feishu": "websocket", "wecom": "aibot", "dingtalk": "stream"},
}


def everywhere(callbacks: str = CALLBACKS, connections: str = CONNECTIONS) -> list:
    """
    Every platform by each of its two ways, as parameters of `running` and `platform`.
    """
    return [
        pytest.param(installation, platform, id=f"{platform}-{WAYS[ways][platform]}")
        for installation, ways in ((callbacks, CALLBACKS), (connections, CONNECTIONS))
        for platform in PLATFORMS
    ]


def on(*parameters) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("running", "platform"), parameters, indirect=True)


# A story told on every platform, by both of its ways.
on_every_way = on(*everywhere())
ON_POSTGRESQL = pytest.param(POSTGRESQL, "feishu", marks=pytest.mark.pg, id="feishu-postgresql")


class Installations:
    def __init__(self, folder_of):
        self._folder_of = folder_of
        self._open = ExitStack()
        self._running: dict[str, RunningProduct] = {}

    def get(self, name: str) -> RunningProduct:
        if name not in self._running:
            self._running[name] = self._start(self._folder_of("data"), name)
        return self._running[name]

    def close(self) -> None:
        self._open.close()

    def _start(self, data: Path, name: str) -> RunningProduct:
        is_connected = name in {CONNECTIONS, DAYS_CONNECTED}
        backend = "postgresql" if name == POSTGRESQL else "sqlite"
        url = self._open.enter_context(scratch_database(backend, data))
        running = self._open.enter_context(RunningProduct(data, url, **(CONNECTED if is_connected else {})))
        if is_connected:
            connect(running)
        return running


def connect(running: RunningProduct) -> None:
    """
    The vendors' side of the connections; the 智能机器人 may write only to whom it has heard.
    """
    running.platform("dingtalk").switch("receive_mode", "stream")
    wecom = running.platform("wecom")
    wecom.switch("chat_with_bot", value=True)
    for platform in PLATFORMS:
        running.wait_until_connected(platform)
    for person in running.sandbox.get("/world")["people"]:
        if not person["outsider"]:
            wecom.person(person["name"]).say("帮助")

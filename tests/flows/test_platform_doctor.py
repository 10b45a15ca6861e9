"""
`doctor --platform` beside the running product: the same steps as `connect`, without a question.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from running_product import RunningProduct
from scratch_databases import scratch_database

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with scratch_database("sqlite", data) as url:
        product = RunningProduct(data, url)
        product.env |= {"LIAODAN_FEISHU__demo__MODE": "websocket", "LIAODAN_PORT": str(product.port)}
        with product:
            yield product


def doctor(running, *arguments, **env):
    command = [sys.executable, "app.py", "doctor", "--json", "--platform", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=running.env | env, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)["platforms"], done.stderr


def states(account):
    return {step["step"]: step["state"] for step in account["steps"]}


def test_every_account_is_examined_without_a_question(running):
    running.wait_until_connected("feishu")

    code, found, complained = doctor(running)

    assert (0, "") == (code, complained), found
    assert {"feishu", "dingtalk", "wecom"} == {account["platform"] for account in found}
    for account in found:
        assert {"token": "good", "inbound": "good", "directory": "good", "send": "left_out", "card": "left_out"} == (
            states(account)
        )


def test_a_wrong_secret_is_named_although_a_token_is_still_kept(running):
    code, [account], _ = doctor(running, "feishu", LIAODAN_FEISHU__demo__APP_SECRET="wrong")

    assert 1 == code
    assert "failed" == states(account)["token"]
    assert "App ID 或 App Secret 不对" in account["steps"][0]["says"]


def test_without_a_server_nothing_can_come_in(running):
    code, [account], _ = doctor(running, "feishu", LIAODAN_PORT="1")

    assert (1, "failed") == (code, states(account)["inbound"])
    assert "聊单没有在运行" in account["steps"][1]["says"]


def test_an_account_the_server_does_not_know_yet_asks_for_a_restart(running):
    twin = {
        name.replace("__demo__", "__twin__"): value
        for name, value in running.env.items()
        if name.startswith("LIAODAN_FEISHU__demo__")
    }

    _, [account], _ = doctor(running, "feishu/twin", **twin)

    assert "请重启聊单" in account["steps"][1]["says"]

"""
A product nobody can reach from outside: Feishu and DingTalk bring everything over connections it has opened itself.
"""

import pytest
from running_product import RunningProduct
from scratch_databases import scratch_database

COMPANY = {"feishu": "绍兴新昌轴承公司", "dingtalk": "绍兴诸暨袜业公司"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with scratch_database("sqlite", data) as url:
        product = RunningProduct(data, url)
        product.env |= {"LIAODAN_FEISHU__demo__MODE": "websocket", "LIAODAN_DINGTALK__demo__MODE": "stream"}
        with product:
            product.platform("dingtalk").switch("receive_mode", "stream")
            yield product


@pytest.fixture(params=["feishu", "dingtalk"])
def platform(request, running):
    running.wait_until_connected(request.param)
    return running.platform(request.param)


def test_a_customer_is_registered_and_approved_over_the_connection(platform):
    li, zhang = platform.person("小李"), platform.person("老张")
    company = COMPANY[platform.name]

    echo = li.ask(f"报备 {company} 吴刚 136333{len(company)}{len(platform.name)}445", "客户报备", company)
    li.click(echo, "提交")
    li.wait_until(echo, "待审批")
    zhang.click(zhang.wait_for("客户报备待审批", company), "同意")

    li.wait_for("报备通过", company)


def test_a_message_delivered_twice_is_answered_once(platform):
    zhao = platform.person("小赵")

    zhao.say("帮助", times=3)
    zhao.wait_for("我能帮你做这些")
    zhao.ask("我的客户")

    assert 1 == sum("我能帮你做这些" in message["text"] for message in zhao.from_bot())


def test_a_platform_that_was_away_is_connected_again(running):
    running.restart_sandbox()
    running.platform("dingtalk").switch("receive_mode", "stream")

    for name in ("feishu", "dingtalk"):
        running.wait_until_connected(name)
        running.platform(name).person("小李").ask("帮助", "我能帮你做这些")

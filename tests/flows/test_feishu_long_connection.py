"""
The same product on Feishu's long connection: nobody calls it over HTTP, and it survives an outage of the line.
"""

import time

import pytest
from platform_people import until
from running_product import RunningProduct


@pytest.fixture(scope="module")
def feishu(tmp_path_factory):
    data = tmp_path_factory.mktemp("line")
    with RunningProduct(data, f"sqlite:///{data / 'liaodan.db'}", LIAODAN_FEISHU__demo__MODE="websocket") as running:
        feishu = running.platform("feishu")
        await_line(feishu, up=True)
        yield feishu


def await_line(feishu, *, up: bool) -> None:
    """
    Until what a person says reaches the product over the line, or no longer does.
    """

    def is_so() -> bool:
        (delivery,) = feishu.person("陈姐").say("帮助")
        return (delivery["status"] == 200) is up and pushes(feishu)[-1] == "WS"

    until(is_so, f"the long connection to be {'up' if up else 'down'}", pause=lambda: time.sleep(0.2))


def pushes(feishu) -> list[str]:
    return [crossing["method"] for crossing in feishu.wire() if crossing["direction"] == "out"]


def test_a_customer_is_registered_and_approved_over_the_line(feishu):
    li, zhang = feishu.person("小李"), feishu.person("老张")

    echo = li.ask("报备 丽水青田石雕厂 吴刚 13622227733", "客户报备", "丽水青田石雕厂")
    li.click(echo, "提交")
    li.wait_until(echo, "待审批")
    request = zhang.wait_for("客户报备待审批", "丽水青田石雕厂")
    zhang.click(request, "同意")

    zhang.wait_until(request, "已同意")
    li.wait_for("报备通过", "丽水青田石雕厂")


def test_wrong_input_of_a_form_is_answered_on_the_card_at_once(feishu):
    zhao = feishu.person("小赵")
    echo = zhao.ask("报备", "客户报备")

    answer = zhao.click(echo, "提交", name="台州仙居工艺品厂", contact="周敏", phone="1361111222")

    assert "不是 11 位手机号" in answer["toast"]["text"]
    assert answer["card_changed"]


def test_the_bot_hears_its_mention_in_a_group(feishu):
    group, alone = feishu.person("小李", "华东销售群"), feishu.person("小李")

    group.ask("@聊单 查客户 锐铠", "已发到你和我的单聊里")

    alone.wait_for("苏州锐铠精密机械有限公司")


def test_what_is_pushed_twice_has_one_effect(feishu):
    zhao = feishu.person("小赵")

    deliveries = zhao.say("查重 衢州开化根雕公司", times=3)
    zhao.wait_for("衢州开化根雕公司")

    assert [200] * 3 == [delivery["status"] for delivery in deliveries]
    assert 1 == sum("衢州开化根雕公司" in message["text"] for message in zhao.from_bot())


def test_what_was_said_during_an_outage_is_answered_after_it(feishu):
    zhao = feishu.person("小赵")
    feishu.switch("ws_online", value=False)
    await_line(feishu, up=False)

    lost = zhao.say("公海")
    feishu.switch("ws_online", value=True)
    await_line(feishu, up=True)
    feishu.sandbox.post("/clock", advance="PT20S")

    assert [0] == [delivery["status"] for delivery in lost]
    zhao.wait_for("公海")


def test_nothing_came_over_http(feishu):
    assert {"WS"} == set(pushes(feishu)[-20:])

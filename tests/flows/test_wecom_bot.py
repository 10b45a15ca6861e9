"""
WeCom with a 智能机器人: beside the app for groups, and alone where nobody can reach the product from outside.
"""

import pytest
from running_product import RunningProduct
from scratch_databases import scratch_database


@pytest.fixture(scope="module", params=["both", "aibot"])
def wecom(request, tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with scratch_database("sqlite", data) as url:
        product = RunningProduct(data, url)
        product.env |= {"LIAODAN_WECOM__demo__MODE": request.param}
        with product:
            wecom = product.platform("wecom")
            wecom.switch("chat_with_bot", request.param == "aibot")
            product.sandbox.wait_for(lambda: "aibot_subscribe" in requests(wecom), "the bot to connect")
            yield wecom


def requests(wecom) -> list[str]:
    return [crossing["path"] for crossing in wecom.wire()]


def test_a_question_in_a_group_is_answered_in_the_direct_chat_where_it_is_private(wecom):
    group, alone = wecom.person("小李", "华东销售群"), wecom.person("小李")
    alone.ask("帮助", "报备")

    assert [] == group.say("大家好，今天谁去锐铠？")
    group.ask("@聊单 查客户 锐铠", "已发到你和我的单聊里")

    alone.wait_for("苏州锐铠精密机械有限公司", "18800004035")
    assert "18800004035" not in "".join(message["text"] for message in group.from_bot())


def test_a_customer_is_registered_in_a_group_and_approved(wecom):
    group, manager = wecom.person("小王", "华东销售群"), wecom.person("老张")
    manager.ask("帮助", "报备")

    echo = group.ask("@聊单 报备 绍兴嵊州领带织造厂 郑华 13611112222 展会", "客户报备", "绍兴嵊州领带织造厂")
    group.click(echo, "提交")
    group.wait_until(echo, "待审批")
    manager.click(manager.wait_for("客户报备待审批", "绍兴嵊州领带织造厂"), "同意")

    group.wait_for("报备通过", "绍兴嵊州领带织造厂")


def test_one_missing_field_is_asked_at_a_time(wecom):
    zhao = wecom.person("小赵")
    zhao.ask("报备", "我一项一项问你")

    zhao.ask("台州黄岩模具城", "请发送联系人")
    zhao.ask("周敏", "请发送电话")
    zhao.ask("13611112223", "待提交", "台州黄岩模具城", "周敏", "13611112223")


def test_message_delivered_twice_is_answered_once(wecom):
    li = wecom.person("小李")
    before = len(li.from_bot())

    li.say("公海", times=2)
    li.wait_for("公海")
    li.ask("待办", "待办")

    assert before + 2 == len(li.from_bot())

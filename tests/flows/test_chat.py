"""
Talking to the running product: groups, dialogues, forms, corrections, strangers, and clicks that come too late.
"""

from installations import on_every_way
from platform_people import labels

# The call that gives a sent card its new face.
UPDATE_CALLS = {
    "feishu": "messages/om",
    "wecom": "update_template_card",
    "dingtalk": "PUT /dingtalk/v1.0/card/instances",
}


def test_in_a_feishu_group_the_bot_answers_when_mentioned_and_keeps_private_things_private(feishu):
    group, alone = feishu.person("小李", "华东销售群"), feishu.person("小李")

    assert [] == group.say("大家好，今天谁去锐铠？")
    group.ask("@聊单 查客户 锐铠", "已发到你和我的单聊里")

    private = alone.wait_for("苏州锐铠精密机械有限公司", "18800004035")
    assert "18800004035" not in "".join(message["text"] for message in group.from_bot())
    assert "有效" in private["text"]


def test_in_a_feishu_group_a_registration_can_be_filled_in_and_submitted(feishu):
    group, manager = feishu.person("小王", "华东销售群"), feishu.person("老张")

    echo = group.ask("@聊单 报备 绍兴嵊州领带织造厂 郑华 13611112222", "客户报备", "绍兴嵊州领带织造厂")
    group.click(echo, "提交")

    group.wait_until(echo, "待审批")
    manager.wait_for("客户报备待审批", "绍兴嵊州领带织造厂")


def test_on_wecom_one_missing_field_is_asked_at_a_time(wecom):
    zhao = wecom.person("小赵")
    zhao.ask("报备", "我一项一项问你")

    zhao.ask("台州黄岩模具城", "请发送联系人")
    zhao.ask("周敏", "请发送电话")
    slip = zhao.ask("1361111222", "“1361111222”不是 11 位手机号", "例如：13800001111")
    assert "已记下：客户名称、联系人" in slip["text"]
    echo = zhao.ask("13611112223", "待提交", "台州黄岩模具城", "周敏", "13611112223")

    assert ["提交", "修改", "取消"] == labels(echo)


def test_on_wecom_a_field_is_corrected_and_a_negative_amount_refused_with_an_example(wecom):
    zhao = wecom.person("小赵")
    echo = zhao.ask("报备 台州温岭泵业公司 周敏 13611112224", "待提交")

    zhao.click(echo, "修改")
    zhao.wait_for("要改哪一项", "6. 预计金额：（空）")
    zhao.ask("预计金额 负五万", "金额不能是负数（“负五万”）", "20-30万")
    zhao.ask("50万", "待提交", "预计金额：50 万元", "台州温岭泵业公司")


def test_on_feishu_the_form_keeps_what_was_typed_and_says_what_is_wrong(feishu):
    zhao = feishu.person("小赵")
    echo = zhao.ask("报备", "客户报备")
    typed = {"name": "台州玉环阀门集团", "contact": "周敏", "phone": "1361111222", "amount": "负五万"}

    answer = zhao.click(echo, "提交", **typed)

    assert "电话：“1361111222”不是 11 位手机号。例如：13800001111 或 0571-88886666-801" == answer["toast"]["text"]
    card = zhao.wait_until(echo, "不是 11 位手机号", "金额不能是负数")
    values = {entry["name"]: entry["value"] for entry in card["card"]["form"]["inputs"]}
    assert typed == {name: values[name] for name in typed}


@on_every_way
def test_cancel_on_the_card_and_in_the_dialogue_stores_nothing(platform, running):
    zhao = platform.person("小赵")
    echo = zhao.ask("报备 台州仙居工艺品厂 周敏 13611112225", "客户报备")

    zhao.click(echo, "取消")
    zhao.wait_until(echo, "已取消")

    assert [] == running.rows("SELECT id FROM customer WHERE name LIKE '台州仙居%'")


@on_every_way
def test_a_stranger_is_told_whom_to_ask_and_nothing_else(platform):
    stranger = platform.person("外人")

    told = stranger.ask("查客户 锐铠", "请联系公司的系统管理员")

    assert "锐铠" not in told["text"]


@on_every_way
def test_unknown_text_gets_a_short_helpful_answer(platform):
    told = platform.person("小赵").ask("今天天气真不错", "没看懂“今天天气真不错”")

    assert "报备 杭州云途科技" in told["text"]


@on_every_way
def test_a_click_on_a_copy_that_was_not_turned_yet_explains_who_decided(platform):
    """
    老张 has the request twice; the platform does not take the update of the second card for a while.
    """
    li, zhang = platform.person("小李"), platform.person("老张")
    company = {"feishu": "丽水青田石雕厂", "wecom": "丽水龙泉宝剑厂", "dingtalk": "丽水云和木制玩具厂"}[platform.name]
    echo = li.ask(f"报备 {company} 吴刚 1362222{len(company)}33{len(platform.name)}", "客户报备")
    li.click(echo, "提交")
    first = zhang.wait_for("客户报备待审批", company)
    zhang.say("我的审批")
    second = zhang.wait_for("客户报备待审批", company, "报备人")
    assert first["id"] != second["id"]
    platform.fault(UPDATE_CALLS[platform.name], "http500", times=4)

    zhang.click(first, "同意")
    zhang.wait_until(first, "已同意")
    reason = {} if platform.name == "wecom" else {"reason": "改主意了"}
    answer = zhang.click(second, "驳回", **reason)

    zhang.wait_until(second, "已同意", "小李")
    told = answer["toast"]["text"] if answer["toast"] else zhang.wait_for("这次点击没有生效")["text"]
    assert "老张 已在" in told
    li.wait_for("报备通过", company)

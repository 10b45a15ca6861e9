from datetime import timedelta

import pytest
from conversation import only
from small_company import MONDAY

from domain.access import Actor
from store import tasks

CLOUD = "杭州云途科技有限公司"
SYSTEM = Actor.system("to-dos of a test")


def add_task(company, person, title, due_at, customer_id=None):
    with company.database.write() as tx:
        return tasks.add(
            tx,
            SYSTEM,
            company.ids[person],
            kind="follow_up",
            title=title,
            customer_id=customer_id,
            due_at=due_at,
            now=MONDAY,
        )


def test_overdue_tasks_come_first_and_are_marked(company, feishu):
    add_task(company, "小李", "没有期限的事", None)
    add_task(company, "小李", "明天的事", MONDAY + timedelta(days=1))
    add_task(company, "小李", "上周的事", MONDAY - timedelta(days=4))

    card = only(feishu.say("小李", "待办"))

    assert "我的待办【1 项已逾期】\n要做的事（3）" in card.text
    assert (
        "1. 上周的事\n   已逾期：11月19日 周四 10:00\n   发送「完成 #3」\n"
        "2. 明天的事\n   11月24日 周二 10:00\n   发送「完成 #2」\n3. 没有期限的事" in card.text
    )


def test_finishing_turns_the_card_to_what_is_left(company, feishu):
    add_task(company, "小李", "第一件事", MONDAY)
    add_task(company, "小李", "第二件事", MONDAY + timedelta(days=1))
    card = only(feishu.say("小李", "待办"))

    first = feishu.click("小李", card, "完成")
    second = feishu.click("小李", card, "完成")

    assert first.toast == "已完成：第一件事"
    assert "第二件事" in first.card
    assert "第一件事" not in first.card
    assert "太棒了，现在没有待办" in second.card
    assert first.said == []


def test_a_second_click_says_so_and_changes_nothing(company, feishu):
    add_task(company, "小李", "第一件事", MONDAY)
    card = only(feishu.say("小李", "待办"))
    before = card.card
    feishu.click("小李", card, "完成")
    card.card = before

    again = feishu.click("小李", card, "完成")

    assert again.toast == "这项待办已经完成了。"


@pytest.mark.parametrize("person", ["小王", "老张"])
def test_only_the_assignee_finishes_a_task(company, feishu, person):
    customer_id = company.owned(CLOUD, "小李")
    add_task(company, "小李", "第一件事", MONDAY, customer_id)
    add_task(company, person, "自己的事", MONDAY)
    mine = only(feishu.say("小李", "待办")).card
    card = only(feishu.say(person, "待办"))
    card.card = mine

    clicked = feishu.click(person, card, "完成")

    assert "不是发给你的" in clicked.toast
    assert "第一件事" in only(feishu.say("小李", "待办")).text


def test_protections_that_end_within_seven_days_are_listed(company, feishu):
    company.owned(CLOUD, "小李", days_left=7)
    company.owned("杭州云峰软件有限公司", "小李", days_left=9, phone="13800003333")

    text = only(feishu.say("小李", "待办")).text

    assert (
        f"保护期快到期（1）\n1. {CLOUD}\n   11月30日 周一 10:00 到期（剩 7 天）\n   还没有有效跟进，到期会回公海"
        in text
    )


def test_a_followed_up_customer_is_not_threatened_with_the_pool(company, feishu):
    company.owned(CLOUD, "小李", days_left=5, notes=(company.note("小李", "电话沟通了报价"),))

    assert "已有有效跟进" in only(feishu.say("小李", "待办")).text


def test_the_manager_sees_who_waits_for_a_decision_and_gets_there(company, feishu):
    confirm = only(feishu.say("小李", "报备 苏州恒泰机械有限公司 王芳 13900005555"))
    form = {"name": "苏州恒泰机械有限公司", "contact": "王芳", "phone": "13900005555"}
    feishu.click("小李", confirm, "提交", form)
    approver = next(name for name in ("老张", "周总") if feishu.inbox(name))

    card = only(feishu.say(approver, "待办"))
    opened = feishu.click(approver, card, "去审批")

    assert "等你审批（1）" in card.text
    assert "苏州恒泰机械有限公司" in card.text
    assert "小李，11月23日 周一 10:00 提交" in card.text
    assert any("[同意]" in message.text for message in opened.said)


def test_requests_to_collaborate_are_counted(company, feishu):
    company.owned(CLOUD, "小李")
    feishu.say("小王", "申请协作 云途科技")

    assert "有 1 份协作申请等你答复" in only(feishu.say("小李", "待办")).text


def test_nothing_to_do_is_cheerful(company, feishu):
    text = only(feishu.say("小李", "待办")).text

    assert "太棒了，现在没有待办" in text
    assert "[看公海]" in text


def test_long_lists_are_cut_and_counted(company, feishu, wecom):
    for number in range(9):
        add_task(company, "小李", f"第{number}件事", MONDAY + timedelta(hours=number))

    assert "还有 3 项没有列出" in only(feishu.say("小李", "待办")).text
    assert "还有 6 项没有列出" in only(wecom.say("小李", "待办")).text


def test_a_task_about_a_customer_out_of_sight_keeps_its_title_but_opens_nothing(company, feishu):
    customer_id = company.owned("上海蓝海贸易有限公司", "小赵")
    add_task(company, "小李", "以前的事", MONDAY, customer_id)

    card = only(feishu.say("小李", "待办"))

    assert [button.label for button in card.card.all_buttons()] == ["完成", "我的客户"]


def test_the_same_on_both_databases(anywhere):
    company, feishu = anywhere
    customer_id = company.owned(CLOUD, "小李", days_left=5)
    add_task(company, "小李", "第一件事", MONDAY, customer_id)
    add_task(company, "小李", "没有期限的事", None)
    card = only(feishu.say("小李", "待办"))

    clicked = feishu.click("小李", card, "完成")

    assert "1. 没有期限的事" in clicked.card
    assert "保护期快到期（1）" in clicked.card


def test_what_was_to_be_done_for_a_customer_ends_when_it_is_given_back(company, feishu):
    customer_id = company.owned(CLOUD, "小李")
    add_task(company, "小李", "给云途报价", MONDAY + timedelta(days=1), customer_id)
    add_task(company, "小李", "交周报", MONDAY + timedelta(days=1))

    feishu.say("小李", f"退回 {CLOUD} 联系不上")

    listed = only(feishu.say("小李", "待办")).text
    assert "交周报" in listed
    assert "给云途报价" not in listed


def test_a_task_is_finished_by_text_and_only_by_its_own_member(company, feishu):
    add_task(company, "小李", "准备演示环境", None)
    said = only(feishu.say("小李", "待办")).button("完成").command

    assert "你的待办里没有编号 1" in only(feishu.say("小王", said)).text
    done = "\n".join(message.text for message in feishu.say("小李", said))
    again = "\n".join(message.text for message in feishu.say("小李", said))

    assert "已完成：准备演示环境" in done
    assert "现在没有待办" in done
    assert "已经完成了" in again

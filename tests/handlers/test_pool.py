"""
公海, 领取 and 退回 as conversations, and the clocks that fill the pool.
"""

import pytest
from conversation import only

from handlers.protection import run_clocks, send_reminders

CLOUD = "杭州云途科技有限公司"


def owner_of(company, customer):
    with company.database.read() as tx:
        row = tx.connection.exec_driver_sql(f"SELECT owner_id, pool FROM customer WHERE id = {customer}").one()
    return tuple(row)


def test_the_pool_lists_names_without_contacts_and_claims_by_button(company, feishu):
    customer = company.pooled(CLOUD, contact="欧阳清扬", phone="13912345678")

    listed = only(feishu.say("小王", "公海"))
    assert CLOUD in listed.text
    assert "欧阳清扬" not in listed.text
    assert "13912345678" not in listed.text

    claimed = only(feishu.click("小王", listed, "领取").said)
    assert "领取成功" in claimed.text
    assert "电话：13912345678" in claimed.text
    assert (company.ids["小王"], None) == owner_of(company, customer)


def test_an_empty_pool_says_so(company, feishu):
    assert "公海里现在没有你可以领取的客户。" in only(feishu.say("小王", "公海")).text


def test_a_claim_by_text_takes_any_fragment(company, feishu):
    company.pooled(CLOUD)

    assert "领取成功" in only(feishu.say("小王", "领取 云途")).text


def test_who_gave_a_customer_back_has_to_wait_and_is_told_until_when(company, feishu):
    customer = company.owned(CLOUD, "小李")
    assert "已退回公海" in only(feishu.say("小李", "退回 云途 联系不上")).text

    refused = only(feishu.say("小李", "领取 云途")).text

    assert "你之前负责过" in refused
    assert "12月23日 周三 10:00 之后才能重新领取" in refused
    assert (None, "regional") == owner_of(company, customer)


def test_others_are_refused_for_a_day_with_the_hour_it_opens(company, feishu):
    company.owned(CLOUD, "小李")
    feishu.say("小李", "退回 云途 联系不上")

    assert "11月24日 周二 10:00 起可以领取" in only(feishu.say("小王", "领取 云途")).text
    feishu.pass_time(days=1)
    assert "领取成功" in only(feishu.say("小王", "领取 云途")).text


def test_giving_back_for_another_reason_needs_the_reason(company, feishu):
    customer = company.owned(CLOUD, "小李")
    asked = only(feishu.say("小李", "退回 云途"))

    told = feishu.click("小李", asked, "确认退回", {"return_reason": "other", "detail": ""})

    assert "原因选“其他”时，请写明具体情况。" == told.toast
    assert (company.ids["小李"], None) == owner_of(company, customer)


def test_nobody_gives_back_what_is_not_theirs(company, feishu):
    customer = company.owned(CLOUD, "小李")

    told = "\n".join(message.text for message in feishu.say("小赵", "退回 云途 联系不上"))

    assert CLOUD not in told
    assert (company.ids["小李"], None) == owner_of(company, customer)


def test_the_clock_releases_what_nobody_followed_up_and_says_why(company, feishu):
    customer = company.owned(CLOUD, "小李", days_left=1, notes=())

    feishu.run(run_clocks, feishu.pass_time(days=1, minutes=1))

    assert (None, "regional") == owner_of(company, customer)
    told = feishu.inbox("小李")[-1].text
    assert "客户已回公海【已释放】" in told
    assert "原因：保护期内没有有效跟进" in told


def test_an_effective_follow_up_keeps_the_customer(company, feishu):
    customer = company.owned(CLOUD, "小李", days_left=1)
    told = only(feishu.say("小李", "跟进 云途 电话沟通，客户要报价，下周三下午3点前给")).text
    assert "11月24日 周二 10:00 保护到期后客户不会回公海" in told

    feishu.run(run_clocks, feishu.pass_time(days=1, minutes=1))

    assert (company.ids["小李"], None) == owner_of(company, customer)


@pytest.mark.parametrize(
    ("days_left", "said"), [(7, "保护期还剩 7 天"), (3, "保护期还剩 3 天"), (1, "保护期还剩 1 天")]
)
def test_a_reminder_comes_seven_three_and_one_days_before_the_end(company, feishu, days_left, said):
    company.owned(CLOUD, "小李", days_left=days_left + 0.01)

    feishu.run(send_reminders, feishu.pass_time(hours=1))
    feishu.run(send_reminders, feishu.pass_time(minutes=1))

    reminder = only(feishu.inbox("小李"))
    assert said in reminder.text
    assert "[写跟进] [延保] [放弃]" in reminder.text


def test_above_the_blast_limit_the_clock_waits_for_a_person(company, feishu):
    customers = [company.owned(f"安徽客户{number}厂", "小李", days_left=1, phone="") for number in range(21)]

    outcome = feishu.run(run_clocks, feishu.pass_time(days=2))

    assert (21, 20) == (outcome.count, outcome.limit)
    assert {(company.ids["小李"], None)} == {owner_of(company, customer) for customer in customers}

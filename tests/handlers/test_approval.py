"""
Decisions on cards: 同意, 驳回, 转交, stale and foreign clicks, and the clocks of undecided requests.
"""

import pytest
from conversation import only

from handlers.approval_decision import run_timers
from store import members
from store.models import Member

CLOUD = "杭州云途科技有限公司"


@pytest.fixture(autouse=True)
def direct_manager_decides(company):
    company.ask_direct_manager()


@pytest.fixture
def asked(company, feishu):
    """
    小李's status card and the card 老张 got.
    """
    mine = only(feishu.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    feishu.click("小李", mine, "提交")
    return mine, only(feishu.inbox("老张"))


def owner_of(company):
    with company.database.read() as tx:
        row = tx.connection.exec_driver_sql("SELECT owner_id, pool, state FROM customer").one()
    return tuple(row)


def test_approval_protects_the_registrant_and_turns_both_cards(company, feishu, asked):
    mine, request = asked

    told = feishu.click("老张", request, "同意").card
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert "客户报备【已同意】" in told
    assert "结果：由 小李 负责，保护至 12月23日 周三 10:00" in told
    assert "报备通过【已保护至 12月23日" in mine.text
    assert (company.ids["小李"], None, "active") == owner_of(company)


def test_the_approver_may_give_the_customer_to_somebody_else(company, feishu, asked):
    mine, request = asked

    feishu.click("老张", request, "同意", {"destination": f"assign:{company.ids['小王']}"})
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert (company.ids["小王"], None, "active") == owner_of(company)
    assert "有新客户指派给你【已保护】" in only(feishu.inbox("小王")).text
    assert "负责人：小王" in mine.text


def test_the_approver_may_put_the_customer_into_the_pool(company, feishu, asked):
    mine, request = asked

    feishu.click("老张", request, "同意", {"destination": "pool:regional"})
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert (None, "regional", "active") == owner_of(company)
    assert "去向：区域公海" in mine.text


def test_a_rejection_needs_a_reason_and_tells_it(company, feishu, asked):
    mine, request = asked
    assert "请填写驳回原因" in feishu.click("老张", request, "驳回").toast

    feishu.click("老张", request, "驳回", {"reason": "该客户由总部直接跟进"})
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert "报备被驳回【已驳回】" in mine.text
    assert "原因：该客户由总部直接跟进" in mine.text
    assert (None, None, "rejected") == owner_of(company)


def test_after_a_rejection_somebody_else_may_register_the_company(company, feishu, asked):
    _, request = asked
    feishu.click("老张", request, "驳回", {"reason": "资料不全"})

    card = only(feishu.say("小王", f"报备 {CLOUD} 张伟 13800001111"))

    assert "已提交，等待老张审批" in feishu.click("小王", card, "提交").card


def test_without_forms_the_reason_is_asked_for_in_the_chat(company, wecom):
    card = only(wecom.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    wecom.click("小李", card, "提交")
    request = only(wecom.inbox("老张"))

    asked = only(wecom.click("老张", request, "驳回").said)
    assert "驳回" in asked.text
    wecom.say("老张", "该客户由总部直接跟进")

    assert (None, None, "rejected") == owner_of(company)


def test_a_click_on_a_stale_card_explains_and_changes_nothing(company, feishu, asked):
    _, request = asked
    stale = request.card
    feishu.click("老张", request, "同意")
    request.card = stale

    told = feishu.click("老张", request, "驳回", {"reason": "改主意了"})

    assert "老张" in told.toast
    assert "同意" in told.toast
    assert "客户报备【已同意】" in told.card
    assert (company.ids["小李"], None, "active") == owner_of(company)


def test_only_the_approver_can_decide_even_with_the_card_in_hand(company, feishu, asked):
    _, request = asked

    assert "这张卡片不是发给你的，不能代为操作。" == feishu.click("小李", request, "同意").toast
    assert (None, None, "pending") == owner_of(company)


def test_rights_are_checked_when_the_click_arrives(company, feishu, asked):
    _, request = asked
    with company.database.write() as tx:
        tx.session.get(Member, company.ids["老张"]).status = "left"
        tx.session.flush()
        members.note_change(tx)

    feishu.click("老张", request, "同意")

    assert (None, None, "pending") == owner_of(company)


def test_a_request_passed_on_is_decided_by_the_colleague(company, feishu, asked):
    _, request = asked

    told = feishu.click("老张", request, "转交", {"colleague": str(company.ids["周总"])}).card
    assert "周总" in told
    theirs = only(feishu.inbox("周总"))
    assert "客户报备【已同意】" in feishu.click("周总", theirs, "同意").card

    feishu.pass_time(seconds=2)
    feishu.delivery.drain()
    assert (company.ids["小李"], None, "active") == owner_of(company)


def test_my_approvals_lists_what_waits_and_sends_its_card_again(company, feishu, asked):
    again = feishu.say("老张", "我的审批")

    assert any(CLOUD in message.text and "[同意]" in message.text for message in again)
    copy = next(message for message in again if "[同意]" in message.text)
    feishu.click("老张", copy, "同意")
    feishu.pass_time(seconds=2)
    feishu.delivery.drain()

    assert "客户报备【已同意】" in asked[1].text


def test_a_request_nobody_answers_is_nudged_and_escalated_in_working_time(company, feishu, asked):
    slot = feishu.pass_time(days=1)
    feishu.run(run_timers, slot)
    nudged = len(feishu.inbox("老张"))

    for _ in range(6):
        feishu.run(run_timers, feishu.pass_time(days=1))

    assert nudged >= 2
    assert any("[同意]" in message.text for message in feishu.inbox("周总"))


def test_without_a_superior_the_registration_is_not_lost(company, feishu):
    with company.database.write() as tx:
        for row in tx.session.query(Member):
            row.manager_id = None
    card = only(feishu.say("小李", f"报备 {CLOUD} 张伟 13800001111"))

    told = feishu.click("小李", card, "提交").card

    assert "没有审批人【未提交】" in told


def test_where_no_toast_can_be_shown_a_stale_click_is_explained_in_the_chat(company, wecom):
    card = only(wecom.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    wecom.click("小李", card, "提交")
    request = only(wecom.inbox("老张"))
    stale = request.card
    wecom.click("老张", request, "同意")
    request.card = stale

    told = wecom.click("老张", request, "驳回")

    assert "老张 已在 11月23日 周一 10:00 同意，这次点击没有生效。" == only(told.said).text
    assert "客户报备【已同意】" in told.card

"""
撤回: requests taken back by who made them, and what becomes of the cards others have of them.
"""

import pytest
from conversation import only
from small_company import GROUP

from store.models import OutboxMessage

CLOUD = "杭州云途科技有限公司"


def texts(messages):
    return "\n".join(message.text for message in messages)


def settle(conversation):
    conversation.pass_time(seconds=2)
    conversation.delivery.drain()


def states(company):
    with company.database.read() as tx:
        rows = tx.connection.exec_driver_sql(
            "SELECT (SELECT state FROM customer), (SELECT state FROM registration), (SELECT state FROM approval)"
        )
        return tuple(rows.one())


@pytest.fixture(autouse=True)
def direct_manager_decides(company):
    company.ask_direct_manager()


@pytest.fixture
def asked(feishu):
    """
    小李's status card of a large registration, and the request 老张 got.
    """
    mine = only(feishu.say("小李", f"报备 {CLOUD} 张伟 13800001111 预算80万"))
    feishu.click("小李", mine, "提交")
    return mine, only(feishu.inbox("老张"))


def test_a_registration_is_taken_back_and_everybody_sees_it(company, feishu, asked):
    mine, request = asked
    listed = only(feishu.say("小李", "撤回"))

    assert f"客户报备 · {CLOUD}" in listed.text
    told = feishu.click("小李", listed, "撤回")
    settle(feishu)

    assert f"已撤回客户报备“{CLOUD}”，审批人不用再处理。" == told.toast
    assert "你没有等待审批的申请" in told.card
    assert "客户报备【已撤回】" in mine.text
    assert "客户报备待审批【已撤回】" in request.text
    assert ("rejected", "cancelled", "cancelled") == states(company)


def test_the_name_is_free_again(feishu, asked):
    feishu.say("小李", only(feishu.say("小李", "撤回")).button("撤回").command)

    card = only(feishu.say("小王", f"报备 {CLOUD} 张伟 13800001111"))

    assert "已提交，等待老张审批" in feishu.click("小王", card, "提交").card


def test_a_copy_for_reading_disappears_while_that_is_possible(company, feishu, asked):
    copy = only(feishu.inbox("钱总"))
    assert "抄送：大额客户报备" in copy.text

    feishu.click("小李", only(feishu.say("小李", "撤回")), "撤回")
    settle(feishu)

    assert [copy.ref] == feishu.platform.recalled


def test_an_older_copy_says_that_it_is_withdrawn(company, feishu, asked):
    copy = only(feishu.inbox("钱总"))
    feishu.pass_time(days=2)

    feishu.click("小李", only(feishu.say("小李", "撤回")), "撤回")
    settle(feishu)

    assert [] == feishu.platform.recalled
    assert "【已撤回】" in copy.text


def test_a_copy_that_was_not_sent_yet_never_is(company, feishu, asked):
    with company.database.write() as tx:
        row = tx.session.query(OutboxMessage).filter_by(purpose="copy").one()
        row.state, row.sent_at, row.attempts = "pending", None, 0

    feishu.click("小李", only(feishu.say("小李", "撤回")), "撤回")
    settle(feishu)

    with company.database.read() as tx:
        assert "cancelled" == tx.session.query(OutboxMessage).filter_by(purpose="copy").one().state


def test_what_is_decided_cannot_be_taken_back(company, feishu, asked):
    listed = only(feishu.say("小李", "撤回"))
    feishu.click("老张", asked[1], "同意")

    told = feishu.click("小李", listed, "撤回").toast

    assert "老张 已在 11月23日 周一 10:00 同意" in told
    assert "active" == states(company)[0]


def test_a_decision_after_the_withdrawal_is_too_late(company, feishu, asked):
    _, request = asked
    number = request.button("同意").command.split()[1]
    feishu.say("小李", f"撤回 {number}")

    assert "申请人已撤回，无需处理。" in texts(feishu.say("老张", f"同意 {number}"))
    assert "cancelled" == states(company)[1]


@pytest.mark.parametrize("person", ["小王", "老张"])
def test_only_who_asked_takes_a_request_back(company, feishu, asked, person):
    number = asked[1].button("同意").command.split()[1]

    theirs = texts(feishu.say(person, f"撤回 {number}"))

    assert theirs.replace(number, "987") == texts(feishu.say(person, "撤回 987"))
    assert "pending" == states(company)[1]


def test_in_a_group_who_asked_is_called_by_the_line_that_answers(company, feishu, asked):
    company.add_group()

    feishu.say("小李", "撤回", group=GROUP)

    line = only(feishu.in_group(GROUP))
    assert "已发到你和我的单聊里" in line.text
    assert (feishu.user_id("小李"),) == line.mentions

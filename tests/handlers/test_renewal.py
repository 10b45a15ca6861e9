"""
Whoever still has to decide gets the card again before it dies on the platform.
"""

import pytest
from conversation import only

from handlers import renewal

CLOUD = "杭州云途科技有限公司"


@pytest.fixture
def asked(company, feishu):
    """
    A request of 小李's that 老张 has to decide.
    """
    company.ask_direct_manager()
    mine = only(feishu.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    feishu.click("小李", mine, "提交")
    return only(feishu.inbox("老张"))


def a_morning_later(feishu, **span):
    feishu.run(renewal.send_again, feishu.pass_time(**span))
    return feishu.inbox("老张")


def test_a_card_of_thirteen_days_comes_again_and_can_be_pressed(feishu, asked):
    before = len(a_morning_later(feishu, days=12))

    *_, again = a_morning_later(feishu, days=1)

    assert 1 == before
    assert again.ref != asked.ref
    assert "客户报备【已同意】" in feishu.click("老张", again, "同意").card


def test_it_comes_once_and_again_only_when_the_new_one_is_old(feishu, asked):
    counts = [len(a_morning_later(feishu, days=days)) for days in (13, 1, 11, 1)]

    assert [2, 2, 2, 3] == counts


def test_what_is_decided_does_not_come_again(feishu, asked):
    feishu.click("老张", asked, "同意")
    before = len(feishu.inbox("老张"))

    assert before == len(a_morning_later(feishu, days=20))

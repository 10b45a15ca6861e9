"""
Many sellers report one company in the same instant, over real Bots on real databases: one of them holds it.
"""

import threading
from collections import Counter

from cards.actions import SubmitRegistration
from handlers import duplicates
from store.transaction import Transaction

SPELLINGS = (
    "杭州云途科技有限公司",
    "杭州云图科技有限公司",
    "云途科技",
    "杭州雲途科技",
    "杭州云途科技股份有限公司",
    "云途科技（杭州）有限公司",
    "杭州市云途科技",
    "杭州运途科技有限公司",
)
SAME_NAME = SPELLINGS[:1]
CONFLICT = "撞单：客户已有归属"


def drafts_of_all(crowd, spellings):
    for number, seller in enumerate(crowd.sellers):
        crowd.handle(crowd.message(seller, f"报备 {spellings[number % len(spellings)]} 张伟 13800001111"))
    drafts = crowd.drafts()
    return [crowd.click(seller, SubmitRegistration(drafts[seller])) for seller in crowd.sellers]


def holders(crowd):
    return crowd.rows("SELECT created_by FROM customer WHERE state IN ('pending', 'active')")


def test_sixteen_sellers_who_register_one_company_at_once_yield_one_holder(crowd):
    answers = crowd.at_once(drafts_of_all(crowd, SAME_NAME))

    assert Counter({"客户报备": 1, CONFLICT: 15}) == Counter(answer.card.title for answer in answers)
    assert 1 == len(holders(crowd))
    assert [("pending",)] == crowd.rows("SELECT state FROM registration")
    assert [("registration", "pending")] == crowd.rows("SELECT kind, state FROM approval")


def test_other_spellings_of_the_company_at_the_same_instant_do_not_slip_through(crowd):
    answers = crowd.at_once(drafts_of_all(crowd, SPELLINGS))

    submitted = [answer for answer in answers if answer.card.status == "待审批"]
    assert (1, 1) == (len(submitted), len(holders(crowd)))
    assert {CONFLICT, "可能重复，请确认"} >= {answer.card.title for answer in answers if answer not in submitted}


def test_everybody_who_lost_is_told_the_same_holder(crowd):
    answers = crowd.at_once(drafts_of_all(crowd, SAME_NAME))

    [(winner,)] = crowd.rows("SELECT member.name FROM registration JOIN member ON member.id = applicant_id")
    told = {answer.card.elements[0].content for answer in answers if answer.card.title == CONFLICT}
    assert {f"{winner} 已经报备了这家客户，正在等待审批，所以这次报备没有提交。"} == told


def test_the_rig_notices_a_check_that_is_not_serialised_with_its_insert(crowd_on_postgresql, monkeypatch):
    """
    What the other tests are worth: without the lock two spellings both find nothing and both become holders.
    """
    crowd = crowd_on_postgresql
    clicks = drafts_of_all(crowd, SPELLINGS)[:2]
    both_looked, check = threading.Barrier(2), duplicates.check

    def check_and_wait(ctx, party):
        found = check(ctx, party)
        both_looked.wait()
        return found

    monkeypatch.setattr(Transaction, "serialise_registrations", lambda tx: None)
    monkeypatch.setattr(duplicates, "check", check_and_wait)
    crowd.at_once(clicks)

    assert 2 == len(holders(crowd))

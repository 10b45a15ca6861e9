"""
Decisions at the same instant: the first one counts, the others are told, and nobody gets more than their cap allows.
"""

from collections import Counter
from dataclasses import replace

from crowd import SYSTEM
from sqlalchemy import select

from cards.actions import Approve, Reject, SubmitRegistration
from store import approvals
from store.models import Approver

COMPANIES = ("宁波海曙灯具厂", "无锡滨湖泵业公司", "合肥包河印刷公司")


def submitted(crowd, seller="seller1", company=COMPANIES[0], phone="13800001111"):
    crowd.handle(crowd.message(seller, f"报备 {company} 张伟 {phone}"))
    crowd.handle(crowd.click(seller, SubmitRegistration(crowd.drafts()[seller])))
    return crowd.rows("SELECT max(id) FROM approval")[0][0]


def let_in(crowd, approval, user):
    """
    A second approver, as escalation adds one.
    """
    with crowd.database.write() as tx:
        first = tx.session.scalars(select(Approver).where(Approver.approval_id == approval)).one()
        extra = Approver(
            approval_id=approval, step=1, member_id=crowd.ids[user], because="escalated", since=first.since
        )
        tx.session.add(extra)


def decisions(crowd, approval):
    return crowd.rows("SELECT decision FROM approval_decision WHERE approval_id = :id", id=approval)


def test_two_approvers_at_once_make_one_decision_and_the_loser_is_told_whose(crowd):
    approval = submitted(crowd)
    let_in(crowd, approval, "zhouzong")

    agree, refuse = crowd.at_once(
        [
            crowd.click("laozhang", Approve(approval)),
            crowd.click("zhouzong", Reject(approval), reason="该客户由总部直接跟进"),
        ]
    )

    [(made,)] = decisions(crowd, approval)
    loser, winner = (refuse, "老张") if made == "approve" else (agree, "周总")
    word = "同意" if made == "approve" else "驳回"
    assert winner in loser.toast.text
    assert word in loser.toast.text
    ended = {"approve": ("active", "approved"), "reject": ("rejected", "rejected")}[made]
    assert [ended] == crowd.rows(
        "SELECT customer.state, registration.state FROM registration JOIN customer ON customer.id = customer_id"
    )


def test_one_approver_clicking_four_times_at_once_decides_once(crowd):
    approval = submitted(crowd)

    crowd.at_once([crowd.click("laozhang", Approve(approval)) for _ in range(4)])

    assert [("approve",)] == decisions(crowd, approval)
    assert [(1,)] == crowd.rows("SELECT count(*) FROM ownership_entry WHERE reason = 'registered'")


def test_one_event_delivered_four_times_at_once_has_one_effect_and_one_answer(crowd):
    click = crowd.click("laozhang", Approve(submitted(crowd)))

    answers = crowd.at_once([click] * 4)

    assert 1 == len({answer.to_json() for answer in answers})
    assert [("approve",)] == crowd.rows("SELECT decision FROM approval_decision")
    assert [(1,)] == crowd.rows("SELECT count(*) FROM inbox WHERE event_key = :key", key=click.key)


def test_approvals_at_once_do_not_give_a_seller_more_customers_than_the_cap(crowd):
    requests = [
        submitted(crowd, company=company, phone=f"1380000{number}222") for number, company in enumerate(COMPANIES)
    ]
    crowd.change_policy(lambda policy: replace(policy, holding=replace(policy.holding, sales=1)))
    for request in requests:
        let_in(crowd, request, "zhouzong")

    answers = crowd.at_once(
        [
            crowd.click(user, Approve(request))
            for user, request in zip(["laozhang", "zhouzong"], requests[:2], strict=True)
        ]
    )

    refused = "销售1 名下客户已达上限（1 家），请选择其他去向。"
    assert Counter({None: 1, refused: 1}) == Counter(answer.toast and answer.toast.text for answer in answers)
    assert [(1,)] == crowd.rows("SELECT count(*) FROM customer WHERE owner_id = :id", id=crowd.ids["seller1"])


def test_a_clock_that_read_the_approval_before_its_decision_writes_nothing(crowd):
    approval = submitted(crowd)
    with crowd.database.read() as tx:
        stale = approvals.pending_for(tx, "registration", 1)
    crowd.handle(crowd.click("laozhang", Approve(approval)))

    with crowd.database.write() as tx:
        saved = approvals.save(tx, SYSTEM, stale, stale.value, timer=None, now=crowd.clock.now())

    assert not saved
    assert [("approve",)] == decisions(crowd, approval)

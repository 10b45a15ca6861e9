"""
A member is let go while they, their approver and other processes act: nothing is left with somebody who has gone.
"""

from datetime import timedelta

from crowd import SYSTEM, together
from test_approval_race import submitted
from test_pool_race import assert_ledger_is_a_chain_to_the_present, owner_of, pooled

from cards.actions import Approve, Claim
from domain.errors import UserError
from handlers.handover import assign
from handlers.leaver import HadLeft, Left, leave


def let_go(process, crowd, user, number=0):
    with process.units.write(SYSTEM, cause=f"leave:{user}:{number}") as ctx:
        return leave(ctx, crowd.ids[user])


def test_of_several_that_let_somebody_go_at_once_one_does(crowd):
    customer = crowd.customer("嘉善魏塘木业厂", owner="seller1", protected_for=timedelta(days=20))

    outcomes = together(
        [
            lambda process=process, number=number: let_go(process, crowd, "seller1", number)
            for number, process in enumerate(crowd.processes)
        ]
    )

    assert [Left] == [type(one) for one in outcomes if one != HadLeft()]
    assert (None, "handover") == owner_of(crowd, customer)
    assert_ledger_is_a_chain_to_the_present(crowd, customer)
    assert [(1,)] == crowd.rows(
        "SELECT count(*) FROM outbox WHERE subject = 'handover:' || :id", id=crowd.ids["seller1"]
    )


def test_a_claim_beside_the_leaving_leaves_the_customer_with_nobody_who_is_gone(crowd):
    customers = [pooled(crowd, number) for number in range(3)]
    first, second, third, fourth = crowd.processes

    together(
        [
            lambda: first.bot.handle(crowd.click("seller1", Claim(customers[0]))),
            lambda: let_go(second, crowd, "seller1"),
            lambda: third.bot.handle(crowd.click("seller1", Claim(customers[1]))),
            lambda: fourth.bot.handle(crowd.click("seller1", Claim(customers[2]))),
        ]
    )

    assert [] == crowd.rows("SELECT id FROM customer WHERE owner_id = :id", id=crowd.ids["seller1"])
    for customer in customers:
        assert_ledger_is_a_chain_to_the_present(crowd, customer)


def test_an_approval_beside_the_leaving_leaves_the_customer_with_nobody_who_is_gone(crowd):
    approval = submitted(crowd)

    together(
        [
            lambda: crowd.processes[0].bot.handle(crowd.click("laozhang", Approve(approval))),
            lambda: let_go(crowd.processes[1], crowd, "seller1"),
        ]
    )

    assert [] == crowd.rows("SELECT id FROM customer WHERE owner_id = :id", id=crowd.ids["seller1"])
    assert [] == crowd.rows("SELECT id FROM approval WHERE state = 'pending'")


def test_customers_are_not_given_to_an_heir_who_is_leaving(crowd):
    customer = crowd.customer("海盐武原标准件厂", owner="seller1", protected_for=timedelta(days=20))
    let_go(crowd.processes[0], crowd, "seller1")

    def give():
        with crowd.processes[1].units.write(SYSTEM, cause="assign") as ctx:
            return assign(ctx, crowd.ids["seller1"], crowd.ids["seller2"])

    together([_unless_refused(give), lambda: let_go(crowd.processes[2], crowd, "seller2")])

    assert (None, "handover") == owner_of(crowd, customer)
    assert_ledger_is_a_chain_to_the_present(crowd, customer)


def _unless_refused(call):
    def run():
        try:
            return call()
        except UserError as refusal:
            return refusal.code

    return run

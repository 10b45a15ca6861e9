"""
Claims, returns and the clocks at the same instant: a customer always has exactly one owner or lies in one pool.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from crowd import together

from cards.actions import Claim, ReturnCustomer
from domain.access import Actor
from handlers import protection


def pooled(crowd, number=1):
    since = crowd.clock.now() - timedelta(days=9)
    return crowd.customer(f"嘉兴南湖包装{number}厂", pool="regional", pooled_at=since, created_at=since)


def owner_of(crowd, customer):
    return crowd.rows("SELECT owner_id, pool FROM customer WHERE id = :id", id=customer)[0]


def ledger_of(crowd, customer):
    statement = "SELECT seq, from_owner_id, from_pool, to_owner_id, to_pool FROM ownership_entry WHERE customer_id = :id ORDER BY seq"
    return crowd.rows(statement, id=customer)


def assert_ledger_is_a_chain_to_the_present(crowd, customer):
    ledger = ledger_of(crowd, customer)
    assert list(range(1, len(ledger) + 1)) == [line[0] for line in ledger]
    assert [line[3:] for line in ledger[:-1]] == [line[1:3] for line in ledger[1:]]
    assert owner_of(crowd, customer) == ledger[-1][3:]


def test_of_sixteen_claims_at_once_one_wins_and_the_others_are_told(crowd):
    customer = pooled(crowd)

    answers = crowd.at_once([crowd.click(seller, Claim(customer)) for seller in crowd.sellers])

    won = [number for number, answer in enumerate(answers) if answer.toast.level == "success"]
    assert 1 == len(won)
    assert (crowd.ids[crowd.sellers[won[0]]], None) == owner_of(crowd, customer)
    assert {"这个客户不在公海，或者你不能领取。发送“公海”可以看到现在能领取的客户。"} == {
        answer.toast.text for answer in answers if answer.toast.level != "success"
    }
    assert_ledger_is_a_chain_to_the_present(crowd, customer)


def test_one_seller_with_one_place_left_today_cannot_claim_four_customers_at_once(crowd):
    def one_a_day(policy):
        regional = replace(policy.pools.regional, daily_claims=1)
        return replace(policy, pools=replace(policy.pools, regional=regional))

    crowd.change_policy(one_a_day)
    customers = [pooled(crowd, number) for number in range(4)]

    answers = crowd.at_once([crowd.click("seller1", Claim(customer)) for customer in customers])

    assert Counter(success=1, warning=3) == Counter(answer.toast.level for answer in answers)
    assert [(1,)] == crowd.rows("SELECT count(*) FROM customer WHERE owner_id = :id", id=crowd.ids["seller1"])


def test_a_claim_beside_the_clock_that_releases_leaves_one_place(crowd):
    def claimable_at_once(policy):
        regional = replace(policy.pools.regional, hold_days=0)
        return replace(policy, pools=replace(policy.pools, regional=regional))

    crowd.change_policy(claimable_at_once)
    customer = crowd.customer("湖州织里童装厂", owner="seller1", protected_for=timedelta(days=1))
    crowd.clock.set(crowd.clock.now() + timedelta(days=1, seconds=1))

    def sweep(process, number):
        with process.units.write(Actor.system("job"), cause=f"job:{number}") as ctx:
            return protection.run_clocks(ctx, ctx.now)

    def claim(process, seller):
        return process.bot.handle(crowd.click(seller, Claim(customer)))

    first, second, third, fourth = crowd.processes
    together(
        [
            lambda: sweep(first, 1),
            lambda: sweep(second, 2),
            lambda: claim(third, "seller2"),
            lambda: claim(fourth, "seller3"),
        ]
    )

    assert [(1,)] == crowd.rows("SELECT count(*) FROM ownership_entry WHERE to_pool = 'regional'")
    assert_ledger_is_a_chain_to_the_present(crowd, customer)


def test_a_customer_given_back_twice_at_once_moves_once(crowd):
    customer = crowd.customer("金华永康五金厂", owner="seller1", protected_for=timedelta(days=20))
    give_back = ReturnCustomer(customer, "no_need")

    crowd.at_once([crowd.click(user, give_back) for user in ("seller1", "seller1", "laozhang", "zhouzong")])

    assert (None, "regional") == owner_of(crowd, customer)
    assert 2 == len(ledger_of(crowd, customer))
    assert_ledger_is_a_chain_to_the_present(crowd, customer)

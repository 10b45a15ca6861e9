import pytest
from conversation import only
from small_company import MONDAY

from domain.access import Actor
from domain.errors import UserError
from domain.login import SessionLimits
from domain.policy import PoolKey
from handlers.leaver import HadLeft, Left, leave
from store import (
    approvals,
    audit,
    customers,
    local_accounts,
    members,
    outbox,
    ownership,
    sessions,
    tokens,
)
from store.doctor import examine, snapshot

SYSTEM = Actor.system("test")
ASKED = "报备 杭州云途科技有限公司 张伟 13800001111 预算50万 展会"


def let_leave(company, conversation, name, actor=SYSTEM):
    with conversation.units.write(actor, cause=f"leave:{name}") as ctx:
        return leave(ctx, company.ids[name])


def register(conversation, person):
    card = only(conversation.say(person, ASKED))
    conversation.click(person, card, "提交")


def findings(conversation):
    with conversation.database.write() as tx:
        audit.seal(tx)
    with snapshot(conversation.database) as tx:
        return [(finding.code, finding.keys) for finding in examine(tx, conversation.clock.now(), full=True)]


def test_a_leavers_customers_go_to_the_handover_pool_with_a_line_in_the_ledger(anywhere):
    company, conversation = anywhere
    customer_id = company.owned("苏州锐铠精密机械有限公司", "小李")

    left = let_leave(company, conversation, "小李")

    with conversation.database.read() as tx:
        record = customers.get(tx, SYSTEM, customer_id)
        last = ownership.history(tx, customer_id)[-1]
    assert Left(customers=1, requests=0, approvals=0, tasks=0, joins=0, messages=0) == left
    assert (None, PoolKey.HANDOVER, company.ids["小李"]) == (
        record.facts.owner_id,
        record.facts.pool,
        record.facts.former_owner_id,
    )
    assert (company.ids["小李"], "handover", "owner_left") == (last.from_owner_id, last.to_pool, last.reason)
    assert [] == findings(conversation)


def test_nobody_can_claim_out_of_the_handover_pool(anywhere):
    company, conversation = anywhere
    customer_id = company.owned("苏州锐铠精密机械有限公司", "小李")
    let_leave(company, conversation, "小李")

    conversation.say("小王", "领取 锐铠")

    with conversation.database.read() as tx:
        assert customers.get(tx, SYSTEM, customer_id).facts.owner_id is None


def test_what_a_leaver_asked_for_is_withdrawn_and_frees_the_name(anywhere):
    company, conversation = anywhere
    register(conversation, "小李")
    card = conversation.inbox("周总")[-1]

    left = let_leave(company, conversation, "小李")
    conversation.pass_time(minutes=1)
    conversation.delivery.drain()
    register(conversation, "小王")

    assert 1 == left.requests
    assert "已撤回" in card.text
    assert "小王" in conversation.inbox("周总")[-1].text
    assert [] == findings(conversation)


def test_what_a_leaver_had_to_decide_moves_to_the_next_superior(anywhere):
    company, conversation = anywhere
    register(conversation, "小李")

    left = let_leave(company, conversation, "周总")
    conversation.delivery.drain()

    with conversation.database.read() as tx:
        waiting = {name: len(approvals.waiting_for(tx, company.ids[name])) for name in ("周总", "老张", "钱总")}
    assert 1 == left.approvals
    assert (0, 1) == (waiting["周总"], waiting["老张"] + waiting["钱总"])
    assert [] == findings(conversation)


def test_reports_of_a_leaver_report_to_the_leavers_manager(anywhere):
    company, conversation = anywhere

    let_leave(company, conversation, "老张")

    with conversation.database.read() as tx:
        assert company.ids["周总"] == members.get_member(tx, company.ids["小李"]).manager_id


def test_tokens_and_waiting_messages_end(anywhere):
    company, conversation = anywhere
    with conversation.units.write(SYSTEM, cause="before") as ctx:
        token = tokens.create(ctx.tx, SYSTEM, company.ids["小李"], ["api"], MONDAY)
        address = ctx.post.address_of(company.ids["小李"])
        ctx.post.to_address(address, text="早上好", member_id=company.ids["小李"])

    left = let_leave(company, conversation, "小李")
    conversation.delivery.drain()

    with conversation.database.read() as tx:
        assert tokens.check(tx, token, MONDAY) is None
        assert ["早上好"] == [row.text for row in outbox.listing(tx, states=["cancelled"])]
    assert (1, []) == (left.messages, conversation.inbox("小李"))


def test_sessions_and_the_way_to_a_password_end(anywhere):
    company, conversation = anywhere
    leaver = company.ids["小李"]
    with conversation.units.write(SYSTEM, cause="sign in") as ctx:
        cookie = sessions.begin(ctx.tx, SYSTEM, leaver, sessions.Proof("demo"), MONDAY, SessionLimits())
        link = local_accounts.invite(ctx.tx, SYSTEM, leaver, "xiaoli", MONDAY)

    let_leave(company, conversation, "小李")

    with conversation.database.read() as tx:
        assert sessions.find(tx, cookie, MONDAY, SessionLimits()) is None
        assert local_accounts.invitation(tx, link, MONDAY) is None
    assert [] == findings(conversation)


def test_leaving_twice_changes_nothing(anywhere):
    company, conversation = anywhere
    let_leave(company, conversation, "小李")

    assert HadLeft() == let_leave(company, conversation, "小李")


def test_only_an_administrator_lets_somebody_leave(anywhere):
    company, conversation = anywhere
    with conversation.database.read() as tx:
        boss, admin = (members.actor_by_id(tx, company.ids[name], "console") for name in ("老张", "陈姐"))

    with pytest.raises(UserError, match="not_entitled"):
        let_leave(company, conversation, "小李", boss)
    assert isinstance(let_leave(company, conversation, "小李", admin), Left)

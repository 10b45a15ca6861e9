from datetime import timedelta

import pytest
from conversation import Conversation, only
from small_company import MONDAY
from sqlalchemy import select, update

from domain.access import Actor
from domain.handover import Heir
from handlers.leaver import Left, leave
from store import audit, collaboration, customers, members, ownership, tasks
from store.doctor import examine, snapshot
from store.models import Collaborator, JoinRequest, Member, Task

SYSTEM = Actor.system("test of handing over")
PRECISION = "苏州锐铠精密机械有限公司"
CLOUD = "杭州云途科技有限公司"


def let_leave(company, conversation, name):
    with conversation.units.write(SYSTEM, cause=f"leave:{name}") as ctx:
        left = leave(ctx, company.ids[name])
    conversation.delivery.drain()
    return left


def facts(conversation, customer_id):
    with conversation.database.read() as tx:
        return customers.get(tx, SYSTEM, customer_id).facts


def findings(conversation):
    with conversation.database.write() as tx:
        audit.seal(tx)
    with snapshot(conversation.database) as tx:
        return [(finding.code, finding.keys) for finding in examine(tx, conversation.clock.now(), full=True)]


def task(conversation, company, name, customer_id, title="回电话"):
    with conversation.database.write() as tx:
        due_at = MONDAY + timedelta(days=1)
        return tasks.add(
            tx, SYSTEM, company.ids[name], kind="call", title=title, customer_id=customer_id, due_at=due_at, now=MONDAY
        )


def open_tasks(conversation, company, name):
    with conversation.database.read() as tx:
        return [one.title for one in tasks.open_tasks(tx, SYSTEM, company.ids[name])]


def test_the_card_names_what_is_there_and_the_team_mate_with_the_fewest_customers(anywhere):
    company, conversation = anywhere
    company.owned(PRECISION, "小李", stage="proposal")

    let_leave(company, conversation, "小李")

    card = only(conversation.inbox("老张"))
    assert "小李 已离职，名下 1 家客户在交接池" in card.text
    assert f"{PRECISION}：方案报价" in card.text
    assert "小王（现有 0 家）" in card.text
    assert ["分配给小王"] == [button.label for button in card.card.buttons]


def test_one_tap_gives_everything_to_the_heir_with_stage_and_tasks(anywhere):
    company, conversation = anywhere
    customer_id = company.owned(PRECISION, "小李", stage="proposal")
    task(conversation, company, "小李", customer_id)
    let_leave(company, conversation, "小李")

    clicked = conversation.click("老张", only(conversation.inbox("老张")), "分配给小王")

    now = facts(conversation, customer_id)
    assert (company.ids["小王"], None, "proposal") == (now.owner_id, now.pool, str(now.stage))
    assert "离职交接【已分配】" in clicked.card
    assert "小李 离职后的 1 家客户现在由你负责" in conversation.inbox("小王")[-1].text
    assert ["回电话"] == open_tasks(conversation, company, "小王")
    with conversation.database.read() as tx:
        last = ownership.history(tx, customer_id)[-1]
    assert ("handover", company.ids["小王"], "assigned") == (last.from_pool, last.to_owner_id, last.reason)
    assert [] == findings(conversation)


def test_only_as_many_as_the_heir_has_room_for_are_given_and_the_card_stays(anywhere, monkeypatch):
    company, conversation = anywhere
    monkeypatch.setattr("handlers.handover.heir_of", lambda member, holding, policy: _one_place(member, holding))
    for number in range(3):
        company.owned(f"{number}号精密机械有限公司", "小李", phone=f"1380000111{number}")
    let_leave(company, conversation, "小李")

    clicked = conversation.click("老张", only(conversation.inbox("老张")), "分配给小王")

    assert "已把 1 家分配给 小王" in clicked.card
    assert "离职交接【2 家待分配】" in clicked.card


def _one_place(member, holding):
    return Heir(member_id=member.id, name=member.name, holding=holding, room=1)


def test_by_text_the_customers_go_to_anybody_who_sells(anywhere):
    company, conversation = anywhere
    customer_id = company.owned(PRECISION, "小李")
    let_leave(company, conversation, "小李")

    listed = only(conversation.say("周总", "交接"))
    said = only(conversation.say("周总", "交接 小李 给 小赵"))

    assert "小李" in listed.text
    assert "分配给 小赵：1 家" in said.text
    assert company.ids["小赵"] == facts(conversation, customer_id).owner_id


def test_the_command_alone_brings_the_card_again(anywhere):
    company, conversation = anywhere
    company.owned(PRECISION, "小李")
    let_leave(company, conversation, "小李")

    card = only(conversation.say("老张", "交接 小李"))

    assert "分配给小王" in card.text


@pytest.mark.parametrize(
    ("asks", "said", "told"),
    [
        ("小王", "交接 小李 小王", "没有留在交接池里的客户"),
        ("老张", "交接 小李 钱总", "不是销售"),
        ("老张", "交接 小李 没这人", "没有找到同事"),
        ("老张", "交接 小周 小王", "没有留在交接池里的客户"),
        ("老张", "交接 小李 小王 小赵", "请写明谁的客户交给谁"),
    ],
)
def test_whoever_may_not_or_says_it_wrongly_is_told_so(company, feishu, asks, said, told):
    customer_id = company.owned(PRECISION, "小李")
    let_leave(company, feishu, "小李")

    assert told in only(feishu.say(asks, said)).text
    assert facts(feishu, customer_id).owner_id is None


def test_the_button_asks_for_rights_again(company, feishu):
    company.owned(PRECISION, "小李")
    let_leave(company, feishu, "小李")
    card = only(feishu.inbox("老张"))
    with feishu.database.write() as tx:
        everybody = update(Member).where(Member.name == "老张").values(roles=[], leads_department_id=None)
        tx.session.execute(everybody)
        tx.session.execute(update(Member).where(Member.name == "小李").values(manager_id=None))
        members.note_change(tx)

    assert "只有原负责人的主管" in feishu.click("老张", card, "分配给小王").toast


def test_a_second_tap_finds_nothing_left(company, feishu):
    company.owned(PRECISION, "小李")
    let_leave(company, feishu, "小李")
    card = only(feishu.inbox("老张"))
    before = card.card
    feishu.click("老张", card, "分配给小王")
    card.card = before

    assert "没有留在交接池里的客户" in feishu.click("老张", card, "分配给小王").toast


def test_without_a_superior_the_administrators_get_the_card(company, feishu):
    company.owned(PRECISION, "小李")
    with feishu.database.write() as tx:
        tx.session.execute(update(Member).where(Member.name == "小李").values(manager_id=None))
        members.note_change(tx)

    let_leave(company, feishu, "小李")

    assert "离职交接" in only(feishu.inbox("陈姐")).text


def test_a_leaver_without_customers_makes_no_card(company, feishu):
    let_leave(company, feishu, "小李")

    assert [] == feishu.platform.messages


def test_work_on_others_customers_goes_to_their_owner_and_the_rest_to_the_manager(anywhere):
    company, conversation = anywhere
    customer_id = company.owned(CLOUD, "小王")
    task(conversation, company, "小李", customer_id, "发资料")
    task(conversation, company, "小李", None, "交周报")

    left = let_leave(company, conversation, "小李")

    assert 2 == left.tasks
    assert (["发资料"], ["交周报"]) == (
        open_tasks(conversation, company, "小王"),
        open_tasks(conversation, company, "老张"),
    )
    assert [] == findings(conversation)


def test_what_nobody_is_left_to_do_is_closed(company, feishu):
    task(feishu, company, "钱总", None, "看报表")

    let_leave(company, feishu, "钱总")

    with feishu.database.read() as tx:
        assert ["cancelled"] == list(tx.session.scalars(select(Task.state), execution_options={"actor": SYSTEM}))


def test_requests_to_join_end_on_both_sides(anywhere):
    company, conversation = anywhere
    company.owned(CLOUD, "小李")
    company.owned(PRECISION, "小王", phone="13800002222", contact="李强")
    conversation.say("小王", "申请协作 云途科技")
    conversation.say("小李", "申请协作 锐铠")
    asked = conversation.inbox("小王")[-1]

    left = let_leave(company, conversation, "小李")
    conversation.pass_time(seconds=2)
    conversation.delivery.drain()

    with conversation.database.read() as tx:
        states = list(tx.session.scalars(select(JoinRequest.state)))
    assert (2, ["declined", "declined"]) == (left.joins, states)
    assert "申请人已离职" in asked.text
    assert "负责人 小李 已离职" in conversation.inbox("小王")[-1].text
    assert [] == findings(conversation)


def test_a_leaver_helps_nobody_any_more(company, feishu):
    company.owned(CLOUD, "小王")
    feishu.say("小李", "申请协作 云途科技")
    feishu.click("小王", only(feishu.inbox("小王")), "同意协作")

    let_leave(company, feishu, "小李")

    with feishu.database.read() as tx:
        assert [] == list(tx.session.scalars(select(Collaborator)))
        assert [] == collaboration.pending_with(tx, company.ids["小李"])


def test_a_decision_nobody_above_can_take_goes_to_an_administrator(anywhere):
    company, conversation = anywhere
    with conversation.database.write() as tx:
        tx.session.execute(update(Member).where(Member.name == "小李").values(manager_id=company.ids["周总"]))
        tx.session.execute(update(Member).where(Member.name == "周总").values(manager_id=None))
        members.note_change(tx)
    card = only(conversation.say("小李", "报备 杭州云途科技有限公司 张伟 13800001111 预算50万 展会"))
    conversation.click("小李", card, "提交")

    left = let_leave(company, conversation, "周总")

    assert 1 == left.approvals
    assert "云途" in conversation.inbox("陈姐")[-1].text
    assert [] == findings(conversation)


def test_a_leaver_has_no_roles_and_leads_nothing(company, feishu):
    let_leave(company, feishu, "老张")

    with feishu.database.read() as tx:
        record = members.get_record(tx, company.ids["老张"])
    assert (frozenset(), None) == (record.facts.roles, record.leads_department_id)


def test_customers_of_a_leaver_are_counted_in_what_left(company, feishu):
    company.owned(PRECISION, "小李")

    assert Left(customers=1, requests=0, approvals=0, tasks=0, joins=0, messages=0) == let_leave(
        company, feishu, "小李"
    )


def test_where_cards_have_few_buttons_the_command_stands_beside_them(company):
    conversation = Conversation(company.database, platform="wecom", now=MONDAY)
    company.owned(PRECISION, "小李")

    let_leave(company, conversation, "小李")

    assert "「交接 小李 同事姓名」" in only(conversation.inbox("老张")).text
    conversation.close()

from dataclasses import replace

import pytest
from company_directory import BROKEN, FORBIDDEN, CompanyDirectory
from conversation import Conversation, only
from small_company import MONDAY
from sqlalchemy import func, select, text

from bot.directory import DirectoryReader
from domain.access import Actor
from domain.directory import Department
from handlers import people
from handlers.departures import carry_out
from store import alarms, audit, customers, directory, members
from store import scope as row_rights
from store.doctor import examine, snapshot
from store.models import AuditEntry, Identity, Member
from store.models import Department as DepartmentRow

SYSTEM = Actor.system("test of people")


@pytest.fixture
def here(anywhere):
    company, conversation = anywhere
    return company, conversation, CompanyDirectory(conversation)


def members_of(conversation):
    with conversation.database.read() as tx:
        return {member.name: member for member in members.everybody(tx)}


def active(conversation):
    return {name for name, member in members_of(conversation).items() if member.is_active}


def count(conversation, mapped):
    with conversation.database.read() as tx:
        return tx.session.scalar(select(func.count()).select_from(mapped))


def findings(conversation):
    with conversation.database.write() as tx:
        audit.seal(tx)
    with snapshot(conversation.database) as tx:
        return [(finding.code, finding.keys) for finding in examine(tx, conversation.clock.now(), full=True)]


def alarm_sources(conversation):
    with conversation.database.read() as tx:
        return [alarm.source for alarm in alarms.open_alarms(tx)]


def test_a_directory_that_shows_what_we_know_changes_nothing(here):
    _, conversation, shown = here
    before = members_of(conversation), count(conversation, AuditEntry), count(conversation, DepartmentRow)

    shown.read_twice()

    assert before == (members_of(conversation), count(conversation, AuditEntry), count(conversation, DepartmentRow))
    assert [] == conversation.platform.messages


def test_somebody_new_becomes_a_seller_under_the_manager_shown(here):
    company, conversation, shown = here
    shown.shown["小新"] = shown.person("小新")

    shown.read()

    new = members_of(conversation)["小新"]
    assert (frozenset({"sales"}), company.departments["east"], company.ids["老张"]) == (
        new.roles,
        new.department_id,
        new.manager_id,
    )
    assert conversation.say("小新", "我的客户")
    assert [] == findings(conversation)


def test_somebody_new_has_no_rights_where_the_operator_wants_it_so(anywhere):
    _, conversation = anywhere
    shown = CompanyDirectory(conversation, newcomer_role="")
    shown.shown["小新"] = shown.person("小新")

    shown.read()

    assert frozenset() == members_of(conversation)["小新"].roles


def test_who_leads_a_department_becomes_its_manager(here):
    company, conversation, shown = here
    shown.departments_shown["south"] = replace(shown.departments_shown["south"], leader_id=shown.id_of("小赵"))

    shown.read()

    with conversation.database.read() as tx:
        actor = members.actor_by_id(tx, company.ids["小赵"], "test")
    assert frozenset({company.departments["south"]}) == actor.leads
    assert {"sales", "manager"} == set(actor.roles)


def test_who_no_longer_leads_a_department_sees_it_no_longer(here):
    company, conversation, shown = here
    shown.departments_shown["east"] = replace(shown.departments_shown["east"], leader_id=shown.id_of("小王"))

    shown.read()

    with conversation.database.read() as tx:
        before, now = (members.actor_by_id(tx, company.ids[name], "test").leads for name in ("老张", "小王"))
    assert (frozenset(), frozenset({company.departments["east"]})) == (before, now)


def test_names_titles_departments_and_managers_follow_and_customers_move_along(here):
    company, conversation, shown = here
    customer_id = company.owned("苏州锐铠精密机械有限公司", "小李")
    shown.change(
        "小李", name="小李子", job_title="高级销售", department_ids=("d-south",), manager_id=shown.id_of("周总")
    )

    shown.read()

    moved = members_of(conversation)["小李子"]
    with conversation.database.read() as tx:
        record = customers.get(tx, SYSTEM, customer_id)
    assert ("高级销售", company.departments["south"], company.ids["周总"]) == (
        moved.title,
        moved.department_id,
        moved.manager_id,
    )
    assert company.departments["south"] == record.facts.department_id


def test_what_the_app_may_not_see_stays_as_it_was(here):
    _, conversation, shown = here
    before = members_of(conversation)
    shown.departments_shown.clear()
    for name in shown.shown:
        shown.change(name, name=None, job_title=None, department_ids=(), manager_id=None)

    shown.read()

    assert before == members_of(conversation)


def test_departments_are_renamed_moved_and_made(here):
    company, conversation, shown = here
    shown.read()
    shown.departments_shown["east"] = replace(shown.departments_shown["east"], name="华东大区")
    shown.departments_shown["new"] = Department("d-new", "苏州办", "d-east", None)
    shown.departments_shown["south"] = replace(shown.departments_shown["south"], parent_id="d-new")

    shown.read()

    with conversation.database.read() as tx:
        names = members.department_names(tx)
        below_east = members.departments_below(tx, company.departments["east"])
    new = next(number for number, name in names.items() if name == "苏州办")
    assert "华东大区" == names[company.departments["east"]]
    assert {company.departments["east"], new, company.departments["south"]} == below_east


def test_a_platform_that_does_not_show_the_company_itself_does_not_tear_the_tree(here):
    company, conversation, shown = here
    del shown.departments_shown["company"]
    shown.read_twice()

    with conversation.database.read() as tx:
        below = members.departments_below(tx, company.departments["company"])
    assert set(company.departments.values()) == below


def test_who_is_missing_twice_leaves_and_the_superior_gets_the_card(here):
    company, conversation, shown = here
    company.owned("苏州锐铠精密机械有限公司", "小李")
    shown.read()
    del shown.shown["小李"]

    shown.read()
    assert "小李" in active(conversation)
    shown.wait(minutes=6)

    assert "小李" not in active(conversation)
    assert "离职交接" in conversation.inbox("老张")[-1].text
    assert [] == findings(conversation)


def test_word_of_a_leaver_is_enough_within_half_a_minute(here):
    _, conversation, shown = here
    shown.read()
    del shown.shown["小李"]

    shown.tell("小李", "left")
    shown.wait(seconds=15)

    assert "小李" not in active(conversation)


def test_word_sent_twice_is_heard_once(here):
    _, _, shown = here
    shown.read()
    read_before = shown.people_read
    shown.tell("小李", "updated")
    shown.tell("小李", "updated")
    shown.tell("小王", "updated")

    shown.wait(minutes=2)
    shown.wait(minutes=2)

    assert 1 == shown.people_read - read_before


def test_a_flood_of_changes_reads_the_directory_once_a_minute(here):
    _, _, shown = here
    shown.read()
    read_before = shown.people_read
    for _ in range(12):
        shown.tell("小李", "updated")
        shown.wait(seconds=10)

    assert 2 == shown.people_read - read_before


def test_who_is_shown_to_one_account_of_the_company_is_not_missing_for_another(here):
    company, conversation, shown = here
    other = CompanyDirectory(conversation, account="second")
    shown.read()
    other.read()
    del shown.shown["小李"]

    shown.read_twice()

    assert "小李" in active(conversation)
    with conversation.database.read() as tx:
        assert {"feishu", "wecom"} == {one.platform for one in members.addresses(tx, company.ids["小李"])}


def test_who_is_back_before_the_second_look_never_left(here):
    _, conversation, shown = here
    shown.read()
    kept = shown.shown.pop("小李")
    shown.read()
    shown.shown["小李"] = kept

    shown.wait(minutes=6)
    del shown.shown["小李"]
    shown.read()

    assert "小李" in active(conversation)


def test_an_inactive_account_is_a_leaver(here):
    _, conversation, shown = here
    shown.read()
    shown.change("小李", is_active=False)

    shown.read()

    assert "小李" not in active(conversation)


@pytest.mark.parametrize("error", [BROKEN, FORBIDDEN])
def test_a_platform_that_fails_makes_no_leavers(here, error):
    _, conversation, shown = here
    shown.read()
    everybody = active(conversation)
    shown.fails = error

    shown.read_twice()
    shown.wait(hours=2)

    assert everybody == active(conversation)


def test_a_refusal_is_an_alarm_at_once_and_over_with_the_next_good_reading(here):
    _, conversation, shown = here
    shown.fails = FORBIDDEN
    shown.read()
    assert ["directory"] == alarm_sources(conversation)

    shown.fails = None
    shown.read()

    assert [] == alarm_sources(conversation)


def test_trouble_that_may_pass_is_tried_again_and_is_an_alarm_when_it_does_not(here):
    _, conversation, shown = here
    shown.fails = BROKEN
    shown.read()
    assert [] == alarm_sources(conversation)

    for minutes in (2, 6, 16, 61):
        shown.wait(minutes=minutes)

    assert ["directory"] == alarm_sources(conversation)


def test_an_empty_directory_means_nothing(here):
    _, conversation, shown = here
    shown.read()
    everybody = active(conversation)
    shown.shown.clear()

    shown.read_twice()
    shown.wait(minutes=20)

    assert everybody == active(conversation)


def test_a_smaller_scope_asks_and_makes_no_leavers(here):
    _, conversation, shown = here
    shown.read()
    everybody = active(conversation)
    del shown.shown["小赵"]
    del shown.departments_shown["south"]

    shown.read_twice()

    assert everybody == active(conversation)
    asked = conversation.inbox("陈姐")[-1]
    assert "请确认离职名单【1 位】" in asked.text
    assert "小赵 华南组：所在部门整个看不到了" in asked.text
    assert ["departures"] == alarm_sources(conversation)


def lose_four(shown):
    """
    Four of seven people are gone at once.
    """
    for name in ("小李", "小王", "小赵", "周总"):
        shown.change(name, is_active=False)
    shown.read()


def test_too_many_at_once_wait_for_an_administrator_who_confirms(here):
    company, conversation, shown = here
    company.owned("苏州锐铠精密机械有限公司", "小李")
    shown.read()

    lose_four(shown)
    assert {"小李", "小王", "小赵", "周总"} <= active(conversation)
    asked = conversation.inbox("陈姐")[-1]
    clicked = conversation.click("陈姐", asked, "确认离职")
    for _ in range(5):
        conversation.run(carry_out, conversation.clock.now())

    assert "陈姐 确认 4 位已离职" in clicked.card
    assert {"老张", "钱总", "陈姐"} == active(conversation)
    assert [] == alarm_sources(conversation)
    assert [] == findings(conversation)


def test_more_than_a_few_sure_leavers_are_let_go_one_by_one(here):
    _, conversation, shown = here
    crowd = [f"员工{number}" for number in range(80)]
    for name in crowd:
        shown.shown[name] = shown.person(name)
    shown.read()
    for name in crowd[:4]:
        shown.change(name, is_active=False)

    shown.read()
    before = len(active(conversation))
    batches = [conversation.run(carry_out, conversation.clock.now()) for _ in range(5)]

    assert 87 == before
    assert 83 == len(active(conversation))
    assert [1, 1, 1, 1, 0] == [batch.done for batch in batches]
    assert [] == findings(conversation)


def test_those_an_administrator_keeps_stay_and_are_not_asked_about_again(here):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)

    clicked = conversation.click("陈姐", conversation.inbox("陈姐")[-1], "都还在职")
    asked_before = len(conversation.inbox("陈姐"))
    conversation.pass_time(days=1)
    shown.read_twice()

    assert "都还在职" in clicked.card
    assert {"小李", "小王", "小赵", "周总"} <= active(conversation)
    assert asked_before == len(conversation.inbox("陈姐"))


def test_the_question_is_over_when_the_people_are_back(here):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)
    asked = conversation.inbox("陈姐")[-1]
    for name in ("小李", "小王", "小赵", "周总"):
        shown.change(name, is_active=True)

    shown.read()
    conversation.pass_time(seconds=2)
    conversation.delivery.drain()

    assert "已失效" in asked.text
    assert [] == alarm_sources(conversation)


def test_the_same_question_is_asked_once(here):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)
    conversation.pass_time(days=1)

    shown.read()

    assert 1 == len(conversation.inbox("陈姐"))


def test_only_administrators_decide_about_the_list(here):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)
    asked = conversation.inbox("陈姐")[-1]
    with conversation.database.write() as tx:
        tx.session.execute(text("UPDATE outbox SET member_id = NULL"))

    clicked = conversation.click("老张", asked, "确认离职")

    assert "只有系统管理员" in clicked.toast
    assert {"小李", "小王", "小赵", "周总"} <= active(conversation)


@pytest.mark.parametrize(("word", "told", "left"), [("确认离职", "4 位已离职", 3), ("都还在职", "4 位都还在职", 7)])
def test_the_list_is_answered_by_text_too(here, word, told, left):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)
    said = conversation.inbox("陈姐")[-1].button(word).command

    assert "只有系统管理员" in only(conversation.say("老张", said)).text
    assert "不能证明是你本人写的" in only(conversation.say("陈姐", said, is_signed=False)).text
    assert "没有编号 987 的离职名单" in only(conversation.say("陈姐", f"{word} 987")).text
    assert told in only(conversation.say("陈姐", said)).text
    for _ in range(5):
        conversation.run(carry_out, conversation.clock.now())
    assert left == len(active(conversation))


def test_a_second_click_on_the_list_changes_nothing(here):
    _, conversation, shown = here
    shown.read()
    lose_four(shown)
    asked = conversation.inbox("陈姐")[-1]
    before = asked.card
    conversation.click("陈姐", asked, "都还在职")
    asked.card = before

    assert "已经处理过" in conversation.click("陈姐", asked, "确认离职").toast
    assert {"小李", "小王", "小赵", "周总"} <= active(conversation)


def test_a_leaver_who_comes_back_is_the_same_member_without_their_old_roles(here):
    company, conversation, shown = here
    shown.read()
    shown.change("老张", is_active=False)
    shown.departments_shown["east"] = replace(shown.departments_shown["east"], leader_id=None)
    shown.read()
    shown.change("老张", is_active=True)

    shown.read()

    back = members_of(conversation)["老张"]
    assert (company.ids["老张"], True, frozenset({"sales"})) == (back.id, back.is_active, back.roles)
    assert [] == findings(conversation)


def test_an_id_given_to_somebody_else_is_a_new_member(here):
    company, conversation, shown = here
    shown.read()
    shown.change("小李", is_active=False)
    shown.read()
    shown.change("小李", name="李四", is_active=True)

    shown.read()

    assert "李四" in active(conversation)
    assert "小李" not in active(conversation)
    assert company.ids["小李"] != members_of(conversation)["李四"].id


def test_somebody_let_go_by_hand_is_not_brought_back_by_the_directory(here):
    company, conversation, shown = here
    shown.read()
    with conversation.units.write(SYSTEM, cause="by hand") as ctx:
        people.leaver.leave(ctx, company.ids["小李"])

    shown.read_twice()

    assert "小李" not in active(conversation)


def test_who_is_gone_on_one_platform_and_shown_on_another_stays(here):
    company, conversation, shown = here
    other = CompanyDirectory(conversation, platform="wecom")
    shown.read()
    other.read()
    shown.change("小李", is_active=False)

    shown.read()

    assert "小李" in active(conversation)
    with conversation.database.read() as tx:
        places = [one.platform for one in members.addresses(tx, company.ids["小李"])]
    assert ["wecom"] == places


def test_who_is_gone_on_both_platforms_leaves(here):
    _, conversation, shown = here
    other = CompanyDirectory(conversation, platform="wecom")
    for one in (shown, other):
        one.read()
    for one in (shown, other):
        one.change("小李", is_active=False)
        one.read()

    assert "小李" not in active(conversation)


def test_the_platform_somebody_was_known_on_first_decides(here):
    _, conversation, shown = here
    other = CompanyDirectory(conversation, platform="wecom")
    other.change("小李", job_title="别的头衔")
    shown.change("小李", job_title="高级销售")

    for one in (shown, other, shown, other):
        one.read()

    assert "高级销售" == members_of(conversation)["小李"].title


def test_two_readers_at_once_read_a_directory_once(here):
    _, conversation, shown = here
    now = conversation.clock.now()
    with conversation.database.write() as tx:
        directory.want(tx, shown.platform, shown.account, now)
    with conversation.database.write() as tx:
        first = directory.claim(tx, now)
    with conversation.database.write() as tx:
        second = directory.claim(tx, now)

    assert (shown.platform, None) == (first.platform, second)


def test_a_reading_that_died_is_taken_up_again(here):
    _, conversation, shown = here
    with conversation.database.write() as tx:
        directory.want(tx, shown.platform, shown.account, conversation.clock.now())
    with conversation.database.write() as tx:
        directory.claim(tx, conversation.clock.now())

    shown.wait(minutes=31)

    assert 1 == shown.people_read


def test_every_night_every_account_is_read(here):
    _, conversation, shown = here
    conversation.run(people.ask_for_readings, MONDAY)

    shown.wait(seconds=1)

    assert 1 == shown.people_read


def test_a_directory_for_an_empty_installation_makes_the_whole_company(sqlite_database):
    row_rights.install()
    conversation = Conversation(sqlite_database, now=MONDAY)
    shown = CompanyDirectory(conversation)

    shown.read()

    everybody = members_of(conversation)
    assert set(shown.shown) == set(everybody)
    assert {"老张", "周总", "钱总"} == {one.name for one in everybody.values() if "manager" in one.roles}
    assert everybody["老张"].id == everybody["小李"].manager_id
    with conversation.database.read() as tx:
        assert ["华东一组", "华南组", "聊单公司", "销售部"] == sorted(members.department_names(tx).values())
    assert [] == findings(conversation)
    conversation.close()


def test_the_company_has_one_person_for_each_id(here):
    company, conversation, shown = here
    shown.shown["小新"] = shown.person("小新")
    shown.read()
    shown.read()

    assert count(conversation, Member) == len(company.ids) + 1
    assert count(conversation, Identity) == 2 * len(company.ids) + 1


def test_a_reading_that_is_broken_off_concludes_nothing_and_is_made_again(here, monkeypatch):
    _, conversation, shown = here
    shown.read()
    everybody = active(conversation)
    shown.change("小李", is_active=False)

    def until_the_process_ends():
        yield shown.shown["老张"]
        shown.reader.stop()
        yield shown.shown["小李"]

    monkeypatch.setattr(shown, "people", until_the_process_ends)
    shown.read()
    with conversation.database.write() as tx:
        claimed = directory.claim(tx, conversation.clock.now())

    assert everybody == active(conversation)
    assert (shown.platform, shown.account) == (claimed.platform, claimed.account)


def test_an_account_that_is_no_longer_configured_is_followed_no_longer(here):
    _, conversation, shown = here
    shown.fails = FORBIDDEN
    shown.read()
    assert ["directory"] == alarm_sources(conversation)

    shown.reader = DirectoryReader(conversation.units, {}, take=people.take)
    conversation.run(people.ask_for_readings, MONDAY)
    shown.wait(seconds=1)

    assert [] == alarm_sources(conversation)
    assert 0 == shown.people_read

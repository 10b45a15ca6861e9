from dataclasses import replace

import pytest
from company_directory import CompanyDirectory
from conversation import only
from sqlalchemy import select

from domain.access import Actor
from domain.errors import UserError
from handlers import linking
from store import audit, links, members
from store.doctor import examine, snapshot
from store.models import LinkProposal, Member

SYSTEM = Actor.system("test of linking")


@pytest.fixture
def two(anywhere):
    """
    The company known on Feishu and WeCom, and a DingTalk that nobody is linked to yet.
    """
    company, conversation = anywhere
    feishu, dingtalk = CompanyDirectory(conversation), CompanyDirectory(conversation, platform="dingtalk")
    for name in [*feishu.shown][2:]:
        del dingtalk.shown[name]
    for department in dingtalk.departments_shown:
        dingtalk.departments_shown[department] = _without_leader(dingtalk.departments_shown[department])
    return company, conversation, feishu, dingtalk


def _without_leader(department):
    return replace(department, leader_id=None)


def places(conversation, member_id):
    with conversation.database.read() as tx:
        return sorted(place[0] for place in links.places_of(tx, member_id))


def proposals(conversation):
    with conversation.database.read() as tx:
        return [(one.name, one.basis) for one in links.open_proposals(tx)]


def people_named(conversation, name):
    with conversation.database.read() as tx:
        return list(tx.session.scalars(select(Member.id).where(Member.name == name, Member.status == "active")))


def findings(conversation):
    with conversation.database.write() as tx:
        audit.seal(tx)
    with snapshot(conversation.database) as tx:
        return [(finding.code, finding.keys) for finding in examine(tx, conversation.clock.now(), full=True)]


def test_the_same_phone_and_name_is_proposed_and_makes_no_second_member(two):
    company, conversation, feishu, dingtalk = two
    feishu.change("小李", mobile="+86 138-0000-0001")
    dingtalk.change("小李", mobile="13800000001")
    feishu.read()

    dingtalk.read()

    assert [("小李", "mobile"), ("小王", "name")] == proposals(conversation)
    assert [company.ids["小李"]] == people_named(conversation, "小李")
    asked = only(conversation.inbox("陈姐"))
    assert "成员关联【2 位待确认】" in asked.text
    assert "钉钉上的“小李”" in asked.text
    assert "手机号相同" in asked.text


def test_the_same_mail_and_name_is_proposed(two):
    _, conversation, feishu, dingtalk = two
    feishu.change("小李", email="Li@example.com")
    dingtalk.change("小李", email="li@example.com")
    feishu.read()

    dingtalk.read()

    assert ("小李", "email") in proposals(conversation)


def test_saying_yes_links_and_the_card_turns_to_what_is_left(two):
    company, conversation, _, dingtalk = two
    dingtalk.read()
    asked = only(conversation.inbox("陈姐"))

    clicked = conversation.click("陈姐", asked, "是同一人")

    assert "已关联：小李 在钉钉上也是同一个人" in clicked.toast
    assert ["dingtalk", "feishu", "wecom"] == places(conversation, company.ids["小李"])
    assert "1 位待确认" in clicked.card
    assert [] == findings(conversation)


def test_saying_no_makes_a_member_of_their_own_at_the_next_reading(two):
    company, conversation, _, dingtalk = two
    dingtalk.read()

    conversation.click("陈姐", only(conversation.inbox("陈姐")), "不是")
    dingtalk.wait(seconds=1)

    assert 2 == len(people_named(conversation, "小李"))
    assert ["feishu", "wecom"] == places(conversation, company.ids["小李"])


def test_everybody_with_the_same_phone_is_linked_at_once(two):
    company, conversation, feishu, dingtalk = two
    for number, name in enumerate(("小李", "小王")):
        for directory in (feishu, dingtalk):
            directory.change(name, mobile=f"1380000000{number}")
    feishu.read()
    dingtalk.read()

    clicked = conversation.click("陈姐", only(conversation.inbox("陈姐")), "全部关联（2 位）")

    assert "已关联 2 位" in clicked.toast
    assert "没有等待确认" in clicked.card
    assert "dingtalk" in places(conversation, company.ids["小王"])


def test_the_same_proposal_is_asked_once(two):
    _, conversation, _, dingtalk = two
    dingtalk.read()
    conversation.pass_time(days=1)

    dingtalk.read()

    assert 1 == len(conversation.inbox("陈姐"))


def test_a_namesake_more_is_nobodys_proposal(two):
    _, conversation, _, dingtalk = two
    with conversation.database.write() as tx:
        members.add_member(
            tx,
            name="小李",
            title="",
            roles=[],
            department_id=None,
            leads_department_id=None,
            now=conversation.clock.now(),
        )

    dingtalk.read()

    assert ["小王"] == [name for name, _ in proposals(conversation)]
    assert 3 == len(people_named(conversation, "小李"))


def test_by_text_an_administrator_sees_links_and_refuses(two):
    company, conversation, _, dingtalk = two
    dingtalk.read()
    with conversation.database.read() as tx:
        first, second = [one.id for one in links.open_proposals(tx)]

    listed = only(conversation.say("陈姐", "关联成员"))
    yes = conversation.say("陈姐", f"关联成员 {first}")
    no = conversation.say("陈姐", f"关联成员 {second} 不是")
    again = conversation.say("陈姐", f"关联成员 {first}")

    assert f"「关联成员 {first}」" in listed.text
    assert "已关联：小李" in yes[0].text
    assert "会作为另一位成员登记" in no[0].text
    assert "已经确认过了" in again[0].text
    assert ["dingtalk", "feishu", "wecom"] == places(conversation, company.ids["小李"])


def test_all_can_be_linked_by_text(two):
    _, conversation, feishu, dingtalk = two
    for directory in (feishu, dingtalk):
        directory.change("小李", mobile="13800000001")
        directory.read()

    assert "已关联 1 位" in conversation.say("陈姐", "关联成员 全部")[0].text
    assert [("小王", "name")] == proposals(conversation)


@pytest.mark.parametrize(
    ("who", "said", "told"),
    [
        ("老张", "关联成员", "只有系统管理员"),
        ("陈姐", "关联成员 999", "已经过时"),
        ("陈姐", "关联成员 小李", "请写上编号"),
    ],
)
def test_whoever_may_not_or_says_it_wrongly_is_told_so(company, feishu, who, said, told):
    assert told in only(feishu.say(who, said)).text


def test_a_second_member_without_work_becomes_the_first(two):
    company, conversation, _, _ = two
    with conversation.database.write() as tx:
        second = members.add_member(
            tx,
            name="李小",
            title="",
            roles=["sales"],
            department_id=None,
            leads_department_id=None,
            now=conversation.clock.now(),
        )
        members.add_identity(tx, second, platform="dingtalk", corp_id="dingtalk-corp", user_id="li2")

    with conversation.units.write(SYSTEM, cause="link") as ctx:
        made = linking.link(ctx, company.ids["小李"], ("dingtalk", "dingtalk-corp", "li2"))

    assert "小李" == made.member.name
    assert [] == people_named(conversation, "李小")
    assert ["dingtalk", "feishu", "wecom"] == places(conversation, company.ids["小李"])


def test_a_second_member_with_customers_is_not_merged_behind_their_back(two):
    company, conversation, _, _ = two
    company.owned("苏州锐铠精密机械有限公司", "小王")

    with (
        pytest.raises(UserError, match="link_holds_work"),
        conversation.units.write(SYSTEM, cause="link") as ctx,
    ):
        linking.link(ctx, company.ids["小李"], ("feishu", "feishu-corp", conversation.user_id("小王")))

    assert ["feishu", "wecom"] == places(conversation, company.ids["小王"])


def test_an_id_taken_away_is_not_proposed_again(two):
    company, conversation, _, dingtalk = two
    place = ("dingtalk", "dingtalk-corp", dingtalk.id_of("小李"))
    with conversation.units.write(SYSTEM, cause="link") as ctx:
        linking.link(ctx, company.ids["小李"], place)
    with conversation.units.write(SYSTEM, cause="unlink") as ctx:
        whose = linking.unlink(ctx, place)

    dingtalk.read()

    assert "小李" == whose.name
    assert ["小王"] == [name for name, _ in proposals(conversation)]
    with conversation.database.read() as tx:
        assert ["refused"] == list(tx.session.scalars(select(LinkProposal.state).where(LinkProposal.member_id == 1)))
    assert 2 == len(people_named(conversation, "小李"))

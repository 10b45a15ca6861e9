"""
What is said in a group is cut to what the least entitled there may see; alone, the same question shows more.
"""

import threading
from datetime import timedelta

import pytest
from conversation import only
from small_company import GROUP, MONDAY
from sqlalchemy import select, update

from bot.events import BotAddedToGroup, BotRemovedFromGroup, ChatRef, GroupMembersChanged, MessageReceived, Person
from bot.groups import Rosters
from domain.access import Actor
from domain.errors import PlatformError
from handlers.digest import send_group_digest
from store import leaver, rosters
from store.models import Chat

CLOUD = "杭州云途科技有限公司"
PHONE = "13800001111"
EVENING = MONDAY + timedelta(hours=8)


@pytest.fixture
def group(company, feishu):
    """
    The group 华东销售群, of which the platform does not tell who is in it.
    """
    feishu.platform.group_member_ids = lambda _group: None
    company.owned(CLOUD, "小李", need="要一套系统，找王工 13900007777 问")
    return company.add_group()


def gather(feishu, *people, strangers=()):
    """
    Let the platform tell that these are in the group.
    """
    ids = frozenset({*map(feishu.user_id, people), *strangers})
    feishu.platform.group_member_ids = lambda _group: ids
    read_lists(feishu)


def read_lists(feishu):
    with feishu.database.write() as tx:
        tx.session.execute(update(Chat).values(members_due=feishu.clock.now()))
    return Rosters(feishu.database, {("feishu", "demo"): feishu.platform}, feishu.clock).run_once()


def change_group(feishu, **values):
    with feishu.database.write() as tx:
        tx.session.execute(update(Chat).values(**values))


def asked(feishu, person="小李"):
    """
    The answer in the group, and the answer to the same question alone.
    """
    feishu.say(person, "查客户 云途", group=GROUP)
    alone = only(feishu.say(person, "查客户 云途")).text
    return "\n".join(message.text for message in feishu.in_group(GROUP)), alone


def test_the_same_question_shows_more_alone(feishu, group):
    together, alone = asked(feishu)

    assert CLOUD in together
    assert "小李" in together
    for private in (PHONE, "张伟", "13900007777", "50 万元"):
        assert private not in together
    for private in (PHONE, "张伟", "50 万元"):
        assert private in alone


def test_the_group_card_has_no_buttons_others_could_press(feishu, group):
    feishu.say("小李", "查客户 云途", group=GROUP)

    card = next(message.card for message in feishu.in_group(GROUP) if message.card)
    assert [] == [button.label for button in card.all_buttons()]


def test_a_group_of_those_who_may_know_everything_is_told_everything(feishu, group):
    gather(feishu, "小李", "老张")

    together, _ = asked(feishu)

    assert PHONE in together
    assert "张伟" in together


def test_one_who_may_read_less_makes_the_group_read_less(feishu, group):
    gather(feishu, "小李", "老张", "钱总")

    together, alone = asked(feishu)

    assert CLOUD in together
    assert PHONE not in together
    assert "138****1111" in together
    assert PHONE in alone


@pytest.mark.parametrize(
    ("people", "strangers"), [(("小李", "老张", "小王"), ()), (("小李",), ("ou_outsider",)), ((), ())]
)
def test_one_who_may_not_know_the_customer_hides_it(feishu, group, people, strangers):
    gather(feishu, *people, strangers=strangers)

    together, alone = asked(feishu)

    assert CLOUD not in together
    assert "已发到你和我的单聊里" in together
    assert PHONE in alone


def test_a_group_cleared_for_nothing_reads_nothing(feishu, group):
    change_group(feishu, clearance="nothing")

    together, _ = asked(feishu)

    assert CLOUD not in together


def test_a_group_cleared_for_contacts_reads_them(feishu, group):
    change_group(feishu, clearance="contacts")

    together, _ = asked(feishu)

    assert PHONE in together


def test_an_old_list_shows_no_more_than_the_clearance(feishu, group):
    gather(feishu, "小李", "老张")
    feishu.pass_time(hours=27)

    together, _ = asked(feishu)

    assert CLOUD in together
    assert PHONE not in together


def test_what_is_typed_in_a_group_is_echoed_without_contacts_outside_the_form(feishu, group):
    echo = only(feishu.say("小王", "报备 苏州智造 李娜 13900002222 采购经理 预算20万 展会 要一套 MES", group=GROUP))
    clicked = feishu.click("小王", echo, "提交", group=GROUP)

    assert "待审批" in clicked.card
    assert "13900002222" not in clicked.card
    assert "李娜" not in clicked.card


def test_the_digest_names_customers_everybody_there_may_know_and_counts_the_others(company, feishu, group):
    company.owned("宁波海港物流有限公司", "小李", days_left=2)
    gather(feishu, "小李", "小王", "老张")
    feishu.clock.set(EVENING)
    feishu.run(send_group_digest, EVENING)
    strict = feishu.in_group(GROUP)[-1].text

    gather(feishu, "小李", "老张")
    feishu.run(send_group_digest, EVENING + timedelta(days=1))
    open_to_all = feishu.in_group(GROUP)[-1].text

    assert "3 天内保护到期（1）" in strict
    assert "海港" not in strict
    assert "宁波海港物流有限公司" in open_to_all


def event(feishu, kind, person="小李", **facts):
    return kind(**feishu._common(person, GROUP), **facts)


def test_in_a_group_with_outsiders_nothing_is_done_and_nothing_told(company, feishu, group):
    feishu.bot.handle(event(feishu, BotAddedToGroup, group_name="客户群", external=True))
    said = only(feishu.say("小李", "查客户 云途", group=GROUP)[-1:])

    assert "公司以外的人" in said.text
    assert [] == [message for message in feishu.inbox("小李") if CLOUD in message.text]


def test_a_click_in_a_group_with_outsiders_does_nothing(feishu, group):
    echo = only(feishu.say("小李", "报备 苏州智造 李娜 13900002222", group=GROUP))
    change_group(feishu, external=True)

    clicked = feishu.click("小李", echo, "提交", group=GROUP)

    assert "公司以外的人" in clicked.toast
    assert "待提交" in clicked.card


def test_a_group_is_known_whoever_adds_the_bot(feishu):
    added = BotAddedToGroup(
        "feishu", "demo", "added-1", Person("ou_nobody"), ChatRef("group", "oc_new"), MONDAY, group_name="新群"
    )
    feishu.bot.handle(added)
    feishu.delivery.drain()

    assert "大家好" in only(feishu.in_group("oc_new")).text
    assert [("新群", True)] == known_groups(feishu)


def test_a_group_the_bot_leaves_is_left_whoever_did_it(feishu, group):
    feishu.bot.handle(BotRemovedFromGroup("feishu", "demo", "gone-1", Person(""), ChatRef("group", GROUP), MONDAY))

    assert [("华东销售群", False)] == known_groups(feishu)


def test_a_group_nobody_announced_is_known_from_what_is_said_there(feishu, company):
    feishu.say("小李", "帮助", group="oc_quiet")

    assert [("", True)] == known_groups(feishu)


def known_groups(feishu):
    with feishu.database.read() as tx:
        return [(row.name, row.active) for row in tx.session.scalars(select(Chat))]


def test_lists_are_read_when_groups_are_new_and_then_once_a_day(feishu, group):
    calls = []
    feishu.platform.group_member_ids = lambda chat: calls.append(chat) or frozenset({"feishu-1"})
    loop = Rosters(feishu.database, {("feishu", "demo"): feishu.platform}, feishu.clock)

    counts = [loop.run_once(), loop.run_once()]
    feishu.pass_time(hours=25)
    counts.append(loop.run_once())

    assert [1, 0, 1] == counts
    assert [GROUP, GROUP] == calls


def test_a_group_somebody_talks_in_has_its_list_read_again(feishu, group):
    gather(feishu, "小李", "老张")
    loop = Rosters(feishu.database, {("feishu", "demo"): feishu.platform}, feishu.clock)

    feishu.say("小李", "帮助", group=GROUP)
    assert 0 == loop.run_once()
    feishu.pass_time(hours=2)
    feishu.say("小李", "帮助", group=GROUP)

    assert 1 == loop.run_once()


def test_when_somebody_comes_what_is_known_is_old_until_it_is_read_again(feishu, group):
    gather(feishu, "小李", "老张")
    loop = Rosters(feishu.database, {("feishu", "demo"): feishu.platform}, feishu.clock)

    feishu.bot.handle(GroupMembersChanged("feishu", "demo", "came-1", Person(""), ChatRef("group", GROUP), MONDAY))
    known = audience(feishu)
    read = loop.run_once()

    assert known.is_old
    assert 1 == read
    assert not audience(feishu).is_old


def test_a_platform_that_is_away_leaves_the_list_as_it_was(feishu, group):
    gather(feishu, "小李", "小王")

    def away(_group):
        raise PlatformError("http_unreachable")

    feishu.platform.group_member_ids = away
    read_lists(feishu)

    assert 2 == len(audience(feishu).actors)


def audience(feishu):
    with feishu.database.read() as tx:
        return rosters.audience(tx, "feishu", "demo", GROUP, corp_id="feishu-corp", now=feishu.clock.now())


def test_leavers_in_the_list_are_strangers(company, feishu, group):
    gather(feishu, "小李", "小赵")
    with feishu.database.write() as tx:
        leaver.mark_left(tx, Actor.system("test"), company.ids["小赵"], MONDAY)

    assert audience(feishu).has_strangers


def test_both_databases_keep_the_list_of_a_group(anywhere):
    company, feishu = anywhere
    company.owned(CLOUD, "小李")
    company.add_group()
    gather(feishu, "小李", "小王", strangers=("ou_outsider",))
    gather(feishu, "小李", "老张")

    known = audience(feishu)

    assert {company.ids["小李"], company.ids["老张"]} == {actor.member_id for actor in known.actors}
    assert not known.has_strangers


def test_an_unknown_group_is_cleared_for_business_only(feishu):
    feishu_audience = audience(feishu)

    assert (None, "business") == (feishu_audience.actors, feishu_audience.clearance)


def test_lists_are_read_in_the_background(feishu, group):
    asked_for = threading.Event()
    feishu.platform.group_member_ids = lambda _group: asked_for.set() or frozenset()
    loop = Rosters(feishu.database, {("feishu", "demo"): feishu.platform}, feishu.clock)

    loop.start()
    assert asked_for.wait(5)
    loop.stop()


def test_where_a_stranger_has_spoken_no_customer_is_named_any_more(feishu, group):
    common = feishu._common("小李", GROUP) | {"sender": Person("ou_nobody")}
    feishu.bot.handle(MessageReceived(**common, message_id="om_1", text="大家好"))
    read_lists(feishu)

    together, alone = asked(feishu)

    assert CLOUD not in together
    assert CLOUD in alone


def test_messages_of_strangers_in_a_group_are_answered_without_anything_inside(feishu, group):
    common = feishu._common("小李", GROUP) | {"sender": Person("ou_nobody")}
    feishu.bot.handle(MessageReceived(**common, message_id="om_1", text="查客户 云途"))
    feishu.delivery.drain()

    assert "不是这家公司的成员" in only(feishu.in_group(GROUP)).text

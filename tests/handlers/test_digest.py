import re
from datetime import UTC, datetime, timedelta

import pytest
from conversation import Conversation, only
from small_company import GROUP, MONDAY
from sqlalchemy import update

from bot.jobs import Batch
from domain.access import Actor
from handlers.digest import send_group_digest, send_morning_cards
from store import members, tasks
from store.models import Member

CLOUD = "杭州云途科技有限公司"
EVENING = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 0, 45, tzinfo=UTC)
SATURDAY_EVENING = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
MAKE_UP_SATURDAY = datetime(2026, 10, 10, 10, 0, tzinfo=UTC)
NATIONAL_DAY = datetime(2026, 10, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def evening(feishu):
    def run():
        feishu.clock.set(EVENING)
        return feishu.run(send_group_digest, EVENING)

    return run


def test_the_group_reads_the_figures_of_its_department(company, feishu, evening):
    company.add_group()
    company.owned(CLOUD, "小李", days_left=20)
    company.owned("深圳蓝天科技有限公司", "小赵", phone="13700004444", days_left=20)
    company.pooled("宁波海星电子有限公司")
    feishu.say("小李", "跟进 云途 电话沟通，客户要报价，下周三下午3点前给")
    feishu.say("小赵", "跟进 蓝天 电话沟通，客户要报价，下周三下午3点前给")
    claim = only(feishu.say("小王", "查客户 海星"))
    feishu.click("小王", claim, "领取")

    evening()

    text = only(feishu.in_group(GROUP)).text
    assert text.startswith("日报 · 华东一组【有效跟进 1 条】\n11月23日 周一\n今日报备：0 家")
    assert "公海领取：1 家" in text
    assert "有效跟进：1 条" in text
    assert "[公海] [我的客户]" in text


def test_the_department_above_counts_everything_below(company, feishu, evening):
    company.add_group(department="sales")
    company.owned(CLOUD, "小李", days_left=20)
    company.owned("深圳蓝天科技有限公司", "小赵", phone="13700004444", days_left=20)
    feishu.say("小李", "跟进 云途 电话沟通，客户要报价，下周三下午3点前给")
    feishu.say("小赵", "跟进 蓝天 电话沟通，客户要报价，下周三下午3点前给")

    evening()

    assert "有效跟进：2 条" in only(feishu.in_group(GROUP)).text


def test_yesterday_does_not_count(company, feishu, evening):
    company.add_group()
    company.owned(CLOUD, "小李", notes=(company.note("小李", "电话沟通，客户要报价"),))

    evening()

    assert "有效跟进：0 条" in only(feishu.in_group(GROUP)).text


def test_protections_ending_soon_are_named_without_contacts_owners_or_amounts(company, feishu, evening):
    company.add_group()
    company.owned(CLOUD, "小李", days_left=2.5, amount_yuan=880_000)
    company.owned("杭州云峰软件有限公司", "小李", days_left=9, phone="13800003333")

    evening()

    text = only(feishu.in_group(GROUP)).text
    assert f"3 天内保护到期（1）\n1. {CLOUD}\n   早期 · 50–200 万元 · 剩 2 天" in text
    assert re.search(r"\d{7,}", text) is None
    assert not any(word in text for word in ("张伟", "小李", "88", "云峰"))


def test_nobody_is_named_for_doing_nothing(company, feishu, evening):
    company.add_group()

    evening()

    text = only(feishu.in_group(GROUP)).text
    assert not any(name in text for name in company.ids)


def test_a_slot_that_runs_again_sends_no_second_digest(company, feishu, evening):
    company.add_group()

    evening()
    evening()

    assert len(feishu.in_group(GROUP)) == 1


@pytest.mark.parametrize(
    ("slot", "sent"), [(SATURDAY_EVENING, 0), (NATIONAL_DAY, 0), (MAKE_UP_SATURDAY, 1), (EVENING, 1)]
)
def test_digests_keep_to_business_days(company, feishu, slot, sent):
    company.add_group()
    feishu.clock.set(slot)

    assert feishu.run(send_group_digest, slot) == Batch(sent)


def test_a_group_with_outsiders_gets_none(company, feishu, evening):
    from store import chats

    with company.database.write() as tx:
        chats.remember(tx, "feishu", "demo", GROUP, name="外部群", external=True, now=MONDAY)

    evening()

    assert feishu.in_group(GROUP) == []


def test_the_digests_buttons_answer_the_clicker_privately(company, feishu, evening):
    company.add_group()
    company.owned(CLOUD, "小李")
    evening()

    clicked = feishu.click("小李", only(feishu.in_group(GROUP)), "我的客户", group=GROUP)

    assert [message.to for message in clicked.said] == [feishu.user_id("小李")]
    assert CLOUD in clicked.said[0].text


def morning(conversation, slot=MORNING):
    conversation.clock.set(slot)
    return conversation.run(send_morning_cards, slot)


def test_the_morning_card_tells_what_waits_today(company, feishu):
    customer_id = company.owned(CLOUD, "小李", days_left=5)
    company.pooled("宁波海星电子有限公司", now=MONDAY + timedelta(days=2))
    with company.database.write() as tx:
        for title, due_at in (("今天的事", MORNING), ("下周的事", MORNING + timedelta(days=7))):
            tasks.add(
                tx,
                Actor.system("a to-do of a test"),
                company.ids["小李"],
                kind="follow_up",
                title=title,
                customer_id=customer_id,
                due_at=due_at,
                now=MONDAY,
            )

    morning(feishu)

    text = only(feishu.inbox("小李")).text
    assert "今日简报【待办 1 · 将到期 1】\n11月24日 周二\n小李，早上好！" in text
    assert "今天的事" in text
    assert "下周的事" not in text
    assert "昨天以来公海新增 1 家客户。" in text
    assert "13800001111" not in text


def test_people_outside_sales_get_no_morning_card(company, feishu):
    company.owned(CLOUD, "小李", days_left=5)
    company.pooled("宁波海星电子有限公司", now=MONDAY + timedelta(days=2))

    morning(feishu)

    assert [bool(feishu.inbox(name)) for name in ("小李", "老张", "周总", "钱总", "陈姐")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_with_nothing_to_tell_only_those_who_know_the_bot_are_greeted(company, feishu):
    feishu.say("小李", "帮助")
    before = len(feishu.inbox("小李"))

    outcome = morning(feishu)

    assert outcome == Batch(1)
    assert "今天没有到期的待办和保护" in feishu.inbox("小李")[before].text
    assert feishu.inbox("小王") == []


def test_a_morning_that_runs_again_sends_no_second_card(company, feishu):
    company.owned(CLOUD, "小李", days_left=5)

    morning(feishu)
    morning(feishu)

    assert len(feishu.inbox("小李")) == 1


def test_there_is_no_morning_card_at_the_weekend(company, feishu):
    company.owned(CLOUD, "小李", days_left=5)

    assert morning(feishu, datetime(2026, 11, 28, 0, 45, tzinfo=UTC)) == Batch(0)


def test_a_member_who_left_gets_nothing(company, feishu):
    company.owned(CLOUD, "小李", days_left=5)
    with company.database.write() as tx:
        tx.session.execute(update(Member).where(Member.name == "小李").values(status="left", left_at=MONDAY))
        members.note_change(tx)

    morning(feishu)

    assert feishu.inbox("小李") == []


def test_the_card_can_be_asked_for_at_any_time(company, feishu):
    company.owned(CLOUD, "小李", days_left=5)

    assert only(feishu.say("小李", "日报")).card.title == "今日简报"


def test_wecom_groups_read_the_commands(company):
    wecom = Conversation(company.database, platform="wecom", now=EVENING)
    company.add_group("wecom")

    wecom.run(send_group_digest, EVENING)

    assert "也可以发送：「公海」「我的客户」" in only(wecom.in_group(GROUP)).text
    wecom.close()


def test_the_same_on_both_databases(anywhere):
    company, feishu = anywhere
    company.add_group()
    company.owned(CLOUD, "小李", days_left=2.5)
    feishu.say("小李", "跟进 云途 电话沟通，客户要报价，下周三下午3点前给")
    feishu.clock.set(EVENING)

    feishu.run(send_group_digest, EVENING)
    morning(feishu)

    assert "有效跟进：1 条" in only(feishu.in_group(GROUP)).text
    assert "今日简报【将到期 1】" in feishu.inbox("小李")[-1].text

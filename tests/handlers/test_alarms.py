"""
Administrators hear of trouble with a platform account: once, in words, and nobody else does.
"""

from conversation import only
from small_company import MONDAY
from sqlalchemy import delete, select

from handlers import alarms as job
from store import alarms
from store.models import Identity, Member, OutboxMessage


def trouble(company, source="account", source_id="dingtalk/main:2026-11:warning", message="850 of 1000"):
    with company.database.write() as tx:
        alarms.raise_alarm(tx, source, source_id, message, MONDAY)


def test_every_administrator_is_told_once_in_words(company, feishu):
    trouble(company)

    for _ in range(2):
        feishu.run(job.tell, MONDAY)

    told = only(feishu.inbox("陈姐")).text
    assert "本月的接口调用不够用到月底" in told
    assert "平台账号：钉钉 main" in told
    assert "给技术人员：850 of 1000" in told
    assert [] == feishu.inbox("小李")
    with company.database.read() as tx:
        assert job.next_untold(tx, MONDAY) is None


def test_the_next_alarm_is_told_too(company, feishu):
    trouble(company)
    feishu.run(job.tell, MONDAY)
    trouble(company, "connection", "dingtalk/main@20261123T010000", "dingtalk/main: no long connection")
    with company.database.read() as tx:
        assert MONDAY == job.next_untold(tx, MONDAY)

    feishu.run(job.tell, MONDAY)

    assert "长连接断开已久" in feishu.inbox("陈姐")[-1].text
    assert 2 == len(feishu.inbox("陈姐"))


def test_what_a_platform_refuses_leads_to_the_settings(company, feishu):
    trouble(company, source_id="dingtalk/main:2026-11:dingtalk_Forbidden.AccessDenied.IpNotInWhiteList")

    feishu.run(job.tell, MONDAY)

    assert "IP 白名单" in only(feishu.inbox("陈姐")).text


def test_an_administrator_no_platform_reaches_keeps_nobody_from_knowing(company, feishu):
    with company.database.write() as tx:
        tx.session.get(Member, company.ids["小李"]).roles = ["admin"]
        tx.session.execute(delete(Identity).where(Identity.member_id == company.ids["小李"]))
    trouble(company)

    feishu.run(job.tell, MONDAY)

    assert 1 == len(feishu.inbox("陈姐"))
    with company.database.read() as tx:
        assert job.next_untold(tx, MONDAY) is None


def test_trouble_that_is_over_or_concerns_one_message_is_not_told(company, feishu):
    trouble(company, "outbox", "12", "dead: x")
    trouble(company, "connection", "dingtalk/main@20261123T010000", "gone")
    with company.database.write() as tx:
        alarms.settle(tx, "connection", "dingtalk/main@", MONDAY)

    feishu.run(job.tell, MONDAY)

    assert [] == feishu.inbox("陈姐")


def given_up(company, *messages, source="outbox"):
    with company.database.write() as tx:
        for number, message in enumerate(messages):
            alarms.raise_alarm(tx, source, str(900 + number), message, MONDAY)


def due(company):
    with company.database.read() as tx:
        return job.next_lost(tx, MONDAY)


def test_what_was_given_up_is_counted_and_told_together(company, feishu):
    assert due(company) is None
    given_up(company, "dead: x", "uncertain: y", "dead: z")
    given_up(company, "an event failed", source="inbox")
    assert MONDAY + job.GATHER == due(company)

    for _ in range(2):
        feishu.run(job.tell_lost, MONDAY)

    told = only(feishu.inbox("陈姐")).text
    assert "没有送到的消息：2 条" in told
    assert "不知道送到没有：1 条" in told
    assert "没有处理成的事件：1 个" in told
    assert "liaodan outbox retry" in told
    assert due(company) is None


def test_later_ones_are_told_on_their_own(company, feishu):
    given_up(company, "dead: x")
    feishu.run(job.tell_lost, MONDAY)
    given_up(company, "", "dead: y")

    feishu.run(job.tell_lost, MONDAY)

    assert "没有送到的消息：1 条" in feishu.inbox("陈姐")[-1].text
    assert 2 == len(feishu.inbox("陈姐"))


def test_a_telling_that_did_not_arrive_is_not_told_of(company, feishu):
    given_up(company, "dead: x")
    feishu.run(job.tell_lost, MONDAY)
    with company.database.write() as tx:
        telling = tx.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        alarms.raise_alarm(tx, "outbox", str(telling.id), "dead: nobody there", MONDAY)

    assert due(company) is None

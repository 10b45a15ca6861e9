"""
What happens with a customer: looking, writing follow-ups, protection, pools, tasks, digests.
"""

from datetime import timedelta

from cards import collaboration, customer, digest, follow_up, pool, protection, task
from cards.customer import CustomerView, FollowUpLine, FoundLine, MineLine
from cards.digest import EndingCustomer, GroupFigures
from cards.follow_up import FormValues, WrittenView
from cards.pool import PoolLine
from cards.task import AgendaView, EndingLine, TaskLine, WaitingLine
from tests.cards.every_card.moments import NOW, TODAY, ago, ahead

NAME = "杭州云途科技有限公司"
OTHERS = ("宁波海天机械有限公司", "苏州蓝鲸软件有限公司", "上海星河医疗器械有限公司", "无锡众合电子有限公司")
CALL = "电话沟通，客户认可方案，要一份正式报价，采购总监下周三在公司，可以当面谈。"


def view(**changes):
    shown = {
        "customer_id": 7,
        "name": NAME,
        "lifecycle": "in_progress",
        "stage": "proposal",
        "owner": "小李",
        "is_own": True,
        "pool": "",
        "protected_until": ahead(days=12),
        "clock": ("reminder", ahead(days=9)),
        "contact": "张伟",
        "phone": "13800001111",
        "email": "zhangwei@yuntu.example",
        "amount": "50 万元",
        "need": "想上一套 MES，年底前定下来",
        "region": "浙江杭州",
        "industry": "软件和信息技术",
        "source": "展会/活动",
        "collaborators": ("何工",),
        "next_action_on": TODAY + timedelta(days=8),
        "follow_ups": (
            FollowUpLine(at=ago(days=1), author="小李", method="call", content=CALL, is_effective=True),
            FollowUpLine(at=ago(days=6), author="何工", method="visit", content="上门演示", is_effective=False),
        ),
        "offers": frozenset({"follow_up", "extend", "return"}),
    }
    return CustomerView(**shown | changes)


def written(**changes):
    stored = {
        "customer_id": 7,
        "name": NAME,
        "method": "call",
        "content": CALL,
        "feedback": "认可方案，要正式报价",
        "next_step": "当面谈报价",
        "due_at": ahead(days=8, hours=5),
        "vague": "",
        "complaint": False,
        "reason": "",
        "needed": None,
        "present": None,
        "protected_until": ahead(days=12),
        "keep_until": ahead(days=42),
        "finished": 1,
    }
    return WrittenView(**stored | changes)


AGENDA = AgendaView(
    tasks=(
        TaskLine(
            task_id=1,
            title="跟进 杭州云途：当面谈报价",
            due_at=ago(hours=3),
            customer_id=7,
            customer=NAME,
            is_overdue=True,
        ),
        TaskLine(
            task_id=2, title="准备演示环境", due_at=ahead(hours=6), customer_id=None, customer="", is_overdue=False
        ),
    ),
    ending=(
        EndingLine(customer_id=8, name=OTHERS[0], protected_until=ahead(days=2), has_effective=False),
        EndingLine(customer_id=9, name=OTHERS[1], protected_until=ahead(days=3), has_effective=True),
    ),
    waiting=(WaitingLine(title="客户报备", subject=OTHERS[2], applicant="小王", since=ago(hours=5)),),
    joins=1,
    pool_news=4,
)
QUIET = AgendaView(tasks=(), ending=(), waiting=(), joins=0)
MINE = tuple(
    MineLine(
        customer_id=number,
        name=name,
        stage=("first_contact", "proposal", "negotiation", "lead")[number],
        protected_until=ahead(days=3 * number + 1),
        last_effective_at=ago(days=number) if number else None,
    )
    for number, name in enumerate(OTHERS)
)
POOL = tuple(
    PoolLine(
        customer_id=number,
        name=name,
        pool="regional",
        region="华东",
        industry=("机械", "软件", "医疗器械", "电子")[number],
        pooled_at=ago(days=number + 1),
        claimable_from=ahead(days=1) if number == 2 else ago(days=number),
    )
    for number, name in enumerate(OTHERS)
)

CARDS = {
    "customer.customer": customer.customer(view(), NOW),
    "customer.customer.pooled": customer.customer(
        view(
            owner="",
            is_own=False,
            pool="regional",
            protected_until=None,
            clock=None,
            contact="",
            phone="",
            email="",
            follow_ups=(),
            collaborators=(),
            next_action_on=None,
            offers=frozenset({"claim"}),
        ),
        NOW,
    ),
    "customer.found": customer.found(
        "云",
        tuple(
            FoundLine(
                customer_id=number,
                name=name,
                lifecycle="in_progress",
                stage="proposal",
                owner="小李" if number else "",
                is_own=number == 1,
                pool="" if number else "regional",
                region="浙江宁波",
            )
            for number, name in enumerate(OTHERS)
        ),
        total=4,
        is_more=False,
    ),
    "customer.not_found": customer.not_found("云途"),
    "customer.mine": customer.mine(MINE, total=9, page=2, page_size=4, within_days=0, now=NOW),
    "follow_up.written": follow_up.written(written(), NOW),
    "follow_up.written.not_counted": follow_up.written(
        written(content="打了电话", reason="too_short", needed=15, present=4, vague="过几天", due_at=None), NOW
    ),
    "follow_up.form": follow_up.form(7, NAME, FormValues(is_offer=True, content=CALL, next_on="2026-12-02")),
    "follow_up.ask_content": follow_up.ask_content(NAME),
    "follow_up.confirm": follow_up.confirm(
        7, NAME, method="call", content=CALL, feedback="要正式报价", due_at=ahead(days=8)
    ),
    "follow_up.ask_which": follow_up.ask_which((NAME, "杭州云图科技有限公司")),
    "follow_up.ask_when": follow_up.ask_when(NAME, "没看懂时间“过几天”，请换个说法，例如：下周三下午3点。"),
    "follow_up.held": follow_up.held(7, NAME, "小王", ahead(days=12), NOW),
    "follow_up.in_pool": follow_up.in_pool(7, NAME),
    "follow_up.refused": follow_up.refused("not_active", NAME),
    "pool.listing": pool.listing(POOL, total=11, page=1, page_size=4, now=NOW),
    "pool.listing.empty": pool.listing((), total=0, page=1, page_size=5, now=NOW),
    "pool.claimed": pool.claimed(7, NAME, ahead(days=30), NOW, contact="张伟", phone="13800001111"),
    "pool.return_form": pool.return_form(7, NAME, editable=True),
    "pool.return_form.choice": pool.return_form(7, NAME, editable=False),
    "pool.returned": pool.returned(NAME, "regional", ahead(days=1), ahead(days=30)),
    "pool.return_waiting": pool.return_waiting(NAME, "老张"),
    "pool.return_rejected": pool.return_rejected(NAME, "年底前还有一次招标，请再跟进一个月"),
    "pool.released": pool.released(NAME, "regional", ahead(days=1), why="protection_lapsed"),
    "pool.group_notice": pool.group_notice(
        tuple((name, "regional", ahead(days=number)) for number, name in enumerate(OTHERS[:3], start=1))
    ),
    "protection.reminder": protection.reminder(7, NAME, ahead(days=3), NOW, days=3, releases=True, effective=0),
    "protection.extension_waiting": protection.extension_waiting(NAME, "老张", ahead(days=18), ahead(days=1)),
    "protection.extended": protection.extended(7, NAME, ahead(days=18), NOW, by="老张"),
    "protection.extension_rejected": protection.extension_rejected(NAME, ahead(days=3), "近一个月没有进展", by="老张"),
    "protection.kept": protection.kept(NAME, ahead(days=42)),
    "collaboration.request": collaboration.request(
        4, name=NAME, applicant="小王", title="销售", reason="我认识他们采购总监"
    ),
    "collaboration.requested": collaboration.requested(NAME, "小李"),
    "collaboration.answered": collaboration.answered(NAME, "小王", accepted=True, at=NOW),
    "collaboration.told_accepted": collaboration.told_accepted(7, NAME, "小李"),
    "collaboration.told_declined": collaboration.told_declined(NAME, "小李"),
    "collaboration.in_pool": collaboration.in_pool(7, NAME),
    "task.todo": task.todo(AGENDA, NOW),
    "task.todo.empty": task.todo(QUIET, NOW),
    "digest.group": digest.group(
        "华东一组",
        TODAY,
        GroupFigures(
            registered=6,
            approved=4,
            claimed=3,
            effective_follow_ups=11,
            released=1,
            ending=tuple(
                EndingCustomer(
                    name=name, stage_band="advancing", amount_band="from_500k", protected_until=ahead(days=number)
                )
                for number, name in enumerate(OTHERS[:3], start=1)
            ),
            ending_total=5,
        ),
        NOW,
    ),
    "digest.morning": digest.morning("小李", TODAY, AGENDA, NOW),
    "digest.morning.quiet": digest.morning("小李", TODAY, QUIET, NOW),
}

"""
How a customer comes in: registration and its results, duplicates, approvals.
"""

from cards import approval, dedup, registration, registration_result, withdrawal
from cards.approval import WaitingApproval
from cards.dedup import MatchView
from tests.cards.every_card.moments import NOW, ago, ahead

NAME = "杭州云途科技有限公司"
FORM = {
    "name": NAME,
    "contact": "张伟",
    "title": "采购经理",
    "phone": "13800001111",
    "email": "zhangwei@yuntu.example",
    "amount_fen": 50_000_000,
    "source": "展会/活动",
    "region": "浙江杭州",
    "industry": "软件和信息技术",
    "need": "想上一套 MES，年底前定下来",
}
COLLEAGUES = (("3", "周总"), ("8", "林渠道"))
DESTINATIONS = (("registrant", "保护给报备人"), ("member:5", "指派给小王"), ("pool", "放入区域公海"))


def match(**changes):
    view = {
        "customer_id": 7,
        "name": "杭州云图科技有限公司",
        "level": "probable",
        "score": 0.91,
        "reasons": ("核心名同音：云途/云图", "地区相同"),
        "state": "active",
        "holder": "小王",
        "pool": "",
        "stage_band": "advancing",
        "protected_until": ahead(days=12),
        "is_own": False,
        "is_visible": False,
    }
    return MatchView(**view | changes)


CERTAIN = match(level="certain", name=NAME, reasons=("全名、地区、分支都相同",), score=1.0)
POOLED = match(level="certain", name=NAME, reasons=("手机号相同",), holder="", pool="regional", protected_until=None)
OWN = match(level="certain", name=NAME, reasons=("全名、地区、分支都相同",), is_own=True, is_visible=True)
WEAK = match(level="possible", name="杭州云图网络", reasons=("字号相同：云图",), customer_id=9, score=0.5)

CARDS = {
    "registration.confirm": registration.confirm(
        42, FORM, problems={}, missing=(), editable=True, head="已从名片读出下面的信息，请核对后点“提交”。"
    ),
    "registration.confirm.slips": registration.confirm(
        42,
        {"name": NAME, "contact": "张伟"},
        problems={"phone": registration.problem("phone", "phone_digits", "1380000111")},
        missing=("phone", "source"),
        editable=True,
        is_offer=True,
    ),
    "registration.confirm.rows": registration.confirm(42, FORM, problems={}, missing=(), editable=False),
    "registration.ask": registration.ask("phone", fault="“1380000111”不是 11 位手机号", done=("name", "contact")),
    "registration.ask.source": registration.ask("source", fault=None, done=("name", "contact", "phone")),
    "registration.ask_which": registration.ask_which(FORM),
    "registration.how_to": registration.how_to(),
    "registration.cancelled": registration.cancelled(),
    "registration.merge": registration.merge(
        42,
        7,
        NAME,
        (("contact", "李娜", "张伟"), ("phone", "0571-88886666", "13800001111")),
        (("industry", "软件和信息技术"),),
        editable=True,
    ),
    "registration.merge.rows": registration.merge(
        42, 7, NAME, (("contact", "李娜", "张伟"),), (("industry", "软件和信息技术"),), editable=False
    ),
    "registration_result.submitted": registration_result.submitted(FORM, ("老张",), notes=(WEAK,), review=True),
    "registration_result.review_offer": registration_result.review_offer(42, (match(), WEAK), NOW),
    "registration_result.own_customer": registration_result.own_customer(42, OWN, has_news=True),
    "registration_result.already_submitted": registration_result.already_submitted(NAME),
    "registration_result.merged": registration_result.merged(NAME, (("contact", "张伟"), ("phone", "13800001111"))),
    "registration_result.protected": registration_result.protected(
        NAME, 7, "小李", ahead(days=30), NOW, by="老张", is_owner=True
    ),
    "registration_result.pooled": registration_result.pooled(NAME, "regional", ahead(days=1), by="老张"),
    "registration_result.rejected": registration_result.rejected(NAME, "该客户由总部直接跟进", by="老张"),
    "registration_result.cap_reached": registration_result.cap_reached(50),
    "registration_result.no_approver": registration_result.no_approver(),
    "registration_result.assigned": registration_result.assigned(
        NAME, 7, ahead(days=30), NOW, registrant="小李", by="老张"
    ),
    "registration_result.ruling": registration_result.ruling(
        "杭州云图科技有限公司", NAME, applicant="小李", by="老张", approved=True
    ),
    "dedup.conflict": dedup.conflict(CERTAIN, NOW),
    "dedup.conflict.pending": dedup.conflict(match(level="certain", state="pending", holder="小赵"), NOW),
    "dedup.in_pool": dedup.in_pool(POOLED, NOW),
    "dedup.check_result": dedup.check_result("云途科技", (OWN, match(), WEAK), NOW, left=17),
    "dedup.check_result.none": dedup.check_result("蓝鲸软件", (), NOW, left=16),
    "approval.registration_request": approval.registration_request(
        9,
        FORM,
        applicant="小李",
        destinations=DESTINATIONS,
        colleagues=COLLEAGUES,
        review=(
            (
                match(),
                approval.evidence(
                    name="杭州云图科技有限公司",
                    holder="小王",
                    since=ago(days=40),
                    effective=3,
                    last=ago(days=6),
                    until=ahead(days=12),
                ),
            ),
        ),
        notes=(WEAK,),
        own_side=approval.evidence(name=NAME, holder="小李", since=NOW, effective=None, last=None, until=None),
        asked_at=NOW,
    ),
    "approval.registration_request.plain": approval.registration_request(
        9,
        FORM,
        applicant="小李",
        destinations=DESTINATIONS,
        colleagues=COLLEAGUES,
        review=(),
        notes=(),
        own_side={},
        asked_at=NOW,
    ),
    "approval.extension_request": approval.extension_request(
        10,
        applicant="小李",
        customer=NAME,
        until=ahead(days=3),
        extended=ahead(days=18),
        effective=4,
        colleagues=COLLEAGUES,
        answer_by=ahead(days=1),
    ),
    "approval.return_request": approval.return_request(
        11, applicant="小李", customer=NAME, reason="客户暂无需求", colleagues=COLLEAGUES
    ),
    "approval.decided": approval.decided(
        "客户报备", NAME, (("报备人", "小李"), ("去向", "保护给报备人")), approved=True, by="老张", at=NOW
    ),
    "approval.decided.rejected": approval.decided(
        "客户报备", NAME, (("报备人", "小李"), ("驳回原因", "该客户由总部直接跟进")), approved=False, by="老张", at=NOW
    ),
    "withdrawal.own_requests": withdrawal.own_requests(
        (
            WaitingApproval(9, "客户报备", NAME, "", ago(hours=5)),
            WaitingApproval(10, "延长保护", "苏州蓝鲸软件有限公司", "", ago(days=1)),
        )
    ),
    "withdrawal.own_requests.none": withdrawal.own_requests(()),
    "registration_result.withdrawn": registration_result.withdrawn(NAME),
    "approval.withdrawn": approval.withdrawn("客户报备", NAME),
    "approval.copy_for_executive": approval.copy_for_executive(
        FORM | {"amount_fen": 600_000_000}, applicant="小李", approvers=("老张", "周总")
    ),
    "approval.ask_reason": approval.ask_reason(NAME),
    "approval.ask_colleague": approval.ask_colleague(NAME, ("周总", "林渠道")),
    "approval.waiting_list": approval.waiting_list(
        (
            WaitingApproval(9, "客户报备", NAME, "小李", ago(hours=5)),
            WaitingApproval(10, "延长保护", "苏州蓝鲸软件有限公司", "小王", ago(days=1)),
        ),
        is_sent_again=True,
    ),
}
CARDS["approval.passed_on"] = approval.passed_on(CARDS["approval.registration_request.plain"], "周总")

"""
What arrives broken, twice, forged or hostile: one refusal for all forgeries, one effect for all repetitions.
"""

import re

import httpx
import pytest
from installations import CALLBACKS, PLATFORMS, on, on_every_way

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    "<xml><ToUserName>&c;</ToUserName><Encrypt>&c;</Encrypt></xml>"
)
QUERY = "?msg_signature=aa&timestamp=1&nonce=2"
FORGERIES = {
    "unknown account": ("/cb/feishu/nobody", b"{}"),
    "unknown platform": ("/cb/nowhere/demo", b"{}"),
    "no signature": ("/cb/feishu/demo", b'{"encrypt":"AAAA"}'),
    "broken JSON": ("/cb/feishu/demo", b'{"encrypt":'),
    "not text": ("/cb/feishu/demo", b"\x00\xff\xfe"),
    "oversize": ("/cb/feishu/demo", b'{"encrypt":"' + b"A" * 300_000 + b'"}'),
    "wrong signature": (f"/cb/wecom/demo{QUERY}", b"<xml><Encrypt>AAAA</Encrypt></xml>"),
    "broken XML": (f"/cb/wecom/demo{QUERY}", b"<xml><Encrypt>"),
    "XML entities": (f"/cb/wecom/demo{QUERY}", BILLION_LAUGHS.encode()),
    "unsigned robot message": ("/cb/dingtalk/demo", b'{"msgtype":"text","text":{"content":"x"}}'),
    "unsigned card click": ("/cb/dingtalk/demo/card", b'{"type":"actionCallback","userId":"dt_laozhang"}'),
    "wrongly signed event": (f"/cb/dingtalk/demo/event{QUERY}", b'{"encrypt":"AAAA"}'),
    "wrong verification": ("/cb/wecom/demo?msg_signature=aa&timestamp=1&nonce=2&echostr=AAAA", b""),
}
MARKUP = "<at id=all></at>**粗**[点我](http://x.example)"
FORMULA = '=HYPERLINK("http://x.example")'
HOSTILE = {
    "controls": ("龙游开明纸业公司", "周敏", "13711110001", "先看\x07演示\x00再定", "先看演示再定"),
    "emoji": ("江山门业制造厂", "郑浩", "13922220002", "想要😀界面", "想要😀界面"),
    "bidi": ("常山胡柚合作社", "冯雪", "13633330003", "\u202e倒过来\u202c写的", "倒过来写的"),
    "formula": ("开化根雕工艺品公司", "褚健", "13544440004", FORMULA, FORMULA),
    "markup": ("柯城电缆集团", "卫红", "13455550005", MARKUP, MARKUP),
}


def refused_total(running, token: str) -> float:
    answer = httpx.get(f"{running.url}/metrics", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    return sum(
        float(n) for n in re.findall(r"^liaodan_callbacks_refused_total\{.*\} (\S+)$", answer.text, re.MULTILINE)
    )


def face(answer: httpx.Response) -> tuple:
    """
    All that a forger sees; the server hangs up on what it has not read to the end.
    """
    headers = {name: value for name, value in answer.headers.items() if name not in {"date", "connection"}}
    return answer.status_code, answer.content, tuple(sorted(headers.items()))


def inbox_count(running) -> int:
    return running.rows("SELECT count(*) FROM inbox")[0][0]


def test_every_forgery_gets_the_same_empty_refusal_is_counted_and_leaves_nothing(running):
    token = running.command("token", "create", "--member", "陈姐", "--scopes", "metrics").splitlines()[-1]
    before, counted = inbox_count(running), refused_total(running, token)

    answers = [httpx.post(running.url + path, content=body, trust_env=False) for path, body in FORGERIES.values()]

    assert 1 == len({face(answer) for answer in answers})
    assert (403, b"") == (answers[0].status_code, answers[0].content)
    assert counted + len(FORGERIES) == refused_total(running, token)
    assert before == inbox_count(running)


@on(*((CALLBACKS, platform) for platform in PLATFORMS))
@pytest.mark.parametrize("forgery", ["signature", "truncated"])
def test_a_message_changed_on_its_way_is_refused_and_not_stored(platform, running, forgery):
    zhao, before = platform.person("小赵"), inbox_count(running)

    platform.switch("tamper", forgery)
    try:
        deliveries = zhao.say("查重 衢州江山门业")
    finally:
        platform.switch("tamper", "")

    assert {403} == {delivery["status"] for delivery in deliveries}
    assert {""} == {e["response"] for e in platform.wire()[-len(deliveries) :] if e["direction"] == "out"}
    assert before == inbox_count(running)


def test_a_message_for_another_company_is_refused(wecom, running):
    zhao, before = wecom.person("小赵"), inbox_count(running)

    wecom.switch("tamper", "receiver")
    try:
        deliveries = zhao.say("帮助")
    finally:
        wecom.switch("tamper", "")

    assert {403} == {delivery["status"] for delivery in deliveries}
    assert before == inbox_count(running)


@on_every_way
def test_a_message_delivered_three_times_has_one_effect_and_the_same_answer(platform, running):
    zhao = platform.person("小赵")
    inbox, outbox = inbox_count(running), running.rows("SELECT coalesce(max(id), 0) FROM outbox")[0][0]
    looks = running.rows("SELECT count(*) FROM lookup")[0][0]

    deliveries = zhao.say("查重 衢州开化根雕公司", times=3)
    zhao.wait_for("衢州开化根雕公司")

    assert [200] * 3 == [delivery["status"] for delivery in deliveries]
    answers = [entry["response"] for entry in platform.wire() if entry["direction"] == "out"][-3:]
    assert 1 == len(set(answers))
    assert inbox + 1 == inbox_count(running)
    assert [(1,)] == running.rows(
        "SELECT count(*) FROM outbox WHERE id > :id AND recipient_id IN ('xiaozhao', 'ou_demo_xiaozhao', 'dt_xiaozhao')",
        id=outbox,
    )
    assert [(looks + 1,)] == running.rows("SELECT count(*) FROM lookup")


@on_every_way
def test_five_thousand_characters_are_answered_and_not_repeated(platform):
    told = platform.person("小赵").ask("很长的话" * 1250, "没看懂")

    assert len(told["text"]) < 500


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_stored_by_one_policy_and_shown_as_text(feishu, running, kind):
    company, contact, phone, given, kept = HOSTILE[kind]
    zhao = feishu.person("小赵")
    echo = zhao.ask(f"报备 {company} {contact} {phone}", "客户报备")

    zhao.click(echo, "提交", name=company, need=given)
    card = zhao.wait_until(echo, "待审批")

    assert kept in card["text"].replace("\n", "")
    assert [(kept,)] == running.rows("SELECT need FROM customer WHERE name = :name", name=company)


def test_markup_is_shown_as_text_on_wecom_too(wecom):
    zhao = wecom.person("小赵")
    echo = zhao.ask("报备 舟山普陀海鲜加工厂 周敏 13733334444", "待提交")
    zhao.click(echo, "修改")
    zhao.wait_for("要改哪一项")

    shown = zhao.ask(f"需求 {MARKUP}", "待提交")

    assert MARKUP in shown["text"]

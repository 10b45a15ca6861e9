"""
What happens when the company's rules against leaks refuse a message, and when a clicked card changes later.
"""

import json
import re
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.feishu.masking import mask_text
from bot.ports import CannotUpdate, Media, Outbound, Recipient, SentCard
from cards.model import Button, Card, CardAction, Compare, CompareRow, Fields, Form, Row, Text, TextInput
from cards.text import MASKED_BY_RULE
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import NOW, Platform, build
from tests.adapters.sample_cards import DECIDED, NOTICE

CREATE = "/open-apis/im/v1/messages"
PATCH = "/open-apis/im/v1/messages/om_1"
CLICKED = "/open-apis/interactive/v1/card/update"
PERSON = Recipient("person", "ou_1")
TAKEN = {"code": 0, "msg": "success", "data": {"message_id": "om_1", "chat_id": "oc_1"}}
DLP = httpx.Response(400, json={"code": 230028, "msg": "The messages do NOT pass the audit."})
PERSONAL = re.compile(r"1380000\d{4}|0571-8888|zhang_wei|wei-zhang")
PRIVATE = Card(
    "客户 13800001111",
    elements=(
        Text("电话 13800001111，座机 0571-88886666，zhang_wei@yun-tu.example"),
        Fields((Row("邮箱", "wei-zhang@example.com"), Row("电话", "13800002222"))),
        Compare("现有", "新填", (CompareRow("电话", "13800001111", "13800003333"),)),
        Form("f", (TextInput("phone", "电话", value="13800001111"),), (Button("提交", CardAction("x.y")),)),
    ),
)


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {
        CREATE: [DLP, TAKEN],
        PATCH: {"code": 0, "msg": "success", "data": {}},
        CLICKED: {"code": 0, "msg": "ok"},
    }
    return platform


def send(platform, message, **kwargs):
    adapter = build(platform=platform, **kwargs)
    return adapter.send(message, adapter.render(message))


def bodies(platform, path):
    return [json.loads(body) for _, called, _, body, _ in platform.requests if called == path]


def test_a_refused_card_is_sent_with_phones_and_addresses_masked(platform):
    result = send(platform, Outbound("r1", PERSON, PRIVATE, ""))

    first, second = bodies(platform, CREATE)
    assert PERSONAL.search(first["content"])
    assert not PERSONAL.search(second["content"])
    assert "138&#42;&#42;&#42;&#42;1111" in second["content"]
    assert "138****1111" in second["content"]
    assert MASKED_BY_RULE[1:-1] in second["content"]
    assert ("om_1", False) == (result.message_id, first["uuid"] == second["uuid"])


def test_the_buttons_of_a_masked_card_still_work(platform):
    sealed = "v1.13800001111.zhang@example.com"
    adapter = build(platform=platform)
    adapter._sender._seal = lambda action: sealed
    message = Outbound("r1", PERSON, PRIVATE, "")

    adapter.send(message, adapter.render(message))

    assert sealed in bodies(platform, CREATE)[1]["content"]


def test_a_refused_text_is_sent_masked_and_says_so(platform):
    send(platform, Outbound("r1", PERSON, None, "张伟 13800001111"))

    text = json.loads(bodies(platform, CREATE)[1]["content"])["text"]
    assert f"张伟 138****1111\n{MASKED_BY_RULE}" == text


def test_a_refused_caption_is_sent_masked(platform):
    platform.answers["/open-apis/im/v1/images"] = {"code": 0, "data": {"image_key": "img_1"}}

    send(platform, Outbound("r1", PERSON, None, "张伟 13800001111", media=Media("image", "a.png", b"x")))

    assert "138****1111" in bodies(platform, CREATE)[1]["content"]


def test_a_refused_update_is_made_masked(platform):
    platform.answers[PATCH] = [DLP, {"code": 0, "data": {}}]
    sent = SentCard("om_1", "om_1", PERSON, NOW)

    send(platform, Outbound("r1", PERSON, PRIVATE, "", update=sent))

    assert not PERSONAL.search(bodies(platform, PATCH)[1]["content"])


@pytest.mark.parametrize(
    "message",
    [
        Outbound("r1", PERSON, NOTICE, ""),
        Outbound("r1", PERSON, None, "没有号码"),
    ],
)
def test_with_nothing_to_mask_the_refusal_stands(platform, message):
    with pytest.raises(PlatformError, match="feishu_230028") as error:
        send(platform, message)

    assert (True, 1) == (error.value.permanent, len(bodies(platform, CREATE)))


def test_refused_even_masked_it_stays_refused(platform):
    platform.answers[CREATE] = [DLP, DLP]

    with pytest.raises(PlatformError, match="feishu_230028"):
        send(platform, Outbound("r1", PERSON, PRIVATE, ""))

    assert 2 == len(bodies(platform, CREATE))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800001111", "138****1111"),
        ("+8613800001111", "+86138****1111"),
        ("编号 2026138000011119", "编号 2026138000011119"),
        ("0571-88886666-801", "0571-****6666-801"),
        ("a@b.cn", "a****@b.cn"),
        ("zhang.wei+crm@mail.example.com，收", "z****@mail.example.com，收"),
        ("zhang&#95;wei&#64;yun&#45;tu.example", "z****&#64;yun&#45;tu.example"),
        ("价格 3@5 元", "价格 3@5 元"),
    ],
)
def test_the_middle_of_numbers_and_addresses_is_taken_out(text, shown):
    assert shown == mask_text(text)


@given(st.text(alphabet="a@.1389-_&#;6 4", max_size=3000))
def test_masking_ends_and_is_done_once(text):
    once = mask_text(text)

    assert mask_text(once).count("1") <= once.count("1")


def sent_card(clicked, *, sent=timedelta(days=1)):
    expires = None if clicked is None else NOW - clicked + timedelta(minutes=30)
    token = None if clicked is None else "c-1"
    return SentCard("om_1", "om_1", PERSON, NOW - sent, update_token=token, update_token_expires_at=expires)


def change(platform, sent):
    return send(platform, Outbound("r1", PERSON, DECIDED, "", update=sent))


def test_a_clicked_card_is_changed_with_the_token_of_the_click(platform):
    result = change(platform, sent_card(timedelta(minutes=5)))

    (body,) = bodies(platform, CLICKED)
    assert ("c-1", "2.0") == (body["token"], body["card"]["schema"])
    assert (None, [f"POST {CLICKED}"]) == (result.update_token, platform.calls())


def test_right_after_the_click_the_change_waits_for_its_answer(platform):
    with pytest.raises(PlatformError, match="feishu_click_open") as error:
        change(platform, sent_card(timedelta(seconds=1)))

    assert (2.0, False, []) == (error.value.retry_after, error.value.tried, platform.requests)


@pytest.mark.parametrize("clicked", [None, timedelta(minutes=30), timedelta(days=2)])
def test_without_a_living_token_the_card_is_changed_by_its_message(platform, clicked):
    change(platform, sent_card(clicked))

    assert [f"PATCH {PATCH}"] == platform.calls()


@pytest.mark.parametrize("code", [300020, 300030, 300040, 200310, 300090])
def test_a_spent_token_leads_to_the_message(platform, code):
    platform.answers[CLICKED] = httpx.Response(400, json={"code": code, "msg": "x"})

    change(platform, sent_card(timedelta(minutes=5)))

    assert [f"POST {CLICKED}", f"PATCH {PATCH}"] == platform.calls()


def test_trouble_with_the_token_call_is_trouble(platform):
    platform.answers[CLICKED] = httpx.Response(500, text="<html>")

    with pytest.raises(PlatformError) as error:
        change(platform, sent_card(timedelta(minutes=5)))

    assert (True, False) == (error.value.unknown_outcome, error.value.permanent)


def test_a_withdrawn_card_is_beyond_change_by_token_too(platform):
    platform.answers[CLICKED] = httpx.Response(400, json={"code": 200000, "msg": "x"})

    with pytest.raises(CannotUpdate):
        change(platform, sent_card(timedelta(minutes=5)))

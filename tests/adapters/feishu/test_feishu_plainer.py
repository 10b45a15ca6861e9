"""
No message is lost because of how it looks: a card that breaks a rule becomes plainer, at last a text.
"""

import json

import httpx
import pytest
from structlog.testing import capture_logs

from adapters.feishu.card_check import first_violation
from bot.ports import Outbound, Recipient, SentCard
from cards.model import Button, Card, CardAction, Form, TextInput
from domain.errors import PlatformError
from tests.adapters.feishu.feishu_rig import NOW, Platform, build
from tests.adapters.sample_cards import APPROVAL

CREATE = "/open-apis/im/v1/messages"
PATCH = "/open-apis/im/v1/messages/om_1"
PERSON, GROUP = Recipient("person", "ou_1"), Recipient("group", "oc_9")
TAKEN = {"code": 0, "msg": "success", "data": {"message_id": "om_1", "chat_id": "oc_1"}}
NAMED_TWICE = Card(
    "报备",
    elements=(
        Form("f", (TextInput("a", "甲", value="云途"), TextInput("a", "乙")), (Button("提交", CardAction("x.y")),)),
    ),
)


def refused(sub_code):
    text = f"Failed to create card content, ext=ErrCode: {sub_code}; ErrMsg: x; ErrorValue: y; "
    return httpx.Response(400, json={"code": 230099, "msg": text})


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {CREATE: TAKEN, PATCH: {"code": 0, "data": {}}}
    return platform


def send(platform, card, **more):
    adapter = build(platform=platform)
    message = Outbound("r1", more.pop("to", PERSON), card, "", **more)
    return adapter.send(message, adapter.render(message))


def sent(platform, path=CREATE):
    bodies = [json.loads(body) for _, called, _, body, _ in platform.requests if called == path]
    return [(body.get("msg_type"), json.loads(body["content"]), body.get("uuid")) for body in bodies]


def test_a_card_that_breaks_a_rule_we_know_is_sent_plainly_and_the_fault_logged(platform):
    with capture_logs() as logged:
        send(platform, NAMED_TWICE)

    ((kind, face, _),) = sent(platform)
    assert ("interactive", None) == (kind, first_violation(face, json.dumps(face)))
    assert "甲：云途" in json.dumps(face, ensure_ascii=False)
    assert ["feishu_card_invalid: a component name is used twice"] == [entry["violation"] for entry in logged]


def test_a_card_that_breaks_a_rule_we_do_not_know_is_sent_plainly(platform):
    platform.answers[CREATE] = [refused(200621), TAKEN]

    result = send(platform, APPROVAL)

    (_, full, first), (kind, plain, second) = sent(platform)
    assert ("om_1", "interactive") == (result.message_id, kind)
    assert len(json.dumps(plain)) < len(json.dumps(full))
    assert "v1.approval.approve.signature" in json.dumps(plain)
    assert first != second


def test_a_card_that_is_refused_however_plain_becomes_a_text(platform):
    platform.answers[CREATE] = [refused(200621), refused(200621), TAKEN]

    send(platform, APPROVAL)

    kind, content, uuid = sent(platform)[-1]
    assert ("text", True) == (kind, content["text"].startswith("报备审批"))
    assert 3 == len({each for *_, each in sent(platform)})
    assert len(uuid) <= 50


def test_a_new_face_is_made_plainer_but_stays_a_card(platform):
    platform.answers[PATCH] = [refused(200621), refused(200621)]

    with pytest.raises(PlatformError, match="feishu_230099") as error:
        send(platform, APPROVAL, update=SentCard("om_1", "om_1", PERSON, NOW))

    assert (True, 2) == (error.value.permanent, len(sent(platform, PATCH)))


def test_without_its_mentions_a_card_is_still_refused_only_once_for_them(platform):
    platform.answers[CREATE] = [refused(100290), refused(100290)]

    with pytest.raises(PlatformError, match="feishu_100290"):
        send(platform, APPROVAL, to=GROUP, mentions=("ou_9",))

    assert 2 == len(sent(platform))


def test_a_card_locked_by_a_click_waits_and_is_not_made_plainer(platform):
    text = "Failed to create card content, ext=ErrCode: 11310; ErrMsg: card action is lock; ErrorValue: ; "
    platform.answers[PATCH] = httpx.Response(400, json={"code": 230099, "msg": text})

    with pytest.raises(PlatformError, match="feishu_card_locked"):
        send(platform, APPROVAL, update=SentCard("om_1", "om_1", PERSON, NOW))

    assert 1 == len(sent(platform, PATCH))

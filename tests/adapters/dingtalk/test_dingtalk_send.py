"""
Sending on DingTalk, against a scripted API: what is called, how often, and what failures mean.
"""

import io
import json
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from adapters.dingtalk.binding import bound
from adapters.dingtalk.inbound import Session
from bot.events import Attachment
from bot.ports import (
    CannotUpdate,
    DirectoryDepartment,
    DirectoryPerson,
    Media,
    Outbound,
    Recipient,
    SendResult,
    SentCard,
)
from cards.model import CardAction
from domain.errors import PlatformError
from tests.adapters.dingtalk.dingtalk_rig import (
    BASE,
    CLIENT,
    CONFIG,
    GROUP,
    NOW,
    PERSON,
    SECRET,
    TEMPLATE,
    Platform,
    Shared,
    build,
    card_post,
    click,
    message,
    refusal,
    robot_post,
    seal,
)
from tests.adapters.sample_cards import APPROVAL, DECIDED, NOTICE

CARD, UPDATE = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
TO_PEOPLE, TO_GROUP = "/v1.0/robot/oToMessages/batchSend", "/v1.0/robot/groupMessages/send"
REGISTER, UPLOAD = "/v1.0/card/callbacks/register", "/media/upload"
NOTICES = "/topapi/message/corpconversation/asyncsend_v2"
SESSION = "/robot/sendBySession"
DELIVERED = {"success": True, "result": {"deliverResults": [{"success": True, "carrierId": "key-1"}]}}
PLAIN = replace(CONFIG, card_template_id="")
STREAM = replace(CONFIG, mode="stream")
SENT = SentCard("key-1", "o1-abc", PERSON, NOW - timedelta(days=1))
HELLO = Outbound("o1", PERSON, None, "你好")


@pytest.fixture
def platform():
    platform = Platform()
    platform.answers = {
        CARD: DELIVERED,
        UPDATE: {"success": True, "result": True},
        TO_PEOPLE: {"processQueryKey": "key-2", "invalidStaffIdList": [], "flowControlledStaffIdList": []},
        TO_GROUP: {"processQueryKey": "key-3"},
        REGISTER: {"success": True, "result": {}},
        UPLOAD: {"errcode": 0, "errmsg": "ok", "media_id": "@lAL1", "type": "image"},
        SESSION: {"errcode": 0, "errmsg": "ok"},
        NOTICES: {"errcode": 0, "task_id": 5},
    }
    return platform


def send(platform, said, config=STREAM, **kwargs):
    adapter = build(config, platform=platform, **kwargs)
    return adapter.send(said, adapter.render(said))


def failed(platform, path, answer, said=None, **kwargs):
    platform.answers[path] = answer
    with pytest.raises(PlatformError) as error:
        send(platform, said or HELLO, **kwargs)
    return error.value


# --- cards


def test_a_card_goes_to_a_person_with_its_key_against_duplicates(platform):
    result = send(platform, Outbound("o42", PERSON, NOTICE, ""))

    body = platform.body()
    assert [f"POST {CARD}"] == platform.calls()
    assert SendResult("key-1", card_ref=body["outTrackId"]) == result
    assert body["outTrackId"].startswith("o42-")
    assert (TEMPLATE, "STREAM", "dtv1.card//IM_ROBOT.u1") == tuple(
        body[name] for name in ("cardTemplateId", "callbackType", "openSpaceId")
    )
    assert {"spaceType": "IM_ROBOT", "robotCode": CLIENT} == body["imRobotOpenDeliverModel"]
    assert not body["imRobotOpenSpaceModel"]["supportForward"]
    assert {str} == {type(value) for value in body["cardData"]["cardParamMap"].values()}
    assert "t-1" == platform.requests[-1].headers["x-acs-dingtalk-access-token"]


def test_a_card_goes_to_a_group_and_calls_who_is_meant(platform):
    send(platform, Outbound("o42", GROUP, NOTICE, "", mentions=("u2",)))

    body = platform.body()
    assert "dtv1.card//IM_GROUP.cidAbc==" == body["openSpaceId"]
    assert {"robotCode": CLIENT, "atUserIds": {"u2": "u2"}} == body["imGroupOpenDeliverModel"]


def test_retries_send_the_same_bytes_under_the_same_name(platform):
    adapter = build(STREAM, platform=platform)
    said = Outbound("o42", PERSON, NOTICE, "")
    rendered = adapter.render(said)

    for _ in range(2):
        adapter.send(said, rendered)

    assert platform.requests[-1].content == platform.requests[-2].content


def test_a_row_of_a_new_database_is_a_new_card(platform):
    names = {send(platform, Outbound("o1", PERSON, NOTICE, "")).card_ref for _ in range(2)}

    assert 2 == len(names)


def test_a_card_that_exists_already_was_sent_by_the_first_try(platform):
    platform.answers[CARD] = [httpx.ReadTimeout("x"), refusal("param.cardAlreadyExist")]
    adapter = build(STREAM, platform=platform)
    said = Outbound("o42", PERSON, NOTICE, "")
    rendered = adapter.render(said)

    with pytest.raises(PlatformError) as error:
        adapter.send(said, rendered)
    result = adapter.send(said, rendered)

    assert (False, True) == (error.value.permanent, error.value.unknown_outcome)
    assert SendResult("", card_ref=rendered.partition("\n")[0]) == result


@pytest.mark.parametrize(
    ("answer", "permanent", "unknown"),
    [
        ({"success": True, "result": {"deliverResults": [{"success": False, "errorMsg": "spaceId is illegal"}]}}, 1, 0),
        ({"success": True, "result": {"deliverResults": []}}, 0, 1),
        ({"success": True}, 0, 1),
        ({}, 0, 1),
    ],
)
def test_success_at_the_top_is_not_delivery(platform, answer, permanent, unknown):
    error = failed(platform, CARD, answer, Outbound("o1", PERSON, NOTICE, ""))

    assert (bool(permanent), bool(unknown)) == (error.permanent, error.unknown_outcome)


def test_clicks_over_http_are_registered_once_before_the_first_card(platform):
    shared = Shared()

    for number in range(2):
        send(platform, Outbound(f"o{number}", PERSON, NOTICE, ""), CONFIG, shared=shared)

    registered = json.loads(platform.requests[1].content)
    assert [f"POST {REGISTER}", f"POST {CARD}", f"POST {CARD}"] == platform.calls()
    assert "http://127.0.0.1:8000/cb/dingtalk/demo/card" == registered["callbackUrl"]
    assert ("HTTP", registered["callbackRouteKey"]) == (
        platform.body()["callbackType"],
        platform.body()["callbackRouteKey"],
    )
    assert SECRET not in registered["apiSecret"]


def test_a_button_that_was_sent_can_be_pressed_by_its_recipient_only(platform):
    adapter = build(CONFIG, platform=platform)
    said = Outbound("o1", PERSON, APPROVAL, "")
    track = adapter.send(said, adapter.render(said)).card_ref
    params = platform.body()["cardData"]["cardParamMap"]
    event = json.loads(params["btns"])[0]["event"] if params["btns"] != "[]" else None
    pressed = event["params"]["params"] if event else {"form": _submitted(params)}

    outcomes = [adapter.receive(card_post(click(pressed, user=user, track=track))) for user in ("u1", "u2")]

    assert ["Accepted", "Refused"] == [type(outcome).__name__ for outcome in outcomes]


def _submitted(params):
    fields = json.loads(params["form"])["fields"]
    chosen = {field["name"]: field.get("defaultValue") for field in fields if field["name"] == "_a"}
    options = [field["options"][0]["value"] for field in fields if field["name"] == "_a" and field.get("options")]
    return {"_a": options[0]} if options else chosen


# --- updates


def test_a_sent_card_gets_its_new_face_for_everybody(platform):
    result = send(platform, Outbound("o2", PERSON, DECIDED, "", update=SENT))

    body = platform.body()
    assert SendResult("key-1", "o1-abc") == result
    assert [f"PUT {UPDATE}"] == platform.calls()
    assert ("o1-abc", True) == (body["outTrackId"], body["cardUpdateOptions"]["updateCardDataByKey"])
    assert "报备审批" in body["cardData"]["cardParamMap"]["head"]


@pytest.mark.parametrize(
    ("update", "config"),
    [
        (SENT, STREAM),
        (replace(SENT, card_ref=""), STREAM),
        (SENT, replace(STREAM, card_template_id="")),
    ],
    ids=["gone", "no card", "no template any more"],
)
def test_what_is_no_card_or_gone_is_beyond_change(platform, update, config):
    platform.answers[UPDATE] = refusal("param.cardNotExist")

    with pytest.raises(CannotUpdate):
        send(platform, Outbound("o2", PERSON, DECIDED, "", update=update), config)


# --- messages


def test_without_a_template_a_card_is_a_message_of_the_robot(platform):
    result = send(platform, Outbound("o1", PERSON, NOTICE, ""), PLAIN)

    body = platform.body()
    assert SendResult("key-2") == result
    assert (CLIENT, ["u1"]) == (body["robotCode"], body["userIds"])
    assert {"title", "text"} <= json.loads(body["msgParam"]).keys()


def test_a_text_goes_to_a_group(platform):
    assert SendResult("key-3") == send(platform, replace(HELLO, recipient=GROUP))
    assert ("cidAbc==", "sampleText", {"content": "你好"}) == (
        platform.body()["openConversationId"],
        platform.body()["msgKey"],
        json.loads(platform.body()["msgParam"]),
    )


@pytest.mark.parametrize("group", [False, True])
def test_where_somebody_just_wrote_the_answer_costs_no_call(platform, group):
    adapter = build(CONFIG, platform=platform)
    adapter.receive(robot_post(message(group=group)))
    said = replace(HELLO, recipient=GROUP if group else PERSON, mentions=("u1",))

    result = adapter.send(said, adapter.render(said))

    body = platform.body()
    assert (SendResult(""), [f"POST {SESSION}"]) == (result, platform.calls())
    assert "session=abc" in str(platform.requests[-1].url)
    assert ({"atUserIds": ["u1"], "isAtAll": False} if group else None) == body.get("at")
    assert ("@u1 你好" if group else "你好") == body["text"]["content"]


def test_a_session_that_ended_early_is_forgotten_and_the_robot_answers(platform):
    platform.answers[SESSION] = {"errcode": 300001, "errmsg": "session 不存在"}
    adapter = build(CONFIG, platform=platform)
    adapter.receive(robot_post(message()))

    for _ in range(2):
        adapter.send(HELLO, adapter.render(HELLO))

    assert [f"POST {SESSION}", f"POST {TO_PEOPLE}", f"POST {TO_PEOPLE}"] == platform.calls()


def test_a_session_ends_with_its_time_and_leads_nowhere_else(platform):
    late = build(CONFIG, platform=platform, clock=lambda: NOW + timedelta(minutes=89))
    late._sessions.note(_session(f"{BASE}/oapi/robot/sendBySession?session=x", NOW + timedelta(minutes=90)))
    foreign = build(CONFIG, platform=platform)
    foreign._sessions.note(_session("https://evil.example/robot/sendBySession", NOW + timedelta(minutes=90)))

    assert (None, None) == (late._sessions.url("u1"), foreign._sessions.url("u1"))


def test_another_process_answers_in_the_same_session(platform):
    shared = Shared()
    build(CONFIG, shared=shared).receive(robot_post(message()))

    send(platform, HELLO, shared=shared)

    assert [f"POST {SESSION}"] == platform.calls()


def test_a_session_is_written_down_once_while_it_lasts(platform):
    shared, written = Shared(), []
    shared.store_token = lambda name, value, expires_at: written.append(value)
    adapter = build(CONFIG, shared=shared)

    for number in range(3):
        body = message({"msgId": f"m{number}", "sessionWebhook": f"{BASE}/oapi/robot/sendBySession?session={number}"})
        adapter.receive(robot_post({**body, "createAt": int(body["createAt"])}, timestamp=str(1795485600000 + number)))

    assert (1, f"{BASE}/oapi/robot/sendBySession?session=2") == (len(written), adapter._sessions.url("u1"))


def _session(url, expires_at):
    return Session("u1", url, expires_at)


def test_somebody_outside_the_company_is_answered_by_session_or_not_at_all(platform):
    outsider = replace(HELLO, recipient=Recipient("person", "$:LWCP_v1:$u1"))
    adapter = build(CONFIG, platform=platform)
    adapter.receive(robot_post(message({"senderStaffId": ""})))

    adapter.send(outsider, adapter.render(outsider))
    error = failed(platform, TO_PEOPLE, {}, outsider)

    assert [f"POST {SESSION}"] == platform.calls()
    assert ("dingtalk_outsider", True) == (error.code, error.permanent)


def test_what_the_robot_may_have_said_is_not_said_again(platform):
    for path, answer in ((TO_PEOPLE, httpx.ReadTimeout("x")), (TO_PEOPLE, {}), (TO_PEOPLE, httpx.Response(504))):
        error = failed(platform, path, answer)
        assert (True, True) == (error.permanent, error.unknown_outcome)


def test_what_was_never_sent_is_tried_again(platform):
    for answer in (httpx.ConnectError("x"), refusal("system.busy", 500)):
        error = failed(platform, TO_PEOPLE, answer)
        assert (False, False) == (error.permanent, error.unknown_outcome)


def test_a_token_that_does_not_come_leaves_nothing_in_doubt(platform):
    error = failed(platform, "/v1.0/oauth2/accessToken", httpx.ReadTimeout("x"))

    assert (False, False) == (error.permanent, error.unknown_outcome)


@pytest.mark.parametrize(
    ("listed", "code", "permanent", "retry_after"),
    [
        ("invalidStaffIdList", "dingtalk_staffId.notExisted", True, None),
        ("flowControlledStaffIdList", "dingtalk_flow_control", False, 60.0),
        ("filteredStaffIdList", "dingtalk_filtered", True, None),
    ],
)
def test_success_may_still_leave_somebody_out(platform, listed, code, permanent, retry_after):
    error = failed(platform, TO_PEOPLE, {"processQueryKey": "k", listed: ["u1"]})

    assert (code, permanent, retry_after) == (error.code, error.permanent, error.retry_after)


def test_whom_the_robot_cannot_reach_gets_a_work_notice(platform):
    platform.answers[TO_PEOPLE] = [refusal("chatbotId.notAllow.sendOTO"), refusal("robot.oto.notExist")]
    config = replace(STREAM, agent_id=77)

    for _ in range(2):
        send(platform, replace(HELLO, text='长\n"' * 3000), config)

    body = platform.body()
    assert 2 == platform.calls().count(f"POST {NOTICES}")
    assert (77, "u1", "markdown") == (body["agent_id"], body["userid_list"], body["msg"]["msgtype"])
    assert body["msg"]["markdown"]["text"].endswith("10:00:00")
    assert len(json.dumps(body["msg"], ensure_ascii=False).encode()) <= 2048
    assert "t-2" == platform.requests[-1].url.params["access_token"]


# --- pictures, files, recall


def test_a_picture_is_uploaded_and_shown(platform):
    said = Outbound("o1", PERSON, None, "", media=Media("image", "图.png", b"\x89PNG"))

    result = send(platform, said)

    upload = next(each for each in platform.requests if each.url.path.endswith(UPLOAD))
    assert (SendResult("key-2"), "sampleImageMsg") == (result, platform.body()["msgKey"])
    assert {"photoURL": "@lAL1"} == json.loads(platform.body()["msgParam"])
    assert ("image", True) == (upload.url.params["type"], b"\x89PNG" in upload.read())


@pytest.mark.parametrize(
    ("name", "sent_as", "kind"), [("报价.XLSX", "报价.XLSX", "xlsx"), ("客户.csv", "客户.csv.zip", "zip")]
)
def test_a_file_of_a_type_dingtalk_does_not_know_travels_in_a_zip(platform, name, sent_as, kind):
    platform.answers[UPLOAD] = {"errcode": "0", "media_id": "@lAL2"}

    send(platform, Outbound("o1", GROUP, None, "", media=Media("file", name, b"a,b")))

    upload = next(each for each in platform.requests if each.url.path.endswith(UPLOAD)).read()
    assert {"mediaId": "@lAL2", "fileName": sent_as, "fileType": kind} == json.loads(platform.body()["msgParam"])
    if kind == "zip":
        packed = zipfile.ZipFile(io.BytesIO(upload[upload.index(b"PK") :].rpartition(b"\r\n--")[0]))
        assert b"a,b" == packed.read(name)


def test_a_message_is_recalled_by_what_the_platform_calls_it(platform):
    group, person = "/v1.0/robot/groupMessages/recall", "/v1.0/robot/otoMessages/batchRecall"
    platform.answers |= {group: {"successResult": ["key-1"], "failedResult": {}}, person: {"successResult": ["key-1"]}}
    adapter = build(STREAM, platform=platform)

    adapter.recall(SENT)
    adapter.recall(replace(SENT, recipient=GROUP))

    assert [f"POST {person}", f"POST {group}"] == platform.calls()
    assert ("cidAbc==", ["key-1"]) == (platform.body()["openConversationId"], platform.body()["processQueryKeys"])


@pytest.mark.parametrize("sent", [SENT, replace(SENT, message_id="")])
def test_what_cannot_be_recalled_is_said_to_be_so(platform, sent):
    platform.answers["/v1.0/robot/otoMessages/batchRecall"] = {"failedResult": {"key-1": "expired"}}

    with pytest.raises(PlatformError) as error:
        build(STREAM, platform=platform).recall(sent)

    assert error.value.permanent


DOWNLOAD = "/v1.0/robot/messageFiles/download"


@pytest.mark.parametrize(
    ("attachment", "media"),
    [
        (Attachment("image", "D1"), Media("image", "x.jpg", b"bytes")),
        (Attachment("file", "D1", "名片.vcf"), Media("file", "名片.vcf", b"bytes")),
    ],
)
def test_what_a_person_sent_is_fetched_by_its_code(platform, attachment, media):
    platform.answers |= {
        DOWNLOAD: {"downloadUrl": f"{BASE}/oapi/files/x.jpg?sign=1"},
        "/files/x.jpg": httpx.Response(200, content=b"bytes"),
    }

    assert media == build(STREAM, platform=platform).download(attachment)
    fetched = platform.requests[-1]
    assert "x-acs-dingtalk-access-token" not in fetched.headers


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({DOWNLOAD: {"downloadUrl": "https://evil.example/x"}}, True),
        ({DOWNLOAD: {"downloadUrl": "http://169.254.169.254/x"}}, True),
        ({DOWNLOAD: {}}, False),
        ({DOWNLOAD: refusal("invalidParameter.robotCode.downloadCode")}, True),
        ({DOWNLOAD: {"downloadUrl": f"{BASE}/oapi/x"}, "/x": httpx.Response(403)}, True),
        ({DOWNLOAD: {"downloadUrl": f"{BASE}/oapi/x"}, "/x": httpx.Response(503)}, False),
    ],
)
def test_a_file_that_does_not_come_is_an_error(platform, answers, permanent):
    platform.answers |= answers

    with pytest.raises(PlatformError) as error:
        build(STREAM, platform=platform).download(Attachment("image", "D1"))

    assert permanent is error.value.permanent


# --- tokens, rates, errors


def test_the_token_is_fetched_once_and_shared_by_both_hosts(platform):
    shared = Shared()

    for _ in range(2):
        send(platform, HELLO, shared=shared)
    send(platform, replace(HELLO, text="", media=Media("image", "a.png", b"x")), shared=shared)

    assert (1, ("t-1", NOW + timedelta(seconds=7200))) == (platform.issued, shared.tokens[f"dingtalk:{CLIENT}"])


OLD_HOST = [
    {"errcode": 88, "sub_code": "40014", "sub_msg": "不合法的access_token", "errmsg": "ding talk error"},
    {"errcode": 40014, "errmsg": "不合法的access_token"},
    {"errcode": "42001", "errmsg": "timeout"},
]


@pytest.mark.parametrize("refused", OLD_HOST)
def test_a_refused_token_is_replaced_whatever_the_old_hosts_spelling(platform, refused):
    platform.answers[UPLOAD] = [refused, platform.answers[UPLOAD]]

    send(platform, replace(HELLO, text="", media=Media("image", "a.png", b"x")))

    assert 2 == platform.issued


def test_a_second_refusal_is_an_error_and_never_a_third_token(platform):
    error = failed(platform, TO_PEOPLE, [refusal("InvalidAuthentication"), refusal("InvalidAuthentication")])

    assert (2, "dingtalk_InvalidAuthentication", False) == (platform.issued, error.code, error.permanent)


def test_threads_that_need_a_token_together_fetch_one(platform):
    adapter = build(STREAM, platform=platform)
    start, tokens = threading.Barrier(8), []

    def work():
        start.wait()
        tokens.append(adapter.client.access_token)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (["t-1"] * 8, 1) == (tokens, platform.issued)


def test_refused_credentials_are_not_asked_with_again_at_once(platform):
    adapter = build(STREAM, platform=platform)
    platform.answers["/v1.0/oauth2/accessToken"] = refusal("invalidClientIdOrSecret", 400)
    errors = []

    for _ in range(3):
        with pytest.raises(PlatformError) as error:
            adapter.send(HELLO, adapter.render(HELLO))
        errors.append(error.value)

    assert (1, [False] * 3) == (len(platform.requests), [each.permanent for each in errors])
    assert SECRET not in repr(errors)


@pytest.mark.parametrize(
    ("code", "status", "permanent", "retry_after"),
    [
        ("invalidParameter.msgParam.invalid", 400, True, None),
        ("param.contentUnsafe", 400, True, None),
        ("group.disbanded", 400, True, None),
        ("contain.unsafe.url", 400, True, None),
        ("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403, False, 300.0),
        ("Forbidden.AccessDenied.IpNotInWhiteList", 403, False, 300.0),
        ("Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 403, False, 1.0),
        ("Forbidden.AccessDenied.QpsLimitForApi", 403, False, 2.0),
        ("Forbidden.AccessDenied.ApiCountLimitForOrg", 403, False, 3600.0),
        ("send.too.fast", 400, False, 10.0),
        ("system.busy", 500, False, 2.0),
        ("param.templateUnpublished", 400, False, 300.0),
    ],
)
def test_codes_of_the_new_host_say_whether_and_when_to_try_again(platform, code, status, permanent, retry_after):
    error = failed(platform, TO_PEOPLE, refusal(code, status))

    assert (f"dingtalk_{code}", permanent, retry_after) == (error.code, error.permanent, error.retry_after)
    assert error.about_account is (retry_after in {300.0, 3600.0})


@pytest.mark.parametrize(
    ("answer", "code", "permanent", "retry_after"),
    [
        ({"errcode": 33012, "errmsg": "x"}, "dingtalk_33012", True, None),
        ({"errcode": -1, "errmsg": "x"}, "dingtalk_-1", False, 2.0),
        ({"errcode": "90018", "errmsg": "x"}, "dingtalk_90018", False, 1.0),
        ({"errcode": 90020, "errmsg": "x"}, "dingtalk_90020", False, 3600.0),
        ({"errcode": 60020, "errmsg": "x"}, "dingtalk_60020", False, 300.0),
        ({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"}, "dingtalk_1111", False, 300.0),
    ],
)
def test_codes_of_the_old_host_say_whether_and_when_to_try_again(platform, answer, code, permanent, retry_after):
    platform.answers[NOTICES] = answer

    with pytest.raises(PlatformError) as error:
        build(STREAM, platform=platform).client.post(NOTICES, {})

    assert (code, permanent, retry_after) == (error.value.code, error.value.permanent, error.value.retry_after)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<html>banned</html>"),
        httpx.Response(502, content=b"<html>bad gateway</html>"),
        httpx.Response(400, json={"message": "no code"}),
        httpx.Response(400, json={"code": {"a": 1}}),
        httpx.Response(200, json={"errcode": "busy\n"}),
        httpx.Response(200, json={"errcode": True}),
        httpx.Response(200, content=b'{"processQueryKey": "k'),
    ],
)
def test_an_answer_that_cannot_be_understood_leaves_the_outcome_unknown(platform, answer):
    assert failed(platform, TO_PEOPLE, answer).unknown_outcome


def test_errors_carry_the_request_id_but_nothing_a_user_typed(platform):
    answer = httpx.Response(
        400, json={"code": "x.y", "message": "张伟 13800001111"}, headers={"x-acs-request-id": "R7"}
    )

    assert "dingtalk_x.y: http 400, request id R7" == str(failed(platform, TO_PEOPLE, answer))


@pytest.mark.parametrize(
    ("recipient", "bucket"),
    [(PERSON, f"dingtalk:{CLIENT}:{TO_PEOPLE}"), (GROUP, f"dingtalk:{CLIENT}:group:cidAbc==")],
)
def test_an_empty_bucket_postpones_the_call(platform, recipient, bucket):
    shared = Shared()
    shared.waits[bucket] = 0.4

    error = failed(platform, TO_PEOPLE, {}, replace(HELLO, recipient=recipient), shared=shared)

    assert (0.4, False, []) == (error.retry_after, error.tried, platform.calls())


@pytest.mark.parametrize("way", ["get_access_token", "top_request"])
def test_the_sdk_has_no_way_out_of_its_own(platform, way):
    client = build(STREAM, platform=platform).client

    with pytest.raises(PlatformError) as refused:
        getattr(client, way)(*(["dingtalk.x", {}] if way == "top_request" else []))

    assert ("http_origin_refused", []) == (refused.value.code, platform.calls())


def test_calls_of_the_sdk_go_our_way(platform):
    platform.answers["/department/list"] = {"errcode": 0, "department": [{"id": 1, "name": "公司"}]}

    assert [{"id": 1, "name": "公司"}] == build(STREAM, platform=platform).client.department.list()
    assert "t-1" == platform.requests[-1].url.params["access_token"]


def test_secrets_are_not_in_the_settings_repr():
    assert not [secret for secret in (SECRET, CONFIG.token, CONFIG.aes_key) if secret in repr(CONFIG)]


# --- the directory


def page(entries, cursor=None):
    more = {"has_more": cursor is not None, **({"next_cursor": cursor} if cursor else {})}
    return {"errcode": 0, "result": {**more, "list": entries}}


def test_the_tree_of_departments_is_walked_level_by_level(platform):
    first = {"dept_id": 5, "name": "销售部", "parent_id": 1}
    second = {"dept_id": 7, "name": "华东一组", "parent_id": 5}
    platform.answers |= {
        "/topapi/v2/department/listsub": [{"errcode": 0, "result": each} for each in ([first], [second], [])],
        "/topapi/v2/department/get": [
            {"errcode": 0, "result": {"dept_manager_userid_list": ["zhou"]}},
            {"errcode": 0, "result": {}},
        ],
    }

    assert [
        DirectoryDepartment("5", "销售部", "", "zhou"),
        DirectoryDepartment("7", "华东一组", "5", None),
    ] == list(build(STREAM, platform=platform).departments())


def test_everybody_comes_once_with_their_departments(platform):
    full = {
        "userid": "u1",
        "name": "小李",
        "dept_id_list": [1, 5, 7],
        "dept_order_list": [{"dept_id": 5, "order": 1}, {"dept_id": 7, "order": 9}],
        "manager_userid": "lao",
        "title": "销售",
        "mobile": "13800001111",
        "org_email": "li@example.com",
    }
    platform.answers |= {
        "/topapi/v2/department/listsubid": [{"errcode": 0, "result": {"dept_id_list": each}} for each in ([5], [5])],
        "/topapi/v2/user/list": [page([{"userid": "u2"}], cursor=1), page([]), page([full, {"userid": "u2"}])],
    }

    assert [
        DirectoryPerson("u2", None, (), None, None, None, None, is_active=True),
        DirectoryPerson("u1", "小李", ("7", "5"), "lao", "销售", "13800001111", "li@example.com", is_active=True),
    ] == list(build(STREAM, platform=platform).people())


def test_the_platform_does_not_tell_who_is_in_a_group():
    assert build().group_member_ids("cidAbc==") is None


# --- what is loaded


STREAM_PATH = """
import sys
from tests.adapters.dingtalk.dingtalk_rig import CONFIG, build
from dataclasses import replace
from adapters.registry import PLATFORMS

adapter = build(replace(CONFIG, mode="stream"))
adapter.warm_up()
assert PLATFORMS["dingtalk"].adapter is type(adapter)
print(sorted(name for name in sys.modules if name.partition(".")[0] in {"aiohttp", "dingtalk_stream"}))
"""


def test_of_the_stream_sdk_only_the_models_are_loaded():
    done = subprocess.run([sys.executable, "-c", STREAM_PATH], capture_output=True, text=True, check=False)

    expected = ["dingtalk_stream", "dingtalk_stream.card_callback", "dingtalk_stream.frames"]
    assert (f"{expected}\n", "") == (done.stdout, done.stderr)


def test_a_buttons_payload_stays_within_what_a_card_may_carry():
    action = CardAction("registration.merge_apply", {"draft": 1, "customer": 12345678, "take": "missing"})

    assert len(bound(seal, "o123456-aabbccddeeff", PERSON)(action)) <= 512

"""
What the emulated DingTalk refuses, counts and drops: tokens, scopes, rates, quotas, limits, and trouble on demand.
"""

import httpx
import pytest
from dingtalk_app import WHOLE, DingTalkApp
from sandbox_bench import DINGTALK

from sandbox.dingtalk.crypto import robot_sign
from sandbox.dingtalk.webhook import secret_of, token_of

USER = "/topapi/v2/user/get"


@pytest.fixture
def dingtalk(bench):
    return DingTalkApp(bench)


def old_token(bench, **changed):
    query = {"appkey": DINGTALK.client_id, "appsecret": DINGTALK.client_secret} | changed
    return bench.call("GET", "/dingtalk/gettoken", params=query).json()


def test_token_stays_the_same_and_lives_longer_while_it_is_asked_for(bench, dingtalk):
    first = dingtalk.token
    bench.pass_time(minutes=100)
    dingtalk.renew()
    second = dingtalk.token
    bench.pass_time(minutes=100)

    assert first == second
    assert "processQueryKey" in dingtalk.send("dt_xiaoli")
    bench.pass_time(hours=2)
    dingtalk.renew()
    assert first != dingtalk.token


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"appSecret": "wrong"}, "invalidClientIdOrSecret"), ({"appKey": ""}, "MissingappKey")],
)
def test_wrong_credentials_get_no_token(dingtalk, changed, code):
    refused = dingtalk.fetch_token(**changed)

    assert (400, code) == (refused.status_code, refused.json()["code"])


def test_token_is_not_given_for_a_form(bench):
    body = {"appKey": DINGTALK.client_id, "appSecret": DINGTALK.client_secret}

    assert "Missingbody" == bench.call("POST", "/dingtalk/v1.0/oauth2/accessToken", data=body).json()["code"]


def test_older_host_and_unified_address_give_tokens_too(bench):
    path = f"/dingtalk/v1.0/oauth2/{DINGTALK.corp_id}/token"
    body = {
        "client_id": DINGTALK.client_id,
        "client_secret": DINGTALK.client_secret,
        "grant_type": "client_credentials",
    }

    unified = [bench.call("POST", path, json=body | bad) for bad in ({}, {"grant_type": "x"}, {"client_secret": "x"})]

    assert (200, 7200) == (unified[0].status_code, unified[0].json()["expires_in"])
    assert ["unsupported.grant.type", "invalid.client"] == [one.json()["code"] for one in unified[1:]]
    assert (0, 40096) == (old_token(bench)["errcode"], old_token(bench, appsecret="x")["errcode"])
    elsewhere = bench.call("POST", path.replace(DINGTALK.corp_id, "dingother"), json=body)
    assert (401, "unauthorized.client") == (elsewhere.status_code, elsewhere.json()["code"])


def test_bad_token_is_refused_in_the_shape_of_each_host(bench, dingtalk):
    dingtalk.token = "other"

    new, wrapped = dingtalk.raw("POST", "/robot/oToMessages/batchSend", {}), dingtalk.old(USER, {"userid": "dt_xiaoli"})
    plain = bench.call("POST", "/dingtalk/media/upload", params={"access_token": "other"}).json()
    absent = bench.call("POST", f"/dingtalk{USER}").json()

    assert (400, "InvalidAuthentication") == (new.status_code, new.json()["code"])
    assert (88, "40014") == (wrapped["errcode"], wrapped["sub_code"])
    assert (40014, "41001") == (plain["errcode"], absent["sub_code"])


def test_tokens_of_one_host_may_be_refused_by_the_other(bench, dingtalk):
    fetched = dingtalk.token
    both = dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]

    bench.post("/dingtalk/switches", name="tokens_by_host", value=True)

    assert (0, 88) == (both, dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"])
    dingtalk.token = old_token(bench)["access_token"]
    assert 0 == dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]
    assert fetched != dingtalk.token


def test_expired_on_demand(bench, dingtalk):
    bench.post("/dingtalk/console", op="expire_tokens")

    assert "InvalidAuthentication" == dingtalk.send("dt_xiaoli")["code"]


def test_missing_right_names_what_is_needed(bench, dingtalk):
    bench.post("/dingtalk/switches", name="missing_scopes", value=["qyapi_robot_sendmsg", "qyapi_get_member"])

    refused = dingtalk.send("dt_xiaoli")

    assert "Forbidden.AccessDenied.AccessTokenPermissionDenied" == refused["code"]
    assert ["qyapi_robot_sendmsg"] == refused["accessdenieddetail"]["requiredScopes"]
    assert 60011 == dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]


def test_twenty_calls_a_second_of_one_kind(bench, dingtalk):
    sent = [dingtalk.send("dt_xiaoli") for _ in range(21)]
    other = dingtalk.send_to_group("cidDemoEast==")
    bench.pass_time(seconds=1)

    assert [None] * 20 == [one.get("code") for one in sent[:20]]
    assert "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi" == sent[20]["code"]
    assert ["processQueryKey"] == list(other)
    assert "processQueryKey" in dingtalk.send("dt_xiaoli")


def test_the_months_calls_are_counted_and_reads_of_the_directory_are_not(bench, dingtalk):
    bench.post("/dingtalk/switches", name="api_per_month", value=2)
    for _ in range(3):
        dingtalk.old(USER, {"userid": "dt_xiaoli"})

    sent = [dingtalk.send("dt_xiaoli") for _ in range(3)]
    refused = bench.call("POST", "/dingtalk/media/upload", params={"access_token": dingtalk.token}).json()

    assert [None, None, "Forbidden.AccessDenied.ApiCountLimitForOrg"] == [one.get("code") for one in sent]
    assert 90020 == refused["errcode"]
    assert {"api": 2, "message": 0} == bench.post("/dingtalk/console", op="quota")["used"]
    bench.pass_time(days=9)
    dingtalk.renew()
    assert "processQueryKey" in dingtalk.send("dt_xiaoli")


def test_past_the_months_messages_the_address_for_answers_refuses(bench, dingtalk):
    bench.post("/dingtalk/messages", user="小李", text="报备")
    state = bench.sandbox.platforms["dingtalk"].state
    bench.post("/dingtalk/switches", name="messages_per_month", value=1)

    path = f"/dingtalk/robot/sendBySession?session={next(iter(state.sessions))}"
    answered = bench.call("POST", path, json={"msgtype": "text", "text": {"content": "x"}}).json()

    assert 90020 == answered["errcode"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"robotCode": ""}, "invalidParameter.robotCode.empty"),
        ({"robotCode": "other"}, "invalidParameter.robotCode.notExsit"),
        ({"userIds": []}, "invalidParameter.userIds.empty"),
        ({"userIds": ["dt_xiaoli"] * 21}, "invalidParameter.userIds.overMax"),
        ({"userIds": ["dt_nobody"]}, "staffId.notExisted"),
        ({"msgKey": ""}, "invalidParameter.msgKey.empty"),
        ({"msgKey": "sampleCard"}, "invalidParameter.msgKey.invalid"),
        ({"msgKey": "sampleActionCard9", "msgParam": '{"title":"a","text":"b"}'}, "invalidParameter.msgKey.invalid"),
        ({"msgParam": "no json"}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": {"title": "a"}}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"title":"a"}'}, "invalidParameter.msgParam.invalid"),
        ({"msgParam": '{"title":"a","text":"' + "字" * 5000 + '"}'}, "invalidParameter.msgParam.tooLong"),
        (
            {"msgKey": "sampleFile", "msgParam": '{"mediaId":"@x","fileName":"a","fileType":"pdf"}'},
            "invalidParameter.msgParam.invalid",
        ),
        ({"msgKey": "sampleImageMsg", "msgParam": '{"photoURL":"@x"}'}, "invalidParameter.msgParam.invalid"),
    ],
)
def test_faulty_batches_are_refused(dingtalk, changed, code):
    assert code == dingtalk.send("dt_xiaoli", **changed)["code"]


@pytest.mark.parametrize(
    ("switch", "changed", "code"),
    [
        ("", {"openConversationId": ""}, "miss.openConversationId"),
        ("", {"openConversationId": "cidOther=="}, "invalid.openConversationId"),
        ("bot_outside_groups", {}, "invalidParameter.robotCode.notExsit"),
        ("disbanded_groups", {}, "group.disbanded"),
    ],
)
def test_faulty_group_messages_are_refused(bench, dingtalk, switch, changed, code):
    if switch:
        bench.post("/dingtalk/switches", name=switch, value=["east_group"])

    assert code == dingtalk.send_to_group("cidDemoEast==", **changed)["code"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outTrackId": ""}, "param.outTrackIdEmpty"),
        ({"outTrackId": "x" * 101}, "param.invalid"),
        ({"cardTemplateId": ""}, "param.cardTemplateIdEmpty"),
        ({"cardData": {}}, "param.cardPublicDataEmpty"),
        ({"cardTemplateId": "unknown.schema"}, "param.templateNotExist"),
        ({"openSpaceId": ""}, "param.openSpaceIdEmpty"),
        ({"openSpaceId": "IM_ROBOT.dt_laozhang"}, "param.openSpaceIdInvalid"),
        ({"openSpaceId": "dtv1.card//IM_OTHER.x"}, "param.openSpaceIdInvalid"),
        ({"imRobotOpenDeliverModel": None}, "param.openDeliverModelEmpty"),
        ({"imRobotOpenDeliverModel": {"robotCode": "other"}}, "param.openDeliverModelError"),
        ({"imRobotOpenSpaceModel": {}}, "param.openSpaceModelInvalid"),
        ({"cardData": {"cardParamMap": {"amount": 5}}}, "param.invalid"),
        ({"privateData": {"dt_nobody": {"cardParamMap": {"note": "x"}}}}, "param.userIdNotExist"),
    ],
)
def test_faulty_cards_are_refused(dingtalk, changed, code):
    assert code == dingtalk.show(**changed)["code"]


def test_card_id_is_used_once(dingtalk):
    assert (True, "param.cardAlreadyExist") == (dingtalk.show()["success"], dingtalk.show()["code"])


@pytest.mark.parametrize("space", ["IM_ROBOT.dt_nobody", "IM_GROUP.cidOther==", "IM_ROBOT.dt_wairen"])
def test_card_for_nobody_is_a_success_that_was_not_delivered(dingtalk, space):
    shown = dingtalk.show(space)

    assert (True, [(False, "spaceId is illegal")]) == (
        shown["success"],
        [(one["success"], one["errorMsg"]) for one in shown["result"]["deliverResults"]],
    )


def test_unpublished_template_is_refused_unless_drafts_are_allowed(bench, dingtalk):
    bench.post("/dingtalk/console", op="import_template", id="draft.schema", published=False, template=WHOLE)

    refused = dingtalk.show(cardTemplateId="draft.schema")
    bench.post("/dingtalk/switches", name="refuse_unpublished_templates", value=False)

    assert "param.templateUnpublished" == refused["code"]
    assert dingtalk.show(cardTemplateId="draft.schema")["success"]


def test_updates_of_nothing_and_of_no_card_are_refused(dingtalk):
    dingtalk.show()

    assert "param.cardNotExist" == dingtalk.update("other", status="x")["code"]
    assert "param.cardDataAndPrivateDataBothEmpty" == dingtalk.update()["code"]
    assert "param.userIdNotExist" == dingtalk.update(private={"dt_nobody": {"note": "x"}})["code"]


def test_route_keeps_its_first_address_unless_forced(bench, dingtalk):
    first = dingtalk.register()["result"]["callbackUrl"]
    second = dingtalk.register(callbackUrl="http://127.0.0.1:1/x", forceUpdate=False)["result"]["callbackUrl"]
    forced = dingtalk.register(callbackUrl="http://127.0.0.1:1/x")["result"]["callbackUrl"]
    bench.post("/dingtalk/switches", name="strict_route_keys", value=True)

    assert (first, "http://127.0.0.1:1/x") == (second, forced)
    assert "param.callbackRouteKeyExist" == dingtalk.register(forceUpdate=False)["code"]
    assert "param.callbackRouteKeyEmpty" == dingtalk.register(callbackRouteKey="")["code"]
    assert "param.callbackUrlEmpty" == dingtalk.register(callbackUrl="")["code"]
    assert "system.updateCallbackFailed" == dingtalk.register(callbackUrl="https://example.test/cb")["code"]


def notice(dingtalk, *user_ids, msg=None, **changed):
    message = msg or {"msgtype": "text", "text": {"content": "保护期到了"}}
    body = {"agent_id": DINGTALK.agent_id, "userid_list": ",".join(user_ids), "msg": message}
    return dingtalk.old("/topapi/message/corpconversation/asyncsend_v2", body | changed)


def result(dingtalk, sent):
    body = {"agent_id": DINGTALK.agent_id, "task_id": sent["task_id"]}
    return dingtalk.old("/topapi/message/corpconversation/getsendresult", body)["send_result"]


def test_same_notice_twice_a_day_is_dropped_in_silence(bench, dingtalk):
    first, second = notice(dingtalk, "dt_xiaoli", "dt_nobody"), notice(dingtalk, "dt_xiaoli")

    assert (0, 0) == (first["errcode"], second["errcode"])
    assert (["dt_xiaoli"], ["dt_nobody"]) == (
        result(dingtalk, first)["read_user_id_list"],
        result(dingtalk, first)["invalid_user_id_list"],
    )
    assert [{"code": "143106", "count": 1, "userid": "dt_xiaoli"}] == result(dingtalk, second)["forbidden_list"]
    assert 1 == len(bench.get("/dingtalk/chats/p2p/messages", user="小李"))
    assert [{"api": "asyncsend_v2", "user": "dt_xiaoli", "code": "143106"}] == bench.get("/dingtalk/dropped")


def test_five_hundred_notices_a_day(bench, dingtalk):
    bench.post("/dingtalk/switches", name="api_per_second", value=10_000)
    sent = [
        notice(dingtalk, "dt_xiaoli", msg={"msgtype": "text", "text": {"content": f"第 {n} 条"}}) for n in range(501)
    ]

    assert ["143105"] == [one["code"] for one in result(dingtalk, sent[-1])["forbidden_list"]]
    assert 500 == len(bench.get("/dingtalk/chats/p2p/messages", user="小李"))


def test_status_of_an_oa_notice_changes_within_a_week(bench, dingtalk):
    oa = {
        "head": {"text": "聊单"},
        "status_bar": {"status_value": "待审批", "status_bg": "0xFFFF9D46"},
        "body": {"title": "客户报备", "form": [{"key": "客户：", "value": "云图"}]},
    }
    sent = notice(dingtalk, "dt_laozhang", msg={"msgtype": "oa", "oa": oa})
    body = {
        "agent_id": DINGTALK.agent_id,
        "task_id": sent["task_id"],
        "status_value": "已同意",
        "status_bg": "0xFF78C06E",
    }
    path = "/topapi/message/corpconversation/status_bar/update"

    changed = dingtalk.old(path, body)

    assert 0 == changed["errcode"]
    assert "聊单\n已同意\n客户报备\n客户：云图" == bench.get("/dingtalk/chats/p2p/messages", user="老张")[-1]["text"]
    bench.pass_time(days=8)
    dingtalk.renew()
    assert 40035 == dingtalk.old(path, body)["errcode"]


@pytest.mark.parametrize(
    ("changed", "errcode"),
    [
        ({"agent_id": 1}, 40056),
        ({"msg": {"msgtype": "card"}}, 40008),
        ({"msg": {"msgtype": "text", "text": {"content": "字" * 700}}}, 40035),
        ({"userid_list": ""}, 40035),
        ({"userid_list": ",".join(["dt_xiaoli"] * 101)}, 40035),
    ],
)
def test_faulty_notices_are_refused(dingtalk, changed, errcode):
    assert errcode == notice(dingtalk, "dt_xiaoli", **changed)["errcode"]


def test_notice_is_taken_back(bench, dingtalk):
    sent = notice(dingtalk, "dt_xiaoli")

    body = {"agent_id": DINGTALK.agent_id, "msg_task_id": sent["task_id"]}
    dingtalk.old("/topapi/message/corpconversation/recall", body)

    assert bench.get("/dingtalk/chats/p2p/messages", user="小李")[0]["recalled"]


def by_webhook(bench, group="east_group", **changed):
    timestamp = str(round(bench.real.timestamp() * 1000))
    query = {"access_token": token_of(group), "timestamp": timestamp, "sign": robot_sign(secret_of(group), timestamp)}
    body = {"msgtype": "text", "text": {"content": "今日战报"}} | changed.pop("body", {})
    return bench.call("POST", "/dingtalk/robot/send", params=query | changed, json=body).json()


def test_robot_of_a_group_sends_by_its_signed_address(bench):
    sent = by_webhook(bench)

    assert (0, "今日战报") == (
        sent["errcode"],
        bench.get("/dingtalk/chats/east_group/messages", user="小李")[-1]["text"],
    )
    assert (310000, "sign not match") == tuple(by_webhook(bench, sign="x")[key] for key in ("errcode", "errmsg"))
    assert "invalid timestamp" == by_webhook(bench, timestamp="1")["errmsg"]
    assert 400101 == by_webhook(bench, access_token="x")["errcode"]
    assert 400105 == by_webhook(bench, body={"msgtype": "interactiveCard"})["errcode"]


def test_twenty_first_message_in_a_minute_blocks_for_ten(bench):
    errcodes = [by_webhook(bench)["errcode"] for _ in range(21)]
    bench.pass_time(minutes=9)
    blocked = by_webhook(bench)["errcode"]
    bench.pass_time(minutes=2)

    assert ([0] * 20 + [410100], 410100, 0) == (errcodes, blocked, by_webhook(bench)["errcode"])


def test_repeated_uuid_is_shown_once_and_a_keyword_may_be_demanded(bench):
    for _ in range(2):
        by_webhook(bench, body={"msgUuid": "u-1"})
    bench.post("/dingtalk/switches", name="webhook_keyword", value="聊单")

    assert 310000 == by_webhook(bench)["errcode"]
    assert 1 == len(bench.get("/dingtalk/chats/east_group/messages", user="小李"))


def test_directory_is_read_level_by_level(dingtalk):
    top = dingtalk.old("/topapi/v2/department/listsub", {"dept_id": 1})["result"]
    sales = next(one for one in top if one["name"] == "销售部")
    below = dingtalk.old("/topapi/v2/department/listsub", {"dept_id": sales["dept_id"]})["result"]
    east = below[0]["dept_id"]

    page = dingtalk.old("/topapi/v2/user/list", {"dept_id": east, "cursor": 0, "size": 2})["result"]
    rest = dingtalk.old("/topapi/v2/user/list", {"dept_id": east, "cursor": page["next_cursor"], "size": 2})["result"]

    assert ["华东一组", "华南组"] == [one["name"] for one in below]
    assert {sales["dept_id"]} == {one["parent_id"] for one in below}
    assert (["小李", "小王"], True) == ([one["name"] for one in page["list"]], page["has_more"])
    assert (["老张"], False) == ([one["name"] for one in rest["list"]], rest["has_more"])
    assert ["dt_laozhang"] == dingtalk.old("/topapi/v2/department/get", {"dept_id": east})["result"][
        "dept_manager_userid_list"
    ]
    ids = dingtalk.old("/topapi/user/listid", {"dept_id": east})["result"]["userid_list"]
    assert ["dt_xiaoli", "dt_xiaowang", "dt_laozhang"] == ids


def test_person_is_read_with_manager_and_without_a_phone(bench, dingtalk):
    person = dingtalk.old(USER, {"userid": "dt_xiaoli"})["result"]

    assert ("小李", "dt_laozhang", "un_demo_xiaoli") == (person["name"], person["manager_userid"], person["unionid"])
    assert "mobile" not in person
    found = dingtalk.old("/topapi/user/getbyunionid", {"unionid": "un_demo_wairen"})["result"]
    assert (1, "dt_wairen") == (found["contact_type"], found["userid"])
    bench.post("/dingtalk/switches", name="text_errcodes", value=True)
    assert "0" == dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (USER, {}, 400002),
        (USER, {"userid": "dt_nobody"}, 33012),
        (USER, {"userid": "dt_wairen"}, 60121),
        ("/topapi/user/getbyunionid", {"unionid": "x"}, 60121),
        ("/topapi/v2/user/getbymobile", {"mobile": "13800000000"}, 60121),
        ("/topapi/v2/department/listsub", {"dept_id": 999}, 60003),
        ("/topapi/v2/user/list", {"dept_id": 1, "size": 101}, 400002),
    ],
)
def test_faulty_reads_of_the_directory_are_refused(dingtalk, path, body, errcode):
    assert errcode == dingtalk.old(path, body)["errcode"]


def test_who_has_left_is_no_longer_reached(bench, dingtalk):
    bench.post("/dingtalk/members", op="leave", user="小李")

    assert "staffId.notExisted" == dingtalk.send("dt_xiaoli")["code"]
    assert 60121 == dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("rate_limit", "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi"), ("token_expired", "InvalidAuthentication")],
)
def test_planned_trouble_comes_once(bench, dingtalk, kind, code):
    bench.post("/dingtalk/faults", api="batchSend", kind=kind, times=1)

    first = dingtalk.send("dt_xiaoli")
    dingtalk.renew()

    assert code == first["code"]
    assert "processQueryKey" in dingtalk.send("dt_xiaoli")


def test_unknown_people_may_hide_inside_a_success(bench, dingtalk):
    bench.post("/dingtalk/faults", api="batchSend", kind="invalid_user", times=1)
    bench.post("/dingtalk/faults", api="createAndDeliver", kind="invalid_user", times=1)
    bench.post("/dingtalk/faults", api="groupMessages/send", kind="invalid_user", times=1)
    bench.post("/dingtalk/faults", api="user/get", kind="invalid_user", times=1)

    assert ["dt_xiaoli"] == dingtalk.send("dt_xiaoli")["invalidStaffIdList"]
    assert not dingtalk.show()["result"]["deliverResults"][0]["success"]
    assert "staffId.notExisted" == dingtalk.send_to_group("cidDemoEast==")["code"]
    assert 33012 == dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"]
    assert [] == bench.get("/dingtalk/chats/p2p/messages", user="小李")


def test_answer_may_be_lost_after_the_work_is_done(bench, dingtalk):
    bench.post("/dingtalk/faults", api="batchSend", kind="drop_after_accept", times=1)

    with pytest.raises((httpx.TransportError, ConnectionError)):
        dingtalk.send("dt_xiaoli")

    assert 1 == len(bench.get("/dingtalk/chats/p2p/messages", user="小李"))


def test_banned_address_gets_neither_shape_of_errors(bench, dingtalk):
    bench.post("/dingtalk/switches", name="ip_ban", value="json")
    as_json = dingtalk.raw("POST", "/robot/oToMessages/batchSend", {}).json()
    bench.post("/dingtalk/switches", name="ip_ban", value="html")
    as_page = dingtalk.raw("POST", "/robot/oToMessages/batchSend", {})

    assert (1111, "deny") == (as_json["status"], as_json["punish"])
    assert "html" in as_page.headers["content-type"]


def test_every_second_call_may_find_the_system_busy(bench, dingtalk):
    bench.post("/dingtalk/switches", name="busy_every", value=2)

    answers = [dingtalk.send("dt_xiaoli").get("code") for _ in range(4)]
    errcodes = {dingtalk.old(USER, {"userid": "dt_xiaoli"})["errcode"] for _ in range(2)}

    assert ({"system.busy", None}, 2) == (set(answers), answers.count("system.busy"))
    assert {0, -1} == errcodes


def test_unknown_calls_are_named_as_such(bench, dingtalk):
    new, old = dingtalk.raw("POST", "/nothing", {}), bench.call("POST", "/dingtalk/topapi/nothing")

    assert (404, "InvalidAction.NotFound", 404) == (new.status_code, new.json()["code"], old.status_code)


def test_unknown_console_operations_are_explained(bench):
    assert bench.post("/dingtalk/console", op="fly")["error"].startswith("op 要是其中之一：import_template")


def test_body_that_is_no_object_is_refused_by_each_host(bench, dingtalk):
    headers = {"x-acs-dingtalk-access-token": dingtalk.token}
    path, query = f"/dingtalk{USER}", {"access_token": dingtalk.token}

    new = bench.call("POST", "/dingtalk/v1.0/robot/oToMessages/batchSend", content=b"[]", headers=headers).json()
    old = bench.call("POST", path, content=b"[]", params=query).json()

    assert ("Missingbody", 40035) == (new["code"], old["errcode"])

"""
People talk to the robot on the emulated DingTalk, and the robot answers through the vendor's API: HTTP mode.
"""

import json

import pytest
from dingtalk_app import DingTalkApp, event_body, robot_body, success
from sandbox_bench import DINGTALK


@pytest.fixture
def dingtalk(bench):
    return DingTalkApp(bench)


def heard(bench):
    return [robot_body(seen) for seen in bench.product.callbacks("dingtalk") if "/event" not in seen.path]


def told(bench):
    return [event_body(seen) for seen in bench.product.callbacks("dingtalk") if "/event" in seen.path]


def texts(bench, user, chat="p2p"):
    return [message["text"] for message in bench.get(f"/dingtalk/chats/{chat}/messages", user=user)]


def answer(bench, body, session=None):
    address = session or heard(bench)[-1]["sessionWebhook"]
    return bench.call("POST", address.removeprefix(bench.url), json=body).json()


def test_direct_text_reaches_the_product_signed_with_who_and_where(bench):
    sent = bench.post("/dingtalk/messages", user="小李", text="报备 杭州云图")

    body = heard(bench)[0]
    assert [200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert ("text", {"content": "报备 杭州云图"}) == (body["msgtype"], body["text"])
    assert ("1", "dt_xiaoli", DINGTALK.corp_id) == (
        body["conversationType"],
        body["senderStaffId"],
        body["chatbotCorpId"],
    )
    assert 5_400_000 == body["sessionWebhookExpiredTime"] - body["createAt"]
    assert "isInAtList" not in body


def test_requested_duplicates_are_one_message_under_different_signatures(bench):
    bench.post("/dingtalk/messages", user="小李", text="报备", times=3)

    seen = bench.product.callbacks("dingtalk")
    assert 1 == len({body["msgId"] for body in heard(bench)})
    assert 3 == len({one.headers["sign"] for one in seen})


def test_group_text_reaches_the_robot_only_when_it_is_called(bench):
    silent = bench.post("/dingtalk/messages", user="小李", chat="华东销售群", text="大家好 @小王")
    bench.post("/dingtalk/messages", user="小李", chat="east_group", text="@聊单 转给 @小王")

    body = heard(bench)[0]
    assert ([], 1) == (silent["deliveries"], len(heard(bench)))
    assert {"content": " 转给 @小王"} == body["text"]
    assert ("2", "cidDemoEast==", "华东销售群", True) == tuple(
        body[key] for key in ("conversationType", "conversationId", "conversationTitle", "isInAtList")
    )
    assert [(body["chatbotUserId"], None), (body["atUsers"][1]["dingtalkId"], "dt_xiaowang")] == [
        (one["dingtalkId"], one.get("staffId")) for one in body["atUsers"]
    ]


def test_an_outsider_and_an_unpublished_app_have_no_staff_id(bench):
    bench.post("/dingtalk/messages", user="外人", text="你好")
    bench.post("/dingtalk/switches", name="published", value=False)
    bench.post("/dingtalk/messages", user="小李", text="你好")

    assert [None, None] == [body.get("senderStaffId") for body in heard(bench)]
    assert [None, DINGTALK.corp_id] == [body.get("senderCorpId") for body in heard(bench)]


@pytest.mark.parametrize(
    ("spoken", "kind", "field", "value"),
    [
        ({"voice_text": "报备云图"}, "audio", "recognition", "报备云图"),
        ({"file": {"name": "名单.xlsx", "base64": "aGVsbG8="}}, "file", "fileName", "名单.xlsx"),
    ],
)
def test_other_kinds_of_messages_arrive_as_their_type(bench, spoken, kind, field, value):
    bench.post("/dingtalk/messages", user="小李", **spoken)

    assert (kind, value) == (heard(bench)[0]["msgtype"], heard(bench)[0]["content"][field])


def test_a_reply_quotes_the_message_it_answers(bench):
    quoted = bench.post("/dingtalk/messages", user="小李", text="报备 云图")["message_id"]

    bench.post("/dingtalk/messages", user="小李", text="改成云途", reply_to=quoted)

    first, second = heard(bench)
    replied = second["text"]["repliedMsg"]
    assert (True, first["msgId"], "text") == (second["text"]["isReplyMsg"], replied["msgId"], replied["msgType"])
    assert ({"text": "报备 云图"}, first["senderId"]) == (replied["content"], replied["senderId"])


def test_a_place_is_no_message_that_robots_know(bench):
    bench.post("/dingtalk/messages", user="小李", location={"name": "杭州市"})

    assert "unknownMsgType" == heard(bench)[0]["msgtype"]


@pytest.mark.parametrize("spoken", [{"voice_text": "报备"}, {"file": {"name": "a.pdf", "base64": "aGVsbG8="}}])
def test_voice_and_files_cannot_be_sent_to_the_robot_in_a_group(bench, spoken):
    refused = bench.post("/dingtalk/messages", user="小李", chat="east_group", **spoken)

    assert "钉钉群里不能把语音和文件发给机器人" == refused["error"]


def test_picture_is_fetched_by_its_code_through_a_temporary_address(bench, dingtalk):
    bench.post("/dingtalk/messages", user="小李", image="data:image/png;base64,iVBORw0KGgo=")
    code = heard(bench)[0]["content"]["downloadCode"]

    def ask(given):
        body = {"downloadCode": given, "robotCode": DINGTALK.robot_code}
        return dingtalk.call("POST", "/robot/messageFiles/download", body)

    address = ask(code)["downloadUrl"].removeprefix(bench.url)
    assert b"\x89PNG\r\n\x1a\n" == bench.call("GET", address).content
    assert "invalidParameter.robotCode.downloadCode" == ask("other")["code"]
    bench.pass_time(minutes=10)
    assert 404 == bench.call("GET", address).status_code
    bench.pass_time(hours=2)
    dingtalk.renew()
    assert "invalidParameter.robotCode.downloadCode" == ask(code)["code"]


def test_answers_by_the_messages_own_address_need_no_token(bench):
    bench.post("/dingtalk/messages", user="小李", chat="east_group", text="@聊单 帮助")

    done = answer(bench, {"msgtype": "markdown", "markdown": {"title": "帮助", "text": "**报备** 客户"}})

    message = bench.get("/dingtalk/chats/east_group/messages", user="小王")[-1]
    assert (0, "ok") == (done["errcode"], done["errmsg"])
    assert ("markdown", "报备 客户") == (message["kind"], message["text"])


def test_people_called_in_an_answer_are_named(bench):
    bench.post("/dingtalk/messages", user="小李", chat="east_group", text="@聊单 帮助")

    answer(bench, {"msgtype": "text", "text": {"content": "请看"}, "at": {"atUserIds": ["dt_xiaowang"]}})

    assert "请看 @小王" == texts(bench, "小李", "east_group")[-1]


def test_the_address_for_answers_ends_after_ninety_minutes(bench):
    bench.post("/dingtalk/messages", user="小李", text="帮助")
    session = heard(bench)[0]["sessionWebhook"]

    bench.pass_time(minutes=90)

    refused = answer(bench, {"msgtype": "text", "text": {"content": "晚了"}}, session)
    assert (300001, "session 不存在") == (refused["errcode"], refused["errmsg"])


@pytest.mark.parametrize("body", [{"msgtype": "interactiveCard"}, {"msgtype": "text", "text": {}}, {}])
def test_the_address_for_answers_takes_no_cards(bench, body):
    bench.post("/dingtalk/messages", user="小李", text="帮助")

    assert answer(bench, body)["errcode"] in {400105, 40035}


def test_batch_reaches_the_known_and_names_the_unknown(bench, dingtalk):
    sent = dingtalk.send("dt_xiaoli", "dt_nobody", "dt_wairen", "dt_xiaoli")

    assert ["dt_nobody", "dt_wairen"] == sent["invalidStaffIdList"]
    assert ["到期 明天"] == texts(bench, "小李")


def test_flooded_people_are_named_beside_the_success(bench, dingtalk):
    bench.post("/dingtalk/switches", name="flow_controlled_users", value=["xiaoli"])

    sent = dingtalk.send("dt_xiaoli", "dt_xiaowang")

    assert ["dt_xiaoli"] == sent["flowControlledStaffIdList"]
    assert ([], ["到期 明天"]) == (texts(bench, "小李"), texts(bench, "小王"))


def test_group_message_is_seen_by_its_members(bench, dingtalk):
    assert "processQueryKey" in dingtalk.send_to_group("cidDemoEast==")

    assert ["今天 3 家"] == texts(bench, "老张", "east_group")


def test_sent_messages_can_be_taken_back_once_within_a_day(bench, dingtalk):
    key = dingtalk.send("dt_xiaoli")["processQueryKey"]
    body = {"robotCode": DINGTALK.robot_code, "processQueryKeys": [key]}

    first = dingtalk.call("POST", "/robot/otoMessages/batchRecall", body)
    second = dingtalk.call("POST", "/robot/otoMessages/batchRecall", body)

    assert ([key], []) == (first["successResult"], second["successResult"])
    assert key in second["failedResult"]
    assert bench.get("/dingtalk/chats/p2p/messages", user="小李")[0]["recalled"]


def test_after_a_day_nothing_is_taken_back(bench, dingtalk):
    key = dingtalk.send_to_group("cidDemoEast==")["processQueryKey"]
    bench.pass_time(hours=24, seconds=1)
    dingtalk.renew()
    body = {"robotCode": DINGTALK.robot_code, "openConversationId": "cidDemoEast==", "processQueryKeys": [key]}

    answered = dingtalk.call("POST", "/robot/groupMessages/recall", body)

    assert {key: "robot.processQueryKey.expired"} == answered["failedResult"]


def test_who_has_read_is_told_for_a_day(bench, dingtalk):
    direct, group = (
        dingtalk.send("dt_xiaoli")["processQueryKey"],
        dingtalk.send_to_group("cidDemoEast==")["processQueryKey"],
    )
    query = {"robotCode": DINGTALK.robot_code, "processQueryKey": direct}

    read = dingtalk.call("GET", "/robot/oToMessages/readStatus", **query)
    body = {"openConversationId": "cidDemoEast==", "processQueryKey": group, "maxResults": 2}
    page = dingtalk.call("POST", "/robot/groupMessages/query", body)

    assert [("小李", "READ")] == [(one["name"], one["readStatus"]) for one in read["messageReadInfoList"]]
    assert (["dt_xiaoli", "dt_xiaowang"], True, "2") == (page["readUserIds"], page["hasMore"], page["nextToken"])
    bench.pass_time(days=2)
    dingtalk.renew()
    assert "processQueryKey.expireTime" == dingtalk.call("GET", "/robot/oToMessages/readStatus", **query)["code"]


@pytest.mark.parametrize(
    ("key", "param", "kind", "text"),
    [
        ("sampleText", {"content": "你好"}, "text", "你好"),
        ("sampleLink", {"title": "合同", "text": "请看", "messageUrl": "https://x.test"}, "card", "合同\n请看"),
        (
            "sampleActionCard",
            {"title": "甲", "text": "乙", "singleTitle": "看", "singleURL": "https://x"},
            "card",
            "甲\n乙",
        ),
        ("sampleImageMsg", {"photoURL": "https://x.test/a.png"}, "image", "[图片]"),
    ],
)
def test_every_kind_of_robot_message_is_shown(bench, dingtalk, key, param, kind, text):
    dingtalk.send("dt_xiaoli", key=key, param=param)

    message = bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]
    assert (kind, text) == (message["kind"], message["text"])


def test_uploaded_file_is_shown_with_its_content(bench, dingtalk):
    files = {"media": ("日报.xlsx", b"hello")}
    path = "/dingtalk/media/upload"
    uploaded = bench.call("POST", path, params={"access_token": dingtalk.token, "type": "file"}, files=files).json()
    param = {"mediaId": uploaded["media_id"], "fileName": "日报.xlsx", "fileType": "xlsx"}

    dingtalk.send("dt_xiaoli", key="sampleFile", param=param)

    message = bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]
    assert ("file", "[文件] 日报.xlsx") == (message["kind"], message["text"])
    assert b"hello" == bench.call("GET", message["attachment"]).content


@pytest.mark.parametrize(
    ("kind", "name", "content", "errcode"),
    [
        ("file", "a.csv", b"x", 40004),
        ("image", "a.svg", b"x", 40004),
        ("paper", "a.png", b"x", 40004),
        ("voice", "a.mp3", b"x" * (2 * 1024 * 1024 + 1), 45001),
        ("image", "a.png", b"", 40035),
    ],
)
def test_unfit_uploads_are_refused(bench, dingtalk, kind, name, content, errcode):
    query = {"access_token": dingtalk.token, "type": kind}

    refused = bench.call("POST", "/dingtalk/media/upload", params=query, files={"media": (name, content)}).json()

    assert errcode == refused["errcode"]


def test_a_link_in_a_text_makes_the_client_send_it(bench, dingtalk):
    text = "[同意](dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20AP-17) 或 [看](https://x.test)"
    dingtalk.send("dt_xiaoli", param={"title": "审批", "text": text})
    message = bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]

    outcome = bench.post("/dingtalk/clicks", user="小李", message_id=message["id"], button="同意")

    assert ["同意"] == [button["label"] for button in message["card"]["buttons"]]
    assert 200 == outcome["status"]
    assert "同意 AP-17" == heard(bench)[0]["text"]["content"]
    assert "同意 AP-17" == texts(bench, "小李")[-1]


def test_such_links_do_nothing_in_groups_and_on_buttons_unless_switched_on(bench, dingtalk):
    link = "dtmd://dingtalkclient/sendMessage?content=ok"
    dingtalk.send_to_group("cidDemoEast==", msgParam=json.dumps({"title": "a", "text": f"[好]({link})"}))
    card = {"title": "甲", "text": "乙", "singleTitle": "好", "singleURL": link}
    dingtalk.send("dt_xiaoli", key="sampleActionCard", param=card)
    group = bench.get("/dingtalk/chats/east_group/messages", user="小李")[-1]
    direct = bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]

    before = [bench.post("/dingtalk/clicks", user="小李", message_id=m["id"], button="好") for m in (group, direct)]
    bench.post("/dingtalk/switches", name="dtmd_in_action_cards", value=True)
    after = bench.post("/dingtalk/clicks", user="小李", message_id=direct["id"], button="好")

    assert ["无法打开此链接"] * 2 == [outcome["client_error"] for outcome in before]
    assert (200, None) == (after["status"], after["client_error"])


def test_buttons_of_a_message_open_links(bench, dingtalk):
    card = {
        "title": "甲",
        "text": "乙",
        "buttonTitle1": "看",
        "buttonUrl1": "https://x.test/1",
        "buttonTitle2": "走",
        "buttonUrl2": "https://x.test/2",
    }
    dingtalk.send("dt_xiaoli", key="sampleActionCard6", param=card)
    message = bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]

    outcome = bench.post("/dingtalk/clicks", user="小李", message_id=message["id"], button="走")

    assert ("https://x.test/2", []) == (outcome["url"], bench.product.callbacks("dingtalk"))


def test_people_who_join_change_and_leave_are_encrypted_events(bench):
    for _ in range(3):
        bench.product.will_answer(success())

    bench.post("/dingtalk/members", op="join", user="xiaolin", name="小林", department="east", manager="laozhang")
    bench.post("/dingtalk/members", op="update", user="小林", name="小林林")
    bench.post("/dingtalk/members", op="leave", user="小林林")

    joined, changed, left = told(bench)
    assert ["user_add_org", "user_modify_org", "user_leave_org"] == [e["EventType"] for e in (joined, changed, left)]
    assert (["dt_xiaolin"], DINGTALK.corp_id) == (joined["userId"], joined["CorpId"])
    assert {"name": "小林"} == changed["diffInfo"]["prev"]
    assert ["dingtalk"] == next(p["left"] for p in bench.get("/world")["people"] if p["name"] == "小林林")


@pytest.mark.parametrize(("shape", "shown"), [("list", list), ("", type(None))])
def test_how_a_change_is_told_varies(bench, shape, shown):
    bench.product.will_answer(success())
    bench.post("/dingtalk/switches", name="difference", value=shape)

    bench.post("/dingtalk/members", op="update", user="小李", title="高级销售")

    assert isinstance(told(bench)[0].get("diffInfo"), shown)


def test_entering_and_leaving_a_group_are_events_and_change_who_sees_it(bench):
    bench.product.will_answer(success())
    bench.product.will_answer(success())

    bench.post("/dingtalk/console", op="enter_group", user="小赵", group="华东销售群")
    entered = bench.get("/dingtalk/chats", user="小赵")
    bench.post("/dingtalk/console", op="leave_group", user="小赵", group="华东销售群")

    assert ["chat_add_member", "chat_remove_member"] == [event["EventType"] for event in told(bench)]
    assert ("cidDemoEast==", ["dt_xiaozhao"]) == (told(bench)[0]["openConversationId"], told(bench)[0]["userId"])
    assert "east_group" in [chat["id"] for chat in entered]
    assert "east_group" not in [chat["id"] for chat in bench.get("/dingtalk/chats", user="小赵")]


@pytest.mark.parametrize(
    "wrong", [success("ok"), success() | {"msg_signature": "0" * 40}, success() | {"encrypt": "AAAA"}, {}]
)
def test_an_event_not_confirmed_is_repeated_twice_and_then_listed(bench, dingtalk, wrong):
    for _ in range(3):
        bench.product.will_answer(wrong)
    bench.post("/dingtalk/members", op="leave", user="小李")

    delivered = []
    for seconds in (10, 30, 600):
        bench.pass_time(seconds=seconds)
        bench.sandbox.platforms["dingtalk"].fire_due()
        delivered.append(len(told(bench)))

    query = {"access_token": dingtalk.token}
    listed = [bench.call("GET", "/dingtalk/call_back/get_call_back_failed_result", params=query).json() for _ in "ab"]
    assert [2, 3, 3] == delivered
    assert 1 == len({event["eventId"] for event in told(bench)})
    assert ["user_leave_org"] == [failed["call_back_tag"] for failed in listed[0]["failed_list"]]
    assert {"userid": ["dt_xiaoli"], "corpid": DINGTALK.corp_id} == listed[0]["failed_list"][0]["user_leave_org"]
    assert [] == listed[1]["failed_list"]


def test_address_of_events_is_verified_by_the_sealed_word(bench):
    bench.product.will_answer(success())
    assert bench.post("/dingtalk/verify")["verified"]
    bench.product.will_answer({"errcode": 0})

    assert not bench.post("/dingtalk/verify")["verified"]
    assert [{"EventType": "check_url"}] * 2 == told(bench)


@pytest.mark.parametrize("bend", ["signature", "truncated"])
def test_messages_can_be_bent_to_try_the_products_checks(bench, bend):
    bench.post("/dingtalk/switches", name="tamper", value=bend)

    bench.post("/dingtalk/messages", user="小李", text="报备")

    with pytest.raises(AssertionError):
        heard(bench)


def test_a_stale_message_is_two_hours_old_and_rightly_signed(bench):
    bench.post("/dingtalk/switches", name="tamper", value="stale")

    bench.post("/dingtalk/messages", user="小李", text="报备")

    seen = bench.product.callbacks("dingtalk")[0]
    assert 7_200_000 == robot_body(seen)["createAt"] - int(seen.headers["timestamp"])


@pytest.mark.parametrize("bend", ["signature", "truncated", "receiver"])
def test_events_can_be_bent_to_try_the_products_checks(bench, bend):
    bench.post("/dingtalk/switches", name="tamper", value=bend)

    bench.post("/dingtalk/members", op="leave", user="小李")

    with pytest.raises(ValueError, match=r"signature|padding|receiver|length"):
        told(bench)


def test_past_the_months_messages_the_text_is_missing_and_an_error_stands_there(bench):
    bench.post("/dingtalk/switches", name="messages_per_month", value=1)
    bench.post("/dingtalk/messages", user="小李", text="第一条")
    bench.post("/dingtalk/messages", user="小李", text="第二条")
    bench.post("/dingtalk/switches", name="quota_error_names", value="errCode,errMsg")
    bench.post("/dingtalk/messages", user="小李", text="第三条")
    bench.pass_time(days=9)
    bench.post("/dingtalk/messages", user="小李", text="下个月")

    first, second, third, later = heard(bench)
    assert ("第一条", None) == (first["text"]["content"], first.get("errorCode"))
    assert (None, 20001) == (second.get("text"), second["errorCode"])
    assert (None, 20001) == (third.get("text"), third["errCode"])
    assert "下个月" == later["text"]["content"]


def test_menu_entries_send_their_text_and_opening_the_chat_is_not_told(bench):
    opened = bench.post("/dingtalk/events", user="小李", event="open")
    bench.post("/dingtalk/events", user="小李", event="menu", key="我的客户")

    assert [] == opened["deliveries"]
    assert ["我的客户"] == [body["text"]["content"] for body in heard(bench)]

"""
What the emulated Feishu refuses: tokens, receivers, sizes, rates, and cards with one wrong property.
"""

import json

import pytest
from feishu_app import APPROVAL, DONE, FORM, FeishuApp, button, card, plain_text

from sandbox.feishu.card_rules import Surroundings, check_card
from sandbox.feishu.errors import FeishuError

TABLE = {"tag": "table", "columns": [{"name": "a", "data_type": "text"}], "rows": [{"a": "1"}]}
AROUND = Surroundings(person_ids=frozenset({"ou_known"}), image_exists=lambda key: key == "img_known")


TAG = {"tag": "text_tag", "text": plain_text("待审批")}
HEADS = card() | {"header": {"title": plain_text("x"), "text_tag_list": [TAG] * 4}}


@pytest.fixture
def feishu(bench):
    return FeishuApp(bench)


def form(*elements):
    return card({"tag": "form", "name": "f", "elements": list(elements)})


def column(*elements):
    return {"tag": "column_set", "columns": [{"tag": "column", "elements": list(elements)}]}


@pytest.mark.parametrize(
    "content",
    [
        {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "hi"}]}},
        {"elements": [{"tag": "markdown", "content": "x", "bogus": 1}]},
        card({"tag": "markdown", "content": "<at id=ou_known></at> <at id=all></at> <person id='ou_known'></person>"}),
        card({"tag": "img", "img_key": "img_known", "alt": plain_text("图")}),
        card(*[TABLE] * 5),
        card(*[{"tag": "hr"}] * 199),
        APPROVAL | {"config": {"update_multi": True, "enable_forward": False, "summary": {"content": "x"}}},
        FORM,
        form(column(button("提交", "s", form_action_type="submit"))),
        card(column(button("同意", "a"), {"tag": "div", "text": plain_text("x")})),
        card({"tag": "person_list", "persons": [{"id": "ou_other"}], "drop_invalid_user_id": True}),
        card({"tag": "chart", "chart_spec": {"type": "funnel"}}),
        card() | {"header": {"title": plain_text("x"), "text_tag_list": [TAG] * 3}},
        card({"tag": "select_img", "name": "x", "options": [{"img_key": "img_known", "value": "a"}]}),
    ],
)
def test_good_cards_pass(content):
    check_card(json.loads(json.dumps(content).replace("ou_demo_xiaoli", "ou_known")), AROUND)


@pytest.mark.parametrize(
    ("content", "sub_code", "value"),
    [
        ({"schema": "2.0", "elements": [{"tag": "markdown", "content": "hi"}]}, 200621, "unknown property: elements"),
        (card({"tag": "note", "elements": []}), 200861, "unsupported tag note"),
        (card({"tag": "action", "actions": []}), 200861, "unsupported tag action"),
        (card({"tag": "markdown", "content": "x", "text_color": "grey"}), 200621, "text_color"),
        (card(*[TABLE] * 6), 11310, "table"),
        (card(*[{"tag": "hr"}] * 201), 11310, ""),
        (card() | {"config": {"wide_screen_mode": True}}, 200621, "wide_screen_mode"),
        (card(TABLE | {"rows": [{"b": "1"}]}), 200915, "b"),
        (card(TABLE | {"rows": ["x"]}), 200914, "rows"),
        (card(column(TABLE)), 200621, "table"),
        (card({"tag": "markdown", "content": "<at id=ou_other></at>"}), 100290, "ou_other"),
        (card({"tag": "person", "user_id": "ou_other"}), 100290, "ou_other"),
        (card({"tag": "img", "img_key": "img_other"}), 200570, "img_other"),
        (card({"tag": "chart", "chart_spec": "{}"}), 200550, ""),
        (card(button("x", "a") | {"behaviors": [{"type": "callback", "value": "text"}]}), 200621, "value"),
        (card(button("x", "a") | {"behaviors": [{"type": "magic"}]}), 200621, "magic"),
        (card(button("x", "a", confirm={"text": plain_text("?")})), 200621, "title"),
        (card(button("x", "a", form_action_type="submit")), 200621, "button"),
        (card({"tag": "button", "name": "x"}), 200621, "button"),
        (card({"tag": "multi_select_static", "name": "m", "options": []}), 200621, "multi_select_static"),
        (form({"tag": "input", "name": "i"}), 200530, "f"),
        (form({"tag": "input"}, button("提交", "s", form_action_type="submit")), 200530, "input"),
        (form(button("a", "s", form_action_type="submit"), button("b", "s", form_action_type="submit")), 200621, "s"),
        (card(column({"tag": "form", "name": "f", "elements": [button("a", "s")]})), 200621, "form"),
        (card({"tag": "hr", "element_id": "1x"}), 200621, "1x"),
        (card({"tag": "hr", "element_id": "x"}, {"tag": "hr", "element_id": "x"}), 300301, "x"),
        (card() | {"config": {"update_multi": False}}, 300302, "update_multi"),
        (card() | {"header": {"template": "blue"}}, 200621, "header.title"),
        (card({"tag": "input", "name": "i", "placeholder": plain_text("长" * 101)}), 11310, "placeholder"),
        (card({"tag": "input", "name": "i", "max_length": 1001}), 200621, "1001"),
        (card({"tag": "div", "text": "plain"}), 200621, "path"),
        (card("text"), 200621, "path"),
        (card({"tag": "column_set", "columns": [{"tag": "hr"}]}), 200621, "hr"),
        (card({"tag": "column_set", "columns": [{"tag": "column", "bogus": 1}]}), 200621, "bogus"),
        (card({"tag": "collapsible_panel", "header": {"title": plain_text("x"), "bogus": 1}}), 200621, "bogus"),
        (card({"tag": "collapsible_panel", "elements": []}), 200621, "collapsible_panel"),
        (card({"tag": "person_list", "persons": [{"id": "ou_other"}]}), 100290, "ou_other"),
        (card({"tag": "markdown", "content": "<at ids=ou_known,ou_other></at>"}), 100290, "ou_other"),
        (card({"tag": "div", "text": {"tag": "text", "content": "x"}}), 200861, "path"),
        (card({"tag": "div", "fields": [{"text": {"tag": "plain_text", "bogus": 1}}]}), 200621, "bogus"),
        (card({"tag": "select_static", "name": "s", "options": [{"text": plain_text("x")}]}), 200621, "select_static"),
        (card({"tag": "select_person", "name": "s", "options": [{"value": "ou_other"}]}), 100290, "ou_other"),
        (card({"tag": "select_static", "name": "s", "initial_option": "x", "options": []}), 200621, "x"),
        (card(button("x", "a", icon={"tag": "standard_icon", "bogus": 1})), 200621, "bogus"),
        (card(TABLE | {"columns": [{"name": str(n)} for n in range(51)], "rows": []}), 11310, "columns"),
        (card(TABLE | {"columns": [{"name": "a", "bogus": 1}]}), 200621, "bogus"),
        (HEADS, 11310, "text_tag_list"),
    ],
)
def test_one_fault_refuses_the_whole_card(content, sub_code, value):
    with pytest.raises(FeishuError) as refused:
        check_card(content, AROUND)

    assert 230099 == refused.value.code
    assert f"ErrCode: {sub_code};" in refused.value.message
    assert value in refused.value.message


def test_containers_may_not_nest_deeper_than_five():
    nested = {"tag": "hr"}
    for _ in range(6):
        nested = column(nested)

    with pytest.raises(FeishuError, match="230099"):
        check_card(card(nested), AROUND)


def test_refused_card_is_not_shown(bench, feishu):
    answer = feishu.raw(
        "POST",
        "/im/v1/messages",
        {"receive_id": "ou_demo_xiaoli", "msg_type": "interactive", "content": json.dumps(card({"tag": "note"}))},
        receive_id_type="open_id",
    )

    assert (400, 230099) == (answer.status_code, answer.json()["code"])
    assert answer.headers["X-Tt-Logid"] == answer.json()["error"]["log_id"]
    assert [] == bench.get("/feishu/chats/p2p/messages", user="小李")


def test_token_stays_the_same_until_half_an_hour_is_left(bench, feishu):
    first = feishu.fetch_token()
    bench.pass_time(minutes=89)
    second = feishu.fetch_token()
    bench.pass_time(minutes=2)
    third = feishu.fetch_token()

    assert (first["tenant_access_token"], 1860) == (second["tenant_access_token"], second["expire"])
    assert first["tenant_access_token"] != third["tenant_access_token"]
    assert 7200 == third["expire"]
    assert 0 == feishu.call("GET", "/bot/v3/info")["code"]


def test_token_expires_after_two_hours(bench, feishu):
    bench.pass_time(hours=2)

    assert 99991663 == feishu.call("GET", "/bot/v3/info")["code"]


@pytest.mark.parametrize(("token", "code"), [("", 99991661), ("x-bad", 99991671), ("t-bad", 99991663)])
def test_wrong_tokens_are_told_apart(feishu, token, code):
    feishu.token = token

    assert code == feishu.call("GET", "/bot/v3/info")["code"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"app_id": "cli_other"}, 10014), ({"app_id": ""}, 10003), ({"app_secret": "wrong"}, 10014)],
)
def test_wrong_credentials_are_refused(feishu, changed, code):
    assert code == feishu.fetch_token(**changed)["code"]


def test_missing_scope_is_named(bench, feishu):
    bench.post("/feishu/switches", name="missing_scopes", value=["im:message:send_as_bot"])

    answer = feishu.send("ou_demo_xiaoli", "text", {"text": "你好"})

    assert 99991672 == answer["code"]
    assert "im:message:send_as_bot" == answer["error"]["permission_violations"][0]["subject"]


@pytest.mark.parametrize(
    ("receive_id", "id_type", "code"),
    [
        ("ou_demo_xiaoli", "phone", 99992402),
        ("ou_demo_xiaoli", "chat_id", 230034),
        ("ou_other", "open_id", 99992351),
        ("xiaoli", "open_id", 230034),
        ("oc_other", "chat_id", 230034),
        ("oc_p2p_xiaoli", "chat_id", 0),
        ("on_demo_xiaoli", "union_id", 0),
        ("xiaoli", "user_id", 0),
    ],
)
def test_receivers_must_fit_their_type(feishu, receive_id, id_type, code):
    assert code == feishu.send(receive_id, "text", {"text": "你好"}, id_type=id_type)["code"]


@pytest.mark.parametrize(
    ("switch", "value", "receive_id", "id_type", "code"),
    [
        ("unavailable_users", ["xiaoli"], "ou_demo_xiaoli", "open_id", 230013),
        ("stopped_users", ["xiaoli"], "ou_demo_xiaoli", "open_id", 230053),
        ("bot_outside_groups", ["east_group"], "oc_demo_east", "chat_id", 230002),
        ("dissolved_groups", ["east_group"], "oc_demo_east", "chat_id", 232009),
        ("muted_groups", ["east_group"], "oc_demo_east", "chat_id", 230035),
        ("dlp", True, "ou_demo_xiaoli", "open_id", 230028),
    ],
)
def test_closed_chats_refuse_the_bot(bench, feishu, switch, value, receive_id, id_type, code):
    bench.post("/feishu/switches", name=switch, value=value)

    assert code == feishu.send(receive_id, "text", {"text": "电话 13800001111"}, id_type=id_type)["code"]


def test_leaver_can_no_longer_be_reached(bench, feishu):
    bench.post("/feishu/members", op="leave", user="小李")

    assert 230029 == feishu.send("ou_demo_xiaoli", "text", {"text": "你好"})["code"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msg_type": "text", "content": {"text": "object"}}, 230001),
        ({"msg_type": "text", "content": "not json"}, 230001),
        ({"msg_type": "text", "content": '{"text": ""}'}, 230001),
        ({"msg_type": "magic", "content": "{}"}, 230054),
        ({"content": "{}"}, 99992402),
        ({"msg_type": "text", "content": json.dumps({"text": "x" * 150 * 1024})}, 230025),
        ({"msg_type": "interactive", "content": json.dumps(card(title="x" * 31_000))}, 230025),
        ({"msg_type": "text", "content": '{"text": "x"}', "uuid": "u" * 51}, 99992402),
        ({"msg_type": "image", "content": '{"image_key": "img_other"}'}, 230001),
    ],
)
def test_bad_contents_are_refused(feishu, body, code):
    body = {"receive_id": "ou_demo_xiaoli", **body}

    assert code == feishu.call("POST", "/im/v1/messages", body, receive_id_type="open_id")["code"]


def test_same_uuid_sends_once_within_an_hour(bench, feishu):
    first = feishu.send("ou_demo_xiaoli", "text", {"text": "提醒"}, uuid="outbox-1")
    second = feishu.send("ou_demo_xiaoli", "text", {"text": "提醒"}, uuid="outbox-1")
    bench.pass_time(hours=1)
    third = feishu.send("ou_demo_xiaoli", "text", {"text": "提醒"}, uuid="outbox-1")

    assert first["data"]["message_id"] == second["data"]["message_id"] != third["data"]["message_id"]
    assert 2 == len(bench.get("/feishu/chats/p2p/messages", user="小李"))


def test_sixth_message_of_a_second_to_one_chat_is_refused(bench, feishu):
    codes = [feishu.send("ou_demo_xiaoli", "text", {"text": "x"})["code"] for _ in range(6)]
    other = feishu.send("ou_demo_xiaowang", "text", {"text": "x"})["code"]
    bench.pass_time(seconds=1)
    later = feishu.send("ou_demo_xiaoli", "text", {"text": "x"})["code"]

    assert [0, 0, 0, 0, 0, 230020] == codes
    assert [0, 0] == [other, later]


def test_too_many_calls_of_one_api_are_refused_with_the_time_to_wait(bench, feishu):
    bench.post("/feishu/switches", name="api_per_minute", value=2)

    answers = [feishu.raw("GET", "/bot/v3/info") for _ in range(3)]

    assert [200, 200, 429] == [answer.status_code for answer in answers]
    assert (99991400, "1") == (answers[2].json()["code"], answers[2].headers["x-ogw-ratelimit-reset"])


def test_only_own_cards_can_be_changed(bench, feishu):
    bench.post("/feishu/messages", user="小李", text="你好")
    theirs = bench.sandbox.platforms["feishu"].book.in_chat("p2p:xiaoli")[0].vendor_id
    mine = feishu.send("ou_demo_xiaoli", "text", {"text": "你好"})["data"]["message_id"]

    assert 230071 == feishu.patch(theirs, DONE)["code"]
    assert 230001 == feishu.patch(mine, DONE)["code"]
    assert 99992354 == feishu.patch("om_unknown", DONE)["code"]


def test_second_version_cannot_become_the_first(feishu):
    sent = feishu.send("ou_demo_xiaoli", "interactive", APPROVAL)["data"]["message_id"]

    assert "200830" in feishu.patch(sent, {"elements": []})["msg"]


def test_recalled_card_can_neither_be_changed_nor_answered(bench, feishu):
    sent = feishu.send("ou_demo_xiaoli", "interactive", APPROVAL)["data"]["message_id"]
    feishu.call("DELETE", f"/im/v1/messages/{sent}")

    message = bench.get("/feishu/chats/p2p/messages", user="小李")[0]
    reply = feishu.call("POST", f"/im/v1/messages/{sent}/reply", {"msg_type": "text", "content": '{"text": "x"}'})

    assert message["recalled"]
    assert [230011, 230011] == [feishu.patch(sent, DONE)["code"], reply["code"]]
    assert (
        "消息已被撤回"
        == bench.post("/feishu/clicks", user="小李", message_id=message["id"], button="同意")["client_error"]
    )


def test_reply_names_its_parent(bench, feishu):
    sent = feishu.send("ou_demo_xiaoli", "text", {"text": "你好"})["data"]
    body = {"msg_type": "text", "content": '{"text": "再问一下"}'}

    reply = feishu.call("POST", f"/im/v1/messages/{sent['message_id']}/reply", body)["data"]

    assert (sent["message_id"], sent["chat_id"]) == (reply["parent_id"], reply["chat_id"])
    assert 2 == len(bench.get("/feishu/chats/p2p/messages", user="小李"))


def test_text_and_post_are_shown_as_people_read_them(bench, feishu):
    post = {
        "zh_cn": {"title": "日报", "content": [[{"tag": "text", "text": "新增 3 "}, {"tag": "md", "text": "**好**"}]]}
    }
    feishu.send("ou_demo_xiaoli", "text", {"text": '<at user_id="ou_demo_xiaoli">小李</at> <b>请看</b>'})
    feishu.send("ou_demo_xiaoli", "post", post)

    shown = bench.get("/feishu/chats/p2p/messages", user="小李")

    assert [("text", "@小李 请看"), ("markdown", "日报\n新增 3 好")] == [(m["kind"], m["text"]) for m in shown]


def test_own_text_can_be_edited(bench, feishu):
    sent = feishu.send("ou_demo_xiaoli", "text", {"text": "旧"})["data"]["message_id"]

    feishu.call("PUT", f"/im/v1/messages/{sent}", {"msg_type": "text", "content": '{"text": "新"}'})

    assert "新" == bench.get("/feishu/chats/p2p/messages", user="小李")[0]["text"]
    assert '{"text": "新"}' == feishu.call("GET", f"/im/v1/messages/{sent}")["data"]["items"][0]["body"]["content"]


def test_uploaded_picture_can_be_sent_and_read_back(bench, feishu):
    headers = {"Authorization": f"Bearer {feishu.token}"}
    path = "/feishu/open-apis/im/v1/images"
    files = {"image": ("a.png", b"\x89PNG", "image/png")}
    key = bench.call("POST", path, data={"image_type": "message"}, files=files, headers=headers).json()["data"][
        "image_key"
    ]
    empty = bench.call("POST", path, data={"image_type": "message"}, files={"image": ("a.png", b"")}, headers=headers)

    feishu.send("ou_demo_xiaoli", "image", {"image_key": key})
    address = bench.get("/feishu/chats/p2p/messages", user="小李")[0]["attachment"]

    assert b"\x89PNG" == bench.call("GET", address).content
    assert b"\x89PNG" == feishu.raw("GET", f"/im/v1/images/{key}").content
    assert 234010 == empty.json()["code"]


def test_directory_shows_departments_people_and_superiors(feishu):
    children = feishu.call("GET", "/contact/v3/departments/0/children", fetch_child="true", page_size=50)["data"]
    east = feishu.call("GET", "/contact/v3/users/find_by_department", department_id="od-demo-east")["data"]["items"]
    xiaoli = feishu.call("GET", "/contact/v3/users/ou_demo_xiaoli", user_id_type="open_id")["data"]["user"]

    assert ("销售部", "0") == (
        children["items"][0]["name"],
        children["items"][0]["parent_department_id"],
    )
    assert ["小李", "小王", "老张"] == [user["name"] for user in east]
    assert "ou_demo_laozhang" == xiaoli["leader_user_id"]


def test_lists_come_in_pages(feishu):
    path = "/contact/v3/departments/0/children"
    first = feishu.call("GET", path, fetch_child="true", page_size=5)["data"]
    second = feishu.call("GET", path, fetch_child="true", page_size=5, page_token=first["page_token"])["data"]

    assert (5, True, 3, False) == (
        len(first["items"]),
        first["has_more"],
        len(second["items"]),
        second["has_more"],
    )


def test_outsider_is_out_of_the_contact_range(feishu):
    assert 41050 == feishu.call("GET", "/contact/v3/users/ou_demo_wairen")["code"]


def test_fields_without_their_scope_are_left_out(bench, feishu):
    bench.post("/feishu/switches", name="missing_scopes", value=["contact:user.base:readonly"])

    user = feishu.call("GET", "/contact/v3/users/ou_demo_xiaoli")["data"]["user"]

    assert "name" not in user
    assert "department_ids" in user


def test_chats_and_their_members_can_be_read(feishu):
    chats = feishu.call("GET", "/im/v1/chats")["data"]["items"]
    members = feishu.call("GET", "/im/v1/chats/oc_demo_east/members")["data"]

    assert "华东销售群" in [chat["name"] for chat in chats]
    assert ("小李", 4) == (members["items"][0]["name"], members["member_total"])
    assert 232006 == feishu.call("GET", "/im/v1/chats/oc_other")["code"]


def test_unknown_path_and_wrong_method_have_their_codes(feishu):
    assert 99991201 == feishu.call("GET", "/im/v1/nothing")["code"]
    assert 99991301 == feishu.call("DELETE", "/bot/v3/info")["code"]


def test_several_people_and_one_department_can_be_read(feishu):
    ids = ["ou_demo_xiaoli", "ou_demo_wairen", "ou_other"]
    batch = feishu.call("GET", "/contact/v3/users/batch", user_ids=ids, user_id_type="open_id")["data"]["items"]
    east = feishu.call("GET", "/contact/v3/departments/od-demo-east")["data"]["department"]

    assert ["小李"] == [user["name"] for user in batch]
    assert ("华东一组", "od-demo-sales", "ou_demo_laozhang", 3) == (
        east["name"],
        east["parent_department_id"],
        east["leader_user_id"],
        east["member_count"],
    )
    assert 40004 == feishu.call("GET", "/contact/v3/departments/od-other")["code"]
    assert 99992402 == feishu.call("GET", "/contact/v3/users/batch")["code"]


def test_nobody_is_found_by_phone_or_address(feishu):
    wanted = {"mobiles": ["13800001111"], "emails": ["li@example.test"]}

    found = feishu.call("POST", "/contact/v3/users/batch_get_id", wanted, user_id_type="open_id")["data"]["user_list"]

    assert [{"mobile": "13800001111"}, {"email": "li@example.test"}] == found


def test_direct_and_group_chats_can_be_read(feishu):
    assert "p2p" == feishu.call("GET", "/im/v1/chats/oc_p2p_xiaoli")["data"]["chat_mode"]
    assert "华东销售群" == feishu.call("GET", "/im/v1/chats/oc_demo_east")["data"]["name"]
    assert ["小李"] == [m["name"] for m in feishu.call("GET", "/im/v1/chats/oc_p2p_xiaoli/members")["data"]["items"]]


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({"file_type": "xls", "file_name": "名单.xls"}, {"file": ("a.xls", b"hello")}, 0),
        ({"file_type": "exe", "file_name": "a.exe"}, {"file": ("a.exe", b"hello")}, 234001),
        ({"file_type": "xls"}, {"file": ("a.xls", b"hello")}, 234001),
        ({"file_type": "xls", "file_name": "a.xls"}, {"other": ("a.xls", b"hello")}, 234001),
        ({"file_type": "xls", "file_name": "a.xls"}, {"file": ("a.xls", b"x" * (30 * 1024 * 1024 + 1))}, 234006),
    ],
)
def test_files_are_checked_when_uploaded(bench, feishu, data, files, code):
    headers = {"Authorization": f"Bearer {feishu.token}"}

    answer = bench.call("POST", "/feishu/open-apis/im/v1/files", data=data, files=files, headers=headers).json()

    assert code == answer["code"]
    if code == 0:
        feishu.send("ou_demo_xiaoli", "file", {"file_key": answer["data"]["file_key"]})
        assert "[文件] 名单.xls" == bench.get("/feishu/chats/p2p/messages", user="小李")[0]["text"]


def test_things_of_others_cannot_be_downloaded(bench, feishu):
    feishu.send("ou_demo_xiaoli", "interactive", APPROVAL)
    card_id = bench.sandbox.platforms["feishu"].book.in_chat("p2p:xiaoli")[0].vendor_id

    assert 234008 == feishu.call("GET", "/im/v1/images/img_v3_other")["code"]
    assert 234043 == feishu.call("GET", f"/im/v1/messages/{card_id}/resources/x", type="file")["code"]
    assert 99992354 == feishu.call("GET", "/im/v1/messages/om_other/resources/x", type="file")["code"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("text", 11311),
        ({"schema": "2.0", "body": {"elements": [{"tag": "note"}]}}, 230099),
        (card(title="x" * 103_000), 100000),
    ],
)
def test_faulty_delayed_updates_are_refused(bench, feishu, content, code):
    feishu.send("ou_demo_laozhang", "interactive", APPROVAL)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]
    bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="同意")
    token = next(iter(bench.sandbox.platforms["feishu"].state.update_tokens))

    assert code == feishu.delayed(token, content)["code"]
    assert bench.get("/feishu/chats/p2p/messages", user="老张")[0]["updated"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msg_type": "interactive", "content": "{}"}, 230054),
        ({"msg_type": "text", "content": '{"text": 1}'}, 230001),
        ({"msg_type": "post", "content": '{"content": []}'}, 230001),
    ],
)
def test_faulty_edits_change_nothing(bench, feishu, body, code):
    sent = feishu.send("ou_demo_xiaoli", "text", {"text": "旧"})["data"]["message_id"]

    assert code == feishu.call("PUT", f"/im/v1/messages/{sent}", body)["code"]
    assert "旧" == bench.get("/feishu/chats/p2p/messages", user="小李")[0]["text"]


def test_text_can_be_edited_twenty_times(bench, feishu):
    sent = feishu.send("ou_demo_xiaoli", "text", {"text": "旧"})["data"]["message_id"]
    codes = []
    for number in range(21):
        bench.pass_time(seconds=1)
        body = {"msg_type": "text", "content": json.dumps({"text": str(number)})}
        codes.append(feishu.call("PUT", f"/im/v1/messages/{sent}", body)["code"])

    assert [0] * 20 + [230001] == codes


def test_message_of_a_person_is_read_back_with_its_sender(bench, feishu):
    bench.post("/feishu/messages", user="小李", text="你好")
    sent = bench.sandbox.platforms["feishu"].book.in_chat("p2p:xiaoli")[0].vendor_id

    item = feishu.call("GET", f"/im/v1/messages/{sent}")["data"]["items"][0]

    assert ("ou_demo_xiaoli", "user") == (item["sender"]["id"], item["sender"]["sender_type"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xd8\xff\xe0JFIF", 0),
        (b"RIFF0000WEBPVP8 ", 0),
        (b"0000ftypheic", 0),
        (b"<svg/>", 234011),
        (b"%PDF", 234011),
    ],
)
def test_only_pictures_are_taken_as_pictures(bench, feishu, content, code):
    headers = {"Authorization": f"Bearer {feishu.token}"}
    files = {"image": ("a.png", content)}

    answer = bench.call(
        "POST", "/feishu/open-apis/im/v1/images", data={"image_type": "message"}, files=files, headers=headers
    )

    assert code == answer.json()["code"]


def test_a_text_names_those_it_calls(bench, feishu):
    text = '<at user_id="ou_demo_xiaowang"></at> <at user_id="all"></at> <at user_id="ou_nobody">某人</at> 请看'

    sent = feishu.send("oc_demo_east", "text", {"text": text}, id_type="chat_id")["data"]

    assert [("@_user_1", "ou_demo_xiaowang", "open_id", "小王")] == [
        tuple(mention[key] for key in ("key", "id", "id_type", "name")) for mention in sent["mentions"]
    ]
    assert "@小王 @所有人 @某人 请看" == bench.get("/feishu/chats/east_group/messages", user="小李")[-1]["text"]

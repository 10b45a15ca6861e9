"""
What the emulated WeCom refuses: tokens, receivers, contents, cards and groups, each with the vendor's code.
"""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from sandbox_bench import WECOM
from wecom_app import CARD, WeComApp, passive_reply

from sandbox.envelope import Envelope
from sandbox.wecom.card_rules import check_card, cut_texts
from sandbox.wecom.errors import WeComError

LINK = {"type": 1, "url": "https://example.test/"}
NOTICE = {"card_type": "text_notice", "main_title": {"title": "提醒"}, "card_action": LINK}
NEWS = {
    "card_type": "news_notice",
    "main_title": {"title": "x"},
    "card_action": LINK,
    "card_image": {"url": "https://x/"},
}
OPTIONS = [{"id": "a", "text": "甲"}, {"id": "b", "text": "乙"}]
VOTE = {
    "card_type": "vote_interaction",
    "main_title": {"title": "是哪一家"},
    "task_id": "vote-1",
    "checkbox": {"question_key": "which", "mode": 1, "option_list": OPTIONS},
    "submit_button": {"text": "提交", "key": "vote"},
}
MULTIPLE = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "改阶段"},
    "task_id": "stage-1",
    "select_list": [{"question_key": "stage", "title": "阶段", "option_list": OPTIONS}],
    "submit_button": {"key": "save"},
}


@pytest.fixture
def wecom(bench):
    return WeComApp(bench)


def buttons(*some: dict) -> dict:
    return CARD | {"button_list": list(some)}


@pytest.mark.parametrize("card", [CARD, NOTICE, NEWS, VOTE, MULTIPLE, NOTICE | {"task_id": "x"}])
def test_good_cards_pass(card):
    check_card(card)


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({}, 42031),
        (CARD | {"card_type": "magic"}, 42031),
        ({key: CARD[key] for key in CARD if key != "task_id"}, 42014),
        (CARD | {"task_id": "有中文"}, 42014),
        (CARD | {"task_id": "x" * 129}, 42014),
        (CARD | {"main_title": {}}, 41016),
        (CARD | {"horizontal_content_list": [{"keyname": "a"}] * 7}, 42035),
        (CARD | {"horizontal_content_list": [{"value": "a"}]}, 42027),
        (CARD | {"horizontal_content_list": [{"keyname": "a", "type": 1}]}, 42028),
        (CARD | {"horizontal_content_list": [{"keyname": "a", "type": 2}]}, 42029),
        (CARD | {"horizontal_content_list": [{"keyname": "a", "type": 3}]}, 42050),
        (CARD | {"horizontal_content_list": "a"}, 40058),
        (CARD | {"source": "x", "main_title": "x"}, 40058),
        (buttons(), 40058),
        (buttons(*[{"text": "a", "key": str(n)} for n in range(7)]), 40058),
        (buttons({"key": "a"}), 42038),
        (buttons({"text": "a"}), 42039),
        (buttons({"text": "a", "key": "k" * 1025}), 42039),
        (buttons({"text": "a", "key": "k"}, {"text": "b", "key": "k"}), 42039),
        (buttons({"text": "a", "key": "k", "style": 5}), 40058),
        (buttons({"text": "a", "type": 1}), 42028),
        (buttons({"text": "a", "type": 1, "url": "example.test"}), 45034),
        (CARD | {"button_selection": {"title": "x", "option_list": OPTIONS}}, 42043),
        (CARD | {"button_selection": {"question_key": "q", "option_list": OPTIONS * 6}}, 42037),
        (CARD | {"button_selection": {"question_key": "q", "option_list": OPTIONS * 2}}, 42040),
        (CARD | {"button_selection": {"question_key": "q", "option_list": [{"id": "a"}]}}, 42041),
        (CARD | {"action_menu": {"action_list": []}}, 40058),
        (CARD | {"action_menu": {"action_list": [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]}}, 42051),
        (NOTICE | {"action_menu": {"action_list": [{"text": "a", "key": "k"}]}}, 42014),
        (NOTICE | {"card_action": None}, 42045),
        (NOTICE | {"card_action": {"type": 1}}, 42045),
        (NOTICE | {"card_action": {"type": 2}}, 42030),
        (NOTICE | {"card_action": {"type": 9}}, 40058),
        (NOTICE | {"jump_list": [{"title": "a"}] * 4}, 42042),
        (NOTICE | {"jump_list": [{"type": 0}]}, 42033),
        (NEWS | {"vertical_content_list": [{"title": "a"}] * 5}, 42036),
        (NEWS | {"vertical_content_list": [{"desc": "a"}]}, 42033),
        (NEWS | {"card_image": {}}, 42044),
        (NEWS | {"card_image": {"url": "https://x/", "aspect_ratio": 3}}, 40058),
        (VOTE | {"checkbox": {"question_key": "q", "option_list": []}}, 42037),
        (VOTE | {"submit_button": {}}, 42046),
        (MULTIPLE | {"select_list": []}, 42047),
        (MULTIPLE | {"select_list": MULTIPLE["select_list"] * 4}, 42047),
        (MULTIPLE | {"select_list": MULTIPLE["select_list"] * 2}, 42043),
    ],
)
def test_faulty_cards_have_the_vendors_code(card, code):
    with pytest.raises(WeComError) as refused:
        check_card(card)

    assert code == refused.value.code


def test_long_texts_are_cut_not_refused():
    card = CARD | {"horizontal_content_list": [{"keyname": "六个字的名字", "value": "x"}], "sub_title_text": "长" * 161}

    check_card(card)

    assert ["sub_title_text", "horizontal_content_list.keyname"] == cut_texts(card)


def test_cut_texts_are_noted_or_refused_on_demand(bench, wecom):
    card = CARD | {"sub_title_text": "长" * 161}
    first = wecom.send("xiaoli", "template_card", card)
    bench.post("/wecom/switches", name="strict_lengths", value=True)
    second = wecom.send("xiaoli", "template_card", card | {"task_id": "other"})

    assert [0, 40058] == [first["errcode"], second["errcode"]]
    assert ["truncated:sub_title_text"] == bench.get("/wecom/chats/p2p/messages", user="小李")[0]["flags"]


def test_task_id_works_once(wecom):
    codes = [wecom.send("xiaoli", "template_card", CARD)["errcode"] for _ in range(2)]

    assert [0, 42014] == codes


def test_only_updatable_cards_get_a_response_code(wecom):
    cards = [NOTICE, CARD, NOTICE | {"task_id": "m", "action_menu": {"action_list": [{"text": "a", "key": "k"}]}}]

    assert [False, True, True] == ["response_code" in wecom.send("xiaoli", "template_card", card) for card in cards]


def test_callback_cards_need_a_callback_address(bench, wecom):
    bench.post("/wecom/switches", name="callback_configured", value=False)

    assert 43012 == wecom.send("xiaoli", "template_card", CARD)["errcode"]
    assert 0 == wecom.send("xiaoli", "template_card", NOTICE)["errcode"]


@pytest.mark.parametrize(
    ("card", "form", "selected"),
    [
        (VOTE, {"which": ["甲", "b"]}, {"which": ["a", "b"]}),
        (VOTE, {}, {"which": []}),
        (MULTIPLE, {"stage": "乙"}, {"stage": ["b"]}),
        (MULTIPLE, {}, {"stage": ["a"]}),
    ],
)
def test_submit_carries_the_choices(bench, wecom, card, form, selected):
    wecom.send("xiaoli", "template_card", card)
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="提交", form=form)

    assert selected == bench.product.callbacks("wecom")[0].wecom(WECOM)["selected"]


def test_choices_are_described_for_the_chat_page(bench, wecom):
    wecom.send("xiaoli", "template_card", VOTE)
    wecom.send("xiaoli", "template_card", CARD)

    vote, chosen = [m["card"]["form"]["inputs"][0] for m in bench.get("/wecom/chats/p2p/messages", user="小李")]

    assert ("which", "multi_select", []) == (vote["name"], vote["kind"], vote["value"])
    assert ("reason", "原因", "select", "r1") == (chosen["name"], chosen["label"], chosen["kind"], chosen["value"])


def test_links_open_without_an_event(bench, wecom):
    wecom.send("xiaoli", "template_card", NOTICE | {"jump_list": [{"title": "详情页", **LINK}]})
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    opened = [
        bench.post("/wecom/clicks", user="小李", message_id=message["id"], button=button)["url"]
        for button in ("详情页", "card_action")
    ]

    assert ["https://example.test/"] * 2 == opened
    assert [] == bench.product.callbacks("wecom")


def test_unanswered_click_leaves_the_card_as_it_was(bench, wecom):
    wecom.send("xiaoli", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    for _ in range(3):
        bench.product.will_answer(b"", status=500)

    outcome = bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="同意")

    assert ("应用暂时无法响应，请稍后再试", False) == (outcome["client_error"], outcome["card_changed"])
    assert 3 == len(bench.product.callbacks("wecom"))


def test_greyed_buttons_cannot_be_clicked(bench, wecom):
    code = wecom.send("xiaoli", "template_card", CARD)["response_code"]
    wecom.post(
        "/message/update_template_card",
        {"userids": ["xiaoli"], "response_code": code, "template_card": CARD | {"replace_text": "已处理"}},
    )
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    assert (
        "按钮已不能再点"
        == bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="同意")["client_error"]
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"response_code": "unknown"}, 60140),
        ({"userids": []}, 82101),
        ({"userids": ["xiaowang"]}, 82102),
        ({"button": None}, 40058),
        ({"template_card": NOTICE}, 40058),
        ({"button": {"text": "x"}}, 40058),
        ({"button": {"replace_name": ""}}, 40058),
        ({"agentid": 7}, 301002),
        ({"button": None, "template_card": {"card_type": "magic"}}, 42031),
    ],
)
def test_faulty_updates_change_nothing(bench, wecom, changed, code):
    sent = wecom.send("xiaoli", "template_card", CARD)["response_code"]
    update = {"userids": ["xiaoli"], "response_code": sent, "button": {"replace_name": "已处理"}}

    refused = wecom.post("/message/update_template_card", update | changed)
    before = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    accepted = wecom.post("/message/update_template_card", update)

    assert code == refused["errcode"]
    assert before["updated"] is None
    assert 0 == accepted["errcode"]


def test_plain_notice_cannot_be_greyed(bench, wecom):
    card = NOTICE | {"task_id": "m", "action_menu": {"action_list": [{"text": "a", "key": "k"}]}}
    code = wecom.send("xiaoli", "template_card", card)["response_code"]

    answer = wecom.post(
        "/message/update_template_card", {"atall": 1, "response_code": code, "button": {"replace_name": "x"}}
    )

    assert 40058 == answer["errcode"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"corpid": ""}, 41002),
        ({"corpsecret": ""}, 41004),
        ({"corpid": "wwother"}, 40013),
        ({"corpsecret": "wrong"}, 40001),
    ],
)
def test_wrong_credentials_are_told_apart(wecom, changed, code):
    assert code == wecom.fetch_token(**changed)["errcode"]


def test_many_wrong_secrets_lock_the_address_out_for_an_hour(bench, wecom):
    wrong = [wecom.fetch_token(corpsecret="wrong")["errcode"] for _ in range(6)]
    right = wecom.fetch_token()["errcode"]
    bench.pass_time(hours=1)

    assert [40001] * 5 + [45009] == wrong
    assert [45009, 0] == [right, wecom.fetch_token()["errcode"]]


def test_token_is_the_same_until_it_expires(bench, wecom):
    bench.pass_time(minutes=60)
    same = wecom.fetch_token()
    bench.pass_time(minutes=60)
    expired = wecom.get("/agent/get", agentid=WECOM.agent_id)
    fresh = wecom.fetch_token()

    assert (wecom.token, 3600) == (same["access_token"], same["expires_in"])
    assert 42001 == expired["errcode"]
    assert (True, 7200) == (fresh["access_token"] != wecom.token, fresh["expires_in"])


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("garbage", 40014)])
def test_wrong_tokens_are_told_apart(wecom, token, code):
    wecom.token = token

    answer = wecom.raw("/agent/get", agentid=WECOM.agent_id)

    assert (200, code) == (answer.status_code, answer.json()["errcode"])
    assert str(code) == answer.headers["Error-Code"]
    assert f"e={code}" in answer.json()["errmsg"]


@pytest.mark.parametrize(("switch", "code"), [("app_disabled", 50003), ("untrusted_address", 60020)])
def test_settings_of_the_administrator_refuse_every_call(bench, wecom, switch, code):
    bench.post("/wecom/switches", name=switch, value=True)

    assert code == wecom.get("/agent/get", agentid=WECOM.agent_id)["errcode"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agentid": None}, 41011),
        ({"agentid": "x"}, 40056),
        ({"agentid": 7}, 301002),
        ({"touser": ""}, 82001),
        ({"touser": "|".join(["x"] * 1001)}, 40032),
        ({"toparty": "|".join(["1"] * 101)}, 82002),
        ({"totag": "|".join(["1"] * 101)}, 82003),
        ({"msgtype": "magic"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": "x"}, 40058),
        ({"touser": "nobody"}, 81013),
        ({"touser": "", "totag": "9"}, 81013),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 700}}, 45002),
        ({"msgtype": "textcard", "textcard": {"description": "x", "url": "https://x/"}}, 41016),
        ({"msgtype": "textcard", "textcard": {"title": "x", "url": "https://x/"}}, 41033),
        ({"msgtype": "textcard", "textcard": {"title": "x", "description": "x"}}, 41010),
        ({"msgtype": "news", "news": {"articles": []}}, 45008),
        ({"msgtype": "image", "image": {"media_id": "other"}}, 40007),
        ({"msgtype": "image", "image": {}}, 41006),
    ],
)
def test_faulty_messages_have_the_vendors_code(bench, wecom, changed, code):
    body = {"touser": "xiaoli", "msgtype": "text", "text": {"content": "x"}} | changed

    assert code == wecom.post("/message/send", body)["errcode"]
    assert [] == bench.get("/wecom/chats/p2p/messages", user="小李")


def test_broken_json_and_wrong_method_are_parameter_errors(bench, wecom):
    query = {"access_token": wecom.token}
    broken = bench.call("POST", "/wecom/cgi-bin/message/send", params=query, content=b"{")

    assert [40058, 40058] == [broken.json()["errcode"], wecom.get("/message/send")["errcode"]]


def test_long_text_is_cut_between_characters(bench, wecom):
    wecom.send("xiaoli", "text", {"content": "长" * 700})

    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    assert ("长" * 682, ["cut"]) == (message["text"], message["flags"])


def test_departments_and_everybody_can_be_addressed(bench, wecom):
    answer = wecom.post(
        "/message/send", {"toparty": "2|99", "msgtype": "text", "text": {"content": "销售部"}, "totag": "t1"}
    )
    wecom.send("@all", "text", {"content": "全员"})

    assert ("99", "t1") == (answer["invalidparty"], answer["invalidtag"])
    texts = {user: [m["text"] for m in bench.get("/wecom/chats/p2p/messages", user=user)] for user in ("小赵", "何工")}
    assert {"小赵": ["销售部", "全员"], "何工": ["全员"]} == texts


def test_text_card_and_news_are_shown_as_people_read_them(bench, wecom):
    card = {"title": "周报", "description": '<div class="gray">本周</div>新增 3', "url": "https://example.test/"}
    wecom.send("xiaoli", "textcard", card)
    wecom.send("xiaoli", "news", {"articles": [{"title": "新闻", "description": "说明", "url": "https://x/"}]})

    shown = bench.get("/wecom/chats/p2p/messages", user="小李")

    assert ["周报\n本周新增 3", "新闻\n说明"] == [m["text"] for m in shown]
    assert ("周报", "https://example.test/") == (shown[0]["card"]["title"], shown[0]["card"]["buttons"][0]["url"])


def test_uploaded_file_can_be_sent_as_its_kind_only(bench, wecom):
    files = {"media": ("名单.txt", b"hello world", "text/plain")}
    query = {"access_token": wecom.token, "type": "file"}
    media_id = bench.call("POST", "/wecom/cgi-bin/media/upload", params=query, files=files).json()["media_id"]

    assert 0 == wecom.send("xiaoli", "file", {"media_id": media_id})["errcode"]
    assert 40007 == wecom.send("xiaoli", "image", {"media_id": media_id})["errcode"]
    assert "[文件] 名单.txt" == bench.get("/wecom/chats/p2p/messages", user="小李")[0]["text"]


def test_file_from_a_member_never_reaches_the_app(bench):
    file = {"name": "a.txt", "base64": "aGVsbG8="}
    refused = bench.post("/wecom/messages", user="小李", file=file)
    bench.post("/wecom/switches", name="file_messages", value=True)
    bench.post("/wecom/messages", user="小李", file=file)

    assert "企业微信不会把成员发的文件转给应用" == refused["error"]
    assert ["file"] == [seen.wecom(WECOM)["MsgType"] for seen in bench.product.callbacks("wecom")]


def test_place_and_voice_arrive_without_words(bench):
    bench.post("/wecom/messages", user="小李", location={"name": "杭州", "latitude": "30.2", "longitude": "120.1"})
    bench.post("/wecom/messages", user="小李", voice_text="报备云图")

    place, voice = [seen.wecom(WECOM) for seen in bench.product.callbacks("wecom")]
    assert ("location", "30.2", "120.1", "杭州") == tuple(
        place[key] for key in ("MsgType", "Location_X", "Location_Y", "Label")
    )
    assert ("voice", "amr") == (voice["MsgType"], voice["Format"])
    assert "报备云图" not in voice["plaintext"]


def test_directory_shows_departments_people_and_superiors_without_contacts(wecom):
    departments = wecom.get("/department/list")["department"]
    east = wecom.get("/user/list", department_id=3)["userlist"]
    xiaoli = wecom.get("/user/get", userid="XiaoLi")

    assert ("聊单演示公司", 0) == (departments[0]["name"], departments[0]["parentid"])
    assert ["小李", "小王", "老张"] == [user["name"] for user in east]
    assert (["laozhang"], [3], [0]) == (xiaoli["direct_leader"], xiaoli["department"], xiaoli["is_leader_in_dept"])
    assert not {"mobile", "email", "avatar"} & set(xiaoli)


def test_directory_refuses_what_is_not_there(bench, wecom):
    bench.post("/wecom/members", op="leave", user="小王")

    assert 60111 == wecom.get("/user/get", userid="nobody")["errcode"]
    assert 60011 == wecom.get("/user/get", userid="xiaowang")["errcode"]
    assert 41009 == wecom.get("/user/get")["errcode"]
    assert 60003 == wecom.get("/user/list", department_id=99)["errcode"]
    assert ["小李", "老张"] == [u["name"] for u in wecom.get("/user/simplelist", department_id=3)["userlist"]]


def test_member_ids_come_page_by_page(wecom):
    first = wecom.post("/user/list_id", {"limit": 10})
    second = wecom.post("/user/list_id", {"limit": 10, "cursor": first["next_cursor"]})

    assert (10, "10", 2, "") == (
        len(first["dept_user"]),
        first["next_cursor"],
        len(second["dept_user"]),
        second["next_cursor"],
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"userlist": ["xiaoli"]}, 86006),
        ({"userlist": ["xiaoli", "nobody"]}, 86216),
        ({"userlist": ["xiaoli", "laozhang"], "chatid": "bad id"}, 86001),
        ({"userlist": ["xiaoli", "laozhang"], "owner": "zhouzong"}, 86005),
        ({"userlist": ["xiaoli", "laozhang"], "name": "长" * 51}, 86004),
    ],
)
def test_faulty_groups_are_not_made(wecom, body, code):
    assert code == wecom.post("/appchat/create", body)["errcode"]


def test_groups_need_the_whole_company_in_range(bench, wecom):
    bench.post("/wecom/switches", name="root_range", value=False)

    assert 48002 == wecom.post("/appchat/create", {"userlist": ["xiaoli", "laozhang"]})["errcode"]


def test_members_of_a_group_can_change(bench, wecom):
    change = {"chatid": "chat_east", "add_user_list": ["xiaozhao"], "del_user_list": ["zhouzong"], "name": "华东"}

    assert 0 == wecom.post("/appchat/update", change)["errcode"]
    info = wecom.get("/appchat/get", chatid="chat_east")["chat_info"]
    assert ("华东", ["xiaoli", "xiaowang", "laozhang", "xiaozhao"]) == (info["name"], info["userlist"])


@pytest.mark.parametrize("bend", ["signature", "receiver", "truncated"])
def test_pushes_can_be_bent_to_try_the_products_checks(bench, bend):
    bench.post("/wecom/switches", name="tamper", value=bend)

    bench.post("/wecom/messages", user="小李", text="报备")

    complaint = {"truncated": "padding"}.get(bend, bend)
    with pytest.raises(ValueError, match=complaint):
        bench.product.callbacks("wecom")[0].wecom(WECOM)


def test_sent_json_may_hold_any_key_order_when_checked_for_doubles(bench, wecom):
    body = {"touser": "xiaoli", "msgtype": "text", "text": {"content": "x"}, "enable_duplicate_check": 1}
    reordered = json.loads(json.dumps(dict(reversed(body.items()))))

    wecom.post("/message/send", body)
    wecom.post("/message/send", reordered)

    assert 1 == len(bench.get("/wecom/chats/p2p/messages", user="小李"))


def test_menu_of_a_card_may_be_answered_with_a_text_but_not_with_a_card(bench, wecom):
    wecom.send("xiaoli", "template_card", CARD | {"action_menu": {"action_list": [{"text": "转交", "key": "pass"}]}})
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    bench.product.will_answer(passive_reply({"MsgType": "text", "Content": "转给谁？"}))
    bench.product.will_answer(passive_reply({"MsgType": "update_button", "Button": {"ReplaceName": "已转交"}}))

    for _ in range(2):
        bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="转交")

    card, text = bench.get("/wecom/chats/p2p/messages", user="小李")
    assert ("转给谁？", ["reply_ignored:MsgType update_button"]) == (text["text"], card["flags"])


@pytest.mark.parametrize(
    ("reply", "flag"),
    [
        ({"MsgType": "text", "Content": "好"}, "reply_ignored:MsgType text"),
        ({"MsgType": "update_template_card"}, "reply_ignored:MsgType update_template_card"),
        ({"MsgType": "update_template_card", "TemplateCard": {"CardType": "magic"}}, "reply_ignored:42031"),
        ({"MsgType": "update_template_card", "TemplateCard": {"ButtonList": {"Style": "x"}}}, "reply_ignored:"),
        ({"MsgType": "update_button", "Button": {"ReplaceName": ""}}, "reply_ignored:40058"),
    ],
)
def test_unsuitable_passive_replies_to_a_click_are_ignored(bench, wecom, reply, flag):
    wecom.send("xiaoli", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    bench.product.will_answer(passive_reply(reply))

    outcome = bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="同意")

    shown = bench.get("/wecom/chats/p2p/messages", user="小李")[0]
    assert not outcome["card_changed"]
    assert shown["flags"][0].startswith(flag)
    assert CARD == shown["raw"]


def test_card_answer_to_a_plain_message_is_ignored(bench):
    bench.product.will_answer(passive_reply({"MsgType": "update_button", "Button": {"ReplaceName": "x"}}))

    bench.post("/wecom/messages", user="小李", text="你好")

    assert [["reply_ignored:MsgType update_button"]] == [
        m["flags"] for m in bench.get("/wecom/chats/p2p/messages", user="小李")
    ]


def test_word_success_is_an_empty_answer(bench):
    bench.product.will_answer(b"success")

    bench.post("/wecom/messages", user="小李", text="你好")

    assert [[]] == [m["flags"] for m in bench.get("/wecom/chats/p2p/messages", user="小李")]


def test_right_echo_verifies_the_address(bench):
    def echo(seen):
        query = dict(parse_qsl(urlsplit(seen.path).query))
        envelope = Envelope(WECOM.token, WECOM.aes_key, WECOM.corp_id)
        opened = envelope.open(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        bench.product.will_answer(opened.encode())

    bench.product.during = echo

    assert bench.post("/wecom/verify")["verified"]


@pytest.mark.parametrize(
    ("form", "error"), [({"other": "x"}, "卡片上没有选择项 other"), ({"reason": "r9"}, "没有选项 r9")]
)
def test_unknown_choices_are_explained(bench, wecom, form, error):
    wecom.send("xiaoli", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    outcome = bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="同意", form=form)

    assert error == outcome["error"]


def test_locked_choice_keeps_what_it_holds(bench, wecom):
    locked = {**CARD["button_selection"], "selected_id": "r2", "disable": True}
    wecom.send("xiaoli", "template_card", CARD | {"button_selection": locked})
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="同意", form={"reason": "r1"})

    assert {"reason": ["r2"]} == bench.product.callbacks("wecom")[0].wecom(WECOM)["selected"]


def test_text_is_nothing_to_click(bench, wecom):
    wecom.send("xiaoli", "text", {"content": "你好"})
    message = bench.get("/wecom/chats/p2p/messages", user="小李")[0]

    assert "这条消息不是卡片" == bench.post("/wecom/clicks", user="小李", message_id=message["id"], button="x")["error"]


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("paper", b"hello world", 40004),
        ("file", b"tiny", 44001),
        ("voice", b"x" * (2 * 1024 * 1024 + 1), 45001),
    ],
)
def test_media_are_checked_when_uploaded(bench, wecom, kind, content, code):
    query = {"access_token": wecom.token, "type": kind}

    answer = bench.call("POST", "/wecom/cgi-bin/media/upload", params=query, files={"media": ("a.txt", content)})

    assert code == answer.json()["errcode"]


def test_upload_needs_its_part(bench, wecom):
    query = {"access_token": wecom.token, "type": "file"}

    answer = bench.call("POST", "/wecom/cgi-bin/media/upload", params=query, files={"other": ("a.txt", b"hello world")})

    assert 41006 == answer.json()["errcode"]


def test_departments_can_be_read_one_by_one_and_briefly(wecom):
    assert ["laozhang"] == wecom.get("/department/get", id=3)["department"]["department_leader"]
    assert {"id": 3, "parentid": 2, "order": 99997} in wecom.get("/department/simplelist")["department_id"]
    assert ["127.0.0.1"] == wecom.get("/getcallbackip")["ip_list"]
    assert 301002 == wecom.get("/agent/get", agentid=7)["errcode"]

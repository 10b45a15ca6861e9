"""
People talk to the bot on the emulated Feishu, use its cards, and the bot answers through the vendor's API.
"""

import json
import threading

import pytest
from feishu_app import APPROVAL, DONE, FORM, FeishuApp, button, card, plain_text
from sandbox_bench import FEISHU


@pytest.fixture
def feishu(bench):
    return FeishuApp(bench)


@pytest.fixture
def clicked(bench, feishu):
    """
    A card shown to 老张, and how he uses it.
    """
    return lambda content, label, form=None: click(bench, feishu, content, label, form)


def click(bench, feishu, content, label, form=None):
    feishu.send("ou_demo_laozhang", "interactive", content)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[-1]
    return bench.post("/feishu/clicks", user="老张", message_id=message["id"], button=label, form=form or {})


def events(bench):
    return [seen.feishu(FEISHU.encrypt_key) for seen in bench.product.callbacks("feishu")]


def test_direct_text_reaches_the_product_encrypted_and_signed(bench):
    sent = bench.post("/feishu/messages", user="小李", chat="p2p", text="报备 @小王 杭州云图科技")

    event = events(bench)[0]
    assert [200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert "im.message.receive_v1" == event["header"]["event_type"]
    assert "ou_demo_xiaoli" == event["event"]["sender"]["sender_id"]["open_id"]
    assert {"text": "报备 @小王 杭州云图科技"} == json.loads(event["event"]["message"]["content"])
    assert ("p2p", "oc_p2p_xiaoli") == (event["event"]["message"]["chat_type"], event["event"]["message"]["chat_id"])


def test_requested_duplicates_are_the_same_event(bench):
    sent = bench.post("/feishu/messages", user="小李", text="报备", times=3)

    assert [200, 200, 200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert 1 == len({event["header"]["event_id"] for event in events(bench)})
    assert 3 == len({seen.body for seen in bench.product.callbacks("feishu")})


def test_group_text_reaches_the_bot_only_when_it_is_mentioned(bench):
    silent = bench.post("/feishu/messages", user="小李", chat="华东销售群", text="大家好 @小王")
    heard = bench.post("/feishu/messages", user="小李", chat="east_group", text="@聊单 转给 @小王 和@小王")

    message = events(bench)[0]["event"]["message"]
    assert ([], 1) == (silent["deliveries"], len(heard["deliveries"]))
    assert {"text": "@_user_1 转给 @_user_2 和@_user_2"} == json.loads(message["content"])
    assert [("@_user_1", "ou_bot_liaodan", "bot"), ("@_user_2", "ou_demo_xiaowang", "user")] == [
        (mention["key"], mention["id"]["open_id"], mention["mentioned_type"]) for mention in message["mentions"]
    ]


@pytest.mark.parametrize("alias", ["@机器人", "@bot", "@Bot"])
def test_bot_answers_to_other_names_in_a_group(bench, alias):
    assert 1 == len(bench.post("/feishu/messages", user="小李", chat="east_group", text=f"{alias} 帮助")["deliveries"])


def test_outsider_can_write_to_the_bot(bench):
    assert 1 == len(bench.post("/feishu/messages", user="外人", text="你好")["deliveries"])


def test_group_is_closed_to_those_outside(bench):
    assert "小赵不在“华东销售群”里" == bench.post("/feishu/messages", user="小赵", chat="east_group", text="x")["error"]


@pytest.mark.parametrize(
    ("spoken", "kind", "content"),
    [
        ({"location": {"name": "杭州市", "longitude": 120.1, "latitude": 30.2}}, "location", "120.1"),
        ({"voice_text": "报备云图"}, "audio", "duration"),
        ({"file": {"name": "名单.xlsx", "base64": "aGVsbG8="}}, "file", "名单.xlsx"),
    ],
)
def test_other_kinds_of_messages_arrive_as_their_type(bench, spoken, kind, content):
    bench.post("/feishu/messages", user="小李", **spoken)

    message = events(bench)[0]["event"]["message"]
    assert kind == message["message_type"]
    assert content in message["content"]


def test_picture_of_a_person_can_be_fetched_by_its_message(bench, feishu):
    bench.post("/feishu/messages", user="小李", image="data:image/png;base64,iVBORw0KGgo=")
    message = events(bench)[0]["event"]["message"]
    key = json.loads(message["content"])["image_key"]

    path = f"/im/v1/messages/{message['message_id']}/resources/{key}"

    assert b"\x89PNG\r\n\x1a\n" == feishu.raw("GET", path, type="image").content
    assert 234003 == feishu.call("GET", path.replace(key, "img_v3_other"), type="image")["code"]


def test_refused_event_is_repeated_on_the_virtual_clock(bench):
    for _ in range(5):
        bench.product.will_answer(b"", status=500)
    bench.post("/feishu/messages", user="小李", text="报备")

    delivered = []
    for span in ({"seconds": 15}, {"minutes": 5}, {"hours": 1}, {"hours": 6}, {"hours": 24}):
        bench.pass_time(**span)
        bench.sandbox.platforms["feishu"].fire_due()
        delivered.append(len(bench.product.callbacks("feishu")))

    assert [2, 3, 4, 5, 5] == delivered
    assert 1 == len({event["header"]["event_id"] for event in events(bench)})


def test_ordered_events_wait_behind_one_that_failed(bench):
    bench.post("/feishu/switches", name="ordered_events", value=True)
    for _ in range(2):
        bench.product.will_answer(b"", status=500)
    for text in ("一", "二", "三"):
        bench.post("/feishu/messages", user="小李", text=text)

    delivered = []
    for span in ({"seconds": 15}, {"minutes": 5}):
        bench.pass_time(**span)
        bench.sandbox.platforms["feishu"].fire_due()
        delivered.append([json.loads(event["event"]["message"]["content"])["text"] for event in events(bench)])

    assert [["一", "一"], ["一", "一", "一", "二", "三"]] == delivered


def test_shown_card_is_read_as_title_fields_and_buttons(bench, feishu):
    feishu.send("oc_demo_east", "interactive", APPROVAL, id_type="chat_id")

    message = bench.get("/feishu/chats/east_group/messages", user="小王")[0]

    assert "报备待审批\n客户 杭州云图科技有限公司\n报备人 @小李" == message["text"]
    assert [("客户", "杭州云图科技有限公司"), ("报备人", "@小李")] == [
        (field["label"], field["value"]) for field in message["card"]["fields"]
    ]
    assert [("同意", "approve", "primary"), ("驳回", "reject", "danger")] == [
        (one["label"], one["id"], one["style"]) for one in message["card"]["buttons"]
    ]
    assert APPROVAL == message["raw"]


def test_click_tells_who_what_and_where(bench, clicked):
    clicked(APPROVAL, "同意")

    event = events(bench)[0]
    assert ("card.action.trigger", 16) == (event["header"]["event_type"], len(event["header"]["create_time"]))
    assert {"action": "approve"} == event["event"]["action"]["value"]
    assert "ou_demo_laozhang" == event["event"]["operator"]["open_id"]
    assert "oc_p2p_laozhang" == event["event"]["context"]["open_chat_id"]
    assert event["event"]["token"].startswith("c-")


def test_answer_to_a_click_gives_a_toast_and_a_new_card(bench, clicked):
    bench.product.will_answer(
        {"toast": {"type": "success", "content": "已同意"}, "card": {"type": "raw", "data": DONE}}
    )

    outcome = clicked(APPROVAL, "同意")

    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]
    assert ({"type": "success", "text": "已同意"}, True) == (outcome["toast"], outcome["card_changed"])
    assert "报备已通过\n已同意" == message["text"]
    assert message["updated"] is not None


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (500, b"{}", "200671"),
        (302, b"{}", "200671"),
        (200, b"not json", "200672"),
        (200, b'{"msg": "ok"}', "200672"),
        (200, b'{"toast": {"type": "loud", "content": "x"}}', "200672"),
        (200, json.dumps({"card": DONE}).encode(), "200672"),
        (200, b'{"card": {"type": "raw", "data": {"schema": "2.0", "elements": []}}}', "200673"),
        (200, b'{"card": {"type": "raw", "data": {"elements": []}}}', "200830"),
    ],
)
def test_unusable_answer_to_a_click_shows_the_clients_error(bench, clicked, status, answer, code):
    bench.product.will_answer(answer, status=status)

    outcome = clicked(APPROVAL, "同意")

    assert code in outcome["client_error"]
    assert not outcome["card_changed"]
    assert 1 == len(bench.product.callbacks("feishu"))


def test_late_answer_to_a_click_is_lost(bench, clicked):
    bench.post("/feishu/switches", name="answer_seconds", value=0.05)
    shown = threading.Event()
    bench.product.during = lambda seen: shown.wait(30)

    error = clicked(APPROVAL, "同意")["client_error"]
    shown.set()

    assert "200341" in error


def test_submitted_form_carries_every_value_in_its_type(bench, clicked):
    clicked(FORM, "提交", {"company": "云图", "level": "重点", "due": "2026-12-01", "tags": ["展会"], "urgent": True})

    action = events(bench)[0]["event"]["action"]
    assert {
        "company": "云图",
        "level": "A",
        "due": "2026-12-01 +0800",
        "tags": ["expo"],
        "urgent": True,
    } == action["form_value"]
    assert ("submit", {"action": "submit"}) == (action["name"], action["value"])


def test_untouched_fields_keep_what_the_card_shows(bench, clicked):
    clicked(FORM, "提交", {"company": "云图"})

    value = events(bench)[0]["event"]["action"]["form_value"]
    assert {"company": "云图", "level": "B", "due": "", "tags": [], "urgent": False} == value


def test_untouched_fields_may_be_absent_and_the_value_too(bench, clicked):
    bench.post("/feishu/switches", name="omit_untouched_fields", value=True)
    bench.post("/feishu/switches", name="drop_submit_value", value=True)

    clicked(FORM, "提交", {"company": "云图"})

    action = events(bench)[0]["event"]["action"]
    assert {"company": "云图", "level": "B", "urgent": False} == action["form_value"]
    assert "value" not in action


@pytest.mark.parametrize(
    ("form", "error"), [({}, "请填写“公司全称”"), ({"company": "云" * 21}, "“公司全称”最多 20 个字")]
)
def test_client_refuses_an_incomplete_form_without_a_callback(bench, clicked, form, error):
    assert error == clicked(FORM, "提交", form)["client_error"]
    assert [] == bench.product.callbacks("feishu")


def test_form_is_described_for_the_chat_page(bench, feishu):
    feishu.send("ou_demo_laozhang", "interactive", FORM)

    form = bench.get("/feishu/chats/p2p/messages", user="老张")[0]["card"]["form"]

    assert "f_report" == form["name"]
    assert [
        ("company", "公司全称", "text", True, ""),
        ("level", "客户等级", "select", False, "B"),
        ("due", "预计签约", "date", False, ""),
        ("tags", "", "multi_select", False, []),
        ("urgent", "加急", "checkbox", False, False),
    ] == [(i["name"], i["label"], i["kind"], i["required"], i["value"]) for i in form["inputs"]]
    assert [{"label": "重点", "value": "A"}, {"label": "普通", "value": "B"}] == form["inputs"][1]["options"]


def test_choice_outside_a_form_comes_as_an_option(bench, clicked):
    options = [{"text": plain_text("公海"), "value": "pool"}]
    picker = {"tag": "select_static", "name": "target", "placeholder": plain_text("去向"), "options": options}

    clicked(card(picker), "target", {"target": "公海"})

    assert "pool" == events(bench)[0]["event"]["action"]["option"]


@pytest.mark.parametrize(
    ("part", "given", "field", "value"),
    [
        ({"tag": "input", "name": "x"}, "云图", "input_value", "云图"),
        ({"tag": "checker", "name": "x", "text": plain_text("完成")}, True, "checked", True),
        ({"tag": "date_picker", "name": "x"}, "2026-12-01", "option", "2026-12-01 +0800"),
        (
            {"tag": "select_person", "name": "x", "options": [{"value": "ou_demo_xiaoli"}]},
            "ou_demo_xiaoli",
            "option",
            "ou_demo_xiaoli",
        ),
    ],
)
def test_inputs_outside_a_form_come_under_their_kinds_name(bench, clicked, part, given, field, value):
    clicked(card(part), "x", {"x": given})

    assert value == events(bench)[0]["event"]["action"][field]


def test_entry_of_an_overflow_menu_comes_as_an_option(bench, clicked):
    overflow = {"tag": "overflow", "value": {"menu": 1}, "options": [{"text": plain_text("转交"), "value": "pass"}]}

    clicked(card(overflow), "转交")

    action = events(bench)[0]["event"]["action"]
    assert ("pass", {"menu": 1}) == (action["option"], action["value"])


def test_clearing_a_form_is_no_callback(bench, clicked):
    assert clicked(FORM, "清空")["client_error"] is None
    assert [] == bench.product.callbacks("feishu")


@pytest.mark.parametrize(
    ("form", "error"),
    [({"other": "x"}, "表单里没有 other"), ({"company": "x", "level": "C"}, "“客户等级”里没有选项 C")],
)
def test_unknown_fields_and_options_are_explained(clicked, form, error):
    assert error == clicked(FORM, "提交", form)["error"]


def test_text_is_nothing_to_click(bench, feishu):
    feishu.send("ou_demo_laozhang", "text", {"text": "你好"})
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]

    assert (
        "这条消息不是卡片" == bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="x")["error"]
    )


def test_form_without_names_fails_at_the_click_where_sending_let_it_pass(bench, clicked):
    bench.post("/feishu/switches", name="strict_forms", value=False)
    submit = {"tag": "button", "form_action_type": "submit", "text": plain_text("提交")}

    outcome = clicked(card({"tag": "form", "name": "f", "elements": [{"tag": "input"}, submit]}), "提交")

    assert "200530" in outcome["client_error"]


def test_absent_product_is_an_error_of_the_client(bench, clicked, monkeypatch):
    monkeypatch.setattr(bench.sandbox.platforms["feishu"], "callback_url", "http://127.0.0.1:9/cb/feishu/demo")

    assert "200342" in clicked(APPROVAL, "同意")["client_error"]


def test_link_opens_without_a_callback(bench, clicked):
    link = {
        "tag": "button",
        "text": plain_text("打开"),
        "behaviors": [{"type": "open_url", "default_url": "https://example.test/"}],
    }

    assert "https://example.test/" == clicked(card(link), "打开")["url"]
    assert [] == bench.product.callbacks("feishu")


def test_disabled_button_explains_itself(bench, clicked):
    grey = button("同意", "approve", disabled=True, disabled_tips=plain_text("已处理"))

    assert "已处理" == clicked(card(grey), "同意")["client_error"]


def test_card_expires_after_fourteen_days(bench, feishu):
    sent = feishu.send("ou_demo_laozhang", "interactive", APPROVAL)
    bench.pass_time(days=14, seconds=1)
    feishu.renew()

    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]

    assert (
        "卡片已过期，无法操作"
        == bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="同意")["client_error"]
    )
    assert 230031 == feishu.patch(sent["data"]["message_id"], DONE)["code"]
    assert [] == bench.product.callbacks("feishu")


def test_bot_patches_an_own_card_for_all_who_see_it(bench, feishu):
    sent = feishu.send("oc_demo_east", "interactive", APPROVAL, id_type="chat_id")

    answer = feishu.patch(sent["data"]["message_id"], DONE)

    shown = [bench.get("/feishu/chats/east_group/messages", user=user)[0]["text"] for user in ("小李", "小王")]
    assert (0, {}) == (answer["code"], answer["data"])
    assert ["报备已通过\n已同意"] * 2 == shown


def test_card_is_locked_while_its_click_is_answered(bench, feishu):
    sent = feishu.send("ou_demo_laozhang", "interactive", APPROVAL)
    message = bench.get("/feishu/chats/p2p/messages", user="老张")[0]
    during = []
    bench.product.during = lambda seen: during.append(feishu.patch(sent["data"]["message_id"], DONE))

    bench.post("/feishu/clicks", user="老张", message_id=message["id"], button="同意")

    assert 230099 == during[0]["code"]
    assert "card action is lock" in during[0]["msg"]
    assert 0 == feishu.patch(sent["data"]["message_id"], DONE)["code"]


def test_delayed_update_works_twice_within_half_an_hour(bench, feishu, clicked):
    clicked(APPROVAL, "同意")
    token = events(bench)[0]["event"]["token"]

    codes = [feishu.delayed(token, DONE)["code"] for _ in range(3)]

    assert [0, 0, 300040] == codes
    assert "报备已通过\n已同意" == bench.get("/feishu/chats/p2p/messages", user="老张")[0]["text"]


def test_delayed_update_ends_after_half_an_hour(bench, feishu, clicked):
    clicked(APPROVAL, "同意")
    bench.pass_time(minutes=30, seconds=1)

    assert 300030 == feishu.delayed(events(bench)[0]["event"]["token"], DONE)["code"]
    assert 300020 == feishu.delayed("c-unknown", DONE)["code"]


def test_delayed_update_before_the_answer_shows_the_old_card_again(bench, feishu, clicked):
    def too_early(seen):
        feishu.delayed(seen.feishu(FEISHU.encrypt_key)["event"]["token"], DONE)

    bench.product.during = too_early

    clicked(APPROVAL, "同意")

    assert bench.get("/feishu/chats/p2p/messages", user="老张")[0]["text"].startswith("报备待审批")


def test_people_who_join_change_and_leave_are_events(bench):
    bench.post("/feishu/members", op="join", user="xiaolin", name="小林", department="east", manager="laozhang")
    bench.post("/feishu/members", op="update", user="小林", name="小林林")
    bench.post("/feishu/members", op="leave", user="小林林")

    joined, changed, left = events(bench)
    assert ["contact.user.created_v3", "contact.user.updated_v3", "contact.user.deleted_v3"] == [
        event["header"]["event_type"] for event in (joined, changed, left)
    ]
    assert ("ou_demo_xiaolin", "ou_demo_laozhang") == (
        joined["event"]["object"]["open_id"],
        joined["event"]["object"]["leader_user_id"],
    )
    assert {"name": "小林"} == changed["event"]["old_object"]
    assert ([], ["od-demo-east"]) == (
        left["event"]["object"]["department_ids"],
        left["event"]["old_object"]["department_ids"],
    )


def test_opening_the_chat_and_tapping_the_menu_are_events(bench):
    bench.post("/feishu/events", user="小李", event="open")
    bench.post("/feishu/events", user="小李", event="menu", key="help")

    opened, tapped = events(bench)
    assert "im.chat.access_event.bot_p2p_chat_entered_v1" == opened["header"]["event_type"]
    assert ("application.bot.menu_v6", "help") == (tapped["header"]["event_type"], tapped["event"]["event_key"])


def test_address_is_verified_by_its_challenge(bench):
    bench.product.will_answer({"challenge": "wrong"})

    assert not bench.post("/feishu/verify")["verified"]


@pytest.mark.parametrize("bend", ["signature", "token", "truncated"])
def test_pushes_can_be_bent_to_try_the_products_checks(bench, bend):
    bench.post("/feishu/switches", name="tamper", value=bend)

    bench.post("/feishu/messages", user="小李", text="报备")

    with pytest.raises(AssertionError):
        bench.product.callbacks("feishu")[0].checked_feishu(FEISHU)

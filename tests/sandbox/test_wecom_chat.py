"""
Members talk to the app on the emulated WeCom, and the app answers through the vendor's API or passively.
"""

import pytest
from sandbox_bench import WECOM
from wecom_app import CARD, WeComApp, passive_reply


@pytest.fixture
def wecom(bench):
    return WeComApp(bench)


def test_direct_text_reaches_the_product_encrypted_and_signed(bench):
    sent = bench.post("/wecom/messages", user="小李", chat="p2p", text="报备 杭州云图科技 ]]> 王总\x00")

    message = bench.product.callbacks("wecom")[0].wecom(WECOM)
    assert [200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert "xiaoli" == message["FromUserName"]
    assert "text" == message["MsgType"]
    assert "报备 杭州云图科技 ]]> 王总" == message["Content"]
    assert "1000002" == message["AgentID"]


def test_requested_duplicates_carry_the_same_message_in_new_envelopes(bench):
    sent = bench.post("/wecom/messages", user="小李", text="报备", times=3)

    seen = bench.product.callbacks("wecom")
    assert [200, 200, 200] == [delivery["status"] for delivery in sent["deliveries"]]
    assert 1 == len({one.wecom(WECOM)["MsgId"] for one in seen})
    assert 3 == len({one.body for one in seen})


def test_failed_push_is_tried_three_times_in_all(bench):
    for _ in range(4):
        bench.product.will_answer(b"", status=500)

    sent = bench.post("/wecom/messages", user="小李", text="报备")

    assert [500, 500, 500] == [delivery["status"] for delivery in sent["deliveries"]]


def test_passive_text_reply_appears_in_the_chat(bench):
    bench.product.will_answer(passive_reply({"MsgType": "text", "Content": "收到"}))

    bench.post("/wecom/messages", user="小李", text="你好")

    assert ["你好", "收到"] == [m["text"] for m in bench.get("/wecom/chats/p2p/messages", user="小李")]


def test_group_text_is_shown_but_never_delivered(bench):
    sent = bench.post("/wecom/messages", user="小李", chat="east_group", text="@聊单 报备")

    assert [] == sent["deliveries"]
    assert [] == bench.product.callbacks("wecom")
    assert ["@聊单 报备"] == [m["text"] for m in bench.get("/wecom/chats/east_group/messages", user="小王")]


def test_click_sends_the_event_and_changes_only_the_clickers_copy(bench, wecom):
    wecom.send("laozhang|zhouzong", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    bench.product.will_answer(passive_reply({"MsgType": "update_button", "Button": {"ReplaceName": "已同意"}}))

    outcome = bench.post(
        "/wecom/clicks", user="老张", message_id=message["id"], button="同意", form={"reason": "老客户"}
    )

    event = bench.product.callbacks("wecom")[0].wecom(WECOM)
    mine = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    other = bench.get("/wecom/chats/p2p/messages", user="周总")[0]
    assert outcome["card_changed"]
    assert ("template_card_event", "approve", "reg-42@1") == (event["Event"], event["EventKey"], event["TaskId"])
    assert {"reason": ["r2"]} == event["selected"]
    assert ["已同意"] == [button["label"] for button in mine["card"]["buttons"] if button["disabled"]]
    assert ["同意", "驳回"] == [button["label"] for button in other["card"]["buttons"]]


def test_whole_card_in_a_passive_reply_replaces_the_copy(bench, wecom):
    wecom.send("laozhang", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    card = {
        "CardType": "text_notice",
        "MainTitle": {"Title": "已同意"},
        "HorizontalContentList": [{"KeyName": "客户", "Value": "云图"}, {"KeyName": "到期", "Value": "12月23日"}],
        "CardAction": {"Type": 1, "Url": "https://example.test/r/42"},
    }
    bench.product.will_answer(passive_reply({"MsgType": "update_template_card", "TemplateCard": card}))

    bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")

    shown = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    assert "已同意\n客户：云图\n到期：12月23日" == shown["text"]
    assert [{"label": "客户", "value": "云图"}, {"label": "到期", "value": "12月23日"}] == shown["card"]["fields"]


def test_damaged_passive_reply_is_ignored_and_noted(bench, wecom):
    wecom.send("laozhang", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    bench.product.will_answer(b"<xml><Encrypt>nonsense</Encrypt></xml>")

    outcome = bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")

    shown = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    assert not outcome["card_changed"]
    assert ["reply_ignored:signature"] == shown["flags"]


def test_response_code_of_a_click_updates_every_receiver_once(bench, wecom):
    wecom.send("laozhang|zhouzong", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]
    bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")
    code = bench.product.callbacks("wecom")[0].wecom(WECOM)["ResponseCode"]
    update = {
        "userids": ["laozhang", "zhouzong", "xiaoli"],
        "response_code": code,
        "button": {"replace_name": "已处理"},
    }

    first = wecom.post("/message/update_template_card", update)
    second = wecom.post("/message/update_template_card", update)

    texts = [bench.get("/wecom/chats/p2p/messages", user=user)[0]["text"] for user in ("老张", "周总")]
    assert (0, ["xiaoli"]) == (first["errcode"], first["invaliduser"])
    assert 42022 == second["errcode"]
    assert all(text.endswith("已处理") for text in texts)


def test_response_code_ends_after_three_days(bench, wecom):
    code = wecom.send("laozhang", "template_card", CARD)["response_code"]
    bench.pass_time(hours=72, seconds=1)
    wecom.renew()

    answer = wecom.post(
        "/message/update_template_card", {"atall": 1, "response_code": code, "button": {"replace_name": "已处理"}}
    )

    assert 60140 == answer["errcode"]


def test_menu_of_a_card_comes_as_its_own_event(bench, wecom):
    wecom.send("laozhang", "template_card", CARD | {"action_menu": {"action_list": [{"text": "转交", "key": "pass"}]}})
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]

    bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="转交")

    event = bench.product.callbacks("wecom")[0].wecom(WECOM)
    assert ("template_card_menu_event", "pass") == (event["Event"], event["EventKey"])
    assert {} == event["selected"]


def test_drop_down_always_holds_its_first_option(bench, wecom):
    wecom.send("laozhang", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]

    bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")

    assert {"reason": ["r1"]} == bench.product.callbacks("wecom")[0].wecom(WECOM)["selected"]


@pytest.mark.parametrize("misspelt", [False, True])
def test_selected_options_come_in_either_spelling(bench, wecom, misspelt):
    bench.post("/wecom/switches", name="opiton_spelling", value=misspelt)
    wecom.send("laozhang", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]

    bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")

    assert misspelt == ("<OpitonId>" in bench.product.callbacks("wecom")[0].wecom(WECOM)["plaintext"])


def test_entering_leaving_and_menu_taps_are_events(bench):
    bench.post("/wecom/events", user="小李", event="open")
    bench.post("/wecom/events", user="小李", event="menu", key="REG_NEW")
    bench.post("/wecom/members", op="leave", user="小李")
    bench.post("/wecom/members", op="join", user="xiaolin", name="小林", department="east")

    events = [seen.wecom(WECOM) for seen in bench.product.callbacks("wecom")]
    assert ["enter_agent", "click", "unsubscribe", "subscribe"] == [event["Event"] for event in events]
    assert "REG_NEW" == events[1]["EventKey"]
    assert "xiaolin" == events[3]["FromUserName"]


def test_leaver_can_no_longer_be_reached(bench, wecom):
    bench.post("/wecom/members", op="leave", user="小李")

    some = wecom.send("XIAOLI|xiaowang", "text", {"content": "你好"})
    nobody = wecom.send("xiaoli", "text", {"content": "你好"})

    assert (0, "xiaoli") == (some["errcode"], some["invaliduser"])
    assert 81013 == nobody["errcode"]


def test_recalled_message_cannot_be_clicked(bench, wecom):
    sent = wecom.send("laozhang", "template_card", CARD)
    message = bench.get("/wecom/chats/p2p/messages", user="老张")[0]

    wecom.post("/message/recall", {"msgid": sent["msgid"]})
    outcome = bench.post("/wecom/clicks", user="老张", message_id=message["id"], button="approve")

    assert "消息已被撤回" == outcome["client_error"]
    assert [] == bench.product.callbacks("wecom")


def test_recall_ends_after_a_day(bench, wecom):
    sent = wecom.send("laozhang", "text", {"content": "你好"})
    bench.pass_time(hours=24, seconds=1)
    wecom.renew()

    assert 42052 == wecom.post("/message/recall", {"msgid": sent["msgid"]})["errcode"]


def test_app_posts_to_its_groups_without_cards(bench, wecom):
    posted = wecom.post(
        "/appchat/send", {"chatid": "chat_east", "msgtype": "markdown", "markdown": {"content": "**日报**\n>新增 3"}}
    )
    card = wecom.post("/appchat/send", {"chatid": "chat_east", "msgtype": "template_card", "template_card": CARD})
    unknown = wecom.post("/appchat/send", {"chatid": "nochat", "msgtype": "text", "text": {"content": "x"}})

    shown = bench.get("/wecom/chats/east_group/messages", user="小李")
    assert [("markdown", "日报\n新增 3")] == [(m["kind"], m["text"]) for m in shown]
    assert [0, 40008, 86003] == [answer["errcode"] for answer in (posted, card, unknown)]


def test_made_group_appears_with_its_first_message(bench, wecom):
    made = wecom.post("/appchat/create", {"name": "项目群", "userlist": ["xiaoli", "laozhang"], "chatid": "deal1"})
    before = [chat["name"] for chat in bench.get("/wecom/chats", user="小李")]
    wecom.post("/appchat/send", {"chatid": "deal1", "msgtype": "text", "text": {"content": "开工"}})
    after = [chat["name"] for chat in bench.get("/wecom/chats", user="小李")]
    again = wecom.post("/appchat/create", {"userlist": ["xiaoli", "laozhang"], "chatid": "deal1"})

    assert (0, "deal1") == (made["errcode"], made["chatid"])
    assert "项目群" not in before
    assert "项目群" in after
    assert 86215 == again["errcode"]
    assert ["xiaoli", "laozhang"] == wecom.get("/appchat/get", chatid="deal1")["chat_info"]["userlist"]


def test_more_than_thirty_a_minute_to_one_member_are_dropped_silently(bench, wecom):
    answers = [wecom.send("xiaoli", "text", {"content": f"第 {n} 条"}) for n in range(31)]

    assert {0} == {answer["errcode"] for answer in answers}
    assert 30 == len(bench.get("/wecom/chats/p2p/messages", user="小李"))
    assert ["第 30 条"] == [dropped["text"] for dropped in bench.get("/wecom/dropped")]


def test_checked_duplicate_is_not_delivered_twice(bench, wecom):
    more = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}

    first = wecom.send("xiaoli", "text", {"content": "提醒"}, **more)
    second = wecom.send("xiaoli", "text", {"content": "提醒"}, **more)

    assert first == second
    assert 1 == len(bench.get("/wecom/chats/p2p/messages", user="小李"))


def test_address_is_verified_only_with_the_bare_echo(bench):
    bench.product.will_answer(b"wrong\n")

    assert not bench.post("/wecom/verify")["verified"]


def test_attachment_sent_by_a_member_can_be_fetched(bench, wecom):
    bench.post("/wecom/messages", user="小李", image={"name": "名片.png", "base64": "iVBORw0KGgo="})
    media_id = bench.product.callbacks("wecom")[0].wecom(WECOM)["MediaId"]

    assert b"\x89PNG\r\n\x1a\n" == wecom.raw("/media/get", media_id=media_id).content
    bench.pass_time(days=3)
    wecom.renew()
    assert 40007 == wecom.get("/media/get", media_id=media_id)["errcode"]

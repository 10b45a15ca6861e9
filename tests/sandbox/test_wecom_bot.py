"""
The emulated 智能机器人, webhook and menu: what they push, take and refuse, each with the vendor's code.
"""

import base64
import hashlib

import pytest
from sandbox_bench import WECOM
from websockets.exceptions import ConnectionClosed, InvalidStatus
from wecom_app import CARD, WeComApp
from wecom_bot import BotProgram

GROUP = "chat_east"
BOT_CARD = {
    "card_type": "button_interaction",
    "main_title": {"title": "报备待审批"},
    "task_id": "reg-42",
    "button_list": [{"text": "同意", "style": 1, "key": "approve"}],
}


@pytest.fixture
def bot(bench):
    with BotProgram(bench) as program:
        assert program.subscribe()["errcode"] == 0
        yield program


def call(bench, text="@聊单 公海", user="xiaoli", chat="east_group", **more):
    return bench.post("/wecom/messages", user=user, chat=chat, text=text, **more)


def shown(bench, user="xiaoli", chat="east_group"):
    return bench.get(f"/wecom/chats/{chat}/messages", user=user)


def asked(bench, bot, **said):
    """
    The number under which a message to the bot may be answered.
    """
    call(bench, **said)
    return bot.next_push()["headers"]["req_id"]


def markdown(**target):
    return {**target, "msgtype": "markdown", "markdown": {"content": "**公海** 3 家"}}


def test_wrong_secret_is_refused_and_nothing_can_be_asked(bench):
    with BotProgram(bench) as program:
        assert program.subscribe(secret="wrong")["errcode"] == 40001
        assert program.ask("ping")["errcode"] == 846609


def test_ping_is_answered(bot):
    assert bot.ask("ping")["errcode"] == 0


def test_address_that_is_no_websocket_says_so(bench):
    assert bench.call("GET", "/wecom/ws").status_code in {400, 404, 426}


def test_newer_connection_ends_the_older(bench, bot):
    with BotProgram(bench) as newer:
        newer.subscribe()

        assert bot.next_push()["body"]["event"]["eventtype"] == "disconnected_event"
        with pytest.raises(ConnectionClosed):
            bot.next_push()


def test_service_that_is_switched_off_takes_no_connection(bench):
    bench.post("/wecom/switches", name="bot_online", value=False)

    with pytest.raises(InvalidStatus):
        BotProgram(bench)


def test_message_in_a_group_is_pushed_as_the_vendor_documents_it(bench, bot):
    call(bench, "@聊单 公海", times=2)

    first, again = bot.next_push(), bot.next_push()
    body = first["body"]
    assert ("aibot_msg_callback", "group", GROUP, "xiaoli") == (
        first["cmd"], body["chattype"], body["chatid"], body["from"]["userid"],
    )  # fmt: skip
    assert ("text", {"content": "@聊单 公海"}) == (body["msgtype"], body["text"])
    assert body["msgid"] == again["body"]["msgid"]
    assert first["headers"]["req_id"] != again["headers"]["req_id"]


def test_group_talk_without_the_bots_name_is_not_pushed(bench, bot):
    assert [] == call(bench, "大家好")["deliveries"]


def test_groups_are_heard_while_the_bot_is_connected(bench, bot):
    heard = {platform["id"]: platform["group_inbound"] for platform in bench.get("/world")["platforms"]}

    assert {"wecom": True, "feishu": True, "dingtalk": True} == heard


def test_without_a_connection_the_group_is_only_a_group(bench):
    assert [] == call(bench, "@聊单 公海")["deliveries"]
    assert [False] == [p["group_inbound"] for p in bench.get("/world")["platforms"] if p["id"] == "wecom"]


def test_chat_is_entered_once_a_day(bench, bot):
    bench.post("/wecom/switches", name="chat_with_bot", value=True)

    deliveries = [bench.post("/wecom/events", user="xiaoli", event="open")["deliveries"] for _ in range(2)]

    assert [1, 0] == [len(one) for one in deliveries]
    assert bot.next_push()["body"]["event"]["eventtype"] == "enter_chat"


def test_welcome_is_text_or_card_within_five_seconds_and_once(bench, bot):
    bench.post("/wecom/switches", name="chat_with_bot", value=True)
    bench.post("/wecom/events", user="xiaoli", event="open")
    number = bot.next_push()["headers"]["req_id"]

    assert bot.ask("aibot_respond_welcome_msg", markdown(), number)["errcode"] == 40008
    welcome = {"msgtype": "text", "text": {"content": "你好"}}
    assert bot.ask("aibot_respond_welcome_msg", welcome, number)["errcode"] == 0
    assert bot.ask("aibot_respond_welcome_msg", welcome, number)["errcode"] == 846605
    assert ["你好"] == [message["text"] for message in shown(bench, chat="p2p")]


def test_late_welcome_is_refused(bench, bot):
    bench.post("/wecom/switches", name="chat_with_bot", value=True)
    bench.post("/wecom/events", user="xiaoli", event="open")
    number = bot.next_push()["headers"]["req_id"]
    bench.pass_time(seconds=6)

    welcome = {"msgtype": "text", "text": {"content": "你好"}}
    assert bot.ask("aibot_respond_welcome_msg", welcome, number)["errcode"] == 846605


def test_stream_grows_until_it_is_finished(bench, bot):
    number = asked(bench, bot)

    bot.stream(number, "公海", finish=False)
    assert bot.stream(number, "公海里有 3 家", finish=True)["errcode"] == 0

    assert "公海里有 3 家" == shown(bench)[-1]["text"]
    assert bot.stream(number, "还有", finish=True)["errcode"] == 846608


def test_stream_ends_six_minutes_after_the_message(bench, bot):
    number = asked(bench, bot)
    bot.stream(number, "公海", finish=False)
    bench.pass_time(minutes=6, seconds=1)

    assert bot.stream(number, "公海里有 3 家", finish=True)["errcode"] == 846608


def test_message_can_be_answered_for_a_day(bench, bot):
    number = asked(bench, bot)
    bench.pass_time(hours=24, seconds=1)

    assert bot.ask("aibot_respond_msg", markdown(), number)["errcode"] == 846605
    assert bot.ask("aibot_respond_msg", markdown(), "never-asked")["errcode"] == 846605


def test_bot_may_write_where_it_was_spoken_to(bench, bot):
    bench.post("/wecom/switches", name="chat_with_bot", value=True)
    assert bot.ask("aibot_send_msg", markdown(chatid="xiaoli"))["errcode"] == 93006
    asked(bench, bot, chat="p2p")

    assert bot.ask("aibot_send_msg", markdown(chatid="xiaoli"))["errcode"] == 0
    assert bot.ask("aibot_send_msg", markdown(chatid=GROUP.upper()))["errcode"] == 93006


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "text", "text": {"content": "x"}}, 40008),
        ({"msgtype": "markdown", "markdown": {"content": ""}}, 44004),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 7000}}, 45002),
        ({"msgtype": "image", "image": {"media_id": "none"}}, 40007),
        ({"msgtype": "template_card", "template_card": {**BOT_CARD, "task_id": "一"}}, 42014),
        (
            {
                "msgtype": "template_card",
                "template_card": {
                    **BOT_CARD,
                    "button_list": [{"type": 1, "text": "看", "url": "https://x/"}],
                },
            },
            40058,
        ),
    ],
)
def test_wrong_content_is_refused(bench, bot, body, code):
    asked(bench, bot)

    assert code == bot.ask("aibot_send_msg", {"chatid": GROUP, **body})["errcode"]


def test_task_id_works_once(bench, bot):
    asked(bench, bot)
    card = {"chatid": GROUP, "msgtype": "template_card", "template_card": BOT_CARD}

    assert [0, 42014] == [bot.ask("aibot_send_msg", card)["errcode"] for _ in range(2)]


def test_more_than_thirty_a_minute_are_refused(bench, bot):
    asked(bench, bot)

    codes = [bot.ask("aibot_send_msg", markdown(chatid=GROUP))["errcode"] for _ in range(31)]

    assert [0] * 30 + [45009] == codes


def clicked(bench, bot):
    asked(bench, bot)
    bot.ask("aibot_send_msg", {"chatid": GROUP, "msgtype": "template_card", "template_card": CARD})
    message = shown(bench)[-1]
    bench.post("/wecom/clicks", user="laozhang", message_id=message["id"], button="同意", form={"reason": "r2"})
    return bot.next_push()


def update(**changes):
    return {"response_type": "update_template_card", "template_card": {**CARD, **changes}}


def test_click_carries_key_task_and_choice(bench, bot):
    body = clicked(bench, bot)["body"]

    event = body["event"]["template_card_event"]
    assert ("laozhang", "approve", CARD["task_id"]) == (body["from"]["userid"], event["event_key"], event["task_id"])
    assert [{"question_key": "reason", "option_ids": {"option_id": ["r2"]}}] == event["selected_items"]["selected_item"]


def test_clicked_card_changes_within_five_seconds_for_everybody(bench, bot):
    number = clicked(bench, bot)["headers"]["req_id"]

    assert bot.ask("aibot_respond_update_msg", update(main_title={"title": "已同意"}), number)["errcode"] == 0
    assert "已同意" in shown(bench, user="xiaoli")[-1]["text"]


def test_clicked_card_keeps_its_task_id(bench, bot):
    number = clicked(bench, bot)["headers"]["req_id"]

    assert bot.ask("aibot_respond_update_msg", update(task_id="other"), number)["errcode"] == 42014


def test_clicked_card_cannot_change_later(bench, bot):
    number = clicked(bench, bot)["headers"]["req_id"]
    bench.pass_time(seconds=6)

    assert bot.ask("aibot_respond_update_msg", update(), number)["errcode"] == 846605


@pytest.mark.parametrize("first", [0, 1])
def test_upload_takes_parts_counted_from_zero_or_one(bot, first):
    content = bytes(range(250)) * 4
    begin = {"type": "file", "filename": "a.pdf", "total_size": len(content), "total_chunks": 2}
    upload = bot.ask("aibot_upload_media_init", begin)["body"]
    for index, part in enumerate((content[:500], content[500:]), start=first):
        chunk = {**upload, "chunk_index": index, "base64_data": base64.b64encode(part).decode()}
        assert bot.ask("aibot_upload_media_chunk", chunk)["errcode"] == 0

    assert bot.ask("aibot_upload_media_finish", upload)["body"]["media_id"]


def test_upload_with_a_part_missing_is_refused(bot):
    begin = {"type": "file", "filename": "a.pdf", "total_size": 1000, "total_chunks": 2}
    upload = bot.ask("aibot_upload_media_init", begin)["body"]

    assert bot.ask("aibot_upload_media_finish", upload)["errcode"] == 40058


def webhook(bench, body, key=f"hook-{GROUP}"):
    return bench.call("POST", "/wecom/cgi-bin/webhook/send", params={"key": key}, json=body).json()["errcode"]


PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "text", "text": {"content": "你好"}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 1300}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 1400}}, 45002),
        ({"msgtype": "markdown_v2", "markdown_v2": {"content": "| a |"}}, 0),
        ({"msgtype": "template_card", "template_card": CARD}, 42031),
        ({"msgtype": "video", "video": {}}, 40008),
        (
            {
                "msgtype": "image",
                "image": {
                    "base64": base64.b64encode(PICTURE).decode(),
                    "md5": hashlib.md5(PICTURE, usedforsecurity=False).hexdigest(),
                },
            },
            0,
        ),
        ({"msgtype": "image", "image": {"base64": base64.b64encode(PICTURE).decode(), "md5": "0"}}, 40058),
    ],
)
def test_webhook_takes_what_the_vendor_documents(bench, body, code):
    assert code == webhook(bench, body)


def test_webhook_with_a_wrong_key_is_refused(bench):
    assert webhook(bench, {"msgtype": "text", "text": {"content": "x"}}, key="hook-other") == 93000


def test_twenty_first_message_of_a_minute_is_refused(bench):
    codes = [webhook(bench, {"msgtype": "text", "text": {"content": "x"}}) for _ in range(21)]

    assert [0] * 20 + [45009] == codes


def menu(bench, method, path, *, body=None):
    app = WeComApp(bench)
    query = {"access_token": app.token, "agentid": WECOM.agent_id}
    return bench.call(method, f"/wecom/cgi-bin/menu/{path}", params=query, json=body).json()


def entry(**changes):
    return {"type": "click", "name": "报备", "key": "register"} | changes


def test_menu_is_made_read_and_removed(bench):
    assert menu(bench, "GET", "get")["errcode"] == 46003
    assert menu(bench, "POST", "create", body={"button": [entry()]})["errcode"] == 0
    assert [entry()] == menu(bench, "GET", "get")["button"]
    assert menu(bench, "GET", "delete")["errcode"] == 0
    assert menu(bench, "GET", "get")["errcode"] == 46003


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([entry()] * 4, 40016),
        ([entry(type="magic")], 40017),
        ([entry(name="一二三四五六")], 40018),
        ([entry(key="")], 40019),
        ([entry(type="view")], 40020),
        ([{"name": "更多", "sub_button": [entry()] * 6}], 40023),
        ([{"name": "更多", "sub_button": [{"name": "还有", "sub_button": [entry()]}]}], 40023),
    ],
)
def test_wrong_menu_is_refused(bench, buttons, code):
    assert code == menu(bench, "POST", "create", body={"button": buttons})["errcode"]


def test_entry_of_a_made_menu_tells_its_kind_and_others_do_not_exist(bench):
    menu(bench, "POST", "create", body={"button": [entry(), entry(type="pic_photo_or_album", key="photo")]})

    bench.post("/wecom/events", user="xiaoli", event="menu", key="photo")
    refused = bench.post("/wecom/events", user="xiaoli", event="menu", key="other")

    (seen,) = bench.product.callbacks("wecom")
    assert "pic_photo_or_album" == seen.wecom(WECOM)["Event"]
    assert "other" in refused["error"]

"""
Groups of the emulated Feishu change, and people quote messages and pass on colleagues' cards.
"""

import json

import pytest
from feishu_app import FeishuApp
from sandbox_bench import FEISHU


@pytest.fixture
def feishu(bench):
    return FeishuApp(bench)


def change(bench, operation, **details):
    return bench.post("/feishu/console", op=operation, group="华东销售群", **details)


def events(bench):
    return [seen.feishu(FEISHU.encrypt_key) for seen in bench.product.callbacks("feishu")]


def members(feishu):
    return feishu.call("GET", "/im/v1/chats/oc_demo_east/members", page_size="50")


def test_the_bot_leaves_a_group_and_comes_back(bench, feishu):
    change(bench, "remove_bot", by="老张")
    unheard = bench.post("/feishu/messages", user="小李", chat="华东销售群", text="@聊单 公海")
    refused = members(feishu)["code"]
    change(bench, "add_bot", external=True)

    removed, added = events(bench)
    assert ([], 232011) == (unheard["deliveries"], refused)
    assert "im.chat.member.bot.deleted_v1" == removed["header"]["event_type"]
    assert "ou_demo_laozhang" == removed["event"]["operator_id"]["open_id"]
    assert ("im.chat.member.bot.added_v1", True) == (added["header"]["event_type"], added["event"]["external"])
    assert 0 == members(feishu)["code"]


def test_people_come_into_a_group_and_leave_it(bench, feishu):
    change(bench, "add_user", user="小赵")
    inside = {item["name"] for item in members(feishu)["data"]["items"]}
    change(bench, "remove_user", user="小赵")
    outside = {item["name"] for item in members(feishu)["data"]["items"]}

    assert [("小赵", "added"), ("小赵", "deleted")] == [
        (event["event"]["users"][0]["name"], event["header"]["event_type"].split(".")[-1].removesuffix("_v1"))
        for event in events(bench)
    ]
    assert {"小赵"} == inside - outside


def test_a_dissolved_group_is_told_once_and_takes_nothing(bench, feishu):
    change(bench, "dissolve")
    change(bench, "dissolve")

    assert ["im.chat.disbanded_v1"] == [event["header"]["event_type"] for event in events(bench)]
    assert 232009 == members(feishu)["code"]
    assert 232009 == feishu.send("oc_demo_east", "text", {"text": "x"}, id_type="chat_id")["code"]


def test_without_its_bot_the_app_does_not_hear_of_people(bench):
    change(bench, "remove_bot")

    assert [] == change(bench, "add_user", user="小赵")["deliveries"]


@pytest.mark.parametrize(
    ("operation", "details", "complaint"),
    [
        ("paint", {}, "op 要是"),
        ("add_user", {"user": "张三"}, "没有叫“张三”的人"),
        ("add_bot", {"group": "x"}, "没有叫"),
    ],
)
def test_unknown_changes_people_and_groups_are_named(bench, operation, details, complaint):
    body = {"op": operation, "group": "华东销售群", **details}

    assert complaint in bench.post("/feishu/console", **body)["error"]


def test_a_reply_names_what_it_answers_and_the_start_of_the_thread(bench):
    first = bench.post("/feishu/messages", user="小李", text="报备")["message_id"]
    second = bench.post("/feishu/messages", user="小李", text="补充", reply_to=first)["message_id"]
    bench.post("/feishu/messages", user="小李", text="再补充", reply_to=second)

    one, two, three = (event["event"]["message"] for event in events(bench))
    assert "parent_id" not in one
    assert (one["message_id"], one["message_id"]) == (two["parent_id"], two["root_id"])
    assert (two["message_id"], one["message_id"]) == (three["parent_id"], three["root_id"])


def test_only_messages_of_the_same_chat_can_be_answered(bench):
    other = bench.post("/feishu/messages", user="小王", text="报备")["message_id"]

    assert "不在这个会话" in bench.post("/feishu/messages", user="小李", text="补充", reply_to=other)["error"]


def test_a_colleagues_card_is_passed_on_by_id(bench):
    bench.post("/feishu/messages", user="小李", contact="小王")

    message = events(bench)[0]["event"]["message"]
    assert ("share_user", {"user_id": "ou_demo_xiaowang"}) == (message["message_type"], json.loads(message["content"]))
    assert "[名片] 小王" == bench.get("/feishu/chats/p2p/messages", user="小李")[0]["text"]
    assert "不能发同事的名片" in bench.post("/wecom/messages", user="小李", contact="小王")["error"]


def test_pictures_of_a_group_are_given_to_those_in_it(bench, feishu):
    bench.post("/feishu/messages", user="小李", chat="华东销售群", image="data:image/png;base64,iVBORw0KGgo=")
    message = bench.sandbox.platforms["feishu"].book.in_chat("east_group")[0]
    key = json.loads(message.payload["content"])["image_key"]
    path = f"/im/v1/messages/{message.vendor_id}/resources/{key}"
    before = feishu.raw("GET", path, type="image").status_code

    change(bench, "remove_bot")

    assert (200, 234004) == (before, feishu.call("GET", path, type="image")["code"])

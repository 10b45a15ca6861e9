"""
Interactive cards on the emulated DingTalk: what each person sees, what a click tells, and what its answer changes.
"""

import json
import threading

import pytest
from dingtalk_app import (
    DECISIONS,
    FORM,
    GROUP,
    MARKDOWN,
    TEMPLATE_ID,
    VARIABLES,
    DingTalkApp,
    bound,
    fixed_button,
    node,
    template,
)
from sandbox_bench import DINGTALK

from sandbox.dingtalk.crypto import card_sign

FIELDS = [
    {"name": "name", "label": "公司全称", "type": "TEXT", "required": True, "requiredMsg": "先写公司"},
    {"name": "need", "label": "需求", "type": "TEXT_AREA"},
    {"name": "amount", "label": "金额", "type": "NUMBER", "defaultValue": "50"},
    {"name": "tags", "label": "关键词", "type": "TEXT_ARRAY"},
    {
        "name": "level",
        "label": "等级",
        "type": "SELECT",
        "options": [{"value": "A", "text": "重点"}, {"value": "B", "text": "普通"}],
        "defaultValue": {"index": 1, "value": "B"},
    },
    {
        "name": "source",
        "label": "来源",
        "type": "MULTI_SELECT",
        "options": [{"value": "expo", "text": "展会"}, {"value": "ref", "text": "转介绍"}],
    },
    {"name": "due", "label": "签约日", "type": "DATE"},
    {"name": "at", "label": "时间", "type": "TIME"},
    {"name": "when", "label": "拜访", "type": "DATETIME"},
    {"name": "urgent", "label": "加急", "type": "CHECKBOX"},
    {"name": "notify", "label": "通知", "type": "SWITCH", "defaultValue": True},
    {
        "name": "way",
        "label": "方式",
        "type": "CHECKBOX_GROUP",
        "options": [{"value": "call", "text": "电话"}, {"value": "visit", "text": "拜访"}],
    },
    {
        "name": "who",
        "label": "抄送",
        "type": "MULTI_CHECKBOX_GROUP",
        "options": [{"value": "boss", "text": "老张"}, {"value": "dir", "text": "周总"}],
    },
    {"name": "ref", "label": "编号", "type": "TEXT", "hidden": True, "defaultValue": "R-7"},
    {"name": "owner", "label": "归属", "type": "TEXT", "readOnly": True, "defaultValue": "小李"},
]
FORM_VALUES = {"content": "请填写", "status": "done", "form": json.dumps({"fields": FIELDS}), "form_btn_text": "提交"}
BUTTONS = [
    {
        "text": "领取",
        "color": "blue",
        "status": "normal",
        "event": {"type": "sendCardRequest", "params": {"actionId": "claim", "params": {"id": "9"}}},
    },
    {"text": "看详情", "event": {"type": "openUrl", "params": {"url": "https://x.test/9"}}},
    {
        "text": "已过期",
        "status": "disabled",
        "event": {"type": "sendCardRequest", "params": {"actionId": "old", "params": {}}},
    },
]


@pytest.fixture
def dingtalk(bench):
    app = DingTalkApp(bench)
    app.register()
    return app


def seen(bench, user="老张", chat="p2p"):
    return bench.get(f"/dingtalk/chats/{chat}/messages", user=user)[-1]


def click(bench, button, user="老张", chat="p2p", **form):
    message = seen(bench, user, chat)
    return bench.post("/dingtalk/clicks", user=user, message_id=message["id"], button=button, form=form)


def callback(bench):
    return json.loads(bench.product.callbacks("dingtalk")[-1].body)


def params(bench):
    return json.loads(callback(bench)["content"])["cardPrivateData"]["params"]


def show_form(dingtalk, **changed):
    return dingtalk.show(cardData={"cardParamMap": FORM_VALUES | changed})


def test_card_is_read_as_title_fields_and_the_buttons_that_hold_now(bench, dingtalk):
    shown = dingtalk.show()

    card = seen(bench)["card"]
    assert [("IM_ROBOT", "dt_laozhang", True, "")] == [
        (one["spaceType"], one["spaceId"], one["success"], one["errorMsg"]) for one in shown["result"]["deliverResults"]
    ]
    assert [{"label": "客户", "value": "杭州云图"}] == card["fields"]
    assert [("同意", "agree", "primary"), ("驳回", "reject", "danger")] == [
        (button["label"], button["id"], button["style"]) for button in card["buttons"]
    ]
    dingtalk.update(status="agree")
    assert [] == seen(bench)["card"]["buttons"]


def test_click_tells_who_what_and_where_under_a_signed_time(bench, dingtalk):
    dingtalk.show()

    click(bench, "同意")

    request = bench.product.callbacks("dingtalk")[0]
    expected = card_sign("card-secret", request.headers["x-ddpaas-signature-timestamp"])
    assert expected == request.headers["x-ddpaas-signature"]
    body = callback(bench)
    assert ("actionCallback", "card-1", DINGTALK.corp_id, "dt_laozhang", 1) == tuple(
        body[key] for key in ("type", "outTrackId", "corpId", "userId", "userIdType")
    )
    content = {"cardPrivateData": {"actionIds": ["agree"], "params": {"action": "agree"}}}
    assert content == json.loads(body["content"])


def test_answer_changes_the_card_for_the_clicker_alone_until_it_is_updated(bench, dingtalk):
    dingtalk.show("IM_GROUP.cidDemoEast==")
    options = {"updateCardDataByKey": True}
    bench.product.will_answer({"cardUpdateOptions": options, "cardData": {"cardParamMap": {"status": "agree"}}})

    outcome = click(bench, "同意", chat="east_group")

    before = [len(seen(bench, user, "east_group")["card"]["buttons"]) for user in ("老张", "小李")]
    dingtalk.update(status="agree")
    after = [len(seen(bench, user, "east_group")["card"]["buttons"]) for user in ("老张", "小李")]
    assert (True, None, 200) == (outcome["card_changed"], outcome["client_error"], outcome["status"])
    assert ([0, 2], [0, 0]) == (before, after)


def test_private_variables_are_the_clickers_and_only_those_called_private(bench, dingtalk):
    dingtalk.show("IM_GROUP.cidDemoEast==")
    options = {"updatePrivateDataByKey": True}
    given = {"note": "该客户已被李四报备", "content": "别人的"}
    bench.product.will_answer({"cardUpdateOptions": options, "userPrivateData": {"cardParamMap": given}})

    click(bench, "同意", chat="east_group")

    mine, others = seen(bench, "老张", "east_group")["text"], seen(bench, "小李", "east_group")["text"]
    assert ("客户：杭州云图\n该客户已被李四报备", "客户：杭州云图") == (mine, others)


def test_update_without_by_key_forgets_what_it_does_not_name(bench, dingtalk):
    dingtalk.show()
    dingtalk.update(private={"dt_laozhang": {"note": "给你"}}, status="")

    dingtalk.update(by_key=False, content="新的")

    assert "新的\n给你" == seen(bench)["text"]


def test_answer_of_another_shape_is_ignored_and_noted(bench, dingtalk):
    dingtalk.show()
    bench.product.will_answer({"privateData": {"dt_laozhang": {"cardParamMap": {"note": "x"}}}})

    outcome = click(bench, "同意")

    assert (False, ["answer_ignored:privateData"]) == (outcome["card_changed"], seen(bench)["flags"])


@pytest.mark.parametrize(
    ("status", "answer"),
    [(500, b"{}"), (200, b"not json"), (200, b"[]"), (200, b'{"cardData": {"cardParamMap": {"status": 1}}}')],
)
def test_unusable_answer_shows_the_clients_failure(bench, dingtalk, status, answer):
    dingtalk.show()
    bench.product.will_answer(answer, status=status)

    outcome = click(bench, "同意")

    assert ("请求失败，请稍后重试", False) == (outcome["client_error"], outcome["card_changed"])


def test_late_answer_is_lost(bench, dingtalk):
    dingtalk.show()
    bench.post("/dingtalk/switches", name="card_seconds", value=0.05)
    waiting = threading.Event()
    bench.product.during = lambda seen: waiting.wait(30)

    error = click(bench, "同意")["client_error"]
    waiting.set()

    assert "请求超时，请稍后重试" == error


def test_card_without_a_registered_route_fails_at_the_click_and_tells_nobody(bench, dingtalk):
    dingtalk.show(callbackRouteKey="other")

    outcome = click(bench, "同意")

    assert ("请求失败，请稍后重试", []) == (outcome["client_error"], bench.product.callbacks("dingtalk"))


def test_card_without_a_callback_type_calls_nobody(bench, dingtalk):
    dingtalk.show(callbackType="")

    assert (None, 0) == (click(bench, "同意")["client_error"], len(bench.product.callbacks("dingtalk")))


def test_update_inside_the_callback_is_noted(bench, dingtalk):
    dingtalk.show()
    bench.product.during = lambda seen: dingtalk.update(status="agree")

    click(bench, "同意")

    assert ["updated_inside_callback"] == seen(bench)["flags"]


def test_one_card_in_two_chats_is_one_instance(bench, dingtalk):
    dingtalk.show("IM_ROBOT.dt_laozhang;dtv1.card//im_robot.dt_zhouzong")

    dingtalk.update(content="已处理")

    assert ["已处理", "已处理"] == [seen(bench, user)["text"] for user in ("老张", "周总")]


def test_card_in_a_group_for_some_is_hidden_from_the_others(bench, dingtalk):
    model = {"robotCode": DINGTALK.robot_code, "recipients": ["dt_laozhang"]}
    dingtalk.show("IM_GROUP.cidDemoEast==", imGroupOpenDeliverModel=model)
    message = seen(bench, "老张", "east_group")

    refused = bench.post("/dingtalk/clicks", user="小李", message_id=message["id"], button="同意")

    assert [] == bench.get("/dingtalk/chats/east_group/messages", user="小李")
    assert "小李看不到这条消息" == refused["error"]


def test_ids_may_be_union_ids(bench, dingtalk):
    dingtalk.show(
        "IM_ROBOT.un_demo_laozhang", userIdType=2, privateData={"un_demo_laozhang": {"cardParamMap": {"note": "你好"}}}
    )

    click(bench, "同意")

    assert ("un_demo_laozhang", 2) == (callback(bench)["userId"], callback(bench)["userIdType"])
    assert seen(bench)["text"].endswith("你好")


def test_card_sent_by_mistake_is_taken_back_by_its_carrier(bench, dingtalk):
    carrier = dingtalk.show()["result"]["deliverResults"][0]["carrierId"]
    body = {"robotCode": DINGTALK.robot_code, "processQueryKeys": [carrier]}

    dingtalk.call("POST", "/robot/otoMessages/batchRecall", body)

    assert seen(bench)["recalled"]
    assert "消息已被撤回" == click(bench, "同意")["client_error"]


def test_split_calls_make_and_show_the_same_card(bench, dingtalk):
    body = dingtalk.card_body("IM_ROBOT.dt_laozhang")
    space = {"outTrackId": "card-1", "imRobotOpenSpaceModel": {"supportForward": False}}
    created = dingtalk.call("POST", "/card/instances", {k: v for k, v in body.items() if "Space" not in k})
    before = dingtalk.call("POST", "/card/instances/deliver", body)
    dingtalk.call("PUT", "/card/instances/spaces", space)
    shown = dingtalk.call("POST", "/card/instances/deliver", body)

    assert ("card-1", "param.openSpaceModelInvalid") == (created["result"], before["code"])
    assert [True] == [one["success"] for one in shown["result"]]
    assert "客户：杭州云图" == seen(bench)["text"]


def test_every_kind_of_field_is_described_and_hidden_ones_are_not(bench, dingtalk):
    show_form(dingtalk)

    inputs = {one["name"]: one for one in seen(bench)["card"]["form"]["inputs"]}
    assert [field["name"] for field in FIELDS if not field.get("hidden")] == list(inputs)
    kinds = ["text", "multiline", "text", "list", "select", "multi_select", "date", "time", "datetime"]
    kinds += ["checkbox", "checkbox", "select", "multi_select", "text"]
    assert kinds == [one["kind"] for one in inputs.values()]
    assert ("B", True, "50") == (inputs["level"]["value"], inputs["notify"]["value"], inputs["amount"]["value"])
    assert ["提交"] == [button["label"] for button in seen(bench)["card"]["buttons"]]


def test_submission_brings_every_value_in_its_type_and_no_empty_ones(bench, dingtalk):
    show_form(dingtalk)
    given = {"name": "云图", "need": "一行\n两行", "tags": ["a", "b"], "level": "重点", "source": ["展会", "ref"]}
    given |= {
        "due": "2026-12-01",
        "at": "09:30",
        "when": "2026-12-01 09:30",
        "urgent": True,
        "way": "拜访",
        "who": ["dir"],
    }

    click(bench, "提交", **given)
    whole = params(bench)["form"]
    click(bench, "提交", name="云图")

    assert {
        **given,
        "amount": "50",
        "level": {"index": 0, "value": "A"},
        "source": {"index": [0, 1], "value": ["expo", "ref"]},
        "way": {"index": 1, "value": "visit"},
        "who": {"index": [1], "value": ["dir"]},
        "notify": True,
        "ref": "R-7",
        "owner": "小李",
    } == whole
    rest = {
        "amount": "50",
        "level": {"index": 1, "value": "B"},
        "urgent": False,
        "notify": True,
        "ref": "R-7",
        "owner": "小李",
    }
    assert {"name": "云图", **rest} == params(bench)["form"]
    assert ["form"] == json.loads(callback(bench)["content"])["cardPrivateData"]["actionIds"]


def test_client_asks_for_what_is_required_and_for_nothing_else(bench, dingtalk):
    show_form(dingtalk)

    outcome = click(bench, "提交", amount="很多")

    assert ("先写公司", []) == (outcome["client_error"], bench.product.callbacks("dingtalk"))
    assert "表单里没有 ref" == click(bench, "提交", name="云图", ref="R-8")["error"]
    assert "“等级”里没有选项 C" == click(bench, "提交", name="云图", level="C")["error"]


def test_disabled_form_cannot_be_sent(bench, dingtalk):
    show_form(dingtalk)
    private = {"form_status": "disabled", "form_btn_text": "已提交"}

    dingtalk.update(private={"dt_laozhang": private})

    assert [("已提交", True)] == [(b["label"], b["disabled"]) for b in seen(bench)["card"]["buttons"]]
    assert all(one["disabled"] for block in seen(bench)["raw"]["view"] for one in block.get("fields", ()))
    assert "按钮不可用" == click(bench, "已提交", name="云图")["client_error"]


def test_numbers_may_come_as_numbers_and_old_clients_know_fewer_fields(bench, dingtalk):
    show_form(dingtalk)
    bench.post("/dingtalk/switches", name="numbers_as_numbers", value=True)
    click(bench, "提交", name="云图", amount="12.5")

    assert 12.5 == params(bench)["form"]["amount"]
    bench.post("/dingtalk/switches", name="old_client", value=True)
    assert "text" == {one["name"]: one["kind"] for one in seen(bench)["card"]["form"]["inputs"]}["need"]


@pytest.mark.parametrize(
    "form", ["no json", '{"fields": [{"name": "a", "type": "PERSON"}]}', '{"fields": [{"type": "TEXT"}]}']
)
def test_unreadable_form_is_not_shown_and_noted(bench, dingtalk, form):
    show_form(dingtalk, form=form)

    assert seen(bench)["card"]["form"] is None
    assert seen(bench)["flags"][0].startswith("unreadable_form:")


def test_buttons_that_a_variable_lists_call_back_open_links_or_are_grey(bench, dingtalk):
    values = {"content": "公海客户", "status": "x", "btns": json.dumps(BUTTONS)}
    dingtalk.show(cardData={"cardParamMap": values})

    click(bench, "领取")

    assert {"id": "9"} == params(bench)
    assert "https://x.test/9" == click(bench, "看详情")["url"]
    assert "按钮不可用" == click(bench, "已过期")["client_error"]


@pytest.mark.parametrize(
    ("shape", "where"),
    [
        ("top_level", lambda body: (body["actionId"], json.loads(body["content"])["cardPrivateData"]["params"])),
        (
            "action_data",
            lambda body: (
                *body["actionData"]["cardPrivateData"]["actionIds"],
                body["actionData"]["cardPrivateData"]["params"],
            ),
        ),
    ],
)
def test_presses_of_listed_buttons_come_in_three_shapes(bench, dingtalk, shape, where):
    dingtalk.show(cardData={"cardParamMap": {"content": "公海", "status": "x", "btns": json.dumps(BUTTONS)}})
    bench.post("/dingtalk/switches", name="dynamic_buttons", value=shape)

    click(bench, "领取")

    assert ("claim", {"id": "9"}) == where(callback(bench))


def test_an_older_shape_puts_the_values_beside(bench, dingtalk):
    dingtalk.show()
    bench.post("/dingtalk/switches", name="params_beside", value=True)

    click(bench, "同意")

    assert {"cardPrivateData": {"actionIds": ["agree"]}, "params": {"action": "agree"}} == json.loads(
        callback(bench)["value"]
    )


def test_template_of_another_app_is_accepted_and_cannot_be_loaded(bench, dingtalk):
    bench.post(
        "/dingtalk/console",
        op="import_template",
        id="foreign.schema",
        app="dingother",
        template=template(MARKDOWN, variables=VARIABLES),
    )

    assert dingtalk.show(cardTemplateId="foreign.schema")["success"]
    assert dingtalk.show(cardTemplateId="382e4302-551d-4880-bf29-a30acfab2e71.schema", track_id="card-2")["success"]

    messages = bench.get("/dingtalk/chats/p2p/messages", user="老张")
    assert [("内容加载失败", [])] * 2 == [(message["text"], message["card"]["buttons"]) for message in messages]


@pytest.mark.parametrize(
    ("nodes", "fault"),
    [
        ([node("MarkdownBlock", content=bound("content"))], "blank_markdown:content"),
        ([node("StarRating")], "unknown_component:StarRating"),
    ],
)
def test_what_the_client_cannot_draw_is_noted(bench, dingtalk, nodes, fault):
    bench.post(
        "/dingtalk/console", op="import_template", id=TEMPLATE_ID, template=template(*nodes, variables=VARIABLES)
    )

    dingtalk.show()

    assert ([fault], "") == (seen(bench)["flags"], seen(bench)["text"])


@pytest.mark.parametrize(
    ("envelope", "error"),
    [
        (None, "卡片模板要有 type: im 和 mode: card"),
        ({"type": "im", "mode": "card", "editorData": "{"}, "editorData 要是一段 JSON 文本"),
        ({"type": "im", "mode": "card", "editorData": "{}"}, "editorData.schema.componentsTree 要有一个根组件"),
        (template(MARKDOWN, variables={}), "模板用了没有声明的变量：content"),
        (
            template(DECISIONS, FORM, GROUP, variables={"status": False}),
            "模板用了没有声明的变量：btns、form、form_btn_text、form_status",
        ),
    ],
)
def test_unusable_template_is_refused_at_the_import(bench, envelope, error):
    assert error == bench.post("/dingtalk/console", op="import_template", template=envelope)["error"]


def test_condition_on_a_button_may_ask_for_the_contrary(bench, dingtalk):
    one = {"type": "variable", "variable": "status", "op": "notEqual", "valueType": "fixed", "value": "done"}
    either = {"valueType": "condition", "value": True, "condition": {"op": "or", "conditions": [one, one]}}
    buttons = {"type": "button", "list": [fixed_button("再来", "again", visible=either)]}
    whole = template(MARKDOWN, node("ButtonList", buttons=buttons), variables=VARIABLES)
    bench.post("/dingtalk/console", op="import_template", id=TEMPLATE_ID, template=whole)
    dingtalk.show()

    before = seen(bench)["card"]["buttons"]
    dingtalk.update(status="done")

    assert (["again"], []) == ([button["id"] for button in before], seen(bench)["card"]["buttons"])

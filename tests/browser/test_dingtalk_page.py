"""
DingTalk on the chat page in a real browser: forms, choices, links that send a text; and the page in the dark.
"""

import json

import pytest
from dingtalk_app import DingTalkApp

pytestmark = pytest.mark.browser

OPTIONS = [{"value": "yes", "text": "同意"}, {"value": "no", "text": "驳回"}]
FIELDS = [
    {"name": "reason", "label": "原因", "type": "TEXT"},
    {"name": "when", "label": "拜访时间", "type": "DATETIME"},
    {"name": "tags", "label": "关键词", "type": "TEXT_ARRAY"},
    {"name": "choice", "label": "操作", "type": "SELECT", "required": True, "options": OPTIONS},
]
REQUEST = {
    "content": "#### 客户报备待审批<br><font color=common_orange1_color>待审批</font>",
    "status": "done",
    "form": json.dumps({"fields": FIELDS}),
    "form_btn_text": "提交",
}


@pytest.fixture
def dingtalk(bench):
    app = DingTalkApp(bench)
    app.register()
    return app


def pressed(bench):
    seen = json.loads(bench.product.callbacks("dingtalk")[-1].body)
    return json.loads(seen["content"])["cardPrivateData"]["params"]


def test_a_form_sends_what_was_chosen_and_typed_in_the_types_of_its_fields(open_desk, bench, dingtalk):
    phone = open_desk(1440, platform="dingtalk").phone_of("老张")
    dingtalk.show(cardData={"cardParamMap": REQUEST})
    phone.wait_for("客户报备待审批")

    phone.press("提交")
    phone.wait_for("请填写：操作")
    phone.pane.get_by_label("操作").select_option("同意")
    phone.pane.get_by_label("拜访时间").fill("2026-12-01T09:30")
    phone.pane.get_by_label("关键词").fill("展会\n老客户")
    phone.press("提交")
    phone.pane.locator("[aria-busy=true]").wait_for(state="detached")

    chosen = {"index": 0, "value": "yes"}
    assert {"when": "2026-12-01 09:30", "tags": ["展会", "老客户"], "choice": chosen} == pressed(bench)["form"]


def test_an_answer_turns_the_card_for_the_clicker_alone(open_desk, bench, dingtalk):
    desk = open_desk(1440, platform="dingtalk")
    dingtalk.show("IM_GROUP.cidDemoEast==")
    for name in ("小李", "老张"):
        desk.phone_of(name).open_chat("华东销售群")
    answer = {"cardUpdateOptions": {"updateCardDataByKey": True}, "cardData": {"cardParamMap": {"status": "agree"}}}
    bench.product.will_answer(answer)

    desk.phone_of("老张").press("同意")
    desk.phone_of("老张").pane.get_by_role("button", name="同意", exact=True).wait_for(state="detached")

    assert 1 == desk.phone_of("小李").pane.get_by_role("button", name="同意", exact=True).count()


def test_a_link_that_sends_a_text_is_pressed_where_it_stands(open_desk, bench, dingtalk):
    phone = open_desk(1440, platform="dingtalk").phone_of("小李")
    text = "审批 AP-17：[同意](dtmd://dingtalkclient/sendMessage?content=%E5%90%8C%E6%84%8F%20AP-17)"
    dingtalk.send("dt_xiaoli", param={"title": "审批", "text": text})
    phone.wait_for("审批 AP-17")

    assert 1 == phone.messages.get_by_text("同意", exact=True).count()
    phone.press("同意")
    phone.messages.get_by_text("同意 AP-17").wait_for()

    assert "同意 AP-17" == bench.get("/dingtalk/chats/p2p/messages", user="小李")[-1]["text"]


@pytest.mark.parametrize("platform", ["feishu", "wecom", "dingtalk"])
def test_the_page_turns_dark_and_stays_so(open_desk, platform):
    desk = open_desk(1440, platform=platform)
    light = background(desk)

    desk.page.get_by_role("button", name="深色").click()
    desk.page.get_by_role("button", name="深色", pressed=True).wait_for()
    dark = background(desk)
    desk.page.reload()
    desk.page.get_by_role("button", name="深色", pressed=True).wait_for()
    desk.page.get_by_role("log").first.wait_for()

    assert (True, True) == (brightness(light) > 200, brightness(dark) < 60)
    assert dark == background(desk)


def background(desk):
    return desk.page.locator(".glass").first.evaluate("glass => getComputedStyle(glass).backgroundColor")


def brightness(color):
    return max(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))

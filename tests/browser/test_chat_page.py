"""
The chat page in a real browser, before any product answers: phones, typing, cards of both platforms, hostile text.
"""

import json

import pytest
from feishu_app import APPROVAL, DONE, FORM, FeishuApp
from wecom_app import CARD, WeComApp

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>**粗**[点](javascript:alert)"


def test_a_wide_screen_holds_three_phones_and_a_narrow_one_holds_one(open_desk):
    wide, narrow = open_desk(1440), open_desk(390, 844)

    assert (3, 1) == (len(wide.phones), len(narrow.phones))
    assert (False, False) == (wide.overflows(), narrow.overflows())


def test_enter_sends_and_shift_enter_starts_a_line(open_desk, bench):
    phone = open_desk(1440).phone_of("小李")

    phone.box.fill("第一行")
    phone.box.press("Shift+Enter")
    phone.box.press_sequentially("第二行")
    phone.box.press("Enter")
    phone.messages.get_by_text("第二行").wait_for()

    assert ["第一行\n第二行"] == [said["text"] for said in bench.get("/feishu/chats/p2p/messages", user="小李")]


def test_markup_in_a_message_is_shown_as_it_was_typed(open_desk):
    phone = open_desk(1440).phone_of("小李")

    phone.say(HOSTILE)

    assert HOSTILE == phone.messages.locator(".bubble").inner_text()
    assert 0 == phone.messages.locator("img").count()


def test_markup_in_a_card_is_shown_as_it_was_typed(open_desk, bench):
    desk = open_desk(1440, platform="wecom")

    WeComApp(bench).send("xiaoli", "template_card", CARD | {"sub_title_text": HOSTILE})

    assert HOSTILE == desk.phone_of("小李").wait_for("onerror").inner_text()
    assert 0 == desk.page.get_by_role("log").locator("img").count()


def test_a_click_on_a_feishu_card_reaches_the_product_and_turns_the_card(open_desk, bench):
    phone = open_desk(1440).phone_of("老张")
    toast = {"type": "success", "content": "已同意这次报备"}
    FeishuApp(bench).send("ou_demo_laozhang", "interactive", APPROVAL)
    bench.product.answers.append((200, json.dumps({"toast": toast, "card": {"type": "raw", "data": DONE}}).encode()))

    phone.press("同意")

    phone.wait_for("已同意这次报备")
    phone.wait_for("报备已通过")
    assert 0 == phone.pane.get_by_role("button", name="同意", exact=True).count()


def test_a_form_holds_back_until_its_required_field_is_filled(open_desk, bench):
    phone = open_desk(1440).phone_of("小李")
    FeishuApp(bench).send("ou_demo_xiaoli", "interactive", FORM)

    phone.press("提交")
    phone.wait_for("请填写：公司全称")
    assert [] == bench.product.callbacks("feishu")

    phone.pane.get_by_label("公司全称").fill("杭州云途科技")
    phone.press("提交")
    phone.pane.locator("[aria-busy=true]").wait_for(state="detached")
    assert 1 == len(bench.product.callbacks("feishu"))


def test_a_wecom_card_sends_its_choice_with_the_button(open_desk, bench):
    phone = open_desk(1440, platform="wecom").phone_of("老张")
    WeComApp(bench).send("laozhang", "template_card", CARD)

    phone.pane.get_by_label("原因").select_option("老客户")
    phone.press("同意")
    phone.pane.locator("[aria-busy=true]").wait_for(state="detached")

    assert 1 == len(bench.product.callbacks("wecom"))


def test_a_wecom_group_explains_that_the_app_hears_nothing(open_desk):
    phone = open_desk(1440, platform="wecom").phone_of("小李")

    phone.open_chat("华东销售群")
    phone.wait_for("收不到群里的发言")
    phone.press("去单聊里说")

    phone.wait_for("和聊单说一句话就行")


def test_a_feishu_group_message_mentions_the_bot_unless_told_not_to(open_desk, bench):
    phone = open_desk(1440).phone_of("小李")
    phone.open_chat("华东销售群")

    phone.say("公海")
    phone.messages.get_by_text("@聊单 公海").wait_for()
    phone.press("@聊单")
    phone.say("大家早")
    phone.messages.get_by_text("大家早").wait_for()

    assert 1 == len(bench.product.callbacks("feishu"))


def test_the_story_sends_its_first_message_from_the_right_phone(open_desk, bench):
    desk = open_desk(390, 844)

    desk.next_step().click()
    desk.phones[0].messages.get_by_text("云途").wait_for()

    assert bench.get("/feishu/chats/p2p/messages", user="小李")[0]["text"].startswith("报备 杭州云途科技")


def test_an_unread_message_is_counted_on_its_owner(open_desk, bench):
    desk = open_desk(390, 844)

    FeishuApp(bench).send("ou_demo_laozhang", "text", {"text": "有一条报备等你审批"})

    owner = desk.page.get_by_label("老张，销售主管")
    owner.get_by_label("1 条未读").wait_for()
    owner.click()
    desk.phones[0].wait_for("有一条报备等你审批")
    owner.get_by_label("1 条未读").wait_for(state="detached")


def test_starting_again_asks_first_and_empties_the_chats(open_desk):
    desk = open_desk(1440)
    phone = desk.phone_of("小李")
    phone.say("你好")
    phone.messages.get_by_text("你好").wait_for()

    desk.page.get_by_label("重新开始", exact=True).click()
    desk.page.get_by_role("dialog").get_by_role("button", name="重新开始").click()

    phone.messages.get_by_text("你好").wait_for(state="detached")

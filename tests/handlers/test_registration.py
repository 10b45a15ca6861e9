"""
报备 as a conversation: the form, the guided dialogue, the duplicate check's answers, and merging.
"""

import pytest
from conversation import only

from cards.model import Form, TextInput

CLOUD = "杭州云途科技有限公司"
REPORT = f"报备 {CLOUD} 张伟 13800001111 预算50万 展会"


@pytest.fixture(autouse=True)
def direct_manager_decides(company):
    company.ask_direct_manager()


def echo(conversation, person="小李", text=REPORT):
    return only(conversation.say(person, text))


def inputs(card):
    form = next(element for element in card.elements if isinstance(element, Form))
    return {entry.name: entry for entry in form.inputs if isinstance(entry, TextInput)}


def count(company, table):
    with company.database.read() as tx:
        return tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


@pytest.mark.parametrize(
    "text",
    [
        REPORT,
        f"预算50万 张伟 13800001111 {CLOUD} 展会 报备",
        f"报备\n客户名称：{CLOUD}\n联系人：张伟\n电话：13800001111\n预算：50万\n来源：展会",
        f"报备{CLOUD}联系人张伟电话幺三八零零零零幺幺幺幺预算五十万展会来的",
    ],
    ids=["one line", "any order", "pasted form", "dictated"],
)
def test_however_it_is_written_the_card_shows_what_was_understood(company, feishu, text):
    fields = inputs(echo(feishu, text=text).card)

    assert CLOUD == fields["name"].value
    assert "张伟" == fields["contact"].value
    assert "13800001111" == fields["phone"].value
    assert "50 万元" == fields["amount"].value


def test_nothing_is_stored_before_it_is_submitted(company, feishu):
    echo(feishu)

    assert 0 == count(company, "customer")
    assert 0 == count(company, "registration")


def test_a_company_with_a_phone_is_offered_as_a_registration_without_the_word(company, feishu):
    card = only(feishu.say("小李", f"{CLOUD} 张伟 13800001111"))

    assert "这像是一家新客户，要报备吗？" in card.text


def test_submitting_sends_the_manager_a_card_and_turns_ones_own(company, feishu):
    card = echo(feishu)

    clicked = feishu.click("小李", card, "提交")

    assert "已提交，等待老张审批" in clicked.card
    request = only(feishu.inbox("老张"))
    assert f"客户报备待审批【待审批】\n{CLOUD}" in request.text
    assert "报备人：小李" in request.text


def test_what_was_typed_wrong_stays_in_the_form_beside_the_reason(company, feishu):
    card = echo(feishu, text="报备")
    typed = {"name": CLOUD, "contact": "张伟", "phone": "1380000111", "amount": "负五万"}

    clicked = feishu.click("小李", card, "提交", typed)

    fields = inputs(card.card)
    assert "电话：“1380000111”不是 11 位手机号。例如：13800001111 或 0571-88886666-801" == clicked.toast
    assert typed == {name: fields[name].value for name in typed}
    assert "预计金额：金额不能是负数（“负五万”）。例如：50万、20-30万 或 300,000元" == fields["amount"].error
    assert "还缺" not in clicked.card
    assert 0 == count(company, "registration")


def test_a_wrong_number_in_the_first_message_stays_in_the_form(company, feishu):
    fields = inputs(echo(feishu, text=f"报备 {CLOUD} 张伟 1380000111").card)

    assert "1380000111" == fields["phone"].value
    assert "不是 11 位手机号" in fields["phone"].error


def test_the_corrected_form_can_be_submitted(company, feishu):
    card = echo(feishu, text="报备")
    feishu.click("小李", card, "提交", {"name": CLOUD, "contact": "张伟", "phone": "1380000111"})

    clicked = feishu.click("小李", card, "提交", {"name": CLOUD, "contact": "张伟", "phone": "13800001111"})

    assert "已提交，等待老张审批" in clicked.card


def test_without_forms_one_missing_field_is_asked_at_a_time(company, wecom):
    questions = [only(wecom.say("小李", said)).card.title for said in ("报备", CLOUD, "张伟", "13800001111")]

    assert ["客户报备", "报备：请填写联系人", "报备：请填写电话", "客户报备"] == questions


def test_in_the_dialogue_a_slip_is_named_and_the_rest_is_kept(company, wecom):
    for said in ("报备", CLOUD, "张伟"):
        wecom.say("小李", said)

    again = only(wecom.say("小李", "1380000111"))

    assert "电话：“1380000111”不是 11 位手机号。例如：13800001111" in again.text
    assert "已记下：客户名称、联系人" in again.text


def test_the_source_can_be_chosen_by_number(company, wecom):
    card = echo(wecom, text=f"报备 {CLOUD} 张伟 13800001111")
    which = only(wecom.click("小李", card, "修改").said)
    assert "7. 来源：（空）" in which.text

    listed = only(wecom.say("小李", "7"))
    assert "4. 展会/活动" in listed.text

    assert "来源：展会/活动" in only(wecom.say("小李", "4")).text


def test_a_field_can_be_changed_by_its_name(company, wecom):
    card = echo(wecom)
    wecom.click("小李", card, "修改")

    assert "电话：13900002222" in only(wecom.say("小李", "电话 13900002222")).text


def test_cancel_ends_the_dialogue_and_stores_nothing(company, wecom):
    wecom.say("小李", "报备")
    wecom.say("小李", CLOUD)

    assert "好的，已取消填写报备，没有保存任何内容。" == only(wecom.say("小李", "取消")).text
    assert 0 == count(company, "customer")


def test_a_command_within_the_dialogue_asks_which_of_the_two_is_meant(company, wecom):
    wecom.say("小李", "报备")
    wecom.say("小李", CLOUD)

    asked = only(wecom.say("小李", "我的客户"))
    assert "你正在填写报备，还没有提交" in asked.text
    wecom.click("小李", asked, "继续填写")

    assert "报备：请填写电话" == only(wecom.say("小李", "张伟")).card.title


def test_a_form_that_was_submitted_cannot_be_submitted_again(company, feishu):
    first = echo(feishu)
    second_face = first.card
    feishu.click("小李", first, "提交")
    first.card = second_face

    assert (
        "这份报备已经提交或取消，不能再改。要重新报备，请直接发送客户信息。"
        == feishu.click("小李", first, "提交").toast
    )
    assert 1 == count(company, "registration")


def test_nobody_can_submit_the_form_of_somebody_else(company, feishu):
    card = echo(feishu)

    assert "这张卡片不是发给你的，不能代为操作。" == feishu.click("小王", card, "提交").toast
    assert 0 == count(company, "registration")


def test_a_certain_duplicate_is_refused_with_its_holder_and_nothing_private(company, feishu):
    company.owned(CLOUD, "小李", contact="欧阳清扬", phone="13912345678", days_left=12)
    card = echo(feishu, "小赵", "报备 杭州云图科技 王芳 13912345678")

    told = feishu.click("小赵", card, "提交").card

    assert "撞单：客户已有归属【未提交】" in told
    assert "这家客户已由 小李 负责" in told
    assert "保护到期：12月5日 周六 10:00（剩 12 天）" in told
    assert "欧阳清扬" not in told
    assert "13912345678" not in told
    assert "50" not in told


def test_a_pending_registration_is_in_the_way_but_offers_no_cooperation_yet(company, feishu):
    feishu.click("小李", echo(feishu), "提交")
    card = echo(feishu, "小王")

    told = feishu.click("小王", card, "提交").card

    assert "小李 已经报备了这家客户，正在等待审批" in told
    assert "[申请协作]" not in told
    assert "通过后可以申请协作" in told


def test_a_refused_registration_counts_as_a_look(company, feishu):
    company.owned(CLOUD, "小李")

    feishu.click("小赵", echo(feishu, "小赵"), "提交")

    assert 1 == count(company, "lookup")


def test_a_customer_in_the_pool_is_to_be_claimed_instead(company, feishu):
    company.pooled(CLOUD)
    card = echo(feishu)

    told = feishu.click("小李", card, "提交")

    assert "这家客户在区域公海，没有人负责。直接领取即可，不用报备。" in told.card
    assert "领取成功" in only(feishu.click("小李", card, "领取").said).text


def test_ones_own_customer_is_merged_field_by_field(company, feishu):
    company.owned(CLOUD, "小李", contact="张伟", phone="13800001111", amount_yuan=300_000, need="")
    card = echo(feishu, text=f"报备 {CLOUD} 张伟 13800001111 预算50万 想上一套MES")
    assert "这是你自己的客户" in feishu.click("小李", card, "提交").card

    compared = feishu.click("小李", card, "合并到现有客户").card
    assert "预计金额：现有 30 万元；新填 50 万元" in compared
    merged = feishu.click("小李", card, "确认合并", {"amount": "take"}).card

    assert "预计金额：50 万元" in merged
    assert 1 == count(company, "customer")


def test_a_highly_suspicious_one_goes_to_the_approver_with_both_sides(company, feishu):
    company.owned("杭州云途软件有限公司", "小王", contact="王芳", phone="13900002222")
    card = echo(feishu, text="报备 杭州云途科技有限公司 张伟 13900002222")
    offered = feishu.click("小李", card, "提交").card
    assert "可能重复，请确认" in offered

    feishu.click("小李", card, "继续提交")

    request = only(feishu.inbox("老张")).text
    assert "高度疑似" in request
    assert "同意即认定不是同一家" in request
    assert "这次报备 小李；已有客户 小王" in request


def test_the_holder_of_a_suspicious_match_learns_the_ruling_and_nothing_private(company, feishu):
    first = echo(feishu)
    feishu.click("小李", first, "提交")
    feishu.click("老张", feishu.inbox("老张")[-1], "同意")
    second = echo(feishu, person="小王", text="报备 杭州云途信息技术有限公司 李娜 13800001112")
    feishu.click("小王", second, "提交")
    feishu.click("小王", second, "继续提交")

    feishu.click("老张", feishu.inbox("老张")[-1], "同意")

    told = feishu.inbox("小李")[-1].text
    assert "疑似撞单的裁定" in told
    assert "认定不是同一家，报备通过" in told
    assert "李娜" not in told
    assert "13800001112" not in told


def test_hostile_text_comes_back_as_text(company, feishu):
    name = "云途<at id=all></at>**科技**[点我](http://x.example)有限公司"
    card = echo(feishu)

    told = feishu.click("小李", card, "提交", {"name": name}).card

    assert f"客户名称：{name}" in told

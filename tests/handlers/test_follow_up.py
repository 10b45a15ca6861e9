import pytest
from conversation import only
from small_company import GROUP
from sqlalchemy import func, select

from cards.actions import SaveFollowUp
from domain.access import Actor
from store.models import FollowUp, Lookup, Task

CLOUD = "杭州云途科技有限公司"
TOLD = "电话沟通，客户要报价，下周三下午3点前给"
SYSTEM = Actor.system("what a follow-up test stored")


def answer(conversation, person, text):
    return only(conversation.say(person, text)).text


def stored(company):
    with company.database.read() as tx:
        return list(tx.scalars(SYSTEM, select(FollowUp).order_by(FollowUp.id)))


def tasks(company, state="open"):
    with company.database.read() as tx:
        return list(tx.scalars(SYSTEM, select(Task).where(Task.state == state).order_by(Task.id)))


def looks(company, person):
    with company.database.read() as tx:
        statement = select(func.count()).select_from(Lookup).where(Lookup.member_id == company.ids[person])
        return tx.session.scalar(statement)


@pytest.fixture
def cloud(company):
    return company.owned(CLOUD, "小李", days_left=20)


def test_one_line_becomes_a_follow_up_that_counts_and_a_to_do(company, cloud, feishu):
    text = answer(feishu, "小李", f"跟进 云途 {TOLD}")

    (note,) = stored(company)
    (task,) = tasks(company)
    assert (note.method, note.content, note.feedback, note.effective) == ("call", TOLD, "客户要报价", True)
    assert "跟进已保存【有效跟进】" in text
    assert "下一步：下周三下午3点前给（12月2日 周三 15:00，已建待办）" in text
    assert "12月13日 周日 10:00 保护到期后客户不会回公海，1月12日 周二 10:00 前再有一次" in text
    assert (task.title, task.assignee_id, task.kind) == (
        f"{CLOUD}：下周三下午3点前给",
        company.ids["小李"],
        "follow_up",
    )


def test_a_day_without_an_hour_means_its_morning(company, cloud, feishu):
    text = answer(feishu, "小李", "跟进 云途 微信沟通了方案，客户觉得不错，后天再联系")

    assert "后天再联系（11月25日 周三 09:00，已建待办）" in text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("电话沟通", "内容只有 4 个字，至少要 15 个字"),
        ("客户说预算批下来了，下周三上午10点去见他们", "没有写明联系方式"),
        ("电话里介绍了我们公司的产品和服务情况", "没有客户反馈，也没有下一步"),
    ],
)
def test_what_does_not_count_is_stored_and_says_what_is_lacking(company, cloud, feishu, content, why):
    text = answer(feishu, "小李", f"跟进 云途 {content}")

    assert f"这条没有计入有效跟进：{why}" in text
    assert [note.effective for note in stored(company)] == [False]
    assert "[再写一条]" in text


def test_the_second_of_a_day_and_a_copy_do_not_count(company, cloud, feishu):
    feishu.say("小李", f"跟进 云途 {TOLD}")

    second = answer(feishu, "小李", "跟进 云途 微信发了报价单，客户说周五前答复我们")
    feishu.pass_time(days=1)
    copy = answer(feishu, "小李", f"跟进 云途 {TOLD}")

    assert "今天已经有一条有效跟进" in second
    assert "和之前的跟进几乎一样" in copy


def test_an_effective_follow_up_moves_the_clock_of_the_customer(company, cloud, feishu):
    feishu.say("小李", f"跟进 云途 {TOLD}")

    card = answer(feishu, "小李", "查客户 云途")

    assert "11月23日 周一 · 电话 · 小李 · 有效" in card
    assert "下次行动：12月2日 周三" in card


def test_a_complaint_is_marked(company, cloud, feishu):
    text = answer(feishu, "小李", "跟进 云途 电话沟通，客户投诉质量问题，要求明天上午10点前答复")

    assert "投诉：已标记" in text
    assert [note.complaint for note in stored(company)] == [True]


def test_a_time_nobody_can_place_is_said_and_never_guessed(company, cloud, feishu):
    text = answer(feishu, "小李", "跟进 云途 电话沟通了方案，客户比较满意，过几天再联系")

    assert "没看懂“过几天”是哪一天，所以没有建待办" in text
    assert tasks(company) == []


def test_a_follow_up_settles_the_to_do_that_was_due(company, cloud, feishu):
    feishu.say("小李", "跟进 云途 电话沟通了方案，客户比较满意，明天上午10点再联系")
    feishu.say("小李", "跟进 云途 微信确认了参会的人，下周五下午2点演示")
    feishu.pass_time(days=1, hours=2)

    text = answer(feishu, "小李", "跟进 云途 电话确认了演示的内容，客户还想看同行案例")

    assert "已完成 1 项到期的跟进待办" in text
    assert [len(tasks(company, "done")), len(tasks(company))] == [1, 1]


def test_somebody_elses_customer_says_who_holds_it_and_counts_as_a_look(company, cloud, feishu):
    card = only(feishu.say("小王", f"跟进 云途科技 {TOLD}"))

    assert f"“{CLOUD}”由 小李 保护中，这条跟进没有保存。" in card.text
    assert "保护到期：12月13日 周日 10:00（剩 20 天）" in card.text
    assert [button.label for button in card.card.buttons] == ["申请协作"]
    assert "13800001111" not in card.text
    assert "张伟" not in card.text
    assert (stored(company), looks(company, "小王")) == ([], 1)


def test_names_that_lead_nowhere_count_as_looks_too(company, cloud, feishu):
    text = answer(feishu, "小王", f"跟进 无锡恒泰 {TOLD}")

    assert "没有找到这个客户" in text
    assert looks(company, "小王") == 1


def test_looks_by_follow_up_end_with_the_daily_limit(company, cloud, feishu):
    for _ in range(30):
        feishu.say("小王", "查重 云途科技")

    assert "今天的查询次数（30 次）已用完" in answer(feishu, "小王", f"跟进 云途科技 {TOLD}")


def test_a_customer_in_the_pool_has_to_be_claimed_first(company, feishu):
    company.pooled("宁波海星电子有限公司")

    card = only(feishu.say("小王", f"跟进 海星 {TOLD}"))

    assert "先领取，再写跟进" in card.text
    assert [button.label for button in card.card.buttons] == ["领取"]
    assert stored(company) == []


def test_a_collaborator_may_write(company, cloud, feishu):
    join(company, feishu)

    text = answer(feishu, "小王", f"跟进 云途 {TOLD}")

    assert "跟进已保存【有效跟进】" in text


def join(company, conversation):
    conversation.say("小王", "申请协作 云途科技")
    conversation.click("小李", conversation.inbox("小李")[-1], "同意协作")


def test_the_manager_may_not_write_while_the_protection_runs(company, cloud, feishu):
    assert "由 小李 保护中" in answer(feishu, "老张", f"跟进 云途 {TOLD}")


def test_the_manager_may_write_when_no_protection_runs(company, feishu):
    company.owned(CLOUD, "小李", days_left=None)

    text = answer(feishu, "老张", f"跟进 云途 {TOLD}")

    assert "跟进已保存" in text


def test_without_a_name_an_example_is_given(company, feishu):
    assert "例如：跟进 云途 电话沟通" in answer(feishu, "小李", "跟进")


def test_a_text_that_only_reads_like_a_follow_up_stores_nothing_before_consent(company, cloud, feishu):
    card = only(feishu.say("小李", "昨天拜访了云途科技，张总对方案满意，说周五答复"))

    assert "核对后点“保存跟进”才会保存" in card.text
    assert stored(company) == []

    clicked = feishu.click("小李", card, "保存跟进", form_of(card))

    assert "跟进已保存" in clicked.card
    assert [(note.method, note.feedback) for note in stored(company)] == [("visit", "张总对方案满意")]


def form_of(card, **changed):
    from cards.model import DateInput, Form, Select, TextInput

    form = next(element for element in card.card.elements if isinstance(element, Form))
    return {
        entry.name: entry.value or "" for entry in form.inputs if isinstance(entry, DateInput | Select | TextInput)
    } | changed


def test_a_name_that_only_sounds_alike_is_confirmed_first(company, cloud, feishu):
    card = only(feishu.say("小李", f"跟进 云图科技 {TOLD}"))

    assert card.card.title == f"写跟进：{CLOUD}"
    assert stored(company) == []


def test_the_form_keeps_what_was_typed_until_it_is_right(company, cloud, feishu):
    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)

    empty = feishu.click("小李", form, "保存跟进", {"method": "visit", "content": " ", "feedback": "认可方案"})
    past = feishu.click(
        "小李",
        form,
        "保存跟进",
        {"method": "visit", "content": "上门拜访，介绍了方案和报价", "feedback": "认可方案", "next_on": "2026-11-20"},
    )
    kept = form.text
    saved = feishu.click("小李", form, "保存跟进", form_of(form, next_on="2026-11-30"))

    assert "请填写沟通内容" in empty.toast
    assert "认可方案" in empty.card
    assert "下次时间“2026-11-20”已经过去了" in past.toast
    assert (
        "方式：拜访（可选：电话、会议、微信、邮件、其他）\n沟通内容：上门拜访，介绍了方案和报价\n客户反馈：认可方案"
        in kept
    )
    assert "下一步：11月30日 周一 09:00，已建待办" in saved.card
    assert [note.effective for note in stored(company)] == [False]


def test_a_date_in_the_form_keeps_the_hour_the_content_names_for_that_day(company, cloud, feishu):
    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)

    saved = feishu.click("小李", form, "保存跟进", {"method": "call", "content": TOLD, "next_on": "2026-12-02"})

    assert "12月2日 周三 15:00，已建待办" in saved.card


@pytest.mark.parametrize("broken", ["2026-13-45", "明天", "2026-1-1x"])
def test_a_date_no_calendar_knows_is_refused_by_name(company, cloud, feishu, broken):
    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)

    clicked = feishu.click("小李", form, "保存跟进", {"method": "call", "content": TOLD, "next_on": broken})

    assert f"没看懂时间“{broken[:10]}”" in clicked.toast
    assert stored(company) == []


def test_a_method_the_form_does_not_offer_counts_as_other(company, cloud, feishu):
    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)

    clicked = feishu.click("小李", form, "保存跟进", {"method": "telepathy", "content": TOLD})

    assert "方式：其他" in clicked.card


@pytest.mark.parametrize("date", ["2026年11月3日", "11月3日"])
def test_a_next_date_in_the_past_is_asked_for_again_and_the_content_kept(company, cloud, wecom, date):
    asked = answer(wecom, "小李", f"跟进 云途 拜访客户，方案已认可，{date}前给报价")
    again = answer(wecom, "小李", "前天")
    unknown = answer(wecom, "小李", "看情况")
    text = answer(wecom, "小李", "后天上午10点")

    assert f"下次时间“{date}”已经过去了" in asked
    assert "下次时间“前天”已经过去了" in again
    assert "没看懂时间“看情况”" in unknown
    assert f"内容：拜访客户，方案已认可，{date}前给报价" in text
    assert "11月25日 周三 10:00，已建待办" in text


def test_no_next_time_is_an_answer_too(company, cloud, wecom):
    wecom.say("小李", "跟进 云途 拜访客户，方案已认可，2026年11月3日前给报价")

    text = answer(wecom, "小李", "没有")

    assert "跟进已保存" in text
    assert tasks(company) == []


def test_a_date_far_ahead_with_its_year_is_taken_as_said(company, cloud, feishu):
    text = answer(feishu, "小李", "跟进 云途 电话沟通，客户说2027年11月3日再谈续约的事")

    assert "11月3日 周三 09:00，已建待办" in text


def test_the_guided_dialogue_takes_the_next_text_as_the_content(company, cloud, wecom):
    customer = only(wecom.say("小李", "查客户 云途"))

    asked = wecom.click("小李", customer, "写跟进").text
    text = answer(wecom, "小李", TOLD)

    assert "请直接回复这次跟进的内容" in asked
    assert "跟进已保存【有效跟进】" in text
    assert answer(wecom, "小李", "嗯嗯") != text


def test_the_command_alone_asks_for_the_content(company, cloud, wecom):
    asked = answer(wecom, "小李", "跟进 云途")

    assert "写跟进：杭州云途科技有限公司" in asked
    assert "跟进已保存" in answer(wecom, "小李", TOLD)


def test_without_forms_consent_is_given_by_button_or_by_word(company, cloud, wecom):
    first = only(wecom.say("小李", "昨天拜访了云途科技，张总对方案满意，说周五答复"))
    clicked = wecom.click("小李", first, "保存跟进")
    wecom.say("小李", "今天和云途科技的张总通了电话，他说预算已经批了")
    unsure = answer(wecom, "小李", "随便")
    second = answer(wecom, "小李", "保存")

    assert "跟进已保存" in clicked.card
    assert "回复“保存”才会保存" in unsure
    assert "跟进已保存" in second
    assert len(stored(company)) == 2


def test_the_button_of_a_consent_given_already_is_outdated(company, cloud, wecom):
    card = only(wecom.say("小李", "昨天拜访了云途科技，张总对方案满意，说周五答复"))
    wecom.say("小李", "保存")

    clicked = wecom.click("小李", card, "保存跟进")

    assert "这张卡片已经过时" in clicked.text
    assert len(stored(company)) == 1


def test_among_several_customers_the_number_decides_and_the_content_is_kept(company, cloud, wecom):
    company.owned("杭州云峰软件有限公司", "小李", phone="13800003333")

    asked = answer(wecom, "小李", f"跟进 云 {TOLD}")
    again = answer(wecom, "小李", "第三个")
    text = answer(wecom, "小李", "2")

    assert "1. 杭州云途科技有限公司\n2. 杭州云峰软件有限公司" in asked
    assert again == asked
    assert "客户：杭州云峰软件有限公司" in text
    assert f"内容：{TOLD}" in text


def test_ones_own_customers_come_before_those_one_only_sees(company, cloud, feishu):
    company.pooled("云途物流有限公司")

    assert f"客户：{CLOUD}" in answer(feishu, "小李", f"跟进 云途 {TOLD}")


def test_a_command_in_between_asks_whether_to_leave(company, cloud, wecom):
    wecom.say("小李", "跟进 云途")

    card = only(wecom.say("小李", "我的客户"))
    asked = card.text
    kept = wecom.click("小李", card, "继续填写")
    text = answer(wecom, "小李", TOLD)

    assert "你正在写跟进" in asked
    assert "请继续写跟进" in kept.text
    assert "跟进已保存" in text


def test_in_a_group_nothing_is_written_into_the_group(company, cloud, feishu):
    company.add_group()

    feishu.say("小李", f"跟进 云途 {TOLD}", group=GROUP)

    assert [message.text for message in feishu.in_group(GROUP)] == ["内容涉及客户资料，已发到你和我的单聊里。"]
    assert len(stored(company)) == 1


def test_in_a_group_several_fitting_customers_are_only_named_privately(company, cloud, feishu):
    company.owned("杭州云峰软件有限公司", "小李", phone="13800003333")
    company.add_group()

    said = feishu.say("小李", f"跟进 云 {TOLD}", group=GROUP)

    assert all("云峰" not in message.text for message in said if message.to == GROUP)
    assert stored(company) == []


def test_a_button_of_a_customer_that_changed_hands_is_answered_like_the_command(company, cloud, feishu):
    from sqlalchemy import update

    from store.models import Customer

    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)
    with company.database.write() as tx:
        values = {"owner_id": company.ids["小赵"], "department_id": company.department_of["小赵"]}
        tx.session.execute(update(Customer).values(**values))

    clicked = feishu.click("小李", form, "保存跟进", {"method": "call", "content": TOLD})

    assert "没有找到这个客户" in clicked.toast
    assert stored(company) == []


def test_too_long_a_content_is_refused_with_the_limit(company, cloud, feishu):
    assert "最多 2000 个字" in answer(feishu, "小李", f"跟进 云途 {'电话沟通很久，' * 400}")


def test_markup_control_characters_and_formulas_are_kept_as_plain_text(company, cloud, feishu):
    feishu.say("小李", "跟进 云途 电话沟通<b>报价</b>\x00，=SUM(A1) 客户要\u202e看 **合同** 😀")

    (note,) = stored(company)
    assert note.content == "电话沟通<b>报价</b>，=SUM(A1) 客户要看 **合同** 😀"


def test_the_same_on_both_databases(anywhere):
    company, feishu = anywhere
    company.owned(CLOUD, "小李", days_left=20)

    first = answer(feishu, "小李", f"跟进 云途 {TOLD}")
    refused = answer(feishu, "小王", f"跟进 云途科技 {TOLD}")

    assert "跟进已保存【有效跟进】" in first
    assert "由 小李 保护中" in refused
    assert (len(stored(company)), len(tasks(company)), looks(company, "小王")) == (1, 1, 1)


def test_a_forged_form_for_a_customer_out_of_sight_stores_nothing(company, feishu):
    hidden = company.owned("上海蓝海贸易有限公司", "小赵", phone="13700004444")
    company.owned(CLOUD, "小李")
    customer = only(feishu.say("小李", "查客户 云途"))
    form = only(feishu.click("小李", customer, "写跟进").said)
    from dataclasses import replace

    from cards.model import Button, Card

    form.card = replace(Card("x"), buttons=(Button("保存跟进", SaveFollowUp(hidden).card_action()),))

    clicked = feishu.click("小李", form, "保存跟进", {"method": "call", "content": TOLD})

    assert "没有找到这个客户" in clicked.toast
    assert stored(company) == []


def test_what_was_asked_for_in_a_group_is_gone_on_with_in_the_direct_chat(company, cloud, wecom):
    company.add_group("wecom")

    wecom.say("小李", "跟进 云途", group=GROUP)
    said = answer(wecom, "小李", TOLD)

    assert "跟进已保存" in said
    assert [TOLD] == [note.content for note in stored(company)]

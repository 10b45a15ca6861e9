import pytest
from conversation import only
from small_company import GROUP

from cards.actions import ListMine, ShowCustomer

CLOUD = "杭州云途科技有限公司"


def answer(conversation, person, text):
    return only(conversation.say(person, text)).text


@pytest.mark.parametrize("query", ["云途", "云图科技", "1111", "“云途”", CLOUD])
def test_a_fragment_a_homophone_or_a_phone_tail_finds_the_customer(company, feishu, query):
    company.owned(CLOUD, "小李")

    card = only(feishu.say("小李", f"查客户 {query}"))

    assert card.card.title == CLOUD


def test_the_owner_sees_everything_and_the_buttons_for_it(company, feishu):
    company.owned(CLOUD, "小李", days_left=20, notes=(company.note("小李", "电话沟通了报价，客户要再想想"),))

    card = only(feishu.say("小李", "查客户 云途"))

    assert "电话：13800001111" in card.text
    assert "联系人：张伟 采购经理" in card.text
    assert "预计金额：50 万元" in card.text
    assert "保护到期：12月13日 周日 10:00（剩 20 天）" in card.text
    assert "11月22日 周日 · 电话 · 小李 · 有效\n   电话沟通了报价，客户要再想想" in card.text
    assert [button.label for button in card.card.buttons] == ["写跟进", "延保", "退回"]


def test_a_long_content_is_cut_on_the_card(company, feishu):
    company.owned(CLOUD, "小李", notes=(company.note("小李", "很长的内容" * 40),))

    assert ("很长的内容" * 12) + "…" in answer(feishu, "小李", "查客户 云途")


def test_only_the_last_three_follow_ups_are_shown(company, feishu):
    notes = tuple(company.note("小李", f"第{n}次沟通", days_ago=10 - n) for n in range(5))
    company.owned(CLOUD, "小李", notes=notes)

    text = answer(feishu, "小李", "查客户 云途")

    assert [f"第{n}次沟通" in text for n in range(5)] == [False, False, True, True, True]


def test_a_customer_out_of_sight_is_answered_like_one_that_does_not_exist(company, feishu):
    company.owned("上海蓝海贸易有限公司", "小王")

    hidden = answer(feishu, "小李", "查客户 蓝海")
    absent = answer(feishu, "小李", "查客户 绿洲")

    assert hidden.replace("蓝海", "绿洲") == absent
    assert "[查重] [我的客户]" in absent


def test_the_offer_to_check_duplicates_does_so(company, feishu):
    company.owned("上海蓝海贸易有限公司", "小王")
    card = only(feishu.say("小李", "查客户 上海蓝海贸易"))

    clicked = feishu.click("小李", card, "查重")

    assert "归属：小王" in clicked.text


def test_a_pool_customer_shows_its_contacts_masked_and_offers_to_claim(company, feishu):
    company.pooled(
        "宁波海星电子有限公司",
        need="请打 13900002222 或发 wf@haixing.example",
        notes=(company.note("小王", "王芳 13900002222 说没有预算"),),
    )

    card = only(feishu.say("小李", "查客户 海星"))

    assert "联系人：王*" in card.text
    assert "电话：139****2222" in card.text
    assert "预计金额：50 万元以下" in card.text
    assert "需求：请打 **** 或发 ****" in card.text
    assert "13900002222" not in card.text
    assert "没有预算" not in card.text
    assert [button.label for button in card.card.buttons] == ["领取"]


def test_the_general_manager_reads_masked_contacts_and_may_do_nothing(company, feishu):
    company.owned(CLOUD, "小李")

    card = only(feishu.say("钱总", "查客户 云途"))

    assert "138****1111" in card.text
    assert "13800001111" not in card.text
    assert card.card.buttons == ()


def test_the_manager_of_the_department_sees_who_owns_it(company, feishu):
    company.owned(CLOUD, "小李")

    text = answer(feishu, "老张", "查客户 云途")

    assert "归属：小李" in text
    assert "申请协作" not in text


def test_several_hits_are_listed_with_a_button_each(company, feishu):
    for number in range(10):
        company.owned(f"云{'甲乙丙丁戊己庚辛壬癸'[number]}科技有限公司", "小李", phone=f"1380000200{number}")

    card = only(feishu.say("小李", "查客户 云"))
    clicked = feishu.click("小李", card, "查看", nth=2)

    assert card.card.status == "10 家"
    assert card.text.count("[查看]") == 8
    assert "只列出前 8 家" in card.text
    assert clicked.said[0].card.title == "云丙科技有限公司"


def test_an_exact_name_among_several_hits_opens_that_customer(company, feishu):
    company.owned("云途", "小李", phone="13800001112")
    company.owned("云途软件", "小李", phone="13800001113")

    assert only(feishu.say("小李", "查客户 云途")).card.title == "云途"


def test_without_a_name_an_example_is_given(company, feishu):
    assert "请写上客户名称，例如：查客户 云途" in answer(feishu, "小李", "查客户")


def test_in_a_group_the_card_goes_to_the_direct_chat(company, feishu):
    company.owned(CLOUD, "小李")
    company.add_group()

    said = feishu.say("小李", "查客户 云途", group=GROUP)

    assert [feishu.user_id("小李")] == [message.to for message in said if "13800001111" in message.text]
    assert "已发到你和我的单聊里" in said[-1].text


def test_opening_from_a_card_in_a_group_answers_privately(company, feishu):
    customer_id = company.owned(CLOUD, "小李")
    company.add_group()
    listed = only(feishu.say("小李", "查客户 云途"))
    post_to_group(feishu, ShowCustomer(customer_id))

    clicked = feishu.click("小李", feishu.in_group(GROUP)[-1], "按", group=GROUP)

    assert clicked.toast == "内容涉及客户资料，已发到你和我的单聊里。"
    assert [message.to for message in clicked.said] == [listed.to]
    assert clicked.said[0].card.title == CLOUD


def post_to_group(conversation, action):
    from cards.model import Button, Card

    card = Card("群里的卡片", buttons=(Button("按", action.card_action()),))
    with conversation.units.write(only_system(), cause=f"test:{action}") as ctx:
        ctx.post.to_group("feishu", "demo", GROUP, card)
    conversation.delivery.drain()


def only_system():
    from domain.access import Actor

    return Actor.system("a card in a group for a test")


def test_a_button_for_a_customer_that_was_lost_meanwhile_opens_nothing(company, feishu):
    company.owned("云甲科技有限公司", "小李", phone="13800002001")
    company.owned("云乙科技有限公司", "小李", phone="13800002002")
    listed = only(feishu.say("小李", "查客户 云"))
    take_from_owner(company, "云甲科技有限公司", "小赵")

    clicked = feishu.click("小李", listed, "查看")

    assert "没有找到这个客户" in clicked.toast
    assert clicked.said == []


def take_from_owner(company, name, new_owner):
    from sqlalchemy import update

    from store.models import Customer

    with company.database.write() as tx:
        values = {"owner_id": company.ids[new_owner], "department_id": company.department_of[new_owner]}
        tx.session.execute(update(Customer).where(Customer.name == name).values(**values))


def test_my_customers_lists_the_first_to_lose_protection_on_top(company, feishu):
    company.owned("云甲科技有限公司", "小李", days_left=20, phone="13800002001")
    company.owned("云乙科技有限公司", "小李", days_left=3, phone="13800002002")
    company.owned("云丙科技有限公司", "小李", days_left=None, phone="13800002003")
    company.owned("云丁科技有限公司", "小王", days_left=5, phone="13800002004")

    text = answer(feishu, "小李", "我的客户")

    assert "我的客户【共 3 家】" in text
    assert "1. 云乙科技有限公司\n   初步接洽 · 保护剩 3 天，11月26日 周四 10:00 到期\n   还没有有效跟进" in text
    assert "3. 云丙科技有限公司\n   初步接洽 · 不在保护期" in text
    assert "云丁" not in text


@pytest.mark.parametrize("argument", ["7天内到期", "七天", "一周内到期", "快到期"])
def test_my_customers_within_days_lists_those_whose_protection_ends(company, feishu, argument):
    company.owned("云甲科技有限公司", "小李", days_left=7, phone="13800002001")
    company.owned("云乙科技有限公司", "小李", days_left=8, phone="13800002002")
    company.owned("云丙科技有限公司", "小李", days_left=-1, phone="13800002003")

    text = answer(feishu, "小李", f"我的客户 {argument}")

    assert "我的客户：7 天内到期【共 1 家】" in text
    assert "云甲" in text


def test_my_customers_turns_pages_in_place(company, feishu):
    for number in range(20):
        company.owned(f"云{number:02d}科技有限公司", "小李", days_left=number + 1, phone=f"138000020{number:02d}")
    card = only(feishu.say("小李", "我的客户"))

    forward = feishu.click("小李", card, "下一页")
    last = feishu.click("小李", card, "下一页")
    back = feishu.click("小李", card, "上一页")

    assert "第 2/3 页" in forward.card
    assert "1. 云08科技" in forward.card
    assert "[下一页]" not in last.card
    assert "第 2/3 页" in back.card
    assert (card.faces, forward.said) == (4, [])


def test_a_page_can_be_asked_for_by_text(company, wecom):
    for number in range(10):
        company.owned(f"云{number:02d}科技有限公司", "小李", days_left=number + 1, phone=f"138000020{number:02d}")

    first = answer(wecom, "小李", "我的客户")
    second = answer(wecom, "小李", "我的客户 第2页")

    assert "「我的客户 第2页」" in first
    assert "1. 云08科技" in second


def test_a_page_that_no_longer_exists_shows_the_first(company, feishu):
    company.owned(CLOUD, "小李")
    company.add_group()
    post_to_group(feishu, ListMine(5, 0))

    clicked = feishu.click("小李", feishu.in_group(GROUP)[-1], "按")

    assert CLOUD in clicked.card


def test_my_customers_with_a_name_behind_it_is_a_search(company, feishu):
    company.owned(CLOUD, "小李")

    assert only(feishu.say("小李", "我的客户 云途")).card.title == CLOUD


def test_nothing_at_all_and_nothing_soon_are_said_kindly(company, feishu):
    assert "你名下还没有客户" in answer(feishu, "小李", "我的客户")
    assert "7 天内没有保护到期的客户" in answer(feishu, "小李", "我的客户 7天内到期")


def test_the_same_on_both_databases(anywhere):
    company, feishu = anywhere
    company.owned(CLOUD, "小李", days_left=5)
    company.pooled("宁波海星电子有限公司")

    assert only(feishu.say("小李", "查客户 云途")).card.title == CLOUD
    assert "139****2222" in answer(feishu, "小李", "查客户 2222")
    assert "云途" in answer(feishu, "小李", "我的客户 7天内到期")
    assert "没有“云途”" in answer(feishu, "小王", "查客户 云途")

import pytest
from conversation import only
from small_company import GROUP
from sqlalchemy import func, select, update

from store import members
from store.models import Customer, JoinRequest, Lookup

CLOUD = "杭州云途科技有限公司"


def answer(conversation, person, text):
    return only(conversation.say(person, text)).text


def requests(company):
    with company.database.read() as tx:
        return list(tx.session.scalars(select(JoinRequest).order_by(JoinRequest.id)))


@pytest.fixture
def cloud(company):
    return company.owned(CLOUD, "小李", days_left=20)


def test_the_owner_is_asked_on_a_card_and_the_applicant_told(company, cloud, feishu):
    text = answer(feishu, "小王", "申请协作 云途科技 我认识他们采购总监")

    asked = only(feishu.inbox("小李"))
    assert "协作申请已发给 小李" in text
    assert "申请人：小王 销售\n原因：我认识他们采购总监" in asked.text
    assert [button.label for button in asked.card.buttons] == ["同意协作", "谢绝"]


def test_with_consent_the_applicant_may_see_and_write(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")

    clicked = feishu.click("小李", only(feishu.inbox("小李")), "同意协作")
    told = feishu.inbox("小王")[-1]
    opened = feishu.click("小王", told, "查看客户")

    assert "协作申请【已同意】" in clicked.card
    assert "小李 同意你协作" in told.text
    assert "协作人：小王" in opened.text
    assert "13800001111" in opened.text


def test_declined_the_applicant_sees_nothing_still(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")

    clicked = feishu.click("小李", only(feishu.inbox("小李")), "谢绝")

    assert "协作申请【已谢绝】" in clicked.card
    assert "小李 谢绝了你对" in feishu.inbox("小王")[-1].text
    assert "没有“云途”" in answer(feishu, "小王", "查客户 云途")


def test_the_button_of_a_conflict_card_asks_too(company, cloud, feishu):
    refused = only(feishu.say("小王", "跟进 云途科技 电话沟通，客户要报价，下周三下午3点前给"))

    clicked = feishu.click("小王", refused, "申请协作")

    assert "申请协作【待答复】" in clicked.card
    assert [(one.member_id, one.owner_id) for one in requests(company)] == [(company.ids["小王"], company.ids["小李"])]


def test_one_open_request_per_member_and_customer(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")

    again = answer(feishu, "小王", "申请协作 云途科技")

    assert f"你已经向 小李 申请过协作“{CLOUD}”" in again
    assert len(requests(company)) == 1


def test_after_a_refusal_one_may_ask_again(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    feishu.click("小李", feishu.inbox("小李")[-1], "谢绝")

    assert "协作申请已发给 小李" in answer(feishu, "小王", "申请协作 云途科技")


def test_only_the_owner_answers(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    card = only(feishu.inbox("小李"))

    clicked = feishu.click("小赵", card, "同意协作")

    assert "不是发给你的" in clicked.toast
    assert [one.state for one in requests(company)] == ["pending"]


def test_the_first_answer_counts(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    card = only(feishu.inbox("小李"))
    before = card.card
    feishu.click("小李", card, "谢绝")
    card.card = before

    late = feishu.click("小李", card, "同意协作")

    assert late.toast == "这份协作申请已经谢绝过了。"
    assert "协作申请【已谢绝】" in late.card
    assert [one.state for one in requests(company)] == ["declined"]


def test_a_former_owner_has_no_say_any_more(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    with company.database.write() as tx:
        tx.session.execute(update(Customer).values(owner_id=company.ids["小赵"]))

    clicked = feishu.click("小李", only(feishu.inbox("小李")), "同意协作")

    assert "这张卡片已经过时" in clicked.toast
    assert [one.state for one in requests(company)] == ["pending"]


def test_ones_own_customer_and_one_that_one_is_in_already_need_no_asking(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    feishu.click("小李", feishu.inbox("小李")[-1], "同意协作")

    assert "本来就是你负责的客户" in answer(feishu, "小李", "申请协作 云途")
    assert "你已经是" in answer(feishu, "小王", "申请协作 云途")


def test_a_customer_in_the_pool_is_claimed_instead(company, feishu):
    company.pooled("宁波海星电子有限公司")

    card = only(feishu.say("小王", "申请协作 海星"))

    assert "直接领取即可" in card.text
    assert [button.label for button in card.card.buttons] == ["领取"]


def test_a_pool_customer_out_of_sight_does_not_exist(company, feishu):
    company.pooled("宁波海星电子有限公司", pool="strategic")

    hidden = answer(feishu, "小王", "申请协作 宁波海星电子有限公司")
    absent = answer(feishu, "小王", "申请协作 宁波贝壳电子有限公司")

    assert hidden == absent
    assert "没有找到这个客户" in absent


def test_people_outside_sales_learn_nothing(company, cloud, feishu):
    with company.database.write() as tx:
        from store.models import Member

        tx.session.execute(update(Member).where(Member.name == "小王").values(roles=["legal"]))
        members.note_change(tx)

    assert "没有找到这个客户" in answer(feishu, "小王", "申请协作 云途科技")
    assert requests(company) == []


def test_looking_for_the_customer_counts_as_a_look(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技")
    feishu.say("小王", "申请协作 无锡恒泰科技")

    with company.database.read() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Lookup)) == 2


def test_nothing_of_the_customer_reaches_the_applicant_before_consent(company, cloud, feishu):
    feishu.say("小王", "申请协作 云途科技 想一起做")

    read = "\n".join(message.text for message in feishu.inbox("小王"))
    assert "13800001111" not in read
    assert "张伟" not in read


def test_a_click_in_a_group_leaves_the_groups_card_as_it_is(company, cloud, feishu):
    from cards.actions import RequestJoin
    from cards.model import Button, Card
    from domain.access import Actor

    company.add_group()
    card = Card("撞单", buttons=(Button("申请协作", RequestJoin(cloud).card_action()),))
    with feishu.units.write(Actor.system("a card in a group for a test"), cause="test") as ctx:
        ctx.post.to_group("feishu", "demo", GROUP, card)
    feishu.delivery.drain()

    clicked = feishu.click("小王", feishu.in_group(GROUP)[0], "申请协作", group=GROUP)

    assert clicked.toast == "协作申请已发给 小李"
    assert feishu.in_group(GROUP)[0].card == card


def test_without_a_name_an_example_is_given(company, feishu):
    assert "例如：申请协作 云途" in answer(feishu, "小王", "申请协作")


def test_an_overlong_reason_is_cut_to_what_can_be_kept(company, cloud, feishu):
    from cards.actions import RequestJoin
    from cards.model import Button, Card

    refused = only(feishu.say("小王", "跟进 云途科技 电话沟通，客户要报价，下周三下午3点前给"))
    refused.card = Card("x", buttons=(Button("申请", RequestJoin(cloud).card_action()),))

    feishu.click("小王", refused, "申请", {"reason": "因为" * 300})

    assert [len(one.reason) for one in requests(company)] == [200]


def test_the_same_on_both_databases(anywhere):
    company, feishu = anywhere
    company.owned(CLOUD, "小李", days_left=20)
    feishu.say("小王", "申请协作 云途科技")

    clicked = feishu.click("小李", only(feishu.inbox("小李")), "同意协作")

    assert "协作申请【已同意】" in clicked.card
    assert "归属：小李" in answer(feishu, "小王", "查客户 云途")

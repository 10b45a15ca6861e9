"""
What buttons do, done by text: for platforms and moments that show no buttons.
"""

import pytest
from conversation import only
from small_company import GROUP

from cards.text import card_text

CLOUD = "杭州云途科技有限公司"


def texts(messages):
    return "\n".join(message.text for message in messages)


def command(message, label):
    """
    What the text of a card says to send instead of pressing a button.
    """
    said = message.button(label).command
    assert said in card_text(message.card)
    return said


def settle(conversation):
    conversation.pass_time(seconds=2)
    conversation.delivery.drain()


def state_of(company):
    with company.database.read() as tx:
        return tuple(tx.connection.exec_driver_sql("SELECT owner_id, pool, state FROM customer").one())


@pytest.fixture(autouse=True)
def direct_manager_decides(company):
    company.ask_direct_manager()


@pytest.fixture
def asked(feishu):
    """
    小李 registers by text alone; the request 老张 got.
    """
    card = only(feishu.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    feishu.say("小李", command(card, "提交"))
    return only(feishu.inbox("老张"))


def test_a_registration_is_submitted_and_its_card_takes_the_result(company, feishu, asked):
    mine = feishu.inbox("小李")[-1]
    assert "已提交，等待老张审批" in mine.text

    told = only(feishu.say("老张", command(asked, "同意"))).text
    settle(feishu)

    assert "客户报备【已同意】" in told
    assert "客户报备【已同意】" in asked.text
    assert "报备通过【已保护至" in mine.text
    assert (company.ids["小李"], None, "active") == state_of(company)


def test_a_second_submission_by_text_is_explained(feishu, asked):
    draft = only(feishu.say("小李", "报备 宁波海天机械有限公司 李娜 13800002222"))
    feishu.say("小李", command(draft, "提交"))

    assert "已经提交或取消" in texts(feishu.say("小李", command(draft, "提交")))


def test_the_destination_is_said_behind_the_number(company, feishu, asked):
    number = command(asked, "同意").split()[1]

    unknown = texts(feishu.say("老张", f"同意 {number} 火星"))
    feishu.say("老张", f"同意 {number} 区域公海")

    assert "没有“火星”这个去向。可以写：保护给报备人、指派给小王、指派给老张、区域公海。" in unknown
    assert (None, "regional", "active") == state_of(company)


def test_a_rejection_takes_its_reason_from_the_text(company, feishu, asked):
    told = only(feishu.say("老张", f"{command(asked, '驳回')} 该客户由总部直接跟进")).text
    settle(feishu)

    assert "客户报备【已驳回】" in told
    assert "原因：该客户由总部直接跟进" in feishu.inbox("小李")[-1].text
    assert (None, None, "rejected") == state_of(company)


@pytest.mark.parametrize("platform", ["feishu", "wecom"])
def test_a_rejection_without_a_reason_asks_for_it(company, request, platform):
    conversation = request.getfixturevalue(platform)
    conversation.say("小李", f"报备 {CLOUD} 张伟 13800001111")
    conversation.say("小李", command(conversation.inbox("小李")[-1], "提交"))
    refuse = command(only(conversation.inbox("老张")), "驳回")

    assert "驳回" in texts(conversation.say("老张", refuse))
    assert "客户报备【已驳回】" in texts(conversation.say("老张", "资料不全"))
    assert (None, None, "rejected") == state_of(company)


def test_a_decision_that_comes_too_late_says_who_was_faster(company, feishu, asked):
    number = command(asked, "同意").split()[1]
    feishu.say("老张", f"同意 {number}")

    assert (
        "老张 已在 11月23日 周一 10:00 同意，不用再处理。" == only(feishu.say("老张", f"驳回 {number} 改主意了")).text
    )
    assert (company.ids["小李"], None, "active") == state_of(company)


@pytest.mark.parametrize("text", ["同意 {n}", "驳回 {n} 不行", "转交 {n} 周总"])
def test_who_is_no_approver_learns_nothing_of_a_request(company, feishu, asked, text):
    number = command(asked, "同意").split()[1]

    theirs = only(feishu.say("小王", text.format(n=number))).text
    nobodys = only(feishu.say("小王", text.format(n=987))).text

    assert theirs.replace(number, "987") == nobodys
    assert "没有编号 987 的审批等你处理" in nobodys
    assert (None, None, "pending") == state_of(company)


@pytest.mark.parametrize("text", ["同意 {n}", "驳回 {n} 不行", "转交 {n} 周总"])
def test_a_text_that_anybody_could_have_written_decides_nothing(company, feishu, asked, text):
    number = command(asked, "同意").split()[1]

    told = only(feishu.say("老张", text.format(n=number), is_signed=False)).text

    assert "不能证明是你本人写的" in told
    assert "Stream" in told
    assert (None, None, "pending") == state_of(company)


def test_a_request_is_passed_on_by_name_and_decided_by_the_colleague(company, feishu, asked):
    number = command(asked, "转交").split()[1]

    assert "没有找到同事“周大总”" in texts(feishu.say("老张", f"转交 {number} 周大总"))
    assert "已转交给 周总 处理" in texts(feishu.say("老张", f"转交 {number} 周总"))
    assert "客户报备【已同意】" in texts(feishu.say("周总", f"同意 {number}"))
    assert "周总 已在" in texts(feishu.say("老张", f"同意 {number}"))


def test_without_a_name_the_colleagues_are_listed(feishu, asked):
    assert "转交给谁" in texts(feishu.say("老张", command(asked, "转交")))
    assert "已转交给 周总 处理" in texts(feishu.say("老张", "周总"))


def test_a_bare_word_lists_what_waits_with_its_number(feishu, asked):
    number = command(asked, "同意").split()[1]

    told = only(feishu.say("老张", "同意")).text

    assert f"编号 {number} 客户报备待审批：{CLOUD}" in told
    assert "没有等你处理的审批" in texts(feishu.say("小王", "驳回"))


def test_in_a_group_the_answer_to_a_decision_goes_to_the_direct_chat(company, feishu, asked):
    company.add_group()

    feishu.say("老张", command(asked, "同意"), group=GROUP)

    assert [CLOUD in message.text for message in feishu.in_group(GROUP)] == [False]
    assert "客户报备【已同意】" in feishu.inbox("老张")[-1].text


def test_a_draft_is_corrected_and_cancelled_by_text(feishu, wecom):
    card = only(wecom.say("小李", f"报备 {CLOUD} 张伟 13800001111"))
    number = command(card, "提交").split()[1]

    assert "电话：13900002222" in texts(wecom.say("小李", f"修改 {number} 电话 13900002222"))
    assert "要改哪一项" in texts(wecom.say("小李", command(card, "修改")))
    wecom.say("小李", "取消")
    assert "客户报备【已取消】" in texts(wecom.say("小李", command(card, "取消")))
    assert "没有编号 987 的报备" in texts(wecom.say("小李", "提交 987"))
    assert f"没有编号 {number} 的报备" in texts(wecom.say("小王", f"提交 {number}"))


def test_an_own_customer_takes_over_what_is_new_by_text(company, wecom):
    company.owned(CLOUD, "小李", amount_yuan=None)
    card = only(wecom.say("小李", f"报备 {CLOUD} 张伟 13800001111 预算80万"))
    wecom.say("小李", command(card, "提交"))
    offer = wecom.inbox("小李")[-1]

    compared = only(wecom.say("小李", command(offer, "合并到现有客户")))

    assert "80 万元" in compared.text
    assert "已合并【完成】" in texts(wecom.say("小李", command(compared, "只补空白")))


@pytest.mark.parametrize(("label", "told"), [("同意协作", "已同意"), ("谢绝", "已谢绝")])
def test_a_request_to_join_is_answered_by_its_owner_only(company, feishu, label, told):
    company.owned(CLOUD, "小李")
    feishu.say("小王", f"申请协作 {CLOUD}")
    say = command(only(feishu.inbox("小李")), label)

    assert "不能证明是你本人写的" in texts(feishu.say("小李", say, is_signed=False))
    assert "的协作申请等你答复" in texts(feishu.say("小王", say))
    assert f"协作申请【{told}】" in texts(feishu.say("小李", say))
    assert "过了" in texts(feishu.say("小李", say))


def test_pages_are_turned_by_text(company, feishu):
    for number in range(9):
        company.owned(f"杭州云途{'一二三四五六七八九'[number]}号有限公司", "小李", phone=f"1380000{number:04}")
    first = only(feishu.say("小李", "我的客户"))

    second = only(feishu.say("小李", command(first, "下一页")))

    assert "第 2/2 页" in second.text
    assert "第 1/2 页" in texts(feishu.say("小李", command(second, "上一页")))


def test_handing_over_and_linking_need_the_proof_too(feishu):
    assert "不能证明是你本人写的" in texts(feishu.say("老张", "交接 小李 小王", is_signed=False))
    assert "不能证明是你本人写的" in texts(feishu.say("陈姐", "关联成员 3", is_signed=False))
    assert "没有等待你分配" in texts(feishu.say("老张", "交接", is_signed=False))

"""
老张 refuses a registration with a reason; 小李 reads why and registers again, and then it goes through.
"""

from installations import on_every_way

COMPANY = {"feishu": "金华兰溪水泵公司", "wecom": "金华东阳红木家具厂", "dingtalk": "金华永康五金工具厂"}
PHONE = {"feishu": "13511118001", "wecom": "13511118002", "dingtalk": "13511118003"}


def submit(li, zhang, company, phone):
    """
    小李's card and the request that 老张 gets.
    """
    zhang.look_from_now()
    mine = li.ask(f"报备 {company} 吴刚 {phone}", "客户报备", company)
    li.click(mine, "提交")
    li.wait_until(mine, "待审批")
    return mine, zhang.wait_for("客户报备待审批", company)


@on_every_way
def test_a_refused_registration_is_explained_and_may_be_made_again(running, platform):
    li, zhang = platform.person("小李"), platform.person("老张")
    company, phone = COMPANY[platform.name], PHONE[platform.name]
    _, request = submit(li, zhang, company, phone)
    li.look_from_now()

    if platform.name == "wecom":  # its cards hold no text field: the reason is asked for in the chat
        zhang.click(request, "驳回")
        zhang.wait_for("驳回", "原因")
        zhang.say("总部已直接对接")
    else:
        zhang.click(request, "驳回", reason="总部已直接对接")
    li.wait_for(company, "总部已直接对接")
    assert [] == running.rows("SELECT id FROM customer WHERE name = :n AND owner_id IS NOT NULL", n=company)

    _, again = submit(li, zhang, company, phone)
    li.look_from_now()
    zhang.click(again, "同意")
    li.wait_for("报备通过", company)

"""
The same question in a group and alone: where the platform tells who is in the group, and where it does not.
"""

from time import sleep

from platform_people import until

COMPANY, PHONE = "苏州锐铠精密机械有限公司", "18800004035"


def asked_in_group(platform):
    """
    What the group reads of the answer, once the person has the whole of it alone.
    """
    group, alone = platform.person("小李", "华东销售群"), platform.person("小李")
    before = {message["id"] for message in group.from_bot()}

    group.ask("@聊单 查客户 锐铠", "已发到你和我的单聊里")
    alone.wait_for(COMPANY, PHONE)

    return "\n".join(message["text"] for message in group.from_bot() if message["id"] not in before)


def test_feishu_tells_who_is_there_so_a_customer_not_all_may_know_is_not_named(feishu, running):
    until(lambda: running.rows("SELECT 1 FROM chat_member"), "the group's list to be read", pause=lambda: sleep(0.2))

    assert COMPANY not in asked_in_group(feishu)


def test_dingtalk_does_not_so_the_group_reads_business_facts_and_no_contacts(dingtalk):
    told = asked_in_group(dingtalk)

    assert COMPANY in told
    assert "小李" in told
    assert PHONE not in told

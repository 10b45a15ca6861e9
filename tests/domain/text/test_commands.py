import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import Command, find_command, split_number
from domain.text.data.command_words import COMMAND_WORDS


@pytest.mark.parametrize(
    ("text", "key", "argument"),
    [
        ("报备", "register", ""),
        ("@聊单 帮我查重 杭州云途科技", "dedup_check", "杭州云途科技"),
        ("查重杭州云途科技有限公司", "dedup_check", "杭州云途科技有限公司"),
        ("云途科技有人报过吗？", "dedup_check", "云途科技"),
        ("查一下 云途科技", "find_customer", "云途科技"),
        ("麻烦查客户：云途", "find_customer", "云途"),
        ("我的客户 7天内到期", "my_customers", "7天内到期"),
        ("跟进 云途 电话沟通，下周三给报价", "follow_up", "云途 电话沟通，下周三给报价"),
        ("看看公海", "pool", ""),
        ("领取 1", "claim", "1"),
        ("退回：云途科技 没预算", "return_to_pool", "云途科技 没预算"),
        ("延保云途科技", "extend", "云途科技"),
        ("我的待办。", "todo", ""),
        ("你能做什么？", "help", ""),
        ("？", "help", ""),
        ("算了，不报了", "cancel", ""),
        ("请求协助 云途科技", "collaborate", "云途科技"),
        ("晨报", "digest", ""),
        ("待我审批", "approvals", ""),
        ("同意 9", "approve", "9"),
        ("同意9号", "approve", "9号"),
        ("同意 9 区域公海", "approve", "9 区域公海"),
        ("驳回：９，资料不全", "reject", "：９，资料不全"),
        ("转交 9 周总", "delegate", "9 周总"),
        ("同意", "approve", ""),
        ("同意协作 4", "accept_join", "4"),
        ("谢绝 4", "decline_join", "4"),
        ("完成 ＃3", "finish_task", "＃3"),
        ("提交 42", "submit_draft", "42"),
        ("继续提交 42", "review_draft", "42"),
        ("修改 42 电话 13800001111", "edit_draft", "42 电话 13800001111"),
        ("取消 42", "cancel", "42"),
        ("撤回 9 吧", "withdraw", "9 吧"),
    ],
)
def test_a_command_is_its_word_first_and_what_stands_behind(text, key, argument):
    assert Command(key, argument) == find_command(text)


@pytest.mark.parametrize(
    "text",
    [
        "昨天的报备老张批了吗",
        "报备进度怎么样了",
        "查一下明天的天气",
        "领取快递了没",
        "公海里的客户怎么领取啊",
        "帮助客户解决问题是我们的宗旨",
        "取消明天的会议",
        "延期交付的事情怎么处理",
        "协助一下搬桌子",
        "审批通过了，谢谢",
        "找客户真难啊",
        "同意你的看法",
        "同意3月份的方案",
        "驳回了两次，还是没过",
        "完成3个客户拜访",
        "完成 3 个客户拜访",
        "提交方案给客户了",
        "取消 3 点的会议",
        "修改公司名称",
        "转交给周总了",
        "",
    ],
)
def test_a_sentence_that_only_contains_the_word_is_no_command(text):
    assert find_command(text) is None


@pytest.mark.parametrize("word", [word for words in COMMAND_WORDS.values() for word in words.split() if word != "?"])
def test_every_listed_word_calls_its_command_alone(word):
    key = next(key for key, words in COMMAND_WORDS.items() if word in words.split())

    assert find_command(word).key == key


@given(
    st.integers(0, 999_999_999), st.sampled_from(["", " ", "#", "：", " ＃"]), st.sampled_from(["", "资料不全", "9 区"])
)
def test_the_number_before_a_text_is_found_however_it_is_set_off(number, mark, text):
    assert (number, text) == split_number(f"{mark}{number} {text}")


@given(st.text(max_size=30))
def test_what_begins_with_no_number_stays_whole(text):
    number, rest = split_number(text)

    assert number is not None or rest == text.strip()


@given(st.text(max_size=60))
def test_any_text_gives_a_known_command_or_none(text):
    found = find_command(text)

    assert found is None or found.key in COMMAND_WORDS

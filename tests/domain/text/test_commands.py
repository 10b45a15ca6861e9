import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import Command, find_command
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
        "",
    ],
)
def test_a_sentence_that_only_contains_the_word_is_no_command(text):
    assert find_command(text) is None


@pytest.mark.parametrize("word", [word for words in COMMAND_WORDS.values() for word in words.split() if word != "?"])
def test_every_listed_word_calls_its_command_alone(word):
    key = next(key for key, words in COMMAND_WORDS.items() if word in words.split())

    assert find_command(word).key == key


@given(st.text(max_size=60))
def test_any_text_gives_a_known_command_or_none(text):
    found = find_command(text)

    assert found is None or found.key in COMMAND_WORDS

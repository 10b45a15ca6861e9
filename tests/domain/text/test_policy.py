import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import FIELD_LIMITS, TextProblem, clean_text


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  云途\x00科技  ", "云途科技"),
        ("a\tb\u00a0c", "a b c"),
        ("一行\r\n二行\r三行\u2028四行", "一行\n二行\n三行\n四行"),
        ("\u202e反向\u202c\u200b零宽\ufeff", "反向零宽"),
        ("孤\ud800代理", "孤代理"),
        ("e\u0301", "é"),
        ("行尾  \n下一行", "行尾\n下一行"),
        ("=cmd|'/c calc'!A1 <b>", "=cmd|'/c calc'!A1 <b>"),
        ("表情👍留下", "表情👍留下"),
    ],
)
def test_stored_text_loses_what_no_reader_can_see_and_nothing_else(raw, kept):
    assert kept == clean_text(raw, limit=100)


def test_a_text_over_its_limit_is_refused_with_both_lengths():
    assert clean_text("好" * 61, limit=FIELD_LIMITS["name"]) == TextProblem("too_long", 61, 60)


def test_a_message_of_5000_characters_is_accepted():
    assert clean_text("好" * 5000, limit=FIELD_LIMITS["message"]) == "好" * 5000


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_is_idempotent_and_leaves_only_visible_normal_text(text):
    once = clean_text(text, limit=1000)

    assert once == clean_text(once, limit=1000)
    assert once == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(one) in {"Cc", "Cs"} and one != "\n" for one in once)

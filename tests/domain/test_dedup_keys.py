import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dedup import Party, profile
from domain.dedup_keys import search_keys


def keys(name, *phones, **known):
    return set(search_keys(profile(Party(name, phones, **known))))


@pytest.mark.parametrize(
    "dirty",
    [
        "杭州云图科技",
        "云图科技有限公司",
        "杭州云途科技有限公司",
        "杭州云图有限公司",
        "杭州图云科技有限公司",
        "杭州云新图科技有限公司",
        "杭州云科技有限公司",
        "杭州云图网络技术有限公司",
        "杭州科技云图有限公司",
        "yun tu ke ji",
    ],
)
def test_damaged_names_share_a_key_with_the_true_one(dirty):
    assert keys("杭州云图科技有限公司") & keys(dirty)


@pytest.mark.parametrize("phone", ["+86 138 0000 1111", "13800001119", "13800091111", "1380000111", "13900001111"])
def test_a_number_off_by_one_digit_still_shares_a_key(phone):
    shared = keys("", "13800001111") & keys("", phone)

    assert bool(shared) == (phone != "1380000111")


def test_a_landline_without_its_area_shares_a_key():
    assert keys("", "0571-88886666-801") & keys("", "88886666")


def test_the_credit_code_is_a_key_of_its_own():
    assert keys("云图", uscc="91330106MA2CF0DP6N") & keys("明州餐饮", uscc="91330106MA2CF0DP6N")


def test_strangers_share_no_key():
    assert not keys("杭州云图科技有限公司", "13800001111") & keys("绍兴明州餐饮有限公司", "13977772222")


@given(st.text(max_size=30), st.text(max_size=16))
def test_keys_of_any_text_are_distinct_signed_32_bit_numbers(name, phone):
    found = search_keys(profile(Party(name, (phone,))))

    assert len(set(found)) == len(found)
    assert all(-(2**31) <= key < 2**31 for key in found)

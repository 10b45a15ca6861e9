from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.masking import AmountBand, amount_band, mask_contacts, mask_email, mask_name, mask_numbers, mask_phone


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("13800000000", "138****0000"),
        ("+86 138-0000-0000", "138****0000"),
        ("008613800000000", "138****0000"),
        ("0571-88886666", "0571-****66"),
        ("0571-88886666-801", "0571-****66"),
        ("88886666", "****66"),
        ("10086", "****"),
        ("", "****"),
    ],
)
def test_phone_keeps_only_its_ends(phone, expected):
    assert expected == mask_phone(phone)


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"))
def test_masked_mobile_shows_no_run_of_more_than_four_digits(phone):
    assert max(len(run) for run in re.findall(r"\d+", mask_phone(phone))) <= 4


@given(st.text())
def test_masking_a_phone_never_shows_more_than_seven_digits(text):
    assert len(re.findall(r"\d", mask_phone(text))) <= 7


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("zhangwei@example.com", "z***@example.com"),
        (" z@example.com ", "z***@example.com"),
        ("@example.com", "***"),
        ("zhangwei", "***"),
        ("", "***"),
    ],
)
def test_email_keeps_first_letter_and_domain(email, expected):
    assert expected == mask_email(email)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张伟", "张*"),
        ("欧阳修文", "欧***"),
        ("张", "张*"),
        ("Peter Smith", "P***"),
        (" 李雷 ", "李*"),
        ("", ""),
    ],
)
def test_name_keeps_its_first_character(name, expected):
    assert expected == mask_name(name)


@pytest.mark.parametrize(
    ("amount_fen", "expected"),
    [
        (None, AmountBand.UNKNOWN),
        (0, AmountBand.BELOW_500K),
        (49_999_999, AmountBand.BELOW_500K),
        (50_000_000, AmountBand.FROM_500K),
        (200_000_000, AmountBand.FROM_2M),
        (499_999_999, AmountBand.FROM_2M),
        (500_000_000, AmountBand.FROM_5M),
    ],
)
def test_lower_bound_belongs_to_the_amount_band(amount_fen, expected):
    assert expected == amount_band(amount_fen)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请打13900002222找王芳", "请打****找王芳"),
        ("138 0000-1111 或 wf@haixing.example", "**** 或 ****"),
        ("预算50万，12月3日前给", "预算50万，12月3日前给"),
        ("", ""),
    ],
)
def test_free_text_loses_numbers_and_mailboxes_but_no_amounts_and_days(text, expected):
    assert expected == mask_contacts(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("打13800001111找他", "打138****1111找他"),
        ("手机 138-0000-1111，座机 0571-88886666-801", "手机 138****1111，座机 0571-****66"),
        ("+86 138 0000 1111", "138****1111"),
        ("zhangwei@example.com.cn", "z***@example.com.cn"),
        ("400-820-8820", "****"),
        ("2026-11-23 18:00", "2026-11-23 18:00"),
        ("合同 20261123138001", "合同 20261123138001"),
        ("¥13,800,001,111.00", "¥13,800,001,111.00"),
        ("统一社会信用代码 91330106MA2CF0DP6N", "统一社会信用代码 91330106MA2CF0DP6N"),
    ],
)
def test_numbers_to_reach_somebody_are_masked_and_others_stay(text, expected):
    assert expected == mask_numbers(text)

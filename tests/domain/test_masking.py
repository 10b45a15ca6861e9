from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.masking import AmountBand, amount_band, mask_contacts, mask_email, mask_name, mask_phone


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

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import find_phones, fold, fold_digits
from domain.text.phones import main_phone, phone_problem


def phones_of(text):
    return [found.value for found in find_phones(fold_digits(fold(text)))]


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800001111", "13800001111"),
        ("+86 138 0000 1111", "13800001111"),
        ("0086-138-0000-1111", "13800001111"),
        ("１３８００００１１１１", "13800001111"),
        ("幺三八零零零零幺幺幺幺", "13800001111"),
        ("一三八 零零零零 一一一一", "13800001111"),
        ("张三幺三八零零零零幺幺幺幺五十万", "13800001111"),
        ("Mob: l38OOOO1111", "13800001111"),
        ("(0571)88886666转801", "0571-88886666-801"),
        ("0571-8888 6666 ext.801", "0571-88886666-801"),
        ("021-58886666-8012", "021-58886666-8012"),
        ("+86-571-88886666", "0571-88886666"),
        ("Tel: O57l-88886666", "0571-88886666"),
        ("400-820-8820", "4008208820"),
        ("电话：88886666", "88886666"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_phone_is_read_in_every_usual_spelling(text, phone):
    assert phones_of(text) == [phone]


@pytest.mark.parametrize(
    "text",
    [
        "传真：0571-88886667",
        "Fax 021-58886667",
        "银行账号 6222021234567890123",
        "QQ：13800001",
        "邮编 310000",
        "身份证330106199001011234",
        "订单号13800001111",
        "2026-11-24",
        "税号91330106MA27XXXX1A",
    ],
)
def test_other_long_numbers_are_no_phones(text):
    assert phones_of(text) == []


def test_a_mobile_is_called_before_a_landline():
    assert main_phone(("0571-88886666", "13800001111")) == "13800001111"
    assert main_phone(("0571-88886666",)) == "0571-88886666"
    assert main_phone(()) is None


@pytest.mark.parametrize("text", ["手机1380000111", "电话：138000011112"])
def test_a_mobile_with_a_digit_too_few_or_too_many_is_a_problem(text):
    assert phone_problem(text).value.code == "phone_digits"


@given(st.text(alphabet="0123456789幺零一二 -+()转O云途\n", max_size=60))
def test_the_digits_of_a_found_phone_stand_in_the_text(text):
    digits = fold_digits(fold(text))

    for found in find_phones(digits):
        said = "".join(filter(str.isdigit, digits[found.start : found.end]))
        number = "".join(filter(str.isdigit, found.value)).lstrip("0")
        assert number in said


@given(st.text(max_size=80))
def test_folding_keeps_every_position(text):
    assert len(fold(text)) == len(text) == len(fold_digits(fold(text)))

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.vcard import decode_card, read_card

WHOLE = {
    "name": "杭州云途科技有限公司",
    "contact": "张伟",
    "title": "采购经理",
    "phone": "13800001111",
    "email": "zhangwei@example.com",
}
IPHONE = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 26.0//EN
N:张;伟;;;
FN:张伟
ORG:杭州云途科技有限公司;采购部
TITLE:采购经理
item1.EMAIL;type=INTERNET;type=pref:zhangwei@example.com
item1.X-ABLabel:工作
TEL;type=WORK;type=FAX:0571-88886667
TEL;type=WORK;type=VOICE:0571-88886666
TEL;type=CELL;type=VOICE;type=pref:13800001111
ADR;type=WORK:;;文三路 1 号;杭州;浙江;310000;中国
NOTE:第一行\\n第二行
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD
 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
END:VCARD
"""
OLD_ANDROID = """BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=BC=A0;=E4=BC=9F;;;\r
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=9D=AD=E5=B7=9E=E4=BA=91=E9=80=94=E7=A7=91=\r
=E6=8A=80=E6=9C=89=E9=99=90=E5=85=AC=E5=8F=B8\r
TITLE;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=B2=C9=B9=BA=BE=AD=C0=ED\r
TEL;CELL:13800001111\r
EMAIL;INTERNET:zhangwei@example.com\r
END:VCARD\r
"""
MECARD = "MECARD:N:张伟;ORG:杭州云途科技有限公司;TIL:采购经理;TEL:13800001111;EMAIL:zhangwei@example.com;ADR:浙江杭州;;"


def test_a_card_of_an_iphone_is_read_with_the_mobile_before_other_numbers():
    assert WHOLE | {"region": "浙江杭州"} == read_card(IPHONE)


def test_quoted_printable_values_in_other_charsets_and_over_two_lines_are_read():
    assert WHOLE == read_card(OLD_ANDROID)


def test_a_mecard_of_a_qr_code_is_read():
    assert WHOLE | {"region": "浙江杭州"} == read_card(MECARD)


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        ("FN:Jane Doe", "contact", "Jane Doe"),
        ("N:Doe;Jane;;;", "contact", "Jane Doe"),
        ("N:欧阳;修;;;", "contact", "欧阳修"),
        ("N:;伟;;;", "contact", "伟"),
        ("ORG:甲乙\\, 丙丁\\;戊;部门", "name", "甲乙, 丙丁;戊"),
        ("ROLE:总经理", "title", "总经理"),
        ("TITLE:采购\n 经理", "title", "采购经理"),
        ("TEL;VALUE=uri;TYPE=cell:tel:+86-138-0000-1111", "phone", "+86-138-0000-1111"),
        ("TEL;TYPE=FAX:057188886667\nTEL:0571-88886666", "phone", "0571-88886666"),
        ("tel;type=cell:13800001111", "phone", "13800001111"),
    ],
)
def test_each_property_has_its_spellings(lines, field, value):
    assert {field: value} == read_card(f"BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD")


@pytest.mark.parametrize(
    "text", ["", "https://u.wechat.com/abc", "BEGIN:VCARD\nEND:VCARD", "MECARD:;;", "BEGIN:VCALENDAR\nFN:甲\n"]
)
def test_what_is_no_card_or_says_nothing_is_none(text):
    assert read_card(text) is None


def test_of_several_cards_the_first_is_read():
    two = "BEGIN:VCARD\nFN:张伟\nEND:VCARD\nBEGIN:VCARD\nFN:李娜\nTEL:13900002222\nEND:VCARD"

    assert {"contact": "张伟"} == read_card(two)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_a_file_is_read_in_every_charset_phones_write(charset):
    assert "FN:张伟" in decode_card("BEGIN:VCARD\nFN:张伟".encode(charset))


@given(st.text(max_size=400))
def test_nothing_anybody_writes_behind_the_beginning_breaks_the_reader(text):
    for beginning in ("BEGIN:VCARD\n", "MECARD:", "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:"):
        card = read_card(beginning + text)

        assert card is None or all(value and value == " ".join(value.split()) for value in card.values())


@given(st.binary(max_size=400))
def test_any_bytes_become_text(content):
    assert isinstance(decode_card(content), str)

from dataclasses import replace

from cards.group import without_contacts
from cards.model import Button, Card, Compare, CompareRow, Divider, Fields, Form, Item, Items, Row, Text, TextInput
from cards.text import card_text

FORM = Form("registration", (TextInput("phone", "电话", "13800001111"),), (Button("提交"),))
CARD = Card(
    "请打 13800001111",
    subtitle="0571-88886666",
    status="待提交",
    elements=(
        Text("邮箱 zhangwei@example.com，2026-11-23 签约，预计 ¥1,280,000.00，编号 20261123001"),
        Fields((Row("联系人", "张伟"), Row("电话", "138 0000 1111"), Row("客户名称", "杭州云途"))),
        Compare(
            "现有", "新填", (CompareRow("联系人", "张伟", "李娜"), CompareRow("电话", "13800001111", "400-820-8820"))
        ),
        Items((Item("云途 13800001111", ("联系 +86 138-0000-1111",)),)),
        Divider(),
        FORM,
    ),
    buttons=(Button("查看"),),
)


def test_phones_mailboxes_and_names_are_masked_wherever_they_stand():
    without_form = replace(CARD, elements=CARD.elements[:-1])

    shown = card_text(without_contacts(without_form))

    for private in ("13800001111", "138 0000 1111", "138-0000-1111", "88886666", "zhangwei@", "张伟", "李娜"):
        assert private not in shown


def test_other_numbers_stay():
    shown = card_text(without_contacts(CARD))

    for kept in ("2026-11-23", "¥1,280,000.00", "20261123001", "杭州云途", "待提交"):
        assert kept in shown


def test_what_somebody_types_into_a_form_stays():
    assert FORM in without_contacts(CARD).elements


def test_a_card_without_contacts_is_the_same_card():
    card = Card("日报", subtitle="11月23日 周一", elements=(Text("有效跟进 12 条"),))

    assert card == without_contacts(card)


def test_masking_twice_is_masking_once():
    once = without_contacts(CARD)

    assert once == without_contacts(once)

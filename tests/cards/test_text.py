"""
A card read as plain text.
"""

from cards.model import (
    Button,
    Card,
    Chart,
    Compare,
    CompareRow,
    DateInput,
    Form,
    Item,
    Items,
    Option,
    Point,
    Select,
    Text,
    TextInput,
    from_json,
    to_json,
)
from cards.text import card_text, commands_line


def test_title_status_content_and_commands_are_all_there():
    card = Card(
        title="公海", status="2 家", subtitle="华东", elements=(Text("请及时领取"),), commands=("领取 云途", "帮助")
    )

    assert "公海【2 家】\n华东\n请及时领取\n也可以发送：「领取 云途」「帮助」" == card_text(card)


def test_entries_are_numbered_and_say_what_to_send():
    card = Card(title="公海", elements=(Items((Item("甲公司", ("杭州",), command="领取 甲"), Item("乙公司"))),))

    assert "公海\n1. 甲公司\n   杭州\n   发送「领取 甲」\n2. 乙公司" == card_text(card)


def test_both_sides_of_a_comparison_are_named():
    card = Card(title="审批", elements=(Compare("本次", "已有", (CompareRow("名称", "云途", "云图"),)),))

    assert "审批\n名称：本次 云途；已有 云图" == card_text(card)


def test_a_form_shows_what_is_filled_in_and_what_is_wrong():
    form = Form(
        "f",
        inputs=(
            TextInput("phone", "电话", value="123", error="应为 11 位"),
            TextInput("need", "需求"),
            Select("source", "来源", (Option("展会", "x"),), value="x"),
            Select("level", "级别", (Option("A", "a"), Option("B", "b"))),
            Select("size", "规模", (Option("大", "l"), Option("小", "s")), value="s"),
            DateInput("on", "日期"),
        ),
        buttons=(),
    )

    assert (
        "报备\n电话：123（应为 11 位）\n需求：（未填）\n来源：展会\n级别：（未选，可选：A、B）\n规模：小（可选：大）\n日期：（未填）"
        == card_text(Card(title="报备", elements=(form,)))
    )


def test_links_are_written_out():
    card = Card(title="结果", buttons=(Button("查看", url="https://crm.example.com/1"),))

    assert "结果\n查看：https://crm.example.com/1" == card_text(card)


def test_no_commands_make_no_line():
    assert not commands_line(())


def test_a_chart_is_read_as_its_figures():
    points = (Point("报备", 3, "3 家"), Point("审批通过", 1, "1 家"), Point("十一月", 2.5, "2.5 万", series="回款"))

    assert "日报\n报备：3 家\n审批通过：1 家\n十一月 回款：2.5 万" == card_text(
        Card(title="日报", elements=(Chart("bar", points),))
    )


def test_a_stored_chart_is_the_same_chart():
    card = Card(title="日报", elements=(Chart("line", (Point("报备", 3, "3 家"),)),))

    assert card == from_json(to_json(card))

"""
How people read a Feishu card: fields in several layouts, tables, captions, people and marks.
"""

import pytest
from feishu_app import button, card, plain_text

from sandbox.feishu.card_view import plain, readable, summary, usable_parts

NAMES = {"ou_li": "小李"}


def fields(*elements):
    return [(field["label"], field["value"]) for field in summary(card(*elements), NAMES)["fields"]]


@pytest.mark.parametrize(
    "content",
    [
        "**客户** 云图",
        "**客户：** 云图",
        "**客户**\n云图",
        "<font color='grey'>客户</font><br>云图",
        "客户：云图",
    ],
)
def test_rows_are_found_in_every_layout(content):
    assert [("客户", "云图")] == fields({"tag": "markdown", "content": content})
    assert [("客户", "云图")] == fields({"tag": "div", "text": {"tag": "lark_md", "content": content}})


def test_rows_in_columns_come_in_reading_order():
    columns = [
        {"tag": "column", "elements": [{"tag": "markdown", "content": f"<font color='grey'>{label}</font><br>{value}"}]}
        for label, value in (("客户", "云图"), ("负责人", "<at id=ou_li></at>"))
    ]

    assert [("客户", "云图"), ("负责人", "@小李")] == fields({"tag": "column_set", "columns": columns})


def test_short_fields_of_a_div_are_rows():
    field = {"is_short": True, "text": {"tag": "lark_md", "content": "**阶段** 商机前"}}

    assert [("阶段", "商机前")] == fields({"tag": "div", "fields": [field]})


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**粗** ~~删~~ `码`", "粗 删 码"),
        ("# 标题\n- 一\n- 二", "标题\n一\n二"),
        ("<font color='red'>红</font><br>下一行", "红\n下一行"),
        ("[详情](https://example.test/)![图](img_1)", "详情[图片]"),
        ("<person id='ou_li' show_name=true></person> 与 <at id=all></at>", "小李 与 @所有人"),
        ("&#42;&#42;不是粗体&#42;&#42; &#60;at id=all&#62;", "**不是粗体** <at id=all>"),
    ],
)
def test_marks_are_removed_and_escapes_resolved(markdown, text):
    assert text == plain(markdown, NAMES)


def test_table_cells_of_plain_text_are_shown_as_they_are():
    columns = [
        {"name": "c0", "display_name": "", "data_type": "text"},
        {"name": "c1", "data_type": "lark_md"},
    ]
    table = {"tag": "table", "columns": columns, "rows": [{"c0": "138****1111", "c1": "**粗**"}, {"c0": "x"}]}

    assert "表\n | c1\n138****1111 | 粗\nx | " == readable(card(table, title="表"), NAMES)


@pytest.mark.parametrize(
    ("spec", "figures"),
    [
        ({"type": "bar", "xField": "x", "yField": "y"}, [("报备", "3")]),
        ({"type": "line", "xField": "x", "yField": "y", "seriesField": "s"}, [("报备 十月", "3")]),
        ({"type": "funnel", "categoryField": "x", "valueField": "y"}, [("报备", "3")]),
    ],
)
def test_a_chart_is_read_as_its_figures(spec, figures):
    chart = {"tag": "chart", "chart_spec": {**spec, "data": {"values": [{"x": "报备", "y": 3, "s": "十月"}]}}}

    assert figures == fields(chart)
    assert [f"{label}：{value}" for label, value in figures] == readable(card(chart), NAMES).split("\n")[-1:]


def test_bold_line_above_an_input_is_its_label():
    placeholder = plain_text("必填")
    loose = [
        {"tag": "markdown", "content": "**驳回原因**"},
        {"tag": "input", "name": "reason", "placeholder": placeholder},
        {"tag": "input", "name": "other", "placeholder": placeholder},
    ]

    assert ["驳回原因", "必填"] == [part.label for part in usable_parts(card(*loose))]
    assert "审批\n驳回原因\n必填" == readable(card(*loose, title="审批"), NAMES)


def test_choice_is_read_with_its_caption():
    options = [{"text": plain_text("展会"), "value": "expo"}]
    select = {"tag": "select_static", "name": "s", "placeholder": plain_text("请选择"), "options": options}
    captioned = [{"tag": "markdown", "content": "**来源**"}, select | {"initial_option": "expo"}]

    assert "报备\n来源：展会" == readable(card(*captioned, title="报备"), NAMES)


def test_components_without_a_name_are_known_by_their_place():
    nameless = {"tag": "button", "text": plain_text("查看")}

    assert ["a", "1"] == [part.id for part in usable_parts(card(button("同意", "a"), nameless))]


def test_overflow_entries_and_rows_that_can_be_clicked_are_buttons():
    overflow = {"tag": "overflow", "name": "more", "options": [{"text": plain_text("转交"), "value": "pass"}]}
    row = {
        "tag": "interactive_container",
        "behaviors": [{"type": "callback", "value": {}}],
        "elements": [{"tag": "markdown", "content": "云图"}],
    }

    buttons = summary(card(overflow, row), NAMES)["buttons"]

    assert [("转交", "more:pass", "menu"), ("云图", "1", "default")] == [
        (one["label"], one["id"], one["style"]) for one in buttons
    ]


def test_people_panels_and_heads_are_read():
    content = card(
        {"tag": "collapsible_panel", "header": {"title": plain_text("重复客户")}, "elements": [{"tag": "hr"}]},
        {"tag": "person", "user_id": "ou_li"},
        {"tag": "person_list", "persons": [{"id": "ou_li"}, {"id": "ou_x"}]},
        title="撞单",
    )
    content["header"]["subtitle"] = plain_text("云图")
    content["header"]["text_tag_list"] = [{"tag": "text_tag", "text": plain_text("已拦截")}]

    assert "撞单\n云图\n已拦截\n重复客户\n小李\n小李、ou_x" == readable(content, NAMES)


@pytest.mark.parametrize(
    ("element", "kind", "value"),
    [
        ({"tag": "input", "default_value": "旧"}, "text", "旧"),
        ({"tag": "input", "input_type": "multiline_text"}, "multiline", ""),
        ({"tag": "select_static", "initial_index": 2, "options": [{"value": "a"}, {"value": "b"}]}, "select", "b"),
        ({"tag": "date_picker", "initial_date": "2026-12-01"}, "date", "2026-12-01"),
        ({"tag": "picker_time", "initial_time": "09:00"}, "text", "09:00"),
        ({"tag": "picker_datetime", "initial_datetime": "2026-12-01 09:00"}, "text", "2026-12-01 09:00"),
        ({"tag": "multi_select_person", "selected_values": ["ou_li"]}, "multi_select", ["ou_li"]),
        ({"tag": "checker", "checked": True}, "checkbox", True),
    ],
)
def test_inputs_show_what_they_hold(element, kind, value):
    shown = summary(card(element | {"name": "x"}), NAMES)["form"]["inputs"][0]

    assert (kind, value) == (shown["kind"], shown["value"])


def test_person_choices_show_names():
    picker = {"tag": "select_person", "name": "owner", "options": [{"value": "ou_li"}], "initial_option": "ou_li"}

    assert [{"label": "小李", "value": "ou_li"}] == summary(card(picker), NAMES)["form"]["inputs"][0]["options"]


def test_first_version_cards_are_read_as_far_as_they_are_alike():
    old = {
        "header": {"title": plain_text("旧卡片")},
        "elements": [
            {"tag": "div", "text": plain_text("正文")},
            {"tag": "note", "elements": [plain_text("备注")]},
            {"tag": "action", "actions": [{"tag": "button", "text": plain_text("好"), "value": {"a": 1}}]},
        ],
    }

    assert "旧卡片\n正文\n备注" == readable(old, NAMES)
    assert ["好"] == [one["label"] for one in summary(old, NAMES)["buttons"]]

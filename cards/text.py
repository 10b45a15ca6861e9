"""
A card as plain text: what a person reads where a card cannot be drawn, and the small phrases all renderers share.

Nothing is cut or escaped here: both depend on the sink and belong to the adapters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from cards.model import (
    Button,
    Card,
    Chart,
    Compare,
    CompareRow,
    DateInput,
    Divider,
    Element,
    Fields,
    Form,
    Input,
    Item,
    Items,
    Select,
    Text,
    TextInput,
)

DIVIDER = "――――――"
CHOOSE = "请选择"
DETAILS = "查看详情"
MORE_ACTIONS = "更多操作"
NOT_ALL_SHOWN = "…（内容较长，未全部显示）"
MENU = {"register": "报备", "my_customers": "我的客户", "todo": "待办", "pool": "公海", "help": "帮助"}
"""What a platform's menu offers: the names of commands, and how they are called there."""

MORE_ENTRIES = "更多"
PHOTOGRAPH_CARD = "拍名片"
ANSWERED_IN_APP = "已在聊单应用的单聊里回答你。"
MASKED_BY_RULE = "（公司的数据安全策略不让显示完整的电话和邮箱，已打码）"
DIRECT_CHAT_ONLY = "群里的文字我收不到，请在与我的单聊里发送。"
DECISION = "操作"
SUBMIT = "提交"
BUTTONS_MISSING = "这里暂时显示不了按钮，请联系管理员。"


def card_text(card: Card) -> str:
    """
    The whole card, line by line: title and status, content, links, and the commands that do what its buttons do.
    """
    return "\n".join(line for line in _lines(card) if line)


def headline(card: Card) -> str:
    """
    The title with its status in brackets: 「客户报备【待审批】」.
    """
    return f"{card.title}【{card.status}】" if card.status else card.title


def labelled(label: str, value: str) -> str:
    """
    A label and its value on one line; a value without a label stands alone.
    """
    return f"{label}：{value}" if label else value


def command_hint(*commands: str) -> str:
    """
    How to do by text what an entry's buttons do.
    """
    return "发送" + "".join(f"「{command}」" for command in commands)


def commands_line(commands: Sequence[str]) -> str:
    """
    The card's text commands as one line, empty when there are none.
    """
    return "也可以发送：" + "".join(f"「{command}」" for command in commands) if commands else ""


def more_line(count: int) -> str:
    """
    What stands for the entries a card has no room for.
    """
    return f"……另有 {count} 项"


def compare_line(compare: Compare, row: CompareRow) -> str:
    """
    One line of evidence with both sides named.
    """
    return labelled(row.label, f"{compare.left_title} {row.left}；{compare.right_title} {row.right}")


def slip_text(entry: TextInput) -> str:
    """
    What is wrong with a field, said apart from it: with its label in front, once.
    """
    error = entry.error or ""
    return error if error.startswith(entry.label) else labelled(entry.label, error)


def input_text(entry: Input) -> str:
    """
    A form field as text: its label, what is filled in (a choice by its label), and what is wrong with it.
    """
    match entry:
        case TextInput(label=label, value=value, error=error):
            shown = value or "（未填）"
            return labelled(label, f"{shown}（{error.removeprefix(f'{label}：')}）" if error else shown)
        case Select(label=label, options=options, value=value):
            chosen = next((option.label for option in options if option.value == value), "")
            others = "、".join(option.label for option in options if option.value != value)
            if not chosen:
                return labelled(label, f"（未选，可选：{others}）")
            return labelled(label, f"{chosen}（可选：{others}）" if others else chosen)
        case DateInput(label=label, value=value):
            return labelled(label, value or "（未填）")
        case _:
            assert_never(entry)


def _lines(card: Card) -> Iterator[str]:
    yield headline(card)
    yield card.subtitle or ""
    for element in card.elements:
        yield from _element_lines(element)
    for button in card.all_buttons():
        yield _link_line(button)
    yield commands_line(card.all_commands)


def _element_lines(element: Element) -> Iterator[str]:
    match element:
        case Text(content=content):
            yield content
        case Fields(rows=rows) | Chart(rows=rows):
            yield from (labelled(row.label, row.value) for row in rows)
        case Compare(rows=rows):
            yield from (compare_line(element, row) for row in rows)
        case Items(items=items):
            for number, item in enumerate(items, start=1):
                yield from _item_lines(number, item)
        case Divider():
            yield DIVIDER
        case Form(inputs=inputs):
            yield from (input_text(entry) for entry in inputs)
        case _:
            assert_never(element)


def _item_lines(number: int, item: Item) -> Iterator[str]:
    yield f"{number}. {item.title}"
    yield from (f"   {line}" for line in item.lines)
    if item.all_commands:
        yield f"   {command_hint(*item.all_commands)}"


def _link_line(button: Button) -> str:
    return labelled(button.label, button.url) if button.url else ""

"""
Cards of a registration being filled in: the form, its echo, what is asked, and merging into an own customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cards import words
from cards.actions import (
    ApplyMerge,
    CancelRegistration,
    EditRegistration,
    OpenMerge,
    SubmitRegistration,
)
from cards.model import (
    Button,
    Card,
    Compare,
    CompareRow,
    Element,
    Fields,
    Form,
    Input,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)
from cards.translation import _
from domain.text.data.sources import SOURCES

INPUT_LENGTH: Final = 120
ONLY_BLANKS: Final = _("只补空白")
ALL_NEW: Final = _("全部用新填")
TAKES: Final[Mapping[str, str]] = {ONLY_BLANKS: "missing", ALL_NEW: "new"}
"""What a merge takes, by the words for it."""
FORM_FIELDS: Final = (
    "name", "contact", "phone", "title", "email", "amount", "source", "region", "industry", "need",
)  # fmt: skip
EXAMPLES: Final[Mapping[str, str]] = {
    "name": _("杭州云途科技有限公司"),
    "contact": _("张伟"),
    "title": _("采购经理"),
    "phone": _("13800001111 或 0571-88886666-801"),
    "email": "zhangwei@example.com",
    "amount": _("50万、20-30万 或 300,000元"),
    "source": _("展会/活动"),
    "region": _("浙江杭州"),
    "industry": _("制造"),
    "need": _("想上一套 MES，年底前定下来"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "phone_digits": _("“{raw}”不是 11 位手机号"),
    "phone_unclear": _("“{raw}”里没有看到电话号码"),
    "email_format": _("“{raw}”不是邮箱地址"),
    "amount_negative": _("金额不能是负数（“{raw}”）"),
    "amount_unclear": _("从“{raw}”看不出确切的人民币金额"),
    "date_past": _("“{raw}”已经过去了"),
    "date_unclear": _("“{raw}”不能确定是哪一天"),
    "name_missing": _("没有写客户名称"),
    "name_length": _("客户名称要在 2 到 60 个字之间"),
    "contact_missing": _("“{raw}”不像人名"),
    "too_long": _("内容太长了"),
    "source_unknown": _("没有“{raw}”这个来源"),
    "region_unknown": _("没有找到“{raw}”这个地区"),
    "empty": _("没有填写"),
}


def value_of(form: Mapping[str, Any], field: str) -> str:
    """
    A field of the form as people read it; empty when there is nothing.
    """
    if field == "amount":
        return words.amount(form.get("amount_fen"), form.get("amount_max_fen"))
    return str(form.get(field) or "")


@dataclass(frozen=True)
class Slip:
    """
    What is wrong with a field, in words and with a good example, and what was typed there.
    """

    line: str
    typed: str


def problem(field: str, code: str, raw: str) -> Slip:
    """
    The slip behind a code.
    """
    template = PROBLEMS[code]
    fault = template.format(raw=raw if len(raw) <= 20 else f"{raw[:20]}…")
    line = _("{label}：{fault}。例如：{example}").format(
        label=words.FIELDS[field], fault=fault, example=EXAMPLES[field]
    )
    return Slip(line, raw[:INPUT_LENGTH])


def confirm(
    draft_id: int,
    form: Mapping[str, Any],
    *,
    problems: Mapping[str, Slip],
    missing: Sequence[str],
    editable: bool,
    is_offer: bool = False,
    head: str = "",
) -> Card:
    """
    What was understood, to be corrected and submitted; nothing is stored before 提交.

    `editable`: the platform can show a form; else the rows are shown and 修改 asks field by field. `head` replaces the
    first line.
    """
    usual = _("这像是一家新客户，要报备吗？") if is_offer else _("请核对，确认无误后点“提交”。提交前不会保存。")
    elements: list[Element] = [Text(head or usual)]
    empty = [field for field in missing if field not in problems]
    if empty:
        elements.append(Text(_("还缺：{fields}").format(fields=_labels(empty)), tone="warning"))
    said = _("提交 {n}").format(n=draft_id)
    submit = Button(_("提交"), SubmitRegistration(draft_id).card_action(), style="primary", command=said)
    edit = Button(_("修改"), EditRegistration(draft_id, "").card_action(), command=_("修改 {n}").format(n=draft_id))
    cancel = cancel_button(draft_id)
    if editable:
        inputs = tuple(_input(form, field, problems.get(field)) for field in FORM_FIELDS)
        elements.append(Form("registration", inputs, (submit,), paired=True))
        return Card(_("客户报备"), elements=tuple(elements), status=_("待提交"), buttons=(cancel,))
    elements += [Text(slip.line, tone="error") for slip in problems.values()]
    elements.append(Fields(rows_of(form)))
    return Card(_("客户报备"), elements=tuple(elements), status=_("待提交"), buttons=(submit, edit, cancel))


def _input(form: Mapping[str, Any], field: str, slip: Slip | None) -> Input:
    label = words.FIELDS[field]
    value = slip.typed if slip and field != "source" else value_of(form, field)
    if field == "source":
        known = value in SOURCES or not value
        names = SOURCES if known else (value, *SOURCES)
        options = tuple(Option(name, name) for name in names)
        return Select(field, label, options, value or None, placeholder=_("请选择"))
    required = field in {"name", "contact", "phone"}
    return TextInput(
        field,
        label,
        value=value,
        placeholder=_("例如：{example}").format(example=EXAMPLES[field]),
        required=required,
        multiline=field == "need",
        wide=field == "name",
        max_length=500 if field == "need" else INPUT_LENGTH,
        error=slip.line if slip else None,
    )


def rows_of(form: Mapping[str, Any]) -> tuple[Row, ...]:
    """
    The filled fields of a form, in order.
    """
    return tuple(Row(words.FIELDS[f], value) for f in FORM_FIELDS if (value := value_of(form, f)))


def _labels(fields: Sequence[str]) -> str:
    return "、".join(words.FIELDS[field] for field in fields)


def ask(field: str, *, fault: str | None, done: Sequence[str]) -> Card:
    """
    Ask for one field in the dialogue; choices are numbered.
    """
    elements: list[Element] = [Text(fault, tone="error")] if fault else []
    if done:
        elements.append(Text(_("已记下：{fields}").format(fields=_labels(done)), tone="note"))
    elements.append(
        Text(_("请发送{label}，例如：{example}").format(label=words.FIELDS[field], example=EXAMPLES[field]))
    )
    if field == "source":
        elements.append(Text("\n".join(f"{number}. {name}" for number, name in enumerate(SOURCES, start=1))))
        elements.append(Text(_("回复数字即可。"), tone="note"))
    return Card(
        _("报备：请填写{label}").format(label=words.FIELDS[field]), elements=tuple(elements), commands=(_("取消"),)
    )


def ask_which(form: Mapping[str, Any]) -> Card:
    """
    Ask which field to change, numbered.
    """
    lines = [
        f"{number}. {words.FIELDS[field]}：{value_of(form, field) or _('（空）')}"
        for number, field in enumerate(FORM_FIELDS, start=1)
    ]
    elements = (
        Text("\n".join(lines)),
        Text(_("回复数字选择要改的一项；也可以直接发送，例如“电话 13800001111”。"), tone="note"),
    )
    return Card(_("要改哪一项？"), elements=elements, commands=(_("取消"),))


def how_to() -> Card:
    """
    报备 without anything after it, where no form can be shown.
    """
    lines = (
        Text(_("请把客户信息发给我，一行就行：")),
        Text(_("报备 杭州云途科技 张伟 13800001111 预算50万 展会")),
        Text(_("也可以粘贴名片、邮件签名或多行资料；或者直接回复客户名称，我一项一项问你。"), tone="note"),
    )
    return Card(_("客户报备"), elements=lines, commands=(_("取消"),))


def cancelled() -> Card:
    """
    取消 on the form.
    """
    return Card(
        _("客户报备"), tone="grey", status=_("已取消"), elements=(Text(_("已取消，没有保存任何内容。")),), closed=True
    )


def merge(
    draft_id: int,
    customer_id: int,
    name: str,
    rows: Sequence[tuple[str, str, str]],
    filled: Sequence[tuple[str, str]],
    *,
    editable: bool,
) -> Card:
    """
    Which value to keep, field by field.

    `rows` are (field, present, new) that differ, `filled` (field, new) those that are empty now.
    """
    elements: list[Element] = []
    if filled:
        text = "；".join(f"{words.FIELDS[field]} {value}" for field, value in filled)
        elements.append(Text(_("将补充：{text}").format(text=text)))
    if rows:
        compared = tuple(CompareRow(words.FIELDS[field], present, new) for field, present, new in rows)
        elements.append(Compare(_("现有"), _("新填"), compared))
    apply_form = _apply(_("确认合并"), draft_id, customer_id, name, "form", ONLY_BLANKS)
    apply_missing = _apply(ONLY_BLANKS, draft_id, customer_id, name, "missing", ONLY_BLANKS)
    apply_new = replace(_apply(ALL_NEW, draft_id, customer_id, name, "new", ALL_NEW), style="default")
    cancel = cancel_button(draft_id)
    title = _("合并到现有客户")
    if editable and rows:
        inputs = tuple(_merge_choice(field, present, new) for field, present, new in rows)
        return Card(title, elements=(*elements, Form("merge", inputs, (apply_form,))), buttons=(cancel,))
    buttons = (apply_missing, apply_new, cancel) if rows else (apply_missing, cancel)
    return Card(title, elements=tuple(elements), buttons=buttons)


def _apply(label: str, draft_id: int, customer_id: int, name: str, take: str, said: str) -> Button:
    command = _("合并 {n} {name} {take}").format(n=draft_id, name=name, take=said)
    return Button(label, ApplyMerge(draft_id, customer_id, take).card_action(), style="primary", command=command)


def open_merge_button(draft_id: int, customer_id: int, name: str) -> Button:
    """
    合并到现有客户.
    """
    command = _("合并 {n} {name}").format(n=draft_id, name=name)
    return Button(_("合并到现有客户"), OpenMerge(draft_id, customer_id).card_action(), command=command)


def cancel_button(draft_id: int) -> Button:
    """
    取消 on any card of a draft.
    """
    return Button(_("取消"), CancelRegistration(draft_id).card_action(), command=_("取消 {n}").format(n=draft_id))


def _merge_choice(field: str, present: str, new: str) -> Select:
    options = (
        Option(_("保留现有：{value}").format(value=present), "keep"),
        Option(_("改为新填：{value}").format(value=new), "take"),
    )
    return Select(field, words.FIELDS[field], options, "keep")


def missing_line(missing: Sequence[str]) -> str:
    """
    What is still empty, as one line.
    """
    return _("还缺：{fields}").format(fields=_labels(missing))


def label(field: str) -> str:
    """
    A field's name on the form.
    """
    return words.FIELDS[field]


def field_named(text: str) -> str | None:
    """
    The field whose name a text starts with, None when it starts with none.
    """
    return next((field for field in FORM_FIELDS if text.startswith(words.FIELDS[field])), None)

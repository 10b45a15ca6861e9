"""
Cards of a registration: the form, its echo, what is asked, the results, and the status its registrant sees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cards import dedup, words
from cards.actions import (
    ApplyMerge,
    CancelRegistration,
    EditRegistration,
    OpenMerge,
    ShowCustomer,
    SubmitForReview,
    SubmitRegistration,
    WriteFollowUp,
)
from cards.dedup import MatchView
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

FORM_FIELDS: Final = (
    "name", "contact", "phone", "title", "email", "amount", "source", "region", "industry", "need",
)  # fmt: skip
SOURCES: Final = (
    _("官网表单"), _("搜索投放"), _("信息流投放"), _("展会/活动"), _("公众号/视频号"), _("老客转介绍"),
    _("代理商/伙伴报备"), _("电话呼入"), _("电话外呼"), _("行业平台"), _("招投标信息"), _("员工自拓"),
    _("社群/企微好友"), _("其他"),
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


def problem(field: str, code: str, raw: str) -> str:
    """
    What is wrong with a field, with a good example.
    """
    template = PROBLEMS[code]
    fault = template.format(raw=raw if len(raw) <= 20 else f"{raw[:20]}…")
    return _("{label}：{fault}。例如：{example}").format(
        label=words.FIELDS[field], fault=fault, example=EXAMPLES[field]
    )


def confirm(
    draft_id: int,
    form: Mapping[str, Any],
    *,
    problems: Mapping[str, str],
    missing: Sequence[str],
    editable: bool,
    is_offer: bool = False,
) -> Card:
    """
    What was understood, to be corrected and submitted; nothing is stored before 提交.

    `editable`: the platform can show a form; else the rows are shown and 修改 asks field by field.
    """
    head = _("这像是一家新客户，要报备吗？") if is_offer else _("请核对，确认无误后点“提交”。提交前不会保存。")
    elements: list[Element] = [Text(head)]
    if missing:
        elements.append(Text(_("还缺：{fields}").format(fields=_labels(missing)), tone="warning"))
    submit = Button(_("提交"), SubmitRegistration(draft_id).card_action(), style="primary")
    edit = Button(_("修改"), EditRegistration(draft_id, "").card_action())
    cancel = Button(_("取消"), CancelRegistration(draft_id).card_action())
    if editable:
        inputs = tuple(_input(form, field, problems) for field in FORM_FIELDS)
        elements.append(Form("registration", inputs, (submit,)))
        return Card(_("客户报备"), elements=tuple(elements), status=_("待提交"), buttons=(cancel,))
    elements += [Text(line, tone="error") for line in problems.values()]
    elements.append(Fields(_rows(form)))
    return Card(_("客户报备"), elements=tuple(elements), status=_("待提交"), buttons=(submit, edit, cancel))


def _input(form: Mapping[str, Any], field: str, problems: Mapping[str, str]) -> Input:
    label, value = words.FIELDS[field], value_of(form, field)
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
        max_length=500 if field == "need" else 120,
        error=problems.get(field),
    )


def _rows(form: Mapping[str, Any]) -> tuple[Row, ...]:
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
        _("报备：还差{label}").format(label=words.FIELDS[field]), elements=tuple(elements), commands=(_("取消"),)
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


def submitted(form: Mapping[str, Any], approvers: Sequence[str], *, notes: Sequence[MatchView], review: bool) -> Card:
    """
    The registrant's card after 提交.
    """
    waiting = _("已提交，等待{names}审批，结果会更新在这张卡片上。").format(names="、".join(approvers))
    elements: list[Element] = [Text(waiting)]
    if review:
        elements.append(Text(_("这家客户与已有客户高度疑似，审批人会对照双方情况裁定。"), tone="warning"))
    elements.append(Fields(_rows(form)))
    elements += [Text(_similar(note), tone="note") for note in notes]
    return Card(_("客户报备"), tone="orange", status=_("待审批"), elements=tuple(elements), closed=True)


def _similar(match: MatchView) -> str:
    return _("仅供参考，有相近的客户：{name}（{reasons}）").format(name=match.name, reasons="；".join(match.reasons))


def review_offer(draft_id: int, matches: Sequence[MatchView], now: datetime) -> Card:
    """
    高度疑似: who is alike and why, and the choice to go on.
    """
    elements: list[Element] = [Text(_("系统里有高度疑似的客户。如果确认不是同一家，可以继续提交，由审批人裁定。"))]
    elements.extend(Fields(dedup.holder_rows(match, now)) for match in matches)
    buttons: list[Button] = [
        Button(_("继续提交"), SubmitForReview(draft_id).card_action(), style="primary"),
        Button(_("取消"), CancelRegistration(draft_id).card_action()),
    ]
    own = next((match for match in matches if match.is_own), None)
    if own is not None:
        merge = Button(_("合并到现有客户"), OpenMerge(draft_id, own.customer_id).card_action())
        buttons.insert(1, merge)
    return Card(
        _("可能重复，请确认"),
        tone="orange",
        status=dedup.level("probable"),
        elements=tuple(elements),
        buttons=tuple(buttons),
    )


def own_customer(draft_id: int, match: MatchView, *, has_news: bool) -> Card:
    """
    The company is the seller's own customer already.
    """
    line = Text(_("“{name}”已经是你的客户，不用再报备。").format(name=match.name))
    merge = Button(_("合并到现有客户"), OpenMerge(draft_id, match.customer_id).card_action(), style="primary")
    buttons = (
        *((merge,) if has_news else ()),
        Button(_("查看客户"), ShowCustomer(match.customer_id).card_action()),
        Button(_("取消"), CancelRegistration(draft_id).card_action()),
    )
    return Card(_("这是你自己的客户"), tone="blue", status=_("未提交"), elements=(line,), buttons=buttons)


def already_submitted(name: str) -> Card:
    """
    The seller's own registration of this company is still waiting.
    """
    line = Text(_("你已经报备过“{name}”，正在等待审批，不用重复提交。").format(name=name))
    return Card(_("正在审批中"), tone="orange", status=_("待审批"), elements=(line,), closed=True)


def merge(
    draft_id: int,
    customer_id: int,
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
    apply_form = Button(_("确认合并"), ApplyMerge(draft_id, customer_id, "form").card_action(), style="primary")
    apply_missing = Button(_("只补空白"), ApplyMerge(draft_id, customer_id, "missing").card_action(), style="primary")
    apply_new = Button(_("全部用新填"), ApplyMerge(draft_id, customer_id, "new").card_action())
    cancel = Button(_("取消"), CancelRegistration(draft_id).card_action())
    title = _("合并到现有客户")
    if editable and rows:
        inputs = tuple(_merge_choice(field, present, new) for field, present, new in rows)
        return Card(title, elements=(*elements, Form("merge", inputs, (apply_form, cancel))))
    buttons = (apply_missing, apply_new, cancel) if rows else (apply_missing, cancel)
    return Card(title, elements=tuple(elements), buttons=buttons)


def _merge_choice(field: str, present: str, new: str) -> Select:
    options = (
        Option(_("保留现有：{value}").format(value=present), "keep"),
        Option(_("改为新填：{value}").format(value=new), "take"),
    )
    return Select(field, words.FIELDS[field], options, "keep")


def merged(name: str, changes: Sequence[tuple[str, str]]) -> Card:
    """
    What the merge changed.
    """
    if not changes:
        return Card(
            _("已合并"),
            tone="grey",
            status=_("无变化"),
            elements=(Text(_("“{name}”没有需要更新的内容。").format(name=name)),),
            closed=True,
        )
    rows = tuple(Row(words.FIELDS[field], value) for field, value in changes)
    line = Text(_("已更新“{name}”：").format(name=name))
    return Card(_("已合并"), tone="green", status=_("完成"), elements=(line, Fields(rows)), closed=True)


def protected(
    name: str, customer_id: int, owner: str, until: datetime, now: datetime, *, by: str, is_owner: bool
) -> Card:
    """
    Approved and protected: the registrant's card.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("负责人"), owner),
        Row(
            _("保护到期"), _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))
        ),
        Row(_("审批人"), by),
    )
    hint = Text(_("到期前没有有效跟进，客户会回到公海。"), tone="note")
    write = Button(_("写跟进"), WriteFollowUp(customer_id).card_action(), style="primary")
    show = Button(_("查看客户"), ShowCustomer(customer_id).card_action())
    return Card(
        _("报备通过"),
        tone="green",
        status=_("已保护至 {day}").format(day=words.day(until)),
        elements=(Fields(rows), hint),
        buttons=(write, show) if is_owner else (),
        commands=(_("跟进 {name} 电话沟通，客户要报价，下周三给").format(name=name),) if is_owner else (),
        closed=True,
    )


def pooled(name: str, pool: str, opens_at: datetime, *, by: str) -> Card:
    """
    Approved, but the customer goes to a pool.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("去向"), words.pool_name(pool)),
        Row(_("可领取"), words.day_time(opens_at)),
        Row(_("审批人"), by),
    )
    return Card(_("报备通过"), tone="green", status=_("进入公海"), elements=(Fields(rows),), closed=True)


def rejected(name: str, reason: str, *, by: str) -> Card:
    """
    驳回: the registrant's card.
    """
    rows = (Row(_("客户"), name), Row(_("审批人"), by), Row(_("原因"), reason))
    hint = Text(_("补充情况后可以重新报备；有疑问请直接联系审批人。"), tone="note")
    return Card(_("报备被驳回"), tone="red", status=_("已驳回"), elements=(Fields(rows), hint), closed=True)


def cap_reached(limit: int) -> Card:
    """
    The seller owns as many customers as allowed.
    """
    line = Text(_("你名下的客户已达上限（{n} 家），所以这次报备没有提交。").format(n=limit))
    hint = Text(_("退回几家不再跟进的客户后，重新点“提交”即可；已成交客户不占名额。"), tone="note")
    return Card(_("名额已满"), tone="orange", status=_("未提交"), elements=(line, hint), commands=(_("我的客户"),))


def no_approver() -> Card:
    """
    Nobody above the seller can approve.
    """
    line = Text(_("系统里没有可以审批你报备的上级，所以没有提交。请联系系统管理员为你设置直属主管，再点“提交”。"))
    return Card(_("没有审批人"), tone="orange", status=_("未提交"), elements=(line,))


def assigned(name: str, customer_id: int, until: datetime, now: datetime, *, registrant: str, by: str) -> Card:
    """
    For the member an approved registration was assigned to.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("报备人"), registrant),
        Row(_("指派人"), by),
        Row(
            _("保护到期"), _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))
        ),
    )
    write = Button(_("写跟进"), WriteFollowUp(customer_id).card_action(), style="primary")
    show = Button(_("查看客户"), ShowCustomer(customer_id).card_action())
    return Card(
        _("有新客户指派给你"), tone="green", status=_("已保护"), elements=(Fields(rows),), buttons=(write, show)
    )


def title() -> str:
    """
    What a registration is called on cards.
    """
    return _("客户报备")


def became_owned(owner: str, until: datetime) -> str:
    """
    The result line of an approved registration.
    """
    return _("由 {owner} 负责，保护至 {until}").format(owner=owner, until=words.day_time(until))


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

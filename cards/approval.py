"""
Cards of an approval: the request with its buttons, its result on every copy, reminders, and the questions in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cards import registration, words
from cards.actions import Approve, Delegate, Reject
from cards.dedup import MatchView
from cards.model import (
    Button,
    Card,
    Compare,
    CompareRow,
    Element,
    Fields,
    Form,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)
from cards.translation import _


def registration_request(
    approval_id: int,
    form: Mapping[str, Any],
    *,
    applicant: str,
    destinations: Sequence[tuple[str, str]],
    colleagues: Sequence[tuple[str, str]],
    review: Sequence[tuple[MatchView, Mapping[str, str]]],
    notes: Sequence[MatchView],
    own_side: Mapping[str, str],
    asked_at: datetime,
) -> Card:
    """
    客户报备待审批.

    `destinations` and `colleagues` are (value, label); `review` holds the suspicious matches with the evidence of their
    side, to be set against `own_side`.
    """
    rows = (
        Row(_("报备人"), applicant),
        *(Row(words.FIELDS[f], value) for f in registration.FORM_FIELDS if (value := registration.value_of(form, f))),
        Row(_("提交时间"), words.day_time(asked_at)),
    )
    elements: list[Element] = [Fields(rows)]
    for match, their_side in review:
        elements.append(
            Text(
                _("高度疑似：{reasons}。同意即认定不是同一家。").format(reasons="；".join(match.reasons)),
                tone="warning",
            )
        )
        compared = tuple(CompareRow(label, own_side.get(label, ""), value) for label, value in their_side.items())
        elements.append(Compare(_("这次报备"), _("已有客户"), compared))
    elements += [
        Text(
            _("仅供参考，有相近的客户：{name}（{reasons}）").format(name=n.name, reasons="；".join(n.reasons)),
            tone="note",
        )
        for n in notes
    ]
    elements.append(_decision_form(approval_id, destinations, colleagues))
    return Card(
        _("客户报备待审批"),
        tone="orange",
        status=_("待审批"),
        subtitle=registration.value_of(form, "name"),
        elements=tuple(elements),
    )


def _decision_form(
    approval_id: int, destinations: Sequence[tuple[str, str]], colleagues: Sequence[tuple[str, str]]
) -> Form:
    inputs: list[Select | TextInput] = []
    if destinations:
        options = tuple(Option(label, value) for value, label in destinations)
        inputs.append(Select("destination", _("通过后去向"), options, destinations[0][0]))
    inputs.append(TextInput("reason", _("驳回原因"), placeholder=_("驳回时必填，例如：该客户由总部直接跟进")))
    if colleagues:
        options = tuple(Option(label, value) for value, label in colleagues)
        inputs.append(Select("colleague", _("转交给"), options, placeholder=_("转交时选择")))
    buttons = tuple(
        replace(button, command=f"{button.label} {approval_id}", inputs=_named(inputs, field))
        for button, field in (
            (Button(_("同意"), Approve(approval_id).card_action(), style="primary"), "destination"),
            (Button(_("驳回"), Reject(approval_id).card_action(), style="danger"), "reason"),
            (Button(_("转交"), Delegate(approval_id).card_action()), "colleague"),
        )
    )
    return Form("approval", tuple(inputs), buttons)


def _named(inputs: Sequence[Select | TextInput], name: str) -> tuple[str, ...]:
    """
    The field of that name, where the form has it.
    """
    return tuple(entry.name for entry in inputs if entry.name == name)


def extension_request(
    approval_id: int,
    *,
    applicant: str,
    customer: str,
    until: datetime,
    extended: datetime,
    effective: int,
    colleagues: Sequence[tuple[str, str]],
    answer_by: datetime,
) -> Card:
    """
    延保待审批.
    """
    rows = (
        Row(_("申请人"), applicant),
        Row(_("客户"), customer),
        Row(_("现保护到期"), words.day_time(until)),
        Row(_("延长至"), words.day_time(extended)),
        Row(_("有效跟进"), _("{n} 次").format(n=effective)),
        Row(_("答复时限"), _("{at}，逾期视为驳回").format(at=words.day_time(answer_by))),
    )
    form = _decision_form(approval_id, (), colleagues)
    return Card(
        _("延长保护待审批"), tone="orange", status=_("待审批"), subtitle=customer, elements=(Fields(rows), form)
    )


def return_request(
    approval_id: int, *, applicant: str, customer: str, reason: str, colleagues: Sequence[tuple[str, str]]
) -> Card:
    """
    A 级客户退公海待审批.
    """
    rows = (Row(_("申请人"), applicant), Row(_("客户"), customer), Row(_("退回原因"), reason))
    form = _decision_form(approval_id, (), colleagues)
    return Card(
        _("A 级客户退公海待审批"), tone="orange", status=_("待审批"), subtitle=customer, elements=(Fields(rows), form)
    )


def decided(
    title: str, subtitle: str, rows: Sequence[tuple[str, str]], *, approved: bool, by: str, at: datetime
) -> Card:
    """
    The result on every copy of the request.
    """
    verdict = _("已同意") if approved else _("已驳回")
    lines = (
        *(Row(label, value) for label, value in rows),
        Row(_("处理人"), by),
        Row(_("处理时间"), words.day_time(at)),
    )
    return Card(
        title,
        tone="green" if approved else "red",
        status=verdict,
        subtitle=subtitle,
        elements=(Fields(lines),),
        closed=True,
    )


def passed_on(card: Card, to: str) -> Card:
    """
    The delegator's copy after 转交.
    """
    line = Text(_("已转交给 {name} 处理。").format(name=to))
    return Card(card.title, tone="grey", status=_("已转交"), subtitle=card.subtitle, elements=(line,), closed=True)


def withdrawn(title: str, subtitle: str) -> Card:
    """
    The requester withdrew.
    """
    return Card(
        title,
        tone="grey",
        status=_("已撤回"),
        subtitle=subtitle,
        elements=(Text(_("申请人已撤回，无需处理。")),),
        closed=True,
    )


def copy_for_executive(form: Mapping[str, Any], *, applicant: str, approvers: Sequence[str]) -> Card:
    """
    抄送: a large registration, to read only.
    """
    rows = (
        Row(_("报备人"), applicant),
        Row(_("客户"), registration.value_of(form, "name")),
        Row(_("预计金额"), registration.value_of(form, "amount")),
        Row(_("审批人"), "、".join(approvers)),
    )
    return Card(_("抄送：大额客户报备"), tone="blue", status=_("仅供阅读"), elements=(Fields(rows),), closed=True)


def nudge(title: str, subtitle: str, *, waiting_since: datetime) -> str:
    """
    催办, as one line beside the request card.
    """
    since = words.day_time(waiting_since)
    return _("催办：{title}“{subtitle}”从 {since} 起等你处理，请点上方卡片的“同意”或“驳回”，或发送“待审批”。").format(
        title=title, subtitle=subtitle, since=since
    )


def escalated_note(title: str, subtitle: str, *, first: str) -> str:
    """
    Why a superior gets the request now.
    """
    return _("{title}“{subtitle}”超过 8 个工作小时没有处理，原审批人 {first}，现同时请你处理。").format(
        title=title, subtitle=subtitle, first=first
    )


def already_decided(*, approved: bool, by: str, at: datetime | None, is_click: bool) -> str:
    """
    A click or a command that came too late.
    """
    verdict = _("同意") if approved else _("驳回")
    when = words.day_time(at) if at else ""
    end = _("这次点击没有生效。") if is_click else _("不用再处理。")
    return _("{by} 已在 {when} {verdict}，{end}").format(by=by, when=when, verdict=verdict, end=end)


def clock_name() -> str:
    """
    Who decided when nobody did in time.
    """
    return _("系统（超时）")


def timed_out_reason() -> str:
    """
    The reason of a rejection by time-out.
    """
    return _("审批人没有在时限内处理，按规则视为驳回")


def already_withdrawn() -> str:
    """
    A click on a request its requester withdrew.
    """
    return _("申请人已撤回，无需处理。")


def reason_missing() -> str:
    """
    驳回 without a reason.
    """
    return _("请填写驳回原因：写在卡片的“驳回原因”里再点“驳回”，或直接回复原因。")


def ask_reason(subtitle: str) -> Card:
    """
    Ask for the reason in the chat, where the card has no text field.
    """
    line = Text(_("请回复驳回“{subtitle}”的原因，例如：该客户由总部直接跟进").format(subtitle=subtitle))
    return Card(_("驳回原因"), tone="orange", elements=(line,), commands=(_("取消"),))


def ask_colleague(subtitle: str, names: Sequence[str]) -> Card:
    """
    Ask to whom the request goes, numbered.
    """
    listing = "\n".join(f"{number}. {name}" for number, name in enumerate(names, start=1))
    elements = (Text(_("把“{subtitle}”转交给谁？回复数字或姓名：").format(subtitle=subtitle)), Text(listing))
    return Card(_("转交"), elements=elements, commands=(_("取消"),))


def delegate_refused(code: str, name: str) -> str:
    """
    Why the request cannot go to that colleague.
    """
    return DELEGATE_REFUSALS[code].format(name=name)


DELEGATE_REFUSALS = {
    "to_requester": _("{name} 是申请人本人，不能审批自己的申请。请换一位同事。"),
    "to_approver": _("{name} 已经是这一步的审批人。请换一位同事，或直接处理。"),
    "to_inactive": _("{name} 已经离职，请换一位同事。"),
    "back_to_delegator": _("{name} 刚把它转交出来，请换一位同事，或直接处理。"),
}


@dataclass(frozen=True)
class WaitingApproval:
    """
    An undecided request as its approver reads it in a list; `number` is what the text commands name.
    """

    number: int
    title: str
    subtitle: str
    applicant: str
    since: datetime


def waiting_list(entries: Sequence[WaitingApproval], *, is_sent_again: bool) -> Card:
    """
    我的审批: what waits for the member. `is_sent_again`: the cards themselves follow.
    """
    if not entries:
        return Card(_("我的审批"), tone="green", elements=(Text(_("没有等你处理的审批。")),))
    lines = "\n".join(
        _("编号 {n} {title}：{subtitle}（{applicant}，{since} 起）").format(
            n=one.number,
            title=one.title,
            subtitle=one.subtitle,
            applicant=one.applicant,
            since=words.day_time(one.since),
        )
        for one in entries
    )
    first = entries[0].number
    by_text = _("用文字处理，写上编号：同意 {n}、驳回 {n} 原因、转交 {n} 同事姓名。").format(n=first)
    again = (Text(_("请在对应的审批卡片上处理；下面重新发了一份。"), tone="note"),) if is_sent_again else ()
    return Card(
        _("我的审批"),
        tone="orange",
        status=_("{n} 项").format(n=len(entries)),
        elements=(Text(lines), *again, Text(by_text, tone="note")),
    )


def evidence(
    *, name: str, holder: str, since: datetime, effective: int | None, last: datetime | None, until: datetime | None
) -> dict[str, str]:
    """
    One side's column of evidence; None where there is nothing to say yet.
    """
    return {
        _("客户名称"): name,
        _("报备/负责人"): holder,
        _("登记时间"): words.day(since),
        _("有效跟进"): _("{n} 次").format(n=effective) if effective is not None else "—",
        _("最近跟进"): words.day(last) if last else "—",
        _("保护到期"): words.day(until) if until else "—",
    }


def label_applicant() -> str:
    """
    The row that names who asked.
    """
    return _("申请人")


def label_outcome() -> str:
    """
    The row that says what an approved object became.
    """
    return _("结果")


def label_reason() -> str:
    """
    The row that says why.
    """
    return _("原因")

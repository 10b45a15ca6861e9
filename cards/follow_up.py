"""
Cards of writing a follow-up: what was stored and whether it counts, the questions before, and the refusals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cards import buttons, words
from cards.actions import SaveFollowUp
from cards.model import (
    Button,
    Card,
    DateInput,
    Element,
    Fields,
    Form,
    Item,
    Items,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)
from cards.translation import _

CONTENT_SHOWN: Final = 200
CONTENT_LIMIT: Final = 2000
NOT_COUNTED: Final = {
    "private": _("仅自己可见的记录不计入。"),
    "method": _("没有写明联系方式。请写明是电话、拜访、会议、微信还是邮件，例如：电话沟通，客户要报价，下周三给。"),
    "too_short": _("内容只有 {present} 个字，至少要 {needed} 个字。请补充沟通了什么。"),
    "no_feedback_or_next": _("没有客户反馈，也没有下一步。补上其中一项即可，例如：客户要报价，下周三上午再联系。"),
    "copy_of_previous": _("内容和之前的跟进几乎一样。请写这一次新的情况。"),
    "same_day": _("这家客户今天已经有一条有效跟进，同一天只计一条。"),
}
REFUSALS: Final = {
    "not_active": _("“{name}”的报备还没有通过审批，同意之后才能写跟进。"),
    "read_only": _("你是“{name}”的只读协作人，不能写跟进。需要的话，请联系负责人放开权限。"),
}


@dataclass(frozen=True, kw_only=True)
class WrittenView:
    """
    A stored follow-up as its author sees it.

    `reason` is empty for an effective one, with `needed` and `present` characters where it was too short.
    `protected_until` and `keep_until` are the clocks after it; `vague` are words for a time that is none.
    """

    customer_id: int
    name: str
    method: str
    content: str
    feedback: str
    next_step: str
    due_at: datetime | None
    vague: str
    complaint: bool
    reason: str
    needed: int | None
    present: int | None
    protected_until: datetime | None
    keep_until: datetime | None
    finished: int


def written(view: WrittenView, now: datetime) -> Card:
    """
    What was stored, what is next, and whether it counts.
    """
    again = buttons.write_follow_up(view.customer_id, view.name, _("再写一条"))
    offered = (
        *((again,) if view.reason else ()),
        buttons.show_customer(view.customer_id, view.name),
        buttons.run(_("我的待办"), "todo"),
    )
    return Card(
        _("跟进已保存"),
        tone="orange" if view.reason else "green",
        status=_("未计入有效跟进") if view.reason else _("有效跟进"),
        elements=(Fields(tuple(_rows(view))), *_verdict(view, now)),
        buttons=offered,
    )


def _rows(view: WrittenView) -> Iterator[Row]:
    yield Row(_("客户"), view.name)
    yield Row(_("方式"), words.method_name(view.method))
    yield Row(_("内容"), _cut(view.content))
    if view.feedback and view.feedback != view.content:
        yield Row(_("客户反馈"), _cut(view.feedback))
    if view.next_step or view.due_at:
        yield Row(_("下一步"), _next(view))
    if view.complaint:
        yield Row(_("投诉"), _("已标记，请尽快处理并告诉主管"))
    if view.finished:
        yield Row(_("待办"), _("已完成 {n} 项到期的跟进待办").format(n=view.finished))


def _next(view: WrittenView) -> str:
    step = _cut(view.next_step)
    if view.due_at is None:
        return step
    at = _("{at}，已建待办").format(at=words.day_time(view.due_at))
    return _("{step}（{at}）").format(step=step, at=at) if step else at


def _verdict(view: WrittenView, now: datetime) -> Iterator[Element]:
    if view.reason:
        why = NOT_COUNTED[view.reason].format(needed=view.needed, present=view.present)
        yield Text(_("这条没有计入有效跟进：{why}").format(why=why), tone="warning")
    else:
        yield Text(_counted(view, now), tone="good")
    if view.vague:
        yield Text(
            _("没看懂“{vague}”是哪一天，所以没有建待办。请写明日期，例如：下周三下午3点。").format(vague=view.vague),
            tone="warning",
        )


def _counted(view: WrittenView, now: datetime) -> str:
    is_protected = view.protected_until is not None and view.protected_until > now
    if is_protected and view.protected_until and view.keep_until:
        return _("已计入有效跟进。{until} 保护到期后客户不会回公海，{keep} 前再有一次有效跟进即可继续保留。").format(
            until=words.day_time(view.protected_until), keep=words.day_time(view.keep_until)
        )
    if view.keep_until:
        return _("已计入有效跟进，客户保留到 {keep}；在那之前再写一次有效跟进可以继续保留。").format(
            keep=words.day_time(view.keep_until)
        )
    return _("已计入有效跟进。")


def _cut(text: str) -> str:
    return text if len(text) <= CONTENT_SHOWN else f"{text[:CONTENT_SHOWN]}…"


def task_title(name: str, next_step: str) -> str:
    """
    What the to-do of a next step is called.
    """
    return _("{name}：{step}").format(name=name, step=next_step) if next_step else _("跟进 {name}").format(name=name)


@dataclass(frozen=True, kw_only=True)
class FormValues:
    """
    What the form shows; `next_on` is ISO YYYY-MM-DD. `fault` says what has to be put right.
    """

    method: str = "call"
    content: str = ""
    feedback: str = ""
    next_on: str = ""
    fault: str = ""
    is_offer: bool = False


def form(customer_id: int, name: str, values: FormValues) -> Card:
    """
    写跟进 as a form, where forms can be shown.
    """
    options = tuple(Option(label, key) for key, label in words.METHODS.items())
    inputs = (
        Select("method", _("方式"), options, values.method, required=True),
        TextInput(
            "content",
            _("沟通内容"),
            values.content,
            placeholder=_("沟通了什么，至少 15 个字才计入有效跟进"),
            required=True,
            multiline=True,
            max_length=CONTENT_LIMIT,
        ),
        TextInput("feedback", _("客户反馈"), values.feedback, placeholder=_("例如：要报价，认可方案"), max_length=500),
        DateInput("next_on", _("下次联系日期"), values.next_on),
    )
    command = _("跟进 {name}").format(name=name)
    save = Button(_("保存跟进"), SaveFollowUp(customer_id).card_action(), style="primary", command=command)
    lines: list[Element] = []
    if values.is_offer:
        lines.append(Text(_("看起来是一条跟进，核对后点“保存跟进”才会保存。"), tone="note"))
    if values.fault:
        lines.append(Text(values.fault, tone="error"))
    return Card(_("写跟进：{name}").format(name=name), elements=(*lines, Form("follow_up", inputs, (save,))))


def ask_content(name: str) -> Card:
    """
    写跟进 where no form can be shown: the next message is the content.
    """
    lines = (
        Text(_("请直接回复这次跟进的内容：怎么联系的、客户怎么说、下一步什么时候做什么。")),
        Text(_("例如：电话沟通，客户要报价，下周三下午3点前给"), tone="note"),
    )
    return Card(_("写跟进：{name}").format(name=name), elements=lines, commands=(_("取消"),))


def confirm(customer_id: int, name: str, *, method: str, content: str, feedback: str, due_at: datetime | None) -> Card:
    """
    A text that reads like a follow-up without the word: nothing is stored before the person agrees.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("方式"), words.method_name(method)),
        Row(_("内容"), _cut(content)),
        *((Row(_("客户反馈"), _cut(feedback)),) if feedback else ()),
        *((Row(_("下一步"), words.day_time(due_at)),) if due_at else ()),
    )
    save = Button(_("保存跟进"), SaveFollowUp(customer_id).card_action(), style="primary")
    line = Text(_("看起来是一条跟进。点“保存跟进”或回复“保存”才会保存。"), tone="note")
    return Card(
        _("记一条跟进？"),
        status=_("未保存"),
        elements=(Fields(rows), line),
        buttons=(save,),
        commands=(_("保存"), _("取消")),
    )


def ask_which(names: Sequence[str]) -> Card:
    """
    Several of the member's customers fit; the content is kept.
    """
    items = Items(tuple(Item(name) for name in names))
    line = Text(_("有多家客户符合，请回复序号。刚才的内容已保留。"))
    return Card(_("是哪一家客户？"), elements=(line, items), commands=(_("取消"),))


def past_date(raw: str) -> str:
    """
    A next step in the past.
    """
    return _("下次时间“{raw}”已经过去了，请改成以后的时间，例如：下周三下午3点。").format(raw=raw)


def ask_when(name: str, fault: str) -> Card:
    """
    Ask for the next time again; the content is kept.
    """
    lines = (
        Text(fault, tone="error"),
        Text(_("内容已保留，直接回复时间即可；没有下次时间请回复“没有”。"), tone="note"),
    )
    return Card(_("写跟进：{name}").format(name=name), tone="orange", elements=lines, commands=(_("没有"), _("取消")))


def unknown_time(raw: str) -> str:
    """
    An answer that names no time.
    """
    return _("没看懂时间“{raw}”，请换个说法，例如：下周三下午3点，或 12月3日上午10点。").format(raw=raw)


def content_missing() -> str:
    """
    The form has no content.
    """
    return _("请填写沟通内容，例如：电话沟通，客户要报价，下周三下午3点前给。")


def content_too_long(limit: int) -> str:
    """
    The content passes the limit.
    """
    return _("沟通内容太长，最多 {limit} 个字，请删减后再保存。").format(limit=limit)


def held(customer_id: int, name: str, owner: str, until: datetime | None, now: datetime) -> Card:
    """
    Somebody else's customer: who holds it, until when, and what now.
    """
    rows = (Row(_("客户"), name), Row(_("归属"), owner), Row(_("保护到期"), _protection(until, now)))
    line = (
        _("“{name}”由 {owner} 保护中，这条跟进没有保存。").format(name=name, owner=owner)
        if until is not None
        else _("“{name}”由 {owner} 负责，这条跟进没有保存。").format(name=name, owner=owner)
    )
    return Card(
        _("不能写跟进"),
        tone="red",
        status=_("未保存"),
        elements=(Text(line), Fields(rows), Text(_("想一起跟进，可以申请协作。"), tone="note")),
        buttons=(buttons.request_join(customer_id, name),),
        commands=(_("申请协作 {name}").format(name=name),),
    )


def _protection(until: datetime | None, now: datetime) -> str:
    if until is None or until <= now:
        return _("不在保护期")
    return _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))


def in_pool(customer_id: int, name: str) -> Card:
    """
    Nobody's customer: claim first.
    """
    line = Text(_("“{name}”在公海，没有人负责。先领取，再写跟进；这条内容没有保存。").format(name=name))
    claim = buttons.claim(customer_id, name)
    command = _("领取 {name}").format(name=name)
    return Card(
        _("先领取客户"), tone="orange", status=_("未保存"), elements=(line,), buttons=(claim,), commands=(command,)
    )


def refused(code: str, name: str) -> Card:
    """
    Nothing was stored for another reason.
    """
    line = Text(REFUSALS[code].format(name=name))
    return Card(_("不能写跟进"), tone="orange", status=_("未保存"), elements=(line,))

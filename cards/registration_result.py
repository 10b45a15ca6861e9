"""
What becomes of a registration: refusals, the offer of a review, the status its registrant sees, and its results.

The form and its questions are in `cards/registration.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from cards import buttons, dedup, words
from cards.actions import SubmitForReview
from cards.dedup import MatchView
from cards.model import Button, Card, Element, Fields, Row, Text
from cards.registration import cancel_button, open_merge_button, rows_of
from cards.translation import _


def submitted(form: Mapping[str, Any], approvers: Sequence[str], *, notes: Sequence[MatchView], review: bool) -> Card:
    """
    The registrant's card after 提交.
    """
    waiting = _("已提交，等待{names}审批，结果会更新在这张卡片上。").format(names="、".join(approvers))
    elements: list[Element] = [Text(waiting)]
    if review:
        elements.append(Text(_("这家客户与已有客户高度疑似，审批人会对照双方情况裁定。"), tone="warning"))
    elements.append(Fields(rows_of(form)))
    elements += [Text(_similar(note), tone="note") for note in notes]
    commands = (_("撤回"),)
    return Card(
        _("客户报备"), tone="orange", status=_("待审批"), elements=tuple(elements), commands=commands, closed=True
    )


def _similar(match: MatchView) -> str:
    return _("仅供参考，有相近的客户：{name}（{reasons}）").format(name=match.name, reasons="；".join(match.reasons))


def review_offer(draft_id: int, matches: Sequence[MatchView], now: datetime) -> Card:
    """
    高度疑似: who is alike and why, and the choice to go on.
    """
    elements: list[Element] = [Text(_("系统里有高度疑似的客户。如果确认不是同一家，可以继续提交，由审批人裁定。"))]
    elements.extend(Fields(dedup.holder_rows(match, now)) for match in matches)
    offered: list[Button] = [
        Button(
            _("继续提交"),
            SubmitForReview(draft_id).card_action(),
            style="primary",
            command=_("继续提交 {n}").format(n=draft_id),
        ),
        cancel_button(draft_id),
    ]
    own = next((match for match in matches if match.is_own), None)
    if own is not None:
        offered.insert(1, open_merge_button(draft_id, own.customer_id, own.name))
    return Card(
        _("可能重复，请确认"),
        tone="orange",
        status=dedup.level("probable"),
        elements=tuple(elements),
        buttons=tuple(offered),
    )


def own_customer(draft_id: int, match: MatchView, *, has_news: bool) -> Card:
    """
    The company is the seller's own customer already.
    """
    line = Text(_("“{name}”已经是你的客户，不用再报备。").format(name=match.name))
    merge = replace(open_merge_button(draft_id, match.customer_id, match.name), style="primary")
    offered = (
        *((merge,) if has_news else ()),
        buttons.show_customer(match.customer_id, match.name),
        cancel_button(draft_id),
    )
    return Card(_("这是你自己的客户"), tone="blue", status=_("未提交"), elements=(line,), buttons=offered)


def already_submitted(name: str) -> Card:
    """
    The seller's own registration of this company is still waiting.
    """
    line = Text(_("你已经报备过“{name}”，正在等待审批，不用重复提交。").format(name=name))
    return Card(_("正在审批中"), tone="orange", status=_("待审批"), elements=(line,), closed=True)


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
    write = buttons.write_follow_up(customer_id, name)
    show = buttons.show_customer(customer_id, name)
    return Card(
        _("报备通过"),
        tone="green",
        status=_("已保护至 {day}").format(day=words.short_day(until)),
        elements=(Fields(rows), hint),
        buttons=(write, show) if is_owner else (),
        commands=(_("跟进 {name} 电话沟通，客户要报价，下周三给").format(name=name),) if is_owner else (),
        closed=not is_owner,
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


def withdrawn(name: str) -> Card:
    """
    The registrant's card after 撤回.
    """
    line = Text(_("你撤回了“{name}”的报备，审批人不用再处理。需要时可以重新报备。").format(name=name))
    return Card(_("客户报备"), tone="grey", status=_("已撤回"), elements=(line,), closed=True)


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
    write = buttons.write_follow_up(customer_id, name)
    show = buttons.show_customer(customer_id, name)
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


def ruling(own: str, registered: str, *, applicant: str, by: str, approved: bool) -> Card:
    """
    For the holder of a customer that looked like the one registered: what was ruled.
    """
    verdict = _("认定不是同一家，报备通过，你的客户不受影响") if approved else _("报备被驳回，你的客户不受影响")
    rows = (
        Row(_("你的客户"), own),
        Row(_("对方报备"), registered),
        Row(_("报备人"), applicant),
        Row(_("裁定"), verdict),
        Row(_("裁定人"), by),
    )
    return Card(_("疑似撞单的裁定"), tone="blue", status=_("已裁定"), elements=(Fields(rows),), closed=True)

"""
Cards of the pool: the list with claim buttons, the result of a claim, refusals with the hour that opens, giving back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cards import buttons, words
from cards.actions import ReturnCustomer
from cards.model import Button, Card, Fields, Form, Item, Items, Option, Row, Select, Text, TextInput
from cards.translation import _

RETURN_REASONS: Final = {
    "no_need": _("客户暂无需求"),
    "no_budget": _("没有预算"),
    "unreachable": _("联系不上"),
    "lost_to_competitor": _("选了竞品"),
    "not_my_region": _("不在我的区域"),
    "no_capacity": _("跟不过来"),
    "other": _("其他"),
}
CLAIM_REFUSALS: Final = {
    "not_visible": _("没有找到这个客户。发送“公海”可以看到现在能领取的客户。"),
    "not_in_pool": _("“{name}”不在公海，可能刚被别人领走了。发送“公海”看看其他客户。"),
    "not_entitled": _("只有销售和销售主管可以领取客户。"),
    "assign_only": _("“{name}”在{pool}，只能由主管指派，请联系你的主管。"),
    "cooldown_until": _("你之前负责过“{name}”，{opens_at} 之后才能重新领取。"),
    "hold_until": _("“{name}”刚进公海，{opens_at} 起可以领取。"),
    "daily_limit": _("你今天从{pool}领取的客户已达上限（{limit} 家），{opens_at} 起可以继续领取。"),
    "holding_cap": _("你名下的客户已达上限（{limit} 家），退回几家后再领取；已成交客户不占名额。"),
}
RETURN_REFUSALS: Final = {
    "not_visible": _("没有找到这个客户。发送“我的客户”可以看到名下客户。"),
    "not_owned": _("“{name}”不在任何人名下，不用退回。"),
    "not_entitled": _("只有负责人本人或其主管可以退回“{name}”。"),
    "detail_missing": _("原因选“其他”时，请写明具体情况。"),
    "won": _("“{name}”已成交，不能退回公海；要更换负责人请联系主管。"),
}


@dataclass(frozen=True, kw_only=True)
class PoolLine:
    """
    A pool customer as listed; contacts are hidden until it is claimed.
    """

    customer_id: int
    name: str
    pool: str
    region: str
    industry: str
    pooled_at: datetime | None
    claimable_from: datetime | None


def listing(lines: Sequence[PoolLine], *, total: int, page: int, page_size: int, now: datetime) -> Card:
    """
    公海, one page.
    """
    if not lines:
        return Card(_("公海"), tone="green", elements=(Text(_("公海里现在没有你可以领取的客户。")),))
    items = Items(tuple(_item(line, now) for line in lines))
    note = Text(_("联系方式领取后可见。文字领取：发送“领取 客户名称”。"), tone="note")
    pages = _paging(page, page_size, total)
    return Card(
        _("公海"),
        status=_("共 {n} 家").format(n=total),
        elements=(items, note),
        buttons=pages,
        commands=(_("领取 客户名称"),),
    )


def _item(line: PoolLine, now: datetime) -> Item:
    where = " · ".join(part for part in (words.pool_name(line.pool), line.region, line.industry) if part)
    since = _("{day} 入池").format(day=words.day(line.pooled_at)) if line.pooled_at else ""
    if line.claimable_from is not None and line.claimable_from > now:
        since = _("{at} 起可领取").format(at=words.day_time(line.claimable_from))
        return Item(line.name, (where, since))
    button = buttons.claim(line.customer_id, line.name)
    return Item(line.name, (where, since), (button,), command=_("领取 {name}").format(name=line.name))


def _paging(page: int, page_size: int, total: int) -> tuple[Button, ...]:
    turns = []
    if page > 1:
        turns.append(buttons.pool_page(_("上一页"), page - 1))
    if page * page_size < total:
        turns.append(buttons.pool_page(_("下一页"), page + 1))
    return tuple(turns)


def claimed(customer_id: int, name: str, until: datetime, now: datetime, *, contact: str, phone: str) -> Card:
    """
    领取成功.
    """
    rows = (
        Row(_("客户"), name),
        *((Row(_("联系人"), contact),) if contact else ()),
        *((Row(_("电话"), phone),) if phone else ()),
        Row(
            _("保护到期"), _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))
        ),
    )
    offered = (buttons.write_follow_up(customer_id, name), buttons.show_customer(customer_id, name))
    return Card(_("领取成功"), tone="green", status=_("已归你负责"), elements=(Fields(rows),), buttons=offered)


def claim_refused(code: str, *, name: str, pool: str, opens_at: datetime | None, limit: int | None) -> str:
    """
    Why a claim fails, until when, and what now.
    """
    at = words.day_time(opens_at) if opens_at else ""
    return CLAIM_REFUSALS[code].format(name=name, pool=words.pool_name(pool), opens_at=at, limit=limit)


def return_refused(code: str, *, name: str) -> str:
    """
    Why a customer cannot be given back.
    """
    return RETURN_REFUSALS[code].format(name=name)


def claimed_line(name: str) -> str:
    """
    领取成功, as a toast.
    """
    return _("已领取“{name}”").format(name=name)


def reason_line(code: str, detail: str) -> str:
    """
    A reason with its detail, for the ledger.
    """
    return f"{RETURN_REASONS[code]}：{detail}" if detail else RETURN_REASONS[code]


def reason_named(text: str) -> str | None:
    """
    The reason a text names; any other text is 其他 with that text; None for no text.
    """
    said = text.strip()
    if not said:
        return None
    return next((code for code, label in RETURN_REASONS.items() if label in said or said in label), "other")


def choose_reason() -> str:
    """
    确认退回 without a reason.
    """
    return _("请先选择退回原因。")


def return_title() -> str:
    """
    What giving back a level-A customer is called on result cards.
    """
    return _("A 级客户退公海")


def return_form(customer_id: int, name: str, *, editable: bool) -> Card:
    """
    退回: ask for the reason. Where no text can be typed into a card, the detail is given by command.
    """
    codes = [code for code in RETURN_REASONS if editable or code != "other"]
    options = tuple(Option(RETURN_REASONS[code], code) for code in codes)
    choice = Select("return_reason", _("退回原因"), options, "no_need", required=True)
    detail = TextInput("detail", _("补充说明"), placeholder=_("选“其他”时必填"), max_length=200)
    inputs = (choice, detail) if editable else (choice,)
    command = _("退回 {name} {reason}").format(name=name, reason=RETURN_REASONS["no_need"])
    confirm = Button(_("确认退回"), ReturnCustomer(customer_id, "").card_action(), style="danger", command=command)
    line = Text(_("“{name}”退回后进入公海，你在冷却期内不能重新领取。").format(name=name))
    commands = () if editable else (_("退回 {name} 其他原因写在这里").format(name=name),)
    return Card(_("退回公海"), tone="orange", elements=(line, Form("return", inputs, (confirm,))), commands=commands)


def returned(name: str, pool: str, claimable_from: datetime, cooldown_until: datetime) -> Card:
    """
    已退回.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("去向"), words.pool_name(pool)),
        Row(_("可领取"), words.day_time(claimable_from)),
        Row(_("你可重新领取"), words.day_time(cooldown_until)),
    )
    return Card(_("已退回公海"), tone="grey", status=_("完成"), elements=(Fields(rows),), closed=True)


def return_waiting(name: str, approver: str) -> Card:
    """
    A level-A customer leaves only with the manager's consent.
    """
    line = Text(_("“{name}”是 A 级客户，退回要主管同意，已提交给{approver}。").format(name=name, approver=approver))
    commands = (_("撤回"),)
    return Card(_("退回公海"), tone="orange", status=_("待审批"), elements=(line,), commands=commands, closed=True)


def return_already_waiting(name: str) -> str:
    """
    The consent was asked for already.
    """
    return _("“{name}”的退回申请正在审批，请等待结果。").format(name=name)


def return_rejected(name: str, reason: str) -> Card:
    """
    The manager wants the owner to keep it.
    """
    rows = (Row(_("客户"), name), Row(_("原因"), reason))
    return Card(_("退回申请被驳回"), tone="red", status=_("仍由你负责"), elements=(Fields(rows),), closed=True)


def released(name: str, pool: str, claimable_from: datetime, *, why: str) -> Card:
    """
    The clock took the customer from its owner.
    """
    rows = (
        Row(_("客户"), name),
        Row(_("原因"), RELEASE_REASONS[why]),
        Row(_("去向"), words.pool_name(pool)),
        Row(_("可领取"), words.day_time(claimable_from)),
    )
    hint = Text(_("其他同事从这个时间起可以领取；你需要等冷却期过后才能重新领取。"), tone="note")
    return Card(_("客户已回公海"), tone="grey", status=_("已释放"), elements=(Fields(rows), hint), closed=True)


RELEASE_REASONS: Final = {
    "protection_lapsed": _("保护期内没有有效跟进"),
    "keep_alive_lapsed": _("长期没有有效跟进"),
    "cleansing": _("180 天没有跟进"),
    "returned": _("负责人退回"),
    "owner_left": _("负责人离职"),
}


def group_notice(lines: Sequence[tuple[str, str, datetime]]) -> Card:
    """
    For the department's group: what came into the pool, as (name, pool, claimable from); no contacts.
    """
    items = tuple(
        Item(name, (_("{pool} · {at} 起可领取").format(pool=words.pool_name(pool), at=words.day_time(at)),))
        for name, pool, at in lines
    )
    note = Text(_("到时间后单聊我发送“公海”即可领取。"), tone="note")
    return Card(_("公海有新客户"), elements=(Items(items), note))

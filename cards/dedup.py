"""
Why two companies look like one, in sentences, and what a seller may know of somebody else's customer.

Nothing here ever holds a phone number or the name of a contact of the matched customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cards import buttons, words
from cards.model import Card, Fields, Item, Items, Row, Text
from cards.translation import _

REASONS: Final[Mapping[str, str]] = {
    "uscc_equal": _("信用代码相同"),
    "uscc_differs": _("信用代码不同"),
    "full_name_equal": _("全名、地区、分支都相同"),
    "core_equal": _("核心名相同：{core}"),
    "core_homophone": _("核心名同音：{a}/{b}"),
    "core_lookalike": _("核心名有形近字：{a}/{b}"),
    "core_one_char": _("核心名只差一个字：{a}/{b}"),
    "core_similar": _("核心名相近：{a}/{b}"),
    "short_name": _("“{short}”可能是“{long}”的简称"),
    "reordered": _("字序不同：{a}/{b}"),
    "known_alias": _("同一企业的不同叫法：{name}"),
    "phone_equal": _("手机号相同"),
    "landline_equal": _("座机相同"),
    "extension_differs": _("总机相同，分机不同"),
    "phone_one_digit": _("电话只差一位"),
    "contact_equal": _("联系人相同"),
    "region_differs": _("地区不同：{a}/{b}"),
    "region_missing": _("只有一方写了地区：{region}"),
    "same_brand": _("字号相同：{brand}"),
    "industry_differs": _("行业不同：{a}/{b}"),
    "form_differs": _("企业类型不同"),
    "number_differs": _("编号或方位不同：{a}/{b}"),
    "branch_of": _("一方是另一方的分支：{branch}"),
    "same_brand_other_branch": _("同一企业的不同分支：{a}/{b}"),
    "part_of": _("一方是另一方的下属单位：{whole}/{part}"),
    "group_of": _("一方是集团：{group}"),
    "other_enterprise": _("两家不同的企业：{a}/{b}"),
}
LEVELS: Final = {
    "certain": _("确定是同一家"),
    "probable": _("高度疑似"),
    "possible": _("疑似"),
    "none": _("没有发现重复"),
}


@dataclass(frozen=True, kw_only=True)
class MatchView:
    """
    What may be shown of a match: `holder` is the owner's (or the registrant's) name, `pool` the pool's key.

    `is_own` and `is_visible` say what the reader may open. `state` is pending or active.
    """

    customer_id: int
    name: str
    level: str
    score: float
    reasons: tuple[str, ...]
    state: str
    holder: str
    pool: str
    stage_band: str
    protected_until: datetime | None
    is_own: bool
    is_visible: bool


def reason(code: str, values: Mapping[str, str]) -> str:
    """
    One reason as a sentence.
    """
    return REASONS[code].format_map(values)


def level(code: str) -> str:
    """
    A tier's name.
    """
    return LEVELS[code]


def holder_rows(match: MatchView, now: datetime) -> tuple[Row, ...]:
    """
    Who holds the matched customer, roughly how far it is, and until when it is protected.
    """
    return (
        Row(_("客户"), match.name),
        Row(_("归属"), _holder(match)),
        Row(_("进展"), words.band_name(match.stage_band)),
        Row(_("保护到期"), _protection(match, now)),
        Row(_("判断依据"), "；".join(match.reasons)),
    )


def conflict(match: MatchView, now: datetime) -> Card:
    """
    撞单: certainly somebody else's customer.
    """
    is_pending = match.state == "pending"
    line = (
        _("{holder} 已经报备了这家客户，正在等待审批，所以这次报备没有提交。").format(holder=match.holder)
        if is_pending
        else _("这家客户已由 {holder} 负责，所以这次报备没有提交。").format(holder=match.holder)
    )
    hint = (
        _("对方的报备通过后可以申请协作；如果认为判断有误，请联系主管。")
        if is_pending
        else _("你填写的内容没有丢失。可以申请与对方一起跟进；如果认为判断有误，请联系主管。")
    )
    join = buttons.request_join(match.customer_id, match.name)
    return Card(
        _("撞单：客户已有归属"),
        tone="red",
        status=_("未提交"),
        elements=(Text(line), Fields(holder_rows(match, now)), Text(hint, tone="note")),
        buttons=() if is_pending else (join,),
        closed=is_pending,
    )


def in_pool(match: MatchView, now: datetime) -> Card:
    """
    Certainly a customer that lies in a pool: claim it instead of registering it.
    """
    line = Text(_("这家客户在{pool}，没有人负责。直接领取即可，不用报备。").format(pool=words.pool_name(match.pool)))
    claim = buttons.claim(match.customer_id, match.name)
    return Card(
        _("客户在公海"),
        tone="orange",
        status=_("未提交"),
        elements=(line, Fields(holder_rows(match, now))),
        buttons=(claim,),
        commands=(_("领取 {name}").format(name=match.name),),
    )


def check_result(query: str, matches: Sequence[MatchView], now: datetime, *, left: int) -> Card:
    """
    The answer to 查重; `left` is how many look-ups remain today.
    """
    note = Text(_("今天还可以查询 {n} 次").format(n=left), tone="note")
    if not matches:
        line = Text(_("没有发现与“{query}”重复的客户，可以报备。").format(query=query))
        return Card(_("查重结果"), tone="green", status=LEVELS["none"], elements=(line, note))
    worst = matches[0].level
    items = Items(tuple(_item(match, now) for match in matches))
    tone = {"certain": "red", "probable": "orange"}.get(worst, "blue")
    return Card(_("查重结果：{query}").format(query=query), tone=tone, status=LEVELS[worst], elements=(items, note))  # type: ignore[arg-type]  # one of the tones


def _item(match: MatchView, now: datetime) -> Item:
    lines = (
        _("{level} · {reasons}").format(level=LEVELS[match.level], reasons="；".join(match.reasons)),
        _("归属：{holder} · 进展：{band} · 保护：{until}").format(
            holder=_holder(match), band=words.band_name(match.stage_band), until=_protection(match, now)
        ),
    )
    if match.is_own or match.is_visible:
        show = buttons.show_customer(match.customer_id, match.name, _("查看"))
        return Item(match.name, lines, (show,), command=_("查客户 {name}").format(name=match.name))
    return Item(match.name, lines)


def _holder(match: MatchView) -> str:
    if match.is_own:
        return _("你自己")
    if match.pool:
        return words.pool_name(match.pool)
    return _("{name}（待审批）").format(name=match.holder) if match.state == "pending" else match.holder


def _protection(match: MatchView, now: datetime) -> str:
    if match.state == "pending":
        return _("审批通过后开始")
    if match.protected_until is None or match.protected_until <= now:
        return _("不在保护期")
    left = words.days_left(match.protected_until, now)
    return _("{until}（{left}）").format(until=words.day_time(match.protected_until), left=left)

"""
Cards about customers one may see: the customer's card, what a search found, and the pages of 我的客户.

What the reader may know is decided before: a value that is hidden never reaches this module, a masked one comes masked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cards import buttons, words
from cards.model import Button, Card, Divider, Element, Fields, Item, Items, Row, Text, Tone
from cards.translation import _

CONTENT_SHOWN: Final = 60
CLOCKS: Final = {
    "reminder": _("下次到期提醒"),
    "protection": _("到期回公海"),
    "keep_alive": _("保活截止"),
    "cleansing": _("清理截止"),
}


@dataclass(frozen=True, kw_only=True)
class FollowUpLine:
    """
    One follow-up as listed; `content` is empty for readers who may not see contacts.
    """

    at: datetime
    author: str
    method: str
    content: str
    is_effective: bool


@dataclass(frozen=True, kw_only=True)
class CustomerView:
    """
    A customer cut to what its reader may see; empty values are not shown.

    `clock` is the kind of the nearest clock and when it runs down. `offers` names the buttons this reader gets.
    """

    customer_id: int
    name: str
    lifecycle: str
    stage: str
    owner: str
    is_own: bool
    pool: str
    protected_until: datetime | None
    clock: tuple[str, datetime] | None
    contact: str
    phone: str
    email: str
    amount: str
    need: str
    region: str
    industry: str
    source: str
    collaborators: tuple[str, ...]
    next_action_on: date | None
    follow_ups: tuple[FollowUpLine, ...]
    offers: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class FoundLine:
    """
    A customer among several that fit a search.
    """

    customer_id: int
    name: str
    lifecycle: str
    stage: str
    owner: str
    is_own: bool
    pool: str
    region: str


@dataclass(frozen=True, kw_only=True)
class MineLine:
    """
    One of the reader's own customers.
    """

    customer_id: int
    name: str
    stage: str
    protected_until: datetime | None
    last_effective_at: datetime | None


def customer(view: CustomerView, now: datetime) -> Card:
    """
    The customer's card.
    """
    elements: list[Element] = [Fields(tuple(_rows(view, now)))]
    if view.follow_ups:
        elements += [Divider(), Items(tuple(_follow_up(line) for line in view.follow_ups))]
    else:
        elements.append(Text(_("还没有跟进记录。"), tone="note"))
    return Card(
        view.name,
        tone=_tone(view, now),
        subtitle=_("{state} · {stage}").format(
            state=words.lifecycle_name(view.lifecycle), stage=words.stage_name(view.stage)
        ),
        status=_status(view, now),
        elements=tuple(elements),
        buttons=tuple(_buttons(view)),
        commands=tuple(_commands(view)),
    )


def _rows(view: CustomerView, now: datetime) -> Iterator[Row]:
    yield Row(_("归属"), _holder(view.owner, view.pool, is_own=view.is_own))
    if view.protected_until is not None and view.protected_until > now:
        yield Row(_("保护到期"), _countdown(view.protected_until, now))
    if view.clock is not None and view.clock[1] != view.protected_until:
        kind, due_at = view.clock
        yield Row(CLOCKS[kind], _countdown(due_at, now))
    values = (
        (_("联系人"), view.contact),
        (_("电话"), view.phone),
        (_("邮箱"), view.email),
        (_("预计金额"), view.amount),
        (_("需求"), view.need),
        (_("地区"), view.region),
        (_("行业"), view.industry),
        (_("来源"), view.source),
        (_("协作人"), "、".join(view.collaborators)),
        (_("下次行动"), words.day(view.next_action_on) if view.next_action_on else ""),
    )
    yield from (Row(label, value) for label, value in values if value)


def _follow_up(line: FollowUpLine) -> Item:
    counts = _("有效") if line.is_effective else _("未计入")
    title = " · ".join((words.day(line.at), words.method_name(line.method), line.author, counts))
    return Item(title, (_cut(line.content),) if line.content else ())


def _buttons(view: CustomerView) -> Iterator[Button]:
    offers = view.offers
    if "follow_up" in offers:
        yield buttons.write_follow_up(view.customer_id, view.name)
    if "extend" in offers:
        yield buttons.extend(view.customer_id, view.name)
    if "return" in offers:
        yield buttons.open_return(view.customer_id, view.name)
    if "claim" in offers:
        yield buttons.claim(view.customer_id, view.name)
    if "join" in offers:
        yield buttons.request_join(view.customer_id, view.name)


def _commands(view: CustomerView) -> Iterator[str]:
    templates = (
        ("follow_up", _("跟进 {name} 内容")),
        ("extend", _("延保 {name}")),
        ("return", _("退回 {name}")),
        ("claim", _("领取 {name}")),
        ("join", _("申请协作 {name}")),
    )
    yield from (template.format(name=view.name) for offer, template in templates if offer in view.offers)


def _status(view: CustomerView, now: datetime) -> str:
    if view.pool:
        return words.pool_name(view.pool)
    if view.protected_until is not None and view.protected_until > now:
        return _("保护{left}").format(left=words.days_left(view.protected_until, now))
    return words.lifecycle_name(view.lifecycle)


def _tone(view: CustomerView, now: datetime) -> Tone:
    if view.pool:
        return "grey"
    if view.lifecycle == "won":
        return "green"
    is_close = view.protected_until is not None and 0 <= (view.protected_until - now).days < 7
    return "orange" if is_close else "blue"


def _holder(owner: str, pool: str, *, is_own: bool) -> str:
    if is_own:
        return _("你自己")
    return words.pool_name(pool) if pool else owner


def _countdown(until: datetime, now: datetime) -> str:
    return _("{until}（{left}）").format(until=words.day_time(until), left=words.days_left(until, now))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CONTENT_SHOWN else f"{line[:CONTENT_SHOWN]}…"


def found(query: str, lines: Sequence[FoundLine], *, total: int, is_more: bool) -> Card:
    """
    Several customers fit; `total` counts them, `is_more` says that there are even more.
    """
    items = Items(tuple(_found_item(line) for line in lines))
    count = _("{n} 家以上") if is_more else _("{n} 家")
    elements: list[Element] = [items]
    if total > len(lines):
        elements.append(Text(_("只列出前 {n} 家，请把名称写得更完整一些。").format(n=len(lines)), tone="note"))
    return Card(_("找到多家客户：{query}").format(query=query), status=count.format(n=total), elements=tuple(elements))


def _found_item(line: FoundLine) -> Item:
    where = _holder(line.owner, line.pool, is_own=line.is_own)
    parts = (where, words.stage_name(line.stage), line.region)
    show = buttons.show_customer(line.customer_id, line.name, _("查看"))
    command = _("查客户 {name}").format(name=line.name)
    return Item(line.name, (" · ".join(part for part in parts if part),), (show,), command=command)


def not_found(query: str) -> Card:
    """
    Nothing the reader may see fits; a customer of somebody else is answered with exactly this, too.
    """
    lines = (
        Text(_("你能看到的客户里没有“{query}”。可以换个关键词，或用电话后四位查。").format(query=query)),
        Text(_("想知道有没有别的同事报备过，请查重；没有人报备过就可以直接报备。"), tone="note"),
    )
    check = buttons.run(_("查重"), "dedup_check", query, style="primary")
    mine = buttons.run(_("我的客户"), "my_customers")
    command = _("查重 {query}").format(query=query)
    return Card(_("没有找到客户"), tone="grey", elements=lines, buttons=(check, mine), commands=(command,))


def mine(lines: Sequence[MineLine], *, total: int, page: int, page_size: int, within_days: int, now: datetime) -> Card:
    """
    我的客户, one page; `within_days` 0 means all.
    """
    title = _("我的客户：{n} 天内到期").format(n=within_days) if within_days else _("我的客户")
    if not lines:
        return _no_mine(title, within_days)
    pages = max(1, -(-total // page_size))
    return Card(
        title,
        tone="orange" if within_days else "blue",
        subtitle=_("第 {page}/{pages} 页").format(page=page, pages=pages) if pages > 1 else None,
        status=_("共 {n} 家").format(n=total),
        elements=(Items(tuple(_mine_item(line, now) for line in lines)),),
        buttons=_paging(page, pages, within_days),
        commands=tuple(_mine_commands(page, pages, within_days)),
    )


def _mine_commands(page: int, pages: int, within_days: int) -> Iterator[str]:
    if page < pages and within_days:
        yield _("我的客户 {n}天内到期 第{page}页").format(n=within_days, page=page + 1)
    elif page < pages:
        yield _("我的客户 第{page}页").format(page=page + 1)
    if not within_days:
        yield _("我的客户 7天内到期")


def _no_mine(title: str, within_days: int) -> Card:
    everything = buttons.run(_("全部客户"), "my_customers")
    pool = buttons.run(_("看公海"), "pool")
    if within_days:
        line = Text(_("{n} 天内没有保护到期的客户，可以安心跟进其他客户。").format(n=within_days))
        return Card(title, tone="green", elements=(line,), buttons=(everything,))
    lines = (
        Text(_("你名下还没有客户。")),
        Text(_("报备一个新客户：报备 杭州云途科技 张伟 13800001111；也可以去公海领取。"), tone="note"),
    )
    return Card(title, elements=lines, buttons=(pool,))


def _mine_item(line: MineLine, now: datetime) -> Item:
    stage = words.stage_name(line.stage)
    if line.protected_until is not None and line.protected_until > now:
        left = words.days_left(line.protected_until, now)
        clock = _("保护{left}，{day} 到期").format(left=left, day=words.day_time(line.protected_until))
    else:
        clock = _("不在保护期")
    touched = (
        _("最近有效跟进：{day}").format(day=words.day(line.last_effective_at))
        if line.last_effective_at
        else _("还没有有效跟进")
    )
    offered = (
        buttons.write_follow_up(line.customer_id, line.name),
        buttons.show_customer(line.customer_id, line.name, _("查看")),
    )
    command = _("跟进 {name}").format(name=line.name)
    return Item(line.name, (_("{stage} · {clock}").format(stage=stage, clock=clock), touched), offered, command=command)


def _paging(page: int, pages: int, within_days: int) -> tuple[Button, ...]:
    turns = []
    if page > 1:
        turns.append(buttons.mine_page(_("上一页"), page - 1, within_days))
    if page < pages:
        turns.append(buttons.mine_page(_("下一页"), page + 1, within_days))
    return tuple(turns)

"""
How values are written for people: dates, money, names of things. The only place for such formats.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cards.translation import _

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
WEEKDAYS: Final = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
FEN_PER_YUAN: Final = 100
YUAN_PER_WAN: Final = 10_000
HOUR: Final = timedelta(hours=1)
ALMOST_A_DAY: Final = timedelta(hours=23)


def day(value: date | datetime) -> str:
    """
    8月22日 周六
    """
    local = value.astimezone(SHANGHAI).date() if isinstance(value, datetime) else value
    return _("{month}月{day}日 {weekday}").format(month=local.month, day=local.day, weekday=WEEKDAYS[local.weekday()])


def day_time(value: datetime) -> str:
    """
    8月22日 周六 18:00
    """
    return f"{day(value)} {value.astimezone(SHANGHAI):%H:%M}"


def clock_time(value: datetime) -> str:
    """
    18:00
    """
    return f"{value.astimezone(SHANGHAI):%H:%M}"


def money(fen: int) -> str:
    """
    ¥12,800.00
    """
    return f"¥{fen / FEN_PER_YUAN:,.2f}"


def amount(fen: int | None, max_fen: int | None = None) -> str:
    """
    An expected amount the way sellers say it: 50 万元, 20–30 万元, 8,000 元; empty when there is none.
    """
    if fen is None:
        return ""
    if max_fen is not None and max_fen != fen:
        return _("{low}–{high}").format(low=_plain_amount(fen), high=_plain_amount(max_fen))
    return _plain_amount(fen)


def _plain_amount(fen: int) -> str:
    yuan = fen / FEN_PER_YUAN
    if yuan >= YUAN_PER_WAN:
        return _("{number} 万元").format(number=f"{yuan / YUAN_PER_WAN:,.4f}".rstrip("0").rstrip("."))
    return _("{number} 元").format(number=f"{yuan:,.2f}".rstrip("0").rstrip("."))


def days_left(end: datetime, now: datetime) -> str:
    """
    剩 7 天, 剩 5 小时, 已到期; an hour short of a whole day still counts as that day.
    """
    left = end - now
    if left > ALMOST_A_DAY:
        left += HOUR
    if left <= timedelta():
        return _("已到期")
    if left.days >= 1:
        return _("剩 {n} 天").format(n=left.days)
    return _("剩 {n} 小时").format(n=max(1, left.seconds // 3600))


def short_day(value: datetime) -> str:
    """
    8月22日
    """
    local = value.astimezone(SHANGHAI)
    return _("{month}月{day}日").format(month=local.month, day=local.day)


def pool_name(key: str) -> str:
    """
    A pool's name.
    """
    return POOLS.get(key, key)


def method_name(key: str) -> str:
    """
    The way of a follow-up.
    """
    return METHODS.get(key, key)


def stage_name(key: str) -> str:
    """
    A stage's name.
    """
    return STAGES.get(key, key)


def lifecycle_name(key: str) -> str:
    """
    The state of a customer as people speak of it.
    """
    return LIFECYCLES.get(key, key)


def amount_band(key: str) -> str:
    """
    An expected amount as a group may read it.
    """
    return AMOUNT_BANDS.get(key, key)


def band_name(key: str) -> str:
    """
    The rough stage other sellers may know.
    """
    return BANDS.get(key, key)


POOLS: Final = {
    "new": _("新线索池"),
    "regional": _("区域公海"),
    "sleeping": _("沉睡池"),
    "strategic": _("战略池"),
    "handover": _("交接池"),
}
METHODS: Final = {
    "call": _("电话"),
    "visit": _("拜访"),
    "meeting": _("会议"),
    "wechat": _("微信"),
    "email": _("邮件"),
    "other": _("其他"),
}
STAGES: Final = {
    "lead": _("线索获取"),
    "first_contact": _("初步接洽"),
    "needs_analysis": _("需求分析"),
    "proposal": _("方案报价"),
    "negotiation": _("商务谈判"),
    "contract": _("合同签订"),
    "delivery": _("项目交付"),
    "payment": _("客户回款"),
    "lost": _("流失/输单"),
    "on_hold": _("暂缓"),
}
BANDS: Final = {
    "early": _("早期"),
    "advancing": _("推进中"),
    "signing": _("签约阶段"),
    "lost": _("已流失"),
    "on_hold": _("暂缓"),
}
LIFECYCLES: Final = {
    "lead_pool": _("线索池"),
    "in_progress": _("跟进中"),
    "won": _("已成交"),
    "lost": _("流失"),
}
AMOUNT_BANDS: Final = {
    "unknown": _("金额未知"),
    "below_500k": _("50 万元以下"),
    "from_500k": _("50–200 万元"),
    "from_2m": _("200–500 万元"),
    "from_5m": _("500 万元以上"),
}
FIELDS: Final = {
    "name": _("客户名称"),
    "contact": _("联系人"),
    "title": _("职位"),
    "phone": _("电话"),
    "email": _("邮箱"),
    "amount": _("预计金额"),
    "source": _("来源"),
    "region": _("地区"),
    "industry": _("行业"),
    "need": _("需求"),
}

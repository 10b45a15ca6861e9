"""
What administrators are told about a platform account: what is the matter, what it means, what to do.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cards import words
from cards.model import Card, Fields, Row, Text
from cards.people import platform_name
from cards.translation import _

_LONG_CONNECTION: Final = _(
    "长连接断开已久，这个平台上没人收得到回复。请检查服务器的网络，以及后台里应用是否停用、密钥是否换过。"
)
_OUTAGE: Final = _(
    "聊单发给这个平台的消息有一阵子都没有成功，正在排队，恢复后自动补发。"
    "请检查服务器到平台的网络，以及平台有没有故障公告；不必重发。"
)
_OTHER: Final = _("平台拒绝了聊单的调用，多半是权限、IP 白名单或卡片模板没有设好。请对照接入文档检查后台的设置。")
_USED_UP: Final = _("本月的接口调用已经用完：刚说过话的会话照常答复，其他消息排队等待。请续购，或等下月自动恢复。")
_SENTENCES: Final = {
    "warning": _(
        "按现在的速度，本月的接口调用不够用到月底，聊单已经开始节省：不再更新发出的卡片。买过更多的，请更新设置里的额度。"
    ),
    "saving": _("本月的接口调用快用完了，已发出的卡片不再更新；点旧卡片仍会说明结果。"),
    "withheld": _("本月的消息额度已经用完：平台只说有人说话，不给内容。请续购，或等下月自动恢复。"),
    "dingtalk_quota_reserve": _("本月的接口调用所剩不多，留给需要处理的卡片，通知和提醒推迟发送。"),
    "feishu_99991403": _USED_UP,
    "dingtalk_90020": _USED_UP,
    "dingtalk_Forbidden.AccessDenied.ApiCountLimitForOrg": _USED_UP,
}

_BY_SOURCE: Final = {"connection": _LONG_CONNECTION, "outage": _OUTAGE}


def account_trouble(source: str, source_id: str, message: str, at: datetime) -> Card:
    """
    One alarm in words. `source_id` begins with the account, `platform/name`, and ends with what kind of trouble it is.
    """
    platform, _slash, rest = source_id.partition("/")
    account = rest.replace("@", ":").partition(":")[0]
    kind = source_id.rpartition(":")[2]
    said = _BY_SOURCE.get(source) or _SENTENCES.get(kind, _OTHER)
    rows = (
        Row(_("平台账号"), f"{platform_name(platform)} {account}"),
        Row(_("发现时间"), words.day_time(at)),
        Row(_("给技术人员"), message),
    )
    return Card(_("平台账号要处理"), tone="orange", elements=(Text(said), Fields(rows)))


def lost(dead: int, uncertain: int, events: int, reason: str) -> Card:
    """
    What was given up and is now for an administrator to decide. `reason` is the newest one, for technicians.
    """
    counted = (
        (_("没有送到的消息"), dead, _("{count} 条")),
        (_("不知道送到没有"), uncertain, _("{count} 条")),
        (_("没有处理成的事件"), events, _("{count} 个")),
    )
    rows = [Row(label, unit.format(count=count)) for label, count, unit in counted if count]
    said = Text(_("有消息试了多次仍没有成功，聊单不再自动重试，以免重复打扰。"))
    note = Text(_("在服务器上运行 liaodan outbox list 查看，liaodan outbox retry 编号 再试。"), tone="note")
    return Card(
        _("有消息没有送到"), tone="orange", elements=(said, Fields((*rows, Row(_("给技术人员"), reason))), note)
    )

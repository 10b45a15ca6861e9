"""
Sentences for refusals: what cannot be done, and what to do now. One entry per `UserError` code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cards.model import Button, Card, Text
from cards.translation import _
from cards.words import day_time

SENTENCES: Final[Mapping[str, str]] = {
    "customer_not_found": _("没有找到这个客户。可以换个关键词再试，或发送“我的客户”查看名下客户。"),
    "not_in_pool_any_more": _("这个客户不在公海，或者你不能领取。发送“公海”可以看到现在能领取的客户。"),
    "customer_ambiguous": _("有不止一个客户符合“{query}”：{names}。请说得更完整一些。"),
    "no_approver": _("系统里没有可以审批的上级，请联系系统管理员为你设置直属主管。"),
    "member_not_found": _("没有找到同事“{name}”，请核对姓名后再试。"),
    "name_missing": _("请写上客户名称，例如：{example}"),
    "content_missing": _("请写上跟进内容，例如：跟进 云途科技 电话沟通，客户要报价，下周三下午3点前给"),
    "follow_up_too_long": _("跟进内容太长，最多 {limit} 个字，请删减后再发。"),
    "card_outdated": _("这张卡片已经过时，请重新发送命令查看最新情况。"),
    "draft_closed": _("这份报备已经提交或取消，不能再改。要重新报备，请直接发送客户信息。"),
    "login_unproved": _("在这里还不能确认是你本人发的消息，不能给你登录链接。请用浏览器打开 {address} 登录。"),
    "not_entitled": _("这一步只有指定的审批人可以操作。"),
    "not_for_you": _("这张卡片不是发给你的，不能代为操作。"),
    "decide_on_card": _(
        "这里的文字消息不能证明是你本人写的，不能用来审批或作别的决定。"
        "请在卡片上点按钮；没有按钮的话，请到其他平台的聊单里处理，或请管理员把钉钉改为 Stream 模式。"
    ),
    "too_busy": _("系统正忙，刚才的操作没有完成，请过几秒再点一次。"),
    "lookup_limit": _("今天的查询次数（{limit} 次）已用完，明天 0 点恢复。急用请联系主管协助查询。"),
    "administrators_only": _("只有系统管理员可以操作这一步，请把卡片上的内容告诉他们。"),
    "superiors_only": _("只有原负责人的主管或系统管理员可以分配交接的客户。"),
    "nothing_to_hand_over": _("{name} 没有留在交接池里的客户。发送“交接”可以看到还有哪些客户等待分配。"),
    "heir_is_no_seller": _("{name} 不是销售，不能接手客户，请选择其他同事。"),
    "heir_is_full": _("{name} 名下客户已达上限（{limit} 家），请选择其他同事。"),
    "handover_names_missing": _("请写明谁的客户交给谁，例如：{example}"),
    "link_number_missing": _("请写上编号，例如：{example}"),
    "number_missing": _("请写上卡片文字里的编号，例如：{example}"),
    "approval_not_found": _("没有编号 {number} 的审批等你处理。发送“待审批”可以看到每一项的编号。"),
    "destination_unknown": _("没有“{said}”这个去向。可以写：{choices}。"),
    "request_not_found": _("你没有编号 {number} 的申请。发送“撤回”可以看到等待审批的每一项和编号。"),
    "join_not_found": _("没有编号 {number} 的协作申请等你答复。编号写在申请的消息里，请核对后再试。"),
    "task_not_found": _("你的待办里没有编号 {number}。发送“待办”可以看到每一项的编号。"),
    "draft_not_found": _("没有编号 {number} 的报备在填写，可能已经过了 24 小时。请重新发送客户信息。"),
    "departures_not_found": _("没有编号 {number} 的离职名单等你确认，请看最新的名单。"),
    "link_holds_work": _(
        "{name} 在两个平台上都有在办的客户、申请或审批，不能直接合并。请先把其中一边的客户移交出去，再来关联。"
    ),
    "destination_member_left": _("{name} 已经离职，请选择其他去向。"),
    "destination_not_in_sales": _("{name} 不是销售，不能负责客户，请选择其他去向。"),
    "destination_holding_cap": _("{name} 名下客户已达上限（{limit} 家），请选择其他去向。"),
}


def sentence(code: str, values: Mapping[str, object]) -> str:
    """
    The sentence for a code with its values filled in.
    """
    template = SENTENCES.get(code)
    if template is None:
        msg = f"cards.errors: no sentence for {code!r}; add it to SENTENCES"
        raise KeyError(msg)
    return template.format_map({name: _shown(value) for name, value in values.items()})


def refusal(code: str, values: Mapping[str, object], *, buttons: tuple[Button, ...] = ()) -> Card:
    """
    A refusal as a card.
    """
    return Card(_("没有办成"), tone="orange", elements=(Text(sentence(code, values)),), buttons=buttons)


def internal(number: str) -> Card:
    """
    Something broke on our side; the number finds it in the log.
    """
    lines = (
        Text(_("系统出了点问题，这一步没有完成，也没有改动任何数据。")),
        Text(_("请稍后再试；如果一直这样，请把编号告诉管理员。")),
    )
    return Card(_("出错了"), tone="red", status=_("编号 {number}").format(number=number), elements=lines)


def internal_line(number: str) -> str:
    """
    The same as one line, for a toast.
    """
    return _("系统出了点问题，没有改动数据，请稍后再试（编号 {number}）").format(number=number)


def _shown(value: object) -> object:
    return day_time(value) if isinstance(value, datetime) else value

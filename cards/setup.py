"""
What the set-up page (接入平台) says around the steps of `cards/connect.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cards.connect import PLATFORMS
from cards.translation import _

WORDS: Final[Mapping[str, str]] = {
    "title": _("接入平台"),
    "lead": _("选一个平台，照着填后台里的几个值，聊单会逐步实测。"),
    "connected": _("已接入的账号"),
    "try": _("检查"),
    "me": _("试发给谁"),
    "me_hint": _("填通讯录里的姓名；会收到一条消息和一张卡片。"),
    "account": _("账号名"),
    "account_hint": _("您给这个账号起的名字，出现在回调地址里。"),
    "account_rule": _("只用 1 到 20 个小写字母和数字。"),
    "secret_hint": _("不会显示，也不会写进日志。"),
    "template": _("卡片模板在源码的 adapters/dingtalk/template/liaodan-card.json，导入并发布后得到模板 ID。"),
    "more": _("更多设置（多半不用填）"),
    "submit": _("保存并检查"),
    "submit_demo": _("检查"),
    "demo_keeps_nothing": _("演示模式只检查，不保存。"),
    "steps": _("检查结果"),
    "running": _("正在检查……"),
    "back": _("返回"),
    "change": _("改设置"),
}

_FAULTS: Final[Mapping[str, str]] = {
    "missing": _("这一项必须填。"),
    "number": _("这一项只能是数字。"),
    "invalid": _("没有填，或格式不对；请从后台完整复制一次。"),
    "unknown": _("没有这个设置。"),
}


def place(platform: str, account: str) -> str:
    """
    An account as people call it.
    """
    return _("{platform} · {account}").format(platform=PLATFORMS[platform], account=account)


def fault(why: str) -> str:
    """
    What is wrong with a value.
    """
    return _FAULTS[why]


def kept(path: str) -> str:
    """
    The settings are in the file; a restart puts them to use.
    """
    return _("已保存到 {path}。重启聊单后，再到这一页检查收消息和卡片。").format(path=path)


def not_kept(reason: str) -> str:
    """
    The file could not be written.
    """
    return _("没有保存：{reason}。请用环境变量设置，或在服务器上运行 liaodan connect。").format(reason=reason)

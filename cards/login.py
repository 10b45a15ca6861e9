"""
What the sign-in pages say: labels, explanations, and one sentence for each refusal with what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cards.model import Button, Card, Text
from cards.translation import _
from cards.words import clock_time, day_time

PLATFORMS: Final[Mapping[str, str]] = {"wecom": _("企业微信"), "dingtalk": _("钉钉"), "feishu": _("飞书")}
BROWSERS: Final[Mapping[str, str]] = {
    "wxwork": PLATFORMS["wecom"],
    "DingTalk": PLATFORMS["dingtalk"],
    "Lark": PLATFORMS["feishu"],
    "Feishu": PLATFORMS["feishu"],
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
"""What a browser calls itself, in the order to be looked for: most claim to be Chrome or Safari as well."""

ROLES: Final[Mapping[str, str]] = {
    "sales": _("销售"),
    "senior_sales": _("资深销售"),
    "manager": _("销售主管"),
    "director": _("销售总监"),
    "executive": _("总经理"),
    "admin": _("系统管理员"),
    "legal": _("法务"),
    "finance": _("财务"),
    "engineer": _("工程师"),
    "service_director": _("服务总监"),
    "channel_manager": _("渠道经理"),
}

WORDS: Final[Mapping[str, str]] = {
    "product": _("聊单"),
    "sign_in": _("登录"),
    "sign_in_lead": _("用公司的聊天软件登录，不用另记密码。"),
    "no_platform": _("还没有接入聊天平台。管理员可以先用密码登录。"),
    "by_password": _("管理员密码登录"),
    "name": _("用户名"),
    "password": _("密码"),
    "code": _("动态码"),
    "code_hint": _("验证器里的 6 位数字；手机不在身边时填一个恢复码"),
    "submit": _("登录"),
    "demo": _("演示：直接以某人登录"),
    "demo_hint": _("只有演示模式才有，正式环境没有这些按钮。"),
    "app_wait": _("正在登录"),
    "app_wait_hint": _("正在确认你的身份，马上就好。如果停在这里，请点下面的按钮。"),
    "again": _("重新登录"),
    "confirm": _("确认登录"),
    "setup": _("设置管理员密码"),
    "setup_scan": _("1. 用验证器扫码"),
    "setup_scan_hint": _("任何支持 TOTP 的验证器都可以；不能扫码时手工输入下面的密钥。"),
    "setup_secret": _("密钥"),
    "setup_password": _("2. 设置密码"),
    "setup_password_hint": _("至少 12 个字符，可以是一句话。"),
    "setup_repeat": _("再输一遍密码"),
    "setup_code": _("3. 填写验证器显示的 6 位数字"),
    "setup_submit": _("完成设置"),
    "recovery": _("请保存恢复码"),
    "recovery_hint": _("手机丢失时，用一个恢复码代替动态码登录，每个只能用一次。它们只显示这一次。"),
    "recovery_go": _("已保存，继续"),
    "me": _("我"),
    "back": _("返回"),
    "title": _("职务"),
    "roles": _("角色"),
    "department": _("部门"),
    "manager": _("直属主管"),
    "none": _("（无）"),
    "sessions": _("已登录的设备"),
    "this_device": _("本机"),
    "sign_out": _("退出登录"),
    "sign_out_elsewhere": _("退出其他设备"),
    "sign_out_ask": _("要退出登录吗？"),
    "only_here": _("没有在其他设备上登录。"),
    "unknown_browser": _("未知浏览器"),
}

_METHODS: Final[Mapping[str, str]] = {"password": _("密码"), "demo": _("演示登录")}


@dataclass(frozen=True)
class Refusal:
    """
    A sign-in that did not work: what happened, and what to do now.
    """

    title: str
    text: str


REFUSALS: Final[Mapping[str, Refusal]] = {
    "state": Refusal(
        _("登录没有完成"),
        _("登录请求已失效：可能等得太久，或链接来自别的浏览器。请在这个浏览器里从 {address} 重新登录。"),
    ),
    "cancelled": Refusal(_("登录已取消"), _("你在{platform}里取消了登录，或没有授权。需要时可以重新登录。")),
    "code": Refusal(_("登录没有完成"), _("{platform}的登录码已失效，请重新登录一次；如果一直这样，请联系管理员。")),
    "platform_silent": Refusal(_("登录没有完成"), _("暂时连不上{platform}，请过一会儿再试。")),
    "no_account": Refusal(_("不能这样登录"), _("这里没有接入{platform}，请换一种方式登录，或联系管理员。")),
    "not_member": Refusal(
        _("还不是成员"), _("{platform}认得你，但聊单里还没有你。请联系管理员把你加入，然后重新登录。")
    ),
    "left": Refusal(_("不能登录"), _("这位同事已经离职或不存在，请换一位。")),
    "form": Refusal(_("页面已过期"), _("这个页面打开得太久或来自别的网站，没有执行任何操作。请返回后重试。")),
    "wrong": Refusal(_("没有登录"), _("用户名、密码或动态码不对。动态码每 30 秒换一次，用过的不能再用。")),
    "too_many": Refusal(
        _("尝试次数太多"),
        _("为了安全，{until}之前不能再试。着急时可以用聊天软件登录，或请人在服务器上运行 liaodan admin link。"),
    ),
    "login_busy": Refusal(_("请稍等"), _("同时登录的人太多，请过几秒再试。")),
    "link_gone": Refusal(
        _("链接已失效"), _("这个设置链接用过了或已过期。请在服务器上运行 liaodan admin link 重新生成。")
    ),
    "chat_link_gone": Refusal(
        _("链接已失效"), _("这个登录链接用过了或超过了 5 分钟。请在聊天里再发一次“登录”，用新的链接。")
    ),
    "password_short": Refusal(_("密码不合适"), _("密码太短，至少要 12 个字符。可以用一句只有你知道的话。")),
    "password_long": Refusal(_("密码不合适"), _("密码太长，最多 200 个字符。")),
    "password_simple": Refusal(_("密码不合适"), _("密码太简单：不要重复同几个字符，也不要包含用户名。")),
    "password_differs": Refusal(_("密码不合适"), _("两次输入的密码不一样，请重新输入。")),
    "code_wrong": Refusal(_("动态码不对"), _("请填写验证器现在显示的 6 位数字；如果一直不对，请校准手机时间。")),
    "admin_only": Refusal(_("只有系统管理员能打开"), _("请用管理员的身份登录，或请管理员来做。")),
    "not_found": Refusal(_("没有这个页面"), _("请检查地址，或从登录页重新进入。")),
    "too_large": Refusal(_("内容太多"), _("提交的内容太多，没有执行任何操作。请缩短后重试。")),
    "broken": Refusal(_("系统出了点问题"), _("这一步没有完成。请稍后再试；如果一直这样，请告诉管理员出错的时间。")),
}


def refusal(code: str, values: Mapping[str, object]) -> Refusal:
    """
    The refusal for a code with its values filled in.
    """
    found = REFUSALS[code]
    shown = {name: day_time(value) if isinstance(value, datetime) else value for name, value in values.items()}
    return Refusal(found.title, found.text.format_map(shown))


def platform_name(platform: str) -> str:
    """
    A platform as people call it.
    """
    return PLATFORMS.get(platform, platform)


def sign_in_with(platform: str, account: str) -> str:
    """
    The label of a sign-in button; the account is named where there are several.
    """
    name = platform_name(platform)
    if not account:
        return _("用{platform}登录").format(platform=name)
    return _("用{platform}登录（{account}）").format(platform=name, account=account)


def role_names(roles: object) -> str:
    """
    The roles of a member in one line.
    """
    return "、".join(ROLES.get(str(role), str(role)) for role in roles) if isinstance(roles, (list, tuple)) else ""


def method_name(method: str, platform: str) -> str:
    """
    How somebody signed in.
    """
    return _METHODS.get(method) or platform_name(platform)


def session_line(method: str, platform: str, created_at: datetime, seen_at: datetime) -> str:
    """
    One device: how it signed in, since when, and when it was used last.
    """
    return _("{method}，{since} 登录，最近使用 {seen}").format(
        method=method_name(method, platform), since=day_time(created_at), seen=clock_time(seen_at)
    )


def sign_in_link(name: str, url: str) -> Card:
    """
    The answer to 登录: a link that works once.
    """
    lines = (
        Text(_("点下面的按钮，以{name}的身份登录网页。").format(name=name)),
        Text(_("链接 5 分钟内有效，只能用一次，请不要转发。"), tone="note"),
    )
    return Card(_("登录网页"), elements=lines, buttons=(Button(_("打开登录页"), url=url, style="primary"),))


def link_lead(name: str) -> str:
    """
    Whom a link from the chat signs in.
    """
    return _("以{name}的身份在这台设备上登录聊单。如果不是你自己要的链接，请关闭这个页面。").format(name=name)


def setup_lead(member: str, name: str) -> str:
    """
    Whom a set-up link is for.
    """
    return _("为{member}设置，用户名是 {name}。").format(member=member, name=name)

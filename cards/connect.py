"""
What is said while a platform is connected: the steps, how each ended, what to do next, and the card that tries it out.

Explanations of the platforms' own errors are in `connect_errors.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cards.action import Action
from cards.connect_errors import REASONS
from cards.model import Button, Card, Text
from cards.translation import _

PLATFORMS: Final[Mapping[str, str]] = {"wecom": _("企业微信"), "dingtalk": _("钉钉"), "feishu": _("飞书")}

STEPS: Final[Mapping[str, str]] = {
    "token": _("凭证"),
    "inbound": _("接收消息"),
    "directory": _("通讯录"),
    "send": _("发消息给您"),
    "card": _("卡片往返"),
}

MARKS: Final[Mapping[str, str]] = {"good": "✔", "failed": "✘", "left_out": "–"}

_OUTCOMES: Final[Mapping[str, str]] = {
    "token": _("平台接受了这些凭证。"),
    "connected": _("长连接已连上，不需要公网地址。"),
    "reached": _("平台已能访问回调地址。"),
    "answers": _("回调地址通到聊单。平台是否填对了它，由“卡片往返”这一步证明。"),
    "directory": _("能读到 {people} 人、{departments} 个部门。"),
    "sent": _("已发出一条消息，请在聊天软件里查看。"),
    "clicked": _("卡片已送达，点击也已收到。"),
}

_LEFT_OUT: Final[Mapping[str, str]] = {
    "bot_needs_none": _("只用智能机器人，不需要这一步。"),
    "bot_reads_none": _("只用智能机器人时读不到通讯录，请用 liaodan member add 添加成员。"),
    "no_receiver": _("没有说发给谁；加上 --me 姓名 再试。"),
    "not_sent": _("消息没有发出，卡片也不用试了。"),
    "no_template": _("没有填卡片模板 ID，所以没有可点的卡片。请导入卡片模板，填上模板 ID 再试。"),
    "bot_sends_there": _("机器人只能由正在运行的聊单发消息；请打开聊单的 /setup 页试。"),
    "no_token": _("凭证被拒绝，这一步没有做。"),
    "restart": _("聊单正在运行，还不知道这个账号。请重启聊单，再运行 liaodan doctor --platform {place}。"),
}


@dataclass(frozen=True)
class TryConnection(Action):
    """
    收到了: the card came, and this click shows that answers come back. Answered before anything else is looked at.
    """

    NAME = "connection.try"
    ref: str


def sentence(state: str, code: str, values: Mapping[str, object]) -> str:
    """
    How a step ended: for a failure what is wrong, and then what to do.
    """
    match state:
        case "good":
            return _OUTCOMES[code].format(**values)
        case "left_out":
            return _LEFT_OUT[code].format(**values)
        case _:
            return explained(code, values)


def explained(code: str, values: Mapping[str, object]) -> str:
    """
    A failure in one sentence; an error nobody has explained yet at least keeps its name for the documentation.
    """
    known = REASONS.get(code)
    if known is not None:
        return known.format(**values)
    return _("平台没有接受，错误是 {code}。请在 docs/admin 里该平台那一页的“出错时”查这个错误。").format(code=code)


def waiting(step: str, address: str) -> str:
    """
    What a person has to do now, so that a step can go on.
    """
    if step == "inbound":
        return _("请在后台把回调地址填为 {address} 并保存，正在等平台来验证……").format(address=address)
    return _("请在聊天软件里点卡片上的“收到了”，正在等这次点击……")


def summary(failed: int) -> str:
    """
    The last line.
    """
    if not failed:
        return _("全部通过。")
    return _("{failed} 步没有通过，改好后再试一次。").format(failed=failed)


def opening(platform: str, account: str) -> str:
    """
    The first line of the questions.
    """
    text = _("接入{platform}（账号 {account}）。每一项都写明在后台哪里找；直接回车用方括号里的值。")
    return text.format(platform=PLATFORMS[platform], account=account)


def not_valid(name: str) -> str:
    """
    A value has not the form that the platform gives it.
    """
    return _("{name} 的格式不对，请从后台完整复制一次。").format(name=name)


def ask_for_me() -> str:
    """
    Who gets the messages that try the connection out.
    """
    return _("试发给谁？填通讯录里的姓名（直接回车跳过）：")


def saved(path: str) -> str:
    """
    Where the settings are now.
    """
    return _("已写入 {path}，只有文件主人能读。").format(path=path)


def template_written(path: str) -> str:
    """
    What to do with the template file.
    """
    text = _("卡片模板已写到 {path}。请到 卡片平台 → 新建模板 → 更多 → 导入 JSON，保存并发布，再复制模板 ID。")
    return text.format(path=path)


def next_step(*, is_running: bool) -> str:
    """
    What is left after everything was tried.
    """
    return _("请重启聊单，让它用上这个账号。") if is_running else _("现在用 liaodan serve 启动聊单。")


def hello() -> str:
    """
    The message that shows a person that messages arrive.
    """
    return _("你好，我是聊单。看到这句话，说明我能给你发消息了。")


def try_card(ref: str) -> Card:
    """
    The card whose button shows that clicks arrive.
    """
    lines = (Text(_("请点下面的按钮，看看点击能不能送到聊单。")),)
    button = Button(_("收到了"), TryConnection(ref).card_action(), style="primary")
    return Card(_("试一下卡片"), elements=lines, buttons=(button,))


def tried_card() -> Card:
    """
    Its face after the click.
    """
    return Card(_("卡片往返正常"), tone="green", elements=(Text(_("点击已经送到，聊单在这里可以用了。"), tone="good"),))


def arrived() -> str:
    """
    The line shown to who clicked.
    """
    return _("点击已送到")

"""
What the bot says whatever the topic: to strangers, to text it does not understand, when asked twice.
"""

from __future__ import annotations

from cards import buttons
from cards.actions import KeepDialogue, SwitchDialogue
from cards.model import Button, Card, Text
from cards.translation import _


def stranger() -> Card:
    """
    For somebody who is no member: whom to ask, and nothing about what is inside.
    """
    lines = (
        Text(_("你好，我是聊单。你还不是这家公司的成员，所以我不能为你办理业务。")),
        Text(_("请联系公司的系统管理员把你加入成员名单，加入后再给我发消息即可。"), tone="note"),
    )
    return Card(_("还不能使用聊单"), tone="grey", elements=lines)


def not_understood(text: str) -> Card:
    """
    A short helpful answer to a text that is no command and no registration.
    """
    lines = (
        Text(_("没看懂“{text}”。可以这样发：").format(text=_shortened(text)) if text.strip() else _("可以这样发：")),
        Text(
            _(
                "报备 杭州云途科技 张伟 13800001111 预算50万\n查客户 云途\n"
                "跟进 云途 电话沟通，客户要报价，下周三给\n我的客户"
            )
        ),
    )
    return Card(
        _("我能帮你做这些"),
        elements=lines,
        buttons=(buttons.run(_("全部功能"), "help"), buttons.run(_("我的客户"), "my_customers")),
    )


def sent_privately() -> str:
    """
    In a group, when the answer went to the direct chat.
    """
    return _("内容涉及客户资料，已发到你和我的单聊里。")


def leave_dialogue(doing: str, command: str, key: str) -> Card:
    """
    A command arrived while something is being filled in: which of the two is meant?
    """
    text = Text(
        _("你正在{doing}，还没有提交。要放弃它，去做“{command}”吗？已填的内容在选择之前都会保留。").format(
            doing=doing, command=command
        )
    )
    hint = Text(_("直接回复上一个问题就是继续填写；发送“取消”就是放弃。"), tone="note")
    offered = (
        Button(_("继续填写"), KeepDialogue().card_action(), style="primary"),
        Button(_("放弃并继续"), SwitchDialogue(key).card_action(), style="danger", command=_("取消")),
    )
    return Card(_("先确认一下"), tone="orange", elements=(text, hint), buttons=offered, commands=(_("取消"),))


def nothing_to_cancel() -> str:
    """
    取消 without anything open.
    """
    return _("现在没有正在填写的内容。发送“帮助”可以看到我能做什么。")


def cancelled(doing: str) -> str:
    """
    取消 ended a dialogue.
    """
    return _("好的，已取消{doing}，没有保存任何内容。").format(doing=doing)


def old_button() -> str:
    """
    A button of a card this version does not know any more.
    """
    return _("这张卡片来自旧版本，按钮已失效。请重新发送命令。")


def greeting(name: str) -> Card:
    """
    When somebody opens the chat.
    """
    lines = (
        Text(_("{name}，你好！把客户信息发给我就能报备，我会马上查重并告诉你结果。").format(name=name)),
        Text(_("例如：报备 杭州云途科技 张伟 13800001111 预算50万 展会"), tone="note"),
    )
    return Card(
        _("你好，我是聊单"),
        elements=lines,
        buttons=(
            buttons.run(_("我的客户"), "my_customers"),
            buttons.run(_("公海"), "pool"),
            buttons.run(_("帮助"), "help"),
        ),
    )


def group_greeting(*, external: bool) -> Card:
    """
    When the bot was added to a group.
    """
    if external:
        return Card(
            _("我不能在外部群里工作"),
            tone="grey",
            elements=(Text(_("这个群里有公司以外的人，为保护客户资料，我不会在这里发送任何内容。")),),
        )
    lines = (
        Text(_("大家好，我是聊单。在群里 @我 就能报备客户，例如：@聊单 报备 杭州云途科技 张伟 13800001111")),
        Text(_("涉及客户资料的回答会发到个人单聊，不在群里显示。"), tone="note"),
    )
    return Card(_("聊单来了"), elements=lines)


def not_in_external_groups() -> str:
    """
    A button pressed in a group with people of other companies.
    """
    return _("这个群里有公司以外的人，不能在这里操作。请在单聊里找我。")


def text_withheld() -> str:
    """
    The platform announced a message and kept its text back.
    """
    return _("我收到了你的消息，但看不到内容：公司本月的钉钉消息额度已用完。请告诉系统管理员续购，急事请直接联系同事。")


DOING = {
    "registration": _("填写报备"),
    "follow_up": _("写跟进"),
    "reject_reason": _("填写驳回原因"),
    "delegate": _("选择转交对象"),
    "return_reason": _("填写退回原因"),
    "join_reason": _("申请协作"),
}


def doing(topic: str) -> str:
    """
    What an open dialogue is about.
    """
    return DOING.get(topic, _("填写内容"))


def _shortened(text: str, limit: int = 30) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"

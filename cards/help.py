"""
帮助: what the bot can do, in groups, and each command explained with examples.

`TOPICS` is the literal list of commands; a meta test keeps it equal to the routes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cards import buttons
from cards.model import Card, Text
from cards.translation import _


@dataclass(frozen=True)
class Topic:
    """
    One command: its word, what it does in a line, examples to send, and what else to know.
    """

    word: str
    line: str
    examples: tuple[str, ...]
    detail: str


TOPICS: Final[dict[str, Topic]] = {
    "register": Topic(
        _("报备"),
        _("报备新客户，自动查重"),
        (_("报备 杭州云途科技 张伟 13800001111 预算50万 展会"), _("报备")),
        _("一句话、名片、签名、多行表单都看得懂。核对卡片后点“提交”才会保存；提交后由主管审批，同意后进入保护期。"),
    ),
    "dedup_check": Topic(
        _("查重"),
        _("看客户有没有人报备过"),
        (_("查重 云途科技"), _("查重 13800001111")),
        _("告诉你是否重复、归谁、保护到几号，不显示联系方式。每人每天 30 次。"),
    ),
    "find_customer": Topic(
        _("查客户"),
        _("查看你能看到的客户"),
        (_("查客户 云途"), _("查客户 1111")),
        _("支持名称片段、同音字和电话后四位。卡片上有保护倒计时、最近跟进和可用的按钮。"),
    ),
    "my_customers": Topic(
        _("我的客户"),
        _("列出你名下的客户"),
        (_("我的客户"), _("我的客户 7天内到期")),
        _("按保护到期时间排序，可以直接写跟进。"),
    ),
    "follow_up": Topic(
        _("跟进"),
        _("写一条跟进"),
        (_("跟进 云途 电话沟通，客户要报价，下周三下午3点前给"),),
        _("写清联系方式、至少 15 个字、客户反馈或下一步，才计入有效跟进；写了时间会自动建待办。"),
    ),
    "collaborate": Topic(
        _("申请协作"),
        _("申请和负责人一起跟进"),
        (_("申请协作 云途 我认识他们采购总监"),),
        _("客户名称后面可以写原因。负责人同意后，你可以查看客户并写跟进，客户仍归对方负责。"),
    ),
    "extend": Topic(
        _("延保"),
        _("申请延长保护期"),
        (_("延保 云途"),),
        _("保护期内至少有 2 次有效跟进才能申请，由主管审批，可延一次 15 天。"),
    ),
    "pool": Topic(
        _("公海"),
        _("看看公海里能领取的客户"),
        (_("公海"),),
        _("联系方式领取后可见。"),
    ),
    "claim": Topic(
        _("领取"),
        _("领取公海客户"),
        (_("领取 云途"),),
        _("每个池有每日上限；刚入池的客户要等到开放时间，原负责人要过冷却期。"),
    ),
    "return_to_pool": Topic(
        _("退回"),
        _("把客户退回公海"),
        (_("退回 云途"),),
        _("要选择退回原因。A 级客户退回要主管同意。"),
    ),
    "todo": Topic(
        _("待办"),
        _("今天要做的事、快到期的客户"),
        (_("待办"),),
        _("跟进里写了下次时间，就会出现在这里；做完点“完成”。"),
    ),
    "approvals": Topic(
        _("我的审批"),
        _("等你处理的审批"),
        (_("我的审批"),),
        _("重新发来每一张待审批卡片，可以同意、驳回或转交；用文字也行，例如“同意 3”。"),
    ),
    "withdraw": Topic(
        _("撤回"),
        _("撤回还没批的申请"),
        (_("撤回"), _("撤回 #3")),
        _("报备、延保、退回的申请，审批人处理之前都可以撤回。不写编号会列出来让你选。"),
    ),
    "digest": Topic(
        _("日报"),
        _("你今天的简报"),
        (_("日报"),),
        _("工作日 8:45 会自动发给你，也可以随时查看。"),
    ),
    "handover": Topic(
        _("交接"),
        _("主管分配离职同事的客户"),
        (_("交接"), _("交接 小李 小王")),
        _("离职同事的客户在交接池，只有主管和管理员能分配。阶段、联系人、跟进记录和没做完的待办都保留。"),
    ),
    "link": Topic(
        _("关联成员"),
        _("管理员确认同一人的多个账号"),
        (_("关联成员"), _("关联成员 3"), _("关联成员 3 不是")),
        _("同一个人在几个平台上都有账号时，关联后待办、客户和审批就是同一份。"),
    ),
    "login": Topic(
        _("登录"),
        _("拿一个网页登录链接"),
        (_("登录"),),
        _("链接只发给你自己，5 分钟内有效，只能用一次。公司开通了扫码登录的话，直接打开网页更方便。"),
    ),
    "approve": Topic(
        _("同意"),
        _("用文字同意一项审批"),
        (_("同意 3"), _("同意 3 区域公海")),
        _("编号在审批消息里，发送“待审批”也能看到。客户报备可以写通过后的去向，不写就保护给报备人。"),
    ),
    "reject": Topic(
        _("驳回"),
        _("用文字驳回一项审批"),
        (_("驳回 3 该客户由总部直接跟进"),),
        _("编号后面写原因；不写的话我会问你。"),
    ),
    "delegate": Topic(
        _("转交"),
        _("用文字把一项审批转给同事"),
        (_("转交 3 周总"),),
        _("编号后面写同事姓名；不写的话我会列出可以转交的人。"),
    ),
    "accept_join": Topic(
        _("同意协作"),
        _("用文字同意一份协作申请"),
        (_("同意协作 3"),),
        _("编号在协作申请的消息里。同意后对方可以查看客户并写跟进，客户仍归你负责。"),
    ),
    "decline_join": Topic(
        _("谢绝"),
        _("用文字谢绝一份协作申请"),
        (_("谢绝 3"),),
        _("编号在协作申请的消息里。"),
    ),
    "finish_task": Topic(
        _("完成"),
        _("用文字完成一项待办"),
        (_("完成 #3"),),
        _("编号在待办里，发送“待办”可以看到。"),
    ),
    "submit_draft": Topic(
        _("提交"),
        _("用文字提交核对好的报备"),
        (_("提交 3"),),
        _("编号在核对报备的消息里。"),
    ),
    "review_draft": Topic(
        _("继续提交"),
        _("高度疑似时仍然提交，由审批人裁定"),
        (_("继续提交 3"),),
        _("编号在提示可能重复的消息里。"),
    ),
    "edit_draft": Topic(
        _("修改"),
        _("用文字修改还没提交的报备"),
        (_("修改 3 电话 13800001111"), _("修改 3")),
        _("编号在核对报备的消息里。后面写要改的一项和新内容；不写的话我会列出来让你选。"),
    ),
    "merge_draft": Topic(
        _("合并"),
        _("把报备的内容合并到自己的客户"),
        (_("合并 3 杭州云途科技有限公司"), _("合并 3 杭州云途科技有限公司 只补空白")),
        _("先列出两边不同的内容；再写“只补空白”或“全部用新填”才会合并。"),
    ),
    "cancel": Topic(
        _("取消"),
        _("放弃正在填写的内容"),
        (_("取消"), _("取消 3")),
        _("写上编号，就取消那一份还没提交的报备。"),
    ),
    "confirm_departures": Topic(
        _("确认离职"),
        _("管理员确认离职名单"),
        (_("确认离职 31"),),
        _("编号在请你确认名单的消息里。确认后他们的客户进交接池。"),
    ),
    "dismiss_departures": Topic(
        _("都还在职"),
        _("管理员说明名单上的人都还在职"),
        (_("都还在职 31"),),
        _("编号在请你确认名单的消息里。"),
    ),
    "help": Topic(
        _("帮助"),
        _("查看全部功能"),
        (_("帮助"), _("帮助 报备")),
        _("后面写上命令，可以看它的详细用法。"),
    ),
}
GROUPS: Final = (
    (_("新客户"), ("register", "dedup_check")),
    (_("我的客户"), ("find_customer", "my_customers", "follow_up", "extend", "collaborate")),
    (_("公海"), ("pool", "claim", "return_to_pool")),
    (_("每天"), ("todo", "approvals", "withdraw", "digest", "login", "help")),
    (_("人员"), ("handover", "link")),
)
_TYPICAL: Final = {"find_customer": "follow_up", "pool": "claim"}
SHORTCUTS: Final = ("my_customers", "pool", "todo", "approvals")


def overview() -> Card:
    """
    帮助: every command with an example.
    """
    return _help(
        tuple(Text("\n".join((_heading(title), *(_line(TOPICS[key]) for key in keys)))) for title, keys in GROUPS)
    )


def brief() -> Card:
    """
    帮助 where a card has little room: the commands of each group with one example.
    """
    return _help(tuple(Text(_heading(title) + _words(keys)) for title, keys in GROUPS))


def _help(parts: tuple[Text, ...]) -> Card:
    note = Text(_("发送“帮助 报备”看详细用法；填到一半不想要了，发送“取消”。"), tone="note")
    shortcuts = tuple(buttons.run(TOPICS[key].word, key) for key in SHORTCUTS)
    return Card(_("我能帮你做这些"), elements=(*parts, note), buttons=shortcuts)


def _heading(title: str) -> str:
    return _("【{group}】").format(group=title)


def _words(keys: tuple[str, ...]) -> str:
    words = "、".join(TOPICS[key].word for key in keys)
    return _("{words}，例如“{example}”").format(words=words, example=TOPICS[_TYPICAL.get(keys[0], keys[0])].examples[0])


def _line(topic: Topic) -> str:
    return _("{word}：{line}，例如“{example}”").format(word=topic.word, line=topic.line, example=topic.examples[0])


def one(key: str) -> Card:
    """
    One command in full.
    """
    topic = TOPICS[key]
    lines = (
        Text(_("{line}。").format(line=topic.line)),
        Text("\n".join(topic.examples), tone="strong"),
        Text(topic.detail, tone="note"),
    )
    back = buttons.run(_("全部功能"), "help")
    return Card(_("怎么用：{word}").format(word=topic.word), elements=lines, buttons=(back,))


def switched() -> Card:
    """
    The question whether to leave a dialogue, after 放弃并继续.
    """
    line = Text(_("已放弃刚才的填写，没有保存任何内容。"))
    return Card(_("先确认一下"), tone="grey", status=_("已放弃填写"), elements=(line,), closed=True)


def kept(doing: str) -> Card:
    """
    The same question after 继续填写.
    """
    line = Text(_("好的，请继续{doing}，直接回复上一个问题即可。").format(doing=doing))
    return Card(_("先确认一下"), tone="blue", status=_("继续填写"), elements=(line,), closed=True)


def keep_on(doing: str) -> str:
    """
    继续填写 as one line.
    """
    return _("请继续{doing}").format(doing=doing)


def nothing_open() -> str:
    """
    继续填写 after the dialogue has ended.
    """
    return _("刚才的填写已经结束了。需要的话请重新发送命令。")

"""
The commands of the chat and the words that call them, longest first where one contains another.
"""

from typing import Final

COMMAND_WORDS: Final = {
    "register": (
        "报备新客户 报备一个新客户 报备一个客户 报备一家客户 报备一个 报备一家 报备客户 报备一下 客户报备 "
        "我要报备 我想报备 新客户报备 新增报备 提交报备 报个备 报备 录一个客户 录个新客户 录一个新客户 "
        "录一个 录一下 录入一个 登记个 登记一家 登记新客户 登记客户 "
        "登记一个客户 登记一下 客户登记 录入新客户 录入客户 录个客户 录一个客户 新增客户 新建客户 添加客户 "
        "新客户 报客户 报个客户 报一个客户 报一下"
    ),
    "dedup_check": (
        "查重一下 查下重 客户查重 查重 查个重 查一下重 撞单查询 查撞单 有没有人报备过 有没有人报过 "
        "有没有人跟过 有没有人在跟 有人报备过吗 有人报过吗 谁报备过 谁报过 是否重复 是不是重复"
    ),
    "find_customer": (
        "查询客户 查找客户 查客户 找客户 搜客户 搜索客户 查一下客户 查下客户 客户查询 查询一下 查一下 查下 "
        "查询 搜一下 搜索"
    ),
    "my_customers": (
        "我的客户列表 我都有哪些客户 我手上的客户 我手里的客户 我负责的客户 我跟的客户 我报备的客户 "
        "我报的客户 我的客户有哪些 我的客户 我名下的客户 我名下客户 我名下都有哪些客户 "
        "我名下有哪些客户 我手上有哪些客户 查看我的客户 看我的客户 "
        "看看我的客户 看一下我的客户 "
        "我有哪些客户 我的保护客户"
    ),
    "follow_up": "写跟进 记跟进 记录跟进 添加跟进 新增跟进 录跟进 填跟进 跟进记录 客户跟进 跟进一下 跟进",
    "pool": (
        "打开公海 查看公海 看公海 看看公海 看一下公海 公海客户 公海池 公海里有什么 公海里还有什么 公海里还有啥 "
        "公海里有啥 公海还有什么 公海有啥 公海里有哪些 公海里有哪些客户 公海有哪些客户 公海有什么 "
        "公海列表 客户公海 公海"
    ),
    "claim": "领取客户 认领客户 我要领取 我要认领 领取 认领 领客户",
    "return_to_pool": "退回公海 退回到公海 放回公海 退公海 释放到公海 释放客户 退回客户 退回 释放 放弃客户 放弃保护",
    "extend": "申请延保 延长保护期 延长保护 保护期延长 延期保护 申请延期 申请延长 延保 延期",
    "todo": (
        "我的待办事项 我今天的待办 我今天有哪些待办 我有哪些待办 今天有哪些待办 今天有什么待办 我有什么待办 "
        "还有哪些待办 我的待办 待办事项 待办列表 查看待办 看待办 看看待办 今日待办 今天待办 今天的待办 待办"
    ),
    "help": (
        "使用帮助 使用说明 操作说明 怎么使用 怎么用 如何使用 帮助 菜单 功能列表 功能 指令 命令 你能做什么 "
        "你会什么 你会干什么 你会干啥 你都会干啥 你都会什么 你能干啥 你都能干啥 你都能干什么 会干啥 "
        "能干啥 有哪些功能 有什么功能 有啥功能 怎么操作 咋用 咋操作 教我用 你有什么功能 能干什么 "
        "你能干什么 help menu ?"
    ),
    "cancel": "取消报备 取消 算了 不报了 先不报了 算了不报了 算了,不报了 退出 放弃填写 不填了 停止 cancel quit",
    "collaborate": "申请协作 申请协助 请求协助 请求协作 申请加入协作 协作申请 协作 协助",
    "digest": (
        "今日日报 今天的日报 今天的晨报 今天日报 今天晨报 今早晨报 昨日日报 昨天的日报 日报 晨报 "
        "今日晨报 早报 看日报 查看日报"
    ),
    "handover": "离职交接 客户交接 交接客户 交接",
    "link": "关联成员 成员关联",
    "approve": "同意审批 同意",
    "reject": "驳回审批 驳回",
    "delegate": "转交审批 转交",
    "withdraw": "撤回报备 撤回申请 撤回审批 我的申请 撤回",
    "accept_join": "同意协作",
    "decline_join": "谢绝协作 谢绝",
    "finish_task": "完成待办 完成",
    "submit_draft": "提交",
    "review_draft": "继续提交",
    "edit_draft": "修改报备 修改",
    "merge_draft": "合并到现有客户 合并",
    "confirm_departures": "确认离职",
    "dismiss_departures": "都还在职",
    "login": "登录网页 网页登录 登录链接 打开网页版 网页版 登录后台 登录电脑版 登录 登陆",
    "approvals": (
        "我的审批 待我审批 待审批 查看审批 看审批 待我审批的 有没有要我审批的 有没有需要我审批的 "
        "有没有待审批的 要我审批的 等我审批的 需要我审批的 "
        "有哪些待审批 审批列表 审批"
    ),
}
WITH_ARGUMENT: Final = frozenset(
    {
        "register",
        "dedup_check",
        "find_customer",
        "my_customers",
        "follow_up",
        "pool",
        "claim",
        "return_to_pool",
        "extend",
        "collaborate",
        "handover",
        "link",
        "help",
    }
)
"""
Commands that may name a customer, a condition or another command behind them.
"""
GLUED_ARGUMENT: Final = frozenset(
    {"register", "dedup_check", "find_customer", "follow_up", "claim", "return_to_pool", "extend", "collaborate"}
)
"""
Commands whose argument may follow without a space (查重杭州云途).
"""
NUMBERED: Final = frozenset(
    {
        "accept_join",
        "decline_join",
        "finish_task",
        "withdraw",
        "submit_draft",
        "review_draft",
        "cancel",
        "confirm_departures",
        "dismiss_departures",
    }
)
"""
Commands that may name what they are about by its number, and nothing behind it (完成 3).
"""
NUMBERED_WITH_TEXT: Final = frozenset({"approve", "reject", "delegate", "edit_draft", "merge_draft"})
"""
The same with a text behind the number (驳回 3 资料不全).
"""

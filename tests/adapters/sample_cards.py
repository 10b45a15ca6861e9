"""
Neutral cards as the product really shows them, for the golden files and wire tests of every renderer.

Each name says what it stands for; `HOSTILE` and `ENDLESS` are what a colleague with bad intentions or a long list makes.
"""

from __future__ import annotations

from cards.model import (
    Button,
    Card,
    CardAction,
    Compare,
    CompareRow,
    DateInput,
    Divider,
    Fields,
    Form,
    Item,
    Items,
    Option,
    Row,
    Select,
    Text,
    TextInput,
)

INJECTION = (
    '<at id=all></at> **粗** [点我](https://evil.example) `x` $name$ {{x}} <font color="red">!</font> :OK:\n# 标题'
)

REGISTRATION_FORM = Card(
    title="客户报备",
    subtitle="请核对后提交",
    status="待提交",
    elements=(
        Text("已识别以下内容，可直接修改。", tone="note"),
        Form(
            name="registration",
            inputs=(
                TextInput("name", "客户名称", value="杭州云途科技有限公司", required=True, max_length=100),
                TextInput("contact", "联系人", value="张伟", placeholder="姓名"),
                TextInput("phone", "电话", value="1380000111", error="手机号应为 11 位，例如 13800001111"),
                Select(
                    "source",
                    "来源",
                    options=(Option("展会", "exhibition"), Option("转介绍", "referral"), Option("官网", "website")),
                    value="exhibition",
                ),
                DateInput("expected_on", "预计签约", value="2026-12-31"),
                TextInput("need", "需求", value="ERP\n二期", multiline=True, max_length=500),
            ),
            buttons=(
                Button("提交", CardAction("registration.submit", {"draft": 42}), style="primary"),
                Button(
                    "取消", CardAction("registration.cancel", {"draft": 42}), confirm="放弃已填写的内容？", inputs=()
                ),
            ),
        ),
    ),
    commands=("提交", "取消"),
)

CONFLICT = Card(
    title="撞单提醒",
    tone="red",
    status="已拦截",
    elements=(
        Text("该客户已被保护，本次报备未提交。", tone="error"),
        Fields(
            (
                Row("客户", "杭州云途科技有限公司"),
                Row("负责人", "小李"),
                Row("阶段", "商机前"),
                Row("保护至", "9月30日"),
            )
        ),
        Text("核心名同音：云图/云途；手机号相同", tone="note"),
    ),
    buttons=(
        Button("申请协作", CardAction("collaboration.ask", {"customer": 7}), style="primary"),
        Button("不是同一家", CardAction("dedup.not_same", {"customer": 7, "draft": 42})),
    ),
    commands=("申请协作 云途",),
)

APPROVAL = Card(
    title="报备审批",
    tone="orange",
    subtitle="小李 提交于 8月22日 周六 18:00",
    status="待审批",
    elements=(
        Fields((Row("客户", "杭州云途科技有限公司"), Row("预计金额", "¥500,000.00"))),
        Compare(
            left_title="本次报备",
            right_title="已有客户",
            rows=(
                CompareRow("名称", "杭州云途科技有限公司", "杭州云图科技有限公司"),
                CompareRow("地区", "浙江杭州", "浙江杭州"),
                CompareRow("电话", "138****1111", "138****1111"),
            ),
        ),
        Divider(),
        Form(
            name="decision",
            inputs=(
                Select(
                    "destination",
                    "去向",
                    options=(
                        Option("保护给报备人", "protect"),
                        Option("指派给小王", "assign:3"),
                        Option("公海", "pool"),
                    ),
                    value="protect",
                ),
                TextInput("reason", "驳回原因", placeholder="驳回时必填", multiline=True),
            ),
            buttons=(
                Button(
                    "同意", CardAction("approval.approve", {"approval": 9}), style="primary", inputs=("destination",)
                ),
                Button("驳回", CardAction("approval.reject", {"approval": 9}), style="danger", inputs=("reason",)),
                Button("转交", CardAction("approval.delegate", {"approval": 9}), inputs=()),
            ),
        ),
    ),
    commands=("同意 9", "驳回 9 原因"),
)

DECIDED = Card(
    title="报备审批",
    tone="green",
    status="已同意",
    elements=(
        Text("老张 于 8月22日 18:05 同意", tone="good"),
        Fields((Row("客户", "杭州云途科技有限公司"), Row("已保护至", "9月21日 周一"))),
    ),
    buttons=(Button("查看客户", url="https://crm.example.com/customers/7"),),
    link="https://crm.example.com/customers/7",
    closed=True,
)

REMINDER = Card(
    title="保护期将至",
    tone="orange",
    status="还剩 3 天",
    elements=(Text("杭州云途科技有限公司 保护至 9月21日，尚无有效跟进。", tone="strong"),),
    buttons=(
        Button("写跟进", CardAction("follow_up.start", {"customer": 7}), style="primary"),
        Button("延保", CardAction("protection.extend", {"customer": 7})),
        Button("放弃", CardAction("pool.return", {"customer": 7}), style="danger", confirm="放弃后客户进入公海。"),
    ),
    commands=("跟进 云途 内容", "延保 云途", "退回 云途"),
)

POOL = Card(
    title="公海",
    subtitle="华东区域池 · 可领取 2 家",
    elements=(
        Items(
            (
                Item(
                    "宁波海天机械有限公司",
                    lines=("制造业 · 浙江宁波", "9月1日 释放"),
                    buttons=(Button("领取", CardAction("pool.claim", {"customer": 11}), style="primary"),),
                    command="领取 海天机械",
                ),
                Item(
                    "苏州蓝鲸软件有限公司",
                    lines=("软件 · 江苏苏州",),
                    buttons=(
                        Button("领取", CardAction("pool.claim", {"customer": 12}), style="primary"),
                        Button("详情", CardAction("customer.show", {"customer": 12})),
                    ),
                    command="领取 蓝鲸软件",
                ),
            ),
        ),
    ),
    buttons=(Button("下一页", CardAction("pool.page", {"page": 2})),),
    commands=("领取 客户名",),
)

DIGEST = Card(
    title="华东一组 日报",
    subtitle="8月22日 周六",
    elements=(
        Fields((Row("新报备", "6"), Row("待审批", "2"), Row("今日到期", "1"), Row("已领取", "3"))),
        Divider(),
        Text("今日之星：小李，新增 3 家。", tone="good"),
    ),
    commands=("待办",),
)

NOTICE = Card(title="已保护", tone="green", elements=(Text("杭州云途科技有限公司 已保护至 9月21日。"),))

HOSTILE = Card(
    title=INJECTION,
    subtitle=INJECTION,
    status=INJECTION,
    elements=(
        Text(INJECTION, tone="strong"),
        Fields((Row(INJECTION, INJECTION),)),
        Compare(INJECTION, INJECTION, (CompareRow(INJECTION, INJECTION, INJECTION),)),
        Items((Item(INJECTION, lines=(INJECTION,), command=INJECTION),)),
        Form(
            "hostile",
            inputs=(
                TextInput("a", INJECTION, value=INJECTION, placeholder=INJECTION, error=INJECTION),
                Select("b", INJECTION, options=(Option(INJECTION, "x"),)),
            ),
            buttons=(Button(INJECTION, CardAction("any"), confirm=INJECTION),),
        ),
    ),
    buttons=(Button("链接", url="javascript:alert(1)"),),
    commands=(INJECTION,),
    link="javascript:alert(1)",
)

ENDLESS = Card(
    title="我的客户" * 40,
    elements=(
        Text("很长的说明。" * 900),
        Items(
            tuple(
                Item(
                    f"第 {number} 家客户有限责任公司",
                    lines=("下次跟进 9月1日",),
                    buttons=(
                        Button("写跟进", CardAction("follow_up.start", {"customer": number})),
                        Button("延保", CardAction("protection.extend", {"customer": number})),
                    ),
                    command=f"跟进 客户{number}",
                )
                for number in range(120)
            ),
        ),
    ),
    commands=("我的客户 7天内到期",),
)

SAMPLES: dict[str, Card] = {
    "registration_form": REGISTRATION_FORM,
    "conflict": CONFLICT,
    "approval": APPROVAL,
    "decided": DECIDED,
    "reminder": REMINDER,
    "pool": POOL,
    "digest": DIGEST,
    "notice": NOTICE,
    "hostile": HOSTILE,
    "endless": ENDLESS,
}

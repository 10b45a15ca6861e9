"""
Words that announce a field in forms, signatures and business cards, by the slot their value goes to.

`agent` is the partner who brought the customer; `ignored` announces what a registration does not hold (fax, account,
postcode); `address` gives only a region.
"""

from typing import Final

LABELS: Final = {
    "name": (
        "客户名称 客户名 客户全称 客户公司名称 客户公司 客户单位名称 客户单位 公司名称 公司名 公司全称 "
        "单位名称 单位全称 企业名称 企业全称 企业名 企业 单位 公司 客户 "
        "报备客户名称 报备客户名 报备客户 报备单位 报备公司 报备名称 终端客户名称 终端客户 终端用户 "
        "最终客户名称 最终客户 最终用户名称 最终用户 实际用户 实际客户 使用单位 使用方 业主单位 业主方 "
        "业主 项目单位 采购单位 采购方 甲方 甲方单位 招标单位 建设单位 机构名称 机构 学校名称 "
        "医院名称 医院 学校 工厂 酒店 "
        "店铺名称 店名 门店名称 店铺 商家 抬头 客户抬头 名称 终端 最终 company "
        "customer organization org firm enduser"
    ),
    "contact": (
        "from 发件人 联系人姓名 联系人 联系人名称 联系人员 客户联系人 主要联系人 主联系人 对接人 "
        "对接人姓名 联络人 接口人 经办人 项目负责人 采购负责人 负责人姓名 负责人 决策人 关键人 客户姓名 "
        "姓名 人 联系的人 找谁 "
        "联系 对接 找 contact attn name"
    ),
    "title": "职位 职务 岗位 头衔 职称 职位/部门 部门职位 部门/职位 部门职务 联系人职位 联系人职务 position title",
    "phone": (
        "手机号码 手机号 手机 联系手机 移动电话 联系人手机 联系人电话 联系电话 联系方式 联络方式 电话号码 "
        "联系号码 电话 座机号 座机 座机电话 固定电话 固话 办公电话 公司电话 单位电话 总机 "
        "热线 服务热线 客服热线 全国热线 直线 直拨 号码 手机/微信 手机微信 微信/手机 电话/微信 微信/电话 "
        "微信电话 手机同微信 微信同号 手机/电话 电话/手机 电话/传真 telephone tel mobile mob cell "
        "cellphone "
        "phone hotline direct office m t p tel/fax cel hp"
    ),
    "email": "电邮 电子邮箱 电子邮件 邮箱地址 邮箱 邮件 邮件地址 e-mail email mail e",
    "amount": (
        "经费 项目经费 预计成交金额 预计成交额 预计金额 预估金额 预期金额 预算金额 项目金额 项目预算 "
        "采购预算 采购金额 合同金额 预计合同金额 预计合同额 合同额 成交金额 商机金额 意向金额 客户预算 "
        "预算 预算范围 "
        "预计采购额 预计采购金额 金额 预计 预估 总预算 总价 标的额 预计规模 钱 多少钱 金额大概 "
        "预算大概 budget amount money"
    ),
    "source": (
        "客户来源 线索来源 来源渠道 渠道来源 信息来源 商机来源 获客渠道 获客方式 客户渠道 来源方式 来源 "
        "渠道 怎么认识的 怎么来的 怎么来 哪来的 哪里来的 从哪来 从哪来的 怎么知道的 source"
    ),
    "region": (
        "所在地区 所属地区 客户地区 项目地区 地区 所在区域 所属区域 区域 客户区域 所在城市 城市 所在省市 "
        "省市 省份 所在地 客户所在地 项目地点 项目所在地 region city area location"
    ),
    "industry": "所属行业 客户行业 行业分类 行业类别 行业类型 所在行业 行业 industry",
    "need": (
        "客户需求 需求描述 需求简述 需求说明 业务需求 项目需求 采购需求 产品需求 主要需求 需求内容 "
        "需求概要 需求情况 具体需求 需求 意向产品 意向 采购内容 采购产品 采购设备 采购项目 设备名称 "
        "产品名称 货物名称 拟购设备 需求产品 需求设备 意向设备 项目内容 项目名称 项目 产品 "
        "意向需求 想要 诉求 要的东西 要什么 想要什么 需要什么 想买 想做 做什么 事情 留言 客户留言 "
        "requirement requirements need needs interest"
    ),
    "address": (
        "公司地址 单位地址 详细地址 办公地址 联系地址 客户地址 通讯地址 通信地址 注册地址 厂址 工厂地址 "
        "地址 address addr add a"
    ),
    "agent": (
        "代理商 代理公司 代理 渠道商 渠道公司 经销商 集成商 合作伙伴 伙伴 报备渠道 报备代理商 合作渠道 "
        "总包 总包方 总包单位 总代 分销商 报备方 报备伙伴 中间商 推荐人 介绍人 引荐人 "
        "agent partner reseller dealer distributor"
    ),
    "ignored": (
        "主题 收件人 抄送 subject to cc date 传真 传真号 公司传真 fax f qq qq号 扣扣 微信 微信号 wechat "
        "weixin 邮编 邮政编码 zip postcode p.c. 网址 公司网址 网站 官网 主页 website web url http w 税号 "
        "纳税人识别号 纳税人税号 "
        "统一社会信用代码 信用代码 开户行 开户银行 开户名 户名 账号 帐号 银行账号 银行帐号 银行账户 卡号 "
        "身份证 身份证号 报备人 报备人员 报备销售 销售 销售员 业务员 提交人 归属人 跟进人 我方销售 "
        "客户经理 "
        "报备日期 报备时间 日期 时间 填表日期 填报日期 提交时间 部门 规模 公司规模 企业规模 客户规模 人数 "
        "员工人数 员工数 注册资本 注册资金 法人 法人代表 法定代表人 成立时间 成立日期 客户类型 客户等级 "
        "客户级别 等级 级别 备注 备注说明 说明 其他 其它 附件 预计成交日期 预计成交时间 预计签约时间 "
        "预计签单时间 采购时间 采购周期 交付时间 上线时间 项目时间 项目周期 项目阶段 阶段 状态 竞争对手 "
        "竞品 "
        "编号 序号 报备编号 订单号 合同号 性别 生日 note notes remark date dept department id no"
    ),
}
"""
Slot and its words, separated by spaces; English labels of two words are read from `TWO_WORD_LABELS`.
"""
TWO_WORD_LABELS: Final = {
    "company name": "name",
    "customer name": "name",
    "end user": "name",
    "end customer": "name",
    "contact person": "contact",
    "contact name": "contact",
    "full name": "contact",
    "job title": "title",
    "mobile phone": "phone",
    "email address": "email",
    "est. amount": "amount",
    "estimated amount": "amount",
    "lead source": "source",
}
END_CUSTOMER_WORDS: Final = (
    "终端客户",
    "终端用户",
    "最终客户",
    "最终用户",
    "实际用户",
    "实际客户",
    "最终使用方",
    "使用单位",
    "业主单位",
    "业主",
    "终端",
    "甲方",
)
AGENT_WORDS: Final = (
    "代理商",
    "渠道商",
    "经销商",
    "集成商",
    "合作伙伴",
    "分销商",
    "总包方",
    "总包",
    "总代",
    "代理",
    "渠道",
    "伙伴",
)
SPACED_EXCLUDED: Final = frozenset(
    "医院 学校 工厂 酒店 人 钱 事情 东西 销售 销售员 业务员 客户经理 法人 法人代表 法定代表人 负责人 "
    "部门 项目 产品 名称 企业 机构 预计 "
    "预估 热线 直线 联系 找 微信 网站 等级 级别 状态 阶段 日期 时间 说明 其他 其它 备注 意向 代理 "
    "伙伴 渠道 终端 最终 规模 对接 m e a w f id no office direct name company add http web sales dept".split()
)
"""
Labels that announce a field only before a colon, because between spaces they are as often a value (张伟 销售 138…).
"""

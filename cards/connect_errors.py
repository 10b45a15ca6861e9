"""
Why a step of connecting a platform failed, in an administrator's words: what is wrong, then what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cards.translation import _

_UNREACHABLE: Final = _("连不上平台的服务器。请检查这台机器的网络、代理和防火墙，以及 API 地址。")
_NO_ANSWER: Final = _("平台没有在时限内回答。请稍后再试；一直这样就检查网络。")
_FEISHU_SECRET: Final = _("App ID 或 App Secret 不对，或应用被停用。请到 基础信息 → 凭证与基础信息 核对。")
_DINGTALK_SECRET: Final = _("Client ID 或 Client Secret 不对。请到 基础信息 → 凭证与基础信息 核对。")
_DINGTALK_TEMPLATE: Final = _("卡片模板 ID 不对，或模板还没有发布。请到 卡片平台 → 模板列表 核对并发布。")
_WECOM_SECRET: Final = _(
    "企业 ID 或 Secret 不对。请到 我的企业 → 企业信息 和 应用管理 → 自建应用 核对；改好后 5 分钟再试。"
)
_KEYS: Final = _("有请求到了回调地址，但验签不过。请核对 Token 和加密密钥与后台填的完全一致。")
_OTHER_APP: Final = _("有请求到了回调地址，但它属于另一个应用或另一家企业。请核对企业 ID 和应用的编号。")

REASONS: Final[Mapping[str, str]] = {
    "not_connected": _("30 秒内没有连上。请检查网络能否访问平台的 WebSocket（443 端口），以及凭证。"),
    "not_reached": _("一直没有收到平台的请求。请检查后台填的地址、域名解析、证书和反向代理，是否都通到这台机器。"),
    "not_running": _("聊单没有在运行，所以收不到消息。请用 liaodan serve 启动它。"),
    "address_unreachable": _("访问不到 {address}。请检查 LIAODAN_PUBLIC_URL、域名解析、证书和反向代理。"),
    "address_wrong": _("{address} 回答的不是聊单。请检查反向代理是否把 /cb/ 转给聊单。"),
    "nobody_visible": _("通讯录里一个人都读不到。请在后台把可见范围、通讯录权限范围设为要用聊单的部门，并发布新版本。"),
    "namesakes": _("叫 {name} 的不止一人。请用编号代替姓名，选一个：{ids}。"),
    "unknown_receiver": _("通讯录里没有 {name}。请核对姓名，或把这个人加进应用的可见范围。"),
    "not_clicked": _("没有等到点击。如果点了没反应，请检查后台的卡片回调设置，并确认新版本已发布。"),
    "refused_signature": _KEYS,
    "refused_token": _KEYS,
    "refused_ciphertext": _KEYS,
    "refused_key": _KEYS,
    "refused_unsigned": _("有请求到了回调地址，但没有签名。请在后台设置 Encrypt Key，并填进设置。"),
    "refused_receiver": _OTHER_APP,
    "refused_agent": _OTHER_APP,
    "refused_stale": _("有请求到了回调地址，但时间相差太多。请校准这台机器的时钟。"),
    "refused_no_http": _("平台在用回调地址，而这个账号没有设置成 http 方式。请把后台和设置改成同一种方式。"),
    "refused_stream_only": _("平台在用回调地址，而这个账号设置的是 Stream。请把后台和设置改成同一种方式。"),
    "http_unreachable": _UNREACHABLE,
    "websocket_unreachable": _UNREACHABLE,
    "websocket_refused": _("长连接地址不在允许的范围里。请检查网络出口是否改写了平台的回答，以及 API 地址。"),
    "websocket_closed": _("长连接被平台关闭了。请确认没有别的程序用同一个应用连着。"),
    "http_no_answer": _NO_ANSWER,
    "http_too_slow": _NO_ANSWER,
    "feishu_10003": _FEISHU_SECRET,
    "feishu_10012": _FEISHU_SECRET,
    "feishu_10014": _FEISHU_SECRET,
    "feishu_10015": _FEISHU_SECRET,
    "feishu_ws_514": _FEISHU_SECRET,
    "feishu_ws_403": _FEISHU_SECRET,
    "feishu_ws_1000040350": _("这个应用的长连接超过 50 条，多半是测试环境连着同一个应用。请停掉多余的。"),
    "feishu_99991672": _("缺权限。请到 开发配置 → 权限管理 按文档开通，再创建并发布新版本。"),
    "feishu_99991401": _("后台设了 IP 白名单。请到 开发配置 → 安全设置 加入这台机器的出口地址。"),
    "feishu_99991662": _("应用没有启用或没有发布。请到 版本管理与发布 发布一个版本。"),
    "feishu_230006": _("应用没有开启机器人能力。请到 添加应用能力 添加机器人，再发布新版本。"),
    "feishu_230013": _("这个人不在应用的可用范围内。请到 版本管理与发布 → 可用范围 加上，再发布。"),
    "feishu_230029": _("这个人已离职，请换一个人。"),
    "feishu_40004": _("没有通讯录权限。请到 开发配置 → 权限管理 开通，并设置通讯录权限范围。"),
    "dingtalk_invalidClientIdOrSecret": _DINGTALK_SECRET,
    "dingtalk_authFailed": _DINGTALK_SECRET,
    "dingtalk_invalid.client": _DINGTALK_SECRET,
    "dingtalk_unauthorized.client": _DINGTALK_SECRET,
    "dingtalk_40089": _DINGTALK_SECRET,
    "dingtalk_40096": _DINGTALK_SECRET,
    "dingtalk_token": _("钉钉刚刚拒绝过这些凭证，要等 5 分钟再试。请先核对 Client ID 和 Client Secret。"),
    "dingtalk_Forbidden.AccessDenied.AccessTokenPermissionDenied": _(
        "缺权限。请到 开发配置 → 权限管理 按文档开通，再发布新版本。"
    ),
    "dingtalk_Forbidden.AccessDenied.IpNotInWhiteList": _("后台设了服务器出口 IP。请加入这台机器的出口地址。"),
    "dingtalk_Forbidden.AccessDenied.ApiCountLimitForOrg": _("本月的接口调用已经用完。请购买，或等下月。"),
    "dingtalk_90020": _("本月的接口调用已经用完。请购买，或等下月。"),
    "dingtalk_60011": _("没有通讯录权限。请到 开发配置 → 权限管理 开通部门和成员信息读权限，再发布新版本。"),
    "dingtalk_param.templateNotExist": _DINGTALK_TEMPLATE,
    "dingtalk_param.templateUnpublished": _DINGTALK_TEMPLATE,
    "dingtalk_staffId.notExisted": _("这个人不在应用的可使用范围内，或已离职。请到 版本管理与发布 → 可使用范围 加上。"),
    "dingtalk_robot.oto.notExist": _("机器人还没有生效。请到 应用能力 → 机器人 核对 RobotCode，并发布应用版本。"),
    "wecom_40001": _WECOM_SECRET,
    "wecom_40013": _WECOM_SECRET,
    "wecom_40091": _WECOM_SECRET,
    "wecom_settings": _WECOM_SECRET,
    "wecom_301002": _("AgentId 与 Secret 不是同一个应用。请到 应用管理 → 自建应用 核对两项。"),
    "wecom_40056": _("AgentId 与 Secret 不是同一个应用。请到 应用管理 → 自建应用 核对两项。"),
    "wecom_60020": _(
        "这台机器的出口 IP 不在企业可信 IP 里。请到 应用管理 → 自建应用 → 企业可信 IP 加上，约一分钟后生效。"
    ),
    "wecom_43012": _("还没有设置接收消息的地址。请到 应用管理 → 自建应用 → 接收消息 → 设置 API 接收 填写。"),
    "wecom_81013": _("这个人不在应用的可见范围内。请到 应用管理 → 自建应用 → 可见范围 加上。"),
    "wecom_48002": _("应用的可见范围没有包含根部门。请到 应用管理 → 自建应用 → 可见范围 调整。"),
    "wecom_93006": _("机器人只能给对它说过话的人发消息。请先在企业微信里给它发一句，再试一次。"),
    "wecom_bot_offline": _("机器人的长连接还没有连上，所以发不出消息。请先看“接收消息”这一步。"),
    "wecom_bot_taken_over": _("另一套程序用同一个机器人连上了。请停掉多余的那套，再重启聊单。"),
    "wecom_bot_silent": _("机器人的长连接没有回答。请核对 Bot ID 和 Secret，并稍后再试。"),
}
"""By the code of a finding: `refused_…` is a callback that was not authentic, the rest as in docs/admin."""

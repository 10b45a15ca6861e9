"""
The settings of one DingTalk (钉钉) account, i.e. one self-built app of one company, and where the console shows each.

Reading them from the environment or a file is the business of the composition root.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

VENDOR_API = "https://api.dingtalk.com"
VENDOR_OAPI = "https://oapi.dingtalk.com"
VENDOR_LOGIN = "https://login.dingtalk.com"
VENDOR_SCRIPT = "https://g.alicdn.com/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js"
FREE_QUOTA = 5000


@dataclass(frozen=True)
class DingTalkConfig:
    """
    One account. `metadata["console"]` names the page of open-dev.dingtalk.com, inside the app, that shows a field.

    `token` and `aes_key` are needed in mode `http` only: the Stream connection is authenticated by the client secret.
    `card_template_id` empty: cards are sent as messages with links. `agent_id` 0: no work notices. `start_url` is the
    address of this product, where the platform calls back in mode `http`.
    """

    account: str
    client_id: str = field(metadata={"console": "基础信息 → 凭证与基础信息 → Client ID（原 AppKey）"})
    client_secret: str = field(
        repr=False, metadata={"console": "基础信息 → 凭证与基础信息 → Client Secret（原 AppSecret）"}
    )
    corp_id: str = field(metadata={"console": "开发者后台首页 → 右上角企业名 → CorpId"})
    start_url: str = field(metadata={"console": "聊单自己的访问地址（LIAODAN_PUBLIC_URL）"})
    mode: Literal["stream", "http"] = field(
        default="stream",
        metadata={"console": "应用能力 → 机器人 → 消息接收模式（Stream = stream，HTTP = http）", "asked": True},
    )
    token: str = field(default="", repr=False, metadata={"console": "仅 http：开发配置 → 事件订阅 → 签名 token"})
    aes_key: str = field(default="", repr=False, metadata={"console": "仅 http：开发配置 → 事件订阅 → 加密 aes_key"})
    robot_code: str = field(
        default="", metadata={"console": "应用能力 → 机器人 → RobotCode（与 Client ID 相同时不用填）"}
    )
    card_template_id: str = field(
        default="", metadata={"console": "卡片平台 → 模板列表 → 模板 ID（导入聊单的模板并发布后得到）", "asked": True}
    )
    agent_id: int = field(default=0, metadata={"console": "可不填；基础信息 → 凭证与基础信息 → AgentId"})
    api_quota: int = field(
        default=FREE_QUOTA, metadata={"console": "可不填；开发者后台首页 → 资源用量 → 本月 API 调用总量"}
    )
    api_base: str = field(default=VENDOR_API, metadata={"console": "无需填写；仅专有钉钉和沙箱需要"})
    oapi_base: str = field(default=VENDOR_OAPI, metadata={"console": "无需填写；仅专有钉钉和沙箱需要"})
    login_base: str = field(default=VENDOR_LOGIN, metadata={"console": "无需填写；仅专有钉钉和沙箱需要"})
    jsapi_url: str = field(default=VENDOR_SCRIPT, metadata={"console": "无需填写；仅专有钉钉和沙箱需要"})

    @property
    def robot(self) -> str:
        """
        The robot's code, which is the client id unless the console says otherwise.
        """
        return self.robot_code or self.client_id

    @property
    def origins(self) -> tuple[str, ...]:
        """
        The addresses this account calls.
        """
        return (self.api_base, self.oapi_base)

    def faults(self) -> tuple[str, ...]:
        """
        The names of settings that cannot be right, in the order of the fields; empty when all can be.
        """
        is_http = self.mode == "http"
        wrong = {
            "client_id": not self.client_id,
            "client_secret": not self.client_secret,
            "corp_id": not self.corp_id,
            "start_url": not _is_web(self.start_url),
            "mode": self.mode not in {"stream", "http"},
            "token": is_http and not _is_plain(self.token, 3, 32),
            "aes_key": is_http and not _is_plain(self.aes_key, 43, 43),
            "agent_id": self.agent_id < 0,
            "api_quota": self.api_quota <= 0,
            "api_base": not _is_web(self.api_base),
            "oapi_base": not _is_web(self.oapi_base),
            "login_base": not _is_web(self.login_base),
            "jsapi_url": not _is_web(self.jsapi_url),
        }
        return tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))


def _is_plain(text: str, shortest: int, longest: int) -> bool:
    """
    Letters and digits only, as DingTalk's console demands.
    """
    return text.isascii() and text.isalnum() and shortest <= len(text) <= longest

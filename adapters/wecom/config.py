"""
The settings of one WeCom account (a self-built app, a 智能机器人, or both) and where the vendor's console shows each.

Reading them from the environment or a file is the business of the composition root.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

VENDOR_ORIGIN = "https://qyapi.weixin.qq.com"
VENDOR_SOCKET = "wss://openws.work.weixin.qq.com"

_LOOPBACK_SOCKETS: Final = ("ws://127.0.0.1:", "ws://localhost:", "ws://[::1]:")


@dataclass(frozen=True, kw_only=True)
class WeComConfig:
    """
    One account. `metadata["console"]` of a field names the page of the admin console that shows it.

    `mode` says what the account consists of: the self-built app, which WeCom calls over HTTP (`http`), the 智能机器人,
    which we connect to (`aibot`), or the app for people and the bot for groups (`both`). `start_url` is the page a card
    without a link of its own opens: WeCom demands one for cards without buttons.
    """

    account: str
    corp_id: str = field(metadata={"console": "我的企业 → 企业信息 → 企业 ID"})
    agent_id: int = field(default=0, metadata={"console": "应用管理 → 自建应用 → AgentId"})
    secret: str = field(default="", repr=False, metadata={"console": "应用管理 → 自建应用 → Secret"})
    token: str = field(
        default="", repr=False, metadata={"console": "应用管理 → 自建应用 → 接收消息 → 设置 API 接收 → Token"}
    )
    aes_key: str = field(
        default="", repr=False, metadata={"console": "应用管理 → 自建应用 → 接收消息 → 设置 API 接收 → EncodingAESKey"}
    )
    mode: Literal["http", "aibot", "both"] = field(
        default="http",
        metadata={"console": "无需查找：只用自建应用 = http，只用智能机器人 = aibot，两者都用 = both", "asked": True},
    )
    bot_id: str = field(default="", metadata={"console": "管理工具 → 智能机器人 → API 模式 → 长连接 → Bot ID"})
    bot_secret: str = field(
        default="", repr=False, metadata={"console": "管理工具 → 智能机器人 → API 模式 → 长连接 → Secret"}
    )
    contact_token: str = field(
        default="", repr=False, metadata={"console": "管理工具 → 通讯录同步 → 设置接收事件服务器 → Token（可不填）"}
    )
    contact_aes_key: str = field(
        default="",
        repr=False,
        metadata={"console": "管理工具 → 通讯录同步 → 设置接收事件服务器 → EncodingAESKey（可不填）"},
    )
    webhooks: str = field(
        default="",
        repr=False,
        metadata={"console": "群 → 消息推送 → Webhook 地址里的 key；写成“群名=key”，多个用分号隔开（可不填）"},
    )
    start_url: str = field(metadata={"console": "聊单自己的访问地址（LIAODAN_PUBLIC_URL）"})
    api_base: str = field(default=VENDOR_ORIGIN, metadata={"console": "无需填写；仅专有部署和沙箱需要"})
    oauth_base: str = field(default="", metadata={"console": "无需填写；仅专有部署和沙箱需要（登录页地址）"})
    socket_base: str = field(
        default=VENDOR_SOCKET, metadata={"console": "无需填写；仅专有部署和沙箱需要（长连接地址）"}
    )

    @property
    def has_app(self) -> bool:
        """
        Whether there is a self-built app: it has the directory, and people sign in through it.
        """
        return bool(self.agent_id and self.secret)

    @property
    def has_bot(self) -> bool:
        """
        Whether a 智能机器人 belongs to the account.
        """
        return self.mode in {"aibot", "both"}

    @property
    def webhook_keys(self) -> Mapping[str, str]:
        """
        The keys of the group robots by the group's name.
        """
        pairs = [entry.partition("=") for entry in self.webhooks.split(";") if entry.strip()]
        return {name.strip(): key.strip() for name, _, key in pairs}

    def faults(self) -> tuple[str, ...]:
        """
        The names of settings that cannot be right, in the order of the fields; empty when all can be.
        """
        needs_app = self.mode != "aibot"
        webhooks = self.webhook_keys
        wrong = {
            "corp_id": not self.corp_id,
            "agent_id": self.agent_id < 0 or (needs_app and self.agent_id == 0),
            "secret": not self.secret and (needs_app or self.agent_id > 0),
            "token": needs_app and not 1 <= len(self.token) <= 32,
            "aes_key": needs_app and not _is_aes_key(self.aes_key),
            "mode": self.mode not in {"http", "aibot", "both"},
            "bot_id": self.has_bot and not self.bot_id,
            "bot_secret": self.has_bot and not self.bot_secret,
            "contact_token": bool(self.contact_aes_key) and not 1 <= len(self.contact_token) <= 32,
            "contact_aes_key": bool(self.contact_token) and not _is_aes_key(self.contact_aes_key),
            "webhooks": not all(webhooks) or not all(webhooks.values()),
            "start_url": not self.start_url.startswith(("http://", "https://")),
            "api_base": not self.api_base.startswith(("http://", "https://")),
            "oauth_base": bool(self.oauth_base) and not self.oauth_base.startswith(("http://", "https://")),
            "socket_base": not self.socket_base.startswith(("wss://", *_LOOPBACK_SOCKETS)),
        }
        return tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _is_aes_key(text: str) -> bool:
    return len(text) == 43 and text.isascii() and text.isalnum()

"""
The settings of one WeCom account (one self-built app of one company) and where the vendor's console shows each.

Reading them from the environment or a file is the business of the composition root.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VENDOR_ORIGIN = "https://qyapi.weixin.qq.com"


@dataclass(frozen=True)
class WeComConfig:
    """
    One account. `metadata["console"]` of a field names the page of the admin console that shows it.

    `start_url` is the page a card without a link of its own opens: WeCom demands one for cards without buttons.
    """

    account: str
    corp_id: str = field(metadata={"console": "我的企业 → 企业信息 → 企业 ID"})
    agent_id: int = field(metadata={"console": "应用管理 → 自建应用 → AgentId"})
    secret: str = field(repr=False, metadata={"console": "应用管理 → 自建应用 → Secret"})
    token: str = field(repr=False, metadata={"console": "应用管理 → 自建应用 → 接收消息 → 设置 API 接收 → Token"})
    aes_key: str = field(
        repr=False, metadata={"console": "应用管理 → 自建应用 → 接收消息 → 设置 API 接收 → EncodingAESKey"}
    )
    start_url: str = field(metadata={"console": "聊单自己的访问地址（LIAODAN_PUBLIC_URL）"})
    api_base: str = field(default=VENDOR_ORIGIN, metadata={"console": "无需填写；仅专有部署和沙箱需要"})
    oauth_base: str = field(default="", metadata={"console": "无需填写；仅专有部署和沙箱需要（登录页地址）"})

    def faults(self) -> tuple[str, ...]:
        """
        The names of settings that cannot be right, in the order of the fields; empty when all can be.
        """
        wrong = {
            "corp_id": not self.corp_id,
            "agent_id": self.agent_id <= 0,
            "secret": not self.secret,
            "token": not 1 <= len(self.token) <= 32,
            "aes_key": len(self.aes_key) != 43 or not (self.aes_key.isascii() and self.aes_key.isalnum()),
            "start_url": not self.start_url.startswith(("http://", "https://")),
            "api_base": not self.api_base.startswith(("http://", "https://")),
            "oauth_base": bool(self.oauth_base) and not self.oauth_base.startswith(("http://", "https://")),
        }
        return tuple(name for name, is_wrong in wrong.items() if is_wrong)

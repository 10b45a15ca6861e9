"""
The settings of one Feishu (飞书) account, i.e. one self-built app of one company, and where the console shows each.

Reading them from the environment or a file is the business of the composition root.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

VENDOR_ORIGIN = "https://open.feishu.cn"
VENDOR_LOGIN_ORIGIN = "https://accounts.feishu.cn"


@dataclass(frozen=True)
class FeishuConfig:
    """
    One account. `metadata["console"]` of a field names the page of open.feishu.cn/app, inside the app, that shows it.

    `mode` says how events come: over a connection we open (`websocket`), or to our address (`http`). For the latter
    `encrypt_key` is mandatory: without one Feishu sends events unsigned and in clear text. `tenant_key` is the
    company's key as every event carries it; set, it refuses the events of any other company.
    """

    account: str
    app_id: str = field(metadata={"console": "基础信息 → 凭证与基础信息 → App ID"})
    app_secret: str = field(repr=False, metadata={"console": "基础信息 → 凭证与基础信息 → App Secret"})
    encrypt_key: str = field(
        default="",
        repr=False,
        metadata={"console": "开发配置 → 事件与回调 → 加密策略 → Encrypt Key（http 方式必须设置）"},
    )
    verification_token: str = field(
        default="",
        repr=False,
        metadata={"console": "开发配置 → 事件与回调 → 加密策略 → Verification Token（http 方式必须填）"},
    )
    tenant_key: str = field(default="", metadata={"console": "可不填；API 调试台“获取企业信息”的 tenant_key"})
    api_base: str = field(default=VENDOR_ORIGIN, metadata={"console": "无需填写；仅 Lark 国际版和沙箱需要"})
    accounts_base: str = field(default=VENDOR_LOGIN_ORIGIN, metadata={"console": "无需填写；仅 Lark 国际版和沙箱需要"})
    mode: Literal["websocket", "http"] = field(
        default="websocket",
        metadata={
            "console": "开发配置 → 事件与回调 → 订阅方式（长连接 = websocket，将事件发送至开发者服务器 = http）",
            "asked": True,
        },
    )

    def faults(self) -> tuple[str, ...]:
        """
        The names of settings that cannot be right, in the order of the fields; empty when all can be.
        """
        wrong = {
            "app_id": not self.app_id.startswith("cli_"),
            "app_secret": not self.app_secret,
            "encrypt_key": self.mode == "http" and not self.encrypt_key,
            "verification_token": self.mode == "http" and not self.verification_token,
            "api_base": not self.api_base.startswith(("http://", "https://")),
            "accounts_base": not self.accounts_base.startswith(("http://", "https://")),
            "mode": self.mode not in {"websocket", "http"},
        }
        return tuple(name for name, is_wrong in wrong.items() if is_wrong)

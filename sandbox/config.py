"""
What the sandbox process is told at start: where it listens, where the product is, and the accounts both sides share.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class FeishuAccount:
    account: str
    app_id: str
    app_secret: str = field(repr=False)
    encrypt_key: str = field(repr=False)
    verification_token: str = field(repr=False)
    tenant_key: str


@dataclass(frozen=True)
class WeComAccount:
    account: str
    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    bot_id: str = ""
    bot_secret: str = field(default="", repr=False)
    contact_token: str = field(default="", repr=False)
    contact_aes_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class DingTalkAccount:
    """
    `mode` is how the console sends messages and events: stream or http.

    `card_template` is the exported file that was imported into the card platform, and got `card_template_id` there.
    """

    account: str
    client_id: str
    client_secret: str = field(repr=False)
    corp_id: str
    robot_code: str
    agent_id: int
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    mode: str = "http"
    card_template_id: str = ""
    card_template: str = ""


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    host: str
    port: int
    product_url: str
    demo_secret: str = field(repr=False)
    company: Path
    feishu: FeishuAccount
    wecom: WeComAccount
    dingtalk: DingTalkAccount


def read_config(path: Path) -> SandboxConfig:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return SandboxConfig(
        host=raw.get("host", "127.0.0.1"),
        port=int(raw.get("port", 8010)),
        product_url=raw["product_url"].rstrip("/"),
        demo_secret=raw["demo_secret"],
        company=Path(raw.get("company", "demo/company.yaml")),
        feishu=FeishuAccount(**raw["feishu"]),
        wecom=WeComAccount(**{**raw["wecom"], "agent_id": int(raw["wecom"]["agent_id"])}),
        dingtalk=DingTalkAccount(**{**raw["dingtalk"], "agent_id": int(raw["dingtalk"]["agent_id"])}),
    )

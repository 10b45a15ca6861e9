"""
The page on what each platform can show and tell, from what the adapters declare and the conformance suite proves.
"""

from __future__ import annotations

import dataclasses
import importlib
from typing import TYPE_CHECKING

from adapters.http import Transport
from adapters.registry import PLATFORMS
from bench.samples import samples_of
from bot.ports import Adapter, Capabilities
from docs.layout import page, table

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRETS = {"agent_id": 1, "secret": "s", "token": "t", "aes_key": "k" * 43}
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "飞书": ("feishu", {}),
    "钉钉": ("dingtalk", {"card_template_id": "imported"}),
    "钉钉，没有导入卡片模板": ("dingtalk", {}),
    "企业微信应用": ("wecom", {**SECRETS, "mode": "http"}),
    "企业微信应用和智能机器人": ("wecom", {**SECRETS, "mode": "both", "bot_id": "b", "bot_secret": "s"}),
}
"""How an account can be set up, as far as that changes what it can do."""
HEARD_BY = {
    "飞书长连接": ("feishu", "pushed"),
    "飞书回调": ("feishu", "requests"),
    "钉钉 Stream": ("dingtalk", "pushed"),
    "钉钉回调": ("dingtalk", "requests"),
    "企业微信应用": ("wecom", "requests"),
    "企业微信智能机器人": ("wecom", "pushed"),
}
"""The ways on which events come: the platform, and which of its samples come that way."""
CAPABILITIES = {
    "group_inbound": "群里 @ 机器人说话",
    "group_cards": "群里的卡片和按钮",
    "forms": "卡片上填文字、选日期",
    "selects": "一张卡片的下拉选择",
    "buttons": "一张卡片的按钮",
    "rows": "一张卡片的行",
    "update_by_id": "随时修改已发的卡片",
    "toasts": "点击后立即说明结果",
    "answers_clicker_only": "点击后的新样子只有点的人先看到",
}


def platforms_page() -> str:
    """
    What each platform can show and take, as its adapter declares it.
    """
    accounts = [sample_account(platform, changes) for platform, changes in KINDS.values()]
    shown = [account.capabilities for account in accounts]
    rows = [[CAPABILITIES[field.name], *(capability(getattr(each, field.name)) for each in shown)]
            for field in dataclasses.fields(Capabilities)]  # fmt: skip
    rows.append(["长连接：不用公网地址", *(capability(account.connection is not None) for account in accounts)])
    rows.append(["扫码登录和应用内免登", *(capability(account.login is not None) for account in accounts)])
    return page(
        "平台能力",
        "每个平台能显示什么、能收什么；数字是一张卡片的上限，空白是没有。",
        "做不到的按规则换一种样子：少了按钮就写明可发送的指令，没有输入框就一项一项问，卡片放不下就缩短并说明。",
        "每张卡片在各平台的样子：`python -m tests.gallery`，见[测试](../dev/testing.md)。",
        "",
        *table(("能力", *KINDS), rows),
        "",
        "## 听得到什么",
        "",
        "人做的事和公司里的变化，从哪条路听得到；每一格都由 `tests/adapters/conformance` 里的样例逐字段证明。",
        "",
        *table(("听到的", *HEARD_BY), heard_rows()),
        "",
        "## 说得出什么",
        "",
        "每一格都真的发过一次：`tests/adapters/conformance/outbound.py` 对着一个什么都收的平台说，看发出去的是什么。",
        "",
        *said_table(),
    )


def heard_rows() -> Iterator[list[str]]:
    """
    For each kind of event the ways on which a platform tells it, by the samples of the conformance suite.
    """
    ways = [getattr(samples_of(platform), way) for platform, way in HEARD_BY.values()]
    kinds: dict[str, str] = importlib.import_module("tests.adapters.conformance.samples").KINDS
    for kind, name in kinds.items():
        yield [name, *(capability(kind in heard) for heard in ways)]


def said_table() -> Iterator[str]:
    """
    For each kind of message the places where it can be said, found by saying it.
    """
    outbound = importlib.import_module("tests.adapters.conformance.outbound")
    rows = [
        [name, *(capability(shows(place)) for place in outbound.PLACES.values())]
        for name, shows in outbound.SAID.values()
    ]
    yield from table(("说的", *outbound.PLACES), rows)


def sample_account(platform: str, changes: dict[str, object]) -> Adapter:
    """
    An adapter as such an account gets it; nothing here goes over a network.
    """
    entry = PLATFORMS[platform]
    needed = {field.name: "x" for field in dataclasses.fields(entry.config) if field.default is dataclasses.MISSING}
    config = entry.config(
        **(needed | {"start_url": "https://crm.example"} if "start_url" in needed else needed) | changes
    )
    bases = [getattr(config, name) for name in ("api_base", "oapi_base") if hasattr(config, name)]
    adapter: Adapter = entry.adapter(config, http=Transport(bases), shared=None, seal=str, clock=None)
    return adapter


def capability(value: object) -> str:
    return ("可以" if value else "") if isinstance(value, bool) else str(value or "")

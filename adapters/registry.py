"""
The platforms this product speaks: one line each. `accounts.py` builds their adapters from settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from adapters.dingtalk.adapter import DingTalkAdapter
from adapters.dingtalk.config import DingTalkConfig
from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.config import FeishuConfig
from adapters.wecom.adapter import WeComAdapter
from adapters.wecom.config import WeComConfig


@dataclass(frozen=True)
class PlatformEntry:
    """
    The settings class of an account, and the class built as `adapter(config, http=…, shared=…, seal=…, clock=…)`.
    """

    config: type[Any]
    adapter: type[Any]


PLATFORMS: Final[Mapping[str, PlatformEntry]] = {
    "dingtalk": PlatformEntry(DingTalkConfig, DingTalkAdapter),
    "feishu": PlatformEntry(FeishuConfig, FeishuAdapter),
    "wecom": PlatformEntry(WeComConfig, WeComAdapter),
}

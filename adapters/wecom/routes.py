"""
By which of WeCom's ways a message goes to its recipient.

    app       the self-built app's direct chat with a member
    appchat   a group the app created
    bot       a chat or group in which the 智能机器人 is
    webhook   a group that gave us the key of its 消息推送 robot

The ids of groups say which of them it is: the app's own ids hold no colon.
"""

from __future__ import annotations

from typing import Final, Literal

from adapters.wecom.config import WeComConfig
from bot.ports import Recipient

Way = Literal["app", "appchat", "bot", "webhook"]

BOT_GROUP: Final = "aibot:"
WEBHOOK_GROUP: Final = "webhook:"


def way_to(recipient: Recipient, config: WeComConfig) -> Way:
    """
    How the recipient is reached.
    """
    if recipient.kind == "person":
        return "bot" if config.mode == "aibot" else "app"
    if recipient.id.startswith(BOT_GROUP):
        return "bot"
    return "webhook" if recipient.id.startswith(WEBHOOK_GROUP) else "appchat"


def name_of(recipient: Recipient) -> str:
    """
    The group's own id on its way: a chat's id, or the name of a webhook.
    """
    return recipient.id.removeprefix(BOT_GROUP).removeprefix(WEBHOOK_GROUP)

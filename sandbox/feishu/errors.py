"""
Feishu's refusals: a code, a message, an HTTP status.

Source: https://open.feishu.cn/document/server-docs/im-v1/message/create (read 2026-08)
"""

from __future__ import annotations

from typing import Any

BAD_REQUEST = 400
TOO_MANY = 429
TEXTS = {
    10003: "invalid param",
    10014: "app id not exists",
    11311: "card content is invalid",
    41050: "no user authority error",
    40004: "no dept authority error",
    9499: "Bad Request",
    200000: "message has been recalled",
    200310: "the card belongs to another app",
    230001: "Your request contains an invalid request parameter.",
    230002: "The bot can not be outside the group.",
    230009: "This message has exceeded the recall time limit.",
    230011: "The message was withdrawn.",
    230013: "Bot has NO availability to this user.",
    230020: "This operation triggers the frequency limit.",
    230025: "The length of the message content reaches its limit.",
    230026: "No permission to recall this message.",
    230028: "The messages do NOT pass the audit.",
    230029: "User has resigned.",
    230031: "Message can only be modified within 14 days after sending.",
    230034: "The receive_id is invalid.",
    230035: "The operation was blocked by the group settings.",
    230053: "The user has stopped the bot from sending messages.",
    230054: "This operation is not supported for this message type.",
    230071: "The operator is not the sender of the message.",
    230110: "The message has been deleted.",
    232006: "Your request specifies a chat_id which is invalid.",
    232009: "Your request specifies a chat which has already been dissolved.",
    232011: "Operator can NOT be out of the chat.",
    234001: "Invalid request param.",
    234003: "File not in message.",
    234004: "The app is not in the chat.",
    234006: "The file size exceeds the maximum limit.",
    234008: "The app is not the resource sender.",
    234010: "File's size can not be 0.",
    234011: "Can't recognize the image format.",
    234043: "Unsupported message type.",
    300020: "token is malformed",
    300030: "token is expired",
    300040: "token has been used up",
    99991201: "path not found",
    99991301: "method not allowed",
    99991400: "request trigger frequency limit",
    99991661: "Missing access token for authorization. Please make a request with token attached.",
    99991663: "Invalid access token for authorization. Please make a request with token attached",
    99991671: "Invalid access token for authorization: must start with t-/u-",
    99991672: "Access denied. One of the following scopes is required: [{detail}]",
    99992351: "open_id is not exist",
    99992354: "message_id is not exist",
    99992402: "field validation failed",
}


class FeishuError(Exception):
    def __init__(
        self,
        code: int,
        message: str | None = None,
        *,
        status: int = BAD_REQUEST,
        **details: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or TEXTS[code]
        self.status = status
        self.details = details


def field_violation(field: str, description: str) -> FeishuError:
    violation = {"field": field, "value": "", "description": description}
    return FeishuError(99992402, field_violations=[violation])


def card_refusal(sub_code: int, message: str, value: str = "") -> FeishuError:
    """
    The one code for every fault of a card; the true reason is in its text.
    """
    text = f"ErrCode: {sub_code}; ErrMsg: {message}; ErrorValue: {value}; "
    return FeishuError(230099, f"Failed to create card content, ext={text}")

"""
WeCom's refusals: HTTP 200 with an errcode, a long errmsg and two headers.

Source: https://developer.work.weixin.qq.com/document/path/90313 (read 2026-08)
"""

from __future__ import annotations

import secrets

TEXTS = {
    -1: "system busy",
    40001: "invalid credential",
    40003: "invalid userid",
    40004: "invalid media type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40023: "invalid sub button size",
    40029: "invalid code",
    40032: "invalid userid list length",
    40050: "chatid not exist",
    40056: "invalid agentid",
    40057: "invalid callbackurl or callbackurl connect fail",
    40058: "invalid Request Parameter",
    40093: "invalid signature",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41006: "media_id missing",
    41008: "missing code",
    41009: "userid missing",
    41010: "url missing",
    41011: "agentid missing",
    41016: "missing title",
    41033: "missing description",
    42001: "access_token expired",
    42003: "code expired",
    42014: "invalid task_id",
    42015: "updating app is not the sending app",
    42022: "response_code already used",
    42027: "missing horizontal_content_list.keyname",
    42028: "missing url",
    42029: "missing media_id",
    42030: "missing appid",
    42031: "invalid card_type",
    42033: "missing title",
    42035: "invalid horizontal_content_list length",
    42036: "invalid vertical_content_list length",
    42037: "invalid option_list length",
    42038: "missing button text",
    42039: "invalid button key",
    42040: "invalid option id",
    42041: "missing option text",
    42042: "invalid jump_list length",
    42043: "invalid question_key",
    42044: "missing card_image.url",
    42045: "missing card_action",
    42046: "invalid submit_button.key",
    42047: "invalid select_list length",
    42050: "missing horizontal_content_list.userid",
    42051: "action_menu key conflict",
    42052: "msgid expired",
    43012: "callback url needed",
    44001: "empty media data",
    44004: "empty content",
    45001: "media data exceeds the limit",
    45002: "content exceeds the limit",
    45008: "articles exceed the limit",
    45009: "api freq out of limit",
    45034: "url scheme missing",
    46003: "menu no exist",
    48002: "api forbidden",
    50003: "app disabled",
    60003: "department not found",
    60011: "no privilege to access user/party/tag",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    60140: "invalid or expired response_code",
    81013: "user & party & tag all invalid",
    82001: "touser, toparty and totag are all empty",
    82002: "invalid party list length",
    82003: "invalid tag list length",
    82101: "no target to update",
    82102: "target is not in the message",
    86001: "invalid chatid",
    86003: "chatid not exist",
    86004: "invalid chat name",
    86005: "invalid chat owner",
    86006: "invalid chat member count",
    86008: "no permission to operate the chat",
    86215: "chatid exists",
    86216: "invalid chat member",
    93000: "invalid webhook url",
    93006: "invalid chatid",
    301002: "not allow operate another agent with this accesstoken",
    846605: "invalid or expired req_id",
    846608: "the stream can no longer be updated",
    846609: "not subscribed",
}


class WeComError(Exception):
    """
    `extra` is what stands beside the code, such as the lists of bad receivers.
    """

    def __init__(self, code: int, detail: str = "", **extra: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.extra = extra

    @property
    def long_message(self) -> str:
        short = f"{TEXTS[self.code]}: {self.detail}" if self.detail else TEXTS[self.code]
        hint = secrets.randbelow(10**16)
        page = f"https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        return f"{short}, hint: [{hint}], from ip: 127.0.0.1, more info at {page}"

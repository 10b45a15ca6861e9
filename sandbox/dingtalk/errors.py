"""
DingTalk's refusals in the two shapes of its two hosts.

Source: https://open.dingtalk.com/document/development/server-api-error-codes-1 (read 2026-08)
"""

from __future__ import annotations

from typing import Any

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, SERVER_ERROR = 400, 401, 403, 404, 500
BAD_TOKEN = 40014
BUSY = -1
THROTTLED = 90018
QUOTA = 90020
TEXTS = {
    -1: "系统繁忙",
    33012: "无效的USERID",
    33001: "无效的企业id",
    40004: "无效的媒体文件类型",
    40008: "不合法的消息类型",
    40014: "不合法的access_token",
    40035: "不合法的参数",
    40056: "不合法的agentid",
    40078: "不存在的临时授权码",
    40089: "不合法的corpid或corpsecret",
    40096: "不合法的appKey或appSecret",
    41001: "缺少access_token参数",
    42001: "access_token超时",
    43004: "无效的HTTP HEADER Content-Type",
    45001: "多媒体文件大小超过限制",
    60003: "部门不存在",
    60011: "没有调用该接口的权限",
    60121: "找不到该用户",
    90018: "您的服务器调用当前接口过于频繁，已被限流",
    90020: "您的企业调用API次数已达到本月上限",
    300001: "session 不存在",
    310000: "keywords not in content",
    400013: "群已被解散",
    400101: "access_token不存在",
    400102: "机器人已停用",
    400105: "不支持的消息类型",
    410100: "发送速度太快而限流",
    400002: "无效的参数",
}


class ApiError(Exception):
    """
    A refusal of api.dingtalk.com: an HTTP status and a code in words.
    """

    def __init__(self, code: str, message: str = "", *, status: int = BAD_REQUEST, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code
        self.status = status
        self.details = details


class OapiError(Exception):
    """
    A refusal of oapi.dingtalk.com: HTTP 200 with a number; below /topapi the number of a bad token stands in sub_code.
    """

    def __init__(self, errcode: int, message: str = "") -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.message = message or TEXTS[errcode]


def invalid(name: str, why: str = "") -> ApiError:
    return ApiError(f"invalidParameter.{name}", why)


def missing(name: str) -> ApiError:
    return ApiError(f"Missing{name}", f"{name} is mandatory for this action.")

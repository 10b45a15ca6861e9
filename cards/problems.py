"""
What the REST API says when it cannot do what was asked: one sentence in Chinese and one in English for each case.

Which case it is, and with which HTTP status, is decided in `web/problems.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Wording:
    """
    One thing to say, in both languages; braces are filled with the values of the case.
    """

    zh: str
    en: str

    def say(self, language: Language, values: Mapping[str, object]) -> str:
        """
        The sentence in one language.
        """
        return (self.zh if language == "zh" else self.en).format_map(values)


@dataclass(frozen=True)
class Problem:
    """
    A kind of refusal: a short title that never varies, and the sentence about this case.
    """

    title: Wording
    detail: Wording


PROBLEMS: Final[Mapping[str, Problem]] = {
    "token_missing": Problem(
        Wording("需要令牌", "A token is needed"),
        Wording(
            "请带上请求头 Authorization: Bearer <令牌>；令牌用 liaodan token create --member 姓名 生成。",
            "Send 'Authorization: Bearer <token>'; make one with 'liaodan token create --member NAME'.",
        ),
    ),
    "token_invalid": Problem(
        Wording("令牌无效", "The token is not valid"),
        Wording(
            "这个令牌不存在、已过期或已吊销，请重新生成。",
            "The token is unknown, expired or revoked; make a new one.",
        ),
    ),
    "session_missing": Problem(
        Wording("需要登录", "Signing in is needed"),
        Wording("请先在 /login 登录，再打开这个页面。", "Sign in at /login, then open the page again."),
    ),
    "platform_unknown": Problem(
        Wording("没有接入这个平台", "This platform is not connected"),
        Wording("这里没有接入“{platform}”。", "'{platform}' is not connected here."),
    ),
    "foreign_page": Problem(
        Wording("不是我们的页面", "Not a page of ours"),
        Wording("url 要以 {address} 开头。", "'url' must begin with {address}."),
    ),
    "platform_silent": Problem(
        Wording("暂时连不上平台", "The platform does not answer"),
        Wording("平台没有给出签名，请过一会儿再试。", "The platform gave no signature; try again later."),
    ),
    "scope_missing": Problem(
        Wording("令牌权限不够", "The token may not do this"),
        Wording(
            "这个令牌没有“{scope}”权限，请用 --scopes {scope} 重新生成。",
            "The token lacks the scope '{scope}'; make one with --scopes {scope}.",
        ),
    ),
    "not_found": Problem(
        Wording("没有这个地址", "No such address"),
        Wording("请核对地址，全部接口见 /api/docs。", "Check the path; all operations are listed at /api/docs."),
    ),
    "method_not_allowed": Problem(
        Wording("请求方法不对", "Wrong method"),
        Wording("这个地址只接受：{allowed}。", "This address accepts only: {allowed}."),
    ),
    "too_large": Problem(
        Wording("内容太大", "The body is too large"),
        Wording("请求内容不能超过 {limit_kb} KB。", "A request body may have at most {limit_kb} KB."),
    ),
    "media_type": Problem(
        Wording("内容类型不对", "Wrong content type"),
        Wording(
            "请用 JSON 发送，并带上请求头 Content-Type: application/json。",
            "Send JSON with the header 'Content-Type: application/json'.",
        ),
    ),
    "not_json": Problem(
        Wording("不是有效的 JSON", "Not valid JSON"),
        Wording("请求内容无法按 JSON 读取，请检查引号、逗号和编码（UTF-8）。", "The body is not JSON in UTF-8."),
    ),
    "invalid": Problem(
        Wording("内容不合要求", "The content is not valid"),
        Wording("有 {count} 处不合要求，见 errors。", "{count} values are not valid; see errors."),
    ),
    "lookup_limit": Problem(
        Wording("今天的查重次数已用完", "Today's look-ups are used up"),
        Wording(
            "每人每天 {limit} 次，明天 0 点（北京时间）恢复。",
            "There are {limit} a day and member; the count starts again at 00:00 China time.",
        ),
    ),
    "bad_request": Problem(
        Wording("请求有误", "Bad request"),
        Wording("这个请求无法处理，请核对后再试。", "The request cannot be processed; check it and try again."),
    ),
    "internal": Problem(
        Wording("系统出错", "Something broke"),
        Wording(
            "系统出了点问题，没有改动任何数据，请稍后再试。",
            "Something broke on our side; nothing was changed. Try again later.",
        ),
    ),
}

FAULTS: Final[Mapping[str, Wording]] = {
    "missing": Wording("缺少这个字段", "this field is required"),
    "extra_forbidden": Wording("没有这个字段", "there is no such field"),
    "string_type": Wording("应为字符串", "must be a string"),
    "string_unicode": Wording("含有无效字符", "contains invalid characters"),
    "string_too_short": Wording("至少 {min_length} 个字", "must have at least {min_length} characters"),
    "string_too_long": Wording("最多 {max_length} 个字", "may have at most {max_length} characters"),
    "too_long": Wording("最多 {max_length} 项", "may have at most {max_length} items"),
    "list_type": Wording("应为数组", "must be an array"),
    "model_type": Wording("应为对象", "must be an object"),
    "literal_error": Wording("应为 {expected} 之一", "must be one of {expected}"),
    "instant": Wording(
        "应为带时区的时间，如 2026-11-23T09:00:00+08:00",
        "must be a time with an offset, such as 2026-11-23T09:00:00+08:00",
    ),
}
OTHER_FAULT: Final = Wording("不合要求", "is not valid")


def fault(code: str, language: Language, values: Mapping[str, object]) -> str:
    """
    What is wrong with one value.
    """
    return FAULTS.get(code, OTHER_FAULT).say(language, values)

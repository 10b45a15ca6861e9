"""
What a person wrote, out of a DingTalk robot message of any type: readable text and attachments.

Types that say nothing to us become empty text; the bot then answers with help.
Source: https://open.dingtalk.com/document/development/receive-message (read 2026-08).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from bot.events import Attachment

QUOTA_GONE: Final = "20001"
"""The code in place of the content when the company's messages of the month are used up."""


class Content(NamedTuple):
    """
    The readable part of a message.
    """

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


def is_withheld(body: Mapping[str, Any]) -> bool:
    """
    Whether DingTalk delivered the message without what was written in it.
    """
    if "errCode" not in body and "errorCode" not in body:
        return False
    codes = {str(body.get(name)) for name in ("errCode", "errorCode")}
    return QUOTA_GONE in codes and not body.get("text") and not body.get("content")


def read_content(kind: str, body: Mapping[str, Any]) -> Content:
    """
    The text, without the mention of the robot that DingTalk has already taken out, and the attachments.
    """
    content = _mapping(body.get("content"))
    match kind:
        case "text":
            return Content(string(_mapping(body.get("text")), "content").strip())
        case "richText":
            return _rich_text(content)
        case "picture":
            return Content(attachments=tuple(_pictures(content)))
        case "audio":
            return Content(attachments=(_voice(content),))
        case "video":
            ending = string(content, "videoType") or "mp4"
            return Content(attachments=(Attachment("file", string(content, "downloadCode"), f"video.{ending}"),))
        case "file":
            return Content(attachments=(Attachment("file", _code(content), string(content, "fileName")),))
        case _:
            return Content()


def quoted(body: Mapping[str, Any]) -> str:
    """
    The id of the message this one answers, empty when it answers none.
    """
    text = _mapping(body.get("text"))
    if text.get("isReplyMsg") is not True:
        return ""
    return string(_mapping(text.get("repliedMsg")), "msgId") or string(body, "originalMsgId")


def string(content: Mapping[str, Any], key: str) -> str:
    """
    A text of the payload that any encoder and database takes, empty when it is missing or no text.
    """
    return plain(content.get(key))


def plain(value: object) -> str:
    """
    The same of a value that stands by itself.
    """
    if not isinstance(value, str):
        return ""
    # JSON can spell half a surrogate pair
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _rich_text(content: Mapping[str, Any]) -> Content:
    nodes = content.get("richText")
    parts = [_mapping(node) for node in nodes] if isinstance(nodes, list) else []
    text = "".join(string(part, "text") for part in parts)
    return Content(text.strip(), tuple(found for part in parts for found in _pictures(part)))


def _pictures(content: Mapping[str, Any]) -> Iterator[Attachment]:
    if _code(content):
        yield Attachment("image", _code(content))


def _voice(content: Mapping[str, Any]) -> Attachment:
    return Attachment("voice", _code(content), text=string(content, "recognition").strip())


def _code(content: Mapping[str, Any]) -> str:
    return string(content, "downloadCode") or string(content, "pictureDownloadCode")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}

"""
What a person wrote, out of the content of a Feishu message of any type: readable text and attachments.

Types that say nothing to us (stickers, votes, calendar entries) become empty text; the bot then answers with help.
Source: https://open.feishu.cn/document/server-docs/im-v1/message-content-description/message_content (read 2026-05).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from adapters.feishu.resource import Resource
from bot.events import Attachment

_PLACEHOLDER: Final = re.compile(r"@_(?:user_\d{1,4}(?!\d)|all)")
_SPACES: Final = re.compile(r"[ \t]{2,}")


class Mention(NamedTuple):
    """
    Somebody named with @; `key` is the placeholder that stands in the text.
    """

    key: str
    open_id: str
    name: str
    is_bot: bool


class Content(NamedTuple):
    """
    The readable part of a message.
    """

    text: str = ""
    attachments: tuple[Attachment, ...] = ()


def read_content(message_id: str, kind: str, content: Mapping[str, Any], mentions: Sequence[Mention]) -> Content:
    """
    The text with the bot's own mention removed and other mentions written as names, and the attachments.
    """
    match kind:
        case "text":
            return Content(_spoken(_string(content, "text"), mentions))
        case "post":
            return _post(message_id, content, mentions)
        case "image":
            return Content(attachments=(_image(message_id, content),))
        case "file" | "media":
            return Content(attachments=(_file(message_id, content),))
        case "audio":
            resource = Resource(message_id, "file", _string(content, "file_key"))
            return Content(attachments=(Attachment("voice", ref=resource.ref),))
        case "location":
            return Content(attachments=(_place(content),))
        case "share_user":
            return Content(attachments=(Attachment("contact", ref=_string(content, "user_id")),))
        case _:
            return Content()


def _post(message_id: str, content: Mapping[str, Any], mentions: Sequence[Mention]) -> Content:
    paragraphs = [list(_objects(paragraph)) for paragraph in _list(content.get("content"))]
    lines = [_string(content, "title"), *("".join(_node_text(node) for node in nodes) for nodes in paragraphs)]
    attachments = tuple(
        found for nodes in paragraphs for node in nodes for found in _node_attachments(message_id, node)
    )
    return Content(_spoken("\n".join(line for line in lines if line), mentions), attachments)


def _node_text(node: Mapping[str, Any]) -> str:
    match node.get("tag"):
        case "text" | "code_block" | "md":
            return _string(node, "text")
        case "a":
            return _string(node, "text") or _string(node, "href")
        case "at":
            return _string(node, "user_id")
        case _:
            return ""


def _node_attachments(message_id: str, node: Mapping[str, Any]) -> Iterator[Attachment]:
    match node.get("tag"):
        case "img":
            yield _image(message_id, node)
        case "media":
            yield _file(message_id, node)
        case _:
            pass


def _image(message_id: str, content: Mapping[str, Any]) -> Attachment:
    return Attachment("image", ref=Resource(message_id, "image", _string(content, "image_key")).ref)


def _file(message_id: str, content: Mapping[str, Any]) -> Attachment:
    ref = Resource(message_id, "file", _string(content, "file_key")).ref
    return Attachment("file", ref=ref, name=_string(content, "file_name"))


def _place(content: Mapping[str, Any]) -> Attachment:
    """
    Latitude and longitude come as texts; a place without them is only a name.
    """
    try:
        at = f"{float(_string(content, 'latitude')):.6f},{float(_string(content, 'longitude')):.6f}"
    except ValueError:
        at = ""
    return Attachment("location", ref=at, text=_string(content, "name"))


def _spoken(text: str, mentions: Sequence[Mention]) -> str:
    """
    Placeholders replaced: the bot and @all vanish, people become 「@name」.
    """
    if "@_" in text:
        names = {mention.key: "" if mention.is_bot else f"@{mention.name} " for mention in mentions}
        text = _PLACEHOLDER.sub(lambda found: names.get(found[0], ""), text)
    lines = text.splitlines()
    if len(lines) <= 1 and not _SPACES.search(text):
        return text.strip()  # most messages
    return "\n".join(_SPACES.sub(" ", line).strip() for line in lines).strip()


def _string(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    yield from (entry for entry in _list(value) if isinstance(entry, dict))

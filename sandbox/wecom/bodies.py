"""
The content of one sent message by its type: its check, its cut to size, and how a member reads it.

Who receives it is the business of messages.py and groups.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.wecom import card_rules, card_view
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.wecom.state import WeComState

LONGEST_TEXT = 2048
MOST_ARTICLES = 8
MEDIA_TYPES = ("image", "voice", "video", "file")
NAMES = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}


@dataclass(frozen=True)
class Body:
    """
    `kind` and `text` are what the control API shows, `payload` what the platform keeps; flags tell what was cut.
    """

    kind: str
    text: str
    payload: dict[str, Any]
    flags: list[str] = field(default_factory=list)


def read_body(msgtype: str, content: object, state: WeComState, now: datetime) -> Body:
    """
    Raises: WeComError for a wrong content.
    """
    if not isinstance(content, dict):
        raise WeComError(40008 if content is None else 40058)
    if msgtype in MEDIA_TYPES:
        return _media(msgtype, content, state, now)
    return _READERS[msgtype](content)


def is_known(msgtype: object) -> bool:
    return msgtype in _READERS or msgtype in MEDIA_TYPES


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """
    At most so many bytes, never half a character.
    """
    return text.encode()[:longest].decode(errors="ignore")


def _text(content: dict[str, Any]) -> Body:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise WeComError(44004)
    shown = cut(text)
    called = {"mentioned_list": content["mentioned_list"]} if content.get("mentioned_list") else {}
    return Body("text", shown, {"msgtype": "text", "content": shown, **called}, ["cut"] if shown != text else [])


def _markdown(content: dict[str, Any]) -> Body:
    text = content.get("content")
    if not isinstance(text, str) or not text:
        raise WeComError(44004)
    if len(text.encode()) > LONGEST_TEXT:
        raise WeComError(45002)
    return Body("markdown", card_view.plain(text), {"msgtype": "markdown", "content": text})


def _text_card(content: dict[str, Any]) -> Body:
    for name, code in (("title", 41016), ("description", 41033), ("url", 41010)):
        if not content.get(name):
            raise WeComError(code)
    if not str(content["url"]).startswith(("http://", "https://")):
        raise WeComError(45034)
    link = {"title": content.get("btntxt") or "详情", "url": content["url"], "type": 1}
    card = {"title": content["title"], "description": content["description"], "jump_list": [link]}
    return Body("card", card_view.readable(card), {"msgtype": "textcard", "card": card})


def _news(content: dict[str, Any]) -> Body:
    articles = content.get("articles")
    if not isinstance(articles, list) or not 1 <= len(articles) <= MOST_ARTICLES:
        raise WeComError(45008)
    if not all(isinstance(article, dict) and article.get("title") for article in articles):
        raise WeComError(41016)
    lines = [f"{article['title']}\n{article.get('description', '')}".strip() for article in articles]
    return Body("markdown", "\n".join(lines), {"msgtype": "news", "articles": articles})


def _template_card(content: dict[str, Any]) -> Body:
    card_rules.check_card(content)
    flags = [f"truncated:{path}" for path in card_rules.cut_texts(content)]
    return Body("card", card_view.readable(content), {"msgtype": "template_card", "card": content}, flags)


def _media(msgtype: str, content: dict[str, Any], state: WeComState, now: datetime) -> Body:
    media_id = content.get("media_id")
    if not media_id:
        raise WeComError(41006)
    medium = state.medium(str(media_id), now)
    if medium is None or medium.kind != msgtype:
        raise WeComError(40007)
    kind = "image" if msgtype == "image" else "file"
    name = medium.attachment.name
    text = f"[{NAMES[msgtype]}]" if kind == "image" else f"[{NAMES[msgtype]}] {name}"
    return Body(kind, text, {"msgtype": msgtype, "media_id": media_id})


_READERS: dict[str, Callable[[dict[str, Any]], Body]] = {
    "text": _text,
    "markdown": _markdown,
    "textcard": _text_card,
    "news": _news,
    "template_card": _template_card,
}

"""
DingTalk's Markdown as a person reads it: without its marks; and the links in it that make the client send a text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

SEND_MESSAGE = "dtmd://dingtalkclient/sendMessage"
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[(?P<label>[^\]]*)\]\((?P<url>[^)\s]*)\)")
_TAG = re.compile(r"</?(?:font|a|b|i|u|div|span|p)\b[^<>]*>", re.IGNORECASE)
_MARKS = re.compile(r"\*\*|~~|^ {0,3}#{1,6} |^ {0,3}> ?|^\s*[-*] (?=\S)|(?<!\*)\*(?!\*)", re.MULTILINE)


@dataclass(frozen=True)
class TextLink:
    """
    A link whose click makes the person's own client send a text into the chat.
    """

    label: str
    url: str


def plain(markdown: object) -> str:
    found = _IMAGE.sub("[图片]", _BREAK.sub("\n", str(markdown or "")))
    found = _LINK.sub(lambda match: match["label"], found)
    shown = html.unescape(_MARKS.sub("", _TAG.sub("", found)))
    return "\n".join(line.strip() for line in shown.split("\n")).strip()


def text_links(markdown: object) -> list[TextLink]:
    found = _LINK.finditer(str(markdown or ""))
    return [TextLink(plain(match["label"]), match["url"]) for match in found if sent_text(match["url"])]


def sent_text(url: str) -> str | None:
    """
    What the client sends for this address; None when it is an ordinary one.
    """
    if not url.startswith(SEND_MESSAGE):
        return None
    content = parse_qs(urlsplit(url).query).get("content", [""])[0]
    return unquote(content) or None

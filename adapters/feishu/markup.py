"""
Plain text made safe and short for Feishu's text sinks: card markdown, plain text elements and text messages.

The neutral card knows no markup: whatever looks like markup in it was typed by somebody and must appear as typed.
Source (read 2026-05):
https://open.feishu.cn/document/feishu-cards/card-json-v2-components/content-components/rich-text
"""

from __future__ import annotations

import re
from typing import Final, Literal

Colour = Literal["green", "orange", "red", "grey"]

_ACTIVE: Final = re.compile(r"""[&<>*~\-!/\\\[\]()#:+"'`$_|={}@^]""")
_LIST_NUMBER: Final = re.compile(r"(?m)^(\s*\d+)\.")
_TAG_START: Final = re.compile(r"<(?=[A-Za-z/])")
_LINK_JOINT: Final = re.compile(r"\](?=\()")
_UNDRAWABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

ELLIPSIS: Final = "…"


def clean(text: str) -> str:
    """
    The text without what no client draws and some abuse: control characters, direction overrides, half surrogates.
    """
    return _UNDRAWABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, limit: int) -> str:
    """
    At most `limit` characters, the last one an ellipsis when something is missing.
    """
    text = clean(text).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """
    As `cut`, on a single line: for titles, labels and buttons.
    """
    return cut(" ".join(clean(text).split()), limit)


def escape(text: str) -> str:
    """
    Card markdown that shows exactly `text`: every active character as its numeric entity, line ends as breaks.
    """
    numbered = _LIST_NUMBER.sub(r"\1&#46;", _ACTIVE.sub(lambda found: f"&#{ord(found[0])};", clean(text)))
    return numbered.replace("\n", "<br>")


def bold(text: str) -> str:
    """
    Escaped text in bold. Emphasis needs text at both ends, so none is put around nothing.
    """
    escaped = escape(text.strip())
    return f"**{escaped}**" if escaped else ""


def coloured(text: str, colour: Colour) -> str:
    """
    Escaped text in a colour.
    """
    return f"<font color='{colour}'>{escape(text)}</font>"


def message_text(text: str) -> str:
    """
    Content of a text message. It knows no entities, so `<` before a tag and `](` of a link turn full-width.
    """
    return _LINK_JOINT.sub("］", _TAG_START.sub("＜", clean(text)))


def is_web_address(url: str | None) -> bool:
    """
    Whether a link may be put on a card: only http and https, nothing that could break out of an attribute.
    """
    return bool(url) and bool(re.fullmatch(r"https?://[!-~]{1,2000}", url or ""))

"""
Plain text made safe and short for WeCom's sinks: card fields, text messages and its markdown subset.

WeCom documents no escape character, so what would be markup is written with its full-width twin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ELLIPSIS = "…"

_MARKDOWN = str.maketrans("*`<>[]#", "＊｀＜＞［］＃")
# Controls but line ends, overrides of direction, lone surrogates and what XML cannot hold.
_UNSHOWABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(r"<(?=[/@a-zA-Z!])")  # <a href=…> and <@userid> work in text messages too


def plain(text: str) -> str:
    """
    The text without what no sink can hold; tabs become spaces and all line ends the same.
    """
    return _UNSHOWABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def one_line(text: str) -> str:
    """
    The text on a single line.
    """
    return " ".join(plain(text).split())


def lines_of(text: str) -> list[str]:
    """
    The lines of the text that say something.
    """
    return [line for raw in plain(text).split("\n") if (line := raw.rstrip()).strip()]


def cut(text: str, chars: int) -> str:
    """
    The text in at most so many characters, an ellipsis in place of what is missing.
    """
    return text if len(text) <= chars else text[: chars - 1].rstrip() + ELLIPSIS


def message_text(text: str) -> str:
    """
    Text for a text message, in which links and mentions of groups would otherwise come alive.
    """
    return _TAG.sub("＜", plain(text))


def markdown(text: str) -> str:
    """
    Text for a markdown message, on one line, with nothing left that formats, links or mentions.
    """
    return one_line(text).translate(_MARKDOWN)


def cut_bytes(text: str, most: int) -> str:
    """
    The text in at most so many bytes of UTF-8, an ellipsis in place of what is missing.
    """
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS


def join_within(lines: Sequence[str], most: int, *, more: str, tail: Sequence[str] = ()) -> str:
    """
    Whole lines in at most so many bytes: when some do not fit, `more` says so; `tail` is always there.
    """
    text = "\n".join([*lines, *tail])
    if len(text.encode()) <= most:
        return text
    ending = "\n".join([more, *tail])
    room = most - len(ending.encode())
    kept: list[str] = []
    for line in lines:
        size = len(line.encode()) + 1
        if size > room:
            break
        room -= size
        kept.append(line)
    first = [] if kept else [cut_bytes(lines[0], room - 1)]
    return "\n".join([*kept, *first, ending])


def safe_url(url: str | None, most: int) -> str | None:
    """
    A link that a person may be sent to and that fits; None for any other scheme, control characters and overlong ones.
    """
    if url is None or not url.startswith(("http://", "https://")) or len(url.encode("utf-8", "replace")) > most:
        return None
    return url if plain(url) == url and not set(url) & set(' \n<>"') else None

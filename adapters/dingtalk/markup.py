"""
Plain text made safe and short for DingTalk's text sinks: card markdown, messages in markdown, plain texts.

DingTalk documents no escape character, so what would be markup is written with its full-width twin: an asterisk typed
by somebody is seen as one, and never makes anything bold.
Source (read 2026-08): https://open.dingtalk.com/document/development/robot-message-type
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import quote

from cards.model import TextTone, Tone

ELLIPSIS: Final = "…"
BREAK: Final = "<br>"  # between the lines of a card's text
LINE_END: Final = "  \n  "  # between the lines of a message in markdown

Colour = Literal["blue", "green", "orange", "red", "grey", "label"]

_COLOURS: Final[dict[Colour, str]] = {
    "blue": "common_blue1_color",
    "green": "common_green1_color",
    "orange": "common_orange1_color",
    "red": "common_red1_color",
    "grey": "common_level3_base_color",
    "label": "common_level2_base_color",
}
STATUS_COLOURS: Final[dict[Tone, Colour]] = {
    "blue": "blue",
    "green": "green",
    "orange": "orange",
    "red": "red",
    "grey": "grey",
}
TEXT_COLOURS: Final[dict[TextTone, Colour]] = {"note": "grey", "good": "green", "warning": "orange", "error": "red"}

# Controls but line ends, overrides of direction, lone surrogates.
_UNDRAWABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ACTIVE: Final = str.maketrans("*`<>[]#|~\\", "＊｀＜＞［］＃｜～＼")
_ENTITY: Final = re.compile(r"&(?=#?\w{1,32};)")
# An underscore inside a word (an address) makes nothing italic.
_UNDERSCORE: Final = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# A list entry at the start of a line needs a space after its mark: a space that does not break makes it plain text.
_LIST_MARK: Final = re.compile(r"^([-+]|\d{1,9}[.)]) ")
_LONE_MARK: Final = re.compile(r"^(?:[-=]+|\+|\d{1,9}[.)])$")
_TWINS: Final = str.maketrans("-+=.)", "－＋＝．）")
_WEB_ADDRESS: Final = re.compile(r"https?://[!-~]{1,2000}")


def clean(text: str) -> str:
    """
    The text without what no client draws and some abuse: control characters, direction overrides, half surrogates.
    """
    return _UNDRAWABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


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
    One line of markdown that shows exactly `text`, but for the width of what would have been markup.
    """
    line = _UNDERSCORE.sub("＿", _ENTITY.sub("＆", " ".join(clean(text).split())).translate(_ACTIVE))
    line = _LONE_MARK.sub(lambda found: found[0].translate(_TWINS), line)
    return _LIST_MARK.sub("\\1\u00a0", line)


def lines_of(text: str) -> list[str]:
    """
    The lines of a text that say something, as escaped markdown.
    """
    return [line for raw in clean(text).split("\n") if (line := escape(raw))]


def bold(text: str, *, before: str = "") -> str:
    """
    Escaped text in bold, after a number of ours. Emphasis needs text at both ends, so none is put around nothing.
    """
    inside = f"{before}{escape(text)}".strip()
    return f"**{inside}**" if inside else ""


def coloured(text: str, colour: Colour) -> str:
    """
    Escaped text in a colour that suits light and dark; for cards only, messages know no colours.
    """
    escaped = escape(text)
    return f"<font color={_COLOURS[colour]}>{escaped}</font>" if escaped else ""


def link(label: str, address: str) -> str:
    """
    A link in markdown; the address has passed `is_web_address` or was made by `sending`.
    """
    return f"[{escape(label)}]({address.replace('(', '%28').replace(')', '%29')})"


def sending(text: str) -> str:
    """
    The address behind which the person's own client says `text` in the chat.

    Works in messages in markdown only; in a group it is not documented whether the robot would be addressed.
    """
    return f"dtmd://dingtalkclient/sendMessage?content={quote(text, safe='')}"


def is_web_address(url: str | None) -> bool:
    """
    Whether a link may be put on a card: only http and https, nothing that could break out of its place.
    """
    return bool(url) and bool(_WEB_ADDRESS.fullmatch(url or ""))


def size(text: str) -> int:
    """
    Bytes of UTF-8.
    """
    return len(text.encode("utf-8", "replace"))


def cut_bytes(text: str, most: int) -> str:
    """
    The text in at most so many bytes of UTF-8, an ellipsis in place of what is missing.
    """
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most:
        return text
    return raw[: most - size(ELLIPSIS)].decode(errors="ignore").rstrip() + ELLIPSIS


def join_within(lines: Sequence[str], most: int, *, end: str, more: str, tail: Sequence[str] = ()) -> str:
    """
    Whole lines in at most so many bytes: when some do not fit, `more` says so; `tail` is always there.
    """
    text = end.join([*lines, *tail])
    if size(text) <= most:
        return text
    ending = [more, *tail]
    room = most - size(end.join(ending))
    kept: list[str] = []
    for line in lines:
        room -= size(line) + size(end)
        if room < 0:
            break
        kept.append(line)
    if lines and not kept:
        kept = [cut_bytes(lines[0], room + size(lines[0]))]
    return end.join([*kept, *ending])

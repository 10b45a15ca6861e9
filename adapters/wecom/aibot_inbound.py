"""
From the JSON of the 智能机器人 to the events of `bot.events`.

In a group the bot hears only what calls it with @, and the text starts with that call. Pictures and files cannot be
sent to it there, but a message can quote them: what is quoted comes with the message.
Source: https://developer.work.weixin.qq.com/document/path/100719 and /101027 (read 2026-08)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from adapters.wecom.inbound import LAST_SECOND, UnreadableError
from adapters.wecom.limits import NOT_CHOSEN
from adapters.wecom.routes import BOT_GROUP
from bot.events import (
    ActionClicked,
    Attachment,
    ChatEntered,
    ChatRef,
    Event,
    FormValue,
    MessageReceived,
    OtherEvent,
    Person,
)

Body = Mapping[str, object]

FILE_REF: Final = "aibot"
"""First word of an attachment's `ref`: the file lies at an address of its own, under a key of its own."""

_CALL: Final = re.compile(r"@\S+(?:\s+|$)")
_NAMES: Final = {"image": "picture.jpg", "file": "", "video": "video.mp4"}


def event_of(body: Body, *, account: str, now: datetime) -> Event:
    """
    The event a frame's body tells of; `now` stands in for a creation time where the frame has none.

    Raises:
        UnreadableError: it is broken.
    """
    try:
        common = _common(body, account, now)
        kind = _text(body, "msgtype")
        return _happened(_part(body, "event"), common) if kind == "event" else _message(kind, body, common)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError("fields") from error


def _common(body: Body, account: str, now: datetime) -> dict[str, Any]:
    sender, message_id = _text(_part(body, "from"), "userid"), _text(body, "msgid")
    if not sender or not message_id:
        raise ValueError("aibot: an event without sender or id")
    seconds = int(str(body.get("create_time") or int(now.timestamp())))
    if not 0 < seconds <= LAST_SECOND:
        raise ValueError("aibot: an impossible time")
    is_group = _text(body, "chattype") == "group"
    if is_group and not _text(body, "chatid"):
        raise ValueError("aibot: a group without its id")
    return {
        "platform": "wecom",
        "account": account,
        "key": f"aibot:{message_id}",
        "sender": Person(sender),
        "chat": ChatRef("group", BOT_GROUP + _text(body, "chatid")) if is_group else ChatRef("direct"),
        "sent_at": datetime.fromtimestamp(seconds, UTC),
    }


def _message(kind: str, body: Body, common: dict[str, Any]) -> Event:
    text, attachments = _content(kind, body)
    if common["chat"].kind == "group":
        text = _CALL.sub("", text.lstrip(), count=1) if text.lstrip().startswith("@") else text
    quote = _part(body, "quote")
    quoted_text, quoted_attachments = _content(_text(quote, "msgtype"), quote) if quote else ("", ())
    if not text.strip() and not attachments:
        text = quoted_text
    if not text and not attachments and not quoted_attachments and kind not in _READ:
        return OtherEvent(**common, kind=f"message:{kind}")
    return MessageReceived(
        **common, message_id=_text(body, "msgid"), text=text, attachments=(*attachments, *quoted_attachments)
    )


_READ: Final = frozenset({"text", "voice", "mixed", "image", "file", "video"})


def _content(kind: str, body: Body) -> tuple[str, tuple[Attachment, ...]]:
    """
    Words and files of a message or of what it quotes. Voice comes as the words the platform heard, without the sound.
    """
    part = _part(body, kind)
    match kind:
        case "text" | "voice":
            return _text(part, "content"), ()
        case "image" | "file" | "video":
            return "", (_file(kind, part),)
        case "mixed":
            items = part.get("msg_item")
            read = [_content(_text(item, "msgtype"), item) for item in items] if isinstance(items, list) else []
            return "\n".join(text for text, _ in read if text), tuple(one for _, files in read for one in files)
        case _:
            return "", ()


def _file(kind: str, part: Body) -> Attachment:
    url, key = _text(part, "url"), _text(part, "aeskey")
    if not url or set(url + key) & set(" \r\n\t"):
        raise ValueError("aibot: a file without an address")
    name = _text(part, "filename") or _NAMES[kind]
    return Attachment("image" if kind == "image" else "file", ref=f"{FILE_REF} {key or '-'} {url}", name=name)


def _happened(event: Body, common: dict[str, Any]) -> Event:
    kind = _text(event, "eventtype")
    match kind:
        case "enter_chat":
            return ChatEntered(**common)
        case "template_card_event":
            return _click(_part(event, kind), common)
        case _:
            return OtherEvent(**common, kind=f"aibot:{kind}")


def _click(click: Body, common: dict[str, Any]) -> ActionClicked:
    payload = _text(click, "event_key")
    if not payload:
        raise ValueError("aibot: a click without its key")
    return ActionClicked(**common, payload=payload, form=_selected(click), card_ref=_text(click, "task_id"))


def _selected(click: Body) -> dict[str, FormValue]:
    chosen: dict[str, FormValue] = {}
    items = _part(click, "selected_items").get("selected_item")
    for item in items if isinstance(items, list) else []:
        options = _part(item, "option_ids").get("option_id")
        listed = options if isinstance(options, list) else []
        values = tuple(option for option in listed if isinstance(option, str) and option != NOT_CHOSEN)
        if values:
            chosen[_text(item, "question_key")] = values[0] if len(values) == 1 else values
    return chosen


def _part(body: object, name: str) -> Body:
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _text(body: object, name: str) -> str:
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) else ""

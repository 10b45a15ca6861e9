"""
A decrypted and verified Feishu payload becomes a neutral event, or is found unreadable.

Authenticity is decided in `adapter.py` before anything here runs. No network, no text for people.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/events/receive and
https://open.feishu.cn/document/feishu-cards/card-callback-communication (read 2026-05).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple

from adapters.feishu.limits import CLICK_TOKEN_LIFE
from adapters.feishu.message import Mention, read_content
from bot.events import (
    ActionClicked,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatEntered,
    ChatRef,
    Event,
    FormValue,
    GroupMembersChanged,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    OtherEvent,
    Person,
)

GROUP_MARK: Final = "group"
"""What a button's value carries under `c` on cards in groups: a click does not say which kind of chat it is from."""

MAX_IDENTIFIER: Final = 128

_CHANGES: Final[Mapping[str, Literal["joined", "left", "updated"]]] = {
    "contact.user.created_v3": "joined",
    "contact.user.updated_v3": "updated",
    "contact.user.deleted_v3": "left",
}
_GONE: Final = ("is_resigned", "is_exited", "is_frozen")
_UNITS: Final = {10: 1, 13: 1_000, 16: 1_000_000}
_DATE_WITH_OFFSET: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2})? [+-]\d{4}")


class Malformed(ValueError):  # noqa: N818 - names a fact about the input
    """
    The payload is authentic but not shaped as documented.
    """


class Envelope(NamedTuple):
    """
    The verified payload, opened: what all events have, and the part that differs.

    `own_id` is our bot's open_id, empty while it is not known.
    """

    account: str
    event_id: str
    event_type: str
    sent_at: datetime
    body: Mapping[str, Any]
    own_id: str = ""


def open_envelope(account: str, payload: Mapping[str, Any], own_id: str = "") -> Envelope:
    """
    The envelope of schema 2.0.

    Raises:
        Malformed: some part is missing or of the wrong kind.
    """
    header = _mapping(payload.get("header"))
    return Envelope(
        account=account,
        event_id=_identifier(header.get("event_id")),
        event_type=_identifier(header.get("event_type")),
        sent_at=_instant(header.get("create_time")),
        body=_mapping(payload.get("event")),
        own_id=own_id,
    )


def read_event(envelope: Envelope) -> Event:
    """
    The event an envelope carries; types the product has no use for become `OtherEvent`.

    Raises:
        Malformed: a type we know is not shaped as documented.
    """
    reader = _READERS.get(envelope.event_type)
    return reader(envelope) if reader else _other(envelope, envelope.event_type)


def _message(envelope: Envelope) -> Event:
    sender, message = _mapping(envelope.body.get("sender")), _mapping(envelope.body.get("message"))
    if sender.get("sender_type") != "user":
        return _other(envelope, f"{envelope.event_type}:from_{sender.get('sender_type')}")
    chat = ChatRef("direct" if message.get("chat_type") == "p2p" else "group", _identifier(message.get("chat_id")))
    mentions = [_mention(entry, envelope.own_id) for entry in _sequence(message.get("mentions"))]
    people = tuple([Person(mention.open_id, mention.name) for mention in mentions if not mention.is_bot])
    if chat.kind == "group" and len(people) == len(mentions):
        return _other(envelope, f"{envelope.event_type}:not_addressed")
    if not message.get("content"):
        return _other(envelope, f"{envelope.event_type}:recalled")
    message_id = _identifier(message.get("message_id"))
    kind, spoken = str(message.get("message_type")), _json_object(message.get("content"))
    content = read_content(message_id, kind, spoken, mentions)
    return MessageReceived(
        platform="feishu",
        account=envelope.account,
        # one message may be pushed under several event ids
        key=message_id,
        sender=Person(_open_id(sender.get("sender_id"))),
        chat=chat,
        sent_at=_instant(message.get("create_time")),
        message_id=message_id,
        text=content.text,
        attachments=content.attachments,
        reply_to=_identifier(message["parent_id"]) if message.get("parent_id") else None,
        mentions=people,
    )


def _click(envelope: Envelope) -> Event:
    body = envelope.body
    action, context = _mapping(body.get("action")), _mapping(body.get("context") or {})
    value = action.get("value")
    carried = value if isinstance(value, dict) else {}
    token = body.get("token")
    return ActionClicked(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(body.get("operator"))),
        chat=ChatRef("group" if carried.get("c") == GROUP_MARK else "direct", _optional(context.get("open_chat_id"))),
        sent_at=envelope.sent_at,
        payload=_optional(carried.get("a"), limit=1024),
        button=_optional(action.get("name")),
        form=_form(action.get("form_value")),
        card_ref=_optional(context.get("open_message_id")),
        update_token=_optional(token) or None,
        update_token_expires_at=envelope.sent_at + CLICK_TOKEN_LIFE if token else None,
    )


def _menu(envelope: Envelope) -> Event:
    operator = _mapping(envelope.body.get("operator"))
    name = operator.get("operator_name")
    return MenuClicked(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(operator.get("operator_id")), _text(name) if isinstance(name, str) else None),
        chat=ChatRef("direct"),
        sent_at=envelope.sent_at,
        menu_key=_optional(envelope.body.get("event_key")),
    )


def _chat_entered(envelope: Envelope) -> Event:
    return ChatEntered(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(envelope.body.get("operator_id"))),
        chat=ChatRef("direct", _identifier(envelope.body.get("chat_id"))),
        sent_at=envelope.sent_at,
    )


def _bot_added(envelope: Envelope) -> Event:
    return BotAddedToGroup(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(envelope.body.get("operator_id"))),
        chat=ChatRef("group", _identifier(envelope.body.get("chat_id"))),
        sent_at=envelope.sent_at,
        group_name=_text(envelope.body.get("name") or ""),
        external=envelope.body.get("external") is True,
    )


def _bot_removed(envelope: Envelope) -> Event:
    operator = envelope.body.get("operator_id")
    return BotRemovedFromGroup(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(operator) if operator else ""),
        chat=ChatRef("group", _identifier(envelope.body.get("chat_id"))),
        sent_at=envelope.sent_at,
    )


def _group_members(envelope: Envelope) -> Event:
    """
    Somebody came into a group or left it: who is in it now is read from the platform when it matters.
    """
    return GroupMembersChanged(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(""),
        chat=ChatRef("group", _identifier(envelope.body.get("chat_id"))),
        sent_at=envelope.sent_at,
    )


def _member(envelope: Envelope) -> Event:
    """
    Somebody joined, left or was changed; who is frozen can no longer work and counts as gone.
    """
    user = _mapping(envelope.body.get("object"))
    status = user.get("status")
    is_gone = isinstance(status, dict) and any(status.get(name) is True for name in _GONE)
    change = _CHANGES[envelope.event_type]
    name = user.get("name")
    return MemberChanged(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(_open_id(user), _text(name) if isinstance(name, str) else None),
        chat=ChatRef("direct"),
        sent_at=envelope.sent_at,
        change="left" if is_gone and change == "updated" else change,
    )


def _other(envelope: Envelope, kind: str) -> OtherEvent:
    return OtherEvent(
        platform="feishu",
        account=envelope.account,
        key=envelope.event_id,
        sender=Person(""),
        chat=ChatRef("direct"),
        sent_at=envelope.sent_at,
        kind=_text(kind)[:128],
    )


_READERS: Final[Mapping[str, Callable[[Envelope], Event]]] = {
    "im.message.receive_v1": _message,
    "card.action.trigger": _click,
    "application.bot.menu_v6": _menu,
    "im.chat.access_event.bot_p2p_chat_entered_v1": _chat_entered,
    "im.chat.member.bot.added_v1": _bot_added,
    "im.chat.member.bot.deleted_v1": _bot_removed,
    "im.chat.disbanded_v1": _bot_removed,
    "im.chat.member.user.added_v1": _group_members,
    "im.chat.member.user.deleted_v1": _group_members,
    "im.chat.member.user.withdrawn_v1": _group_members,
    "contact.user.created_v3": _member,
    "contact.user.updated_v3": _member,
    "contact.user.deleted_v3": _member,
}


def _mention(value: object, own_id: str) -> Mention:
    """
    Somebody mentioned. `is_bot` means our bot: a group may have others.
    """
    mention = _mapping(value)
    name, open_id = mention.get("name"), _optional(_mapping(mention.get("id") or {}).get("open_id"))
    return Mention(
        key=_identifier(mention.get("key")),
        open_id=open_id,
        name=_text(name) if isinstance(name, str) else "",
        is_bot=open_id == own_id if own_id else mention.get("mentioned_type") == "bot",
    )


def _form(value: object) -> dict[str, FormValue]:
    """
    What was filled in. An untouched field comes as empty text, empty list, null or not at all; a date with its offset.
    """
    fields = value if isinstance(value, dict) else {}
    return {_text(name): _form_value(entry) for name, entry in fields.items()}


def _form_value(value: object) -> FormValue:
    if isinstance(value, str):
        date = _DATE_WITH_OFFSET.fullmatch(value) if value[:1].isdigit() else None
        return date[1] if date else _text(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(_text(entry) for entry in value)
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else _text(value)


def _open_id(value: object) -> str:
    return _identifier(_mapping(value).get("open_id"))


def _identifier(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_IDENTIFIER:
        raise Malformed("identifier")
    if " " in value or not (value.isascii() and value.isprintable()):
        raise Malformed("identifier")
    return value


def _optional(value: object, *, limit: int = 256) -> str:
    """
    A short printable value, empty when it is missing or anything else.
    """
    return value if isinstance(value, str) and len(value) <= limit and value.isascii() and value.isprintable() else ""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("text")
    # JSON can spell half a surrogate pair, which no database and no encoder takes
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _instant(value: object) -> datetime:
    """
    Feishu writes seconds, milliseconds (events) or microseconds (card clicks): the number of digits tells which.
    """
    digits = str(value)
    unit = _UNITS.get(len(digits))
    if unit is None or not (digits.isascii() and digits.isdigit()):
        raise Malformed("create_time")
    return datetime.fromtimestamp(int(digits) / unit, UTC)


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("object")
    return value


def _sequence(value: object) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed("list")
    return value


def _json_object(value: object) -> dict[str, Any]:
    try:
        return _mapping(json.loads(_text(value)))
    except (ValueError, RecursionError):
        raise Malformed("content") from None

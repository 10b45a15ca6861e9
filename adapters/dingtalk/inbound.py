"""
A verified DingTalk payload becomes neutral events, or is found unreadable. Stream and HTTP carry the same payloads.

Authenticity is decided in `stream.py` and `callbacks.py` before anything here runs. No network, no text for people.
Source: https://open.dingtalk.com/document/development/receive-message and …/event-callback-card (read 2026-08).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, TypeGuard

from adapters.dingtalk import binding
from adapters.dingtalk.message import is_withheld, plain, quoted, read_content, string
from adapters.dingtalk.sdk import part
from bot.events import (
    ActionClicked,
    BotAddedToGroup,
    BotRemovedFromGroup,
    ChatRef,
    Event,
    FormValue,
    GroupMembersChanged,
    MemberChanged,
    MessageReceived,
    OtherEvent,
    Person,
    TextWithheld,
)
from bot.ports import Seal

FORM: Final = "form"
"""The parameter in which a submission brings the values; a further form of a card may use its own id instead."""
PAYLOAD: Final = "_a"
"""The parameter of every button, and the hidden or chosen field of every form, that carries the sealed action."""

MAX_KEY: Final = 120
MAX_IDENTIFIER: Final = 80

_DIGITS: Final = 13
_FIRST_MILLISECOND: Final = 10**12
_MEMBER_CHANGES: Final[Mapping[str, Any]] = {
    "user_add_org": "joined",
    "user_active_org": "updated",
    "user_modify_org": "updated",
    "user_leave_org": "left",
}


class Malformed(ValueError):  # noqa: N818 - names a fact about the input
    """
    The payload is authentic but not shaped as documented; the text is a code for the counter.
    """


@dataclass(frozen=True)
class Origin:
    """
    Who the payload is for: the account's name in the settings, and its company.
    """

    account: str
    corp_id: str

    def is_other(self, corp_id: object) -> bool:
        """
        Whether a payload names another company; some leave the company out.
        """
        # no set: what stands in a payload may not be hashable
        return corp_id not in (None, "", self.corp_id)


class Session(NamedTuple):
    """
    The address a message brings for answers to its chat: it needs no token, costs no API call, and dies soon.
    """

    chat: str
    url: str
    expires_at: datetime


class Change(NamedTuple):
    """
    An event of the company or of a group, from either transport.
    """

    event_id: str
    event_type: str
    sent_at: datetime
    data: Mapping[str, Any]


def read_message(origin: Origin, body: Mapping[str, Any], *, is_signed: bool = True) -> Event:
    """
    What a person said to the robot; `is_signed` as in `MessageReceived`.

    Raises:
        Malformed: it is not shaped as documented, or meant for another company.
    """
    if origin.is_other(body.get("chatbotCorpId")):
        raise Malformed("receiver")
    message_id = identifier(body.get("msgId"))
    key, sender = event_key("message", message_id), Person(_sender_id(origin, body), string(body, "senderNick") or None)
    chat, sent_at = _chat(body), instant(body.get("createAt"))
    if is_withheld(body):
        return TextWithheld("dingtalk", origin.account, key, sender, chat, sent_at)
    content = read_content(string(body, "msgtype"), body)
    return MessageReceived(
        platform="dingtalk",
        account=origin.account,
        key=key,
        sender=sender,
        chat=chat,
        sent_at=sent_at,
        message_id=message_id,
        text=content.text,
        attachments=content.attachments,
        reply_to=quoted(body) or None,
        mentions=_mentions(body),
        is_signed=is_signed,
    )


def read_session(message: Event, body: Mapping[str, Any]) -> Session | None:
    """
    The address for answers that came with a message, None when it came without.
    """
    url = string(body, "sessionWebhook")
    if not url:
        return None
    chat = message.chat.id if message.chat.kind == "group" else message.sender.user_id
    try:
        return Session(chat, url, instant(body.get("sessionWebhookExpiredTime")))
    except Malformed:
        # an answer can go another way: no reason to refuse what the person wrote
        return None


def read_click(origin: Origin, body: Mapping[str, Any], *, key: str, sent_at: datetime, seal: Seal) -> ActionClicked:
    """
    What was pressed on a card, by whom, and what stood in the form.

    Raises:
        Malformed: it is not shaped as documented, or this person cannot have pressed that (`binding`).
    """
    card = _card(body)
    if origin.is_other(body.get("corpId")):
        raise Malformed("receiver")
    user_id, out_track_id = identifier(card.user_id), identifier(card.card_instance_id)
    params, button = _pressed(_mapping(card.content), _mapping(body.get("actionData") or {}))
    form = _form(params.get(FORM) or params.get(button))
    carried = form.pop(PAYLOAD, "")
    payload = string(params, PAYLOAD) or (carried if isinstance(carried, str) else "")
    opened = binding.opened(seal, payload, out_track_id, user_id)
    if opened is None:
        raise Malformed("binding")
    sealed, kind = opened
    return ActionClicked(
        platform="dingtalk",
        account=origin.account,
        key=key,
        sender=Person(user_id),
        chat=ChatRef(kind, identifier(body.get("spaceId")) if kind == "group" else ""),
        sent_at=sent_at,
        payload=sealed,
        button=button or string(body, "actionId"),
        form=form,
        card_ref=out_track_id,
    )


def read_change(origin: Origin, change: Change) -> tuple[Event, ...]:
    """
    The events a change of the directory or of a group makes: one for each person concerned.

    Raises:
        Malformed: a type we know is not shaped as documented.
    """
    people = change.data.get("userId")
    ids = people if isinstance(people, list) else [people]
    member_change = _MEMBER_CHANGES.get(change.event_type)
    if member_change is not None and ids:
        return tuple(
            MemberChanged(**_common(origin, change, identifier(each), part_of_key=str(each)), change=member_change)
            for each in ids
        )
    operator = string(change.data, "operator")
    common = _common(origin, change, operator if _is_identifier(operator) else "")
    group = ChatRef("group", string(change.data, "openConversationId"))
    match change.event_type:
        case "im_cool_app_install" if group.id:
            return (BotAddedToGroup(**{**common, "chat": group}),)
        case "im_cool_app_uninstall" | "chat_disband" if group.id:
            return (BotRemovedFromGroup(**{**common, "chat": group}),)
        case "chat_add_member" | "chat_remove_member" | "chat_quit" if group.id:
            return (GroupMembersChanged(**{**common, "chat": group}),)
        case _:
            return (OtherEvent(**common, kind=change.event_type[:128]),)


def event_key(kind: str, *parts: str) -> str:
    """
    What identifies an event for its lifetime, as it stands or, where that is long, as its digest.
    """
    key = ":".join((kind, *parts))
    return key if len(key) <= MAX_KEY else f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def identifier(value: object) -> str:
    """
    An id as DingTalk writes them: visible ASCII.

    Raises:
        Malformed: it is missing or something else.
    """
    if _is_identifier(value):
        return value
    raise Malformed("identifier")


def _is_identifier(value: object) -> TypeGuard[str]:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_IDENTIFIER:
        return False
    return value.isascii() and value.isprintable() and " " not in value


def instant(value: object) -> datetime:
    """
    A moment in milliseconds, written as a number or as text.

    Raises:
        Malformed: it is neither.
    """
    return datetime.fromtimestamp(milliseconds(value) / 1000, UTC)


def milliseconds(value: object) -> int:
    """
    The same as a number: thirteen digits, which is between the years 2001 and 2286.

    Raises:
        Malformed: it is anything else.
    """
    if isinstance(value, str) and len(value) == _DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int or not _FIRST_MILLISECOND <= value < 10 * _FIRST_MILLISECOND:
        raise Malformed("time")
    return value


def json_object(text: Any) -> dict[str, Any]:
    """
    A JSON object inside a payload or a body.

    Raises:
        Malformed: the text is none.
    """
    try:
        # bytes are UTF-8: what else they could be need not be found out
        return _mapping(json.loads(text.decode() if isinstance(text, bytes) else text))
    except (TypeError, ValueError, RecursionError):
        raise Malformed("object") from None


def _common(origin: Origin, change: Change, user_id: str, *, part_of_key: str = "") -> dict[str, Any]:
    return {
        "platform": "dingtalk",
        "account": origin.account,
        "key": event_key("event", change.event_id, *([part_of_key] if part_of_key else [])),
        "sender": Person(user_id),
        "chat": ChatRef("direct"),
        "sent_at": change.sent_at,
    }


def _sender_id(origin: Origin, body: Mapping[str, Any]) -> str:
    """
    The person's id in the company, or DingTalk's opaque id, which is no member's and which only a session can answer.

    People of other companies have no staff id, and nobody has one before the app is published.
    """
    staff_id = body.get("senderStaffId")
    if not staff_id or origin.is_other(body.get("senderCorpId")):
        return identifier(body.get("senderId"))
    return identifier(staff_id)


def _chat(body: Mapping[str, Any]) -> ChatRef:
    chat_id = identifier(body.get("conversationId"))
    if str(body.get("conversationType")) == "2":
        return ChatRef("group", chat_id, string(body, "conversationTitle"))
    return ChatRef("direct", chat_id)


def _mentions(body: Mapping[str, Any]) -> tuple[Person, ...]:
    """
    Who else was called with @: the robot itself has no staff id.
    """
    people = body.get("atUsers")
    if not isinstance(people, list):
        return ()
    return tuple([Person(user_id) for entry in people if (user_id := string(_mapping(entry), "staffId"))])


def _card(body: Mapping[str, Any]) -> Any:
    """
    The callback as the SDK's model, of which only what we use is filled: its reader stumbles over an empty extension.
    """
    content = body.get("content") or body.get("value") or "{}"
    known = {"userId": body.get("userId"), "outTrackId": body.get("outTrackId"), "content": content}
    try:
        return part("card_callback").CardCallbackMessage.from_dict(known)
    except (TypeError, ValueError, RecursionError):
        raise Malformed("content") from None


def _pressed(content: Mapping[str, Any], action_data: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """
    The parameters and the button's id, wherever this kind of component puts them.
    """
    places = [
        content.get("cardPrivateData"),
        content.get("userPrivateData"),
        content,
        action_data.get("cardPrivateData"),
        action_data,
    ]
    params: Mapping[str, Any] = {}
    button = ""
    for place in map(_mapping, (place for place in places if place)):
        params = params or _mapping(place.get("params") or {})
        ids = place.get("actionIds")
        button = button or (plain(ids[0]) if isinstance(ids, list) and ids else "")
        button = button or string(place, "actionId")
    return params, button[:128]


def _form(value: object) -> dict[str, FormValue]:
    """
    What was filled in; an untouched optional field is not there at all.
    """
    fields = json_object(value) if isinstance(value, str) else value
    entries = fields if isinstance(fields, dict) else {}
    return {plain(name): _form_value(entry) for name, entry in entries.items()}


def _form_value(value: object) -> FormValue:
    """
    A choice comes as its position and its value, several as two lists.
    """
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return _form_value(value.get("value"))
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return tuple(text for entry in value if isinstance(text := _form_value(entry), str))
    return str(value) if isinstance(value, int | float) else ""


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("object")
    return value

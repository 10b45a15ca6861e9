"""
What can happen on a chat platform, as frozen values that name no vendor.

Adapters translate verified payloads into these; dispatch and handlers read nothing else. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FormValue = str | tuple[str, ...] | bool
AttachmentKind = Literal["image", "file", "voice", "location", "contact"]


@dataclass(frozen=True)
class Person:
    """
    A person as the platform names them: `user_id` is the WeCom userid or the Feishu open_id.
    """

    user_id: str
    name: str | None = None


@dataclass(frozen=True)
class ChatRef:
    """
    Where something was said. For a direct chat `id` may be empty where the platform gives none (WeCom, menu clicks).

    `name` is the group's, where messages bring it (DingTalk): such platforms do not tell when the bot joins a group.
    """

    kind: Literal["direct", "group"]
    id: str = ""
    name: str = ""


@dataclass(frozen=True)
class Event:
    """
    Common part of all events.

    `key` identifies the event for its lifetime (redeliveries carry the same key); `sent_at` is the platform's own
    creation time from inside the signed text, used to refuse events that are too old.
    """

    platform: str
    account: str
    key: str
    sender: Person
    chat: ChatRef
    sent_at: datetime


@dataclass(frozen=True)
class Attachment:
    """
    A file, picture, voice message, place or contact card that came with a message.

    `ref` is all an adapter needs to fetch it; `text` is what the platform itself already read (recognised speech, the
    address of a place).
    """

    kind: AttachmentKind
    ref: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True)
class MessageReceived(Event):
    """
    A person wrote to the bot, directly or with @ in a group; mentions of the bot are already removed from `text`.

    `is_signed` False: the platform's signature does not cover what was written and by whom (DingTalk over HTTP), so
    nothing is decided by it.
    """

    message_id: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None
    mentions: tuple[Person, ...] = ()
    is_signed: bool = True


@dataclass(frozen=True)
class ActionClicked(Event):
    """
    A button on one of our cards was pressed.

    `payload` is the sealed action the button carried; when a platform drops it, `button` (the button's name or index on
    the card) finds it in the stored card. `card_ref` is what the platform calls this copy of the card (Feishu message
    id, WeCom task id). `update_token` allows a later change of this copy (WeCom response code, Feishu click token).
    """

    payload: str = ""
    button: str = ""
    form: Mapping[str, FormValue] = field(default_factory=dict)
    card_ref: str = ""
    update_token: str | None = None
    update_token_expires_at: datetime | None = None


@dataclass(frozen=True)
class TextWithheld(Event):
    """
    A person wrote, but the platform keeps the text back: the company's messages of this month are used up (DingTalk).
    """


@dataclass(frozen=True)
class MenuClicked(Event):
    """
    An entry of the bot's menu was chosen; `menu_key` is the key configured in the vendor's console.
    """

    menu_key: str = ""


@dataclass(frozen=True)
class ChatEntered(Event):
    """
    A person opened the direct chat with the bot; may come on every opening.
    """


@dataclass(frozen=True)
class BotAddedToGroup(Event):
    """
    The bot became a member of a group; `external` groups contain people of other companies.
    """

    group_name: str = ""
    external: bool = False


@dataclass(frozen=True)
class BotRemovedFromGroup(Event):
    """
    The bot left a group or the group was dissolved.
    """


@dataclass(frozen=True)
class GroupMembersChanged(Event):
    """
    Somebody came into a group or left it; who is in it now is read from the platform.
    """


@dataclass(frozen=True)
class AttachmentRead(Event):
    """
    What was found in a picture or file a person sent before: the product's own event, made after the download.

    `text` holds the lines read from it, `contact` what a vCard or QR code said by name (`name`, `contact`, `title`,
    `phone`, `email`). `fault` is a code when there is neither: `no_reader`, `unsupported`,
    `too_large`, `nothing_found`, `failed`.
    """

    message_id: str = ""
    text: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class MemberChanged(Event):
    """
    The company's directory changed: `sender` is the person concerned. Details are read from the directory itself.
    """

    change: Literal["joined", "left", "updated"] = "updated"


@dataclass(frozen=True)
class OtherEvent(Event):
    """
    A verified event the product has no use for yet: acknowledged, counted and otherwise ignored.
    """

    kind: str = ""

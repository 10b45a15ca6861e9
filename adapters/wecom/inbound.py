"""
From WeCom's XML to the events of `bot.events`: the outer envelope before, the message after verification.

The XML is read by defusedxml (no DTD, no entities); wechatpy's message classes name the fields of the kinds they know,
template card events, which they do not know, are read from the tree. Signatures are checked in `adapter.py`.
Source: https://developer.work.weixin.qq.com/document/path/90239 and /90240 (read 2026-08)
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from wechatpy.work.events import EVENT_TYPES
from wechatpy.work.messages import MESSAGE_TYPES

from adapters.wecom.limits import NOT_CHOSEN, RESPONSE_CODE_LIFE
from bot.events import (
    ActionClicked,
    Attachment,
    ChatEntered,
    ChatRef,
    Event,
    FormValue,
    MemberChanged,
    MenuClicked,
    MessageReceived,
    OtherEvent,
    Person,
)

Fields = Mapping[str, str]

# What tells two events apart and is the same in every redelivery. CreateTime alone has a resolution of one second.
_CHANGES: Final[Mapping[str, Literal["joined", "left", "updated"]]] = {
    "create_user": "joined", "delete_user": "left", "update_user": "updated",
}  # fmt: skip
_CONTACT_CODES: Final = ("BEGIN:VCARD", "MECARD:")
LAST_SECOND = 253_402_300_799  # 9999-12-31, the last a datetime can hold


class UnreadableError(Exception):
    """
    The text is not a message of WeCom for this app; the text is a code for the counter.
    """


def ciphertext_of(body: bytes) -> str:
    """
    The one `Encrypt` element of an unverified envelope.

    Raises:
        UnreadableError: the body is not such an envelope.
    """
    elements = _tree(body).findall("Encrypt")
    if len(elements) != 1 or not elements[0].text:
        raise UnreadableError("envelope")
    return elements[0].text.strip()


def event_of(text: bytes, *, account: str, corp_id: str, agent_id: int) -> Event:
    """
    The event a verified plain text tells of.

    Raises:
        UnreadableError: it is broken or meant for another company or app.
    """
    tree = _tree(text)
    fields = {child.tag: (child.text or "") for child in tree}
    if fields.get("ToUserName") != corp_id:
        raise UnreadableError("receiver")
    if fields.get("AgentID", "") not in {"", str(agent_id)}:
        raise UnreadableError("agent")
    try:
        return _read(tree, fields, _common(fields, account))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError("fields") from error


def _tree(text: bytes) -> Element:
    try:
        tree: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableError("xml") from error
    if tree.tag != "xml":
        raise UnreadableError("xml")
    return tree


def _common(fields: Fields, account: str) -> dict[str, Any]:
    seconds = int(fields["CreateTime"])
    if not 0 < seconds <= LAST_SECOND or not fields["FromUserName"]:
        raise ValueError("wecom: a message without sender or time")
    return {
        "platform": "wecom",
        "account": account,
        "sender": Person(fields["FromUserName"]),
        "chat": ChatRef("direct"),
        "sent_at": datetime.fromtimestamp(seconds, UTC),
    }


def _read(tree: Element, fields: Fields, common: dict[str, Any]) -> Event:
    kind = fields["MsgType"].lower()
    if kind != "event":
        return _message(kind, fields, common)
    selected = _selected(tree)
    common["key"] = _event_key(tree)
    name = fields["Event"].lower()
    match name:
        case "template_card_event" | "template_card_menu_event":
            return _click(fields, selected, common)
        case "click":
            return MenuClicked(**common, menu_key=EVENT_TYPES[name](dict(fields)).key)
        case "enter_agent":
            return ChatEntered(**common)
        case "location_select":
            place = _place(tree.find("SendLocationInfo"))
            return MessageReceived(**common, attachments=(place,))
        case "scancode_waitmsg":
            return _scanned(tree.findtext("ScanCodeInfo/ScanResult") or "", common)
        case "subscribe" | "unsubscribe":
            return MemberChanged(**common, change="joined" if name == "subscribe" else "left")
        case "change_contact":
            return _directory_change(fields, common)
        case _:
            return OtherEvent(**common, kind=name)


def _directory_change(fields: Fields, common: dict[str, Any]) -> Event:
    """
    A change of the company's directory (通讯录). It comes from `sys`; whom it concerns is said inside.
    """
    change = _CHANGES.get(fields["ChangeType"].lower())
    if change is None:
        return OtherEvent(**common, kind=f"change_contact:{fields['ChangeType'].lower()}")
    person = fields.get("NewUserID") or fields["UserID"]
    if not person:
        raise ValueError("wecom: a change without the person changed")
    return MemberChanged(**{**common, "sender": Person(person)}, change=change)


def _scanned(result: str, common: dict[str, Any]) -> MessageReceived:
    """
    What was read from a QR code through the app's menu: a contact card, or text as if typed.
    """
    if result.upper().startswith(_CONTACT_CODES):
        return MessageReceived(**common, attachments=(Attachment("contact", text=result),))
    return MessageReceived(**common, text=result)


def _event_key(tree: Element) -> str:
    """
    Events carry no id and seconds are long: the key is a digest of everything in them, which a retry says again.
    """
    told = ascii([(element.tag, element.text) for element in tree.iter() if not len(element)])
    return f"event:{hashlib.sha256(told.encode()).hexdigest()}"


def _message(kind: str, fields: Fields, common: dict[str, Any]) -> Event:
    message_id = fields["MsgId"]
    if not message_id.isascii() or not message_id.isdigit():
        raise ValueError("wecom: a message without MsgId")
    common["key"] = f"message:{message_id}"
    reader = _MESSAGES.get(kind)
    if reader is None:
        return OtherEvent(**common, kind=f"message:{kind}")
    typed = MESSAGE_TYPES[kind](dict(fields)) if kind in MESSAGE_TYPES else fields
    text, attachments = reader(typed)
    return MessageReceived(**common, message_id=message_id, text=text, attachments=attachments)


_Parts = tuple[str, tuple[Attachment, ...]]


def _text(message: Any) -> _Parts:
    return message.content or "", ()


def _image(message: Any) -> _Parts:
    return "", (Attachment("image", ref=message.media_id),)


def _voice(message: Any) -> _Parts:
    return "", (Attachment("voice", ref=message.media_id, name=f"voice.{message.format}"),)


def _video(message: Any) -> _Parts:
    return "", (Attachment("file", ref=message.media_id, name="video.mp4"),)


def _location(message: Any) -> _Parts:
    return "", (_at(message.location_x, message.location_y, message.label or ""),)


def _place(info: Element | None) -> Attachment:
    """
    A place chosen through the app's menu.
    """
    if info is None:
        raise ValueError("wecom: a chosen place without SendLocationInfo")
    name = info.findtext("Poiname") or info.findtext("Label") or ""
    return _at(info.findtext("Location_X") or "", info.findtext("Location_Y") or "", name)


def _at(latitude: str, longitude: str, name: str) -> Attachment:
    return Attachment("location", ref=f"{float(latitude):.6f},{float(longitude):.6f}", text=name)


def _link(message: Any) -> _Parts:
    return "\n".join(part for part in (message.title, message.description, message.url) if part), ()


def _file(fields: Fields) -> _Parts:
    """
    Not documented as receivable, but the vendor's own plugin reads it: taken when it arrives.
    """
    return "", (Attachment("file", ref=fields["MediaId"], name=fields.get("FileName", "")),)


_MESSAGES: dict[str, Callable[[Any], _Parts]] = {
    "text": _text,
    "image": _image,
    "voice": _voice,
    "video": _video,
    "location": _location,
    "link": _link,
    "file": _file,
}


def _click(fields: Fields, selected: Mapping[str, FormValue], common: dict[str, Any]) -> ActionClicked:
    code = fields.get("ResponseCode") or None
    return ActionClicked(
        **common,
        payload=fields["EventKey"],
        form=selected,
        card_ref=fields.get("TaskId", ""),
        update_token=code,
        update_token_expires_at=common["sent_at"] + timedelta(seconds=RESPONSE_CODE_LIFE) if code else None,
    )


def _selected(tree: Element) -> dict[str, FormValue]:
    """
    What was chosen in the card's lists. Older official pages spell the elements `OpitonIds/OpitonId`: both are read.
    """
    chosen: dict[str, FormValue] = {}
    for item in _inside(tree, "SelectedItems", "SelectedItem"):
        options = [*_inside(item, "OptionIds", "OptionId"), *_inside(item, "OpitonIds", "OpitonId")]
        values = tuple(option.text or "" for option in options if option.text != NOT_CHOSEN)
        if values:
            chosen[item.findtext("QuestionKey") or ""] = values[0] if len(values) == 1 else values
    return chosen


def _inside(element: Element, holder: str, name: str) -> list[Element]:
    """
    What `findall("holder/name")` finds: paths are walked in Python, single names are not.
    """
    return [found for each in element.findall(holder) for found in each.findall(name)]

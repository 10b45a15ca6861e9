"""
Encrypted answers inside the HTTP response to a click: they change the card of the person who clicked, and only theirs.

Source: https://developer.work.weixin.qq.com/document/path/90241 (read 2026-08)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from adapters.wecom.crypto import WeComCrypto

# The XML names are the JSON names in capitals, but for these.
_NAMES = {"keyname": "KeyName", "checkbox": "CheckBox", "pagepath": "PagePath", "appid": "AppId", "userid": "UserId"}


def new_face(card: Mapping[str, object], *, user_id: str, corp_id: str, now: datetime) -> str:
    """
    The clicked card becomes this template card.
    """
    return _message("update_template_card", {"template_card": card}, user_id=user_id, corp_id=corp_id, now=now)


def grey_button(text: str, *, user_id: str, corp_id: str, now: datetime) -> str:
    """
    The clicked card keeps its words; its buttons become one grey button with this text.
    """
    return _message("update_button", {"button": {"replace_name": text}}, user_id=user_id, corp_id=corp_id, now=now)


def envelope(text: str, *, crypto: WeComCrypto, nonce: str, now: datetime) -> bytes:
    """
    The signed and encrypted form of a passive answer.
    """
    timestamp = str(int(now.timestamp()))
    sealed = crypto.seal(text.encode())
    signature = crypto.sign(timestamp, nonce, sealed)
    fields = {"Encrypt": sealed, "MsgSignature": signature, "TimeStamp": int(timestamp), "Nonce": nonce}
    return _document(fields).encode()


def _message(kind: str, content: Mapping[str, object], *, user_id: str, corp_id: str, now: datetime) -> str:
    head = {
        "ToUserName": user_id,
        "FromUserName": corp_id,
        "CreateTime": int(now.timestamp()),
        "MsgType": kind,
    }
    return _document({**head, **content})


def _document(fields: Mapping[str, object]) -> str:
    return f"<xml>{''.join(_elements(fields))}</xml>"


def _elements(fields: Mapping[str, object]) -> Iterator[str]:
    """
    Lists are repeated siblings without a wrapper.
    """
    for name, value in fields.items():
        tag = _tag(name)
        for entry in value if isinstance(value, list) else [value]:
            yield f"<{tag}>{_content(entry)}</{tag}>"


def _content(value: object) -> str:
    if isinstance(value, Mapping):
        return "".join(_elements(value))
    if isinstance(value, bool | int):
        return str(value).lower()
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _tag(name: str) -> str:
    if name[0].isupper():
        return name
    return _NAMES.get(name) or "".join(part.capitalize() for part in name.split("_"))

"""
What a message of the robot shows: the webhook's msgtypes and the robot API's msgKeys become one form.

Source: https://open.dingtalk.com/document/development/robot-message-type (read 2026-08)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.dingtalk.errors import OapiError, invalid
from sandbox.dingtalk.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.dingtalk.state import Upload

WEBHOOK_TYPES = frozenset({"text", "markdown", "actionCard", "link", "feedCard"})
FILE_TYPES = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})
MOST_BUTTONS = 5
UNSUPPORTED = 400105


@dataclass(frozen=True)
class Content:
    """
    How a message appears: the control API's kind, the readable text, and the vendor's own content by msgtype.
    """

    kind: str
    text: str
    payload: dict[str, Any]


def read_webhook(body: Mapping[str, Any]) -> Content:
    """
    Raises: OapiError when the body is none of the webhook's messages.
    """
    kind = str(body.get("msgtype", ""))
    part = body.get(kind)
    if kind not in WEBHOOK_TYPES or not isinstance(part, dict):
        raise OapiError(UNSUPPORTED)
    required = {"text": "content", "markdown": "text", "actionCard": "text", "link": "messageUrl", "feedCard": "links"}
    if not part.get(required[kind]):
        raise OapiError(40035)
    return shown({"msgtype": kind, kind: part})


def shown(payload: dict[str, Any]) -> Content:
    kind = payload["msgtype"]
    part: dict[str, Any] = payload[kind]
    match kind:
        case "text":
            return Content("text", str(part["content"]), payload)
        case "markdown":
            return Content("markdown", plain(part["text"]), payload)
        case "feedCard":
            titles = [str(link.get("title", "")) for link in part["links"]]
            return Content("card", "\n".join(titles), payload)
        case _:
            lines = [str(part.get("title") or ""), plain(part.get("text"))]
            return Content("card", "\n".join(line for line in lines if line), payload)


def read_robot(body: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Content:
    """
    Raises: ApiError when msgKey or msgParam is none of the robot's messages.
    """
    key = body.get("msgKey")
    if not key:
        raise invalid("msgKey.empty")
    param = _param(body.get("msgParam"))
    match str(key):
        case "sampleText":
            return shown({"msgtype": "text", "text": {"content": _text(param, "content")}})
        case "sampleMarkdown":
            return shown({"msgtype": "markdown", "markdown": _texts(param, "title", "text")})
        case "sampleLink":
            link = _texts(param, "title", "text", "messageUrl") | {"picUrl": str(param.get("picUrl", ""))}
            return shown({"msgtype": "link", "link": link})
        case "sampleImageMsg":
            return _image(_text(param, "photoURL"), uploads)
        case "sampleFile":
            return _file(param, uploads)
        case "sampleAudio":
            return _voice(param, uploads)
        case str(name) if name.startswith("sampleActionCard"):
            return shown({"msgtype": "actionCard", "actionCard": _action_card(name, param)})
        case _:
            raise invalid("msgKey.invalid")


def _param(text: object) -> dict[str, Any]:
    try:
        param = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        param = None
    if not isinstance(param, dict):
        raise invalid("msgParam.invalid")
    return param


def _text(param: Mapping[str, Any], name: str) -> str:
    value = param.get(name)
    if not isinstance(value, str) or not value:
        raise invalid("msgParam.invalid", f"{name} is required")
    return value


def _texts(param: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: _text(param, name) for name in names}


def _action_card(key: str, param: Mapping[str, Any]) -> dict[str, Any]:
    """
    Without a number one button over the whole width; 2 to 5 below each other; 6 means two side by side.
    """
    card: dict[str, Any] = _texts(param, "title", "text")
    number = key.removeprefix("sampleActionCard")
    if not number:
        return card | _texts(param, "singleTitle", "singleURL")
    if not number.isdigit() or not 2 <= int(number) <= MOST_BUTTONS + 1:
        raise invalid("msgKey.invalid")
    if number == "6":
        pairs = [("buttonTitle1", "buttonUrl1"), ("buttonTitle2", "buttonUrl2")]
    else:
        pairs = [(f"actionTitle{place}", f"actionURL{place}") for place in range(1, int(number) + 1)]
    buttons = [{"title": _text(param, title), "actionURL": _text(param, url)} for title, url in pairs]
    return card | {"btnOrientation": "1" if number == "6" else "0", "btns": buttons}


def _image(address: str, uploads: Mapping[str, Upload]) -> Content:
    if not address.startswith("http") and address not in uploads:
        raise invalid("msgParam.invalid", "photoURL")
    return Content("image", "[图片]", {"msgtype": "image", "image": {"media_id": address}})


def _file(param: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Content:
    media_id, name, kind = _text(param, "mediaId"), _text(param, "fileName"), _text(param, "fileType")
    if media_id not in uploads or kind not in FILE_TYPES:
        raise invalid("msgParam.invalid", "mediaId or fileType")
    return Content("file", f"[文件] {name}", {"msgtype": "file", "file": {"media_id": media_id, "name": name}})


def _voice(param: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Content:
    media_id = _text(param, "mediaId")
    if media_id not in uploads:
        raise invalid("msgParam.invalid", "mediaId")
    return Content("file", "[语音]", {"msgtype": "file", "file": {"media_id": media_id, "name": "语音"}})

"""
What a person says, as the robot hears it: the callback's own fields beside who, where and when.

Source: https://open.dingtalk.com/document/development/receive-message (read 2026-08)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.platform import Attachment

if TYPE_CHECKING:
    from sandbox.dingtalk.platform import DingTalkPlatform
    from sandbox.platform import Utterance

VOICE_MILLISECONDS_PER_WORD = 250


@dataclass(frozen=True)
class Spoken:
    """
    `kind` and `text` as the chat shows them, `shown` what the chat page needs beside, `fields` as the app gets them.
    """

    kind: str
    text: str
    fields: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)


def robot_message(platform: DingTalkPlatform, said: Utterance, *, in_group: bool) -> Spoken:
    if said.text is not None:
        content = platform.robot_pattern().sub("", said.text, count=1) if in_group else said.text
        return Spoken("text", said.text, {"msgtype": "text", "text": {"content": content, **_quoting(platform, said)}})
    if said.image is not None:
        code = platform.keep_file(said.image)
        fields = {"downloadCode": code, "pictureDownloadCode": code}
        return Spoken("image", "[图片]", {"msgtype": "picture", "content": fields}, {"downloadCode": code})
    if said.file is not None:
        code = platform.keep_file(said.file)
        fields = {"downloadCode": code, "fileName": said.file.name, "fileId": "161234567890", "spaceId": "17412345678"}
        return Spoken(
            "file", f"[文件] {said.file.name}", {"msgtype": "file", "content": fields}, {"downloadCode": code}
        )
    if said.location is not None:
        # A place is no kind of message that robots know.
        return Spoken("text", f"[位置] {said.location.get('name', '')}", {"msgtype": "unknownMsgType"})
    words = said.voice_text or ""
    code = platform.keep_file(Attachment("语音.amr", words.encode(), "audio/amr"))
    duration = max(1000, len(words) * VOICE_MILLISECONDS_PER_WORD)
    heard = {"duration": duration, "downloadCode": code, "recognition": words}
    return Spoken("text", f"[语音] {words}", {"msgtype": "audio", "content": heard}, {"downloadCode": code})


def _quoting(platform: DingTalkPlatform, said: Utterance) -> dict[str, Any]:
    """
    A quoting reply names the quoted message by the chat's own id, which the app never learned for its own messages.
    """
    quoted = said.reply_to
    if quoted is None:
        return {}
    replied = {
        "msgId": quoted.vendor_id,
        "msgType": quoted.payload["msgtype"],
        "senderId": platform.dingtalk_id(quoted.sender or "robot"),
        "content": {"text": quoted.text},
    }
    return {"isReplyMsg": True, "repliedMsg": replied}

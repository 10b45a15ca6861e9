"""
Addresses around a content, and what DingTalk says about it: the bodies of the calls that send.

Which call to make is decided in `adapter.py`; nothing here touches the network.
Source: https://open.dingtalk.com/document/development/create-and-deliver-cards, …/interactive-card-update-interface,
…/chatbots-send-one-on-one-chat-messages-in-batches and …/the-robot-sends-a-group-message (read 2026-08).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from adapters.dingtalk.sendable import CardContent, RobotContent
from bot.ports import Media, Recipient, SentCard
from cards.text import DETAILS
from domain.errors import PlatformError

TO_PEOPLE: Final = "/v1.0/robot/oToMessages/batchSend"
TO_GROUP: Final = "/v1.0/robot/groupMessages/send"
NEW_CARD: Final = "/v1.0/card/instances/createAndDeliver"
CARD: Final = "/v1.0/card/instances"
NOTICE: Final = "/topapi/message/corpconversation/asyncsend_v2"

BY_KEY: Final = {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
"""Without it every variable that an update does not name is emptied."""
NOTICE_BYTES: Final = 2048
_FILE_TYPES: Final = frozenset({"xlsx", "pdf", "zip", "rar", "doc", "docx"})
_FLOW_CONTROL_PAUSE: Final = 60.0
_ZIP_EPOCH: Final = (2020, 1, 1, 0, 0, 0)

Json = dict[str, Any]


def new_card(content: CardContent, recipient: Recipient, mentions: tuple[str, ...], *, robot: str) -> Json:
    """
    A card's content and the one place it goes to; what identifies it and where clicks go is added by the caller.
    """
    model = {
        "supportForward": False,
        "lastMessageI18n": {"ZH_CN": content.preview},
        "notification": {"alertContent": content.preview, "notificationOff": False},
    }
    body: Json = {"cardData": {"cardParamMap": dict(content.params)}, "userIdType": 1}
    if recipient.kind == "group":
        at = {"atUserIds": {user_id: user_id for user_id in mentions}} if mentions else {}
        return body | {
            "openSpaceId": f"dtv1.card//IM_GROUP.{recipient.id}",
            "imGroupOpenSpaceModel": model,
            "imGroupOpenDeliverModel": {"robotCode": robot, **at},
        }
    return body | {
        "openSpaceId": f"dtv1.card//IM_ROBOT.{recipient.id}",
        "imRobotOpenSpaceModel": model,
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", "robotCode": robot},
    }


def carrier_of(answer: Mapping[str, Any]) -> str:
    """
    What the platform calls the message that carries the card.

    Raises:
        PlatformError: it says success and did not deliver, or does not say whether it did.
    """
    result = answer.get("result")
    delivered = result.get("deliverResults") if isinstance(result, dict) else None
    if not isinstance(delivered, list) or not delivered or not isinstance(delivered[0], dict):
        raise PlatformError("dingtalk_no_result", "the answer does not say whether it delivered", unknown_outcome=True)
    if delivered[0].get("success") is not True:
        raise PlatformError("dingtalk_not_delivered", str(delivered[0].get("errorMsg", ""))[:80], permanent=True)
    return str(delivered[0].get("carrierId") or "")


def card_change(content: CardContent) -> Json:
    """
    A card's new face for everybody who has it.
    """
    return {"cardData": {"cardParamMap": dict(content.params)}, "cardUpdateOptions": BY_KEY, "userIdType": 1}


def robot_message(content: RobotContent, recipient: Recipient, *, robot: str) -> tuple[str, Json]:
    """
    The robot's own interface: which one, and the body.
    """
    said = {"msgKey": content.msg_key, "msgParam": json.dumps(dict(content.msg_param), ensure_ascii=False)}
    if recipient.kind == "group":
        return TO_GROUP, {"robotCode": robot, "openConversationId": recipient.id, **said}
    return TO_PEOPLE, {"robotCode": robot, "userIds": [recipient.id], **said}


def query_key_of(answer: Mapping[str, Any], user_id: str) -> str:
    """
    What the platform calls a robot message, with which it can be recalled.

    Raises:
        PlatformError: the person got nothing although the call succeeded, or the answer does not say.
    """
    if _has(answer.get("flowControlledStaffIdList"), user_id):
        raise PlatformError(
            "dingtalk_flow_control", "too much for this person just now", retry_after=_FLOW_CONTROL_PAUSE
        )
    if _has(answer.get("invalidStaffIdList"), user_id):
        raise PlatformError("dingtalk_staffId.notExisted", "outside the app's range, or gone", permanent=True)
    if _has(answer.get("filteredStaffIdList"), user_id):
        raise PlatformError("dingtalk_filtered", "the person does not take messages of this robot", permanent=True)
    key = answer.get("processQueryKey")
    if not isinstance(key, str) or not key:
        raise PlatformError("dingtalk_no_query_key", "the answer names no message", unknown_outcome=True)
    return key


def recall_of(sent: SentCard, *, robot: str) -> tuple[str, Json]:
    """
    The call that withdraws a message: which one, and the body.
    """
    body: Json = {"robotCode": robot, "processQueryKeys": [sent.message_id]}
    if sent.recipient.kind == "group":
        return "/v1.0/robot/groupMessages/recall", {"openConversationId": sent.recipient.id, **body}
    return "/v1.0/robot/otoMessages/batchRecall", body


def work_notice(content: RobotContent, user_id: str, *, agent_id: int, at: str) -> Json:
    """
    The message as a work notice, which reaches people the robot cannot write to.

    The time makes it unique: DingTalk silently drops what a person got word for word on the same day.
    """
    title = content.msg_param.get("title") or DETAILS
    text = content.msg_param.get("text") or content.msg_param.get("content") or title
    tail = f"  \n  {at}"
    room = NOTICE_BYTES - _size({"msgtype": "markdown", "markdown": {"title": title, "text": tail}})
    while _size(text) > room:
        text = text[: len(text) * room // _size(text)]
    return {
        "agent_id": agent_id,
        "userid_list": user_id,
        "to_all_user": False,
        "msg": {"msgtype": "markdown", "markdown": {"title": title, "text": text + tail}},
    }


def media_message(media: Media, media_id: str) -> RobotContent:
    """
    The message that shows an uploaded picture or file.
    """
    if media.kind == "image":
        return RobotContent("sampleImageMsg", {"photoURL": media_id}, {})
    name, ending = media.name, media.name.rpartition(".")[2].lower()
    return RobotContent("sampleFile", {"mediaId": media_id, "fileName": name, "fileType": ending}, {})


def packed(media: Media) -> Media:
    """
    The file as DingTalk takes it: types it does not know travel in a zip.
    """
    if media.kind == "image" or media.name.rpartition(".")[2].lower() in _FILE_TYPES:
        return media
    packing = io.BytesIO()
    with zipfile.ZipFile(packing, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(media.name, _ZIP_EPOCH), media.content, zipfile.ZIP_DEFLATED)
    return Media("file", f"{media.name}.zip", packing.getvalue())


def _size(value: object) -> int:
    """
    Bytes of a value as JSON, which is how DingTalk counts.
    """
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _has(listed: object, user_id: str) -> bool:
    return isinstance(listed, list) and user_id in listed

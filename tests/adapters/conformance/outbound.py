"""
What can be said where, found by saying it: on a platform that takes everything and keeps what came.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.ports import Adapter, Media, Outbound, Recipient, Seal, SentCard
from cards.model import Button, Card, CardAction, Text
from domain.errors import LineDown, PlatformError
from tests.adapters.dingtalk import dingtalk_rig
from tests.adapters.feishu import feishu_rig
from tests.adapters.wecom import wecom_rig

TAKEN = {
    "code": 0,
    "errcode": 0,
    "errmsg": "ok",
    "msg": "ok",
    "tenant_access_token": "t-1",
    "expire": 7200,
    "access_token": "t-1",
    "expires_in": 7200,
    "accessToken": "t-1",
    "expireIn": 7200,
    "msgid": "m-1",
    "media_id": "@media",
    "processQueryKey": "q-1",
    "result": {"deliverResults": [{"success": True, "carrierId": "c-1"}]},
    "data": {"message_id": "om_1", "chat_id": "oc_1", "image_key": "img_1", "file_key": "file_1"},
}
"""The good answer of all platforms at once: each reads its own part. Groups that an app of WeCom made get no `msgid`."""
PERSON = "zhangsan"
PNG = b"\x89PNG\r\n\x1a\n a picture"
ACTION = CardAction("approval.approve", {"approval": 7})
CARD = Card("请确认", elements=(Text("杭州云途"),), buttons=(Button("同意", ACTION),))
OVER_THE_LINE = "over the long connection"


class Taking:
    """
    A network whose other end takes everything.
    """

    def __init__(self) -> None:
        self.said = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        taken = {name: value for name, value in TAKEN.items() if name != "msgid" or "appchat" not in request.url.path}
        self.said += request.content.decode("utf-8", "replace").replace("\\", "")
        return httpx.Response(200, json=taken)


@dataclass(frozen=True)
class Place:
    """
    Where something is said: an adapter with its network, whom it is said to, and what seals its buttons.
    """

    adapter: Callable[[Taking], Adapter]
    to: Recipient
    seal: Seal

    def message(self, ref: str, *, card: Card | None = None, text: str = "", **more: Any) -> Outbound:
        """
        Something to be said here.
        """
        return Outbound(ref, self.to, card, text, **more)

    def said(self, **message: Any) -> str:
        """
        Everything that was sent to say this.
        """
        network = Taking()
        adapter = self.adapter(network)
        outbound = self.message("o-1", **message)
        rendered = adapter.render(outbound)
        try:
            adapter.send(outbound, rendered)
        except LineDown:
            return OVER_THE_LINE + rendered.replace("\\", "")
        return network.said

    def takes_back(self) -> bool:
        """
        Whether a message can be withdrawn.
        """
        adapter = self.adapter(Taking())
        outbound = self.message("o-1", text="今天的日报")
        try:
            sent = adapter.send(outbound, adapter.render(outbound))
            adapter.recall(SentCard(sent.message_id, sent.card_ref, self.to, feishu_rig.NOW))
        except PlatformError as error:
            if error.permanent or isinstance(error, LineDown):
                return False
            raise
        return True


def _feishu(network: Taking) -> Adapter:
    return feishu_rig.build(platform=network)


def _dingtalk(network: Taking) -> Adapter:
    return dingtalk_rig.build(platform=network)


def _wecom(network: Taking) -> Adapter:
    rig = wecom_rig.Rig(mode="both", bot_id="b", bot_secret="s", webhooks="sales=key-1")
    rig.platform.__class__ = type(
        "Taking", (type(rig.platform),), {"__call__": lambda _self, request: network(request)}
    )
    return rig.adapter


PLACES: Mapping[str, Place] = {
    "飞书单聊": Place(_feishu, Recipient("person", "ou_1"), feishu_rig.seal),
    "飞书群": Place(_feishu, Recipient("group", "oc_1"), feishu_rig.seal),
    "钉钉单聊": Place(_dingtalk, Recipient("person", PERSON), dingtalk_rig.seal),
    "钉钉群": Place(_dingtalk, Recipient("group", "cidAbc=="), dingtalk_rig.seal),
    "企业微信应用": Place(_wecom, Recipient("person", PERSON), wecom_rig.seal),
    "应用建的群": Place(_wecom, Recipient("group", "chat1"), wecom_rig.seal),
    "消息推送的群": Place(_wecom, Recipient("group", "webhook:sales"), wecom_rig.seal),
    "智能机器人": Place(_wecom, Recipient("group", "aibot:wrGROUP"), wecom_rig.seal),
}


def _shows(place: Place, kind: str) -> bool:
    name = "code.png" if kind == "image" else "名单.pdf"
    said = place.said(media=Media(kind, name, PNG))  # type: ignore[arg-type]
    return any(word in said for word in ("PNG", base64.b64encode(PNG).decode(), OVER_THE_LINE))


SAID: Mapping[str, tuple[str, Callable[[Place], bool]]] = {
    "text": ("文字", lambda place: "今天的日报" in place.said(text="今天的日报")),
    "card": ("卡片的内容", lambda place: "杭州云途" in place.said(card=CARD)),
    "button": ("能按的卡片按钮", lambda place: place.seal(ACTION) in place.said(card=CARD)),
    "image": ("图片", lambda place: _shows(place, "image")),
    "file": ("文件", lambda place: _shows(place, "file")),
    "mention": ("@ 群里的人", lambda place: "u9" in place.said(card=CARD, mentions=("u9",))),
    "recall": ("撤回", Place.takes_back),
}
"""What is said, by what the page of platforms calls it, with how it shows that it can be said in a place."""

"""
The robot of a group, 消息推送: whoever has its key may write into the group, and nothing comes back.

The key of a group's robot is `hook-` and the group's id, so that it can be known before anything runs.
Source: https://developer.work.weixin.qq.com/document/path/91770 (read 2026-08)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from flask import jsonify, request

from sandbox.platform import Attachment
from sandbox.wecom import card_rules, card_view
from sandbox.wecom.bodies import Body, read_body
from sandbox.wecom.errors import WeComError
from sandbox.wecom.media import LARGEST, SMALLEST

if TYPE_CHECKING:
    from flask import Blueprint, Response

    from sandbox.company import Group
    from sandbox.wecom.platform import WeComPlatform

PREFIX = "hook-"
PER_MINUTE = 20
LONGEST_MARKDOWN = 4096
LARGEST_IMAGE = 2 * 1024 * 1024


class Webhook:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform

    def add_to(self, blueprint: Blueprint) -> None:
        blueprint.add_url_rule("/cgi-bin/webhook/send", "webhook_send", self.send, methods=["POST"])
        blueprint.add_url_rule("/cgi-bin/webhook/upload_media", "webhook_upload", self.upload, methods=["POST"])

    def send(self) -> Response:
        group = self._group()
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            raise WeComError(40058)
        content = self._read(str(body.get("msgtype", "")), body)
        if not self._platform.allow(f"webhook {group.key}", limit=PER_MINUTE, seconds=60):
            raise WeComError(45009)
        with self._platform.world.lock:
            self._platform.messages.add(group.key, content)
        return jsonify(errcode=0, errmsg="ok")

    def upload(self) -> Response:
        self._group()
        kind, part = request.args.get("type", ""), request.files.get("media")
        if kind not in {"file", "voice"}:
            raise WeComError(40004)
        if part is None or not part.filename:
            raise WeComError(41006)
        content = part.read()
        if len(content) < SMALLEST:
            raise WeComError(44001)
        if len(content) > LARGEST[kind]:
            raise WeComError(45001)
        now = self._platform.world.clock.now()
        media_id = self._platform.state.keep(kind, Attachment(part.filename, content, part.mimetype), now)
        return jsonify(errcode=0, errmsg="ok", type=kind, media_id=media_id, created_at=str(int(now.timestamp())))

    def _group(self) -> Group:
        key = request.args.get("key", "")
        groups = self._platform.world.groups.values()
        group = next((g for g in groups if "wecom" in g.ids and key == PREFIX + g.ids["wecom"]), None)
        if group is None:
            raise WeComError(93000)
        return group

    def _read(self, kind: str, body: dict[str, Any]) -> Body:
        content = body.get(kind)
        match kind:
            case "markdown" | "markdown_v2":
                return _markdown(content)
            case "image":
                return self._image(content)
            case "template_card":
                card = content if isinstance(content, dict) else {}
                if card_rules.has_callback(card):
                    raise WeComError(42031)
                return read_body(kind, content, self._platform.state, self._platform.world.clock.now())
            case "text" | "news" | "file" | "voice":
                return read_body(kind, content, self._platform.state, self._platform.world.clock.now())
            case _:
                raise WeComError(40008)

    def _image(self, content: object) -> Body:
        given = content if isinstance(content, dict) else {}
        try:
            picture = base64.b64decode(str(given.get("base64", "")), validate=True)
        except binascii.Error:
            raise WeComError(40058, "base64") from None
        if not picture or hashlib.md5(picture, usedforsecurity=False).hexdigest() != given.get("md5"):
            raise WeComError(40058, "md5")
        if len(picture) > LARGEST_IMAGE:
            raise WeComError(40009)
        attachment = Attachment("图片.png", picture, "image/png")
        media_id = self._platform.state.keep("image", attachment, self._platform.world.clock.now())
        return Body("image", "[图片]", {"msgtype": "image", "media_id": media_id})


def _markdown(content: object) -> Body:
    text = content.get("content") if isinstance(content, dict) else None
    if not isinstance(text, str) or not text:
        raise WeComError(44004)
    if len(text.encode()) > LONGEST_MARKDOWN:
        raise WeComError(45002)
    return Body("markdown", card_view.plain(text), {"msgtype": "markdown", "content": text})

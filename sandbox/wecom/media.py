"""
Temporary media: what the app uploads for sending, and what members sent it; three days each.

Source: https://developer.work.weixin.qq.com/document/path/90253 (read 2026-08)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, request

from sandbox.platform import Attachment
from sandbox.wecom.api import Call, Route
from sandbox.wecom.bodies import MEDIA_TYPES
from sandbox.wecom.errors import WeComError

if TYPE_CHECKING:
    from sandbox.wecom.platform import WeComPlatform

MEGABYTE = 1024 * 1024
LARGEST = {"image": 10 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 10 * MEGABYTE, "file": 20 * MEGABYTE}
SMALLEST = 6


class Media:
    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        return [Route("POST", "/media/upload", self.upload), Route("GET", "/media/get", self.download)]

    def upload(self, call: Call) -> dict[str, Any]:
        kind = call.query.get("type", "")
        if kind not in MEDIA_TYPES:
            raise WeComError(40004)
        part = request.files.get("media")
        if part is None or not part.filename:
            raise WeComError(41006)
        content = part.read()
        if len(content) < SMALLEST:
            raise WeComError(44001)
        if len(content) > LARGEST[kind]:
            raise WeComError(45001)
        now = self._platform.world.clock.now()
        media_id = self._platform.state.keep(kind, Attachment(part.filename, content, part.mimetype), now)
        return {"errmsg": "", "type": kind, "media_id": media_id, "created_at": str(int(now.timestamp()))}

    def download(self, call: Call) -> Response:
        medium = self._platform.state.medium(call.query.get("media_id", ""), self._platform.world.clock.now())
        if medium is None:
            raise WeComError(40007)
        attachment = medium.attachment
        disposition = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(attachment.name)}"
        return Response(
            attachment.content, content_type=attachment.content_type, headers={"Content-Disposition": disposition}
        )

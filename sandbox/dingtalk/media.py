"""
Pictures and files: what the app uploads, and the files of people's messages by download code.

Source: https://open.dingtalk.com/document/development/upload-media-files (read 2026-08)
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, request

from sandbox.dingtalk.api import Call, Route
from sandbox.dingtalk.errors import NOT_FOUND, OapiError, invalid
from sandbox.dingtalk.state import Download
from sandbox.platform import Attachment

if TYPE_CHECKING:
    from sandbox.dingtalk.platform import DingTalkPlatform

MEGABYTE = 1024 * 1024
LARGEST = {"image": 20 * MEGABYTE, "voice": 2 * MEGABYTE, "video": 20 * MEGABYTE, "file": 20 * MEGABYTE}
ENDINGS = {
    "image": frozenset({"jpg", "jpeg", "gif", "png", "bmp"}),
    "voice": frozenset({"amr", "mp3", "wav"}),
    "video": frozenset({"mp4"}),
    "file": frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar"}),
}
LINK_LIFE = timedelta(minutes=10)
BAD_CODE = "robotCode.downloadCode"


class Media:
    def __init__(self, platform: DingTalkPlatform) -> None:
        self._platform = platform
        self._state = platform.state

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/media/upload", self.upload),
            Route("POST", "/v1.0/robot/messageFiles/download", self.address),
            Route("GET", "/oss/<link>", self.download, billed=False, token=False),
        ]

    def upload(self, call: Call) -> dict[str, Any]:
        kind = call.query.get("type") or request.form.get("type", "")
        part = request.files.get("media")
        if part is None or not part.filename:
            raise OapiError(40035)
        ending = part.filename.rpartition(".")[2].lower()
        if kind not in LARGEST or ending not in ENDINGS[kind]:
            raise OapiError(40004)
        content = part.read()
        if len(content) > LARGEST[kind]:
            raise OapiError(45001)
        if not content:
            raise OapiError(40035)
        media_id = self._state.keep_upload(kind, Attachment(part.filename, content, part.mimetype))
        milliseconds = round(self._platform.world.clock.now().timestamp() * 1000)
        return {"type": kind, "media_id": media_id, "created_at": milliseconds}

    def address(self, call: Call) -> dict[str, Any]:
        """
        A download code becomes a temporary address that needs no token.
        """
        body = call.body()
        if body.get("robotCode") != self._platform.account.robot_code:
            raise invalid("robotCode.auth")
        found = self._state.codes.get(str(body.get("downloadCode") or ""))
        now = self._platform.world.clock.now()
        if found is None or found.expires_at <= now:
            raise invalid(BAD_CODE)
        link = secrets.token_urlsafe(24)
        self._state.links[link] = Download(found.attachment, now + LINK_LIFE)
        return {"downloadUrl": f"{request.host_url}dingtalk/oss/{link}"}

    def download(self, call: Call) -> Response:
        found = self._state.links.get(call.path["link"])
        if found is None or found.expires_at <= self._platform.world.clock.now():
            return Response("<Error><Code>AccessDenied</Code></Error>", NOT_FOUND, content_type="application/xml")
        attachment = found.attachment
        disposition = f"attachment; filename*=UTF-8''{quote(attachment.name)}"
        return Response(
            attachment.content, content_type=attachment.content_type, headers={"Content-Disposition": disposition}
        )

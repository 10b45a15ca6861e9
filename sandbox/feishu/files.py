"""
Pictures and files: what the app uploads, and what people sent it.

Source: https://open.feishu.cn/document/server-docs/im-v1/image/create (read 2026-08)
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Response, request

from sandbox.feishu.api import Call, Route
from sandbox.feishu.errors import FeishuError
from sandbox.platform import Attachment

if TYPE_CHECKING:
    from sandbox.feishu.platform import FeishuPlatform

LARGEST_IMAGE = 10 * 1024 * 1024
LARGEST_FILE = 30 * 1024 * 1024
# JPEG, PNG, GIF, BMP, ICO, TIFF in both byte orders; WEBP and HEIC name themselves further on.
IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"\x00\x00\x01\x00", b"II*\x00", b"MM\x00*")
FILE_TYPES = frozenset({"opus", "mp4", "pdf", "doc", "xls", "ppt", "stream"})
SCOPE = "im:resource"


class Files:
    def __init__(self, platform: FeishuPlatform) -> None:
        self._platform = platform
        self._state = platform.state

    def routes(self) -> list[Route]:
        return [
            Route("POST", "/im/v1/images", SCOPE, self.upload_image),
            Route("POST", "/im/v1/files", SCOPE, self.upload_file),
            Route("GET", "/im/v1/images/<key>", SCOPE, self.own),
            Route("GET", "/im/v1/files/<key>", SCOPE, self.own),
            Route("GET", "/im/v1/messages/<message_id>/resources/<key>", SCOPE, self.of_message),
        ]

    def upload_image(self, call: Call) -> dict[str, Any]:
        del call
        if request.form.get("image_type") not in {"message", "avatar"}:
            raise FeishuError(234001)
        part = request.files.get("image")
        if part is not None and not _is_image(part.stream.read(12)):
            raise FeishuError(234011)
        if part is not None:
            part.stream.seek(0)
        return {"image_key": self._keep("image", "img_v3_", LARGEST_IMAGE)}

    def upload_file(self, call: Call) -> dict[str, Any]:
        del call
        if request.form.get("file_type") not in FILE_TYPES or not request.form.get("file_name"):
            raise FeishuError(234001)
        return {"file_key": self._keep("file", "file_v3_", LARGEST_FILE, request.form["file_name"])}

    def own(self, call: Call) -> Response:
        if call.path["key"] not in self._state.own_uploads:
            raise FeishuError(234008)
        return _download(self._state.uploads[call.path["key"]])

    def of_message(self, call: Call) -> Response:
        message = self._platform.book.by_vendor_id(call.path["message_id"])
        if message is None:
            raise FeishuError(99992354)
        if message.kind == "card":
            raise FeishuError(234043)
        if message.chat in self._platform.world.groups and not self._platform.groups.has_bot(message.chat):
            raise FeishuError(234004)
        key = call.path["key"]
        if call.query.get("type") not in {"image", "file"}:
            raise FeishuError(234001)
        if key not in message.payload["content"] or key not in self._state.uploads:
            raise FeishuError(234003)
        return _download(self._state.uploads[key])

    def _keep(self, field: str, prefix: str, largest: int, name: str | None = None) -> str:
        part = request.files.get(field)
        if part is None or not part.filename:
            raise FeishuError(234001)
        content = part.read()
        if not content:
            raise FeishuError(234010)
        if len(content) > largest:
            raise FeishuError(234006)
        key = self.store(prefix, Attachment(name or part.filename, content, part.mimetype))
        self._state.own_uploads.add(key)
        return key

    def store(self, prefix: str, attachment: Attachment) -> str:
        key = prefix + secrets.token_hex(16)
        self._state.uploads[key] = attachment
        return key


def _is_image(start: bytes) -> bool:
    is_named = start[8:12] == b"WEBP" or start[4:8] == b"ftyp"
    return not start or is_named or start.startswith(IMAGE_STARTS)


def _download(attachment: Attachment) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(attachment.name)}"
    return Response(
        attachment.content, content_type=attachment.content_type, headers={"Content-Disposition": disposition}
    )

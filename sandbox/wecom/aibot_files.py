"""
What people send to the 智能机器人: as JSON, and pictures and files encrypted at an address that lives five minutes.

Source: https://developer.work.weixin.qq.com/document/path/100719 (read 2026-08)
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from flask import Response

if TYPE_CHECKING:
    from flask import Blueprint

    from sandbox.platform import Attachment, Utterance
    from sandbox.wecom.platform import WeComPlatform

PATH = "/aibot/files"
FILE_LIFE = timedelta(minutes=5)
_PAD_BITS = 256


@dataclass(frozen=True)
class Sealed:
    attachment: Attachment
    content: bytes
    at: datetime


class BotFiles:
    """
    `address` is where the sandbox was reached by the bot's program.
    """

    def __init__(self, platform: WeComPlatform) -> None:
        self._platform = platform
        self._sealed: dict[str, Sealed] = {}
        self.address = ""

    def add_to(self, blueprint: Blueprint) -> None:
        blueprint.add_url_rule(f"{PATH}/<name>", "aibot_file", self.fetch, methods=["GET"])

    def fetch(self, name: str) -> Response:
        sealed = self._sealed.get(name)
        if sealed is None or self._platform.world.clock.now() - sealed.at > FILE_LIFE:
            return Response("AccessDenied", 403)
        disposition = f"attachment; filename*=UTF-8''{quote(sealed.attachment.name)}"
        headers = {"Content-Disposition": disposition}
        return Response(sealed.content, content_type="application/octet-stream", headers=headers)

    def spoken(self, said: Utterance) -> dict[str, Any]:
        """
        The part of a message that says what was said.
        """
        if said.text is not None:
            return {"msgtype": "text", "text": {"content": said.text}}
        if said.voice_text is not None:
            return {"msgtype": "voice", "voice": {"content": said.voice_text}}
        if said.image is not None:
            return {"msgtype": "image", "image": self._keep(said.image)}
        return {"msgtype": "file", "file": self._keep(said.file)} if said.file else {}

    def clear(self) -> None:
        self._sealed.clear()

    def _keep(self, attachment: Attachment) -> dict[str, str]:
        key, name = secrets.token_bytes(32), secrets.token_hex(16)
        content = seal_file(attachment.content, key)
        self._sealed[name] = Sealed(attachment, content, self._platform.world.clock.now())
        url = f"{self.address}/{self._platform.id}{PATH}/{name}?sign={secrets.token_hex(8)}"
        return {"url": url, "aeskey": base64.b64encode(key).decode()}


def seal_file(content: bytes, key: bytes) -> bytes:
    """
    The bytes as they lie in storage: no frame, only padding.
    """
    padder = PKCS7(_PAD_BITS).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()

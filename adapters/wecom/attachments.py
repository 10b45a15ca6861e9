"""
Fetching what people sent: from the app's media store, or from where the bot's pictures and files lie encrypted.

Source: https://developer.work.weixin.qq.com/document/path/90254 and /100719 (read 2026-08)
"""

from __future__ import annotations

from typing import Final

from adapters.http import Transport
from adapters.wecom.aibot_inbound import FILE_REF
from adapters.wecom.client import Download, WeComClient, file_of
from adapters.wecom.crypto import EnvelopeError, open_file
from bot.events import Attachment
from bot.ports import Media
from domain.errors import PlatformError

# [?] The sheet names no host; the vendor's examples show Tencent's object storage.
FILE_HOSTS: Final = (".myqcloud.com", ".qq.com")


class Attachments:
    """
    Downloads for one account.
    """

    def __init__(self, client: WeComClient, http: Transport) -> None:
        self._client = client
        self._http = http

    def fetch(self, attachment: Attachment) -> Media:
        """
        The bytes, named as the sender or the platform named them.

        Raises:
            PlatformError: permanent when it is no longer kept or cannot be opened.
        """
        if not attachment.ref or attachment.kind in {"location", "contact"}:
            raise PlatformError("wecom_no_file", f"a {attachment.kind} is no file", permanent=True)
        parts = attachment.ref.split(" ")
        is_bots = len(parts) == 3 and parts[0] == FILE_REF
        file = self._from_bot(parts[1], parts[2]) if is_bots else self._client.download(attachment.ref)
        return Media("image" if attachment.kind == "image" else "file", _name(attachment, file), file.content)

    def _from_bot(self, key: str, url: str) -> Download:
        response = self._http.download(url, hosts=FILE_HOSTS)
        if response.status != 200:
            is_gone = 400 <= response.status < 500
            raise PlatformError(f"http_{response.status}", "the file cannot be fetched", permanent=is_gone)
        file = file_of(response)
        if key == "-":
            return file
        try:
            return Download(open_file(file.content, key), file.content_type, file.name)
        except EnvelopeError as error:
            raise PlatformError("wecom_file", f"the file cannot be opened: {error}", permanent=True) from None


def _name(attachment: Attachment, file: Download) -> str:
    return attachment.name or file.name or {"image": "picture.jpg", "voice": "voice.amr"}.get(attachment.kind, "file")

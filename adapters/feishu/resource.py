"""
What people sent: where a picture or file is fetched, and how it becomes bytes with a name.

Feishu gives a resource out only together with the message it came in.
Source: https://open.feishu.cn/document/server-docs/im-v1/message/get-2 (read 2026-05).
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Final, Literal

_REF: Final = re.compile(r"([!-.0-~]{1,128})/(image|file)/([!-.0-~]{1,256})")
MAX_NAME: Final = 200
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f/\\\\]")


@dataclass(frozen=True)
class Resource:
    """
    A picture or file of a message. Voice and video are files.
    """

    message_id: str
    kind: Literal["image", "file"]
    key: str

    @property
    def ref(self) -> str:
        """
        All of it in one word, as an attachment keeps it.
        """
        return f"{self.message_id}/{self.kind}/{self.key}"


def resource_of(ref: str) -> Resource | None:
    """
    The resource a reference names; None when it names none, e.g. because it is a place or a person.
    """
    found = _REF.fullmatch(ref)
    return Resource(found[1], "image" if found[2] == "image" else "file", found[3]) if found else None


def file_name(headers: Mapping[str, str], known: str, key: str) -> str:
    """
    The file's name without any folder: as it was sent, as the answer says, or made of key and content type.
    """
    disposition = Message()
    disposition["Content-Disposition"] = headers.get("content-disposition", "")
    name = known or disposition.get_filename("") or key
    name = _UNSAFE.sub("_", name).strip(". ")[-MAX_NAME:] or "file"
    if "." in name:
        return name
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return name + (mimetypes.guess_extension(kind) or ".bin")

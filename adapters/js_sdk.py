"""
The signature with which a platform's script trusts a page of ours: one formula, the same on the three platforms.

Fetching the ticket and naming the values the platform's way belongs to each `adapters/<platform>/login.py`.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Literal
from urllib.parse import urldefrag

NONCE_BYTES = 8


def new_nonce() -> str:
    """
    Sixteen random letters and digits.
    """
    return secrets.token_hex(NONCE_BYTES)


def signature(*, ticket: str, nonce: str, timestamp: int, url: str, digest: Literal["sha1", "sha256"] = "sha1") -> str:
    """
    The hex signature for the page at `url`; what follows # is not part of it.
    """
    page = urldefrag(url).url
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.new(digest, text.encode(), usedforsecurity=False).hexdigest()

"""
Keys for single purposes, derived from the installation's one secret: what was made for one is worthless for another.

Chance comes from here as well: handlers draw none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet


class Keyring:
    """
    The keys of one installation.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def box(self, purpose: str) -> Fernet:
        """
        Encrypts and authenticates; made new at each call, so that none is kept by accident.
        """
        return Fernet(base64.urlsafe_b64encode(self._key(purpose)))

    def digest(self, purpose: str, text: str) -> bytes:
        """
        A 32-byte keyed hash of a text.
        """
        return hmac.new(self._key(purpose), text.encode(), hashlib.sha256).digest()

    def unguessable(self) -> str:
        """
        A random text that nobody can guess.
        """
        return secrets.token_urlsafe(16)

    def spoken_code(self) -> str:
        """
        A random code of twelve letters and digits in groups, to be written down: 60 bits.
        """
        text = base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]
        return f"{text[:4]}-{text[4:8]}-{text[8:]}"

    def _key(self, purpose: str) -> bytes:
        return hmac.new(self._secret, f"liaodan {purpose}".encode(), hashlib.sha256).digest()

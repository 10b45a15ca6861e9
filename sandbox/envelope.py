"""
The envelope that WeCom and DingTalk share.

sha1 over the sorted parts, AES-256-CBC with PKCS7 of 32 bytes, the receiver's id behind the message.
Sources (read 2026-08): https://developer.work.weixin.qq.com/document/path/90968,
https://open.dingtalk.com/document/development/configure-stream-push.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

_PAD_BITS = 256
_HEAD = 20


class EnvelopeError(ValueError):
    """
    The envelope is not for us or is damaged; the text says which of the vendor's checks failed.
    """


class Envelope:
    """
    `receive_id` is WeCom's corp id; at DingTalk the app's client id, the corp id in older registrations.
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._receive_id = receive_id.encode()

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        parts = sorted([self._token, timestamp, nonce, encrypted])
        return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324  # the vendor's choice

    def seal(self, message: str, random16: bytes | None = None) -> str:
        body = message.encode()
        block = (random16 or os.urandom(16)) + struct.pack(">I", len(body)) + body + self._receive_id
        padder = PKCS7(_PAD_BITS).padder()
        encryptor = self._cipher().encryptor()
        encrypted = encryptor.update(padder.update(block) + padder.finalize()) + encryptor.finalize()
        return base64.b64encode(encrypted).decode()

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str) -> str:
        """
        Raises: EnvelopeError when signature, padding, length or receiver is wrong.
        """
        if not hmac.compare_digest(self.signature(timestamp, nonce, encrypted).encode(), signature.encode()):
            raise EnvelopeError("signature")
        block = self._unpadded(encrypted)
        (length,) = struct.unpack(">I", block[16:_HEAD])
        if _HEAD + length > len(block):
            raise EnvelopeError("length")
        if block[_HEAD + length :] != self._receive_id:
            raise EnvelopeError("receiver")
        return block[_HEAD : _HEAD + length].decode()

    def _unpadded(self, encrypted: str) -> bytes:
        try:
            decryptor = self._cipher().decryptor()
            padded = decryptor.update(base64.b64decode(encrypted, validate=True)) + decryptor.finalize()
            unpadder = PKCS7(_PAD_BITS).unpadder()
            block = unpadder.update(padded) + unpadder.finalize()
        except (ValueError, binascii.Error) as error:
            raise EnvelopeError("padding") from error
        if len(block) < _HEAD:
            raise EnvelopeError("length")
        return block

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

"""
DingTalk's signatures and the envelope of event pushes.

HMAC-SHA256 over a time stamp for robot and card callbacks; for events sha1 over the sorted parts and AES-256-CBC with
PKCS7 of 32 bytes, the receiver's id behind the message.
Source: https://open.dingtalk.com/document/development/configure-stream-push (read 2026-08)
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
    The envelope is not for us or is damaged; the text says which check failed.
    """


def robot_sign(app_secret: str, timestamp: str) -> str:
    return _hmac(app_secret, f"{timestamp}\n{app_secret}")


def card_sign(api_secret: str, timestamp: str) -> str:
    return _hmac(api_secret, timestamp)


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), message.encode(), "sha256")).decode()


class Envelope:
    """
    `receiver` is the app's client id for what the console subscribes, the corp id in older registrations.
    """

    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key + "=")
        self._receiver = receiver.encode()

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        parts = sorted([self._token, timestamp, nonce, encrypted])
        return hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324  # the vendor's choice

    def seal(self, message: str, random16: bytes | None = None) -> str:
        body = message.encode()
        block = (random16 or os.urandom(16)) + struct.pack(">I", len(body)) + body + self._receiver
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
        if block[_HEAD + length :] != self._receiver:
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

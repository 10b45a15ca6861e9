"""
WeCom's envelope: the SHA-1 signature over four strings and AES-256-CBC with the receiver's id inside.

Knows bytes and strings only; what the text means is read in `inbound.py`.
Source: https://developer.work.weixin.qq.com/document/path/90968 (read 2026-08)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32  # the padding's block, twice that of AES
_PREFIX = 16  # random bytes before the length


class EnvelopeError(Exception):
    """
    The envelope is not ours or not whole; the text is a code for the counter (`signature`, `receiver`, `ciphertext`).
    """


class WeComCrypto:
    """
    Signs, seals and opens with one app's Token and EncodingAESKey for one receiver (the corp id).
    """

    def __init__(
        self, *, token: str, aes_key: str, receiver: str, random_bytes: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        # The last of the 43 characters is often not canonical base64: the decoder must be the lenient one.
        key = base64.b64decode(f"{aes_key}=") if len(aes_key) == 43 else b""
        if len(key) != 32:
            raise ValueError(f"wecom: EncodingAESKey must be 43 letters and digits, got {len(aes_key)} characters")
        self._token = token
        self._cipher = _cipher(key)
        self._receiver = receiver.encode()
        self._random_bytes = random_bytes

    def sign(self, timestamp: str, nonce: str, ciphertext: str) -> str:
        """
        The signature of an envelope, in hex.
        """
        text = "".join(sorted([self._token, timestamp, nonce, ciphertext]))
        return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    def open(self, *, signature: str, timestamp: str, nonce: str, ciphertext: str) -> bytes:
        """
        The plain text of an envelope whose signature and receiver are right.

        Raises:
            EnvelopeError: it is forged, damaged or meant for another company.
        """
        expected = self.sign(timestamp, nonce, ciphertext).encode()
        if not hmac.compare_digest(expected, signature.encode("utf-8", "replace")):
            raise EnvelopeError("signature")
        return self._unframe(self._decrypt(ciphertext))

    def seal(self, text: bytes) -> str:
        """
        The encrypted form of `text`, to be signed with `sign`.
        """
        block = self._random_bytes(_PREFIX) + struct.pack(">I", len(text)) + text + self._receiver
        padding = _BLOCK - len(block) % _BLOCK
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(block + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def _decrypt(self, ciphertext: str) -> bytes:
        try:
            sealed = binascii.a2b_base64(ciphertext, strict_mode=True)
        except ValueError as error:
            raise EnvelopeError("ciphertext") from error
        return _opened(sealed, self._cipher)

    def _unframe(self, block: bytes) -> bytes:
        framed = block[_PREFIX:]
        if len(framed) < 4:
            raise EnvelopeError("ciphertext")
        length = int.from_bytes(framed[:4], "big")
        text, receiver = framed[4 : 4 + length], framed[4 + length :]
        if len(text) != length:
            raise EnvelopeError("ciphertext")
        if not hmac.compare_digest(receiver, self._receiver):
            raise EnvelopeError("receiver")
        return text


def open_file(sealed: bytes, aes_key: str) -> bytes:
    """
    A picture or file somebody sent to the bot: encrypted with a key of its own, without frame and signature.

    Raises:
        EnvelopeError: key and file do not fit together.
    """
    try:
        key = base64.b64decode(f"{aes_key.rstrip('=')}=")
    except (binascii.Error, ValueError) as error:
        raise EnvelopeError("key") from error
    if len(key) != 32:
        raise EnvelopeError("key")
    return _opened(sealed, _cipher(key))


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _opened(sealed: bytes, cipher: Cipher[modes.CBC]) -> bytes:
    """
    The plain bytes without their padding.
    """
    try:
        decryptor = cipher.decryptor()
        block = decryptor.update(sealed) + decryptor.finalize()
    except ValueError as error:
        raise EnvelopeError("ciphertext") from error
    padding = block[-1] if block else 0
    if not 1 <= padding <= _BLOCK or block[-padding:] != bytes([padding]) * padding:
        raise EnvelopeError("ciphertext")
    return block[:-padding]

"""
Feishu's callback signature and encryption, and nothing that looks into the decrypted event.

Source: https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case
(read 2026-05).
"""

from __future__ import annotations

import binascii
import functools
import hashlib
import hmac
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
_ANY_VECTOR = bytes(_BLOCK)


class CannotDecrypt(ValueError):  # noqa: N818 - names a fact about the input
    """
    The ciphertext was not made with this Encrypt Key, or is damaged.
    """


def has_signature(headers: Mapping[str, str]) -> bool:
    """
    Whether the request claims a signature at all; address verification comes without one.
    """
    return "x-lark-signature" in headers


def is_signed(headers: Mapping[str, str], body: bytes, encrypt_key: str) -> bool:
    """
    Whether the signature over time stamp, nonce and the raw body is Feishu's. Header names are in lower case.
    """
    prefix = headers.get("x-lark-request-timestamp", "") + headers.get("x-lark-request-nonce", "") + encrypt_key
    expected = hashlib.sha256(_bytes(prefix) + body).hexdigest()
    return same(expected, headers.get("x-lark-signature", ""))


def same(expected: str, given: str) -> bool:
    """
    Equality of secrets in constant time, for any text.
    """
    return hmac.compare_digest(_bytes(expected), _bytes(given))


def decrypt(encrypted: str, encrypt_key: str) -> bytes:
    """
    The plain text of the `encrypt` field: base64 of an initialisation vector and AES-256-CBC with PKCS#7 padding.

    Raises:
        CannotDecrypt: wrong key or damaged text.
    """
    try:
        raw = binascii.a2b_base64(encrypted, strict_mode=True)
    except ValueError:
        raise CannotDecrypt("not base64") from None
    if len(raw) <= _BLOCK or len(raw) % _BLOCK:
        raise CannotDecrypt("not whole blocks")
    decryptor = _cipher(encrypt_key).decryptor()
    return _unpadded((decryptor.update(raw) + decryptor.finalize())[_BLOCK:])


@functools.lru_cache(maxsize=64)
def _cipher(encrypt_key: str) -> Cipher[modes.CBC]:
    # One cipher for all texts of a key: in CBC a block is the vector of the next, so each text's own vector goes in as
    # its first block, and what that becomes is thrown away.
    return Cipher(algorithms.AES(hashlib.sha256(_bytes(encrypt_key)).digest()), modes.CBC(_ANY_VECTOR))


def _unpadded(padded: bytes) -> bytes:
    count = padded[-1]
    if not 1 <= count <= _BLOCK or padded[-count:] != bytes([count]) * count:
        raise CannotDecrypt("wrong padding")
    return padded[:-count]


def _bytes(text: str) -> bytes:
    # a lone surrogate from a strange header must not raise
    return text.encode("utf-8", "surrogatepass")

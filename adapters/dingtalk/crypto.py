"""
What proves over HTTP that DingTalk is calling: two signatures over a time stamp, and the envelope of events.

Knows bytes and strings only. The robot's and the cards' signature cover the time stamp alone, never the body: what
follows from that is decided in `callbacks.py`.
Source: https://open.dingtalk.com/document/development/receive-message, …/configure-stream-push and
…/event-callback-card (read 2026-08).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, Final

from dingtalk.crypto import DingTalkCrypto, PrpCrypto

_BLOCK: Final = 32  # the padding's block, twice that of AES
_PREFIX: Final = 16  # random bytes before the length


class EnvelopeError(Exception):
    """
    The envelope is not ours or not whole; the text is a code for the counter (`signature`, `receiver`, `ciphertext`).
    """


def robot_signature(timestamp: str, app_secret: str) -> str:
    """
    The `sign` header of a robot message.
    """
    return _hmac(app_secret, f"{timestamp}\n{app_secret}")


def card_signature(timestamp: str, api_secret: str) -> str:
    """
    The `x-ddpaas-signature` header of a card callback; the secret is the one given when the address was registered.
    """
    return _hmac(api_secret, timestamp)


def card_secret(client_secret: str) -> str:
    """
    The secret we register for card callbacks: derived, so that there is none to configure and none to store.
    """
    return hmac.new(_bytes(client_secret), b"card callbacks", hashlib.sha256).hexdigest()[:32]


def same(expected: str, given: str) -> bool:
    """
    Equality of secrets in constant time, for any text.
    """
    return hmac.compare_digest(_bytes(expected), _bytes(given))


class EventCrypto(DingTalkCrypto):  # type: ignore[misc] # dingtalk-sdk ships no types
    """
    Opens and seals event envelopes: the SDK's cipher and frame, with a constant-time check, strict padding and length.

    `receiver` is the app's client id, which the console puts into every envelope (the SDK's own client assumes the
    company's id, true of a registration interface that new apps no longer have).
    """

    def __init__(
        self, *, token: str, aes_key: str, receiver: str, random_text: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        super().__init__(token, aes_key, receiver)
        self._receiver = receiver.encode()
        self._token = _bytes(token)
        self._cipher = PrpCrypto(self.key)
        self._cipher.get_random_string = random_text

    def open(self, *, signature: str, timestamp: str, nonce: str, ciphertext: str) -> bytes:
        """
        The plain text of an envelope whose signature and receiver are right.

        Raises:
            EnvelopeError: it is forged, damaged or meant for another app.
        """
        if not same(self._signature(timestamp, nonce, ciphertext), signature):
            raise EnvelopeError("signature")
        try:
            block = self._cipher.cipher.decrypt(binascii.a2b_base64(ciphertext, strict_mode=True))
        except ValueError as error:
            raise EnvelopeError("ciphertext") from error
        return self._unframe(block)

    def seal(self, text: str, *, timestamp: str, nonce: str) -> dict[str, str]:
        """
        An envelope around `text`, as DingTalk wants it in an answer.
        """
        sealed: dict[str, Any] = self._encrypt_message(text, nonce, timestamp, lambda _key: self._cipher)
        return sealed

    def _signature(self, *parts: str) -> str:
        text = b"".join(sorted([self._token, *map(_bytes, parts)]))
        return hashlib.sha1(text, usedforsecurity=False).hexdigest()

    def _unframe(self, block: bytes) -> bytes:
        padding = block[-1] if block else 0
        if not 1 <= padding <= _BLOCK or block[-padding:] != bytes([padding]) * padding:
            raise EnvelopeError("ciphertext")
        framed = block[_PREFIX:-padding]
        if len(framed) < 4:
            raise EnvelopeError("ciphertext")
        length = int.from_bytes(framed[:4], "big")
        text, receiver = framed[4 : 4 + length], framed[4 + length :]
        if len(text) != length:
            raise EnvelopeError("ciphertext")
        if not hmac.compare_digest(receiver, self._receiver):
            raise EnvelopeError("receiver")
        return text


def _hmac(secret: str, text: str) -> str:
    return base64.b64encode(hmac.digest(_bytes(secret), _bytes(text), "sha256")).decode()


def _bytes(text: str) -> bytes:
    # a lone surrogate from a strange header must not raise
    return text.encode("utf-8", "surrogatepass")

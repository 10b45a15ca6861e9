"""
One WeCom account for tests: keys of the vectors, an envelope maker that shares no code with ours, a scripted platform.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.http import Transport
from adapters.wecom.adapter import WeComAdapter
from adapters.wecom.config import WeComConfig
from bot.ports import Outbound, RawRequest, Recipient
from cards.model import Card, CardAction

VECTORS = json.loads((Path(__file__).parent / "wecom_vectors.json").read_text(encoding="utf-8"))
TOKEN = "crmToken01"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
CORP_ID = "ww1f2e3d4c5b6a7980"
AGENT_ID = 1000002
API_BASE = "https://qyapi.example.com"
START_URL = "https://crm.example.com/"
NOW = datetime(2025, 11, 22, 2, 40, tzinfo=UTC)


def config(**changes) -> WeComConfig:
    settings = {
        "account": "main", "corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": "s3cret", "token": TOKEN,
        "aes_key": AES_KEY, "start_url": START_URL, "api_base": API_BASE,
    }  # fmt: skip
    return WeComConfig(**{**settings, **changes})


def seal(action: CardAction) -> str:
    arguments = json.dumps([action.name, sorted(action.args.items())], ensure_ascii=False)
    return f"v1.{action.name}.{hashlib.sha256(arguments.encode()).hexdigest()[:20]}"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step) -> None:
        self.now += timedelta(**step)


class MemoryState:
    """
    Tokens and buckets in memory, with the meaning that `bot.ports.SharedState` gives them.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, tuple[str, datetime]] = {}
        self.buckets: dict[str, tuple[float, datetime]] = {}

    def token(self, name, now):
        value, expires_at = self.tokens.get(name, ("", now))
        return value if expires_at - now > timedelta(minutes=5) else None

    def store_token(self, name, value, expires_at):
        self.tokens[name] = (value, expires_at)

    def forget_token(self, name, value):
        if self.tokens.get(name, ("", None))[0] == value:
            del self.tokens[name]

    def take(self, bucket, *, capacity, per_seconds, now):
        level, at = self.buckets.get(bucket, (float(capacity), now))
        level = min(capacity, level + (now - at).total_seconds() * capacity / per_seconds)
        if level < 1:
            return (1 - level) * per_seconds / capacity
        self.buckets[bucket] = (level - 1, now)
        return 0.0


class ScriptedPlatform:
    """
    Answers API calls: tokens by itself, everything else from `answers` (path → list, the last one repeats).
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, list[object]] = {}
        self.issued = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/cgi-bin/")
        query = dict(parse_qsl(request.url.query.decode()))
        self.calls.append((request.method, path, query, request.content))
        if path == "gettoken" and path not in self.answers:
            self.issued += 1
            token = f"token-{self.issued}"
            return httpx.Response(200, json={"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200})
        script = self.answers[path]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.calls]

    def body(self, number: int = -1) -> dict[str, object]:
        return json.loads(self.calls[number][3])


class Rig:
    def __init__(self, **changes) -> None:
        self.platform = ScriptedPlatform()
        self.state = MemoryState()
        self.clock = Clock()
        self.config = config(**changes)
        http = Transport([self.config.api_base], network=httpx.MockTransport(self.platform))
        self.adapter = WeComAdapter(self.config, http=http, shared=self.state, seal=seal, clock=self.clock)

    def send(self, message: Outbound):
        return self.adapter.send(message, self.adapter.render(message))


def outbound(
    card: Card | None = None,
    text: str = "",
    *,
    ref: str = "o-1",
    to: str = "zhangsan",
    group: bool = False,
    **more: object,
) -> Outbound:
    recipient = Recipient("group" if group else "person", to)
    return Outbound(ref=ref, recipient=recipient, card=card, text=text, **more)


def cipher() -> Cipher:
    key = base64.b64decode(AES_KEY + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def encrypted(text: bytes, receiver: str = CORP_ID) -> str:
    block = b"0123456789abcdef" + struct.pack(">I", len(text)) + text + receiver.encode()
    pad = 32 - len(block) % 32
    encryptor = cipher().encryptor()
    return base64.b64encode(encryptor.update(block + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypted(ciphertext: str) -> str:
    decryptor = cipher().decryptor()
    block = decryptor.update(base64.b64decode(ciphertext)) + decryptor.finalize()
    length = struct.unpack(">I", block[16:20])[0]
    return block[20 : 20 + length].decode()


def signature(timestamp: str, nonce: str, ciphertext: str) -> str:
    return hashlib.sha1("".join(sorted([TOKEN, timestamp, nonce, ciphertext])).encode()).hexdigest()


def signed_post(
    text: str | bytes,
    *,
    receiver: str = CORP_ID,
    timestamp: str = "1763779200",
    nonce: str = "42",
    alter: Callable[[str], str] = lambda ciphertext: ciphertext,
) -> RawRequest:
    """
    A callback as the platform sends it; `alter` damages the ciphertext before it is signed.
    """
    ciphertext = alter(encrypted(text.encode() if isinstance(text, str) else text, receiver))
    query = {"msg_signature": signature(timestamp, nonce, ciphertext), "timestamp": timestamp, "nonce": nonce}
    body = f"<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
    return RawRequest("POST", {"content-type": "text/xml"}, query, body.encode())


def message_xml(kind: str, inner: str, **changes: str) -> str:
    head = {"ToUserName": CORP_ID, "FromUserName": "zhangsan", "CreateTime": "1763779201", "MsgType": kind}
    head |= {"AgentID": str(AGENT_ID)} | changes
    fields = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in head.items())
    return f"<xml>{fields}{inner}</xml>"

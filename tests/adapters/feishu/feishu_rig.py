"""
What the Feishu tests share: the vectors, an adapter on a scripted network, and a callback as Feishu would post it.

The vectors were made with Node's crypto and checked with two SDKs (see `meta` in the file); `post` uses its own few lines
of encryption so that nothing here proves itself.
"""

import base64
import hashlib
import json
import pathlib
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.config import FeishuConfig
from adapters.http import Transport
from bot.ports import RawRequest

VECTORS = json.loads((pathlib.Path(__file__).parent / "feishu_vectors.json").read_text(encoding="utf-8"))
META = VECTORS["meta"]
BASE = "http://127.0.0.1:8010/feishu"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

CONFIG = FeishuConfig(
    account="demo",
    app_id=META["app_id"],
    app_secret="secret-of-the-app",
    encrypt_key=META["encrypt_key"],
    verification_token=META["verification_token"],
    tenant_key=META["tenant_key"],
    api_base=BASE,
    mode="http",
)


def seal(action):
    return f"v1.{action.name}.signature"


class Shared:
    """
    Tokens and buckets in memory; `waits` makes a bucket refuse.
    """

    def __init__(self):
        self.tokens = {}
        self.taken = []
        self.waits = {}

    def token(self, name, now):
        value, expires_at = self.tokens.get(name, (None, now))
        return value if expires_at - now > timedelta(minutes=5) else None

    def store_token(self, name, value, expires_at):
        self.tokens[name] = (value, expires_at)

    def forget_token(self, name, value):
        if self.tokens.get(name, (None, None))[0] == value:
            del self.tokens[name]

    def take(self, bucket, *, capacity, per_seconds, now):
        self.taken.append(bucket)
        return self.waits.get(bucket, 0.0)


class Platform:
    """
    Feishu's open API: scripted answers by path, the token endpoint built in; every request is kept.
    """

    def __init__(self):
        self.requests = []
        self.answers = {}
        self.issued = 0

    def __call__(self, request):
        path = request.url.path.removeprefix("/feishu")
        self.requests.append((request.method, path, dict(request.url.params), request.content, dict(request.headers)))
        if path == "/open-apis/auth/v3/tenant_access_token/internal":
            return self._token()
        answer = self.answers[path]
        return self._answered(answer.pop(0) if isinstance(answer, list) else answer)

    @staticmethod
    def _answered(answer):
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def _token(self):
        if "token" in self.answers:
            return self._answered(self.answers["token"])
        self.issued += 1
        token = f"t-{self.issued}"
        return httpx.Response(200, json={"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200})

    def calls(self):
        return [f"{method} {path}" for method, path, *_ in self.requests if "tenant_access_token" not in path]


def build(config=CONFIG, *, platform=None, shared=None, clock=lambda: NOW):
    http = Transport([config.api_base], network=httpx.MockTransport(platform or Platform()))
    return FeishuAdapter(config, http=http, shared=shared or Shared(), seal=seal, clock=clock)


def request(raw_body, headers):
    body = raw_body.encode() if isinstance(raw_body, str) else raw_body
    return RawRequest("POST", {name.lower(): value for name, value in headers.items()}, {}, body)


def encrypt(plaintext, key=META["encrypt_key"], iv=bytes(16)):
    data = plaintext if isinstance(plaintext, bytes) else plaintext.encode()
    data += bytes([16 - len(data) % 16]) * (16 - len(data) % 16)
    encryptor = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    return base64.b64encode(iv + encryptor.update(data) + encryptor.finalize()).decode()


def post(plaintext):
    """
    The signed and encrypted request that carries `plaintext` (a text, or an object to be written as JSON).
    """
    text = plaintext if isinstance(plaintext, (str, bytes)) else json.dumps(plaintext, ensure_ascii=False)
    body = json.dumps({"encrypt": encrypt(text)}, separators=(",", ":"))
    signature = hashlib.sha256(("1795305600" + "n1" + META["encrypt_key"] + body).encode()).hexdigest()
    return request(
        body,
        {
            "X-Lark-Request-Timestamp": "1795305600",
            "X-Lark-Request-Nonce": "n1",
            "X-Lark-Signature": signature,
        },
    )


def envelope(event_type, event, **header):
    return {
        "schema": "2.0",
        "header": {
            "event_id": "evt_1",
            "event_type": event_type,
            "create_time": "1795305600123",
            "token": META["verification_token"],
            "app_id": META["app_id"],
            "tenant_key": META["tenant_key"],
            **header,
        },
        "event": event,
    }


def message(kind, content, *, chat_type="p2p", **more):
    body = {
        "message_id": "om_1",
        "create_time": "1795305600000",
        "chat_id": "oc_1",
        "chat_type": chat_type,
        "message_type": kind,
        "content": content if isinstance(content, str) else json.dumps(content, ensure_ascii=False),
        **more,
    }
    sender = {"sender_id": {"open_id": "ou_1"}, "sender_type": "user", "tenant_key": META["tenant_key"]}
    return envelope("im.message.receive_v1", {"sender": sender, "message": body})

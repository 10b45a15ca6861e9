"""
What the DingTalk tests share: the vectors, an adapter on a scripted network, and callbacks as DingTalk would post them.

The vectors were made with dingtalk-sdk and checked with Node's crypto (see `notes` in the file); `sealed_event` uses
its own few lines of encryption so that nothing here proves itself.
"""

import base64
import hashlib
import hmac
import json
import pathlib
from datetime import UTC, datetime, timedelta

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from adapters.dingtalk.adapter import DingTalkAdapter
from adapters.dingtalk.binding import bound
from adapters.dingtalk.config import DingTalkConfig
from adapters.http import Transport
from bot.ports import RawRequest, Recipient
from cards.actions import ActionSeal
from cards.model import CardAction

VECTORS = json.loads((pathlib.Path(__file__).parent / "dingtalk_vectors.json").read_text(encoding="utf-8"))
BASE = "http://127.0.0.1:8010/dingtalk"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MILLIS = "1795485600000"
CORP, CLIENT, SECRET = "dingcorp0000000001", "dingappkey000000001", "client-secret-0001"
TOKEN, AES_KEY = "crmtoken01", "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij"
PERSON, GROUP = Recipient("person", "u1"), Recipient("group", "cidAbc==")
TEMPLATE = "11111111-2222-3333-4444-555555555555.schema"

CONFIG = DingTalkConfig(
    account="demo",
    client_id=CLIENT,
    client_secret=SECRET,
    corp_id=CORP,
    start_url="http://127.0.0.1:8000",
    mode="http",
    token=TOKEN,
    aes_key=AES_KEY,
    card_template_id=TEMPLATE,
    api_base=f"{BASE}/api",
    oapi_base=f"{BASE}/oapi",
)
seal = ActionSeal(b"a secret of the installation").seal
ACTION = CardAction("approval.approve", {"approval": 7})


class Shared:
    """
    Tokens, buckets, counters and used names in memory; `waits` makes a bucket refuse.
    """

    def __init__(self):
        self.tokens, self.waits, self.counts, self.used, self.taken = {}, {}, {}, {}, []

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

    def count(self, counter, amount, now):
        self.counts[counter] = self.counts.get(counter, 0) + amount
        return self.counts[counter]

    def first_use(self, name, value, *, until, now):
        return self.used.setdefault(name, value)


class Platform:
    """
    Both hosts of DingTalk: scripted answers by path, the token endpoint built in; every request is kept.
    """

    def __init__(self):
        self.requests = []
        self.answers = {}
        self.issued = 0

    def __call__(self, request):
        path = request.url.path.removeprefix("/dingtalk/api").removeprefix("/dingtalk/oapi")
        self.requests.append(request)
        if path == "/v1.0/oauth2/accessToken" and path not in self.answers:
            self.issued += 1
            return httpx.Response(200, json={"accessToken": f"t-{self.issued}", "expireIn": 7200})
        answer = self.answers[path]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def calls(self):
        paths = [(each.method, each.url.path.split("/dingtalk/")[1].partition("/")) for each in self.requests]
        return [f"{method} /{path}" for method, (_, _, path) in paths if not path.endswith("accessToken")]

    def body(self, number=-1):
        return json.loads(self.requests[number].content)


def refusal(code, status=400):
    return httpx.Response(status, json={"code": code, "message": "x", "requestid": "R-1"})


def build(config=CONFIG, *, platform=None, shared=None, clock=lambda: NOW):
    http = Transport(config.origins, network=httpx.MockTransport(platform or Platform()))
    return DingTalkAdapter(config, http=http, shared=shared or Shared(), seal=seal, clock=clock)


def base64_hmac(key, text):
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def robot_post(body, *, timestamp=MILLIS, secret=SECRET, **headers):
    """
    A robot message as DingTalk posts it: the signature covers the time stamp only.
    """
    text = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    sign = base64_hmac(secret, f"{timestamp}\n{secret}")
    return RawRequest("POST", {"timestamp": timestamp, "sign": sign, **headers}, {}, text)


def card_post(body, *, timestamp=MILLIS, **headers):
    """
    A click as DingTalk posts it, signed with the secret that was registered with the callback address.
    """
    secret = hmac.new(SECRET.encode(), b"card callbacks", hashlib.sha256).hexdigest()[:32]
    signature = base64_hmac(secret, timestamp)
    signed = {"x-ddpaas-signature-timestamp": timestamp, "x-ddpaas-signature": signature}
    text = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return RawRequest("POST", {**signed, **headers}, {}, text, "card")


def sealed_event(plaintext, *, token=TOKEN, receiver=CLIENT, nonce="n1", timestamp=MILLIS):
    """
    An event as DingTalk posts it: encrypted, and signed as a whole.
    """
    text = (plaintext if isinstance(plaintext, str) else json.dumps(plaintext, ensure_ascii=False)).encode()
    block = b"0123456789abcdef" + len(text).to_bytes(4, "big") + text + receiver.encode()
    block += bytes([32 - len(block) % 32]) * (32 - len(block) % 32)
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    encrypted = base64.b64encode(encryptor.update(block) + encryptor.finalize()).decode()
    signature = hashlib.sha1("".join(sorted([token, timestamp, nonce, encrypted])).encode()).hexdigest()
    query = {"msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
    return RawRequest("POST", {}, query, json.dumps({"encrypt": encrypted}).encode(), "event")


def opened_reply(response):
    """
    What an encrypted answer of ours says, by means of its own: (text, receiver, signature is right).
    """
    answer = json.loads(response.body)
    key = base64.b64decode(AES_KEY + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    block = decryptor.update(base64.b64decode(answer["encrypt"])) + decryptor.finalize()
    block = block[: -block[-1]]
    length = int.from_bytes(block[16:20], "big")
    parts = sorted([TOKEN, answer["timeStamp"], answer["nonce"], answer["encrypt"]])
    is_signed = hashlib.sha1("".join(parts).encode()).hexdigest() == answer["msg_signature"]
    return block[20 : 20 + length].decode(), block[20 + length :].decode(), is_signed


def message(content=None, *, group=False, **more):
    """
    A robot message, whole and shaped as in the documentation.
    """
    body = {
        "conversationId": "cidAbc==" if group else "cidDirect==",
        "chatbotCorpId": CORP,
        "chatbotUserId": "$:LWCP_v1:$bot",
        "msgId": "msgXyz==",
        "senderNick": "小李",
        "isAdmin": False,
        "senderStaffId": "u1",
        "sessionWebhookExpiredTime": int(MILLIS) + 5_400_000,
        "createAt": int(MILLIS),
        "senderCorpId": CORP,
        "conversationType": "2" if group else "1",
        "senderId": "$:LWCP_v1:$u1",
        "sessionWebhook": f"{BASE}/oapi/robot/sendBySession?session=abc",
        "robotCode": CLIENT,
        "msgtype": "text",
        "text": {"content": " 报备 上海某公司 "},
        "openThreadId": "ignored",
    }
    if group:
        body |= {
            "conversationTitle": "销售一群",
            "isInAtList": True,
            "atUsers": [{"dingtalkId": "$:LWCP_v1:$bot"}, {"dingtalkId": "$:LWCP_v1:$u2", "staffId": "u2"}],
        }
    return {**body, **(content or {}), **more}


def payload(track="o1-abc", recipient=PERSON, action=ACTION):
    return bound(seal, track, recipient)(action)


def click(params, *, user="u1", track="o1-abc", space="cidAbc==", actions=("b0",), **more):
    """
    A card callback with its content as a JSON text, as in the documentation.
    """
    content = {"cardPrivateData": {"actionIds": list(actions), "params": params}}
    return {
        "type": "actionCallback",
        "outTrackId": track,
        "corpId": CORP,
        "userId": user,
        "userIdType": 1,
        "spaceId": space,
        "spaceType": "im",
        "extension": "{}",
        "content": json.dumps(content, ensure_ascii=False),
        **more,
    }

"""
The ceiling of the callback benchmark: the same server and database settings, verify and decrypt, one insert.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import insert

from bench.callback_parts import ENCRYPT_KEY
from store import migrate
from store.base import from_millis, table_of
from store.engine import Database
from store.models import InboxEvent

KEY = hashlib.sha256(ENCRYPT_KEY.encode()).digest()
NOW = from_millis(1_790_000_000_000)


def create() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """
    The WSGI application.
    """
    database = Database(os.environ["BENCH_DATABASE_URL"])
    migrate.upgrade(database.engine)
    database.start_checkpointer()
    inbox = table_of(InboxEvent)

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        signed = environ["HTTP_X_LARK_REQUEST_TIMESTAMP"] + environ["HTTP_X_LARK_REQUEST_NONCE"] + ENCRYPT_KEY
        expected = hashlib.sha256(signed.encode() + body).hexdigest()
        if not hmac.compare_digest(expected, environ["HTTP_X_LARK_SIGNATURE"]):
            start_response("403 Forbidden", [])
            return [b""]
        raw = base64.b64decode(json.loads(body)["encrypt"])
        decryptor = Cipher(algorithms.AES(KEY), modes.CBC(raw[:16])).decryptor()
        plain = decryptor.update(raw[16:]) + decryptor.finalize()
        event = json.loads(plain[: -plain[-1]])
        row = {"platform": "feishu", "account": "bench", "state": "done", "attempts": 0, "received_at": NOW}
        with database.write() as tx:
            tx.connection.execute(insert(inbox).values(event_key=event["header"]["event_id"], **row))
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]

    return application

"""
What the callback benchmark stands on: a filled database, signed Feishu clicks, the ceiling's server, the clients.
"""

import base64
import hashlib
import http.client
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import create_engine, insert

from bench.customers import generator
from bench.dedup import CACHE, open_index
from bot.clock import Clock
from bot.post import Account
from bot.units import Units
from cards.actions import ActionSeal, SubmitRegistration
from handlers.demo import load_demo_company
from store import migrate, scope
from store.base import from_millis, table_of
from store.engine import Database
from store.models import Customer, RegistrationDraft

ROOT = Path(__file__).parents[1]
SEED = 11
TENANT = "bench-tenant"
APP_ID, APP_SECRET, ENCRYPT_KEY, VERIFICATION = (
    "cli_bench",
    "bench-app-secret",
    "bench-encrypt-key",
    "bench-verification",
)
SECRET_KEY = "bench-0123456789-abcdefghijklmnop-QRSTUVWXYZ"  # noqa: S105 - of a throw-away database
SELLERS = ("ou_demo_xiaoli", "ou_demo_xiaowang", "ou_demo_xiaozhao")
INSERT_BATCH = 20_000
T = TypeVar("T")


def filled_database(n: int) -> Path:
    """
    The path of a database with `n` customers, their index and the demo company; built once.
    """
    mark = crc32((ROOT / "migrations" / "versions" / "0001_main_job.py").read_bytes())
    path = CACHE / f"callback_{n}_{SEED}_{mark:08x}.db"
    if not path.exists():
        index = open_index("sqlite", n, SEED)
        index.dispose()
        building = path.with_suffix(".building")
        building.unlink(missing_ok=True)
        _build(building, Path(str(index.url.database)), n)
        building.rename(path)
    return path


def _build(path: Path, index: Path, n: int) -> None:
    scope.install()
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database.engine)
    database.close()
    engine = create_engine(f"sqlite:///{path}")
    now = from_millis(int(time.time() * 1000))
    batch: list[dict[str, Any]] = []
    with engine.begin() as connection:
        for row in generator().base(n, SEED):
            batch.append(
                {
                    "id": row.id,
                    "name": row.name,
                    "state": "active",
                    "pool": "regional",
                    "fields": {},
                    "created_at": now,
                    "updated_at": now,
                }
            )
            if len(batch) == INSERT_BATCH:
                connection.execute(insert(table_of(Customer)), batch)
                batch.clear()
        if batch:
            connection.execute(insert(table_of(Customer)), batch)
    engine.dispose()
    _copy_index(path, index)
    database = Database(f"sqlite:///{path}")
    accounts = [Account("feishu", "bench", TENANT)]
    load_demo_company(Units(database, Clock(), accounts, public_url="http://127.0.0.1"), accounts)
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("ANALYZE")


def _copy_index(path: Path, index: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-1000000")
    connection.execute("ATTACH ? AS filled", (str(index),))
    for table in ("dedup_key", "dedup_doc", "dedup_unique"):
        columns = [row[1] for row in connection.execute(f"PRAGMA filled.table_info({table})") if row[1] != "id"]
        names = ", ".join(columns)
        connection.execute(f"INSERT OR IGNORE INTO {table} ({names}) SELECT {names} FROM filled.{table}")  # noqa: S608 - our names
    connection.commit()
    connection.close()


def drafts(path: Path, n: int, count: int) -> list[tuple[int, str]]:
    """
    Registration drafts of companies that are not there yet: (draft id, who submits it).
    """
    news = [query for query in generator().queries(n, SEED, count * 4) if query.origin < 0][:count]
    engine = create_engine(f"sqlite:///{path}")
    now = from_millis(int(time.time() * 1000))
    made: list[tuple[int, str]] = []
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT user_id, member_id FROM identity")
        members: dict[str, int] = {row[0]: row[1] for row in rows}
        for number, query in enumerate(news):
            seller = SELLERS[number % len(SELLERS)]
            phone = f"139{number:08d}"
            form = {"name": query.name, "contact": query.contact, "phone": phone, "phones": [phone]}
            row = {"member_id": members[seller], "state": "open", "form": form, "created_at": now, "updated_at": now}
            statement = insert(table_of(RegistrationDraft)).values(row).returning(table_of(RegistrationDraft).c.id)
            made.append((connection.execute(statement).scalar_one(), seller))
    engine.dispose()
    return made


@dataclass(frozen=True)
class Request:
    """
    One signed callback, ready to be posted.
    """

    body: bytes
    headers: dict[str, str]


def signed_click(draft_id: int, seller: str, number: int) -> Request:
    """
    A Feishu click on 提交, encrypted and signed as the platform does it.
    """
    sealed = ActionSeal(SECRET_KEY.encode()).seal(SubmitRegistration(draft_id).card_action())
    header = {
        "event_id": f"bench-{number}",
        "token": VERIFICATION,
        "create_time": str(int(time.time() * 1_000_000)),
        "event_type": "card.action.trigger",
        "tenant_key": TENANT,
        "app_id": APP_ID,
    }
    event = {
        "operator": {"tenant_key": TENANT, "open_id": seller},
        "token": f"c-{number}",
        "action": {"value": {"a": sealed}, "tag": "button", "form_value": {}, "name": "b0"},
        "host": "im_message",
        "context": {"open_message_id": f"om_bench_{number}", "open_chat_id": f"oc_p2p_{seller}"},
    }
    return sign({"schema": "2.0", "header": header, "event": event})


def sign(payload: dict[str, Any]) -> Request:
    """
    The payload as Feishu posts it.
    """
    plain = json.dumps(payload, ensure_ascii=False).encode()
    pad = 16 - len(plain) % 16
    iv = os.urandom(16)
    key = hashlib.sha256(ENCRYPT_KEY.encode()).digest()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    encrypted = iv + encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
    body = json.dumps({"encrypt": base64.b64encode(encrypted).decode()}, separators=(",", ":")).encode()
    stamp, nonce = str(int(time.time())), "bench"
    signature = hashlib.sha256(f"{stamp}{nonce}{ENCRYPT_KEY}".encode() + body).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Lark-Request-Timestamp": stamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature,
    }
    return Request(body, headers)


class Vendor:
    """
    The least of Feishu that takes messages: tokens and message ids, nothing else.
    """

    def __init__(self) -> None:
        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            sent = 0

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                Answer.sent += 1
                body = json.dumps(
                    {"code": 0, "msg": "ok", "tenant_access_token": "t-bench", "expire": 7200}
                    | {"data": {"message_id": f"om_{Answer.sent}", "chat_id": "oc", "create_time": "0"}}
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_PATCH = do_POST  # noqa: N815 - the base class looks for this name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                del format, args

        self._answers = Answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def wait_for_messages(self, count: int, seconds: float) -> None:
        """
        Wait until so many calls have come in.
        """
        deadline = time.monotonic() + seconds
        while self._answers.sent < count:
            if time.monotonic() > deadline:
                msg = f"bench: {self._answers.sent} calls in {seconds:.0f} s where {count} were to come"
                raise RuntimeError(msg)
            time.sleep(0.05)


def closed_loop(port: int, path: str, requests: Sequence[Request], clients: int) -> tuple[float, list[float]]:
    """
    All requests as fast as `clients` get their answers: requests a second, and each one's milliseconds.
    """
    times: list[float] = []
    waiting = iter(requests)
    lock = threading.Lock()
    started = time.perf_counter()
    _in_threads(clients, lambda: _client(port, path, _locked(waiting, lock), times))
    return len(times) / (time.perf_counter() - started), times


def open_loop(port: int, path: str, requests: Sequence[Request], rate: float, clients: int) -> list[float]:
    """
    Requests at a fixed rate whether answered or not; milliseconds from when each was due.
    """
    times: list[float] = []
    begin = time.perf_counter() + 0.2
    due = iter([(begin + number / rate, request) for number, request in enumerate(requests)])
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for at, request in _locked(due, lock):
            time.sleep(max(0.0, at - time.perf_counter()))
            _post(connection, path, request)
            times.append((time.perf_counter() - at) * 1000)

    _in_threads(clients, work)
    return times


def _client(port: int, path: str, requests: Iterator[Request], times: list[float]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for request in requests:
        started = time.perf_counter()
        _post(connection, path, request)
        times.append((time.perf_counter() - started) * 1000)


def _post(connection: http.client.HTTPConnection, path: str, request: Request) -> None:
    connection.request("POST", path, body=request.body, headers=request.headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        msg = f"bench: {path} answered {answer.status} {body[:200]!r}"
        raise RuntimeError(msg)


def _locked(items: Iterator[T], lock: threading.Lock) -> Iterator[T]:
    while True:
        with lock:
            item = next(items, None)
        if item is None:
            return
        yield item


def _in_threads(count: int, work: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - handed to the main thread
            failures.append(failure)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]

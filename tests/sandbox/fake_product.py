"""
A tiny product for the sandbox's own tests: it opens what the emulators send and answers what the test tells it to.

It knows the protocols from the vendors' vectors only as far as the tests need, through the emulator's proven crypto.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from sandbox.envelope import Envelope
from sandbox.feishu import crypto as feishu_crypto
from sandbox.wecom import xml


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """
        An emulator that no longer waits for the answer is part of some tests.
        """


@dataclass
class Seen:
    path: str
    headers: dict[str, str]
    body: bytes

    def feishu(self, encrypt_key: str) -> dict:
        return json.loads(feishu_crypto.decrypt(encrypt_key, json.loads(self.body)["encrypt"]))

    def checked_feishu(self, account) -> dict:
        """
        The opened event after the checks that a product makes.
        """
        stamp, nonce = self.headers["x-lark-request-timestamp"], self.headers["x-lark-request-nonce"]
        expected = feishu_crypto.signature(stamp, nonce, account.encrypt_key, self.body)
        assert expected == self.headers["x-lark-signature"]
        try:
            event = self.feishu(account.encrypt_key)
        except ValueError as error:
            raise AssertionError("cannot be opened") from error
        assert account.verification_token == event["header"]["token"]
        return event

    def wecom(self, account) -> dict:
        """
        The opened message: its fields, `selected` choices by question, and the whole `plaintext`.
        """
        query = dict(parse_qsl(urlsplit(self.path).query))
        envelope = Envelope(account.token, account.aes_key, account.corp_id)
        encrypted = xml.child_text(xml.read(self.body), "Encrypt")
        plaintext = envelope.open(query["msg_signature"], query["timestamp"], query["nonce"], encrypted)
        root = xml.read(plaintext)
        selected = {
            item.findtext("QuestionKey"): [one.text for ids in item[1:] for one in ids]
            for item in root.findall("SelectedItems/SelectedItem")
        }
        return {child.tag: child.text for child in root} | {"selected": selected, "plaintext": plaintext}


@dataclass
class FakeProduct:
    """
    `answers` are given to callbacks one after another, then the default 200; `during` runs before each of them.
    `demo` answers /demo/clock.
    """

    seen: list[Seen] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    during: object = None
    demo: object = None

    def __post_init__(self):
        product = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = product.take(Seen(self.path, dict(self.headers), body))
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST  # noqa: N815  # the base class names it so

            def log_message(self, *args):
                pass

        self._server = QuietServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def forget(self):
        self.seen.clear()
        self.answers.clear()
        self.during = self.demo = None

    def take(self, seen: Seen) -> tuple[int, bytes]:
        self.seen.append(Seen(seen.path, {name.lower(): value for name, value in seen.headers.items()}, seen.body))
        if self.demo is not None and seen.path == "/demo/clock":
            return self.demo(seen)
        if self.during is not None and seen.path.startswith("/cb/"):
            self.during(seen)
        return (
            self.answers.pop(0)
            if self.answers and seen.path.startswith("/cb/")
            else (200, b"" if "wecom" in seen.path else b"{}")
        )

    def callbacks(self, platform: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path.startswith(f"/cb/{platform}/")]

    def will_answer(self, body: dict | bytes, status: int = 200):
        encoded = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.answers.append((status, encoded))

    def close(self):
        self._server.shutdown()
        self._server.server_close()

"""
The adapter behind a real HTTP server, and the emulated platform in a process of its own on the other side of the wire.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from adapters.http import Transport
from adapters.wecom.adapter import WeComAdapter
from bot.ports import Accepted, Answered, RawRequest, RawResponse
from bot.reply import Reply
from tests.adapters.wecom.wecom_rig import AES_KEY, MemoryState, config, outbound, seal

ROOT = Path(__file__).parents[3]
CORP_ID = "wwdemo00000000000001"
ACCOUNT = {
    "account": "demo", "corp_id": CORP_ID, "agent_id": 1000002, "secret": "wecom-secret", "token": "wecomToken",
    "aes_key": AES_KEY, "bot_id": "aib-demo", "bot_secret": "bot-secret", "contact_token": "contactToken",
    "contact_aes_key": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg",
}  # fmt: skip
FEISHU = {
    "account": "demo", "app_id": "cli_a1b2c3d4e5f60001", "app_secret": "s", "encrypt_key": "e",
    "verification_token": "v", "tenant_key": "t",
}  # fmt: skip
DINGTALK = {
    "account": "demo", "client_id": "dingapp", "client_secret": "s", "corp_id": "dingcorp", "robot_code": "dingapp",
    "agent_id": 1, "token": "t", "aes_key": "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
}  # fmt: skip


class Product:
    """
    What web and dispatch are to the adapter: keeps the events, answers clicks with `face`.
    """

    def __init__(self) -> None:
        self.adapter: WeComAdapter | None = None
        self.events = []
        self.face = None
        self.says = ()
        product = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = product.answer(self.command, self.path, body)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST  # noqa: N815 - the base class names it so

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, method: str, address: str, body: bytes) -> RawResponse:
        parts = urlsplit(address)
        if not parts.path.startswith("/cb/"):
            return RawResponse(body=b'{"ran": []}')
        part = "/".join(parts.path.split("/")[4:])
        received = self.adapter.receive(RawRequest(method, {}, dict(parse_qsl(parts.query)), body, part=part))
        if isinstance(received, Accepted):
            self.events.append(received.event)
            return self.adapter.encode(received.event, Reply(card=self.face), datetime.now(UTC))
        return received.response if isinstance(received, Answered) else RawResponse(status=403)

    def take(self, event) -> Reply:
        """
        What dispatch is to a long connection.
        """
        self.events.append(event)
        return Reply(card=self.face, messages=self.says)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Wire:
    """
    The running emulator with its control API, and the adapter that talks to it.
    """

    def __init__(self, folder: Path) -> None:
        self.product = Product()
        settings = {
            "host": "127.0.0.1", "port": 0, "product_url": self.product.url, "demo_secret": "d",
            "company": str(ROOT / "demo" / "company.yaml"), "wecom": ACCOUNT, "feishu": FEISHU,
            "dingtalk": DINGTALK,
        }  # fmt: skip
        path = folder / "sandbox.json"
        path.write_text(json.dumps(settings), encoding="utf-8")
        command = [sys.executable, "-m", "sandbox", "--config", str(path)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.url = self._process.stdout.readline().split()[-1]
        self._control = httpx.Client(base_url=f"{self.url}/sandbox/api", trust_env=False, timeout=30)
        self.fresh()

    def fresh(self) -> None:
        """
        A fresh demo company on both sides.
        """
        self.post("/reset")
        self.product.events.clear()
        self.product.face = None
        self.product.says = ()
        self.adapter = self.product.adapter = self.build()

    def build(self, **changes) -> WeComAdapter:
        """
        An adapter at the emulated platform.
        """
        addresses = {
            "api_base": f"{self.url}/wecom",
            "socket_base": f"{self.url.replace('http', 'ws')}/wecom/ws",
            "start_url": f"{self.product.url}/",
        }
        return WeComAdapter(
            config(**ACCOUNT | addresses | changes),
            http=Transport([self.url]),
            shared=MemoryState(),
            seal=seal,
            clock=lambda: datetime.now(UTC),
        )

    def post(self, path: str, **body):
        answer = self._control.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, **query):
        return self._control.get(path, params=query).json()

    def send(self, *arguments, **options):
        message = outbound(*arguments, **options)
        return self.adapter.send(message, self.adapter.render(message))

    def shown_to(self, user: str, chat: str = "p2p"):
        return self.get(f"/wecom/chats/{chat}/messages", user=user)

    def attachment(self, message) -> bytes:
        """
        The bytes of a picture or file that was sent.
        """
        return httpx.get(self.url + message["attachment"], trust_env=False).content

    def click(self, user: str, button: str, **form):
        message = self.shown_to(user)[-1]
        return self.post("/wecom/clicks", user=user, message_id=message["id"], button=button, form=form)

    def close(self) -> None:
        self._control.close()
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self.product.close()

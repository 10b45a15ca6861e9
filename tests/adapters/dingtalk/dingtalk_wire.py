"""
The running emulator and as much product as it needs behind it, reached over HTTP or over the Stream connection.
"""

import json
import queue
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from adapters.dingtalk.adapter import DingTalkAdapter
from adapters.dingtalk.config import DingTalkConfig
from adapters.http import Transport
from bot.ports import Accepted, Answered, Outbound, RawRequest, Recipient
from bot.reply import Reply
from tests.adapters.dingtalk.dingtalk_rig import AES_KEY, CLIENT, CORP, SECRET, TEMPLATE, TOKEN, Shared, seal

ROOT = Path(__file__).parents[3]
ACCOUNT = {
    "account": "demo",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "corp_id": CORP,
    "agent_id": 77,
    "token": TOKEN,
    "aes_key": AES_KEY,
    "card_template_id": TEMPLATE,
}
OTHERS = {
    "wecom": {
        "account": "demo",
        "corp_id": "ww00000000000000ab",
        "agent_id": 1000002,
        "secret": "s",
        "token": "t",
        "aes_key": AES_KEY,
    },
    "feishu": {
        "account": "demo",
        "app_id": "cli_demo",
        "app_secret": "s",
        "encrypt_key": "e",
        "verification_token": "v",
        "tenant_key": "k",
    },
}


class Product:
    """
    As much product as a wire needs: receives with the adapter, answers with the replies a test has laid out.
    """

    def __init__(self):
        self.adapter = None
        self.events = queue.Queue()
        self.replies = queue.Queue()
        product = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                address = urlsplit(self.path)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                part = address.path.split("/")[4] if address.path.count("/") > 3 else ""
                asked = RawRequest("POST", headers, dict(parse_qsl(address.query)), body, part)
                answer = product.take(asked) if address.path.startswith("/cb/") else b"{}"
                self.send_response(403 if answer is None else 200)
                self.end_headers()
                self.wfile.write(answer or b"")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def take(self, request):
        match self.adapter.receive(request):
            case Accepted(event=event, others=others):
                for other in others:
                    self.take_event(other)
                return self.adapter.encode(event, self.take_event(event), event.sent_at).body
            case Answered(response=response):
                return response.body
            case refused:
                self.events.put(refused)
                return None

    def take_event(self, event):
        self.events.put(event)
        return self.replies.get_nowait() if not self.replies.empty() else Reply()

    def event(self):
        return self.events.get(timeout=20)


class Wire:
    """
    The running emulator, the product behind it, and the control API at hand.
    """

    def __init__(self, folder, mode):
        self.mode = mode
        self.product = Product()
        config = {
            "host": "127.0.0.1",
            "port": 0,
            "product_url": self.product.url,
            "demo_secret": "demo-secret",
            "company": str(ROOT / "demo" / "company.yaml"),
            "dingtalk": {
                **ACCOUNT,
                "robot_code": CLIENT,
                "mode": mode,
                "card_template": str(ROOT / "adapters" / "dingtalk" / "template" / "liaodan-card.json"),
            },
            **OTHERS,
        }
        path = folder / "sandbox.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--config", str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        url = self.process.stdout.readline().split()[-1]
        self.control = httpx.Client(base_url=f"{url}/sandbox/api", trust_env=False, timeout=60)
        self.http = Transport([url])
        self.offset = timedelta()
        self.shared = Shared()
        self.config = DingTalkConfig(
            **ACCOUNT,
            start_url=self.product.url,
            mode=mode,
            api_base=f"{url}/dingtalk",
            oapi_base=f"{url}/dingtalk",
        )
        self.adapter = self.product.adapter = DingTalkAdapter(
            self.config,
            http=self.http,
            shared=self.shared,
            seal=seal,
            clock=lambda: datetime.now(UTC) + self.offset,
        )
        self.stop = threading.Event()
        self.line = threading.Thread(target=self._connect)
        self.line.start()

    def _connect(self):
        if self.adapter.connection is not None:
            self.adapter.connection.run(self.product.take_event, self.stop)

    def await_connection(self):
        """
        Until events would come, whichever way.
        """
        self.until(lambda: self.adapter.connection is None or self.adapter.connection.is_up)

    def await_loss(self):
        self.until(lambda: not self.adapter.connection.is_up)

    def openings(self):
        """
        How often the product asked for a connection.
        """
        return sum("connections/open" in crossing["path"] for crossing in self.crossings("in"))

    def until(self, holds):
        deadline = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.01)

    def start_over(self):
        """
        A fresh company, and nothing remembered of the one before.
        """
        self.await_connection()
        self.offset = timedelta()
        self.post("/reset")
        self.shared.__init__()
        self.adapter._sessions._known.clear()
        self.adapter._sessions._stored_until.clear()
        self.adapter._meter._seen = None

    def close(self):
        self.stop.set()
        self.line.join(20)
        self.control.close()
        self.http.close()
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()
        self.product.server.shutdown()
        self.product.server.server_close()

    def advance(self, text, **span):
        self.post("/clock", advance=text)
        self.offset += timedelta(**span)

    def crossings(self, direction):
        crossings = self.control.get("/dingtalk/wire").json()
        return [crossing for crossing in crossings if crossing["direction"] == direction]

    def post(self, path, **body):
        answer = self.control.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def says(self, user, text, chat="p2p", **more):
        return self.post("/dingtalk/messages", user=user, chat=chat, text=text, **more)

    def send(self, card, to="xiaoli", *, ref, kind="person", text="", **more):
        recipient = Recipient(kind, f"dt_{to}" if kind == "person" else to)
        message = Outbound(ref, recipient, card, text, **more)
        return self.adapter.send(message, self.adapter.render(message))

    def seen_by(self, user, chat="p2p"):
        return self.control.get(f"/dingtalk/chats/{chat}/messages", params={"user": user}).json()

    def click(self, user, button, chat="p2p", **form):
        message = [seen for seen in self.seen_by(user, chat) if seen["kind"] == "card"][-1]
        return self.post("/dingtalk/clicks", user=user, message_id=message["id"], button=button, form=form)

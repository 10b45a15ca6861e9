"""
The running emulator and as much product as it needs behind it, reached over HTTP or over the long connection.
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

import httpx

from adapters.feishu.adapter import FeishuAdapter
from adapters.feishu.config import FeishuConfig
from adapters.http import Transport
from bot.ports import Accepted, Outbound, RawRequest, Recipient
from bot.reply import Reply
from tests.adapters.feishu.feishu_rig import META, Shared, seal

ROOT = Path(__file__).parents[3]
ACCOUNT = {
    "account": "demo",
    "app_id": META["app_id"],
    "app_secret": "feishu-app-secret",
    "encrypt_key": META["encrypt_key"],
    "verification_token": META["verification_token"],
    "tenant_key": META["tenant_key"],
}
WECOM = {
    "account": "demo",
    "corp_id": "ww00000000000000ab",
    "agent_id": 1000002,
    "secret": "s",
    "token": "t",
    "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}
PEOPLE = ("xiaoli", "xiaowang", "xiaozhao", "laozhang", "zhouzong")


DINGTALK = {
    "account": "demo",
    "client_id": "ding0000000000000001",
    "client_secret": "s",
    "corp_id": "ding0000000000000000000000000000corp",
    "robot_code": "ding0000000000000001",
    "agent_id": 1,
    "token": "t",
    "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
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
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = product.take(RawRequest("POST", headers, {}, body)) if "/cb/" in self.path else b"{}"
                self.send_response(403 if answer is None else 200)
                self.end_headers()
                self.wfile.write(answer or b"")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def take(self, request):
        outcome = self.adapter.receive(request)
        if not isinstance(outcome, Accepted):
            self.events.put(outcome)
            return None
        reply = self.take_event(outcome.event)
        return self.adapter.encode(outcome.event, reply, outcome.event.sent_at).body

    def take_event(self, event):
        self.events.put(event)
        return self.replies.get_nowait() if not self.replies.empty() else Reply()

    def event(self):
        return self.events.get(timeout=60)


class Wire:
    """
    The running emulator, the product behind it, and the control API at hand.
    """

    def __init__(self, folder, mode):
        self.product = Product()
        config = {
            "host": "127.0.0.1",
            "port": 0,
            "product_url": self.product.url,
            "demo_secret": "demo-secret",
            "company": str(ROOT / "demo" / "company.yaml"),
            "feishu": ACCOUNT,
            "wecom": WECOM,
            "dingtalk": DINGTALK,
        }
        path = folder / "sandbox.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--config", str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        url = self.process.stdout.readline().split()[-1]
        self.control = httpx.Client(base_url=f"{url}/sandbox/api", trust_env=False, timeout=60)
        base = f"{url}/feishu"
        self.http = Transport([base])
        self.adapter = self.product.adapter = FeishuAdapter(
            FeishuConfig(**ACCOUNT, api_base=base, mode=mode),
            http=self.http,
            shared=Shared(),
            seal=seal,
            clock=lambda: datetime.now(UTC) + self.offset,
        )
        self.stop = threading.Event()
        self.offset = timedelta()
        self.line = threading.Thread(target=self._connect)
        self.line.start()

    def _connect(self):
        if self.adapter.connection is not None:
            self.adapter.connection.run(self.product.take_event, self.stop)

    def await_connection(self):
        """
        Until events would come, whichever way.
        """
        deadline = time.monotonic() + 60
        while self.adapter.connection is not None and not self.adapter.connection.is_up:
            assert time.monotonic() < deadline, "no long connection"
            time.sleep(0.01)

    def close(self):
        self.stop.set()
        self.line.join(60)
        self.control.close()
        self.http.close()
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()
        self.product.server.shutdown()
        self.product.server.server_close()

    def await_loss(self):
        deadline = time.monotonic() + 60
        while self.adapter.connection.is_up:
            assert time.monotonic() < deadline, "still connected"
            time.sleep(0.01)

    def last_push(self):
        return self._last("out")

    def last_call(self):
        return self._last("in")

    def _last(self, direction):
        crossings = self.control.get("/feishu/wire").json()
        return [crossing for crossing in crossings if crossing["direction"] == direction][-1]

    def post(self, path, **body):
        return self.control.post(path, json=body).json()

    def says(self, user, text, chat="p2p"):
        return self.post("/feishu/messages", user=user, chat=chat, text=text)

    def send(self, card, to="xiaoli", *, ref, update=None, kind="person"):
        recipient = Recipient(kind, f"ou_demo_{to}" if kind == "person" else to)
        message = Outbound(ref, recipient, card, "", update=update)
        return self.adapter.send(message, self.adapter.render(message))

    def seen_by(self, user, chat="p2p"):
        return self.control.get(f"/feishu/chats/{chat}/messages", params={"user": user}).json()

    def click(self, user, button, chat="p2p", **form):
        message = [seen for seen in self.seen_by(user, chat) if seen["kind"] == "card"][-1]
        return self.post("/feishu/clicks", user=user, message_id=message["id"], button=button, form=form)

"""
A listening sandbox in front of a fake product, and the accounts both share.
"""

import functools
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from fake_product import FakeProduct

from sandbox.clock import Clock
from sandbox.company import read_company
from sandbox.config import DingTalkAccount, FeishuAccount, SandboxConfig, WeComAccount
from sandbox.server import Sandbox
from sandbox.wire import loopback_client

COMPANY = Path(__file__).parents[2] / "demo" / "company.yaml"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FEISHU = FeishuAccount(
    "demo", "cli_a1b2c3d4e5f60001", "feishu-secret", "feishu-encrypt-key", "vt_0123456789", "demo-tenant"
)
WECOM = WeComAccount(
    "demo",
    "wwdemo00000000000001",
    1000002,
    "wecom-secret",
    "wecomToken",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "aib-demo",
    "bot-secret",
)
DINGTALK = DingTalkAccount(
    "demo",
    "dingappkey0000000001",
    "dingtalk-client-secret",
    "dingdemo000000000001",
    "dingappkey0000000001",
    3000000001,
    "dingtalkToken",
    "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij",
)


@functools.cache
def company():
    return read_company(COMPANY)


class Bench:
    """
    A listening sandbox with a fake product behind it, and the control API at hand. Real time stands still.
    """

    def __init__(self, product: FakeProduct):
        self.product = product
        self.real = START
        config = SandboxConfig(
            host="127.0.0.1",
            port=0,
            product_url=product.url,
            demo_secret="demo-secret",
            company=COMPANY,
            feishu=FEISHU,
            wecom=WECOM,
            dingtalk=DINGTALK,
        )
        self.sandbox = Sandbox(config, company=company(), clock=Clock(lambda: self.real))
        self._server = self.sandbox.listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._http = loopback_client(base_url=self.url, timeout=30)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def refresh(self):
        self.real = START
        self.product.forget()
        self.post("/reset")
        self.product.forget()

    def pass_time(self, **span):
        self.real += timedelta(**span)

    def get(self, path: str, **query):
        return self._http.get(f"/sandbox/api{path}", params=query).json()

    def post(self, path: str, **body):
        answer = self._http.post(f"/sandbox/api{path}", json=body)
        return answer.json()

    def call(self, method: str, path: str, **options) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.RemoteProtocolError as error:
            raise ConnectionError(str(error)) from error

    def close(self):
        self._http.close()
        self._server.shutdown()
        self._server.server_close()
        self.sandbox.stop()

"""
Sends every card to every place the gallery page looks at, and keeps the page open or takes pictures of it.
"""

import argparse
import base64
import itertools
import secrets
import shutil
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from playwright.sync_api import sync_playwright

from adapters.http import Transport
from adapters.registry import PLATFORMS
from bot.ports import Outbound, Recipient
from cards.text import card_text
from sandbox.clock import Clock
from sandbox.company import read_company
from sandbox.config import DingTalkAccount, FeishuAccount, SandboxConfig, WeComAccount
from sandbox.server import Sandbox
from tests.adapters.dingtalk.dingtalk_rig import Shared
from tests.adapters.sample_cards import SAMPLES
from tests.adapters.wecom.wecom_rig import seal
from tests.cards.every_card import EVERY_CARD

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "adapters" / "dingtalk" / "template" / "liaodan-card.json"
TEMPLATE_ID = "11111111-2222-3333-4444-555555555555.schema"
KEY = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=").replace("+", "A").replace("/", "B")
CARDS = {f"sample.{name}": card for name, card in SAMPLES.items()} | EVERY_CARD
BETWEEN = timedelta(minutes=1)  # no platform holds back what comes this slowly
WIDTHS = (2440, 1440, 390)  # all columns, a desk, a phone
HEIGHT = 2600  # of the tallest card
ACCOUNTS = {
    "feishu": FeishuAccount("gallery", "cli_gallery", "secret", "encrypt-key", "token", "tenant"),
    "wecom": WeComAccount("gallery", "wwgallery", 1000002, "secret", "token", KEY),
    "dingtalk": DingTalkAccount(
        "gallery",
        "dinggallery",
        "secret",
        "dingcorp",
        "dinggallery",
        1,
        "token",
        KEY,
        "http",
        TEMPLATE_ID,
        str(TEMPLATE),
    ),
}


class Gallery:
    """
    The emulators, and adapters that speak to them as the product does; `now` moves on with every message.
    """

    def __init__(self, port):
        self.now = datetime.now(UTC)
        config = SandboxConfig(
            host="127.0.0.1",
            port=port,
            product_url="http://127.0.0.1:9",
            demo_secret="gallery",
            company=ROOT / "demo" / "company.yaml",
            **ACCOUNTS,
        )
        company = read_company(config.company)
        self.people = {person.key: person.ids for person in company.people}
        self.groups = {group.key: group.ids for group in company.groups}
        self._sandbox = Sandbox(config, company=company, clock=Clock(lambda: self.now))
        self._server = self._sandbox.listen(config.host, config.port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def adapter(self, platform, **changes):
        base = f"{self.url}/{platform}"
        account = ACCOUNTS[platform]
        entry = PLATFORMS[platform]
        known = {name: getattr(account, name) for name in entry.config.__dataclass_fields__ if hasattr(account, name)}
        addresses = {"oapi_base": base} if platform == "dingtalk" else {}
        starts = {} if platform == "feishu" else {"start_url": self.url}
        config = entry.config(**known | {"api_base": base, "mode": "http"} | addresses | starts | changes)
        return entry.adapter(config, http=Transport([base]), shared=Shared(), seal=seal, clock=lambda: self.now)

    def send(self, adapter, recipient, card=None, text=""):
        self.now += BETWEEN
        message = Outbound(f"g{secrets.token_hex(8)}", recipient, card, text)
        adapter.send(message, adapter.render(message))

    def fill(self):
        """
        As the page's `columns.ts` says, each card after its name.
        """
        adapters = {platform: self.adapter(platform) for platform in PLATFORMS}
        bare = self.adapter("dingtalk", card_template_id="")
        seller, rival = self.people["xiaoli"], self.people["xiaowang"]
        group = Recipient("group", self.groups["east_group"]["wecom"])
        for name, card in CARDS.items():
            for platform, adapter in adapters.items():
                self._show(adapter, Recipient("person", seller[platform]), name, card)
            self._show(adapters["wecom"], group, name, card)
            self._show(bare, Recipient("person", rival["dingtalk"]), name, card)
            self._show(adapters["feishu"], Recipient("person", rival["feishu"]), name, None, card_text(card))

    def seen(self, platform, user, chat="p2p"):
        """
        What a person sees there, as the control API says it.
        """
        address = f"{self.url}/sandbox/api/{platform}/chats/{chat}/messages"
        return httpx.get(address, params={"user": user}, timeout=60).json()

    def _show(self, adapter, recipient, name, card, text=""):
        self.send(adapter, recipient, text=name)
        self.send(adapter, recipient, card, text)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._sandbox.stop()


def take_pictures(address, folder):
    """
    Of every row, in each width, by day and by night.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for width, scheme in itertools.product(WIDTHS, ("light", "dark")):
            viewport = {"width": width, "height": HEIGHT}
            page = browser.new_page(viewport=viewport, locale="zh-CN", color_scheme=scheme)
            page.goto(address)
            page.get_by_role("heading", name="pool.listing", exact=True).wait_for()
            for section in page.locator("section").all():
                section.screenshot(path=folder / f"{section.get_attribute('aria-label')}-{width}-{scheme}.png")
            page.close()
        browser.close()


def main():
    """
    Fill the gallery, then show it.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("--port", type=int, default=8020)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    gallery = Gallery(options.port)
    gallery.fill()
    address = f"{gallery.url}/#gallery"
    if options.pictures:
        take_pictures(address, options.pictures)
    else:
        sys.stdout.write(f"gallery {address}\n")
        sys.stdout.flush()
        threading.Event().wait()
    gallery.close()


if __name__ == "__main__":
    main()

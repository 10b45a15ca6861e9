"""
A real Chromium in front of the sandbox. The sandbox's own bench serves the page and plays the product.
"""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "sandbox"))
sys.path.insert(0, str(Path(__file__).parent))

from desk import Desk
from fake_product import FakeProduct
from playwright.sync_api import sync_playwright
from sandbox_bench import Bench

PAGE = Path(__file__).parents[2] / "sandbox" / "dist" / "index.html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium():
    """
    The machine's own Chromium; a test that lacks it, or the built page, says so.
    """
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    if not PAGE.exists():
        pytest.skip("the chat page is not built: npm ci --ignore-scripts && npm run build")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_bench():
    product = FakeProduct()
    bench = Bench(product)
    yield bench
    bench.close()
    product.close()


@pytest.fixture
def bench(shared_bench):
    shared_bench.refresh()
    return shared_bench


@pytest.fixture
def open_desk(chromium, bench):
    """
    Opens the page at a size; at the end every complaint of the browser fails the test.
    """
    opened = []

    def open_at(width, height=900, platform="feishu"):
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        desk = Desk(context.new_page(), f"{bench.url}/#{platform}")
        opened.append((context, desk))
        return desk

    yield open_at
    for context, desk in opened:
        context.close()
        assert [] == desk.complaints

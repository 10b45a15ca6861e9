"""
Connecting a platform in a real browser: an administrator of the demo company tries the account there is, and a new one.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from running_product import RunningProduct

pytestmark = pytest.mark.browser

SIZES = {1440: 900, 390: 844}
WAIT_MS = 20_000


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    product = RunningProduct(data, f"sqlite:///{data / 'liaodan.db'}")
    product.env |= {"LIAODAN_FEISHU__demo__MODE": "websocket"}
    with product:
        yield product


@pytest.fixture
def open_setup(chromium, running):
    opened = []

    def open_at(width, scheme="light"):
        size = {"width": width, "height": SIZES[width]}
        context = chromium.new_context(viewport=size, locale="zh-CN", color_scheme=scheme)
        page, complaints = context.new_page(), []
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
        page.goto(f"{running.url}/setup")
        page.get_by_role("button", name="陈姐").click()
        page.wait_for_url("**/setup")
        opened.append((context, complaints))
        return page

    yield open_at
    for context, complaints in opened:
        context.close()
        assert [] == complaints


def overflows(page):
    size = page.locator("html").evaluate("root => [root.scrollWidth, root.clientWidth]")
    return size[0] > size[1]


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit(open_setup, width, scheme, tmp_path):
    page = open_setup(width, scheme)
    assert not overflows(page)

    page.get_by_role("link", name="企业微信").click()
    assert not overflows(page)
    page.get_by_role("button", name="检查").click()

    assert 5 == page.locator(".fault").count()
    assert not overflows(page)


def test_an_account_is_tried_out_to_the_click_on_its_card(open_setup, running):
    running.wait_until_connected("feishu")
    page, li = open_setup(1440), running.platform("feishu").person("小李")
    row = page.locator(".places li", has_text="飞书")
    row.get_by_label("试发给谁").fill("小李")
    li.look_from_now()

    row.get_by_role("button", name="检查").click()
    li.click(li.wait_for("试一下卡片"), "收到了")

    page.get_by_text("全部通过。").wait_for()
    assert 5 == page.locator(".steps .good").count()


def test_a_new_account_is_tried_before_it_is_served(open_setup, running):
    page, given = open_setup(390), running.env
    page.get_by_role("link", name="钉钉").click()
    for name in ("client_id", "client_secret", "corp_id", "card_template_id"):
        page.locator(f"[name={name}]").fill(given[f"LIAODAN_DINGTALK__demo__{name.upper()}"])
    page.locator("[name=me]").fill("小李")

    page.get_by_role("button", name="检查").click()

    page.get_by_text("全部通过。").wait_for()
    assert 3 == page.locator(".steps .good").count()
    assert 2 == page.get_by_text("请重启聊单").count()
    assert not overflows(page)

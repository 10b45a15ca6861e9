"""
Signing in with a real browser: the pages at both sizes and in both lights, a platform's page, and DingTalk's script.
"""

import sys
from pathlib import Path

import pyotp
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "flows"))

from running_product import RunningProduct

pytestmark = pytest.mark.browser

SIZES = {1440: 900, 390: 844}
LOOKS = [(width, scheme) for width in SIZES for scheme in ("light", "dark")]
IN_DINGTALK = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 DingTalk/7.6.35"
WAIT_MS = 60_000
PASSWORD = "一句只有我知道的话 123"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    with RunningProduct(data, f"sqlite:///{data / 'liaodan.db'}") as running:
        yield running


@pytest.fixture
def open_page(chromium, running):
    """
    Opens a page of the product in a fresh browser; whatever the policy of a page refused fails the test.
    """
    opened = []

    def open_at(path, width=390, scheme="light", **how):
        context = chromium.new_context(
            viewport={"width": width, "height": SIZES[width]}, locale="zh-CN", color_scheme=scheme, **how
        )
        page, complaints = context.new_page(), []
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Security Policy" in line.text else None)
        page.goto(path if "://" in path else f"{running.url}{path}")
        opened.append((context, complaints))
        return page

    yield open_at
    for context, complaints in opened:
        context.close()
        assert [] == complaints


def luminance(page, selector):
    """
    How bright the background of an element is, from 0 to 255.
    """
    colour = page.locator(selector).evaluate("element => getComputedStyle(element).backgroundColor")
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")[:3])
    return (red + green + blue) / 3


def overflows(page):
    size = page.locator("html").evaluate("root => [root.scrollWidth, root.clientWidth]")
    return size[0] > size[1]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_the_pages_fit_and_follow_the_light(open_page, width, scheme):
    page = open_page("/login", width, scheme)

    assert not overflows(page)
    assert (luminance(page, "main") > 128) == (scheme == "light")
    assert 3 == page.get_by_role("link", name="登录").count()

    page.get_by_role("button", name="小李 销售").click()
    page.wait_for_url("**/me")
    assert not overflows(page)
    assert "小李" == page.locator("h1").inner_text()


def test_a_platforms_page_leads_back_signed_in(open_page):
    page = open_page("/me")

    page.get_by_role("link", name="用飞书登录").click()
    page.get_by_role("link", name="老张").click()

    page.wait_for_url("**/me")
    assert "老张" == page.locator("h1").inner_text()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login?stay=1")


def test_inside_dingtalk_nobody_presses_anything(open_page, running):
    running.sandbox.post("/dingtalk/switches", name="login_as", value="xiaowang")
    try:
        page = open_page("/me", user_agent=IN_DINGTALK)
        page.wait_for_url("**/me")

        assert "小王" == page.locator("h1").inner_text()
    finally:
        running.sandbox.post("/dingtalk/switches", name="login_as", value="")


def test_where_dingtalks_script_gives_no_code_its_page_is_asked(open_page):
    page = open_page("/me", user_agent=IN_DINGTALK)
    page.wait_for_url("**/oauth2/auth**")

    page.get_by_role("link", name="小赵").click()

    page.wait_for_url("**/me")
    assert "小赵" == page.locator("h1").inner_text()


def test_an_administrator_sets_up_a_password_and_signs_in_with_a_recovery_code(open_page, running):
    link = running.command("admin", "link", "陈姐", "--login", "chenjie").splitlines()[-1]
    page = open_page(link)
    page.get_by_label("2. 设置密码").fill(PASSWORD)
    page.get_by_label("再输一遍密码").fill(PASSWORD)
    page.get_by_label("3. 填写验证器").fill(pyotp.TOTP(page.locator(".secret code").inner_text()).now())
    page.get_by_role("button", name="完成设置").click()
    recovery = page.locator(".codes code").first.inner_text()

    page = open_page("/login")
    page.get_by_text("管理员密码登录").click()
    page.get_by_label("用户名").fill("chenjie")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("动态码").fill(recovery)
    page.get_by_role("button", name="登录", exact=True).click()

    page.wait_for_url("**/me")
    assert "陈姐" == page.locator("h1").inner_text()
